"""What is in a record stays in the record: no name, number, amount or secret in logs, state or errors."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from provider_simulators.nmbrs import NmbrsSimulator
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import Settings, sync

Start = Callable[..., tuple[NmbrsSimulator, Settings]]
TAP = Path(sysconfig.get_path("scripts")) / "tap-nmbrs"
SECRETS = ("client_secret", "subscription_key", "refresh_token")


def markers(simulator: NmbrsSimulator, settings: Settings) -> Iterator[str]:
    for company in simulator.world.companies:
        for employee in company.employees:
            yield from (employee.last_name, employee.bsn, str(employee.salary))
        for run in simulator.backend.runs(company, 2026):
            for line in run.journal_lines("cost_center"):
                if abs(line.amount) > 100:
                    yield str(abs(line.amount))
    for name in SECRETS:
        yield settings[name]
    yield json.loads(Path(settings["token_store"]).read_text())["access_token"]


def spoken(found: str, simulator: NmbrsSimulator, settings: Settings) -> list[str]:
    return sorted({marker for marker in markers(simulator, settings) if marker in found})


def run_tap(settings: Settings, folder: Path, *, selected: str = "default") -> tuple[str, str, int]:
    config, catalog = folder / "config.json", folder / "catalog.json"
    config.write_text(json.dumps(settings))
    streams = TapNmbrs(config=dict(settings)).catalog_dict
    for entry in streams["streams"] if selected == "all" else ():
        for part in entry["metadata"]:
            part["metadata"]["selected"] = True
    catalog.write_text(json.dumps(streams))
    logging_config = folder / "logging.yaml"
    logging_config.write_text(
        "version: 1\ndisable_existing_loggers: false\n"
        "handlers: {stderr: {class: logging.StreamHandler, stream: ext://sys.stderr}}\n"
        "root: {level: DEBUG, handlers: [stderr]}\n"
    )
    environment = {
        **os.environ,
        "SINGER_SDK_LOG_CONFIG": str(logging_config),
        "LOGLEVEL": "DEBUG",
        "TAP_NMBRS_LOGLEVEL": "DEBUG",
    }
    ended = subprocess.run(
        [str(TAP), "--config", str(config), "--catalog", str(catalog)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    return ended.stdout, ended.stderr, ended.returncode


def test_a_sync_of_everything_at_the_loudest_log_level_tells_nothing(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(extra_fields=True)
    settings |= {"include_personal_data": sorted(LEFT_OUT_BY_DEFAULT), "start_date": "2026-10-01"}
    records, log, code = run_tap(settings, tmp_path, selected="all")
    assert code == 0
    assert simulator.world.companies[0].employees[0].bsn in records
    assert "GET /api/companies" in log
    assert spoken(records, simulator, settings), "the markers are no markers"
    assert spoken(log, simulator, settings) == []
    states = "".join(line for line in records.splitlines() if '"type":"STATE"' in line)
    assert states
    assert spoken(states, simulator, settings) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "path": "/employees", "status": 400},
        {"action": "status", "path": "/api/documents", "status": 403},
        {"action": "wrong_json", "path": "/employees", "times": None, "body": "Jansen 999900018"},
    ],
)
def test_an_error_tells_nothing(nmbrs: Start, tmp_path: Path, fault: dict[str, Any]) -> None:
    simulator, settings = nmbrs(companies=1)
    body = {"code": 1, "title": "Jansen", "detail": simulator.world.companies[0].employees[0].last_name}
    simulator.faults.add(**{"body": json.dumps(body), "content_type": "application/json", **fault})
    _, log, code = run_tap(settings, tmp_path)
    assert code != 0
    assert spoken(log, simulator, settings) == []
    assert "Jansen 999900018" not in log


def test_no_record_holds_a_citizen_number_even_if_nmbrs_sends_one(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    bsn = "999900018"
    rows = [
        {"employeeId": "e-1", "BSN": bsn, "employeeBasicInfo": {"lastName": "X", "bsnNumber": bsn, "apiToken": "t"}}
    ]
    answer = {"pagination": {"totalRecords": 1, "totalPages": 1}, "data": rows}
    simulator.faults.add(
        action="status", path="/employees", status=200, body=json.dumps(answer), content_type="application/json"
    )
    (record,) = sync(settings, "employees").records("employees")
    assert record["last_name"] == "X"
    assert not {"bsn", "bsn_number", "api_token"} & record.keys()


def test_names_can_be_pseudonymised(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    settings |= {"pseudonymise": ["name", "wage"], "pseudonym_key": "pepper"}
    done = sync(settings, "employees", "payroll_run_journals")
    names = {record["last_name"] for record in done.records("employees")}
    assert not names & {employee.last_name for employee in simulator.world.companies[0].employees}
    assert all(len(name) == 32 for name in names)
    assert all(len(record["amount"]) == 32 for record in done.records("payroll_run_journals"))
    schema = TapNmbrs(config=dict(settings)).streams["employees"].schema["properties"]
    assert "Pseudonymised" in schema["last_name"]["description"]


def test_without_asking_no_record_holds_what_is_left_out_by_default(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs()
    records, _, code = run_tap({**settings, "start_date": "2026-10-01"}, tmp_path, selected="all")
    assert code == 0
    assert [one.bsn for company in simulator.world.companies for one in company.employees if one.bsn in records] == []
    written = [json.loads(line) for line in records.splitlines()]
    assert {"absences", "absence_registrations", "employee_private_info"}.isdisjoint(
        one.get("stream") for one in written
    )
    assert not any("gender" in one["record"] for one in written if one["type"] == "RECORD")


def test_the_story_is_told_in_few_lines_however_many_companies_there_are(
    nmbrs: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told = []
    for companies in (1, 3):
        caplog.clear()
        _, settings = nmbrs(companies=companies)
        sync({**settings, "start_date": "2026-11-01"})
        told.append(len(caplog.records))
    assert told[1] <= told[0] + 5
    assert told[0] < 5 * len(TapNmbrs(config=dict(settings)).streams)
