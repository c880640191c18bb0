"""Entries into the books of a simulated Minox, by a real process."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping

ACCOUNTS = ("4000", "1720", "1700", "1810")
THREE_JOURNALS = [Decimal("5100.60"), Decimal("-3700.40"), Decimal("-1400.20"), Decimal(0)]
"""Balances after three_payroll_journals; 1810 is the contra account of the journal, which must stay empty."""


def balanced(key: str, /, **changes: Any) -> dict[str, Any]:
    lines = [{"account": "1720", "debit": 10.00}, {"account": "1700", "credit": 10.00}]
    return {"key": key, "date": "2026-01-31", "lines": lines} | changes


def test_entries_land_in_the_books_to_the_cent(bookkeeping: Bookkeeping) -> None:
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances(*ACCOUNTS) == THREE_JOURNALS
    assert run.states == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert (run.counts["received"], run.counts["success"]) == (3, 3)
    assert "Preflight passed: booking in administration 99998 (Bakkerij De Gouden Korst B.V.)" in run.stderr


def test_a_second_run_books_nothing(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book("three_payroll_journals")
    writes = len(bookkeeping.writes)
    run = bookkeeping.book("three_payroll_journals")
    assert (run.code, run.counts["existing"], len(bookkeeping.writes) - writes) == (0, 3, 0)
    assert run.states[-1] == "2026-03-31"
    assert bookkeeping.balances(*ACCOUNTS) == THREE_JOURNALS


def test_a_lost_ledger_costs_look_ups_and_no_second_booking(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book("three_payroll_journals")
    writes = len(bookkeeping.writes)
    run = bookkeeping.book("three_payroll_journals", ledger=str(bookkeeping.folder / "another.sqlite3"))
    assert (run.code, run.counts["existing"], len(bookkeeping.writes) - writes) == (0, 3, 0), run.stderr


@pytest.mark.parametrize(
    "switches",
    [
        {"lists": "bare", "batch_answer": "array", "put_answer": "empty", "answer_dates": "date_time"},
        {"list_links": "token", "batch_answer": "envelope", "page_size": 2, "contra_lines": "batch"},
        {"list_links": "absent", "put_answer": "lines", "line_messages": "warning", "refresh": "static"},
        {"line_messages": "error"},
    ],
    ids=lambda switches: "-".join(f"{name}={value}" for name, value in switches.items()),
)
def test_every_reading_of_the_documentation_books_the_same(
    open_bookkeeping: Callable[..., Bookkeeping], switches: dict[str, Any]
) -> None:
    bookkeeping = open_bookkeeping(**switches)
    run = bookkeeping.book("three_payroll_journals", verify=True)
    assert run.code == 0, run.stderr
    assert bookkeeping.balances(*ACCOUNTS) == THREE_JOURNALS
    assert len(bookkeeping.writes) == 3


def test_a_rejected_entry_leaves_the_bookmark_before_it_and_the_others_are_booked(bookkeeping: Bookkeeping) -> None:
    run = bookkeeping.book("a_bad_journal_between_good_ones")
    assert run.code == 10
    assert run.states == ["2026-01-31"]
    assert "1 of 3 records were rejected" in run.message
    assert bookkeeping.balances("4000") == [Decimal("2500.40")]
    (letter,) = bookkeeping.dead_letters
    assert (letter["key"], letter["code"], letter["field"]) == ("run-2", "unknown_cost_center", "lines[0].cost_center")
    assert "entry run-2, lines[0].cost_center: cost center 999 does not exist" in run.stderr


REJECTED: dict[str, dict[str, Any]] = {
    "missing_key": {"key": ""},
    "missing_account": {"lines": [{"account": None, "debit": 1}, {"account": "1700", "credit": 1}]},
    "schema_violation": {"lines": "4000"},
    "unbalanced": {"lines": [{"account": "1720", "debit": 10.00}, {"account": "1700", "credit": 9.99}]},
    "no_lines": {"lines": [{"account": "1720", "debit": 0, "credit": 0}]},
    "unknown_account": {"lines": [{"account": "4321", "debit": 1}, {"account": "1700", "credit": 1}]},
    "blocked_account": {"lines": [{"account": "4990", "debit": 1}, {"account": "1700", "credit": 1}]},
    "cost_center_required": {"lines": [{"account": "4000", "debit": 1}, {"account": "1700", "credit": 1}]},
    "unknown_cost_center": {
        "lines": [{"account": "4000", "debit": 1, "cost_center": "1"}, {"account": "1700", "credit": 1}]
    },
    "unknown_journal": {"journal": "XX"},
    "unknown_fiscal_year": {"date": "2031-01-01"},
    "unknown_period": {"period": 13},
    "date_outside_period": {"period": 2},
    "currency": {"currency": "USD"},
    "invalid_field": {
        "lines": [{"account": "1720", "debit": 1, "invoice_number": "F1"}, {"account": "1700", "credit": 1}]
    },
    "closed_period": {"date": "2025-12-31"},
    "refused_by_provider": {"date": "2026-05-31"},
}


def test_every_entry_that_cannot_be_booked_stands_in_the_dead_letters_with_its_reason(bookkeeping: Bookkeeping) -> None:
    bookkeeping.books.close_period(2026, 5)
    records = [balanced(code, **changes) for code, changes in REJECTED.items()]
    run = bookkeeping.book_records(
        balanced("first"), *records, balanced("last"), min_booking_date="2026-01-01", closed_period="reject"
    )
    assert run.code == 10, run.stderr
    assert [letter["code"] for letter in bookkeeping.dead_letters] == list(REJECTED)
    assert [letter["record"]["key"] for letter in bookkeeping.dead_letters] == [record["key"] for record in records]
    assert (run.counts["fail"], run.counts["success"]) == (len(REJECTED), 2)
    assert bookkeeping.balances("1720") == [Decimal("20.00")]
    # Only what the administration itself refused has cost a request.
    assert [request["status"] for request in bookkeeping.writes] == [200, 400, 200]
    assert "HTTP 400" in bookkeeping.dead_letters[-1]["message"]
    assert bookkeeping.dead_letters[-1]["provider_text"]


def test_a_changed_entry_is_not_booked_over(bookkeeping: Bookkeeping) -> None:
    bookkeeping.book_records(balanced("run-1"))
    changed = [{"account": "1720", "debit": 11.00}, {"account": "1700", "credit": 11.00}]
    run = bookkeeping.book_records(balanced("run-1", lines=changed))
    assert run.code == 10
    assert bookkeeping.dead_letters[0]["code"] == "changed_after_booking"
    assert bookkeeping.balances("1720") == [Decimal("10.00")]


def test_an_account_with_a_vat_code_is_booked_with_a_warning(bookkeeping: Bookkeeping) -> None:
    lines = [{"account": "4500", "debit": 121.00}, {"account": "1720", "credit": 121.00}]
    run = bookkeeping.book_records(balanced("lunch", lines=lines), verify=True)
    assert run.code == 0
    assert "ledger account 4500 carries a VAT code" in run.stderr
    assert bookkeeping.balances("1720") == [Decimal("-121.00")]


def test_requests_are_as_few_as_documented(bookkeeping: Bookkeeping) -> None:
    requests = bookkeeping.simulator.log.requests

    def counted(**changes: Any) -> int:
        before = len(requests())
        assert bookkeeping.book("three_payroll_journals", **changes).code == 0
        return len(requests()) - before

    start = 7 + 1  # the chart of accounts has two pages here
    token = 1
    assert counted() == start + token + 3 * 2  # a new ledger looks up before it books
    assert counted() == start
    bookkeeping.book_records(balanced("one more"))
    put = [request for request in requests() if request["method"] == "PUT"]
    assert len(put) == 4


def test_the_readme_tells_what_to_do_about_every_reason() -> None:
    readme = (Path(__file__).parents[2] / "target-minox" / "README.md").read_text(encoding="utf-8")
    codes = {*REJECTED, "missing_field", "record_before_schema", "changed_after_booking", "conflicting_versions"}
    assert {code for code in codes if f"`{code}`" not in readme} == set()


def test_other_streams_are_refused(bookkeeping: Bookkeeping) -> None:
    run = bookkeeping.book("other_streams_between_journals")
    assert run.code == 16
    assert "stream 'companies' is not booked by target-minox" in run.message
    assert bookkeeping.writes == []


MARKERS = {"4321.98", "Jansen-Marker", "999999990", "Marker-Naam"}


def test_nothing_of_a_record_and_no_secret_is_in_logs_state_or_ledger(
    bookkeeping: Bookkeeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TARGET_MINOX_LOGLEVEL", "DEBUG")
    lines = [
        {"account": "1720", "debit": "4321.98", "description": "Jansen-Marker 999999990", "employee": "Marker-Naam"},
        {"account": "1700", "credit": "4321.98", "description": "Jansen-Marker"},
    ]
    for key, account in (("booked", "1720"), ("rejected", "4321")):
        lines[0]["account"] = account
        bookkeeping.simulator.faults.add(action="reset_before", method="PUT", nth=1)
        run = bookkeeping.book_records(balanced(key, lines=lines, description="Jansen-Marker"))
        assert "DEBUG" in run.stderr
        stored = b"".join(
            path.read_bytes() for path in bookkeeping.folder.glob("ledger.sqlite3*") if path.suffix != ".jsonl"
        )
        token = (bookkeeping.folder / "token.json").read_text(encoding="utf-8")
        secrets = {bookkeeping.settings["client_secret"], bookkeeping.settings["refresh_token"], *tokens_in(token)}
        for marker in MARKERS | secrets:
            assert marker not in run.stderr + run.stdout
            assert marker.encode() not in stored
    assert bookkeeping.dead_letters_path.stat().st_mode & 0o777 == 0o600


def tokens_in(text: str) -> set[str]:
    """Every token in a token store."""
    return {part for part in text.split('"') if len(part) > 20 and part.isascii() and ":" not in part}


def test_two_thousand_lines_are_one_call_and_a_second_run_is_none(bookkeeping: Bookkeeping) -> None:
    lines: list[dict[str, Any]] = [{"account": "1720", "debit": 0.01} for _ in range(1999)]
    record = balanced("long", lines=[*lines, {"account": "1700", "credit": 19.99}])
    run = bookkeeping.book_records(record)
    assert (run.code, len(bookkeeping.writes)) == (0, 1), run.stderr
    assert bookkeeping.balances("1720", "1700") == [Decimal("19.99"), Decimal("-19.99")]
    before = bookkeeping.simulator.log.requests()
    assert bookkeeping.book_records(record).counts["existing"] == 1
    again = bookkeeping.simulator.log.requests()[len(before) :]
    assert [one["path"] for one in again if "transaction" in one["path"]] == []


def test_new_entries_cost_one_call_each_once_the_ledger_knows_the_books(bookkeeping: Bookkeeping) -> None:
    assert bookkeeping.command("rebuild", "--complete").code == 0
    before = len(bookkeeping.simulator.log.requests())
    bookkeeping.book_records(balanced("first"))
    fixed = len(bookkeeping.simulator.log.requests()) - before - 1
    before = len(bookkeeping.simulator.log.requests())
    assert bookkeeping.book_records(*(balanced(f"run-{number}") for number in range(20))).counts["success"] == 20
    assert len(bookkeeping.simulator.log.requests()) - before - fixed <= 22


def test_an_entry_may_come_line_by_line_and_is_the_same_entry(bookkeeping: Bookkeeping) -> None:
    control = {"entry_key": "run-1", "line_count": 2, "entry_total": 10.00, "date": "2026-01-31"}
    lines = [
        ("journal_entry_lines", control | {"line_no": 2, "account": "1700", "credit": 10.00}),
        ("journal_entry_lines", control | {"line_no": 1, "account": "1720", "debit": 10.00}),
    ]
    run = bookkeeping.write_streams(lines[:1])
    assert (run.code, bookkeeping.writes) == (12, []), run.stderr
    assert bookkeeping.write_streams(lines).code == 0
    assert bookkeeping.balances("1720", "1700") == [Decimal(10), Decimal(-10)]
    assert bookkeeping.book_records(balanced("run-1")).counts["existing"] == 1
