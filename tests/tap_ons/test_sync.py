"""Whole syncs as processes: what arrives, what breaks off, what stays unsaid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
from connector_kit.errors import ExitCode
from tap_ons.resources import RESOURCES

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from provider_simulators.ons import OnsSimulator

STREAMS = [resource.stream for resource in RESOURCES]
NDJSON = "application/x-ndjson"


def asked_directly(simulator: OnsSimulator, stream: str, accept: str = NDJSON) -> bytes:
    settings = tap_settings(simulator)
    answer = requests.get(
        f"{simulator.url}/v0/xstream/{stream}/data",
        cert=(settings["client_certificate"], settings["client_key"]),
        verify=settings["ca_bundle"],
        headers={"Accept": accept},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.content


def answers(simulator: OnsSimulator, stream: str, body: str, content_type: str = "application/json") -> None:
    """Let the provider answer with this body instead of its rows."""
    path = f"/xstream/{stream}/"
    simulator.faults.add(action="status", path=path, status=200, body=body, content_type=content_type, times=None)


def test_every_row_arrives_once_under_its_key(ons: Any, tap_ons: Any) -> None:
    simulator = ons(blank_line=True)
    expected = {
        stream: [json.loads(line)["id"] for line in asked_directly(simulator, stream).splitlines() if line.strip()]
        for stream in STREAMS
    }
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.OK, run.stderr
    for stream in STREAMS:
        assert expected[stream]
        assert [record["id"] for record in run.records(stream)] == expected[stream]
    assert run.bookmarks == sorted(STREAMS)
    assert run.complaints == []


def test_the_second_run_reads_the_same(ons: Any, tap_ons: Any) -> None:
    settings = tap_settings(ons())
    first, second = tap_ons(settings), tap_ons(settings)
    assert first.code == second.code == ExitCode.OK
    assert first.messages == second.messages


@pytest.mark.parametrize("lists", ["wrapper", "bare"])
def test_a_document_gives_the_same_records_as_lines(lists: str, ons: Any, tap_ons: Any) -> None:
    simulator = ons(lists=lists)
    settings = tap_settings(simulator)
    as_lines = tap_ons(settings)
    for stream in STREAMS:
        answers(simulator, stream, asked_directly(simulator, stream, "application/json").decode())
    assert tap_ons(settings).messages == as_lines.messages


def test_midnights_in_amsterdam_stay_the_day_that_they_are(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    days = {
        "2026-01-01T00:00:00.000+01:00": "2026-01-01",
        "2026-07-01T00:00:00.000+02:00": "2026-07-01",
        "2025-12-31T23:00:00.000Z": "2026-01-01",
        "2026-06-30T22:00:00.000Z": "2026-07-01",
        "2026-12-31T23:59:59.000+01:00": "2026-12-31",
        "2026-03-29": "2026-03-29",
    }
    rows = [{"id": number, "beginDate": sent, "costCenter": "0042"} for number, sent in enumerate(days)]
    answers(simulator, "locations", json.dumps({"locations": rows}))
    records = tap_ons(tap_settings(simulator)).records("locations")
    assert [record["begin_date"] for record in records] == list(days.values())
    assert {record["cost_center"] for record in records} == {"0042"}


@pytest.mark.parametrize("place", ["in a line", "between lines", "before the first byte"])
def test_a_cut_body_is_an_error_and_no_state(place: str, ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    first_line = asked_directly(simulator, "employees").index(b"\n") + 1
    at_byte = {"in a line": first_line + 20, "between lines": first_line, "before the first byte": 0}[place]
    simulator.faults.add(action="cut", path="/xstream/employees/", at_byte=at_byte, times=None)
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.FAILED
    assert "employees: the connection broke" in run.complaint
    assert "the table is not complete, run again" in run.complaint
    assert "employees" not in run.bookmarks


def test_a_damaged_line_is_an_error_and_no_state(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    answers(simulator, "teams", asked_directly(simulator, "teams")[:-5].decode(), NDJSON)
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.FAILED
    assert "teams: a line is cut or damaged, after 3 rows" in run.complaint
    assert "teams" not in run.bookmarks


def test_an_empty_table_must_say_so(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="empty", path="/xstream/teams/", times=None)
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.FAILED
    assert "teams" not in run.bookmarks
    simulator.faults.clear()
    answers(simulator, "teams", '{"teams": null}')
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.OK
    assert run.records("teams") == []
    assert "teams: Ons has no row" in run.stderr


def test_an_outage_that_passes_costs_only_time(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    for status in (429, 503):
        simulator.faults.add(action="status", path="/xstream/teams/", status=status, retry_after="0")
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.OK, run.stderr
    assert run.records("teams")


@pytest.mark.parametrize("status", [403, 404])
def test_a_resource_that_is_not_granted_is_named(status: int, ons: Any, tap_ons: Any) -> None:
    simulator = ons(granted=frozenset(STREAMS) - {"employees"}, not_granted_status=status)
    run = tap_ons(tap_settings(simulator))
    assert run.code == ExitCode.LOGIN
    assert run.complaint.startswith(f"employees: HTTP {status}: ")
    assert "/v0/xstream/employees/data" in run.complaint


def test_a_field_that_is_not_selected_is_null_and_a_key_is_asked_for(ons: Any, tap_ons: Any) -> None:
    run = tap_ons(tap_settings(ons(hidden_fields=frozenset({"Employee.dateOfBirth"}))))
    assert run.code == ExitCode.OK, run.stderr
    assert {record["date_of_birth"] for record in run.records("employees")} == {None}
    run = tap_ons(tap_settings(ons(hidden_fields=frozenset({"Team.id"}))))
    assert run.code == ExitCode.FAILED
    assert "teams: a row has no id: select that field" in run.complaint


def test_personal_data_follows_the_settings(ons: Any, tap_ons: Any) -> None:
    settings = tap_settings(ons())
    plain = tap_ons(settings).records("employees")
    assert all("gender" not in record for record in plain)
    wanted = {"include_personal_data": ["special"], "pseudonymise": ["name"], "pseudonym_key": "pseudonym-secret"}
    changed = tap_ons({**settings, **wanted}).records("employees")
    assert any(record["gender"] for record in changed)
    for before, after in zip(plain, changed, strict=True):
        assert after["last_name"] != before["last_name"]
        assert len(after["last_name"]) == 32
        assert after["email_address"] == before["email_address"]


def test_no_person_and_no_secret_stands_in_any_log(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    settings = tap_settings(simulator, encrypted_key=True)
    simulator.faults.add(action="cut", path="/xstream/teams/", at_byte=100, times=None)
    run = tap_ons(settings, TAP_ONS_LOGLEVEL="DEBUG", CONNECTOR_TRACEBACK="1")
    assert run.code == ExitCode.FAILED
    assert " | DEBUG " in run.stderr
    employees = run.records("employees")
    personal = ("name", "first_name", "birth_name", "email_address", "date_of_birth", "work_mobile_phone", "uuid")
    markers = {str(record[field]) for record in employees for field in personal if record[field]}
    assert len(markers) > 50
    assert [marker for marker in markers if len(marker) > 4 and marker in run.stderr] == []
    assert settings["client_key_password"] not in run.stderr
    assert "PRIVATE KEY" not in run.stderr
