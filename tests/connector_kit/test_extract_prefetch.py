from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError
from functools import partial
from typing import TYPE_CHECKING

import pytest
from connector_kit.extract import PartitionedPrefetch, ordered_prefetch, wait
from singer_sdk.exceptions import SkippableAPIError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


OTHERS: set[threading.Thread] = set()
"""Threads that were there before the test."""


@pytest.fixture(autouse=True)
def _others() -> None:
    OTHERS.clear()
    OTHERS.update(threading.enumerate())


def prefetch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread not in OTHERS]


def all_threads_end() -> bool:
    deadline = time.monotonic() + 2
    while prefetch_threads() and time.monotonic() < deadline:
        time.sleep(0.01)
    return not prefetch_threads()


@pytest.mark.parametrize("workers", [1, 4])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    def job(number: int) -> int:
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number

    jobs = (partial(job, number) for number in range(40))
    assert list(ordered_prefetch(jobs, workers=workers)) == list(range(40))
    assert all_threads_end()


def test_jobs_run_at_the_same_time() -> None:
    meeting = threading.Barrier(4, timeout=5)
    assert sum(ordered_prefetch([meeting.wait] * 4, workers=4)) == 0 + 1 + 2 + 3


def test_the_look_ahead_is_limited() -> None:
    started: list[int] = []

    def job(number: int) -> int:
        started.append(number)
        return number

    results = ordered_prefetch((partial(job, number) for number in range(1000)), workers=2, ahead=5)
    for expected in range(10):
        assert next(results) == expected
        time.sleep(0.01)
        assert len(started) <= expected + 1 + 5
    results.close()


def test_an_exception_comes_where_its_result_would_have_come() -> None:
    def fail() -> int:
        raise ValueError("third")

    results = ordered_prefetch([lambda: 1, lambda: 2, fail, lambda: 4], workers=4)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(ValueError, match="third"):
        next(results)
    assert all_threads_end()


def test_an_error_of_the_job_list_itself_comes_in_order_too() -> None:
    def jobs() -> Iterator[Callable[[], int]]:
        yield lambda: 1
        raise ValueError("no more jobs")

    results = ordered_prefetch(jobs(), workers=4)
    assert next(results) == 1
    with pytest.raises(ValueError, match="no more jobs"):
        next(results)


def test_threads_end_when_the_consumer_stops_even_in_a_long_wait() -> None:
    ended: list[type[BaseException]] = []

    def job() -> None:
        try:
            wait(600)
        except CancelledError as error:
            ended.append(type(error))
            raise

    results = ordered_prefetch([lambda: None, *[job] * 4], workers=4)
    next(results)
    deadline = time.monotonic() + 2
    while len(prefetch_threads()) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    results.close()
    assert all_threads_end()
    assert set(ended) <= {CancelledError}


def test_partitions_share_one_look_ahead() -> None:
    meeting = threading.Barrier(3, timeout=5)

    def jobs(partition: str) -> list[Callable[[], str]]:
        def job() -> str:
            meeting.wait()
            return partition

        return [job]

    prefetch = PartitionedPrefetch("abc", jobs, workers=3)
    assert [list(prefetch.results(partition)) for partition in "abc"] == [["a"], ["b"], ["c"]]


def test_a_skipped_partition_does_not_end_the_others() -> None:
    def jobs(partition: int) -> list[Callable[[], int]]:
        def skip() -> int:
            raise SkippableAPIError("not for us")

        return [lambda: partition, skip if partition == 2 else (lambda: -partition), lambda: 10 * partition]

    prefetch = PartitionedPrefetch([1, 2, 3], jobs, workers=2)
    assert list(prefetch.results(1)) == [1, -1, 10]
    second = prefetch.results(2)
    assert next(second) == 2
    with pytest.raises(SkippableAPIError):
        next(second)
    assert list(prefetch.results(3)) == [3, -3, 30]


def test_a_partition_that_nobody_asks_for_costs_no_second_run_of_the_others() -> None:
    ran: list[int] = []

    def job(partition: int) -> int:
        ran.append(partition)
        return partition

    prefetch = PartitionedPrefetch([1, 2, 3, 4], lambda partition: [partial(job, partition)], workers=4)
    assert [list(prefetch.results(partition)) for partition in (1, 3, 4)] == [[1], [3], [4]]
    assert sorted(ran) == [1, 2, 3, 4]


def test_partitions_may_be_asked_for_in_any_order_and_left_half_read() -> None:
    prefetch = PartitionedPrefetch([1, 2, 3], lambda partition: [lambda: partition] * 3, workers=2)
    assert next(prefetch.results(1)) == 1
    assert list(prefetch.results(3)) == [3, 3, 3]
    assert list(prefetch.results(2)) == [2, 2, 2]
    assert list(prefetch.results(3)) == [3, 3, 3]
    assert all_threads_end()


def test_a_partition_without_jobs_is_empty() -> None:
    prefetch: PartitionedPrefetch[int, int] = PartitionedPrefetch([1, 2], lambda _: [], workers=2)
    assert [list(prefetch.results(1)), list(prefetch.results(2))] == [[], []]
