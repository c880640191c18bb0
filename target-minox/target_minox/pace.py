"""Keeping to Minox' pace, which depends on its load: rate headers, 429, and a floor of our own."""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from connector_kit.limiter import RateLimiter, retry_after_seconds

__all__ = ["Pace"]

WAIT_SECONDS: Final = 120.0
"""Seen as Retry-After by an integrator in 2026; used when a 429 says nothing."""
WAIT_SECONDS_MAX: Final = 180.0
_SAY_FROM_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class Pace:
    """Shared by all requests of a run.

    Args:
        limiter: Our own floor between two requests.
        wait_seconds_max: No single wait is longer, whatever Minox says.
        clock: Seconds since the epoch, where an answer carries no date.
    """

    def __init__(
        self,
        limiter: RateLimiter,
        *,
        wait_seconds_max: float = WAIT_SECONDS_MAX,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limiter = limiter
        self._wait_seconds_max = wait_seconds_max
        self._clock = clock

    def acquire(self) -> None:
        """Wait until the next request may go out."""
        self._limiter.acquire()

    def observe(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer; holds all further requests when the window is used up or Minox says 429."""
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            seconds = self.seconds_asked(headers)
        elif _whole(headers.get("x-rate-limit-remaining")) == 0:
            seconds = min(self._seconds_to_reset(headers) or 0.0, self._wait_seconds_max)
        else:
            return
        if seconds >= _SAY_FROM_SECONDS:
            logger.info("Minox asks to slow down: waiting %.0f seconds", seconds)
        self._limiter.pause(seconds)

    def seconds_asked(self, headers: Mapping[str, str]) -> float:
        """How long a 429 asks to wait: Retry-After, else the end of the window, else two minutes."""
        reset = self._seconds_to_reset(headers)
        return retry_after_seconds(
            headers,
            now=datetime.fromtimestamp(self._now(headers), tz=UTC),
            default=WAIT_SECONDS if reset is None else reset,
            maximum=self._wait_seconds_max,
        )

    def _seconds_to_reset(self, headers: Mapping[str, str]) -> float | None:
        """`x-rate-limit-reset` is the end of the window, in milliseconds since the epoch (seen in a working client)."""
        reset_milliseconds = _whole(headers.get("x-rate-limit-reset"))
        return None if reset_milliseconds is None else max(reset_milliseconds / 1000 - self._now(headers), 0.0)

    def _now(self, headers: Mapping[str, str]) -> float:
        """The present by Minox' clock, which its own times are measured against."""
        try:
            return parsedate_to_datetime(headers.get("Date", "")).timestamp()
        except (TypeError, ValueError):
            return self._clock()


def _whole(value: str | None) -> int | None:
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None  # noqa: PLR2004  # no time is longer
