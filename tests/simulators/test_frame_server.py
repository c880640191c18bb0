import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests
from provider_simulators.clock import Clock
from provider_simulators.documents import json_body, json_response
from provider_simulators.faults import FaultPlan, FaultPlanError
from provider_simulators.log import EffectLog
from provider_simulators.routing import Route
from provider_simulators.server import Simulator
from provider_simulators.world import World
from werkzeug.wrappers import Request, Response


@dataclass(frozen=True)
class NoSwitches:
    pass


class Counter(Simulator):
    """The smallest provider: a number that can be raised."""

    provider: ClassVar[str] = "counter"
    connector: ClassVar[str] = "tap-counter"
    default_port: ClassVar[int] = 0
    Switches: ClassVar[type[NoSwitches]] = NoSwitches
    value = 0

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path="/value", operation="read", answer=lambda _: json_response({"value": self.value})),
            Route(method="POST", path="/value", operation="raise", answer=self._raise),
        ]

    def _raise(self, request: Request) -> Response:
        self.value += json_body(request)["by"]
        self.log.effect("raised", to=self.value)
        return json_response({"value": self.value}, 201)

    def connector_settings(self) -> dict[str, Any]:
        return {"api_url": self.url}

    def books(self) -> dict[str, Any]:
        return {"values": [{"value": self.value, "note": "<b>"}]}


@pytest.fixture
def counter(simulated_world: World) -> Iterator[Counter]:
    with Counter(simulated_world) as simulator:
        yield simulator


def raise_it(simulator: Simulator, timeout: float = 10) -> requests.Response:
    return requests.post(f"{simulator.url}/value", json={"by": 1}, timeout=timeout)


def eventually(check: Any) -> None:
    deadline = time.monotonic() + 5
    while not check() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert check()


def test_a_connection_is_kept_for_many_requests(counter: Counter) -> None:
    with socket.create_connection(("127.0.0.1", int(counter.url.rsplit(":")[-1]))) as connection:
        for _ in range(3):
            connection.sendall(b"GET /value HTTP/1.1\r\nHost: simulator\r\n\r\n")
            assert b'{"value": 0}' in connection.recv(4096)


def test_stopping_leaves_no_thread_and_no_socket(simulated_world: World) -> None:
    before = threading.active_count()
    with requests.Session() as session:
        with Counter(simulated_world) as simulator:
            url = simulator.url
            assert session.get(f"{url}/value", timeout=5).ok  # its connection stays open
        assert threading.active_count() == before
        with pytest.raises(requests.ConnectionError):
            session.get(f"{url}/value", timeout=5)


def test_a_simulator_can_be_started_again_and_keeps_what_it_holds(simulated_world: World) -> None:
    simulator = Counter(simulated_world)
    for expected in (1, 2):
        with simulator:
            assert raise_it(simulator).json() == {"value": expected}


def test_the_log_tells_every_request_and_effect_in_order(simulated_world: World, tmp_path: Path) -> None:
    log = EffectLog(tmp_path / "logs" / "counter.jsonl")
    with Counter(simulated_world, log=log) as simulator:
        raise_it(simulator)
        requests.get(f"{simulator.url}/value", params={"page": "2", "access_token": "s3cret-marker"}, timeout=5)
    assert [record.get("kind") or record["method"] for record in log.records()] == ["raised", "POST", "GET"]
    assert log.requests(method="GET")[0]["query"] == {"page": "2", "access_token": "***"}
    assert log.effects("raised")[0]["to"] == 1
    text = (tmp_path / "logs" / "counter.jsonl").read_text()
    assert len(text.splitlines()) == 3
    assert "s3cret-marker" not in text


def test_an_unknown_operation_is_answered_as_not_simulated(counter: Counter) -> None:
    assert requests.get(f"{counter.url}/Value", timeout=5).status_code == 501
    assert requests.delete(f"{counter.url}/value", timeout=5).status_code == 501
    assert [effect["operation"] for effect in counter.log.effects("not_simulated")] == ["GET /Value", "DELETE /value"]


def test_the_page_shows_books_and_log_and_is_not_logged_itself(counter: Counter) -> None:
    raise_it(counter)
    page = requests.get(f"{counter.url}/_simulator/", timeout=5)
    assert "counter simulator" in page.text
    assert "POST /value" in page.text
    assert "&lt;b&gt;" in page.text
    assert requests.get(f"{counter.url}/_simulator/books", timeout=5).json() == counter.books()
    assert len(requests.get(f"{counter.url}/_simulator/log", timeout=5).json()) == 2
    assert len(requests.get(f"{counter.url}/_simulator/log?after=1", timeout=5).json()) == 1


def test_a_planned_status_hits_the_nth_request_and_applies_nothing(counter: Counter) -> None:
    counter.faults.add(action="status", method="POST", path="^/value$", nth=2, status=429, retry_after=7)
    assert [raise_it(counter).status_code for _ in range(3)] == [201, 429, 201]
    assert counter.value == 2


