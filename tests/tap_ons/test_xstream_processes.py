"""Bulk tables as the program reads them: killed, resumed, large, and true to the schema that it announces."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from openapi_schema_validator import OAS31Validator
from tap_ons.resources import RESOURCES

from tests.tap_ons.conftest import TAP, chosen, tap_settings
from tests.tap_ons.warehouse import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 3_000
TABLES = ("contract_types", "locations", "teams")


def started(folder: Path, settings: dict[str, Any], *streams: str, state: Any = None) -> subprocess.Popen[bytes]:
    """The program, and its messages as they come."""
    config = folder / "settings.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    return subprocess.Popen(
        [TAP, "--config", config, *chosen(folder, settings, streams, state=state)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("killed_after", [10, ROWS + 500, 2 * ROWS + 1_500])
def test_a_run_that_is_killed_and_resumed_loses_nothing(killed_after: int, ons: Any, tmp_path: Path) -> None:
    simulator = ons(rows=ROWS, chunked=True)
    settings = tap_settings(simulator)
    warehouses = {stream: Warehouse(("id",)) for stream in TABLES}
    state = None

    def take(line: bytes) -> int:
        nonlocal state
        message = json.loads(line)
        if message["type"] == "STATE":
            state = message["value"]
        if message["type"] == "RECORD":
            warehouses[message["stream"]].take(message["record"])
        return int(message["type"] == "RECORD")

    with started(tmp_path, settings, *TABLES) as first:
        assert first.stdout is not None
        count = 0
        for line in first.stdout:
            count += take(line)
            if count == killed_after:
                os.kill(first.pid, signal.SIGKILL)
                break
        for line in first.stdout:
            if line.endswith(b"\n"):
                take(line)
    complete = [stream for stream in TABLES if (state or {"bookmarks": {}})["bookmarks"].get(stream)]
    assert all(len(warehouses[stream].rows) == ROWS for stream in complete)
    with started(tmp_path, settings, *TABLES, state=state) as second:
        assert second.stdout is not None
        for line in second.stdout:
            take(line)
    assert second.returncode == ExitCode.OK
    assert [len(warehouse.rows) for warehouse in warehouses.values()] == [ROWS] * len(TABLES)


def test_memory_does_not_grow_with_the_table(ons: Any, tmp_path: Path) -> None:
    def peak_kilobytes(rows: int) -> int:
        settings = tap_settings(ons(rows=rows, chunked=True))
        with started(tmp_path, settings, "teams") as process:
            assert process.stdout is not None
            count = sum(b'"RECORD"' in line for line in process.stdout)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        assert (count, process.returncode) == (rows, ExitCode.OK)
        return usage.ru_maxrss

    assert peak_kilobytes(40_000) < peak_kilobytes(2_000) + 16_000


@pytest.mark.parametrize("insurance_depth", [0, 6])
def test_records_of_all_tables_are_what_their_schema_says(insurance_depth: int, ons: Any, bulk: Any) -> None:
    """However deep debtors and insurances stand in each other."""
    settings = tap_settings(ons(insurance_depth=insurance_depth))
    classes = {"include_personal_data": ["health", "special", "secret", "bsn"]}
    run = bulk({**settings, **classes}, *(resource.stream for resource in RESOURCES))
    assert run.code == ExitCode.OK, run.stderr
    validators = {
        message["stream"]: OAS31Validator(message["schema"]) for message in run.messages if message["type"] == "SCHEMA"
    }
    assert len(validators) == len(RESOURCES)
    for message in run.messages:
        if message["type"] == "RECORD":
            problems = [error.message for error in validators[message["stream"]].iter_errors(message["record"])]
            assert problems == [], message["stream"]
    debtors = run.records("debtors")
    assert debtors
    assert all(depth(debtor) <= 4 for debtor in debtors)


def depth(value: Any) -> int:
    """How deep a value is nested."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return max(map(depth, value), default=0)
    return 0
