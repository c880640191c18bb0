"""Whatever goes wrong on the way: the books hold exactly what was applied."""

import time
from typing import Any

import pytest
import requests

WRITE = {"method": "PUT", "path": "/transaction_line_batch/"}
MESSAGES = '[{"message_code": "X1", "message_type": "Fout", "message": "Niet geboekt"}]'


@pytest.mark.parametrize(("action", "booked"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_before_the_commit_books_nothing_and_after_it_everything(
    minox: Any, payroll: Any, action: str, booked: int
) -> None:
    minox.sim.faults.add(action=action, **WRITE)
    with pytest.raises(requests.ConnectionError):
        minox.book(payroll())
    assert len(minox.books.batches) == len(minox.saved()) == booked
    assert minox.book(payroll()).status_code == 200
    assert len(minox.books.batches) == 1
    assert [effect["replaced"] for effect in minox.saved()] == [False, True][: booked + 1]


def test_a_zombie_books_after_its_error_was_answered(minox: Any, payroll: Any) -> None:
    minox.sim.faults.add(action="apply_late", status=504, seconds=60, **WRITE)
    assert minox.book(payroll()).status_code == 504
    assert minox.books.batches == {}
    minox.sim.clock.advance(60)
    deadline = time.monotonic() + 5
    while not minox.sim.log.effects("applied_late") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(minox.books.batches) == 1


def test_success_may_carry_messages_and_have_booked_nothing(minox: Any, payroll: Any) -> None:
    minox.sim.faults.add(action="status", status=200, body=MESSAGES, content_type="application/json", **WRITE)
    answer = minox.book(payroll())
    assert (answer.status_code, answer.json()[0]["message_code"]) == (200, "X1")
    assert minox.books.batches == {}


def test_success_may_carry_messages_although_it_has_booked(minox: Any, payroll: Any) -> None:
    minox.sim.faults.add(action="wrong_json", body=MESSAGES, **WRITE)
    answer = minox.book(payroll())
    assert (answer.status_code, answer.json()[0]["message_code"]) == (200, "X1")
    assert len(minox.books.batches) == 1


def test_bodies_may_be_a_bare_string_html_or_cut(minox: Any, payroll: Any) -> None:
    minox.sim.faults.add(action="status", status=400, body='"kapot"', content_type="application/json", **WRITE)
    assert minox.book(payroll()).json() == "kapot"
    minox.sim.faults.add(action="status", status=502, **WRITE)
    assert minox.book(payroll()).text.startswith("<html>")
    assert minox.books.batches == {}
    minox.sim.faults.add(action="cut", at_byte=20, **WRITE)
    with pytest.raises(requests.RequestException):
        minox.book(payroll())
    assert len(minox.books.batches) == 1


def test_planned_refusals_look_like_refusals(minox: Any, payroll: Any) -> None:
    minox.sim.faults.add(action="status", status=429, retry_after="120", **WRITE)
    answer = minox.book(payroll())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "120")
    assert answer.json()[0].keys() == {"message_code", "message_type", "message"}
    minox.sim.faults.add(action="status", status=401, **WRITE)
    assert minox.book(payroll()).json() == "Unauthorized"
    assert minox.books.batches == {}
