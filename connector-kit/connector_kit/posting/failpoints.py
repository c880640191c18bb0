"""Named places where a test lets the process die or pause, to prove that nothing is lost or doubled there.

Armed by the environment variable `CONNECTOR_KIT_FAILPOINT` alone, read once at start:

- `ledger.sent.after_commit`: the process kills itself (SIGKILL) when it gets there;
- `ledger.sent.after_commit:3`: the third time;
- `ledger.sent.after_commit:stop`, `ledger.sent.after_commit:3:stop`: it stops (SIGSTOP) and goes on with SIGCONT.

A simulation in one process hears of every failpoint that is passed through `watched`. Not armed and not watched, a
failpoint is a look at a global that is empty.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["VARIABLE", "failpoint", "registered", "watched"]

VARIABLE: Final = "CONNECTOR_KIT_FAILPOINT"

_names: list[str] = []


def registered() -> tuple[str, ...]:
    """All failpoints of the modules imported so far."""
    return tuple(_names)


def failpoint(name: str) -> Callable[[], None]:
    """Register a failpoint when a module is imported; call the result where it stands.

    Raises:
        ValueError: If the name is taken.
    """
    if name in _names:
        raise ValueError(f"failpoint {name} is registered already")
    _names.append(name)
    armed_name, nth, action = _armed(os.environ.get(VARIABLE, ""))
    if armed_name == name:
        return _Trigger(nth, action)

    def passed() -> None:
        if _watch is not None:
            _watch(name)

    return passed


_watch: Callable[[str], None] | None = None


@contextmanager
def watched(watch: Callable[[str], None]) -> Iterator[None]:
    """Call `watch` with the name of each failpoint when it is passed; what it raises is raised there."""
    global _watch  # noqa: PLW0603  # as the failpoints: one per process
    before, _watch = _watch, watch
    try:
        yield
    finally:
        _watch = before


class _Trigger:
    def __init__(self, nth: int, action: signal.Signals) -> None:
        self._passes_left = nth
        self._action = action

    def __call__(self) -> None:
        self._passes_left -= 1
        if self._passes_left == 0:
            os.kill(os.getpid(), self._action)


def _armed(value: str) -> tuple[str, int, signal.Signals]:
    name, *rest = value.split(":")
    action = signal.SIGSTOP if "stop" in rest else signal.SIGKILL
    nth = next((int(part) for part in rest if part.isdecimal()), 1)
    return name, nth, action
