"""Closed periods: a booking in one waits, is rejected, or goes to the next one, and never stands there twice."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from target_minox.answers import messages_of
from target_minox.open_periods import ClosedPeriods

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_books import open_periods
from tests.target_minox.invented_records import RECORDS

pytestmark = pytest.mark.usefixtures("in_one_process")

PUT = "transaction_line_batch_put"
MAY = {"year": 2026, "period": 5}


def booking(key: str, day: str = "2026-05-31", amount: float = 10.00, **changes: Any) -> dict[str, Any]:
    lines = [{"account": "1720", "debit": amount}, {"account": "1700", "credit": amount}]
    return {"key": key, "date": day, "lines": lines, "description": "Lonen"} | changes


def dates(bookkeeping: Bookkeeping) -> list[str]:
    """Days of all bookings, in the order in which they were made."""
    return [str(batch.lines[0].draft.document_date) for batch in bookkeeping.books.batches.values()]


def put_back(bookkeeping: Bookkeeping) -> None:
    """Open the period again."""
    bookkeeping.simulator.portal.reopen_period(bookkeeping.settings["administration_id"], **MAY)


@pytest.fixture
def closed_may(bookkeeping: Bookkeeping) -> Bookkeeping:
    """Minox takes nothing in May."""
    bookkeeping.simulator.portal.close_period(bookkeeping.settings["administration_id"], **MAY)
    return bookkeeping


def test_a_period_that_closes_in_the_middle_of_a_run_defers_the_rest_until_it_is_opened(
    bookkeeping: Bookkeeping,
) -> None:
    minox = bookkeeping.simulator
    minox.incidents.add("close_period", PUT, nth=3, administration=bookkeeping.settings["administration_id"], **MAY)
    records = [booking(f"run-{number}") for number in range(6)]
    run = bookkeeping.book_records(*records, booking("june", "2026-06-30"))
    assert (run.code, run.counts["success"], run.counts["deferred"]) == (12, 3, 4), run.stderr
    assert run.states[-1] == "2"
    assert "entry run-2: its period is closed at" in run.stderr, run.stderr
    # One entry was refused; for the other ones of the period Minox need not be asked.
    assert [one["status"] for one in bookkeeping.writes] == [200, 200, 400, 200]

    put_back(bookkeeping)
    run = bookkeeping.book_records(*records, booking("june", "2026-06-30"))
    assert (run.code, run.counts["success"], run.counts["existing"]) == (0, 4, 3), run.stderr
    assert run.states[-1] == "7"
    assert bookkeeping.balances("1720") == [Decimal(70)]


def refusal(*texts: str, code: str = "X9") -> str:
    return json.dumps([{"message_code": code, "message_type": "Fout", "message": text} for text in texts])


CLOSED = {
    "Dutch": (400, refusal("Periode 2026/5 is afgesloten")),
    "Dutch, of the year": (422, refusal("Het boekjaar 2026 is definitief gesloten")),
    "Dutch, the other way round": (409, refusal("De boeking valt in een afgesloten periode")),
    "English": (423, refusal("The fiscal year is closed")),
    "not open": (403, refusal("Regel 1: periode 5 is niet meer open")),
    "an object": (400, json.dumps({"message": "Period locked"})),
    "a text": (400, json.dumps("Periode is vergrendeld")),
    "every line": (400, refusal("Regel 1: period 5 is closed", "Regel 2: period 5 is closed")),
    "200 that booked nothing": (200, refusal("Periode 5 is gesloten")),
}
ANOTHER = {
    "another reason": refusal("Rekening 1720 is gesloten"),
    "another reason besides": refusal("Periode 5 is afgesloten", "Rekening 1720 bestaat niet"),
}


def test_a_refusal_for_a_closed_period_is_told_by_its_words_in_every_shape_and_status(bookkeeping: Bookkeeping) -> None:
    def answer(nth: int, status: int, body: str) -> None:
        shape = {"body": body, "content_type": "application/json"}
        bookkeeping.simulator.faults.add(
            action="status", status=status, method="PUT", path="/transaction_line_batch/", nth=nth, **shape
        )

    for nth, (status, body) in enumerate(CLOSED.values(), start=1):
        answer(nth, status, body)
    for nth, body in enumerate(ANOTHER.values(), start=len(CLOSED) + 1):
        answer(nth, 400, body)
    # Each in a period of its own, because one refusal stands for the period.
    days = [f"2026-{month:02d}-28" for month in range(1, 12)]
    run = bookkeeping.book_records(*(booking(day, day) for day in days))
    assert (run.code, run.counts["deferred"], run.counts["fail"]) == (10, len(CLOSED), len(ANOTHER)), run.stderr
    assert {letter["code"] for letter in bookkeeping.dead_letters} == {"refused_by_provider"}
    assert bookkeeping.balances("1720") == [Decimal(0)]
    bookkeeping.simulator.faults.clear()
    assert bookkeeping.book_records(*(booking(day, day) for day in days)).counts["success"] == len(days)


def test_what_a_refusal_says_may_be_named_in_the_settings(closed_may: Bookkeeping) -> None:
    run = closed_may.book_records(booking("run-1"), closed_period_pattern="^sim022 ")
    assert (run.code, run.counts["deferred"]) == (12, 1)
    run = closed_may.book_records(booking("run-1"), closed_period_pattern="^SIM999 ")
    assert (run.code, run.counts["fail"]) == (10, 1)
    run = closed_may.book_records(booking("run-1"), closed_period_pattern="(")
    assert run.code == 16
    assert "setting closed_period_pattern: no regular expression" in run.message


def test_refusals_that_are_to_be_rejected_are(closed_may: Bookkeeping) -> None:
    run = closed_may.book_records(booking("run-1"), booking("early", "2025-12-31"), **LATER, closed_period="reject")
    assert (run.code, run.counts["fail"]) == (10, 2), run.stderr
    assert [letter["code"] for letter in closed_may.dead_letters] == ["refused_by_provider", "closed_period"]
    assert "entry early: 2025-12-31 is before the setting min_booking_date, 2026-01-01" in run.stderr
    assert [one["status"] for one in closed_may.writes] == [400]


LATER = {"min_booking_date": "2026-01-01"}


def test_what_is_before_the_earliest_date_waits_and_is_not_sent_and_what_is_booked_stays_booked(
    bookkeeping: Bookkeeping,
) -> None:
    assert bookkeeping.book_records(booking("booked", "2025-12-30")).code == 0
    run = bookkeeping.book_records(booking("booked", "2025-12-30"), booking("late", "2025-12-31"), **LATER)
    assert (run.code, run.counts["existing"], run.counts["deferred"]) == (12, 1, 1), run.stderr
    assert "entry late: 2025-12-31 is before the setting min_booking_date, 2026-01-01" in run.stderr
    changed = booking("booked", "2025-12-30", amount=11.00)
    for policy in ("update", "reverse"):
        run = bookkeeping.book_records(changed, **LATER, on_changed=policy)
        assert (run.code != 0, run.counts["deferred"]) == (True, 1), run.stderr
    assert len(bookkeeping.writes) == 1
    plan = bookkeeping.command("plan", "--json", stdin=lines_of(booking("late", "2025-12-31")), **LATER)
    assert json.loads(plan.stdout)["counts"]["defer"] == 1


def lines_of(*records: dict[str, Any]) -> str:
    messages: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": "journal_entries", "key_properties": ["key"], "schema": {"properties": {}}},
        *({"type": "RECORD", "stream": "journal_entries", "record": record} for record in records),
    ]
    return "".join(json.dumps(message) + "\n" for message in messages)


NEXT_OPEN = {"closed_period": "next_open"}


def test_a_booking_moves_to_the_next_open_period_with_its_own_day_in_the_text(closed_may: Bookkeeping) -> None:
    closed_may.simulator.portal.close_period(closed_may.settings["administration_id"], 2026, 6)
    records = [booking("first"), booking("second", "2026-05-30"), booking("july", "2026-07-31")]
    run = closed_may.book_records(*records, **NEXT_OPEN)
    assert (run.code, run.counts["success"]) == (0, 3), run.stderr
    assert dates(closed_may) == ["2026-07-01", "2026-07-01", "2026-07-31"]
    line = next(iter(closed_may.books.batches.values())).lines[0].draft
    assert (line.period, line.description) == (7, "2026-05-31 Lonen")
    # May and June are asked once.
    assert [one["status"] for one in closed_may.writes] == [400, 400, 200, 200, 200]

    # It is the same booking wherever it stands: with the periods open again, with another earliest date, ...
    put_back(closed_may)
    for settings in ({}, NEXT_OPEN, NEXT_OPEN | {"min_booking_date": "2026-09-01"}):
        run = closed_may.book_records(*records, **settings)
        assert (run.code, run.counts["existing"]) == (0, 3), run.stderr
    # ... and with a ledger that was lost.
    run = closed_may.book_records(*records, **NEXT_OPEN, ledger=str(closed_may.folder / "another.sqlite3"))
    assert (run.code, run.counts["existing"], len(dates(closed_may))) == (0, 3, 3), run.stderr
    found = closed_may.command("reconcile", "--json", stdin=lines_of(*records), **NEXT_OPEN)
    assert (found.code, json.loads(found.stdout)["counts"]["same"]) == (0, 3), found.stdout


def test_a_correction_of_what_stands_in_a_closed_period_is_booked_in_the_next_one(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(booking("run-1"))
    bookkeeping.simulator.portal.close_period(bookkeeping.settings["administration_id"], **MAY)
    run = bookkeeping.book_records(booking("run-1", amount=12.00), **NEXT_OPEN, on_changed="reverse")
    assert (run.code, run.counts["updated"]) == (0, 1), run.stderr
    assert dates(bookkeeping) == ["2026-05-31", "2026-06-01", "2026-06-01"]
    assert bookkeeping.balances("1720", "1700") == [Decimal(12), Decimal(-12)]


def test_an_invoice_moves_too_and_a_lost_answer_makes_no_second_one(
    open_bookkeeping: Callable[..., Bookkeeping],
) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    sale = RECORDS["sales_invoices"] | {"customer": "10001"}
    day = sale["date"]
    bookkeeping.simulator.disturb(PUT, "reset_after")
    settings = NEXT_OPEN | {"min_booking_date": "2026-08-01"}
    run = bookkeeping.write_streams([("sales_invoices", sale)], **settings)
    assert (run.code, run.counts["success"], dates(bookkeeping)) == (0, 1, ["2026-08-01"]), run.stderr
    line = next(iter(bookkeeping.books.batches.values())).lines[0].draft
    assert line.description.startswith(day)
    assert bookkeeping.write_streams([("sales_invoices", sale)], **settings).counts["existing"] == 1


def test_the_next_period_begins_after_the_booking_and_not_before_the_earliest_date() -> None:
    def place(day: str, earliest: date | None = None, **changes: Any) -> str | None:
        periods = open_periods("next_open", earliest, **changes)
        year, month = day.split("-")[:2]
        line = {"document_date": day, "journal": {"id": "LOON"}, "period": {"fiscal_year": int(year), "id": int(month)}}
        if earliest is None:
            periods.refused([line])
        return periods.place_of([line])

    assert place("2026-05-31") == "2026-06"
    assert place("2025-04-01") == "2025-03"  # four periods of three months; period 4 begins in October
    assert place("2026-12-31") == "2026-12"  # there is none; then it waits
    assert place("2026-01-31", date(2026, 2, 1)) == "2026-02"
    assert place("2026-02-10", date(2026, 2, 15)) == "2026-03"
    long_year = {"fiscal_year": 2026, "number_of_periods": 12, "start_date": "2025-11-01", "end_date": "2026-12-31"}
    assert place("2026-01-31", date(2026, 2, 1), fiscal_years=[long_year]) == "2026-01"


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("Boekjaar 2025 is afgesloten.", True),
        ("Boeken in gesloten periode niet toegestaan", True),
        ("The accounting period has been locked", True),
        ("Rekening 4990 is geblokkeerd", False),
        ("Periode 14 bestaat niet", False),
        ("Account is blocked in this period", False),
    ],
)
def test_the_usual_words_of_a_closed_period_are_known(text: str, *, closed: bool) -> None:
    assert ClosedPeriods().said_in(messages_of(text)) is closed


def test_nothing_said_is_no_closed_period() -> None:
    assert not ClosedPeriods().said_in(())
