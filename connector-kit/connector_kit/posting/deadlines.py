"""Ends what takes too long: one thread for all, for a thread per request would cost more than its head."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector_kit.threads import start_unsignalled

__all__ = ["Deadlines"]


class Deadlines:
    """Calls somebody when a block has not ended in time. The thread that does so is started with the first block."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[Callable[[], None], float] = {}
        self._wakes_at: float | None = None
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, cut: Callable[[], None]) -> Iterator[None]:
        """A block that is cut off after so many seconds, and never after its end."""
        self._add(cut, time.monotonic() + seconds)
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(cut, None)

    def _add(self, cut: Callable[[], None], due: float) -> None:
        with self._changed:
            self._due[cut] = due
            if self._thread is None:
                thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                start_unsignalled(thread)
                self._thread = thread  # only now: a signal before its start must not leave one that never watches
            elif self._wakes_at is None or due < self._wakes_at:
                self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for cut in [cut for cut, due in self._due.items() if due <= now]:
                    del self._due[cut]
                    cut()
                # Later deadlines do not wake it: it looks again when the earliest that it knew of has come.
                self._wakes_at = min(self._due.values(), default=None)
                self._changed.wait(None if self._wakes_at is None else self._wakes_at - now)
