"""The ledger counts the calls that Minox sees; and a third content follows a second that was lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_records import RECORDS

ENTRY = RECORDS["journal_entries"]
BATCH = "/transaction_line_batch/"


def content(amount: float) -> dict[str, Any]:
    lines = [{"account": "1720", "debit": amount}, {"account": "1700", "credit": amount}]
    return {**ENTRY, "lines": lines}


def test_the_ledger_counts_what_minox_sees_with_pages_and_faults(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(page_size=2, scopes=("all",))
    bookkeeping.simulator.faults.add(method="PUT", path=BATCH, action="reset_after")
    customer = {"key": "C1", "name": "Zorg", "city": "Utrecht"}
    for amount, city in ((10.0, "Utrecht"), (11.0, "Leiden")):
        records = [("journal_entries", content(amount)), ("customers", customer | {"city": city})]
        run = bookkeeping.write_streams(records, on_changed="update", budget_day=10_000, settle_minutes=0)
        assert run.code == 0, run.stderr
    seen = [path for _, path in bookkeeping.calls if not path.endswith("/oauth/token")]
    with closing(sqlite3.connect(bookkeeping.folder / "ledger.sqlite3")) as ledger:
        (counted,) = ledger.execute("SELECT sum(calls) FROM budget WHERE window = 'day'").fetchone()
    assert counted == len(seen) > 10, seen


@pytest.mark.usefixtures("in_one_process")
def test_a_third_content_follows_a_lost_change_that_has_arrived(bookkeeping: Bookkeeping) -> None:
    settings = {"on_changed": "update", "settle_minutes": 0}
    bookkeeping.book_records(content(10.0), **settings)
    bookkeeping.simulator.faults.add(method="PUT", path=BATCH, action="reset_after")
    bookkeeping.simulator.faults.add(method="GET", path=BATCH, action="status", status=500, nth=3, times=None)
    run = bookkeeping.book_records(content(11.0), **settings)
    assert run.counts["in_doubt"] == 1, run.stderr
    bookkeeping.simulator.faults.clear()
    run = bookkeeping.book_records(content(12.0), **settings)
    assert (run.code, run.counts["updated"]) == (0, 1), run.stderr
    assert bookkeeping.balances("1720", "1700") == [Decimal(12), Decimal(-12)]
