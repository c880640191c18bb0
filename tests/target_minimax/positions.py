"""The positions of the simulator's switches, and the one in which tests run that do not say theirs.

`MINIMAX_SWITCH=location=relative` puts every simulated Minimax of these tests into that reading, except where a test
says that switch itself; several are divided by spaces. `make switches` does so with each position of each switch.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin, get_type_hints

from provider_simulators.minimax import MinimaxSwitches
from provider_simulators.switching import switches_from

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT: Final = "MINIMAX_SWITCH"
ORGANISATION: Final = 21001
FREE: Final[dict[str, tuple[Any, ...]]] = {
    "lock_after": (3, 1),
    "token_seconds": (3600, 30),
    "without_right": (frozenset(), frozenset({ORGANISATION})),
    "calls_per_day": (1000, 25),
    "calls_per_month": (20_000, 25),
    "code_length": (10, 30, 3),
    "page_size_max": (None, 50),
    "unpublished_length": (None, 250, 30),
}
"""Positions of switches whose type does not name them."""
_NAMES: Final = frozenset(each.name for each in fields(MinimaxSwitches))


class AskedSwitches(MinimaxSwitches):
    """Switches that remember which of them the simulator has asked for.

    Attributes:
        asked: Their names, of all simulators since it was emptied. A test in which a switch was not asked for runs the
            same in each of its positions.
    """

    asked: set[str] = set()  # noqa: RUF012  # shared on purpose; an annotation would make it a field

    def __getattribute__(self, name: str) -> Any:
        if name in _NAMES:
            AskedSwitches.asked.add(name)
        return super().__getattribute__(name)


@dataclass(frozen=True, kw_only=True)
class Position:
    """One switch in one of its positions."""

    switch: str
    value: Any

    @property
    def default(self) -> bool:
        return bool(self.value == getattr(MinimaxSwitches(), self.switch))

    @property
    def text(self) -> str:
        """As the environment and the command line of the simulator give it."""
        value = self.value
        if isinstance(value, frozenset):
            return f"{self.switch}={','.join(map(str, sorted(value)))}"
        return f"{self.switch}={'' if value is None else value}"

    def __str__(self) -> str:
        value = sorted(self.value) if isinstance(self.value, frozenset) else self.value
        return f"{self.switch}={value}"


def positions() -> Iterator[Position]:
    """Every position of every switch."""
    hints = get_type_hints(MinimaxSwitches)
    for each in fields(MinimaxSwitches):
        for value in _values(each.name, hints[each.name]):
            yield Position(switch=each.name, value=value)


def _values(name: str, kind: Any) -> tuple[Any, ...]:
    if name in FREE:
        return FREE[name]
    if get_origin(kind) is Literal:
        return get_args(kind)
    if kind is bool:
        return (False, True)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(kind)
    raise AssertionError(f"switch {name} has no positions: name them in FREE")


def position_of_tests() -> dict[str, Any]:
    """The switches that the environment puts beside the defaults."""
    texts = os.environ.get(ENVIRONMENT, "").split()
    switches = switches_from(MinimaxSwitches, texts)
    return {name: getattr(switches, name) for name in (text.partition("=")[0] for text in texts)}


def switches(**said: Any) -> MinimaxSwitches:
    """The switches of a test: what it says, else what the environment says, else the defaults."""
    return AskedSwitches(**(position_of_tests() | said))
