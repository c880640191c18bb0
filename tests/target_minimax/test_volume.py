"""More records than the calls of a day allow: the fewest runs, each call counted once, none too many, also after a kill.

`MINIMAX_RECORDS=3000` makes it as large as the promise: 3,000 records and 1,000 calls a day. A day is a third as many
calls as there are records, and passes on the clock of the simulator, which counts for itself.
"""

from __future__ import annotations

import math
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from connector_kit.posting import failpoints

from tests.target_minimax.still_books import Ended, Record, StillBooks, StillMinimax, entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from provider_simulators.world import World

RECORDS = int(os.environ.get("MINIMAX_RECORDS") or 90)
pytestmark = pytest.mark.timeout(max(180, RECORDS))
CALLS = RECORDS // 3
RESERVE = CALLS // 10
"""Kept for what is in doubt: a new record is not begun with it."""
LISTS = 6
"""Code lists that a run reads at most: countries, currencies, journal types, accounts, VAT rates, items."""


def invoice(number: int) -> Record:
    row = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1", "quantity": 4}
    parties = {"date": "2026-02-28", "customer": f"D00{1 + number % 4}", "payment_days": 14}
    return "sales_invoices", {"key": f"F{number}", **parties, "lines": [row]}


def journal(number: int) -> Record:
    return entry(f"J{number}")


NEW = ", new ledger"
COSTS = {"journals": 2, "invoices": 1, f"journals{NEW}": 3}
"""Calls for one: it and its version, it alone, and where the books are not known it is looked for first."""


class KilledError(BaseException):
    """The process ends here; no handler of errors may notice."""


@pytest.fixture
def yearly(minimax_world: World, tmp_path: Path) -> Iterator[StillBooks]:
    """An organisation of so many calls a day, and a ledger beside it that is just made."""
    with StillMinimax(minimax_world, calls_per_day=CALLS) as simulator:
        books = StillBooks(simulator, tmp_path, {"budget_day": CALLS})
        assert books.deliver().code == 0
        books.pass_time(days=2)
        yield books


def know_the_books(books: StillBooks) -> None:
    """As `rebuild --complete` leaves the ledger."""
    with closing(sqlite3.connect(books.ledger)) as connection, connection:
        connection.execute("update meta set value = 'no' where name = 'cold'")


def assert_counted(books: StillBooks, *, not_sent: int = 0) -> None:
    """The ledger has counted what Minimax has, and at most so many that a kill kept back; nothing was asked too often."""
    more = books.counted - books.simulator.backend.budget.used_this_month(books.number)
    assert 0 <= more <= not_sent
    assert books.simulator.backend.budget.used(books.number) <= CALLS
    assert books.simulator.log.effects("call_refused") == []


def run_to_the_end(books: StillBooks, records: list[Record]) -> list[Ended]:
    """One run a day until there is nothing left."""
    runs = [books.deliver(*records)]
    while runs[-1].code == 12:
        assert_counted(books)
        books.pass_time(hours=24, minutes=7)  # the calls of a day are counted in slices of six minutes
        runs.append(books.deliver(*records))
    assert_counted(books)
    assert runs[-1].code == 0, (runs[-1].error, runs[-1].letters)
    return runs


@pytest.mark.parametrize(("kind", "cost"), COSTS.items())
def test_all_are_there_after_the_fewest_runs(yearly: StillBooks, kind: str, cost: int) -> None:
    make, model = (invoice, "IssuedInvoice") if kind == "invoices" else (journal, "Journal")
    if not kind.endswith(NEW):
        know_the_books(yearly)
    records = [make(number) for number in range(RECORDS)]
    runs = run_to_the_end(yearly, records)
    assert len(yearly.held(model)) == RECORDS
    others = [run.calls - cost * run.counts.get("success", 0) for run in runs]
    most = LISTS + (RESERVE if kind.endswith(NEW) else 0)  # looked up, and then there is no call left to write it
    assert all(0 <= calls <= most for calls in others), others
    assert all(run.calls > CALLS - RESERVE - cost for run in runs[:-1]), [run.calls for run in runs]
    assert len(runs) <= math.ceil((RECORDS * cost + LISTS) / (CALLS - RESERVE - LISTS))
    again = yearly.deliver(*records)
    assert (again.calls, again.counts["existing"]) == (0, RECORDS)


@pytest.mark.parametrize("point", ["http.before_send", "http.after_answer", "ledger.sent.after_commit"])
def test_a_kill_in_the_middle_spends_no_call_too_many(yearly: StillBooks, point: str) -> None:
    know_the_books(yearly)
    records = [journal(number) for number in range(CALLS)]
    passes = 0

    def kill(name: str) -> None:
        nonlocal passes
        passes += name == point
        if passes == CALLS // 4:
            raise KilledError

    with failpoints.watched(kill), pytest.raises(KilledError):
        yearly.deliver(*records)
    not_sent = 0 if point == "http.after_answer" else 1
    assert_counted(yearly, not_sent=not_sent)
    runs = [yearly.deliver(*records)]  # the same day
    while runs[-1].code in {11, 12}:  # what was under way is in doubt at first
        assert_counted(yearly, not_sent=not_sent)
        yearly.pass_time(hours=24, minutes=7)
        runs.append(yearly.deliver(*records))
    assert (runs[-1].code, len(yearly.held("Journal"))) == (0, CALLS), runs[-1].error
    assert len([write for write in yearly.writes("Journal") if write.action == "create"]) == CALLS
    assert_counted(yearly, not_sent=not_sent)
