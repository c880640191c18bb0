"""Inlenersbeloning.com (hirers' pay conditions): partners and their remunerations."""

from provider_simulators.inlenersbeloning.hirers import Generation, Publication
from provider_simulators.inlenersbeloning.oddities import Oddity
from provider_simulators.inlenersbeloning.operations import Right
from provider_simulators.inlenersbeloning.simulator import InlenersbeloningSimulator
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches, ListShape, Paging

__all__ = [
    "Generation",
    "InlenersbeloningSimulator",
    "InlenersbeloningSwitches",
    "ListShape",
    "Oddity",
    "Paging",
    "Publication",
    "Right",
]
