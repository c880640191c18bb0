"""All operations of Minox that need an access token, as one table."""

from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.operation import Operation, Reception
from provider_simulators.minox.routes_booking import BookingRoutes
from provider_simulators.minox.routes_records import RecordRoutes
from provider_simulators.minox.routes_special import SpecialRoutes
from provider_simulators.routing import Route
from provider_simulators.world import World


class MinoxRoutes:
    """The table, guarded by the reception."""

    def __init__(self, *, backend: MinoxBackend, world: World, reception: Reception) -> None:
        self._backend = backend
        self._world = world
        self._reception = reception

    def operations(self) -> list[Operation]:
        """The table."""
        parts = (BookingRoutes(self._backend), RecordRoutes(self._backend), SpecialRoutes(self._backend, self._world))
        return [operation for part in parts for operation in part.operations()]

    def routes(self) -> list[Route]:
        """The table, guarded."""
        return [self._reception.route(operation) for operation in self.operations()]
