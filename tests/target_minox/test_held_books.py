"""What the books hold, read back: lines by period and the trial balance, and what we expected them to be."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.posting.held import AccountTotal, HeldBooks, HeldLine
from connector_kit.posting.posting import Posting
from target_minox.client import MinoxError
from target_minox.connection import Connection
from target_minox.held_books import MinoxBooks
from target_minox.target import TargetMinox

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_books import bookkeeper, credit, debit, entry


def held_by(bookkeeping: Bookkeeping) -> MinoxBooks:
    settings = TargetMinox(config=bookkeeping.settings, parse_env_config=False).config
    return MinoxBooks(Connection(settings).client)


def total(debit_side: str, credit_side: str) -> AccountTotal:
    return AccountTotal(debit=Decimal(debit_side), credit=Decimal(credit_side))


@pytest.mark.parametrize("switches", [{}, {"lists": "bare", "answer_dates": "date_time"}, {"page_size": 2}])
def test_lines_and_trial_balance_of_a_period_are_what_was_booked(
    open_bookkeeping: Callable[..., Bookkeeping], switches: dict[str, Any]
) -> None:
    bookkeeping = open_bookkeeping(**switches)
    lines = [{"account": "4000", "debit": 10.10, "cost_center": "110"}, {"account": "1700", "credit": 10.10}]
    run = bookkeeping.book_records(
        {"key": "jan", "date": "2026-01-31", "lines": lines},
        {"key": "feb", "date": "2026-02-28", "lines": lines},
    )
    assert run.code == 0, run.stderr
    books = held_by(bookkeeping)
    assert isinstance(books, HeldBooks)
    found = list(books.lines("2026-02"))
    assert {line.booking for line in found} <= {str(batch) for batch in bookkeeping.books.batches}
    assert [(line.account, line.debit, line.credit, line.cost_center) for line in found if not line.automatic] == [
        ("4000", Decimal("10.10"), Decimal(0), "110"),
        ("1700", Decimal(0), Decimal("10.10"), None),
    ]
    assert {line.period for line in found} == {"2026-02"}
    assert books.trial_balance("2026-02") == {"4000": total("10.10", "0"), "1700": total("0", "10.10")}
    assert books.trial_balance("2026") == {"4000": total("20.20", "0"), "1700": total("0", "20.20")}
    assert books.trial_balance("2026-03") == {}


def test_a_posting_says_how_its_lines_will_look() -> None:
    lines = bookkeeper().lines(entry(debit("4010"), credit("1720")))
    posting = Posting(
        key="k",
        entity_key="e",
        stream="journal_entries",
        content_hash="h",
        mapping_version="1",
        document={"lines": lines},
    )
    books = MinoxBooks(None)  # type: ignore[arg-type]  # nothing is asked
    expected = books.expected(posting)
    assert [(line.period, line.account, line.debit, line.credit) for line in expected] == [
        ("2026-01", "4010", Decimal("2500.00"), Decimal(0)),
        ("2026-01", "1720", Decimal(0), Decimal("2500.00")),
    ]
    assert all(isinstance(line, HeldLine) and not line.automatic for line in expected)


def test_a_period_that_is_none_says_how_periods_are_written(bookkeeping: Bookkeeping) -> None:
    with pytest.raises(MinoxError, match="such as 2026-01"):
        list(held_by(bookkeeping).lines("January"))
