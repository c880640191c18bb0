"""What Ons counts per certificate. Only the requests at the same time are limited (vendor's documentation)."""

import time
from collections import Counter
from dataclasses import dataclass, replace
from threading import Lock

PARALLEL_REQUESTS = 4
REQUESTS_PER_SECOND = 100
REQUEST_SECONDS_PER_DAY = 10_000


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a certificate has used since the simulator started.

    Attributes:
        requests: How many, those that were refused with 429 among them.
        refused: How many got 429.
        parallel: Most at the same time, not counting the refused.
        per_second: Most within a second of the wall clock; Ons says 100 and does not enforce it.
        seconds: Their durations added up; Ons says 10,000 a day and does not enforce it.
    """

    requests: int = 0
    refused: int = 0
    parallel: int = 0
    per_second: int = 0
    seconds: float = 0


class Slot:
    """One request of a certificate, from its start to its last byte."""

    def __init__(self, limits: "Limits", serial: int, *, free: bool) -> None:
        self.free = free
        self._limits = limits
        self._serial = serial
        self._began = time.monotonic()
        self._open = True

    def leave(self) -> None:
        """The request is over; a second call does nothing."""
        if self._open:
            self._open = False
            self._limits.left(self._serial, time.monotonic() - self._began)


class Limits:
    """Counts the requests of each certificate, also while they wait or are streamed."""

    def __init__(self) -> None:
        self._running: Counter[int] = Counter()
        self._used: dict[int, Usage] = {}
        self._seconds: Counter[tuple[int, int]] = Counter()
        self._lock = Lock()

    def enter(self, serial: int) -> Slot:
        """A request begins; its slot is not free when there are too many."""
        second = serial, int(time.monotonic())
        with self._lock:
            self._running[serial] += 1
            self._seconds[second] += 1
            running, used = self._running[serial], self._used.get(serial, Usage())
            free = running <= PARALLEL_REQUESTS
            self._used[serial] = Usage(
                requests=used.requests + 1,
                refused=used.refused + (not free),
                parallel=max(used.parallel, min(running, PARALLEL_REQUESTS)),
                per_second=max(used.per_second, self._seconds[second]),
                seconds=used.seconds,
            )
        return Slot(self, serial, free=free)

    def left(self, serial: int, seconds: float) -> None:
        """A request has ended."""
        with self._lock:
            self._running[serial] -= 1
            used = self._used[serial]
            self._used[serial] = replace(used, seconds=used.seconds + seconds)

    def usage(self, serial: int) -> Usage:
        """What the certificate with this serial number has used."""
        with self._lock:
            return self._used.get(serial, Usage())
