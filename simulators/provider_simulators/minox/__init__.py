"""Minox (Dutch bookkeeping): all operations of its API, in books that are exact to the cent."""

from provider_simulators.minox.simulator import MinoxSimulator
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.virtual_clock import VirtualClock

__all__ = ["MinoxSimulator", "MinoxSwitches", "VirtualClock"]
