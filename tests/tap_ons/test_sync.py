"""Whole syncs as processes: what arrives, what breaks off, what stays unsaid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
from connector_kit.errors import ExitCode
from tap_ons.client import SYNCED_AT
from tap_ons.resources import RESOURCES, Feed

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from provider_simulators.ons import OnsSimulator

    from tests.tap_ons.conftest import Run

STREAMS = ["contract_types", "employees", "locations", "teams"]
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


def records_of(run: Run) -> list[dict[str, Any]]:
    """Records of all streams, without the moment of their reading."""
    records = [m["record"] for m in run.messages if m["type"] == "RECORD"]
    return [{name: value for name, value in record.items() if name != SYNCED_AT} for record in records]


def test_every_row_of_every_table_arrives_once_under_its_key(ons: Any, bulk: Any) -> None:
    simulator = ons(blank_line=True)
    tables = [resource for resource in RESOURCES if Feed.DATA in resource.feeds]
    run = bulk({**tap_settings(simulator), "include_personal_data": ["health"]}, *(table.stream for table in tables))
    assert run.code == ExitCode.OK, run.stderr
    for table in tables:
        lines = asked_directly(simulator, table.name).splitlines()
        expected = [json.loads(line)["id"] for line in lines if line.strip()]
        assert expected, table.stream
        assert [record["id"] for record in run.records(table.stream)] == expected
    assert run.bookmarks == sorted(table.stream for table in tables)
    assert run.complaints == []


def test_the_second_run_without_state_reads_the_same(ons: Any, bulk: Any) -> None:
    settings = tap_settings(ons())
    first, second = bulk(settings, *STREAMS), bulk(settings, *STREAMS)
    assert first.code == second.code == ExitCode.OK
    assert records_of(first) == records_of(second) != []


@pytest.mark.parametrize(
    "switches", [{}, {"lists": "bare"}, {"chunked": True}, {"chunked": True, "gzip": True}], ids=str
)
def test_a_document_gives_the_same_records_as_lines(switches: dict[str, Any], ons: Any, bulk: Any) -> None:
    simulator = ons(**switches)
    settings = tap_settings(simulator)
    as_lines = bulk(settings, *STREAMS)
    for stream in STREAMS:
        answers(simulator, stream, asked_directly(simulator, stream, "application/json").decode())
    assert records_of(bulk(settings, *STREAMS)) == records_of(as_lines) != []


def test_midnights_in_amsterdam_stay_the_day_that_they_are(ons: Any, bulk: Any) -> None:
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
    records = bulk(tap_settings(simulator), "locations").records("locations")
    assert [record["begin_date"] for record in records] == list(days.values())
    assert {record["cost_center"] for record in records} == {"0042"}


@pytest.mark.parametrize("place", ["in a line", "between lines", "before the first byte"])
def test_a_cut_body_is_an_error_and_no_state(place: str, ons: Any, bulk: Any) -> None:
    simulator = ons()
    first_line = asked_directly(simulator, "employees").index(b"\n") + 1
    at_byte = {"in a line": first_line + 20, "between lines": first_line, "before the first byte": 0}[place]
    simulator.faults.add(action="cut", path="/xstream/employees/", at_byte=at_byte, times=None)
    run = bulk(tap_settings(simulator), *STREAMS)
    assert run.code == ExitCode.FAILED
    assert "employees: the connection broke" in run.complaint
    assert "the table is not complete, run again" in run.complaint
    assert "employees" not in run.bookmarks


def test_a_damaged_line_is_an_error_and_no_state(ons: Any, bulk: Any) -> None:
    simulator = ons()
    answers(simulator, "teams", asked_directly(simulator, "teams")[:-5].decode(), NDJSON)
    run = bulk(tap_settings(simulator), *STREAMS)
    assert run.code == ExitCode.FAILED
    assert "teams: a line is cut or damaged, after 3 rows" in run.complaint
    assert "teams" not in run.bookmarks


def test_an_empty_table_must_say_so(ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="empty", path="/xstream/teams/", times=None)
    run = bulk(tap_settings(simulator), *STREAMS)
    assert run.code == ExitCode.FAILED
    assert "teams" not in run.bookmarks
    simulator.faults.clear()
    answers(simulator, "teams", '{"teams": null}')
    run = bulk(tap_settings(simulator), *STREAMS)
    assert run.code == ExitCode.OK
    assert run.records("teams") == []
    assert "teams: Ons has no row" in run.stderr


def test_an_outage_that_passes_costs_only_time(ons: Any, bulk: Any) -> None:
    simulator = ons()
    for status in (429, 503):
        simulator.faults.add(action="status", path="/xstream/teams/", status=status, retry_after="0")
    run = bulk(tap_settings(simulator), *STREAMS)
    assert run.code == ExitCode.OK, run.stderr
    assert run.records("teams")


def test_no_person_and_no_secret_stands_in_any_log(ons: Any, bulk: Any) -> None:
    simulator = ons()
    settings = tap_settings(simulator, encrypted_key=True)
    simulator.faults.add(action="cut", path="/xstream/teams/", at_byte=100, times=None)
    run = bulk(settings, *STREAMS, TAP_ONS_LOGLEVEL="DEBUG", CONNECTOR_TRACEBACK="1")
    assert run.code == ExitCode.FAILED
    assert " | DEBUG " in run.stderr
    employees = run.records("employees")
    personal = ("name", "first_name", "birth_name", "email_address", "date_of_birth", "work_mobile_phone", "uuid")
    markers = {str(record[field]) for record in employees for field in personal if record.get(field)}
    assert len(markers) > 50
    assert [marker for marker in markers if len(marker) > 4 and marker in run.stderr] == []
    assert settings["client_key_password"] not in run.stderr
    assert "PRIVATE KEY" not in run.stderr
