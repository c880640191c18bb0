"""How many calls an organisation has left: 1,000 per client in a rolling day (published)."""

from collections import defaultdict, deque
from datetime import datetime, timedelta

from provider_simulators.clock import Clock

DAY = timedelta(days=1)


class CallBudget:
    """Calls per organisation, on the simulator's clock."""

    def __init__(self, *, calls_per_day: int, clock: Clock) -> None:
        self._limit = calls_per_day
        self._clock = clock
        self._calls: defaultdict[int, deque[datetime]] = defaultdict(deque)

    def used(self, organisation: int) -> int:
        """Calls in the last 24 hours."""
        calls = self._calls[organisation]
        while calls and calls[0] <= self._clock.now() - DAY:
            calls.popleft()
        return len(calls)

    def take(self, organisation: int) -> timedelta | None:
        """Count a call; where there is none left it is not counted, and this is how long it lasts until there is."""
        if self.used(organisation) < self._limit:
            self._calls[organisation].append(self._clock.now())
            return None
        oldest = self._calls[organisation][0] if self._limit else self._clock.now()
        return oldest + DAY - self._clock.now()
