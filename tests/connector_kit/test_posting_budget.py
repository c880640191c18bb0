"""The provider's calls: never more than allowed, whatever happens to the process; the same on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from connector_kit.errors import ConnectorError
from connector_kit.posting.budget import Budget, BudgetSpentError, Limit, Window
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector_kit.posting.ledger import Ledger

    from tests.connector_kit.ledger_places import LedgerPlace

DAY = Limit(window=Window.DAY, calls=3)
MONTH = Limit(window=Window.MONTH, calls=5)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 13, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget_ledger(ledger_place: LedgerPlace, clock: Clock) -> Iterator[Ledger]:
    with ledger_place.open(now=clock) as ledger:
        yield ledger


def spend_all(budget: Budget) -> int:
    """Spend until nothing is left; how many calls that were."""
    for spent in range(1000):
        try:
            budget.spend()
        except BudgetSpentError:
            return spent
    pytest.fail("there is no limit")


def test_without_limits_nothing_is_counted_and_nothing_refused(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [], now=clock)
    for _ in range(100):
        budget.spend()
    assert budget.left() is None


def test_a_day_is_the_last_24_hours_and_not_a_date(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [DAY], now=clock)
    assert spend_all(budget) == 3
    clock.pass_by(hours=23, minutes=59)
    assert spend_all(budget) == 0
    clock.pass_by(minutes=8)
    assert (budget.left(), spend_all(budget)) == (3, 3)


def test_who_runs_out_is_told_when_to_run_again(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [DAY], now=clock)
    spend_all(budget)

    with pytest.raises(
        BudgetSpentError, match=r"the calls of 24 hours are spent \(3 of 3\); run again after 2026-11-23 13:06 UTC"
    ):
        budget.spend()
    clock.now = datetime(2026, 11, 23, 13, 6, 1, tzinfo=UTC)
    budget.spend()


def test_a_month_is_one_of_the_calendar_where_the_provider_is(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [MONTH], now=clock, zone=ZoneInfo("Europe/Amsterdam"))
    assert spend_all(budget) == 5
    with pytest.raises(BudgetSpentError, match=r"calls of this month .* run again after 2026-11-30 23:00 UTC"):
        budget.spend()
    clock.now = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    assert spend_all(budget) == 0
    clock.pass_by(seconds=1)
    assert spend_all(budget) == 5


def test_the_tightest_window_counts(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [DAY, MONTH], now=clock)
    assert (budget.left(), budget.left(Window.MONTH)) == (3, 5)
    assert spend_all(budget) == 3
    clock.pass_by(days=2)
    assert (budget.left(), budget.left(Window.DAY), spend_all(budget)) == (2, 3, 2)


def test_more_than_is_left_is_not_spent_in_part(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [MONTH, DAY], now=clock)
    with pytest.raises(BudgetSpentError):
        budget.spend(4)
    assert (budget.left(Window.DAY), budget.left(Window.MONTH)) == (3, 5)


def test_look_ups_of_what_is_in_doubt_have_a_reserve(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [Limit(window=Window.DAY, calls=3, reserve=1)], now=clock)
    assert spend_all(budget) == 2
    with pytest.raises(BudgetSpentError, match=r"2 of 3, 1 kept for look-ups"):
        budget.spend()
    budget.spend(recovery=True)
    with pytest.raises(BudgetSpentError, match=r"3 of 3\)"):
        budget.spend(recovery=True)


def test_the_provider_corrects_downward_and_never_upward(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [Limit(window=Window.DAY, calls=10)], now=clock)
    budget.correct(Window.DAY, left=4)
    assert budget.left() == 4
    budget.correct(Window.DAY, left=9)
    assert budget.left() == 4
    budget.correct(Window.MONTH, left=1)
    assert budget.left() == 4
    budget.correct(Window.DAY, left=-1)
    assert (budget.left(), spend_all(budget)) == (0, 0)


def test_too_many_errors_end_it_before_the_provider_does(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [Limit(window=Window.HOUR, errors=2), DAY], now=clock)
    budget.spend()
    budget.fail()
    budget.spend()
    budget.fail()
    with pytest.raises(BudgetSpentError, match=r"refused 2 calls in one hour, .*mend the cause") as raised:
        budget.spend()
    assert raised.value.code == "error_budget_spent"
    assert budget.left() == 1
    clock.pass_by(hours=1, seconds=30)
    budget.spend()


def test_what_a_transaction_spends_goes_back_when_it_fails(budget_ledger: Ledger, clock: Clock) -> None:
    budget = Budget(budget_ledger.store, [DAY], now=clock)

    def spend_and_fail() -> None:
        budget.spend()
        raise ConnectorError("the disk is full")

    with pytest.raises(ConnectorError), budget_ledger.store.writing():
        spend_and_fail()
    assert budget.left() == 3


def test_old_slices_do_not_pile_up(ledger_place: LedgerPlace, clock: Clock) -> None:
    with ledger_place.open(now=clock) as ledger:
        budget = Budget(ledger.store, [Limit(window=Window.HOUR, calls=10**6)], now=clock)
        for _ in range(400):
            budget.spend()
            clock.pass_by(seconds=20)
    assert ledger_place.execute("SELECT count(*) <= 181 FROM budget")[0][0]


PROGRAM = """
import os, pathlib, signal, sys
from datetime import UTC, datetime
from connector_kit.posting.budget import Budget, Limit, Window
from connector_kit.posting.ledger import Ledger, State
from tests.connector_kit.ledger_places import BINDING
ledger = Ledger.open(sys.argv[1], binding=BINDING, run="killed", witness=pathlib.Path(sys.argv[2]))
budget = Budget(ledger.store, [Limit(window=Window.DAY, calls=3)], now=lambda: datetime.now(UTC))
entry = ledger.intend("k1", stream="s", content_hash="h", mapping_version="1")
with ledger.store.writing():
    budget.spend()
    entry = ledger.advance(entry, State.SENT)
if sys.argv[3] == "before":
    ledger.store._connection.begin()
    budget.spend()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_process_has_spent_what_it_may_have_sent(ledger_place: LedgerPlace, moment: str) -> None:
    """Killed after the commit of `sent`, or before the next one."""
    command = [sys.executable, "-c", PROGRAM, str(ledger_place.target), str(ledger_place.witness), moment]
    ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL

    with ledger_place.open() as ledger:
        budget = Budget(ledger.store, [DAY], now=lambda: datetime.now(UTC))
        assert budget.left() == 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.integers(min_value=0, max_value=5 * 3600), min_size=5, max_size=40))
def test_in_no_24_hours_more_is_spent_than_allowed(pauses: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    from tests.connector_kit.ledger_places import SqlitePlace  # noqa: PLC0415  # only this one, for its speed

    clock, spent = Clock(), []
    with SqlitePlace(tmp_path_factory.mktemp("budget")).open(now=clock) as ledger:
        budget = Budget(ledger.store, [DAY], now=clock)
        for pause in pauses:
            clock.pass_by(seconds=pause)
            spent += [clock.now] * spend_all(budget)
    for moment in spent:
        assert sum(moment <= other < moment + timedelta(hours=24) for other in spent) <= 3
