"""What can be read that is not in bulk: plain lists, lists per employee or client, lists within a window of time.

Paths, parameters and models are those of the vendor's OpenAPI document; what is inferred is said beside the row.
"""

from datetime import timedelta
from typing import Final

from tap_ons.listing import KEY, TODAY, End, Ids, Job, Kind, Listing, Paging, Parent, Variants, Window

__all__ = ["JOBS", "LISTINGS"]

_ADMINISTRATION: Final = "/v0/administration"
_FINANCE: Final = "/v0/administration/finance"
_PLANNING: Final = "/v0/plannen_roosteren"

_EMPLOYEE: Final = Parent(stream="employees", parameter="employee_id")
_EMPLOYEE_VERIFIED: Final = Parent(stream="employees", parameter="employee_id", verified_until="verifiedUntilDate")
_EMPLOYEE_STAMPED: Final = Parent(stream="employees", parameter="employee_id", column="employee_id")
_EMPLOYEE_OBJECT: Final = Parent(stream="employees", parameter="employee_object_id")
_CLIENT: Final = Parent(stream="clients", parameter="client_id")
_CLIENT_STAMPED: Final = Parent(stream="clients", parameter="client_id", column="client_id")
_UNIT: Final = Parent(stream="units", parameter="unit_id", column="unit_id")
_EMPLOYEES: Final = Ids(stream="employees")
_NOT_UNDER_CONTRACT: Final = frozenset({400, 404})
"""Averages of an employee without a contract in the period are refused with 400."""

_PERIOD: Final = Window()
"""Days from and to; whether the last one belongs to it is not published."""
_PLANNED: Final = Window(begins="from", ends="to", end=End.EXCLUSIVE, at_most=timedelta(days=7), ahead=True)

_REFERENCE: Final = (
    Listing(stream="hour_types", path=f"{_ADMINISTRATION}/hour_types", model="HourType"),
    Listing(stream="hour_type_categories", path=f"{_ADMINISTRATION}/hour_type_categories", model="HourTypeCategory"),
    Listing(
        stream="hour_type_product_assignments",
        path=f"{_ADMINISTRATION}/hour_type_product_assignments",
        model="HourTypeProductAssignment",
    ),
    Listing(
        stream="workday_hour_types",
        path=f"{_ADMINISTRATION}/hour_types/workdays",
        model="ons_administration.WorkdayHourTypeModel",
        primary_keys=("hour_type_object_id",),
    ),
    Listing(stream="expense_types", path=f"{_ADMINISTRATION}/expense_types", model="expense.ExpenseType"),
    Listing(stream="account_types", path=f"{_ADMINISTRATION}/account_types", model="payroll.AccountType"),
    Listing(
        stream="collective_agreements",
        path=f"{_ADMINISTRATION}/collective_agreements",
        model="payroll.CollectiveAgreement",
    ),
    Listing(
        stream="collective_agreement_rules",
        path=f"{_ADMINISTRATION}/collective_agreement_rules/by_collective_agreement_id/{{collective_agreement_id}}",
        model="payroll.CollectiveAgreementRule",
        parent=Parent(stream="collective_agreements", parameter="collective_agreement_id"),
    ),
    Listing(stream="weeksheet_profiles", path=f"{_ADMINISTRATION}/weeksheet_profiles", model="WeeksheetProfile"),
    Listing(stream="holidays", path=f"{_ADMINISTRATION}/holidays", model="payroll.holiday.Holiday"),
    Listing(
        stream="client_absence_reasons",
        path=f"{_ADMINISTRATION}/clientAbsenceReasons/all",
        model="ClientAbsenceReason",
        selected=False,
    ),
    Listing(stream="dashboard_profiles", path=f"{_ADMINISTRATION}/dashboard_profiles", model=None, selected=False),
    Listing(stream="agb_codes", path=f"{_ADMINISTRATION}/agbcodes", model=None, selected=False),
    Listing(
        stream="capacity_profiles",
        path=f"{_ADMINISTRATION}/capacity/capacity_profiles",
        model=None,
        selected=False,
    ),
    Listing(stream="report_types", path=f"{_ADMINISTRATION}/dossier/report_types", model=None, selected=False),
    Listing(
        stream="client_contact_relation_types",
        path="/v0/ons_nexus/client_contact_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(
        stream="client_employee_relation_types",
        path="/v0/ons_nexus/client_employee_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(
        stream="personal_relation_types",
        path="/v0/ons_nexus/personal_relation_types",
        model="nexus.RelationType",
        selected=False,
    ),
    Listing(stream="organisation_categories", path="/v0/ons_nexus/organisation_categories", model=None, selected=False),
    Listing(stream="debtor_groups", path="/v0/finance/debtorGroups", model="finance.DebtorGroup"),
    Listing(
        stream="invoice_provider_groups",
        path=f"{_FINANCE}/invoiceProviderGroups",
        model="finance.InvoiceProviderGroup",
    ),
    Listing(stream="planning_units", path=f"{_PLANNING}/units", model="moves.Team", primary_keys=("unit_id",)),
)

