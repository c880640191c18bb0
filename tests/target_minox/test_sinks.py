"""Every stream at a simulated Minox, by a real process: written once, found again, changed when asked to."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_records import CHANGES, OPEN_ITEM, RECORDS


@pytest.fixture
def whole_minox(open_bookkeeping: Callable[..., Bookkeeping]) -> Bookkeeping:
    """A consent to everything; an account with the VAT code that the invoices rely on is in the demo books."""
    bookkeeping = open_bookkeeping(scopes=("all",))
    bookkeeping.settings["settle_minutes"] = 0  # the ledger is new, and nothing was sent before
    return bookkeeping


def written(bookkeeping: Bookkeeping) -> int:
    return len(bookkeeping.simulator.backend.writes.writes())


def test_every_stream_is_written_once_and_a_second_run_writes_nothing(whole_minox: Bookkeeping) -> None:
    records = [*RECORDS.items(), ("open_items", OPEN_ITEM)]
    run = whole_minox.write_streams(records)
    assert run.code == 0, run.stderr
    assert run.counts["success"] == len(records)
    first = written(whole_minox)

    again = whole_minox.write_streams(records)
    assert again.code == 0, again.stderr
    assert (again.counts["existing"], written(whole_minox) - first) == (len(records), 0)

    books = whole_minox.books
    assert books.balance("8000") == Decimal("-100.00")
    assert books.balance("4321") == Decimal("50.00")
    assert len(books.attachments) == 1


def test_a_change_is_written_over_when_the_settings_say_so(whole_minox: Bookkeeping) -> None:
    run = whole_minox.write_streams(list(RECORDS.items()))
    assert run.code == 0, run.stderr
    changed = [(stream, RECORDS[stream] | changes) for stream, changes in CHANGES.items()]
    updated = whole_minox.write_streams(changed, on_changed="update")
    assert updated.code == 0, updated.stderr
    assert updated.counts["updated"] == len(changed)
    before = written(whole_minox)
    again = whole_minox.write_streams(changed, on_changed="update")
    assert (again.counts["existing"], written(whole_minox) - before) == (len(changed), 0)
    account = whole_minox.simulator.backend.writes.writes("ledger_account")[-1].content
    assert (account["description"], account["cost_type"]["id"]) == ("Kantine en keuken", 7)
