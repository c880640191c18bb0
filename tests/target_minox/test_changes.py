"""What changed after it was booked: put in its place or reversed when the settings say so, and never over a person's."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_records import RECORDS

pytestmark = pytest.mark.usefixtures("in_one_process")

ENTRY = RECORDS["journal_entries"]
CHANGED = ENTRY | {"lines": [{"account": "1720", "debit": 12.00}, {"account": "1700", "credit": 12.00}]}
SALE = RECORDS["sales_invoices"] | {"customer": "10001"}


@pytest.fixture
def paid_minox(open_bookkeeping: Callable[..., Bookkeeping]) -> Bookkeeping:
    """One that would let us replace what is paid."""
    return open_bookkeeping(scopes=("all",), paid_items="accept")


def batches(bookkeeping: Bookkeeping) -> list[str]:
    return [str(batch) for batch in bookkeeping.books.batches]


def test_a_changed_entry_is_rejected_with_the_difference_in_the_dead_letter_only(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(ENTRY)
    run = bookkeeping.book_records(CHANGED)
    assert (run.code, bookkeeping.balances("1720")) == (10, [Decimal(10)])
    letter = bookkeeping.dead_letters[-1]
    assert letter["code"] == "changed_after_booking"
    assert "12.00" in str(letter["differences"])
    assert "12.00" not in run.stderr


def test_a_changed_entry_takes_the_place_of_the_booked_one_under_its_id_and_number(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(ENTRY)
    before = batches(bookkeeping)
    run = bookkeeping.book_records(CHANGED, on_changed="update")
    assert (run.code, run.counts["updated"]) == (0, 1), run.stderr
    assert batches(bookkeeping) == before
    assert bookkeeping.balances("1720", "1700") == [Decimal(12), Decimal(-12)]
    first, second = (write.content for write in bookkeeping.simulator.backend.writes.writes("transaction_line_batch"))
    assert str(first) != str(second)


def test_a_changed_entry_is_reversed_and_booked_anew(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(ENTRY)
    run = bookkeeping.book_records(CHANGED, on_changed="reverse")
    assert run.code == 0, run.stderr
    assert len(batches(bookkeeping)) == 3
    assert bookkeeping.balances("1720", "1700", "1810") == [Decimal(12), Decimal(-12), Decimal(0)]
    again = bookkeeping.book_records(CHANGED, on_changed="reverse")
    assert (again.counts["existing"], len(batches(bookkeeping))) == (1, 3)


@pytest.mark.parametrize("edit", [{"debit": "11.00"}, {"description": "Correctie"}, {"document_date": "2026-01-30"}])
@pytest.mark.parametrize("policy", ["update", "reverse"])
def test_what_a_person_has_edited_is_never_written_over(
    bookkeeping: Bookkeeping, policy: str, edit: dict[str, str]
) -> None:
    bookkeeping.book_records(ENTRY)
    number = bookkeeping.settings["administration_id"]
    bookkeeping.simulator.portal.edit_batch(number, batches(bookkeeping)[0], line=1, **edit)
    run = bookkeeping.book_records(CHANGED, on_changed=policy)
    assert run.code == 10, run.stderr
    assert bookkeeping.dead_letters[-1]["code"] == "edited_at_provider"
    assert bookkeeping.balances("1720") == [Decimal(edit.get("debit", "10.00"))]
    assert len(batches(bookkeeping)) == 1


def test_a_booking_whose_invoice_is_paid_is_not_replaced_unless_the_settings_say_so(paid_minox: Bookkeeping) -> None:
    assert paid_minox.write_streams([("sales_invoices", SALE)]).code == 0
    paid_minox.simulator.portal.pay(paid_minox.settings["administration_id"], 10001, 26000417, "60.50")
    changed = SALE | {"total": 242.00, "lines": [{"account": "8000", "amount": 200.00, "vat_amount": 42.00}]}
    run = paid_minox.write_streams([("sales_invoices", changed)], on_changed="update")
    assert (run.code, paid_minox.balances("8000")) == (10, [Decimal(-100)])
    assert paid_minox.dead_letters[-1]["code"] == "paid"
    run = paid_minox.write_streams([("sales_invoices", changed)], on_changed="update", allow_change_of_paid=True)
    assert (run.code, paid_minox.balances("8000")) == (0, [Decimal(-200)]), run.stderr


def test_master_data_that_is_there_is_taken_over_only_when_the_settings_say_so(
    open_bookkeeping: Callable[..., Bookkeeping],
) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    record = ("ledger_accounts", {"key": "4000", "description": "Lonen"})
    run = bookkeeping.write_streams([record])
    assert run.code == 10, run.stderr
    assert bookkeeping.dead_letters[-1]["code"] == "changed_after_booking"
    run = bookkeeping.write_streams([record], adopt_existing=True)
    assert run.code == 0, run.stderr
    written = bookkeeping.simulator.backend.writes.writes("ledger_account")[-1].content
    assert (written["description"], written["cost_type"]["id"]) == ("Lonen", 1)


def test_a_small_difference_is_booked_on_the_rounding_account_as_a_line_of_its_own(bookkeeping: Bookkeeping) -> None:
    lines: list[dict[str, Any]] = [{"account": "1720", "debit": 10.00}, {"account": "1700", "credit": 9.98}]
    off = ENTRY | {"lines": lines}
    assert bookkeeping.book_records(off).code == 10
    assert bookkeeping.dead_letters[-1]["code"] == "unbalanced"
    run = bookkeeping.book_records(off, rounding_account="1810", rounding_cents_max=1)
    assert run.code == 10
    run = bookkeeping.book_records(off, rounding_account="1810")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("1720", "1700", "1810") == [Decimal(10), Decimal("-9.98"), Decimal("-0.02")]


def test_what_else_is_wrong_with_an_entry_that_does_not_balance_is_told_with_it(bookkeeping: Bookkeeping) -> None:
    lines = [{"account": "1720", "debit": 10.00}, {"account": "4321", "credit": 9.99}]
    run = bookkeeping.book_records(ENTRY | {"lines": lines, "journal": "XX", "currency": "USD"})
    assert (run.code, bookkeeping.writes) == (10, [])
    (letter,) = bookkeeping.dead_letters
    assert letter["code"] == "unbalanced"
    for said in ("by 0.01", "journal XX does not exist", "ledger account 4321 does not exist", "USD, but the"):
        assert said in letter["message"]
    assert "lines[2]" not in letter["message"]


def test_a_changed_entry_is_left_as_it_is_when_the_settings_say_so(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(ENTRY)
    run = bookkeeping.book_records(CHANGED, on_changed="skip")
    assert (run.code, run.counts["existing"], len(bookkeeping.writes)) == (0, 1, 1), run.stderr


def test_one_entry_is_tried_before_all(bookkeeping: Bookkeeping) -> None:
    entries = [ENTRY | {"key": f"run-{number}"} for number in range(3)]
    run = bookkeeping.book_records(*entries, limit=1)
    assert (run.code, run.counts["success"], run.counts["deferred"], len(bookkeeping.writes)) == (0, 1, 2, 1), (
        run.stderr
    )
    assert bookkeeping.book_records(*entries).counts["success"] == 2


@pytest.mark.parametrize("amount", [10.005, "10.001", "NaN", "1e20", True])
def test_an_amount_that_minox_could_not_hold_is_no_amount(bookkeeping: Bookkeeping, amount: Any) -> None:
    lines = [{"account": "1720", "debit": amount}, {"account": "1700", "credit": amount}]
    run = bookkeeping.book_records(ENTRY | {"lines": lines})
    assert (run.code, bookkeeping.writes) == (10, [])
    assert bookkeeping.dead_letters[-1]["field"].startswith("lines")


def test_a_message_beside_a_booking_is_told_without_its_words(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(line_messages="warning")
    run = bookkeeping.book_records(ENTRY, ENTRY | {"key": "another"})
    assert (run.code, run.counts["success"]) == (0, 2)
    assert run.stderr.count("Minox has taken the booking with message SIM000; look at it there") == 1