_HOURS: Final = (
    Listing(
        stream="presence_logs",
        path=f"{_ADMINISTRATION}/employees/{{employee_id}}/presence_logs",
        model="PresenceLog",
        parent=_EMPLOYEE_VERIFIED,
        window=_PERIOD,
        options={"extended": "presence_logs_extended"},
    ),
    Listing(
        stream="client_presence_logs",
        path=f"{_ADMINISTRATION}/clients/{{client_id}}/presence_logs",
        model="PresenceLog",
        parent=_CLIENT,
        window=_PERIOD,
        selected=False,
    ),
    Listing(
        stream="care_order_presence_logs",
        path=f"{_FINANCE}/care_orders/{{care_order_id}}/presence_logs",
        model="PresenceLog",
        parent=Parent(stream="care_orders", parameter="care_order_id"),
        paging=Paging.PAGE,
        selected=False,
    ),
    Listing(
        stream="expenses",
        path=f"{_ADMINISTRATION}/expenses/employees/{{employee_id}}",
        model="expense.Expense",
        parent=_EMPLOYEE,
        window=Window(end=End.EXCLUSIVE),
    ),
    Listing(
        stream="workdays",
        path=f"{_ADMINISTRATION}/employees/workday_norms/workdays",
        model="ons_administration.EmployeeWorkdaysOverviewModel",
        primary_keys=("employee_object_id", "start_date"),
        ids=_EMPLOYEES,
        window=Window(calendar_months=True),
    ),
    Listing(
        stream="workday_norms",
        path=f"{_ADMINISTRATION}/employees/workday_norms",
        model="ons_administration.WorkdayNormSettingsModel",
        ids=_EMPLOYEES,
    ),
    Listing(
        stream="workday_norm_periods",
        path=f"{_ADMINISTRATION}/employees/workday_norms/current",
        model="ons_administration.WorkdayNormPeriodModel",
        primary_keys=("employee_object_id", "start_date"),
        ids=_EMPLOYEES,
    ),
    Listing(
        stream="time_compensation_factors",
        path=f"{_ADMINISTRATION}/employees/time_compensation_factors",
        model="ons_administration.TimeCompensationFactorModel",
        primary_keys=("employee_id", "start_date"),
        ids=_EMPLOYEES,
        window=Window(begins="period_start", ends="period_end", calendar_months=True),
        selected=False,
    ),
    Listing(
        stream="work_loads",
        path=f"{_ADMINISTRATION}/work_load/by_employee_in_year/{{employee_object_id}}",
        model="payroll.WorkLoad",
        primary_keys=("employee_id", "year"),
        parent=_EMPLOYEE_OBJECT,
        window=Window(begins="year", ends=None, kind=Kind.YEAR),
        single=True,
        selected=False,
    ),
    Listing(
        stream="payable_hours_averages",
        path=f"{_ADMINISTRATION}/payable_hours_averages/per_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        primary_keys=("employee_id", "valid_from"),
        parent=_EMPLOYEE,
        window=Window(end=End.INCLUSIVE, calendar_months=True),
        single=True,
        absent=_NOT_UNDER_CONTRACT,
        selected=False,
    ),
    Listing(
        stream="payable_hours_averages_by_weekday",
        path=f"{_ADMINISTRATION}/payable_hours_averages/on_days_of_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        primary_keys=("employee_id", "valid_from", "day_of_week"),
        parent=_EMPLOYEE,
        window=Window(end=End.INCLUSIVE, calendar_months=True),
        parameters={"day_of_week": ("1", "2", "3", "4", "5", "6", "7")},
        absent=_NOT_UNDER_CONTRACT,
        selected=False,
    ),
    Listing(
        stream="agenda_occurrences",
        path="/v0/agenda/employees/{employee_id}/agenda_occurrences",
        model=None,
        parent=_EMPLOYEE,
        window=_PLANNED,
        selected=False,
        personal_data="health",
    ),
)

