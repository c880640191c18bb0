"""When a write that was lost can no longer arrive."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from connector_kit.posting.ledger import Ledger

__all__ = ["LostWrites"]

_WATCHED: Final = 4
"""After a lost write was made again it is looked for, run by run, until it is so many settle windows old."""


class _Sent(Protocol):
    @property
    def operation_id(self) -> str: ...

    @property
    def sent_at(self) -> datetime | None: ...


class LostWrites:
    """Waits for writes of unknown outcome.

    Args:
        ledger: Open ledger.
        settle: How long a write may still arrive.
        now: Clock.
    """

    def __init__(self, ledger: Ledger, *, settle: timedelta, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._settle = settle
        self._now = now

    def settled(self, sent_at: datetime | None) -> bool:
        """Whether what left then has arrived by now, or never will."""
        return sent_at is None or self._now() - sent_at > self._settle

    def watched(self, sent_at: datetime | None) -> bool:
        """Whether what left then, and was made again since, may still arrive beside that."""
        return sent_at is not None and self._now() - sent_at <= self._settle * _WATCHED

    def may_replace(self, booked: _Sent) -> bool:
        """Whether a write that was lost, and made again since, may still arrive and take the place of a newer one."""
        return not self.settled(booked.sent_at) and self._ledger.left_twice(booked.operation_id)

    def quarantine_over(self) -> bool:
        """Whether what was sent before this ledger was made has arrived by now, or never will."""
        return not self._ledger.cold or self.settled(self._ledger.cold_since)

    def proved_absent(self, write: _Sent) -> bool:
        """Note that a write was looked for and not found; whether that is now a proof.

        It is when the write had time to arrive before the first such look, and a quarter of that time has passed until
        this one: the provider may show what arrives with a delay. A lost ledger may have sent it later.
        """
        if not (self.settled(write.sent_at) and self.quarantine_over()):
            return False
        first = self._ledger.first_absent(write.operation_id, since=write.sent_at)
        if first is None:
            self._ledger.note_absent(write.operation_id)
            return False
        return self._now() - first >= self._settle / 4
