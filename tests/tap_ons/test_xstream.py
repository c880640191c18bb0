"""Bulk tables from sync to sync: what is asked for, what is remembered, what is read again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from singer_sdk.exceptions import RetriableAPIError
from tap_ons.client import DELETED_AT, SYNCED_AT

if TYPE_CHECKING:
    from provider_simulators.ons import OnsSimulator

    from tests.tap_ons.warehouse import Syncs

SAMPLE = "2014-12-29T00:00:00.000"
"""The vendor's own sample of `since`."""


def asked(simulator: OnsSimulator) -> list[tuple[str, str]]:
    """Feeds that were asked for, with their `since`."""
    return [
        (request["path"].rpartition("/")[2], request["query"].get("since", "")) for request in simulator.log.requests()
    ]


def age(syncs: Syncs, *names: str, days: int) -> None:
    """Let moments of the bookmark be so many days older."""
    old = {name: (datetime.fromisoformat(syncs.bookmark[name]) - timedelta(days=days)).isoformat() for name in names}
    syncs.bookmark = {**syncs.bookmark, **old}


def test_later_syncs_ask_for_changes_from_before_the_last_one(synced: Any) -> None:
    simulator, syncs = synced("teams")
    began = simulator.clock.now()
    syncs.sync()
    syncs.sync()
    feeds = asked(simulator)
    assert [feed for feed, _ in feeds] == ["data", "updates", "updates", "deletes", "deletes"]
    (since,) = {since for _, since in feeds[1:]}
    assert re.sub(r"\d", "0", since) == re.sub(r"\d", "0", SAMPLE)
    before = began - datetime.fromisoformat(f"{since}Z")
    assert timedelta(minutes=10) <= before < timedelta(minutes=10, seconds=30)


def test_every_record_says_when_its_reading_began(synced: Any) -> None:
    simulator, syncs = synced("teams")
    began = simulator.clock.now()
    records = syncs.sync()
    (moment,) = {record[SYNCED_AT] for record in records}
    assert {record[DELETED_AT] for record in records} == {None}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z", moment)
    assert timedelta(0) <= began - datetime.fromisoformat(moment) < timedelta(seconds=30)


def test_a_deleted_row_is_its_key_and_the_moment(synced: Any) -> None:
    simulator, syncs = synced("teams", deletes="full")
    syncs.sync()
    key = simulator.backend.records["teams"][0]["id"]
    simulator.backend.delete("teams", key)
    (record,) = syncs.sync()
    assert record == {"id": key, SYNCED_AT: record[DELETED_AT], DELETED_AT: record[DELETED_AT]}
    assert record[DELETED_AT] is not None
    assert syncs.warehouse.rows == syncs.everything()


