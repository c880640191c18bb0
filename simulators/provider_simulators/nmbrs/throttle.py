"""How many calls a subscription plan allows: a threshold per second, and a quota."""

from collections import deque
from datetime import datetime, timedelta

from provider_simulators.clock import Clock
from provider_simulators.nmbrs.problems import ProblemError
from provider_simulators.nmbrs.switches import NmbrsSwitches


class Throttle:
    """Counts calls."""

    def __init__(self, switches: NmbrsSwitches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self._calls = 0
        self._recent: deque[datetime] = deque()

    def count(self) -> None:
        """Count a call.

        Raises:
            ProblemError: 42908 or 42909.
        """
        self._calls += 1
        if self._switches.call_quota is not None and self._calls > self._switches.call_quota:
            raise ProblemError(42909)
        if self._switches.calls_per_second is None:
            return
        now = self._clock.now()
        while self._recent and self._recent[0] <= now - timedelta(seconds=1):
            self._recent.popleft()
        if len(self._recent) >= self._switches.calls_per_second:
            raise ProblemError(42908, retry_after=self._switches.rate_limit_retry_after)
        self._recent.append(now)
