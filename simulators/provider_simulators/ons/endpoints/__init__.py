"""What Ons answers outside `xstream`: a table per application."""

from provider_simulators.ons.endpoints.administration import ENDPOINTS as ADMINISTRATION
from provider_simulators.ons.endpoints.endpoint import Ask, Endpoint
from provider_simulators.ons.endpoints.finance import ENDPOINTS as FINANCE
from provider_simulators.ons.endpoints.hours import ENDPOINTS as HOURS
from provider_simulators.ons.endpoints.leave import ENDPOINTS as LEAVE
from provider_simulators.ons.endpoints.planning import ENDPOINTS as PLANNING
from provider_simulators.ons.endpoints.value_lists import ENDPOINTS as VALUE_LISTS

__all__ = ["ENDPOINTS", "Ask", "Endpoint"]

ENDPOINTS: tuple[Endpoint, ...] = (
    *HOURS,
    *LEAVE,
    *ADMINISTRATION,
    *FINANCE,
    *PLANNING,
    *VALUE_LISTS,
)
