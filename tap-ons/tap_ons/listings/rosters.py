"""Planning: rosters, shifts, visits."""

from datetime import timedelta
from typing import Final

from tap_ons.listing import KEY, End, Kind, Listing, Window
from tap_ons.listings.terms import EMPLOYEE, EMPLOYEE_STAMPED, PLANNED, PLANNING, UNIT

__all__ = ["LISTINGS"]

LISTINGS: Final = (
    Listing(
        stream="roster_slots",
        path=f"{PLANNING}/roster_slots",
        model="moves.RosterSlot",
        parent=UNIT,
        window=PLANNED,
        selected=False,
    ),
    Listing(
        stream="shift_assignments",
        path=f"{PLANNING}/shift_assignments/starting_between",
        model="moves.ShiftAssignment",
        window=Window(
            begins="start_datetime",
            ends="end_datetime",
            kind=Kind.DATETIME,
            end=End.EXCLUSIVE,
            at_most=timedelta(hours=1),
            ahead=True,
        ),
        selected=False,
    ),
    Listing(
        stream="planned_visits",
        path=f"{PLANNING}/planned_visits/by_employee_id/{{employee_id}}",
        model="moves.PlannedVisit",
        primary_keys=(KEY,),
        hashed=("employeeId", "clientId", "shiftTimelineId", "calculatedStart", "date"),
        parent=EMPLOYEE,
        window=PLANNED,
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="employee_schedules",
        path=f"{PLANNING}/employee_schedules/by_employee_id/{{employee_id}}",
        model="moves.EmployeeScheduleDay",
        primary_keys=("employee_id", "date"),
        parent=EMPLOYEE_STAMPED,
        window=PLANNED,
        parameters={"include": "unavailability,availability,leave_requests"},
        inner="employeeScheduleDays",
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="employee_roster_days",
        path=f"{PLANNING}/employees/{{employee_id}}/roster",
        model="moves.EmployeeRosterDay",
        primary_keys=("employee_id", "date"),
        parent=EMPLOYEE_STAMPED,
        window=PLANNED,
        selected=False,
    ),
    Listing(
        stream="employee_hours_reports",
        path=f"{PLANNING}/employees/{{employee_id}}/hours_report",
        model="moves.EmployeeHoursReport",
        primary_keys=("employee_id",),
        parent=EMPLOYEE,
        single=True,
        selected=False,
    ),
    Listing(
        stream="planning_unit_clients",
        path=f"{PLANNING}/units/{{unit_id}}/clients",
        model="moves.Client",
        primary_keys=("unit_id", "id"),
        parent=UNIT,
        selected=False,
        personal_data="health",
    ),
)
