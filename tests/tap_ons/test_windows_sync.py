"""Lists within windows of time from sync to sync, against the simulator."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode, LoginRequiredError
from singer_sdk.exceptions import RetriableAPIError

from tests.tap_ons.conftest import TAP, chosen, tap_settings
from tests.tap_ons.lists import ListSyncs
from tests.tap_ons.warehouse import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from provider_simulators.ons import OnsSimulator

TODAY = date(2026, 11, 15)
DAY = timedelta(days=1)
LOGS = "/presence_logs"


@pytest.fixture
def lists(ons: Callable[..., OnsSimulator]) -> Iterator[Callable[..., ListSyncs]]:
    """A simulator with these switches, and syncs of one list of it."""
    with ExitStack() as running:

        def start(stream: str, settings: dict[str, Any] | None = None, **switches: Any) -> ListSyncs:
            simulator = ons(**switches)
            connection = running.enter_context(connected(tap_settings(simulator)))
            return ListSyncs(simulator, connection, stream, **{"start_date": "2026-09-01", **(settings or {})})

        yield start


def whole(syncs: ListSyncs, today: date = TODAY) -> set[Any]:
    """Ids of what one window that holds everything gives."""
    known, syncs.bookmark = syncs.bookmark, {}
    days = syncs.tap._config["window_days"]
    syncs.tap._config["window_days"] = 366
    ids = {record["id"] for record in syncs.sync(today)}
    syncs.tap._config["window_days"], syncs.bookmark = days, known
    return ids


@pytest.mark.parametrize("end", ["inclusive", "exclusive"])
@pytest.mark.parametrize("stream", ["presence_logs", "account_entries"])
def test_every_record_arrives_once_however_the_end_of_a_window_is_read(stream: str, end: str, lists: Any) -> None:
    syncs = lists(stream, {"window_days": 7}, undocumented_ends=end)
    syncs.sync(TODAY)
    assert len(syncs.ids) == len(set(syncs.ids)) > 100
    assert set(syncs.ids) == whole(syncs)


def test_rows_that_come_twice_in_an_answer_are_given_once(lists: Any) -> None:
    syncs = lists("presence_logs", duplicates=True)
    syncs.sync(TODAY)
    assert len(syncs.ids) == len(set(syncs.ids)) > 100


def test_a_window_that_takes_too_long_is_halved_and_not_asked_for_again(lists: Any) -> None:
    syncs = lists("presence_logs", window_days_max=9)
    syncs.sync(TODAY)
    assert set(syncs.ids) == whole(syncs)
    assert len(syncs.ids) == len(set(syncs.ids))
    syncs.sync(TODAY, replication_method="FULL_TABLE")
    refused = [request for request in syncs.asked(LOGS) if request["status"] == 504]
    assert len(refused) < 8 * 3 * 2, "only those that were under way when the first refusal came"


def test_windows_are_halved_down_to_a_day_and_then_it_is_an_error(lists: Any) -> None:
    syncs = lists("presence_logs", {"start_date": "2026-11-10"})
    syncs.simulator.faults.add(action="status", path=LOGS, status=504, retry_after="0", times=None)
    with pytest.raises(
        RetriableAPIError, match=r"^presence_logs of employee_id \d+, 2026-11-10 to 2026-11-11: HTTP 504"
    ):
        syncs.sync(TODAY)
    assert syncs.bookmark == {}


def test_a_period_that_is_refused_is_halved(lists: Any) -> None:
    syncs = lists("expenses", {"window_days": 8, "start_date": "2026-10-01"})
    expected = whole(syncs)
    syncs.simulator.faults.add(
        action="status", path=r"valid_from=2026-10-01&valid_to=2026-10-09", status=400, body="{}", times=None
    )
    assert {record["id"] for record in syncs.sync(TODAY)} == expected != set()
    assert ("2026-10-05", "2026-10-09") in syncs.windows()


def test_later_syncs_read_the_look_back_and_what_is_new(lists: Any) -> None:
    syncs = lists("expenses", {"lookback_days": 10})
    syncs.sync(TODAY)
    assert syncs.bookmark["until"] == "2026-11-16"
    syncs.sync(TODAY + 3 * DAY)
    assert syncs.windows() == [("2026-11-06", "2026-11-19")]
    assert syncs.bookmark["until"] == "2026-11-19"


def test_what_is_corrected_within_the_look_back_arrives(lists: Any) -> None:
    syncs = lists("presence_logs", {"lookback_days": 10})
    before = {record["id"]: record for record in syncs.sync(TODAY)}
    after = {record["id"]: record for record in syncs.sync(TODAY)}
    assert set(after) < set(before)
    assert len(syncs.bookmark) == 4, "one small bookmark for all employees"


def test_hours_that_are_not_verified_are_read_again_however_old(lists: Any) -> None:
    syncs = lists("presence_logs", {"lookback_days": 5, "start_date": "2026-07-01"})
    simulator = syncs.simulator
    late, left = (row["id"] for row in simulator.backend.records["employees"][:2])
    for employee in simulator.backend.records["employees"]:
        simulator.backend.update("employees", employee["id"], verifiedUntilDate=date(2026, 11, 12))
    syncs.sync(TODAY)
    for employee in (late, left):
        simulator.backend.update("employees", employee, verifiedUntilDate=date(2026, 8, 9))
    for contract in simulator.backend.records["contracts"]:
        if contract["employeeId"] == left:
            simulator.backend.update("contracts", contract["id"], endDate=date(2026, 8, 9))
    syncs.sync(TODAY)
    first = {
        int(request["path"].split("/")[-2]): min(
            one["query"]["valid_from"] for one in syncs.asked(LOGS) if one["path"] == request["path"]
        )
        for request in syncs.asked(LOGS)
    }
    assert first.pop(late) == "2026-08-10"
    assert set(first.values()) == {"2026-11-11"}, "also of those who left and were verified to the end"


def test_a_new_employee_is_read_from_the_start(lists: Any) -> None:
    syncs = lists("expenses", {"lookback_days": 5})
    syncs.sync(TODAY)
    newest = max(row["id"] for row in syncs.simulator.backend.records["employees"])
    syncs.simulator.backend.create("employees", id=newest + 1)
    syncs.sync(TODAY + DAY)
    early = {int(one["path"].split("/")[-1]) for one in syncs.asked() if one["query"].get("valid_from") == "2026-09-01"}
    assert early == {newest + 1}
    assert syncs.bookmark["newest"] == newest + 1
    syncs.sync(TODAY + DAY)
    assert not [one for one in syncs.asked() if one["query"].get("valid_from") == "2026-09-01"]


def test_an_earlier_start_date_reads_everything_again(lists: Any) -> None:
    syncs = lists("expenses")
    syncs.sync(TODAY)
    syncs.tap._config["start_date"] = "2026-08-01"
    syncs.sync(TODAY)
    assert min(syncs.windows())[0] == "2026-08-01"


def test_a_sync_that_breaks_off_goes_on_where_it_was(lists: Any) -> None:
    syncs = lists("presence_logs", {"window_days": 7, "lookback_days": 0})
    expected = whole(syncs)
    syncs.simulator.faults.add(action="status", path=r"presence_logs.*from=2026-10-06", status=495, times=None)
    with pytest.raises(LoginRequiredError):
        syncs.sync(TODAY)
    first = set(syncs.ids)
    assert syncs.bookmark["until"] == "2026-10-06"
    assert first < expected
    syncs.simulator.faults.clear()
    second = {record["id"] for record in syncs.sync(TODAY)}
    assert first | second == expected
    assert min(syncs.windows())[0] == "2026-10-06"


def test_an_employee_who_cannot_be_read_keeps_the_bookmark_back_and_the_others_go_on(lists: Any) -> None:
    syncs = lists("presence_logs", {"window_days": 31, "lookback_days": 0})
    expected = whole(syncs)
    broken = syncs.simulator.backend.records["employees"][3]["id"]
    syncs.simulator.faults.add(
        action="status",
        path=rf"employees/{broken}/presence_logs.*from=2026-10-02",
        status=500,
        retry_after="0",
        times=None,
    )
    with pytest.raises(RetriableAPIError, match="1 lists could not be read, run again"):
        syncs.sync(TODAY)
    assert syncs.bookmark["until"] == "2026-10-02"
    first = set(syncs.ids)
    assert {record["employee_object_id"] for record in syncs.records if "employee_object_id" in record} > {broken}
    syncs.simulator.faults.clear()
    assert first | {record["id"] for record in syncs.sync(TODAY)} == expected
    assert syncs.bookmark["until"] == "2026-11-16"


def test_a_sync_that_is_killed_goes_on_from_its_last_state(ons: Any, bulk: Any, tmp_path: Path) -> None:
    settings = {**tap_settings(ons()), "start_date": "2026-09-01", "window_days": 7, "lookback_days": 0}
    (tmp_path / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    arguments = chosen(tmp_path, settings, ["presence_logs"])
    first, state = set(), None
    with subprocess.Popen(
        [TAP, *arguments, "--config", tmp_path / "settings.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for message in map(json.loads, process.stdout):
            if message["type"] == "RECORD":
                first.add(message["record"]["id"])
            elif message["type"] == "STATE":
                state = message["value"]
            if state and len(first) > 500:
                process.kill()
                break
    resumed = bulk(settings, "presence_logs", state=state)
    assert resumed.code == ExitCode.OK, resumed.stderr
    second = {record["id"] for record in resumed.records("presence_logs")}
    everything = {record["id"] for record in bulk(settings, "presence_logs").records("presence_logs")}
    assert first | second == everything
    assert len(second) < len(everything)


def test_rosters_are_asked_for_week_by_week_into_the_future(lists: Any) -> None:
    syncs = lists("roster_slots", {"start_date": "2026-11-02", "days_ahead": 14})
    syncs.sync(TODAY)
    windows = syncs.windows("roster_slots", "from", "to")
    assert windows[0] == ("2026-11-02", "2026-11-09")
    assert windows[-1] == ("2026-11-23", "2026-11-30")
    units = {request["query"]["unit_id"] for request in syncs.asked("roster_slots")}
    assert units == {str(row["id"]) for row in syncs.simulator.backend.records["units"]}
    assert max(record["date"] for record in syncs.records) > TODAY.isoformat()
    assert syncs.bookmark["until"] == "2026-11-16"


def test_shift_assignments_are_asked_for_hour_by_hour_over_the_change_of_the_clock(lists: Any) -> None:
    syncs = lists("shift_assignments", {"start_date": "2026-10-24", "days_ahead": 0})
    syncs.sync(date(2026, 10, 25))
    windows = syncs.windows("shift_assignments", "start_datetime", "end_datetime")
    assert len(windows) == 24 + 25
    assert {request["status"] for request in syncs.asked("shift_assignments")} == {200}
    assert {record["date"] for record in syncs.records} == {"2026-10-24", "2026-10-25"}
    assert len(syncs.ids) == len(set(syncs.ids))


def test_absence_has_windows_that_do_not_share_a_day(lists: Any) -> None:
    settings = {"include_personal_data": ["health"], "window_days": 10, "days_ahead": 0, "start_date": "2026-01-01"}
    syncs = lists("client_absences_in_period", settings)
    syncs.sync(TODAY)
    windows = syncs.windows("search_by_client")
    assert windows[0] == ("2026-01-01", "2026-01-10")
    assert windows[1][0] == "2026-01-11"
    assert windows[-1][1] == "2026-11-15"
    assert syncs.records


def test_a_month_is_told_as_a_whole_whatever_the_day(lists: Any) -> None:
    syncs = lists("workdays", {"lookback_days": 20})
    first = {(record["employee_object_id"], record["start_date"]) for record in syncs.sync(TODAY)}
    assert syncs.windows("workdays")[-1][0] == "2026-11-01"
    second = {(record["employee_object_id"], record["start_date"]) for record in syncs.sync(TODAY + DAY)}
    assert second < first
    assert {day for _, day in second} == {"2026-10-01", "2026-11-01"}


def test_balances_are_read_at_the_ends_of_months_that_have_come(lists: Any) -> None:
    syncs = lists("work_hours_balances_at_month_end", {"start_date": "2026-08-10"})
    syncs.sync(TODAY)
    assert {request["query"]["date"] for request in syncs.asked("by_employee_at_date")} == {
        "2026-08-31",
        "2026-09-30",
        "2026-10-31",
    }


def test_a_window_needs_a_start_date_and_bulk_tables_do_not(ons: Any, bulk: Any) -> None:
    simulator = ons()
    settings = tap_settings(simulator)
    run = bulk(settings, "teams", "presence_logs")
    assert run.code == ExitCode.SETTINGS
    assert run.complaint == "setting start_date is missing: presence_logs is read from that day on"
    assert run.records("teams") == []
    assert bulk(settings, "teams").code == ExitCode.OK


def test_irregular_hours_come_if_they_are_asked_for(lists: Any) -> None:
    syncs = lists("presence_logs", {"start_date": "2026-11-01"})
    syncs.sync(TODAY)
    assert not any("ort_hours" in record for record in syncs.records)
    syncs.tap._config["presence_logs_extended"] = True
    syncs.sync(TODAY)
    assert any(record.get("ort_hours") for record in syncs.records)
    assert min(syncs.windows(LOGS))[0] == "2026-11-01", "records hold something else, so all are read again"
