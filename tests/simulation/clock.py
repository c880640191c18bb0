"""A clock that stands still unless it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Clock:
    """Time of one simulated world; whoever must act when it passes is told."""

    def __init__(self) -> None:
        self._now = BEGIN
        self.passes: Callable[[datetime], None] = lambda _now: None

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        """What arrives late arrives at its own moment."""
        self._now = moment

    def advance(self, time: timedelta) -> None:
        until = self._now + time
        self.passes(until)
        self._now = until

    def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))
