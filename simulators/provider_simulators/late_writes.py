"""Writes that were taken in, answered with an error, and are applied later: zombies."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from threading import RLock

from werkzeug.wrappers import Request

from provider_simulators.clock import Clock


class LateWrites:
    """What is still to be applied, in order of the moments at which it is due.

    Args:
        clock: Says what is due.
        apply: Applies a request; called for one at a time.
    """

    def __init__(self, clock: Clock, apply: Callable[[Request], None]) -> None:
        self._clock = clock
        self._apply = apply
        self._waiting: list[tuple[datetime, int, Request]] = []
        self._places = count()
        self._lock = RLock()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, request: Request, seconds: float) -> datetime:
        """Apply a request so many seconds from now; gives the moment."""
        with self._lock:
            due = self._clock.now() + timedelta(seconds=seconds)
            heapq.heappush(self._waiting, (due, next(self._places), request))
            return due

    def apply_due(self, *, all_of_them: bool = False) -> None:
        """Apply what is due by now, or everything."""
        with self._lock:
            now = self._clock.now()
            while self._waiting and (all_of_them or self._waiting[0][0] <= now):
                self._apply(heapq.heappop(self._waiting)[2])
