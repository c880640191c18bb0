"""What is told at the end of a sync: what was never seen before, in a line and in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from tap_inlenersbeloning.drift_file import DriftError

from tests.tap_inlenersbeloning.conftest import Settings, output, run_tap, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if "never seen before" in r.getMessage()]


def test_what_was_never_seen_before_is_told_in_one_line_and_a_file(
    hirers: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(extra_fields=True)
    file = tmp_path / "reports" / "drift.json"
    done = sync({**settings, "drift_report": str(file)})
    (line,) = told(caplog)
    assert "\n" not in line
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["fields"]
    assert sum(report["documents"].values()) == len(done.records("remunerations"))


def test_a_sync_that_reads_no_document_has_nothing_to_tell(
    hirers: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = hirers(extra_fields=True)
    done = sync(settings)
    caplog.clear()
    file = tmp_path / "drift.json"
    sync({**settings, "drift_report": str(file)}, state=done.state)
    assert told(caplog) == []
    assert json.loads(file.read_text(encoding="utf-8"))["fields"] == []
    sync({**settings, "drift_report": str(tmp_path / "none.json")}, "partners")
    assert not (tmp_path / "none.json").exists()


def test_a_sync_may_fail_on_it_when_all_has_been_written(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(extra_fields=True)
    whole = sync(settings)
    with pytest.raises(DriftError, match="never seen before"):
        sync({**settings, "fail_on_drift": True})
    ended = run_tap({**settings, "fail_on_drift": True}, tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("tap-inlenersbeloning: Documents hold what was never seen before")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    state = [line["value"] for line in lines if line["type"] == "STATE"][-1]
    assert state["bookmarks"]["remunerations"] == whole.state["bookmarks"]["remunerations"]
    assert sum(line["type"] == "RECORD" for line in lines) == sum(m["type"] == "RECORD" for m in whole.messages)


def test_a_report_that_cannot_be_written_is_named_and_the_state_stands(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers()
    ended = run_tap({**settings, "drift_report": str(tmp_path / "config.json" / "x.json")}, tmp_path)
    assert ended.returncode == 16
    assert "setting drift_report: cannot write there" in ended.stderr
    assert '"signature"' in ended.stdout


def test_records_are_counted_for_the_stream_that_they_are_of(hirers: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="singer_sdk.metrics")
    _, settings = hirers()
    done = sync(settings)
    points = [json.loads(r.getMessage().partition("METRIC: ")[2]) for r in caplog.records if "METRIC" in r.getMessage()]
    counted = {p["tags"]["stream"]: p["value"] for p in points if p["metric"] == "record_count"}
    assert counted == {name: len(done.records(name)) for name in counted}
    assert counted["salary_steps"] > 0


def test_control_characters_pass_or_are_left_out(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(hirers="every_kind")
    controls = [chr(code) for code in range(32) if chr(code) not in "\t\r\n"]
    assert any(control in _texts(output(run_tap(settings, tmp_path)).lines) for control in controls)
    stripped = _texts(sync({**settings, "strip_control_chars": True}).lines)
    assert not [control for control in controls if control in stripped]
    assert "\t" in stripped


def _texts(lines: list[bytes]) -> str:
    """All texts of all records, in one."""
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    for line in lines:
        walk(json.loads(line).get("record"))
    return "|".join(found)


def test_one_writer_has_every_schema_before_its_records_and_once(hirers: Start) -> None:
    _, settings = hirers()
    seen: set[str] = set()
    schemas: list[str] = []
    for message in sync(settings).messages:
        if message["type"] == "SCHEMA":
            seen.add(message["stream"])
            schemas.append(message["stream"])
        if message["type"] == "RECORD":
            assert message["stream"] in seen
    assert len(schemas) == len(set(schemas))
