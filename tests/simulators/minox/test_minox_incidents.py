"""What goes wrong at the so-manieth call of an operation, and what people do meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import pytest
import requests
from provider_simulators.minox import VirtualClock

Start = Callable[..., Any]
BATCH = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
PUT = "transaction_line_batch_put"
D = Decimal
PERIOD = {"administration": 99998, "year": 2026, "period": 1}


def statuses(minox: Any, payroll: Any, calls: int) -> list[int]:
    return [minox.book(payroll(), uuid4()).status_code for _ in range(calls)]


# Faults of one operation, by its name


@pytest.mark.parametrize(("action", "fields", "booked"), [
    ("reset_before", {}, 0), ("reset_after", {}, 1), ("cut", {"at_byte": 9}, 1),
])  # fmt: skip
def test_a_lost_answer_says_nothing_about_the_books_but_the_log_of_writes_does(
    minox: Any, payroll: Any, action: str, fields: Any, booked: int
) -> None:
    minox.sim.disturb(PUT, action, nth=2, **fields)
    assert minox.book(payroll(), uuid4()).status_code == 200
    with pytest.raises(requests.RequestException):
        minox.book(payroll())
    assert [write.key for write in minox.writes()][1:] == [BATCH] * booked
    arrival = minox.sim.backend.writes.arrivals()[-1]
    assert (arrival.method, arrival.whole) == ("PUT", False)
    assert arrival.status == (200 if action == "cut" else None)
    if booked:
        assert minox.writes()[-1].origin.request == arrival.number


def test_a_fault_is_for_its_operation_only(minox: Any, payroll: Any) -> None:
    minox.sim.disturb("customer_post", "status", status=503, times=None)
    minox.sim.disturb("transaction_lines_list", "status", status=502, times=None)
    assert minox.book(payroll()).status_code == 200
    assert minox.get("/customer").status_code == 200
    assert minox.post("/customer", {"addresses": []}).status_code == 503
    assert minox.get("/year/2026/transaction_lines", period="1").status_code == 502
    minox.sim.disturb("accrual_get", "status", status=503, times=None)
    assert minox.get("/accrual/settings").status_code == 200
    assert minox.get("/accrual/7d444840").status_code == 503
    minox.sim.calm()
    assert minox.get("/year/2026/transaction_lines").status_code == 200


def test_a_refused_request_with_and_without_retry_after(minox: Any, payroll: Any) -> None:
    minox.sim.disturb(PUT, "status", status=429)
    minox.sim.disturb(PUT, "status", status=429, retry_after="7", nth=2)
    answers = [minox.book(payroll()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, "7", None]


# Incidents


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_error_after_the_commit_has_booked(minox: Any, payroll: Any, status: int) -> None:
    minox.sim.incidents.add("status_after", PUT, nth=2, status=status, retry_after=3)
    assert minox.book(payroll("1.00"), uuid4()).status_code == 200
    answer = minox.book(payroll("2.00"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert minox.books.balance("4000") == D("3.00")
    assert len(minox.writes()) == 2


def test_a_success_may_come_without_any_id(minox: Any, payroll: Any) -> None:
    minox.sim.incidents.add("without_id", PUT)
    minox.sim.incidents.add("without_id", "customer_post")
    line = minox.book(payroll()).json()[0]
    assert not {"id", "batch_id"} & line.keys()
    assert "id" not in minox.post("/customer", {"addresses": [{"address_type": "postal", "name": "A"}]}).json()
    assert minox.books.balance("4000") == D("2500.10")
    assert minox.book(payroll()).json()[0]["batch_id"] == BATCH


def test_a_consent_is_withdrawn_at_the_third_call(minox: Any, payroll: Any) -> None:
    minox.sim.incidents.add("revoke_consent", PUT, nth=3)
    assert statuses(minox, payroll, 4) == [200, 200, 401, 401]
    assert minox.refresh(minox.sim.connector_settings()["refresh_token"]).json()["error"] == "invalid_grant"
    assert len(minox.writes()) == 2


def test_access_tokens_expire_between_two_calls_and_a_refresh_helps(minox: Any, payroll: Any) -> None:
    minox.sim.incidents.add("expire_access_tokens", when="after", nth=1)
    assert statuses(minox, payroll, 2) == [200, 401]
    minox.log_in()
    assert statuses(minox, payroll, 1) == [200]


def test_a_period_is_closed_at_the_second_call_and_opened_again(minox: Any, payroll: Any) -> None:
    minox.sim.incidents.add("close_period", PUT, nth=2, **PERIOD)
    minox.sim.incidents.add("reopen_period", PUT, nth=4, **PERIOD)
    assert statuses(minox, payroll, 4) == [200, 400, 400, 200]
    assert [effect["kind"] for effect in minox.sim.log.effects() if "period" in effect["kind"]] == [
        "period_closed", "period_reopened",
    ]  # fmt: skip


def test_a_person_edits_an_entry_before_it_is_sent_again(minox: Any, payroll: Any) -> None:
    edit = {"administration": 99998, "batch_id": BATCH, "line": 1}
    minox.sim.incidents.add("edit_batch", PUT, nth=2, **edit, debit="2400.10", description="Gecorrigeerd")
    minox.book(payroll())
    minox.book(payroll(), uuid4())
    [line, _] = minox.get(f"/transaction_line_batch/{BATCH}").json()
    assert (line["debit"], line["description"], line["entry_number"]) == (2400.1, "Gecorrigeerd", 1)
    assert minox.books.balance("1810") == D("100.00")
    assert [(write.origin.actor, write.action) for write in minox.writes()] == [
        ("api", "create"), ("portal", "edit"), ("api", "create"),
    ]  # fmt: skip


def test_a_test_may_do_anything_at_a_call(minox: Any) -> None:
    seen: list[int] = []
    minox.sim.incidents.add(lambda: seen.append(len(seen)), "journal_list", nth=2, times=2)
    for _ in range(5):
        minox.get("/journal")
    assert seen == [0, 1]
    with pytest.raises(ValueError, match=r"^incident earthquake before: .*close_period"):
        minox.sim.incidents.add("earthquake")


def test_a_token_answer_can_be_lost_after_the_token_was_rotated(minox: Any) -> None:
    token = minox.sim.connector_settings()["refresh_token"]
    minox.sim.disturb("oauth_token", "reset_after")
    with pytest.raises(requests.ConnectionError):
        minox.refresh(token)
    assert minox.sim.connector_settings()["refresh_token"] != token
    assert minox.refresh(token).status_code == 400


# The portal


def test_a_person_can_edit_what_the_api_may_not_touch(minox: Any, payroll: Any) -> None:
    minox.book(payroll())
    portal = minox.sim.portal
    portal.close_period(99998, 2026, 1)
    portal.edit_batch(99998, BATCH, line=2, account=1740)
    portal.remove_line(99998, BATCH, line=1)
    assert (minox.books.balance("4000"), minox.books.balance("1740")) == (0, D("-2500.10"))
    assert minox.book(payroll()).status_code == 400
    portal.reopen_period(99998, 2026, 1)
    portal.delete_batch(99998, BATCH)
    assert minox.books.batches == {}
    portal.book(99998, payroll())
    portal.block_account(99998, 4000)
    portal.set_vat(99998, 1720, 1)
    assert minox.book(payroll()).status_code == 400
    assert minox.get("/ledger_account/1720").json()["vat"]["id"] == 1
    portal.edit_record(99998, "customer", 10001, {"language": "nl"})
    assert minox.get("/customer/10001").json()["language"] == "nl"
    assert {write.origin.actor for write in minox.writes()[1:]} == {"portal"}


def test_the_native_link_books_every_run_again(minox: Any) -> None:
    company = minox.sim.world.companies[0]
    runs = [run for run in company.runs if run.locked and run.year == 2026]
    settings = {
        "connection_active": True,
        "default_ledgeraccount_id": 2990,
        "start_period": {"id": 1, "fiscal_year": 2026},
    }
    assert minox.post("/nmbrs/loonrun/check_for_new").json() == {"booked": 0}
    minox.put("/nmbrs/settings", settings)
    assert minox.post("/nmbrs/loonrun/check_for_new").json() == {"booked": len(runs)}
    assert minox.post("/nmbrs/loonrun/check_for_new").json() == {"booked": 0}
    assert len(minox.books.batches) == len(minox.rows("/nmbrs/loonrun")) == len(runs)
    assert {write.origin.actor for write in minox.writes("transaction_line_batch")} == {"nmbrs"}


# Limits


def test_the_budget_of_a_day_ends_and_comes_back_at_midnight(start_minox: Start, payroll: Any) -> None:
    clock = VirtualClock(datetime(2026, 11, 15, 23, 0, tzinfo=UTC))
    minox = start_minox(clock=clock, daily_budget=2)
    assert statuses(minox, payroll, 3) == [200, 200, 429]
    answer = minox.get("/journal")
    assert (answer.headers["Retry-After"], answer.headers["x-rate-limit-remaining"]) == ("3600", "0")
    midnight = datetime(2026, 11, 16, tzinfo=UTC).timestamp()
    assert answer.headers["x-rate-limit-reset"] == str(int(midnight) * 1000)
    clock.advance(3599)
    assert minox.get("/journal").status_code == 429
    clock.advance(1)
    minox.log_in()
    assert minox.get("/journal").status_code == 200


def test_a_budget_can_be_spent_in_the_middle_of_a_run(minox: Any, payroll: Any) -> None:
    minox.sim.incidents.add("spend_daily_budget", PUT, nth=2, when="after")
    assert statuses(minox, payroll, 3) == [200, 200, 429]


def test_a_limit_may_say_a_date_or_nothing_about_when_to_come_back(start_minox: Start) -> None:
    clock = VirtualClock()
    dated = start_minox(rate_limit="window", retry_after="date", clock=clock)
    silent = start_minox(rate_limit="window", retry_after="absent")
    answers = [[client.get("/journal") for _ in range(21)][-1] for client in (dated, silent)]
    assert [answer.status_code for answer in answers] == [429, 429]
    assert parsedate_to_datetime(answers[0].headers["Retry-After"]) == clock.now() + timedelta(seconds=120)
    assert "Retry-After" not in answers[1].headers


def test_an_accountants_token_reaches_other_tenants_too(start_minox: Start) -> None:
    minox = start_minox(other_tenants=(480002,))
    token = minox.session.headers["Authorization"].removeprefix("Bearer ")
    pair = tuple(minox.credentials.values())
    answer = requests.post(f"{minox.settings['api_url']}/inspect", json={"token": token}, auth=pair, timeout=10)
    assert [each["tenant_id"] for each in answer.json()["linked_tenants"]] == [480001, 480002]
