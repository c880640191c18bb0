"""Minimax (bookkeeping in Slovenia, Croatia, Serbia; not the AI company): all operations of its API."""

from provider_simulators.minimax.simulator import MinimaxSimulator
from provider_simulators.minimax.switches import MinimaxSwitches
from provider_simulators.minimax.texts import Country

__all__ = ["Country", "MinimaxSimulator", "MinimaxSwitches"]
