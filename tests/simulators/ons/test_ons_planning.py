"""Plannen & Roosteren."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns

PLANNING = "/v0/plannen_roosteren"
WEEK = "from=2026-11-02&to=2026-11-09"
ASSIGNMENTS = f"{PLANNING}/shift_assignments/starting_between"


def rows(caller: "OnsCaller", path: str) -> list[dict[str, Any]]:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json().values()
    return list(found)


def test_shift_assignments_are_read_an_hour_at_a_time_and_the_end_is_not_in_it(ons_caller: "OnsCaller") -> None:
    hour = "start_datetime=2026-11-03T07:00:00.000Z&end_datetime=2026-11-03T08:00:00.000Z"
    before = "start_datetime=2026-11-03T06:00:00.000Z&end_datetime=2026-11-03T07:00:00.000Z"
    found = rows(ons_caller, f"{ASSIGNMENTS}?{hour}")

    assert found
    assert {row["beginTime"] for row in found} == {"2026-11-03T08:00:00.000+01:00"}
    assert rows(ons_caller, f"{ASSIGNMENTS}?{before}") == []


@pytest.mark.parametrize(
    "query",
    [
        "start_datetime=2026-11-03T07:00:00.000Z&end_datetime=2026-11-03T08:00:00.001Z",
        "start_datetime=2026-11-03T07:00:00.000Z&end_datetime=2026-11-03T06:00:00.000Z",
        "start_datetime=2026-11-03T07:00:00.000Z",
        "start_datetime=2026-11-03&end_datetime=2026-11-04",
    ],
)
def test_other_hours_are_refused(ons_caller: "OnsCaller", query: str) -> None:
    assert ons_caller.get(f"{ASSIGNMENTS}?{query}").status_code == 400


def test_the_hours_of_the_day_in_which_the_clock_goes_back_give_each_shift_once(start_ons: "StartOns") -> None:
    caller = start_ons()
    found = [
        row
        for day, hour in [(24, hour) for hour in range(22, 24)] + [(25, hour) for hour in range(23)]
        for row in rows(
            caller,
            f"{ASSIGNMENTS}?start_datetime=2026-10-{day}T{hour:02}:00:00Z&end_datetime="
            f"2026-10-{day + (hour == 23)}T{(hour + 1) % 24:02}:00:00Z",
        )
    ]
    # Saturday midnight to Sunday midnight lasts 25 hours: from 22:00 UTC to 23:00 UTC.
    assert len({row["id"] for row in found}) == len(found) > 0
    assert {row["date"] for row in found} == {"2026-10-25"}


def test_roster_slots_hold_assignments_visits_and_requests(start_ons: "StartOns") -> None:
    caller = start_ons(sparse=False)
    units = {row["unitId"]: row["teamId"] for row in rows(caller, f"{PLANNING}/units")}
    unit, team = next((unit, team) for unit, team in units.items() if team == 3_001)
    slots = rows(caller, f"{PLANNING}/roster_slots?unit_id={unit}&{WEEK}")

    assert slots == rows(caller, f"{PLANNING}/roster_slots?team_id={team}&{WEEK}")
    assert {slot["date"] for slot in slots} == {f"2026-11-{day:02}" for day in range(2, 9)}
    filled = [slot for slot in slots if slot["shiftAssignments"]]
    assert filled
    assert all(slot["plannedVisits"] for slot in filled)
    assert all(slot["flexRequests"] for slot in slots if not slot["shiftAssignments"])
    assert caller.get(f"{PLANNING}/roster_slots/{slots[0]['id']}").json()["id"] == slots[0]["id"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (WEEK, 400),
        (f"team_id=zuid&{WEEK}", 400),
        ("unit_id=9102&from=2026-11-02", 400),
        (f"unit_id=1&{WEEK}", 404),
        (f"team_id=1&{WEEK}", 404),
        (f"unit_id=9105&{WEEK}", 200),
    ],
)
def test_a_unit_or_a_team_must_be_there_and_known(ons_caller: "OnsCaller", query: str, status: int) -> None:
    assert ons_caller.get(f"{PLANNING}/roster_slots?{query}").status_code == status


def test_only_slots_with_somebody_on_call_are_on_call(ons_caller: "OnsCaller") -> None:
    found = [
        slot
        for team in (3_001, 3_002, 3_003)
        for day in range(1, 14)
        for slot in rows(ons_caller, f"{PLANNING}/roster_slots/on_call?team_id={team}&date=2026-11-{day:02}")
    ]

    assert found
    assert all(row["onCall"] for slot in found for row in slot["shiftAssignments"])


def test_visits_are_planned_within_the_window_and_have_no_id(start_ons: "StartOns") -> None:
    caller = start_ons(sparse=False)
    path = f"{PLANNING}/planned_visits/by_employee_id/40101?{WEEK}"
    visits, exportable = rows(caller, path), rows(caller, f"{path}&include=exportability")

    assert visits
    assert all("id" not in visit and "2026-11-02" <= visit["date"] < "2026-11-09" for visit in visits)
    assert min(visit["totalDuration"] for visit in visits) < 0
    assert None in {visit["calculatedStart"] for visit in visits}
    assert not any("exportable" in card for visit in visits for card in visit["plancards"])
    assert all("exportable" in card for visit in exportable for card in visit["plancards"])


def test_who_works_is_told_by_ids_only(ons_caller: "OnsCaller") -> None:
    query = "start_datetime=2026-11-03T00:00:00Z&end_datetime=2026-11-04T00:00:00Z"
    working = ons_caller.get(f"{PLANNING}/working_employee_report?{query}").json()["employeeIds"]

    known = {row["id"] for row in ons_caller.data("employees").json()["employees"]}
    assert working
    assert set(working) < known


def test_a_schedule_has_what_was_asked_to_be_included(ons_caller: "OnsCaller") -> None:
    absent = next(
        row["peopleExternalId"]
        for row in ons_caller.data("availabilities").json()["availabilities"]
        if row["validFrom"] >= "2026-11-05"
    )
    path = f"{PLANNING}/employee_schedules/by_employee_id/{absent}?from=2026-11-02&to=2026-11-16"
    plain, more = ons_caller.get(path).json(), ons_caller.get(f"{path}&include=unavailability").json()

    def parts(schedule: dict[str, Any]) -> set[str]:
        items = [item for day in schedule["employeeScheduleDays"] for item in day.get("employeeScheduleItems", [])]
        return {name for item in items for name in item} - {"displayCategory"}

    assert len(plain["employeeScheduleDays"]) == 14
    assert parts(plain) == {"rosterSlot"}
    assert parts(more) == {"rosterSlot", "unavailabilityOccurrence"}


def test_clients_of_a_unit_are_asked_for_at_most_six_weeks(ons_caller: "OnsCaller") -> None:
    path = f"{PLANNING}/units/9102/clients"

    assert rows(ons_caller, path)
    assert ons_caller.get(f"{path}?from=2026-10-01&to=2026-11-12").status_code == 200
    assert ons_caller.get(f"{path}?from=2026-10-01&to=2026-11-13").status_code == 400


def test_shift_times_are_yaml_and_json_in_texts(ons_caller: "OnsCaller") -> None:
    shifts = ons_caller.data("shifts").json()["shifts"]

    assert {"\n" in shift["startTimes"] for shift in shifts} == {True, False}
    for shift in shifts:
        timeline, _, version = shift["id"].partition("@")
        assert (int(timeline), version) == (shift["timelineId"], shift["validFrom"])
        assert json.loads(shift["startBreakTimes"]) == [None] * 7
        if "\n" in shift["startTimes"]:
            moments = yaml.safe_load(shift["startTimes"])
            assert len(moments) == 7
            assert all(isinstance(moment, datetime) for moment in moments)
    assert len({shift["timelineId"] for shift in shifts}) * 2 == len(shifts)
