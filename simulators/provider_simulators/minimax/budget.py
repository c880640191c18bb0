"""How many calls an organisation has left: 1,000 per client in a rolling day, 20,000 in a month (published)."""

from collections import Counter, defaultdict, deque
from datetime import datetime, timedelta

from provider_simulators.clock import Clock

DAY = timedelta(days=1)


class CallBudget:
    """Calls per organisation, on the simulator's clock; and journal rows a month, which are only counted."""

    def __init__(self, *, calls_per_day: int, calls_per_month: int, clock: Clock) -> None:
        self._per_day = calls_per_day
        self._per_month = calls_per_month
        self._clock = clock
        self._calls: defaultdict[int, deque[datetime]] = defaultdict(deque)
        self._months: Counter[tuple[int, int, int]] = Counter()
        self._rows: Counter[tuple[int, int, int]] = Counter()

    def used(self, organisation: int) -> int:
        """Calls in the last 24 hours."""
        calls = self._calls[organisation]
        while calls and calls[0] <= self._clock.now() - DAY:
            calls.popleft()
        return len(calls)

    def used_this_month(self, organisation: int) -> int:
        """Calls in this calendar month, in UTC."""
        return self._months[self._month(organisation)]

    def journal_rows(self, organisation: int) -> int:
        """Journal rows that were written this month; some 50,000 is what the vendor reckons with."""
        return self._rows[self._month(organisation)]

    def count_rows(self, organisation: int, rows: int) -> None:
        """Count journal rows."""
        self._rows[self._month(organisation)] += rows

    def take(self, organisation: int) -> timedelta | None:
        """Count a call; where there is none left it is not counted, and this is how long it lasts until there is."""
        now = self._clock.now()
        month = self._month(organisation)
        if self._months[month] >= self._per_month:
            following = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0)
            return following - now
        if self.used(organisation) < self._per_day:
            self._calls[organisation].append(now)
            self._months[month] += 1
            return None
        oldest = self._calls[organisation][0] if self._calls[organisation] else now
        return oldest + DAY - now

    def spend(self, organisation: int, calls: int | None = None) -> None:
        """Somebody else with the same client uses calls of today; all that are left, or so many."""
        left = self._per_day - self.used(organisation)
        for _ in range(left if calls is None else calls):
            self._calls[organisation].append(self._clock.now())
            self._months[self._month(organisation)] += 1

    def _month(self, organisation: int) -> tuple[int, int, int]:
        now = self._clock.now()
        return organisation, now.year, now.month