_LEAVE: Final = (
    Listing(
        stream="account_entries",
        path=f"{_ADMINISTRATION}/account_entries/by_employee_in_period/{{employee_id}}",
        model="payroll.AccountEntry",
        parent=_EMPLOYEE,
        window=_PERIOD,
    ),
    Listing(
        stream="work_hours_balances",
        path=f"{_ADMINISTRATION}/work_hours_balances/by_employee/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        primary_keys=("employee_id", "account_type_id", "date"),
        parent=_EMPLOYEE_OBJECT,
    ),
    Listing(
        stream="work_hours_balances_at_month_end",
        path=f"{_ADMINISTRATION}/work_hours_balances/by_employee_at_date/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        primary_keys=("employee_id", "account_type_id", "date"),
        parent=_EMPLOYEE_OBJECT,
        window=Window(begins="date", ends=None, kind=Kind.MONTH_END),
        selected=False,
    ),
    Listing(
        stream="account_type_expirations",
        path=f"{_ADMINISTRATION}/account_type_expire_statistics/by_employee_at_date/{{employee_id}}",
        model="payroll.AccountTypeExpireStatistic",
        primary_keys=("employee_id", "sub_type", "account_type_id", "expiration_date", "year"),  # inferred
        parent=_EMPLOYEE_STAMPED,
        variants=Variants(parameter="subtype", values=(0, 1, 2), column="sub_type"),
        parameters={"date": TODAY},
        selected=False,
    ),
    Listing(
        stream="collective_agreement_assignments",
        path=f"{_ADMINISTRATION}/collective_agreement_assignments/by_employee_id/{{employee_id}}",
        model="payroll.CollectiveAgreementAssignment",
        parent=_EMPLOYEE,
    ),
    Listing(
        stream="employee_weeksheet_profiles",
        path=f"{_ADMINISTRATION}/employees/{{employee_id}}/weeksheet_profile",
        model="WeeksheetProfile",
        primary_keys=("employee_id",),
        parent=_EMPLOYEE_STAMPED,
        single=True,
        selected=False,
    ),
    Listing(
        stream="employee_bank_accounts",
        path=f"{_ADMINISTRATION}/employees/{{employee_id}}/bank_account",
        model="BankAccount",
        primary_keys=("employee_id",),
        parent=_EMPLOYEE_STAMPED,
        single=True,
        selected=False,
    ),
    Listing(
        stream="user_statuses",
        path=f"{_ADMINISTRATION}/users/{{user_id}}/status",
        model="UserStatus",
        primary_keys=("user_id",),
        parent=Parent(stream="users", parameter="user_id", column="user_id"),
        single=True,
        selected=False,
    ),
)

