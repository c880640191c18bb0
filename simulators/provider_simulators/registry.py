"""The providers that can be simulated; a new one is a line here."""

from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.ons import OnsSimulator
from provider_simulators.server import Simulator

PROVIDERS: tuple[type[Simulator], ...] = (
    NmbrsSimulator,
    MinoxSimulator,
    OnsSimulator,
    InlenersbeloningSimulator,
    MinimaxSimulator,
)
