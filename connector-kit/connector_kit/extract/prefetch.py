"""Concurrency that the reader of a stream does not notice: work runs ahead in threads, results come out in order."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, Generic, Never, TypeVar, cast

from singer_sdk.exceptions import SkippableAPIError

__all__ = ["PartitionedPrefetch", "ordered_prefetch", "wait"]

P = TypeVar("P")
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


def ordered_prefetch(jobs: Iterable[Callable[[], T]], *, workers: int, ahead: int | None = None) -> Generator[T]:
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
    source = _in_order(jobs)
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


def _in_order(jobs: Iterable[Callable[[], T]]) -> Iterator[Callable[[], T]]:
    """Give the jobs; an error of the iterable itself becomes a last job, which raises it when its turn comes."""
    try:
        yield from jobs
    except Exception as error:  # noqa: BLE001  # raised by the job
        yield partial(_raise, error)


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


class PartitionedPrefetch(Generic[P, T]):
    """Runs the jobs of many partitions ahead, in the order in which the SDK asks for the partitions.

    An SDK stream asks for one partition after the other; while it writes the records of one, the jobs of the next ones
    are under way. A job that ends in `SkippableAPIError` ends its partition only; any other exception ends all.

    Args:
        partitions: All partitions, in order.
        jobs: Gives the jobs of a partition, in order; called in the consumer's thread when the look-ahead gets there.
        workers: Number of threads.
    """

    def __init__(
        self, partitions: Sequence[P], jobs: Callable[[P], Iterable[Callable[[], T]]], *, workers: int
    ) -> None:
        self._partitions = partitions
        self._jobs = jobs
        self._workers = workers
        self._running: Generator[_Outcome[P, T]] | None = None
        self._next = 0

    def results(self, partition: P) -> Iterator[T]:
        """Yield the results of one partition in order.

        Raises:
            SkippableAPIError: The partition is not available; the next one may be asked for.
        """
        position = self._partitions.index(partition)
        if self._running is None or position != self._next:
            self._running = ordered_prefetch(self._all_jobs(position), workers=self._workers)
        self._next = position + 1
        running, goes_on = self._running, False
        try:
            for outcome in running:
                if outcome.partition != partition:  # what was left of a partition that was skipped
                    continue
                goes_on = self._next < len(self._partitions)
                if outcome.skipped is not None:
                    raise outcome.skipped
                if outcome.ends_partition:
                    return
                goes_on = False
                yield cast("T", outcome.result)
        finally:
            if not goes_on:
                running.close()
                self._running = None

    def _all_jobs(self, start: int) -> Iterator[Callable[[], "_Outcome[P, T]"]]:
        for partition in self._partitions[start:]:
            yield from (partial(_outcome, partition, job) for job in self._source(partition))
            yield partial(_Outcome, partition=partition, ends_partition=True)

    def _source(self, partition: P) -> Iterator[Callable[[], T]]:
        """The jobs of a partition; a partition that cannot even say its jobs has one, which says why."""
        try:
            yield from self._jobs(partition)
        except SkippableAPIError as error:
            yield partial(_raise, error)


@dataclass(frozen=True, kw_only=True)
class _Outcome(Generic[P, T]):
    partition: P
    result: T | None = None
    skipped: SkippableAPIError | None = None
    ends_partition: bool = False


def _outcome(partition: P, job: Callable[[], T]) -> _Outcome[P, T]:
    try:
        return _Outcome(partition=partition, result=job())
    except SkippableAPIError as error:
        return _Outcome(partition=partition, skipped=error)


def _raise(error: Exception) -> Never:
    raise error
