"""The log of writes: what was applied, when, by which request; late ones too; and all of it from another process."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
import requests
from provider_simulators.minox import VirtualClock

Start = Callable[..., Any]
BATCH = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
PUT = "transaction_line_batch_put"
D = Decimal
NOON = datetime(2026, 11, 15, 12, tzinfo=UTC)


def test_every_change_is_in_the_log_with_its_request_and_moment(start_minox: Start, payroll: Any) -> None:
    clock = VirtualClock(NOON)
    minox = start_minox(clock=clock)
    minox.book(payroll("100.00"))
    clock.advance(60)
    minox.book(payroll("90.00"))
    minox.book(payroll(account={"id": "1"}))
    minox.delete(f"/transaction_line_batch/{BATCH}")
    minox.delete(f"/transaction_line_batch/{BATCH}")
    writes = minox.writes()
    assert [(write.seq, write.action, write.key) for write in writes] == [
        (1, "create", BATCH), (2, "replace", BATCH), (3, "delete", BATCH),
    ]  # fmt: skip
    assert [write.at - NOON for write in writes] == [timedelta(0), timedelta(seconds=60), timedelta(seconds=60)]
    arrivals = {arrival.number: arrival for arrival in minox.sim.backend.writes.arrivals()}
    assert [arrivals[write.origin.request].status for write in writes] == [200, 200, 204]
    assert [arrival.status for arrival in arrivals.values()][-5:] == [200, 200, 400, 204, 404]
    assert writes[0].content == payroll("100.00")
    assert writes[0].administration == 99998


def test_equal_contents_have_equal_digests(minox: Any, payroll: Any) -> None:
    lines = payroll("100")
    minox.book(lines)
    minox.book([dict(reversed(line.items())) for line in payroll("100.00")])
    minox.book(payroll("100.01"))
    first, second, third = [write.digest for write in minox.writes()]
    assert first == second != third


def test_nothing_refused_is_in_the_log(minox: Any, payroll: Any) -> None:
    minox.book(payroll()[:0])
    minox.put("/cost_center/1", {"description": ""})
    minox.post("/customer", {})
    minox.session.headers["Authorization"] = "Bearer made-up"
    minox.book(payroll())
    assert minox.writes() == []
    assert [arrival.status for arrival in minox.sim.backend.writes.arrivals()][-4:] == [400, 400, 400, 401]


# Late writes


def test_late_writes_are_applied_when_the_clock_says_so_and_in_that_order(start_minox: Start, payroll: Any) -> None:
    clock = VirtualClock()
    minox = start_minox(clock=clock)
    for seconds in (90, 30):
        minox.sim.disturb(PUT, "apply_late", status=504, seconds=seconds)
        assert minox.book(payroll(f"{seconds}.00")).status_code == 504
        minox.sim.calm()
    assert minox.book(payroll("5.00")).status_code == 200
    clock.advance(29)
    minox.sim.settle()
    assert minox.books.balance("4000") == D(5)
    clock.advance(1)
    minox.sim.settle()
    assert minox.books.balance("4000") == D(30)
    clock.advance(60)
    minox.sim.settle()
    assert minox.books.balance("4000") == D(90)
    assert [write.origin.late for write in minox.writes()] == [False, True, True]
    assert [write.origin.request for write in minox.writes()] == [4, 3, 2]
    assert [effect["status"] for effect in minox.sim.log.effects("applied_late")] == [200, 200]


def test_a_late_write_does_not_need_its_token_any_more_but_does_need_an_open_period(
    start_minox: Start, payroll: Any
) -> None:
    clock = VirtualClock()
    minox = start_minox(clock=clock)
    minox.sim.disturb(PUT, "apply_late", status=503, seconds=7200, times=2)
    february = [{**line, "period": {"id": 2, "fiscal_year": 2026}} for line in payroll()]
    assert [minox.book(lines, uuid4()).status_code for lines in (payroll(), february)] == [503, 503]
    minox.sim.authority.revoke_consent()
    minox.sim.portal.close_period(99998, 2026, 2)
    clock.advance(7200)
    minox.sim.settle()
    assert [effect["status"] for effect in minox.sim.log.effects("applied_late")] == [200, 400]
    assert len(minox.writes()) == 1


def test_who_is_not_let_in_leaves_no_late_write(minox: Any, payroll: Any) -> None:
    minox.sim.disturb(PUT, "apply_late", status=503, seconds=3600)
    minox.session.headers["Authorization"] = "Bearer made-up"
    assert minox.book(payroll()).status_code == 401
    assert len(minox.sim.late_writes) == 0


def test_what_is_due_is_applied_before_the_next_request_sees_the_books(start_minox: Start, payroll: Any) -> None:
    clock = VirtualClock()
    minox = start_minox(clock=clock)
    minox.sim.disturb(PUT, "apply_late", status=504, seconds=10)
    minox.book(payroll())
    clock.advance(10)
    assert minox.get(f"/transaction_line_batch/{BATCH}").status_code == 200


# From another process


def control(minox: Any, path: str, body: Any = None) -> requests.Response:
    url = f"{minox.sim.url}/_simulator/{path}"
    return requests.get(url, timeout=10) if body is None else requests.post(url, json=body, timeout=10)


def test_writes_can_be_read_over_the_control_interface(minox: Any, payroll: Any) -> None:
    minox.book(payroll("100.10"))
    minox.book(payroll("90.10"), uuid4())
    told = control(minox, "writes?after=1").json()
    [write] = told["writes"]
    assert (write["seq"], write["action"], write["origin"]["actor"]) == (2, "create", "api")
    assert json.loads(control(minox, "writes").text, parse_float=str)["writes"][0]["content"][0]["debit"] == "100.10"
    assert {"number", "at", "method", "path", "body_digest", "status", "whole"} == told["arrivals"][0].keys()


def test_faults_incidents_clock_and_portal_work_over_the_control_interface(start_minox: Start, payroll: Any) -> None:
    minox = start_minox(clock=VirtualClock())
    late = {"operation": PUT, "action": "apply_late", "status": 504, "seconds": 60}
    assert control(minox, "disturb", late).status_code == 200
    assert minox.book(payroll()).status_code == 504
    assert control(minox, "late").json() == {"waiting": 1}
    assert control(minox, "clock", {"advance": 60}).status_code == 200
    assert minox.books.balance("4000") == D("2500.10")
    edit = {"administration": 99998, "batch_id": BATCH, "debit": "2400.10"}
    assert control(minox, "portal/edit_batch", edit).status_code == 200
    assert minox.books.balance("4000") == D("2400.10")
    control(minox, "incident", {"event": "status_after", "operation": PUT, "status": 500})
    control(minox, "fault", {"action": "status", "status": 503, "path": "/journal"})
    assert minox.book(payroll(), uuid4()).status_code == 500
    assert minox.get("/journal").status_code == 503
    assert control(minox, "calm", {}).status_code == 200


@pytest.mark.parametrize(("path", "body", "status"), [
    ("portal/earthquake", {}, 400), ("disturb", {"operation": "nothing", "action": "status"}, 400),
    ("incident", {"event": "earthquake"}, 400), ("clock", {"years": 1}, 400), ("fault", {"action": "x"}, 400),
    ("portal/edit_batch", {"administration": 99998, "batch_id": BATCH}, 400),
    ("portal/close_period", {"administration": 5, "year": 2026, "period": 1}, 403),
])  # fmt: skip
def test_what_cannot_be_done_is_said(minox: Any, path: str, body: Any, status: int) -> None:
    assert control(minox, path, body).status_code == status


# Webhooks


@pytest.fixture
def listener() -> Iterator[tuple[str, list[tuple[dict[str, Any], str | None]]]]:
    """An address that refuses the first notification."""
    taken: list[tuple[dict[str, Any], str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append((body, self.headers.get("Authorization")))
            self.send_response(500 if len(taken) == 1 else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the standard library's)
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", taken
        server.shutdown()
        thread.join()


def test_a_webhook_tells_of_a_receivable_again_and_again_until_it_is_taken(
    minox: Any, sales: Any, payroll: Any, listener: Any
) -> None:
    url, taken = listener
    hook = {
        "description": "Posten", "enabled": True, "url": url, "retry_in_minutes": 120, "bearer": "b1",
        "notifications": {"receivable": True, "payable": False},
    }  # fmt: skip
    key = minox.post(f"{minox.tenant_path}/webhook", hook).json()["id"]
    minox.book(payroll(), uuid4())
    minox.book(sales())
    wait_for(lambda: len(minox.sim.backend.deliveries) == 1)
    minox.sim.clock.advance(7200)
    wait_for(lambda: len(minox.sim.backend.deliveries) == 2)
    minox.log_in()
    history = minox.rows(f"{minox.tenant_path}/webhook/{key}/history")
    assert [(each["attempt"], each["status"]) for each in history] == [(1, 500), (2, 204)]
    assert [login for _, login in taken] == ["Bearer b1"] * 2
    assert taken[0][0]["open_item"]["account_id"] == 10001


def wait_for(true: Callable[[], bool]) -> None:
    condition = threading.Condition()
    with condition:
        for _ in range(500):
            if true():
                return
            condition.wait(0.01)
    pytest.fail("it did not happen within five seconds")
