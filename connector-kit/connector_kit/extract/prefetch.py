"""Concurrency that the reader of a stream does not notice: work runs ahead in threads, results come out in order."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, Generic, Never, TypeVar

from singer_sdk.exceptions import SkippableAPIError

__all__ = ["PartitionedPrefetch", "ordered_prefetch", "wait"]

P = TypeVar("P", bound=Hashable)
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
    threads = _Threads[T](workers)
    pending: deque[Future[T]] = deque()

    def submit(count: int) -> None:
        futures = [threads.submit(job) for job in islice(source, count)]
        pending.extend(futures)
        if len(futures) < count:
            threads.end()

    try:
        submit(ahead or 2 * workers)
        while pending:
            result = pending.popleft().result()
            submit(1)
            yield result
    finally:
        threads.stop()


def _in_order(jobs: Iterable[Callable[[], T]]) -> Iterator[Callable[[], T]]:
    """Give the jobs; an error of the iterable itself becomes a last job, which raises it when its turn comes."""
    try:
        yield from jobs
    except Exception as error:  # noqa: BLE001  # raised by the job
        yield partial(_raise, error)


class _Threads(Generic[T]):
    """Daemon threads, so that a program that is stopped does not wait for them; started with the first job."""

    def __init__(self, count: int) -> None:
        self._stopped = threading.Event()
        self._todo: queue.SimpleQueue[tuple[Future[T], Callable[[], T]] | None] = queue.SimpleQueue()
        self._waiting = [
            threading.Thread(target=_work, args=(self._todo, self._stopped), name=f"prefetch-{number}", daemon=True)
            for number in range(count)
        ]
        self._count = count

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Have a job done."""
        future: Future[T] = Future()
        self._todo.put((future, job))
        while self._waiting:
            self._waiting.pop().start()
        return future

    def end(self) -> None:
        """Let the threads end when all jobs are done."""
        for _ in range(self._count):
            self._todo.put(None)

    def stop(self) -> None:
        """Let the threads end now; jobs that have not begun are not done."""
        self._stopped.set()
        self.end()


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
        self._positions = {partition: position for position, partition in enumerate(partitions)}
        self._jobs = jobs
        self._workers = workers
        self._running: Generator[_Outcome[P, T]] | None = None
        self._next = 0

    def results(self, partition: P) -> Iterator[T]:
        """Yield the results of one partition in order.

        Raises:
            SkippableAPIError: The partition is not available; the next one may be asked for.
        """
        position = self._positions[partition]
        if self._running is None or position < self._next:
            self._running = ordered_prefetch(self._all_jobs(position), workers=self._workers)
        self._next = position + 1
        running, goes_on = self._running, False
        try:
            for outcome in running:
                if outcome.partition != partition:  # one that was skipped, or what was left of it
                    continue
                goes_on = self._next < len(self._partitions)
                if outcome.skipped is not None:
                    raise outcome.skipped
                goes_on = False
                yield from outcome.results
                if outcome.ends_partition:
                    goes_on = self._next < len(self._partitions)
                    return
        finally:
            if not goes_on:
                running.close()
                self._running = None

    def _all_jobs(self, start: int) -> Iterator[Callable[[], "_Outcome[P, T]"]]:
        """Give all jobs; the last of a partition says so itself, so that the look-ahead is one of real jobs."""
        for partition in self._partitions[start:]:
            last: Callable[[], T] | None = None
            for job in self._source(partition):
                if last is not None:
                    yield partial(_outcome, partition, last)
                last = job
            yield partial(_outcome, partition, last, ends_partition=True)

    def _source(self, partition: P) -> Iterator[Callable[[], T]]:
        """The jobs of a partition; a partition that cannot even say its jobs has one, which says why."""
        try:
            yield from self._jobs(partition)
        except SkippableAPIError as error:
            yield partial(_raise, error)


@dataclass(frozen=True, kw_only=True)
class _Outcome(Generic[P, T]):
    partition: P
    results: tuple[T, ...] = ()
    skipped: SkippableAPIError | None = None
    ends_partition: bool = False


def _outcome(partition: P, job: Callable[[], T] | None, *, ends_partition: bool = False) -> _Outcome[P, T]:
    """Do a job; None: a partition without one."""
    try:
        results = () if job is None else (job(),)
        return _Outcome(partition=partition, results=results, ends_partition=ends_partition)
    except SkippableAPIError as error:
        return _Outcome(partition=partition, skipped=error)


def _raise(error: Exception) -> Never:
    raise error
