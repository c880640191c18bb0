"""Keeping to a provider's pace: a rate limiter shared by all threads, and the meaning of Retry-After."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class RateLimiter:
    """Spaces requests evenly, so that a burst never exceeds the provider's limit; safe to share between threads.

    Args:
        requests_per_second: The pace, above zero.
        clock: Monotonic seconds.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        requests_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not requests_per_second > 0:
            raise ValueError("requests_per_second must be above zero")
        self._interval_seconds = 1 / requests_per_second
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_slot = clock()
        self._held_until = clock()

    def acquire(self) -> None:
        """Wait for the next free slot, also when a pause begins while waiting."""
        with self._lock:
            slot = max(self._next_slot, self._held_until, self._clock())
            self._next_slot = slot + self._interval_seconds
        while True:
            with self._lock:
                if slot < self._held_until:
                    slot = max(self._next_slot, self._held_until)
                    self._next_slot = slot + self._interval_seconds
                wait_seconds = slot - self._clock()
            if wait_seconds <= 0:
                return
            self._sleep(wait_seconds)

    def pause(self, seconds: float) -> None:
        """Hold everybody for that long from now; a shorter pause never ends a longer one."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)


def retry_after_seconds(headers: Mapping[str, str], *, now: datetime, default: float, maximum: float) -> float:
    """Read the Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).

    Args:
        headers: Response headers, case-insensitive as in requests.
        now: The present, with a zone.
        default: Seconds when the header is absent or unreadable.
        maximum: Never more than this, whatever the server says.

    Returns:
        Seconds to wait, between 0 and the maximum.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal() and value.isascii():
        # A number too long to be a time is as good as the maximum; int() of it would be refused.
        seconds = float(value) if len(value) < 10 else maximum  # noqa: PLR2004  # 10 digits are 30 years
    else:
        try:
            moment = parsedate_to_datetime(value)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            seconds = (moment - now).total_seconds()
        except (TypeError, ValueError, OverflowError):
            seconds = default
    return min(max(seconds, 0.0), maximum)
