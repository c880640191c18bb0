"""The simulators' clock: it runs like a real one, from a moment we choose, and can be moved forward."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta


class Clock:
    """A running clock with its own date.

    Args:
        start: The moment at which it starts (with a zone); the present moment when left out.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._began = time.monotonic()
        self._ahead_seconds = 0.0
        self._moved = threading.Condition()

    @classmethod
    def on(cls, day: date) -> "Clock":
        """A clock that starts at noon UTC of the day."""
        return cls(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    def now(self) -> datetime:
        """The simulated moment, in UTC."""
        return self._start + timedelta(seconds=self._elapsed_seconds())

    def today(self) -> date:
        """The simulated day, in UTC."""
        return self.now().date()

    def advance(self, seconds: float) -> None:
        """Move the clock forward and wake everybody who sleeps on it."""
        with self._moved:
            self._ahead_seconds += seconds
            self._moved.notify_all()

    def sleep(self, seconds: float, *, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the clock has run (or was moved) so many seconds, or `unless` has become true."""
        until = self._elapsed_seconds() + seconds
        with self._moved:
            while not unless() and (left := until - self._elapsed_seconds()) > 0:
                self._moved.wait(left)

    def wake(self) -> None:
        """Let all sleepers look at their `unless` again."""
        with self._moved:
            self._moved.notify_all()

    def _elapsed_seconds(self) -> float:
        return time.monotonic() - self._began + self._ahead_seconds
