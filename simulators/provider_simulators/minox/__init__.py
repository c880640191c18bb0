"""Minox (Dutch bookkeeping) as far as booking payroll needs it."""

from provider_simulators.minox.simulator import MinoxSimulator
from provider_simulators.minox.switches import MinoxSwitches

__all__ = ["MinoxSimulator", "MinoxSwitches"]
