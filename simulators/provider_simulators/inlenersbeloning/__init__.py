"""Inlenersbeloning.com (hirers' pay conditions): partners and their remunerations."""

from provider_simulators.inlenersbeloning.simulator import InlenersbeloningSimulator
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches, ListShape, Right

__all__ = ["InlenersbeloningSimulator", "InlenersbeloningSwitches", "ListShape", "Right"]