_CARE: Final = (
    Listing(
        stream="client_absences_in_period",
        path=f"{_ADMINISTRATION}/clientAbsences/search_by_client",
        model="ClientAbsence",
        parent=_CLIENT,
        window=Window(end=End.INCLUSIVE, ahead=True),
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="clients_in_care",
        path=f"{_ADMINISTRATION}/clients_in_care",
        model="ClientsInCare",
        primary_keys=("period_start",),
        window=Window(kind=Kind.DATETIME, calendar_months=True, column="period_start"),
        single=True,
        selected=False,
    ),
    Listing(
        stream="declaration_rules",
        path=f"{_FINANCE}/declaration_rules/by_client/{{client_id}}",
        model="finance.DeclarationRule",
        parent=_CLIENT,
        selected=False,
    ),
    Listing(
        stream="declarations_verified_until",
        path=f"{_FINANCE}/declaration_rules/by_client/{{client_id}}/verified_until",
        model="finance.VerifiedUntil",
        primary_keys=("client_id",),
        parent=_CLIENT_STAMPED,
        single=True,
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="client_financed_products",
        path=f"{_FINANCE}/client_financed_products/by_location_and_finance_types_in_period",
        model="finance.ClientFinancedProduct",
        primary_keys=("location_id", "client_object_id", "finance_type_object_id", "period_start"),
        parent=Parent(stream="locations", parameter="unit_id", column="location_id"),  # inferred from the path
        ids=Ids(stream="finance_types", parameter="finance_ids", at_most=50),
        window=Window(begins="start_period", ends="end_period", calendar_months=True, column="period_start"),
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="care_task_occurrences",
        path="/v0/taken/clients/{client_id}/care_task_occurrences",
        model=None,
        parent=_CLIENT,
        window=_PLANNED,
        selected=False,
        personal_data="health",
    ),
)

_ROSTERS: Final = (
    Listing(
        stream="roster_slots",
        path=f"{_PLANNING}/roster_slots",
        model="moves.RosterSlot",
        parent=_UNIT,
        window=_PLANNED,
        selected=False,
    ),
    Listing(
        stream="shift_assignments",
        path=f"{_PLANNING}/shift_assignments/starting_between",
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
        path=f"{_PLANNING}/planned_visits/by_employee_id/{{employee_id}}",
        model="moves.PlannedVisit",
        primary_keys=(KEY,),
        hashed=("employeeId", "clientId", "shiftTimelineId", "calculatedStart", "date"),
        parent=_EMPLOYEE,
        window=_PLANNED,
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="employee_schedules",
        path=f"{_PLANNING}/employee_schedules/by_employee_id/{{employee_id}}",
        model="moves.EmployeeScheduleDay",
        primary_keys=("employee_id", "date"),
        parent=_EMPLOYEE_STAMPED,
        window=_PLANNED,
        parameters={"include": "unavailability,availability,leave_requests"},
        inner="employeeScheduleDays",
        selected=False,
        personal_data="health",
    ),
    Listing(
        stream="employee_roster_days",
        path=f"{_PLANNING}/employees/{{employee_id}}/roster",
        model="moves.EmployeeRosterDay",
        primary_keys=("employee_id", "date"),
        parent=_EMPLOYEE_STAMPED,
        window=_PLANNED,
        selected=False,
    ),
    Listing(
        stream="employee_hours_reports",
        path=f"{_PLANNING}/employees/{{employee_id}}/hours_report",
        model="moves.EmployeeHoursReport",
        primary_keys=("employee_id",),
        parent=_EMPLOYEE,
        single=True,
        selected=False,
    ),
    Listing(
        stream="planning_unit_clients",
        path=f"{_PLANNING}/units/{{unit_id}}/clients",
        model="moves.Client",
        primary_keys=("unit_id", "id"),
        parent=_UNIT,
        selected=False,
        personal_data="health",
    ),
)

LISTINGS: Final = (*_REFERENCE, *_HOURS, *_LEAVE, *_CARE, *_ROSTERS)
"""All of them; a list that is also a bulk resource is read in bulk only."""

JOBS: Final = (
    Job(
        stream="exported_presence_logs",
        path=f"{_ADMINISTRATION}/export/export_presence_logs",
        model="export.ExportPresenceLog",
        hashed=("clientId", "employeeId", "teamId", "locationId", "productName", "beginDate", "endDate"),
        instead_of="presence_logs",
    ),
)
"""Lists that Ons prepares on request."""