def test_a_planned_status_may_repeat_for_ever_and_carries_retry_after(counter: Counter) -> None:
    counter.faults.add(action="status", status=429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT", times=None)
    answers = [raise_it(counter) for _ in range(3)]
    assert {answer.headers["Retry-After"] for answer in answers} == {"Wed, 21 Oct 2026 07:28:00 GMT"}
    counter.faults.clear()
    assert raise_it(counter).status_code == 201


def test_a_gateway_error_is_html(counter: Counter) -> None:
    counter.faults.add(action="status", status=502)
    assert raise_it(counter).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("action", "value"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_connection_hides_whether_it_was_applied(counter: Counter, action: str, value: int) -> None:
    counter.faults.add(action=action)
    with pytest.raises(requests.ConnectionError, match="reset"):
        raise_it(counter)
    assert counter.value == value
    assert counter.log.requests()[0]["status"] is None
    assert counter.log.requests()[0]["faults"] == [action]


def test_a_cut_body_is_shorter_than_announced(counter: Counter) -> None:
    counter.faults.add(action="cut", at_byte=4)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        raise_it(counter)
    assert counter.value == 1


def test_an_answer_may_be_empty_or_no_json(counter: Counter) -> None:
    counter.faults.add(action="empty")
    counter.faults.add(action="wrong_json", nth=2)
    assert (raise_it(counter).status_code, counter.value) == (201, 1)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        raise_it(counter).json()


def test_an_answer_that_comes_too_late_was_applied_all_the_same(counter: Counter) -> None:
    counter.faults.add(action="delay_answer", seconds=3600)
    with pytest.raises(requests.ReadTimeout):
        raise_it(counter, timeout=0.3)
    assert counter.value == 1


def test_the_simulators_own_work_is_part_of_its_latency(counter: Counter) -> None:
    counter.faults.add(action="delay", seconds=2)
    counter.faults.add(action="latency", seconds=2)
    began = time.monotonic()

    assert raise_it(counter).status_code == 201
    assert 2 <= time.monotonic() - began < 3.8


def test_a_delay_ends_when_the_clock_is_moved(counter: Counter) -> None:
    counter.faults.add(action="delay", seconds=3600)
    mover = threading.Timer(0.1, counter.clock.advance, [3600])
    mover.start()
    assert raise_it(counter).status_code == 201
    mover.join()


def test_what_is_applied_late_is_answered_as_an_error_first(counter: Counter) -> None:
    counter.faults.add(action="apply_late", status=504, seconds=30)
    assert raise_it(counter).status_code == 504
    assert counter.value == 0
    counter.clock.advance(30)
    eventually(lambda: counter.log.effects("applied_late"))
    assert counter.value == 1


def test_stopping_does_not_wait_for_planned_delays(simulated_world: World) -> None:
    began = time.monotonic()
    with Counter(simulated_world) as simulator:
        simulator.faults.add(action="apply_late", seconds=3600)
        simulator.faults.add(action="delay_answer", nth=2, seconds=3600)
        raise_it(simulator)
        with pytest.raises(requests.ReadTimeout):
            raise_it(simulator, timeout=0.2)
    assert time.monotonic() - began < 5
    assert simulator.value == 2


def test_a_fault_plan_is_read_from_a_file(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yml"
    plan.write_text("- {action: status, path: 'page=2', status: 429, retry_after: 2}\n- {action: cut, at_byte: 9}\n")
    assert [str(fault.action) for fault in FaultPlan.from_file(plan).take("GET", "/x?page=2")] == ["status", "cut"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {action: explode}", "explode"),
        ("- {action: cut, at: 3}", "unknown field at"),
        ("- {action: cut, path: '('}", "unterminated"),
        ("cut: true", "expected a list"),
    ],
)
def test_a_wrong_fault_plan_names_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    plan = tmp_path / "plan.yml"
    plan.write_text(text)
    with pytest.raises(FaultPlanError, match=message):
        FaultPlan.from_file(plan)


def test_the_clock_starts_at_the_worlds_day_and_runs(simulated_world: World) -> None:
    clock = Clock.on(simulated_world.today)
    first = clock.now()
    clock.advance(86_400)
    assert clock.today().isoformat() == "2026-11-16"
    assert 86_400 <= (clock.now() - first).total_seconds() < 86_460


def test_requests_served_at_the_same_time_are_counted(counter: Counter) -> None:
    counter.faults.add(action="delay", seconds=3600, times=None)
    threads = [threading.Thread(target=raise_it, args=(counter,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: counter._busy == 4)
    counter.clock.advance(3600)
    for thread in threads:
        thread.join()
    assert max(request["concurrent"] for request in counter.log.requests()) == 4
    assert counter.value == 4


def test_it_serves_tls_with_a_given_context(simulated_world: World, tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with requests.Session() as session, Counter(simulated_world, ssl_context=context) as simulator:
        assert session.get(f"{simulator.url}/value", verify=str(certificate), timeout=5).json() == {"value": 0}
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{simulator.url}/value", timeout=5)
        assert session.get(f"{simulator.url}/value", verify=str(certificate), timeout=5).ok
