"""Hours, expenses, norms of working days and averages."""

from typing import Final

from tap_ons.listing import End, Job, Kind, Listing, Paging, Parent, Window
from tap_ons.listings.terms import (
    ADMINISTRATION,
    CLIENT,
    EMPLOYEE,
    EMPLOYEE_OBJECT,
    EMPLOYEE_VERIFIED,
    EMPLOYEES,
    FINANCE,
    PERIOD,
    PLANNED,
)

__all__ = ["JOBS", "LISTINGS"]

_NOT_UNDER_CONTRACT: Final = frozenset({400, 404})
"""Averages of an employee without a contract in the period are refused with 400."""

LISTINGS: Final = (
    Listing(
        stream="presence_logs",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/presence_logs",
        model="PresenceLog",
        parent=EMPLOYEE_VERIFIED,
        window=PERIOD,
        options={"extended": "presence_logs_extended"},
    ),
    Listing(
        stream="client_presence_logs",
        path=f"{ADMINISTRATION}/clients/{{client_id}}/presence_logs",
        model="PresenceLog",
        parent=CLIENT,
        window=PERIOD,
        selected=False,
    ),
    Listing(
        stream="care_order_presence_logs",
        path=f"{FINANCE}/care_orders/{{care_order_id}}/presence_logs",
        model="PresenceLog",
        parent=Parent(stream="care_orders", parameter="care_order_id"),
        paging=Paging.PAGE,
        selected=False,
    ),
    Listing(
        stream="expenses",
        path=f"{ADMINISTRATION}/expenses/employees/{{employee_id}}",
        model="expense.Expense",
        parent=EMPLOYEE,
        window=Window(end=End.EXCLUSIVE),
    ),
    Listing(
        stream="workdays",
        path=f"{ADMINISTRATION}/employees/workday_norms/workdays",
        model="ons_administration.EmployeeWorkdaysOverviewModel",
        primary_keys=("employee_object_id", "start_date"),
        ids=EMPLOYEES,
        window=Window(calendar_months=True),
    ),
    Listing(
        stream="workday_norms",
        path=f"{ADMINISTRATION}/employees/workday_norms",
        model="ons_administration.WorkdayNormSettingsModel",
        ids=EMPLOYEES,
    ),
    Listing(
        stream="workday_norm_periods",
        path=f"{ADMINISTRATION}/employees/workday_norms/current",
        model="ons_administration.WorkdayNormPeriodModel",
        primary_keys=("employee_object_id", "start_date"),
        ids=EMPLOYEES,
    ),
    Listing(
        stream="time_compensation_factors",
        path=f"{ADMINISTRATION}/employees/time_compensation_factors",
        model="ons_administration.TimeCompensationFactorModel",
        primary_keys=("employee_id", "start_date"),
        ids=EMPLOYEES,
        window=Window(begins="period_start", ends="period_end", calendar_months=True),
        selected=False,
    ),
    Listing(
        stream="work_loads",
        path=f"{ADMINISTRATION}/work_load/by_employee_in_year/{{employee_object_id}}",
        model="payroll.WorkLoad",
        primary_keys=("employee_id", "year"),
        parent=EMPLOYEE_OBJECT,
        window=Window(begins="year", ends=None, kind=Kind.YEAR),
        single=True,
        selected=False,
    ),
    Listing(
        stream="payable_hours_averages",
        path=f"{ADMINISTRATION}/payable_hours_averages/per_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        primary_keys=("employee_id", "valid_from"),
        parent=EMPLOYEE,
        window=Window(end=End.INCLUSIVE, calendar_months=True),
        single=True,
        absent=_NOT_UNDER_CONTRACT,
        selected=False,
    ),
    Listing(
        stream="payable_hours_averages_by_weekday",
        path=f"{ADMINISTRATION}/payable_hours_averages/on_days_of_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        primary_keys=("employee_id", "valid_from", "day_of_week"),
        parent=EMPLOYEE,
        window=Window(end=End.INCLUSIVE, calendar_months=True),
        parameters={"day_of_week": ("1", "2", "3", "4", "5", "6", "7")},
        absent=_NOT_UNDER_CONTRACT,
        selected=False,
    ),
    Listing(
        stream="agenda_occurrences",
        path="/v0/agenda/employees/{employee_id}/agenda_occurrences",
        model=None,
        parent=EMPLOYEE,
        window=PLANNED,
        selected=False,
        personal_data="health",
    ),
)

JOBS: Final = (
    Job(
        stream="exported_presence_logs",
        path=f"{ADMINISTRATION}/export/export_presence_logs",
        model="export.ExportPresenceLog",
        hashed=("clientId", "employeeId", "teamId", "locationId", "productName", "beginDate", "endDate"),
        instead_of="presence_logs",
    ),
)
"""Lists that Ons prepares on request."""
