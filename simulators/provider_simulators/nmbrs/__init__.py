"""Visma Nmbrs, simulated from its OpenAPI and from what working clients have seen."""

from provider_simulators.nmbrs.simulator import NmbrsSimulator
from provider_simulators.nmbrs.switches import Dimension, JournalVariant, NmbrsSwitches

__all__ = ["Dimension", "JournalVariant", "NmbrsSimulator", "NmbrsSwitches"]
