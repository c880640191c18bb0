"""What takes too long is cut off, and nothing else."""

import threading
import time

from connector_kit.posting.deadlines import Deadlines

LONG, SHORT, PATIENCE = 3600, 0.05, 10


def test_what_takes_too_long_is_cut_off_once() -> None:
    cut = threading.Semaphore(0)

    with Deadlines().within(SHORT, cut.release):
        assert cut.acquire(timeout=PATIENCE)
        assert not cut.acquire(timeout=3 * SHORT)


def test_what_has_ended_is_not() -> None:
    deadlines, cut = Deadlines(), threading.Event()

    with deadlines.within(SHORT, cut.set):
        pass

    assert not cut.wait(3 * SHORT)


def test_a_shorter_deadline_does_not_wait_for_a_longer_one() -> None:
    deadlines, cut, early = Deadlines(), threading.Event(), threading.Event()

    with deadlines.within(LONG, early.set):
        time.sleep(SHORT)  # its thread waits for an hour now
        with deadlines.within(SHORT, cut.set):
            assert cut.wait(PATIENCE)

    assert not early.is_set()


def test_after_a_pause_without_any_a_deadline_still_counts() -> None:
    deadlines, first, second = Deadlines(), threading.Event(), threading.Event()
    with deadlines.within(SHORT, first.set):
        assert first.wait(PATIENCE)
    time.sleep(SHORT)

    with deadlines.within(SHORT, second.set):
        assert second.wait(PATIENCE)


def test_all_use_one_thread() -> None:
    deadlines, before = Deadlines(), watching()

    for _ in range(20):
        with deadlines.within(LONG, lambda: None):
            pass

    assert watching() == before + 1


def watching() -> int:
    return sum(thread.name == "deadlines" for thread in threading.enumerate())
