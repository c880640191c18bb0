import threading
import time
from datetime import UTC, datetime

import pytest
from connector_kit.limiter import RateLimiter, retry_after_seconds

NOW = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)


class FakeTime:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_requests_are_spaced_evenly() -> None:
    fake = FakeTime()
    limiter = RateLimiter(4, clock=fake, sleep=fake.sleep)
    moments = []
    for _ in range(4):
        limiter.acquire()
        moments.append(fake.now - 100)
    assert moments == [0, 0.25, 0.5, 0.75]


def test_an_idle_time_gives_no_burst() -> None:
    fake = FakeTime()
    limiter = RateLimiter(1, clock=fake, sleep=fake.sleep)
    limiter.acquire()
    fake.now += 60
    limiter.acquire()
    limiter.acquire()
    assert fake.now == 161


def test_a_pause_holds_everybody_and_a_shorter_one_does_not_end_it() -> None:
    fake = FakeTime()
    limiter = RateLimiter(10, clock=fake, sleep=fake.sleep)
    limiter.pause(30)
    limiter.pause(5)
    limiter.acquire()
    assert fake.now == 130


def test_a_pause_reaches_those_who_already_wait() -> None:
    fake = FakeTime()
    paused = []

    def sleep(seconds: float) -> None:
        fake.now += seconds
        if not paused:
            paused.append(limiter.pause(20))

    limiter = RateLimiter(1, clock=fake, sleep=sleep)
    limiter.acquire()
    limiter.acquire()
    assert fake.now == 121


def test_threads_together_keep_the_pace() -> None:
    limiter = RateLimiter(100)
    moments: list[float] = []

    def work() -> None:
        for _ in range(10):
            limiter.acquire()
            moments.append(time.monotonic())

    threads = [threading.Thread(target=work) for _ in range(4)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(moments) == 40
    assert max(moments) - started >= 0.39


def test_a_pace_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        RateLimiter(0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("Sun, 15 Nov 2026 12:00:09 GMT", 9),
        ("Sun, 15 Nov 2026 11:00:00 GMT", 0),
        ("99999", 60),
        ("9" * 5000, 60),
        ("-5", 3),
        ("soon", 3),
        ("", 3),
        (None, 3),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_the_maximum(value: str | None, seconds: float) -> None:
    headers = {} if value is None else {"Retry-After": value}
    assert retry_after_seconds(headers, now=NOW, default=3, maximum=60) == seconds
