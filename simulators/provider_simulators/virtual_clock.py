"""A clock that stands still until it is moved: the same run gives the same times."""

from datetime import UTC, datetime

from provider_simulators.clock import Clock


class VirtualClock(Clock):
    """A clock that only `advance` moves.

    Args:
        start: The moment at which it stands.
    """

    def __init__(self, start: datetime = datetime(2026, 11, 15, 12, tzinfo=UTC)) -> None:
        super().__init__(start)

    def _elapsed_seconds(self) -> float:
        return self._ahead_seconds
