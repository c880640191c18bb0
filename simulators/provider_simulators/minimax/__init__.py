"""Minimax (bookkeeping in Slovenia, Croatia, Serbia; not the AI company): log-in, customers, code lists."""

from provider_simulators.minimax.localisation import Country
from provider_simulators.minimax.simulator import MinimaxSimulator
from provider_simulators.minimax.switches import MinimaxSwitches

__all__ = ["Country", "MinimaxSimulator", "MinimaxSwitches"]
