"""SIGTERM and SIGINT: end at once while waiting, end a request within seconds, never inside a ledger commit."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from types import FrameType
from typing import Final

__all__ = ["Interrupted", "Interruption"]

GRACE_SECONDS: Final = 6.0
"""How long a request may go on after the signal; with the commits around it the process ends within ten seconds."""
_TICK_SECONDS: Final = 0.5


class Interrupted(BaseException):  # like KeyboardInterrupt: no error, and no `except Exception` may eat it
    """The process was asked to stop.

    Args:
        signum: The signal.
    """

    def __init__(self, signum: int) -> None:
        self.signum = signum
        super().__init__(f"stopped by {signal.Signals(signum).name}")

    @property
    def exit_code(self) -> int:
        """As a shell reports it: 143 for SIGTERM, 130 for SIGINT."""
        return 128 + self.signum


class _Phase(Enum):
    WAITING = auto()
    """For input, or for the provider's limit: nothing is half done."""
    BUSY = auto()
    """With the ledger: must be finished."""
    NETWORK = auto()
    """A request is on its way: gets a few seconds more."""


class Interruption:
    """Decides what a signal does right now.

    Args:
        sleep: How to wait, for tests.
        grace_seconds: How long a request may go on after the signal.
    """

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep, grace_seconds: float = GRACE_SECONDS) -> None:
        self._sleep = sleep
        self._grace_seconds = grace_seconds
        self._phase = _Phase.WAITING
        self._signum: int | None = None
        self._came_at = 0.0

    def handle(self, signum: int) -> None:
        """Take a SIGTERM or SIGINT (called by the signal handler)."""
        if self._signum is None:
            self._signum, self._came_at = signum, time.monotonic()
        if self._phase is _Phase.WAITING:
            raise Interrupted(self._signum)

    def check(self) -> None:
        """Stop here if a signal has come."""
        if self._signum is not None:
            raise Interrupted(self._signum)

    def defer(self) -> None:
        """Keep signals waiting from now on, until the next `check`: the run is being closed."""
        self._phase = _Phase.BUSY

    def wait(self, seconds: float) -> None:
        """Sleep; a signal ends it at once."""
        with self._during(_Phase.WAITING):
            self.check()
            self._sleep(seconds)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Keep a signal waiting until the block is done, then stop."""
        with self._during(_Phase.BUSY):
            self.check()
            yield
        self.check()

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Keep a signal waiting in the middle of something, and go on with that afterwards."""
        with self._during(_Phase.BUSY):
            yield

    @contextmanager
    def network(self) -> Iterator[None]:
        """Make a request: none is begun after a signal, and one under way is cut after the grace time.

        Raises:
            Interrupted: Before the block, or in the middle of it.
        """
        with self._during(_Phase.NETWORK):
            self.check()
            with _ticking(self._tick):
                try:
                    yield
                finally:
                    self._phase = _Phase.BUSY

    @contextmanager
    def _during(self, phase: _Phase) -> Iterator[None]:
        before, self._phase = self._phase, phase
        try:
            yield
        finally:
            self._phase = before

    def _tick(self, _signum: int, _frame: FrameType | None) -> None:
        if self._phase is not _Phase.NETWORK or self._signum is None:
            return
        if time.monotonic() - self._came_at >= self._grace_seconds:
            raise Interrupted(self._signum)


@contextmanager
def _ticking(tick: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Wake the main thread twice a second out of whatever it waits for.

    One alarm would not do: a signal that comes just before the thread begins to wait does not end the wait, and Python
    runs no handler until then.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGALRM, tick)
    timer = signal.setitimer(signal.ITIMER_REAL, _TICK_SECONDS, _TICK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)
