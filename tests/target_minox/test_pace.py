"""Rate headers and 429: how long we hold our requests."""

import logging

import pytest
from connector_kit.limiter import RateLimiter
from target_minox.pace import Pace


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def read(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def waited(status: int, **headers: str) -> float:
    """Seconds between an answer and the next request."""
    clock = Clock()
    pace = Pace(RateLimiter(1000, clock=clock.read, sleep=clock.wait), clock=clock.read)
    pace.acquire()
    begin = clock.now
    pace.observe(status, {name.replace("_", "-"): value for name, value in headers.items()})
    pace.acquire()
    return round(clock.now - begin)


def test_a_window_that_is_used_up_holds_until_its_reset_in_milliseconds() -> None:
    assert waited(200, x_rate_limit_remaining="0", x_rate_limit_reset="1795000090000") == 90
    assert waited(200, x_rate_limit_remaining="1", x_rate_limit_reset="1795000090000") == 0


def test_429_waits_for_retry_after_else_the_reset_else_two_minutes() -> None:
    assert waited(429, **{"Retry-After": "7", "x-rate-limit-reset": "1795000090000"}) == 7
    assert waited(429, **{"x-rate-limit-reset": "1795000090000"}) == 90
    assert waited(429) == 120


def test_no_wait_is_longer_than_three_minutes() -> None:
    assert waited(429, **{"Retry-After": "86400"}) == 180
    assert waited(200, x_rate_limit_remaining="0", x_rate_limit_reset="9999999999999") == 180


def test_times_are_measured_against_the_clock_of_the_answer() -> None:
    headers = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "x-rate-limit-remaining": "0"}
    assert waited(200, **headers, **{"x-rate-limit-reset": str(1767225600_000 + 30_000)}) == 30


@pytest.mark.parametrize("value", ["", "-1", "soon", "9" * 40])
def test_unreadable_headers_do_not_hold(value: str) -> None:
    assert waited(200, x_rate_limit_remaining=value, x_rate_limit_reset=value) == 0
    assert waited(200, x_rate_limit_remaining="0", x_rate_limit_reset=value) == 0


def test_a_long_wait_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        waited(429)
        assert caplog.messages == ["Minox asks to slow down: waiting 120 seconds"]
        waited(429, **{"Retry-After": "1"})
        assert len(caplog.messages) == 1
