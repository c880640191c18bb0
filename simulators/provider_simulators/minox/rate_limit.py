"""How many requests Minox lets through; two profiles are known, and the headers are seen in a working client."""

import math
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from werkzeug.http import http_date

from provider_simulators.clock import Clock
from provider_simulators.minox.messages import Code
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.virtual_clock import VirtualClock

PROFILES = {"generous": (1000, 1), "per_second": (5, 1), "window": (20, 120)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Whether a request may pass, and what the headers say.

    Attributes:
        passes: False means 429.
        limit: Requests per window.
        remaining: Requests left in this window.
        left_seconds: Until the next window, or the next day when the day's requests are spent.
        now: Epoch in seconds by the clock that clients compare with.
        code: Why it may not pass.
        retry_after: How a refusal says it: ``seconds``, ``date`` or ``absent``.
    """

    passes: bool
    limit: int
    remaining: int
    left_seconds: float
    now: float
    code: Code = Code.RATE_LIMIT
    retry_after: str = "seconds"

    def headers(self) -> dict[str, str]:
        """Rate headers; the reset is an epoch in milliseconds."""
        reset = self.now + self.left_seconds
        headers = {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(math.ceil(reset * 1000)),
        }
        if self.passes or self.retry_after == "absent":
            return headers
        in_seconds = self.retry_after == "seconds"
        return headers | {
            "Retry-After": str(math.ceil(self.left_seconds)) if in_seconds else http_date(math.ceil(reset))
        }


class RateLimit:
    """A window that starts with its first request, on the simulator's clock; and a budget per day, if there is one."""

    def __init__(self, switches: MinoxSwitches, clock: Clock) -> None:
        self._limit, seconds = PROFILES[switches.rate_limit]
        self._window = timedelta(seconds=seconds)
        self._retry_after = switches.retry_after
        self._clock = clock
        self._began: datetime | None = None
        self._used = 0
        self.daily_budget = switches.daily_budget
        self._day: date | None = None
        self._spent = 0

    def take(self) -> Ticket:
        """Count a request."""
        now = self._clock.now()
        if not self._within_budget(now):
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
            return self._ticket(now, midnight, passes=False, code=Code.DAILY_BUDGET)
        if self._began is None or now >= self._began + self._window:
            self._began, self._used = now, 0
        passes = self._used < self._limit
        self._used += passes
        self._spent += passes
        return self._ticket(now, self._began + self._window, passes=passes, code=Code.RATE_LIMIT)

    def spend(self) -> None:
        """From now on today's requests are spent."""
        self._within_budget(self._clock.now())
        self.daily_budget = self._spent

    def _within_budget(self, now: datetime) -> bool:
        if now.date() != self._day:
            self._day, self._spent = now.date(), 0
        return self.daily_budget is None or self._spent < self.daily_budget

    def _ticket(self, now: datetime, until: datetime, *, passes: bool, code: Code) -> Ticket:
        virtual = isinstance(self._clock, VirtualClock)
        return Ticket(
            passes=passes,
            limit=self._limit,
            remaining=max(self._limit - self._used, 0) if code is Code.RATE_LIMIT else 0,
            left_seconds=(until - now).total_seconds(),
            # Clients compare it with their own clock, which is a real one unless the simulator's is virtual.
            now=now.timestamp() if virtual else time.time(),
            code=code,
            retry_after=self._retry_after,
        )
