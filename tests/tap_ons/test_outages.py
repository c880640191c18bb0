"""Ons is being updated: its gateway answers 502 or 503 for minutes, and a nightly sync outlives that."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from singer_sdk.exceptions import RetriableAPIError
from tap_ons import outages
from tap_ons.outages import OutageAdapter
from tap_ons.tap import TapOns

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from provider_simulators.ons import OnsSimulator
    from tap_ons.client import Connection

PATH = "/v0/administration/hour_types"
LONG = 20
"""More answers than the attempts that every request has anyway."""
LOGGER = logging.getLogger("tap-ons")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "_WAIT_SECONDS", (0.01,))


def connection_to(simulator: OnsSimulator) -> Connection:
    return TapOns(config={**tap_settings(simulator), "start_date": "2026-11-01"}).shared.connection


def asked(connection: Connection) -> int:
    status: int = connection.session.call(
        connection.prepare(PATH), what="hour_types", read=lambda answer: answer.status_code
    )
    return status


def statuses(simulator: OnsSimulator) -> list[int]:
    return [request["status"] for request in simulator.log.requests() if request["path"] == PATH]


@pytest.mark.parametrize("status", [502, 503])
def test_an_update_of_ons_is_outlived(status: int, ons: Any, caplog: pytest.LogCaptureFixture) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path=PATH, status=status, times=LONG)
    with caplog.at_level("INFO"):
        assert asked(connection_to(simulator)) == 200
    assert statuses(simulator) == [status] * LONG + [200]
    told = [record.getMessage() for record in caplog.records if "Ons is being updated" in record.getMessage()]
    assert told == [f"Ons is being updated (HTTP {status}): asking again for at most 20 minutes"]
    assert "Ons answers again, after" in caplog.text


def test_the_time_for_an_outage_is_that_of_all_requests_together(ons: Any) -> None:
    simulator = ons()
    connection = connection_to(simulator)
    http = connection.session.http
    http.mount("https://", OutageAdapter(http.get_adapter(simulator.url).inner, seconds=0.3, logger=LOGGER))
    simulator.faults.add(action="status", path=PATH, status=503, retry_after="0", times=None)
    for _ in range(2):
        before = len(statuses(simulator))
        with pytest.raises(RetriableAPIError, match="hour_types: HTTP 503: Ons is being updated"):
            asked(connection)
        asked_for = len(statuses(simulator)) - before
    assert asked_for <= 6, "the second request finds an outage that has lasted its time"


def test_each_outage_has_its_time(ons: Any) -> None:
    simulator = ons()
    connection = connection_to(simulator)
    for _ in range(2):
        simulator.faults.add(action="status", path=PATH, status=503, times=LONG)
        assert asked(connection) == 200
    assert statuses(simulator).count(503) == 2 * LONG


@pytest.mark.parametrize("status", [500, 504])
def test_other_failures_have_their_few_attempts(status: int, ons: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path=PATH, status=status, retry_after="0", times=None)
    with pytest.raises(RetriableAPIError, match=f"HTTP {status}"):
        asked(connection_to(simulator))
    assert len(statuses(simulator)) == 6


def test_a_sync_that_begins_during_an_update_is_whole(ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/v0/", status=503, times=2)
    run = bulk(tap_settings(simulator), "teams", "hour_types")
    assert run.code == ExitCode.OK, run.stderr
    assert run.records("teams")
    assert run.records("hour_types")
    assert run.stderr.count("Ons is being updated (HTTP 503): asking again for at most 20 minutes") == 1
    assert run.stderr.count("Ons answers again") == 1


def test_an_outage_that_stays_fails_after_the_time_of_the_setting(ons: Any, bulk: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/xstream/", status=503, retry_after="0", times=None)
    run = bulk({**tap_settings(simulator), "outage_minutes": 0}, "teams")
    assert run.code == ExitCode.FAILED
    assert "teams: HTTP 503: Ons is being updated" in run.complaint
    assert run.bookmarks == []
