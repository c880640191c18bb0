"""The clock of a run goes on as time does."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from connector_kit.posting import clock as clock_module
from connector_kit.posting.clock import steady_clock


class JumpingClock(datetime):
    """A machine's clock that somebody has set."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC if tz else None) + cls.ahead


def test_a_clock_that_is_set_in_the_middle_of_a_run_ends_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock_module, "datetime", JumpingClock)
    now = steady_clock()
    first = now()
    monkeypatch.setattr(JumpingClock, "ahead", timedelta(hours=9))
    time.sleep(0.01)
    assert timedelta(seconds=0.01) <= now() - first < timedelta(hours=1)
    assert steady_clock()() - first > timedelta(hours=8)  # a later run believes the machine again
