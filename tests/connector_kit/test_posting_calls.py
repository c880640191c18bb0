"""Calls are counted where they leave: pages, reads around a write, commands that only read; none is guessed from half."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from connector_kit.posting.allowance import Calls, NotNowError
from connector_kit.posting.budget import Budget, Limit, Window
from connector_kit.posting.calls_beside import counted_beside
from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.meter import Meter
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.target import BooksTarget
from connector_kit.posting.transport import announce, counting
from sqlalchemy import func, select
from typing_extensions import override

from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.ledger_places import LedgerPlace
from tests.connector_kit.posting_provider import BooksProvider, Fault
from tests.connector_kit.posting_runs import SCHEMA, TargetRuns, entry
from tests.connector_kit.posting_target import Batches, Entries, TargetTiny

PLENTY = 10_000
WHOLE = 17
"""Requests of a run with three entries that ends in peace; one call more is kept back."""


class Reading(Batches):
    """Looks up on two pages, reads before it writes and after."""

    @override
    def read(self, operation: uuid.UUID, document: Mapping[str, Any]) -> Reply:
        self.transport.request("GET", "/all")
        return super().read(operation, document)

    @override
    def write(self, operation: uuid.UUID, document: Mapping[str, Any]) -> Reply:
        found = super().read(operation, document)
        if found.kind is not OutcomeClass.ABSENT:
            return Reply(kind=OutcomeClass.CONFLICT)
        reply = super().write(operation, document)
        self.transport.request("GET", "/all")
        return reply


class ReadingEntries(Entries):
    @override
    def endpoint(self) -> Batches:
        return Reading(self.books.transport)

    @override
    def prepare(self, entry: Any) -> Mapping[str, Any]:
        if entry.key.startswith("asks"):
            self.books.transport.request("GET", "/all")
        return super().prepare(entry)


class TargetReading(TargetTiny):
    accepted_streams: ClassVar[Mapping[str, Any]] = {"journal_entries": ReadingEntries}


@pytest.fixture
def reading_runs(target_runs: TargetRuns, monkeypatch: pytest.MonkeyPatch) -> TargetRuns:
    monkeypatch.setattr("tests.connector_kit.posting_runs.TargetTiny", TargetReading)
    return target_runs


def spent(runs: TargetRuns) -> int:
    """What the ledger has counted for the day."""
    target = TargetTiny(config=runs.settings)
    with Ledger.open(runs.ledger, binding=_binding(target), run="", read_only=True) as ledger:
        return total(ledger)


def total(ledger: Ledger) -> int:
    with ledger.store.reading() as connection:
        query = select(func.coalesce(func.sum(tables.budget.c.calls), 0)).where(tables.budget.c.window == "day")
        return int(connection.execute(query).scalar_one())


def _binding(target: BooksTarget) -> Binding:
    return Binding(administration=target.administration(), base_url=target.base_url(), secret=target.identity_secret)


def test_the_ledger_has_counted_what_the_provider_saw(books_provider: BooksProvider, reading_runs: TargetRuns) -> None:
    books_provider.faults.append(Fault(method="PUT", action="reset_after"))
    messages = [SCHEMA, *(entry(f"k{number}") for number in range(4)), entry("bad", account="4999"), entry("asks-1")]
    reading_runs.run_here(messages, budget_day=PLENTY)
    reading_runs.run_here(messages, budget_day=PLENTY)
    assert spent(reading_runs) == len(books_provider.requests) > 20
    assert len(books_provider.booked_keys()) == 5


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5, 6, 11, WHOLE + 1])
def test_wherever_the_calls_end_nothing_is_guessed_and_the_next_run_goes_on(
    calls: int, books_provider: BooksProvider, reading_runs: TargetRuns
) -> None:
    messages = [SCHEMA, entry("k1"), entry("asks-2"), entry("k3")]
    code, tally, _ = reading_runs.run_here(messages, budget_day=calls)
    counts = tally.counts()
    assert spent(reading_runs) == len(books_provider.requests) <= min(calls, WHOLE)
    assert counts["fail"] == 0
    assert code == (0 if calls == WHOLE + 1 else 11 if counts["in_doubt"] else 12)
    assert reading_runs.run_here(messages, settle_minutes=0)[0] == 0
    assert sorted(books_provider.booked_keys()) == ["asks-2", "k1", "k3"]


def test_commands_that_only_read_are_counted_and_not_refused(commands: Commands) -> None:
    commands.settings["budget_day"] = 3
    assert commands.book([SCHEMA, entry("k1")]) == 0
    for name in ("plan", "reconcile"):
        commands.json(name, messages=[SCHEMA, entry("k1"), entry("k2")])
    assert spent(commands.runs) == len(commands.provider.requests) > 3


def test_without_a_limit_a_plan_leaves_the_ledger_alone(commands: Commands) -> None:
    commands.book([SCHEMA, entry("k1")])
    commands.json("plan", messages=[SCHEMA, entry("k1"), entry("k2")])
    assert spent(commands.runs) == 0


def test_calls_are_counted_beside_a_run_that_holds_the_ledger(ledger_place: LedgerPlace) -> None:
    day = Limit(window=Window.DAY, calls=2)
    with ledger_place.open() as ledger:
        budget = Budget(ledger.store, [day], now=ledger.now)
        with counted_beside(ledger_place.target, [day]):
            for _ in range(3):
                announce("GET")
        budget.note()
        assert (total(ledger), budget.left()) == (4, 0)


def test_a_ledger_that_is_not_there_counts_nothing(tmp_path: Path) -> None:
    with counted_beside(tmp_path / "none.sqlite3", [Limit(window=Window.DAY, calls=2)]):
        announce("GET")
    assert list(tmp_path.iterdir()) == []


class Purse(Calls):
    """So many calls; what is kept back is one."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    @override
    def spend(self, calls: int = 1, *, recovery: bool = False) -> None:
        if self.left - calls < (0 if recovery else 1):
            raise NotNowError("budget_spent", "spent")
        self.left -= calls

    @override
    def give_back(self, calls: int = 1) -> None:
        self.left += calls

    @override
    def fail(self, errors: int = 1) -> None: ...


def test_a_write_is_counted_once_and_what_it_did_not_need_is_given_back() -> None:
    purse = Purse(10)
    meter = Meter(purse)
    with counting(meter):
        meter.reserve()
        with meter.operation():
            announce("GET")
            announce("PUT")
        assert (purse.left, meter.wrote) == (8, True)
        meter.reserve()
        with meter.operation():
            announce("GET")
        assert (purse.left, meter.wrote) == (7, False)
        announce("GET", counts=False)
        with meter.operation():
            announce("PUT")
            announce("PUT")
    announce("GET")
    assert purse.left == 5


def test_a_new_ledger_does_not_spend_what_is_kept_back_on_records_that_cannot_be_written(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [SCHEMA, *(entry(f"k{number}") for number in range(9))]
    _, tally, _ = target_runs.run_here(messages, budget_day=10)
    assert (len(books_provider.requests), tally.counts()["success"], tally.counts()["deferred"]) == (9, 4, 5)


def test_what_is_begun_may_use_what_is_kept_back() -> None:
    meter = Meter(Purse(1))
    with counting(meter):
        with pytest.raises(NotNowError):
            announce("GET")
        with meter.operation():
            announce("GET")
            with pytest.raises(NotNowError):
                announce("GET")
