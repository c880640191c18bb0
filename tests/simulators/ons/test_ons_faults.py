"""Refusals, outages, limits, exports, and the tables of the reporting database."""

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from provider_simulators.faults import Action, Fault

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

EXPORT = "/v0/administration/export/export_presence_logs"
COLLECT = f"{EXPORT}/collect?filter_name=loon&date=2026-10-15&compression_type=0&verified_only=true"
UNITS = "/v0/plannen_roosteren/units"


def serial(caller: "OnsCaller") -> int:
    return next(iter(caller.simulator.backend.limits._used))


def crowd(caller: "OnsCaller", path: str) -> list[requests.Response]:
    """Six at once."""
    caller.simulator.faults.add(Fault(action=Action.DELAY, path=path, seconds=0.4, times=None))
    answers: list[requests.Response] = []

    def ask() -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.verify, session.cert = caller.session.verify, caller.session.cert
            answers.append(
                session.get(f"{caller.simulator.url}{path}", headers={"Accept": "application/json"}, timeout=10)
            )

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_planning_words_too_many_requests_its_own_way(ons_caller: "OnsCaller") -> None:
    refused = [answer.json() for answer in crowd(ons_caller, UNITS) if answer.status_code == 429]

    assert len(refused) == 2
    assert all(body.keys() == {"type", "title", "status"} and body["status"] == 429 for body in refused)


def test_what_is_not_enforced_is_counted(ons_caller: "OnsCaller") -> None:
    crowd(ons_caller, "/v0/administration/holidays")
    usage = ons_caller.simulator.backend.limits.usage(serial(ons_caller))

    assert (usage.requests, usage.refused, usage.parallel) == (6, 2, 4)
    assert 1 <= usage.per_second <= 6
    assert usage.seconds >= 4 * 0.4


@pytest.mark.parametrize("words", ["entries", "problem", "empty"])
def test_refusals_come_in_both_envelopes_or_without_a_body(start_ons: "StartOns", words: str) -> None:
    answer = start_ons(errors=words).get("/v0/xstream/teams/updates?since=x")

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")
    if words == "entries":
        (entry,) = answer.json()["errorResponseEntries"]
        assert entry.keys() == {"field", "value", "message"}
    elif words == "problem":
        problem = answer.json()
        assert problem["reasons"][0]["code"] == "INVALID_FORMAT"
        assert {"type", "title", "status", "detail", "provider"} < problem.keys()
    else:
        assert answer.content == b""


def test_an_error_of_its_own_once_and_then_it_is_fine(ons_caller: "OnsCaller") -> None:
    ons_caller.simulator.faults.add(action="status", path="/teams/", status=500)

    answers = [ons_caller.data("teams") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 200]
    assert answers[0].json()["errorResponseEntries"]


@pytest.mark.parametrize("status", [502, 503])
def test_the_gateway_answers_in_html_for_some_seconds(ons_caller: "OnsCaller", status: int) -> None:
    ons_caller.simulator.backend.break_down(status, seconds=30)

    answer = ons_caller.data("teams")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    ons_caller.simulator.clock.advance(31)
    assert ons_caller.data("teams").status_code == 200


def test_the_first_byte_may_take_its_time(ons_caller: "OnsCaller") -> None:
    ons_caller.simulator.faults.add(Fault(action=Action.DELAY_ANSWER, path="/teams/", seconds=0.3))
    began = time.monotonic()

    assert ons_caller.data("teams").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_an_export_is_started_asked_after_and_fetched(ons_caller: "OnsCaller") -> None:
    uuid = ons_caller.get(COLLECT).json()["uuid"]

    assert ons_caller.get(COLLECT).status_code == 400
    assert ons_caller.get(f"{EXPORT}/result/{uuid}").status_code == 423
    states = [ons_caller.get(f"{EXPORT}/status/{uuid}").json() for _ in range(3)]
    assert [state["exportStatusType"] for state in states] == ["STARTED", "RUNNING", "FINISHED"]
    assert {"key": "filter_name", "value": "loon"} in states[0]["exportSettings"]
    logs = ons_caller.get(f"{EXPORT}/result/{uuid}").json()["exportPresenceLogs"]
    assert logs
    assert {log["beginDate"][:7] for log in logs} == {"2026-10"}
    assert all(isinstance(log.get("duration", False), bool) for log in logs)
    assert ons_caller.get(COLLECT).status_code == 200


@pytest.mark.parametrize("end", ["ERROR", "UNKNOWN"])
def test_an_export_may_fail(start_ons: "StartOns", end: str) -> None:
    caller = start_ons(job_ends=end, job_polls=0, result_early=400)
    uuid = caller.get(COLLECT).json()["uuid"]

    assert caller.get(f"{EXPORT}/status/{uuid}").json()["exportStatusType"] == end
    assert caller.get(f"{EXPORT}/result/{uuid}").status_code == 400


@pytest.mark.parametrize("path", ["status/onbekend", "result/onbekend", "collect?filter_name=loon"])
def test_unknown_exports_and_missing_parameters_are_refused(ons_caller: "OnsCaller", path: str) -> None:
    assert ons_caller.get(f"{EXPORT}/{path}").status_code == 400


def test_a_result_too_early_may_be_a_bad_request(start_ons: "StartOns") -> None:
    caller = start_ons(result_early=400)

    assert caller.get(f"{EXPORT}/result/{caller.get(COLLECT).json()['uuid']}").status_code == 400


def test_tables_of_the_reporting_database_need_a_known_version(start_ons: "StartOns") -> None:
    caller = start_ons(hidden_fields=frozenset({"payroll.Contract.fixed"}))

    def table(path: str, version: str | None) -> requests.Response:
        return caller.get(path, **({"X-Stream-SchemaVersion": version} if version else {}))

    answer = table("/v0/onsdb/contracts", "4223")
    assert all("fixed" in row for row in answer.json()["contracts"])
    assert [table("/v0/onsdb/contracts", version).status_code for version in (None, "4222", "x")] == [400] * 3
    assert table("/v0/onsdb/onbekend", "4223").status_code == 404
    assert table("/t/contracts", "4223").status_code == 404
    caller = start_ons(old_table_paths=True)
    assert table("/t/contracts", "4223").status_code == 200


def test_every_list_is_wrapped_bare_or_null(start_ons: "StartOns") -> None:
    odd = "/v0/xstream/vecozo_invoice_relations/data"
    assert list(start_ons().get(odd).json()) == ["vecozoInvoiceRelationList"]
    bare: Any = start_ons(lists="bare")
    assert isinstance(bare.get("/v0/administration/holidays").json(), list)
    assert isinstance(bare.get(odd).json(), list)
    caller = start_ons(null_arrays=True)
    expenses = "/v0/administration/expenses/employees/40101"
    assert caller.get(expenses).json() == {"expenses": None}


def test_lines_are_for_bulk_resources_only(ons_caller: "OnsCaller") -> None:
    assert ons_caller.get("/v0/administration/holidays", Accept="application/x-ndjson").status_code == 406
    assert ons_caller.get("/v0/administration/holidays", Accept="application/xml").status_code == 406
