"""Hours of all employees as exports that Ons prepares."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode, SettingError
from singer_sdk.exceptions import RetriableAPIError
from tap_ons import exports
from tap_ons.tap import TapOns

from tests.tap_ons.conftest import tap_settings
from tests.tap_ons.lists import ListSyncs
from tests.tap_ons.warehouse import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provider_simulators.ons import OnsSimulator

TODAY = date(2026, 11, 15)
SETTINGS = {"start_date": "2026-10-01", "presence_logs_filter": "Payroll", "include_personal_data": ["health"]}


@pytest.fixture
def exporting(ons: Callable[..., OnsSimulator]) -> Iterator[Callable[..., ListSyncs]]:
    """A simulator with these switches, and syncs of its exports."""
    with ExitStack() as running:

        def start(**switches: Any) -> ListSyncs:
            simulator = ons(**switches)
            connection = running.enter_context(connected(tap_settings(simulator)))
            return ListSyncs(simulator, connection, "exported_presence_logs", **SETTINGS)

        yield start


def collected(syncs: ListSyncs) -> list[str]:
    return [one["query"]["date"] for one in syncs.asked("/collect") if one["status"] == 200]


def test_exports_tell_the_hours_of_all_employees_once(exporting: Any) -> None:
    syncs = exporting()
    records = syncs.sync(TODAY)
    keys = [record["_ons_key"] for record in records]
    assert len(keys) == len(set(keys)) > 1000
    assert len(collected(syncs)) < 10, "one tells of more than a day"
    assert syncs.bookmark["until"] == "2026-11-16"
    days = {record["begin_date"][:10] for record in records}
    assert {"2026-10-05", "2026-11-10"} <= days


def test_a_later_export_gives_the_same_keys(exporting: Any) -> None:
    syncs = exporting()
    first = {record["_ons_key"] for record in syncs.sync(TODAY)}
    syncs.tap._config["lookback_days"] = 10
    second = {record["_ons_key"] for record in syncs.sync(TODAY)}
    assert second < first
    assert min(collected(syncs)) == "2026-11-06"


@pytest.mark.parametrize("status", [423, 400])
def test_an_export_that_is_not_ready_is_waited_for(status: int, exporting: Any) -> None:
    syncs = exporting(job_polls=1, result_early=status)
    syncs.tap._config["start_date"] = "2026-11-01"
    syncs.simulator.faults.add(action="status", path="/collect", status=400, body="{}", times=2)
    syncs.simulator.faults.add(action="status", path="/result/", status=status, body="{}", times=1)
    assert syncs.sync(TODAY)


def test_a_long_wait_is_told_now_and_then(
    exporting: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(exports, "_WAIT_SECONDS", (0.01,))
    syncs = exporting(job_polls=20)
    syncs.tap._config["start_date"] = "2026-11-15"
    monkeypatch.setattr(exports, "_TELL_EVERY_SECONDS", 600)
    with caplog.at_level("INFO"):
        assert syncs.sync(TODAY)
        assert "waiting" not in caplog.text, "it was ready before its time"
        monkeypatch.setattr(exports, "_TELL_EVERY_SECONDS", 0.05)
        syncs.bookmark = {}
        assert syncs.sync(TODAY)
    told = [record.getMessage() for record in caplog.records if "waiting" in record.getMessage()]
    assert 1 <= len(told) <= 20
    assert {re.sub(r"for \d+ s", "for so long", line) for line in told} == {
        "exported_presence_logs of 2026-11-15: Ons is making the export: waiting for so long, for 30 minutes at most"
    }


def test_an_export_that_takes_longer_than_the_setting_is_an_error_and_no_bookmark(exporting: Any) -> None:
    syncs = exporting(job_polls=1_000_000)
    syncs.tap._config["export_minutes"] = 0
    with pytest.raises(
        RetriableAPIError,
        match=r"of 2026-10-01: Ons is making the export, after 0 minutes still: run again later, or set export_minutes",
    ):
        syncs.sync(TODAY)
    assert syncs.bookmark == {}


@pytest.mark.parametrize("end", ["ERROR", "UNKNOWN"])
def test_an_export_that_fails_is_an_error_and_no_bookmark(end: str, exporting: Any) -> None:
    syncs = exporting(job_ends=end)
    with pytest.raises(RetriableAPIError, match=rf"of 2026-10-01: Ons could not make the export \({end}\); run again"):
        syncs.sync(TODAY)
    assert syncs.bookmark == {}


def test_a_filter_that_ons_does_not_know_is_a_wrong_setting(exporting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = exporting()
    monkeypatch.setattr(exports, "_BUSY_SECONDS_MAX", 0)
    syncs.simulator.faults.add(action="status", path="/collect", status=400, body="{}", times=None)
    with pytest.raises(SettingError, match="presence_logs_filter"):
        syncs.sync(TODAY)


def test_exports_take_the_place_of_presence_logs_by_a_setting() -> None:
    def selected(**settings: str) -> dict[str, bool]:
        streams = TapOns(config=settings).streams
        return {name: streams[name].selected_by_default for name in ("presence_logs", "exported_presence_logs")}

    assert selected() == {"presence_logs": True, "exported_presence_logs": False}
    assert selected(presence_logs_by="export") == {"presence_logs": False, "exported_presence_logs": True}


def test_an_export_needs_a_filter(ons: Any, bulk: Any) -> None:
    settings = {**tap_settings(ons()), "start_date": "2026-10-01"}
    run = bulk(settings, "exported_presence_logs")
    assert run.code == ExitCode.SETTINGS
    assert run.complaint.startswith("setting presence_logs_filter is missing")