def test_what_was_deleted_arrives_also_when_everything_is_read_again(synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    simulator.backend.delete("teams", simulator.backend.records["teams"][0]["id"])
    age(syncs, "refreshed", days=31)
    syncs.sync()
    assert [feed for feed, _ in asked(simulator)][1:] == ["deletes", "data"]
    assert syncs.warehouse.rows == syncs.everything()


@pytest.mark.parametrize("feed", ["data", "updates", "deletes"])
def test_a_change_made_while_reading_is_in_the_next_sync(feed: str, synced: Any) -> None:
    """Hours pass between the first and the last row; the change is made in the middle, after its row was sent."""
    simulator, syncs = synced("teams", {"overlap_minutes": 0})
    backend = simulator.backend
    keys = [row["id"] for row in backend.records["teams"]]
    if feed != "data":
        syncs.sync()
        backend.delete("teams", keys.pop())
        for key in keys:
            backend.update("teams", key, name="first")

    def change(reading: Any) -> None:
        if reading.feed == feed:
            simulator.clock.advance(7200)
            backend.update("teams", keys[0], name="second")
            simulator.clock.advance(7200)
            backend.while_reading = None

    backend.while_reading = change
    syncs.sync()
    assert backend.while_reading is None
    syncs.sync()
    assert syncs.warehouse.rows[keys[0],]["name"] == "second"
    assert syncs.warehouse.rows == syncs.everything()


def test_an_answer_that_is_slow_to_begin_counts_from_its_request(synced: Any) -> None:
    simulator, syncs = synced("teams", {"overlap_minutes": 0})
    simulator.faults.add(action="delay_answer", path="/xstream/teams/", seconds=1)
    began = simulator.clock.now()
    syncs.sync()
    assert datetime.fromisoformat(syncs.bookmark["since"]) <= began


def test_a_sync_without_changes_moves_the_bookmark(synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    before = syncs.bookmark
    simulator.clock.advance(3600)
    assert syncs.sync() == []
    for name in ("since", "deletes_since"):
        moved = datetime.fromisoformat(syncs.bookmark[name]) - datetime.fromisoformat(before[name])
        assert timedelta(seconds=3599) <= moved < timedelta(seconds=3660)
    assert syncs.bookmark["refreshed"] == before["refreshed"]


@pytest.mark.parametrize("action", ["cut", "cut_reset"])
@pytest.mark.parametrize("feed", ["data", "updates", "deletes"])
def test_a_cut_body_moves_no_bookmark_and_loses_nothing(feed: str, action: str, synced: Any) -> None:
    simulator, syncs = synced("teams")
    backend = simulator.backend
    if feed != "data":
        syncs.sync()
        backend.delete("teams", backend.records["teams"][0]["id"])
        for row in list(backend.records["teams"]):
            backend.update("teams", row["id"], name="changed")
    before = syncs.bookmark
    simulator.faults.add(action=action, path=f"/teams/{feed}", at_byte=5)
    with pytest.raises(RetriableAPIError, match="the table is not complete, run again"):
        syncs.sync()
    assert syncs.bookmark == before
    syncs.sync()
    assert syncs.warehouse.rows == syncs.everything()


@pytest.mark.parametrize(
    ("moment", "days"), [("refreshed", 31), ("refreshed", -1), ("read", 91)], ids=["due", "clock set back", "too old"]
)
def test_everything_is_read_again_when_it_is_due(moment: str, days: int, synced: Any) -> None:
    _, syncs = synced("teams")
    syncs.sync()
    age(syncs, moment, days=days)
    assert len(syncs.sync()) == len(syncs.warehouse.rows)
    assert syncs.sync() == []


@pytest.mark.parametrize(("stream", "days"), [("teams", 30), ("contracts", 7)])
def test_a_table_without_a_feed_of_deletions_is_read_again_sooner(stream: str, days: int, synced: Any) -> None:
    _, syncs = synced(stream)
    syncs.sync()
    age(syncs, "refreshed", days=days - 1)
    assert syncs.sync() == []
    age(syncs, "refreshed", days=1)
    assert len(syncs.sync()) == len(syncs.warehouse.rows) > 0


@pytest.mark.parametrize(("days", "count"), [(0, 4), (3660, 0)])
def test_how_often_everything_is_read_again_is_a_setting(days: int, count: int, synced: Any) -> None:
    _, syncs = synced("teams", {"full_refresh_days": days})
    syncs.sync()
    age(syncs, "refreshed", days=31)
    assert len(syncs.sync()) == count


@pytest.mark.parametrize(
    "state", [{}, {"since": "yesterday"}, {"replication_key_value": "2026-01-01"}, {"fields": 7}], ids=str
)
def test_a_state_that_makes_no_sense_is_none(state: dict[str, Any], synced: Any) -> None:
    _, syncs = synced("teams")
    syncs.bookmark = state
    assert len(syncs.sync()) == 4
    assert syncs.sync() == []


def test_a_clock_of_ons_that_was_ahead_hides_nothing(synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    ahead = datetime.fromisoformat(syncs.bookmark["since"]) + timedelta(days=400)
    syncs.bookmark = {**syncs.bookmark, "since": ahead.isoformat()}
    simulator.backend.update("teams", simulator.backend.records["teams"][0]["id"], name="changed")
    syncs.sync()
    assert syncs.warehouse.rows == syncs.everything()


def test_a_table_that_has_only_changes_is_read_from_the_beginning(synced: Any) -> None:
    simulator, syncs = synced("invoice_row_finance_logs")
    count = len(syncs.sync())
    assert count == len(simulator.backend.records["invoice_row_finance_logs"]) > 0
    assert asked(simulator) == [("updates", "2000-01-01T00:00:00.000")]
    assert syncs.sync() == []
    age(syncs, "refreshed", days=8)
    assert len(syncs.sync()) == count


def test_a_table_without_changes_is_read_whole_every_time(synced: Any) -> None:
    simulator, syncs = synced("contract_types")
    assert len(syncs.sync()) == len(syncs.sync()) > 0
    assert asked(simulator) == [("data", "")] * 2
    assert syncs.bookmark == {}


def test_rows_that_come_twice_are_one_row(synced: Any) -> None:
    _, syncs = synced("teams", duplicates=True)
    assert len(syncs.sync()) == 5
    assert len(syncs.warehouse.rows) == 4


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_outage_that_passes_costs_only_time(status: int, synced: Any) -> None:
    simulator, syncs = synced("teams")
    syncs.sync()
    simulator.faults.add(action="status", path="/teams/", status=status, retry_after="0")
    simulator.faults.add(action="status", path="/teams/deletes", status=status, retry_after="0")
    simulator.backend.update("teams", simulator.backend.records["teams"][0]["id"], name="changed")
    assert len(syncs.sync()) == 1
    assert syncs.warehouse.rows == syncs.everything()


def test_fields_that_nobody_knows_are_kept(synced: Any) -> None:
    simulator, syncs = synced("teams")
    row = simulator.backend.records["teams"][0]
    body = f'{{"teams": [{{"id": {row["id"]}, "newField": {{"deepField": 1}}, "newBsn": "1", "amount": 0.10}}]}}'
    simulator.faults.add(
        action="status", path="/teams/data", status=200, body=body, content_type="application/json", times=None
    )
    (record,) = syncs.sync()
    assert record["new_field"] == {"deep_field": 1}
    assert str(record["amount"]) == "0.10"
    assert "new_bsn" not in record
