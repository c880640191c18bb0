"""Concurrency that the reader of a stream does not notice: work runs ahead in threads, results come out in order."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from itertools import islice
from typing import Final, TypeVar

__all__ = ["ordered_prefetch", "wait"]

T = TypeVar("T")


class _Worker(threading.local):
    """What a worker thread knows: the event that tells it that nobody waits for its result any more."""

    stopped: threading.Event | None = None


_worker: Final = _Worker()


def wait(seconds: float) -> None:
    """Sleep; in a prefetching thread end at once when the consumer has gone.

    Raises:
        CancelledError: The consumer has gone.
    """
    if _worker.stopped is None:
        time.sleep(seconds)
    elif _worker.stopped.wait(seconds):
        raise CancelledError


def ordered_prefetch(jobs: Iterable[Callable[[], T]], *, workers: int, ahead: int | None = None) -> Iterator[T]:
    """Run jobs concurrently and yield their results in the order of the jobs.

    At most `ahead` results are finished or under way beyond the one the consumer holds, so memory is bounded; the
    iterable of jobs is read in the consumer's thread, just as far. A job's exception is raised where its result would
    have come. When the consumer stops, for whatever reason, no further job starts and the threads end.

    Args:
        jobs: What to do, in order; may be lazy.
        workers: Number of threads; with 1 everything happens in the consumer's thread.
        ahead: Look-ahead limit; by default two jobs per thread.

    Yields:
        The results in order.
    """
    if workers <= 1:
        for job in jobs:
            yield job()
        return
    source = iter(jobs)
    todo: queue.SimpleQueue[tuple[Future[T], Callable[[], T]] | None] = queue.SimpleQueue()
    pending: deque[Future[T]] = deque()
    stopped = threading.Event()

    def submit(count: int) -> None:
        for job in islice(source, count):
            future: Future[T] = Future()
            pending.append(future)
            todo.put((future, job))

    threads = [
        threading.Thread(target=_work, args=(todo, stopped), name=f"prefetch-{number}", daemon=True)
        for number in range(workers)
    ]
    try:
        submit(1)
        if pending:
            for thread in threads:
                thread.start()
        submit((ahead or 2 * workers) - 1)
        while pending:
            result = pending.popleft().result()
            submit(1)
            yield result
    finally:
        stopped.set()
        for _ in threads:
            todo.put(None)


def _work(
    todo: "queue.SimpleQueue[tuple[Future[T], Callable[[], T]] | None]",
    stopped: threading.Event,
) -> None:
    _worker.stopped = stopped
    while (task := todo.get()) is not None:
        future, job = task
        if stopped.is_set() or not future.set_running_or_notify_cancel():
            continue
        try:
            result = job()
        except BaseException as error:  # noqa: BLE001  # carried to the consumer, who raises it in its order
            future.set_exception(error)
        else:
            future.set_result(result)
