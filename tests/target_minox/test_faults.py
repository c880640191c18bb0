"""Answers that get lost, break off or lie: every entry is booked once, or the run says that it does not know."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.target_minox.conftest import Bookkeeping

pytestmark = pytest.mark.usefixtures("in_one_process")

BATCH = "/transaction_line_batch/"
BOOKED = Decimal("5100.60")

ERRORS = json.dumps([{"message_code": "X1", "message_type": "Error", "message": "Regel 1: Jansen-Marker"}])

BOOKED_ONCE: dict[str, dict[str, Any]] = {
    "reset before": {"action": "reset_before"},
    "reset after": {"action": "reset_after"},
    "server error": {"action": "status", "status": 502},
    "answer cut": {"action": "cut", "at_byte": 20},
    "empty answer": {"action": "empty"},
    "answer that is no JSON": {"action": "wrong_json", "body": "<html>ok</html>"},
    "200 with errors that is booked": {"action": "wrong_json", "body": ERRORS},
    "asked to wait": {"action": "status", "status": 429, "retry_after": "1"},
    "conflict": {"action": "status", "status": 409, "nth": 4},
}


@pytest.mark.parametrize("fault", BOOKED_ONCE.values(), ids=BOOKED_ONCE)
def test_an_entry_whose_answer_fails_is_booked_once(bookkeeping: Bookkeeping, fault: dict[str, Any]) -> None:
    bookkeeping.simulator.faults.add(**({"method": "PUT", "path": BATCH, "nth": 2} | fault))
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]
    assert run.counts["success"] == 3
    assert "Marker" not in run.stderr


def test_a_200_with_errors_that_booked_nothing_is_a_rejection_in_the_provider_s_words(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.faults.add(
        action="status", status=200, body=ERRORS, content_type="application/json", method="PUT", path=BATCH, nth=2
    )
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 10, run.stderr
    (letter,) = bookkeeping.dead_letters
    assert (letter["key"], letter["code"], letter["provider_code"]) == ("run-2", "refused_by_provider", "X1")
    assert "Jansen-Marker" in letter["provider_text"]
    assert "Marker" not in run.stderr
    assert run.states == ["2026-01-31"]


REFUSALS = {
    "array of messages": (ERRORS, "X1", "Regel 1: Jansen-Marker"),
    "object": ('{"message": "Jansen-Marker"}', None, "Jansen-Marker"),
    "object with error": ('{"error": "invalid", "message": "Jansen-Marker"}', "invalid", "Jansen-Marker"),
    "text": ('"Jansen-Marker"', None, "Jansen-Marker"),
    "nothing": ("", None, None),
    "page": ("<html>Jansen-Marker</html>", None, None),
}


def test_a_refusal_is_understood_in_every_shape(bookkeeping: Bookkeeping) -> None:
    for nth, (body, _, _) in enumerate(REFUSALS.values(), start=1):
        fault = {"action": "status", "status": 400, "body": body, "method": "PUT", "path": BATCH}
        bookkeeping.simulator.faults.add(**fault, nth=nth)
    lines = [{"account": "1720", "debit": 1}, {"account": "1700", "credit": 1}]
    run = bookkeeping.book_records(*({"key": key, "date": "2026-01-31", "lines": lines} for key in (*REFUSALS, "good")))
    assert (run.code, run.counts["fail"], run.counts["success"]) == (10, len(REFUSALS), 1), run.stderr
    expected = [("refused_by_provider", code, text) for _, code, text in REFUSALS.values()]
    assert [
        (letter["code"], letter["provider_code"], letter["provider_text"]) for letter in bookkeeping.dead_letters
    ] == expected
    assert "Marker" not in run.stderr


def test_the_pace_that_minox_asks_for_is_kept(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(rate_limit="per_second")
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]
    statuses = [request["status"] for request in bookkeeping.simulator.log.requests()]
    assert statuses.count(429) <= 1


def test_the_access_token_may_end_at_any_request(bookkeeping: Bookkeeping) -> None:
    authority = bookkeeping.simulator.authority
    bookkeeping.command("preflight")
    authority.expire_access_tokens()  # the store still takes it for good
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    authority.expire_access_tokens()
    bookkeeping.simulator.faults.add(action="status", status=401, method="PUT", path=BATCH)
    run = bookkeeping.book("three_payroll_journals", ledger=str(bookkeeping.folder / "another.sqlite3"))
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]


def test_a_token_refused_in_the_middle_of_a_run_is_renewed_once(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.faults.add(action="status", status=401, method="PUT", path=BATCH, nth=2)
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]
    assert [request["status"] for request in bookkeeping.writes] == [200, 401, 200, 200]


def test_a_consent_that_ends_in_the_middle_of_a_run_stops_it_without_rejecting_anything(
    bookkeeping: Bookkeeping,
) -> None:
    bookkeeping.simulator.faults.add(action="status", status=401, method="PUT", path=BATCH, nth=2, times=None)
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 13
    assert "target-minox login" in run.message
    assert run.states == ["2026-01-31"]
    assert bookkeeping.dead_letters == []
    bookkeeping.simulator.faults.clear()
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]


def test_a_scope_that_is_missing_for_bookings_stops_the_run(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    scopes = "administration:read journal:read ledger_account:read cost_center:read transaction:read connection:write"
    bookkeeping = open_bookkeeping(scopes=tuple(scopes.split()))
    run = bookkeeping.book("three_payroll_journals")
    assert run.code in {13, 16}
    assert "HTTP 403" in run.message
    assert bookkeeping.dead_letters == []
    assert bookkeeping.balances("4000") == [Decimal(0)]


def test_master_data_is_read_through_server_errors_and_waits(bookkeeping: Bookkeeping) -> None:
    faults = bookkeeping.simulator.faults
    faults.add(action="status", status=503, path="/journal")
    faults.add(action="reset_before", path="/ledger_account")
    faults.add(action="status", status=429, retry_after="1", path="/cost_center")
    faults.add(action="cut", at_byte=30, path=r"/administration$")
    run = bookkeeping.book("three_payroll_journals")
    assert run.code == 0, run.stderr
    assert bookkeeping.balances("4000") == [BOOKED]


def test_a_list_that_breaks_off_for_good_ends_the_run_before_it_writes(bookkeeping: Bookkeeping) -> None:
    bookkeeping.simulator.faults.add(action="wrong_json", path="/ledger_account", nth=2, times=None)
    run = bookkeeping.book("three_payroll_journals")
    assert (run.code, bookkeeping.writes) == (1, [])
    assert "chart of accounts" in run.message
