"""How many requests Minox lets through; two profiles are known, and the headers are seen in a working client."""

import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider_simulators.clock import Clock
from provider_simulators.minox.switches import MinoxSwitches

PROFILES = {"generous": (1000, 1), "per_second": (5, 1), "window": (20, 120)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Whether a request may pass, and what the headers say.

    Attributes:
        passes: False means 429.
        limit: Requests per window.
        remaining: Requests left in this window.
        left_seconds: Until the next window.
    """

    passes: bool
    limit: int
    remaining: int
    left_seconds: float

    def headers(self) -> dict[str, str]:
        """Rate headers; the reset is an epoch in milliseconds.

        It is told in real time, not the simulator's: clients compare it with their own clock.
        """
        headers = {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(math.ceil((time.time() + self.left_seconds) * 1000)),
        }
        return headers if self.passes else headers | {"Retry-After": str(math.ceil(self.left_seconds))}


class RateLimit:
    """A window that starts with its first request, on the simulator's clock."""

    def __init__(self, switches: MinoxSwitches, clock: Clock) -> None:
        self._limit, seconds = PROFILES[switches.rate_limit]
        self._window = timedelta(seconds=seconds)
        self._clock = clock
        self._began: datetime | None = None
        self._used = 0

    def take(self) -> Ticket:
        """Count a request."""
        now = self._clock.now()
        if self._began is None or now >= self._began + self._window:
            self._began, self._used = now, 0
        passes = self._used < self._limit
        self._used += passes
        return Ticket(
            passes=passes,
            limit=self._limit,
            remaining=self._limit - self._used,
            left_seconds=(self._began + self._window - now).total_seconds(),
        )
