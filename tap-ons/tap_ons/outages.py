"""Ons is updated without notice: for some minutes its gateway answers 502 or 503 (vendor documentation)."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import requests
from connector_kit.calls import REQUESTS
from connector_kit.extract import wait
from connector_kit.limiter import retry_after_seconds
from requests.adapters import BaseAdapter
from typing_extensions import override

__all__ = ["OutageAdapter"]

_UPDATING: Final = frozenset({502, 503})
_WAIT_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_WAIT_SECONDS_MAX: Final = 60.0


class OutageAdapter(BaseAdapter):
    """Sends requests again while Ons is being updated. The outage is the same one for all requests under way.

    What comes after that, and every other error, is the session's to judge.

    Args:
        inner: Sends them.
        seconds: For how long.
        logger: Is told when an outage begins and when it ends.

    Attributes:
        inner: As given.
    """

    def __init__(self, inner: BaseAdapter, *, seconds: float, logger: logging.Logger) -> None:
        super().__init__()
        self.inner = inner
        self._seconds = seconds
        self._logger = logger
        self._began: float | None = None
        self._lock = threading.Lock()

    @override
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]  # options are those of the inner one
        waits = iter(_WAIT_SECONDS)
        while True:
            response = self.inner.send(request, **options)
            if response.status_code not in _UPDATING:
                self._over()
                return response
            left = self._left(response.status_code)
            if left <= 0:
                return response
            response.close()
            REQUESTS.add()
            wait(min(left, _pause(response.headers, default=next(waits, _WAIT_SECONDS[-1]))))

    @override
    def close(self) -> None:
        self.inner.close()

    def _left(self, status: int) -> float:
        """Give the seconds that are left of the time for this outage."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()
                if self._seconds:
                    minutes = f"{self._seconds / 60:g}"
                    self._logger.warning(
                        "Ons is being updated (HTTP %d): asking again for at most %s minutes", status, minutes
                    )
            return self._began + self._seconds - time.monotonic()

    def _over(self) -> None:
        with self._lock:
            if self._began is not None and self._seconds:
                self._logger.info("Ons answers again, after %d s", time.monotonic() - self._began)
            self._began = None


def _pause(headers: Mapping[str, str], *, default: float) -> float:
    """Give the seconds that Ons asks for, if they are any."""
    asked = retry_after_seconds(headers, now=datetime.now(UTC), default=default, maximum=_WAIT_SECONDS_MAX)
    return max(asked, _WAIT_SECONDS[0])
