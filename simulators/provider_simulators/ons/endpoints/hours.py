"""Hours, expenses, and what belongs to them."""

from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.ons.diaries.hours import with_irregular_hours, worked_days
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints.endpoint import (
    OPEN_PERIOD,
    PERIOD,
    Ask,
    Endpoint,
    by_ids,
    one,
    table,
    those,
)
from provider_simulators.ons.moments import overlaps
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.parameters import day, flag, needed, possible, several
from provider_simulators.ons.refusals import RefusedError

ADMINISTRATION = "/v0/administration"
FULL_WEEK = 4
NORM_WEEKS = timedelta(weeks=FULL_WEEK)
FACTOR_STATUS = "COMPENSATION_IN_TIME"
MINIMUM_CENTS, FACTOR_STEP = Decimal(1_406), Decimal("0.0001")


def _presence_logs(ask: Ask) -> list[Record]:
    logs = ask.customer.diaries["presence_logs"].between(ask["employee_id"], *ask.window())
    return [with_irregular_hours(log) for log in logs] if ask["extended"] else logs


def _all_logs(ask: Ask, first: date, until: date) -> list[Record]:
    diary = ask.customer.diaries["presence_logs"]
    return [log for employee in ask.store["employees"] for log in diary.between(employee["id"], first, until)]


def _client_logs(ask: Ask) -> list[Record]:
    return [log for log in _all_logs(ask, *ask.window()) if log["clientObjectId"] == ask["client_id"]]


def _occurrence_logs(ask: Ask) -> list[Record]:
    """An occurrence is a shift assignment and its day: `<id>@<date>`."""
    text = ask["occurrence"].partition("@")[0]
    shift = ask.customer.known("shift_assignments", int(text) if text.isdigit() else 0)
    diary = ask.customer.diaries["presence_logs"]
    return diary.between(shift["employeeId"], shift["date"], shift["date"] + timedelta(days=1))


def _care_order_logs(ask: Ask) -> list[Record]:
    """The first row is page times limit (vendor OpenAPI)."""
    since = date(ask.organisation.today.year - 1, 1, 1)
    logs = _all_logs(ask, since, ask.today + timedelta(days=1))
    found = [log for log in logs if log["careOrderObjectId"] == ask["care_order_id"]]
    limit = 10 if ask["limit"] is None else ask["limit"]
    page = ask["page"] or 0
    if limit < 0 or page < 0:
        raise RefusedError(400, "Could not parse request parameter", field="page")
    return found[page * limit : (page + 1) * limit]


def _expenses(ask: Ask) -> list[Record]:
    """The end is exclusive; without bounds both are today, so that there is nothing (vendor OpenAPI)."""
    if ask["valid_from"] is None and ask["valid_to"] is None:
        return []
    return ask.customer.diaries["expenses"].between(ask["employee_id"], *ask.window(inclusive=False))


def _cost_centers(ask: Ask) -> list[Record]:
    """A pick list for one person and day: the person's own team first."""
    own = {
        row["teamObjectId"] for row in ask.store["team_assignments"] if row["employeeObjectId"] == ask["employee_id"]
    }
    return [
        {
            "clusterObjectId": team["id"],
            "category": "OWN_TEAM" if team["id"] in own else "OTHER",
            "name": team["name"],
            "identificationNumber": team["identificationNo"],
        }
        for team in ask.store["teams"]
        if overlaps(team["beginDate"], team["endDate"], ask["date"], ask["date"])
    ]


def _worked(organisation: CareOrganisation, employee: int, first: date, last: date) -> list[date]:
    person = organisation.person.get(employee)
    return worked_days(organisation, person, max(first, person.started_on), last) if person else []


def _workdays(ask: Ask) -> list[Record]:
    first, until = ask.window(inclusive=True)
    last = until - timedelta(days=1)
    return [
        {
            "employeeObjectId": employee,
            "startDate": first,
            "endDate": last,
            "workdays": _worked(ask.organisation, employee, first, last),
        }
        for employee in ask.employees(at_least=1)
    ]


def _current_norms(ask: Ask) -> list[Record]:
    """The norm of the four weeks that run now."""
    first = ask.today - timedelta(days=ask.today.toordinal() % NORM_WEEKS.days)
    last = first + NORM_WEEKS - timedelta(days=1)
    wanted = set(ask.employees())
    return [
        {
            **{field: norm[field] for field in ("employeeObjectId", "normPeriod", "optOut", "workdayNorm")},
            "startDate": first,
            "endDate": last,
            "workdays": _worked(ask.organisation, norm["employeeObjectId"], first, ask.today),
        }
        for norm in ask.store["workday_norms"]
        if norm["employeeObjectId"] in wanted and overlaps(norm["startDate"], norm["endDate"], ask.today, ask.today)
    ]


def _norms(ask: Ask) -> list[Record]:
    """Settings of now and later."""
    return [norm for norm in _norm_history(ask) if norm["endDate"] is None or norm["endDate"] >= ask.today]


def _norm_history(ask: Ask) -> list[Record]:
    wanted = set(ask.employees())
    return [norm for norm in ask.store["workday_norms"] if norm["employeeObjectId"] in wanted]


def _workday_hour_types(ask: Ask) -> list[Record]:
    periods = [{"start": date(2020, 1, 1)}]
    return [
        {"hourTypeObjectId": row["id"], "validPeriods": periods} for row in ask.store["hour_types"] if row["payrolling"]
    ]


def _compensation_factors(ask: Ask) -> list[Record]:
    """Minimum wage divided by somebody's own: it gives the wage away."""
    first, until = ask.window("period_start", "period_end", inclusive=True)
    wanted = set(ask.employees())
    return [
        {
            "employeeId": wage["employeeId"],
            "startDate": wage["beginDate"],
            "endDate": wage["endDate"],
            "factor": (MINIMUM_CENTS / wage["wageInCents"]).quantize(FACTOR_STEP),
            "status": FACTOR_STATUS,
        }
        for wage in ask.store["hourly_wages"]
        if wage["employeeId"] in wanted
        and overlaps(wage["beginDate"], wage["endDate"], first, until - timedelta(days=1))
    ]


def _hour_types_of_expertise(ask: Ask) -> list[Record]:
    allowed = ask.customer.known("educations", ask["expertise_profiles_id"])["hourTypeIds"]
    return [row for row in ask.store["hour_types"] if row["id"] in allowed]


def _product_assignments(ask: Ask) -> list[Record]:
    ask.customer.known("hour_types", ask["id"])
    return [row for row in ask.store["hour_type_product_assignments"] if row["hourTypeId"] == ask["id"]]


def _holidays_between(ask: Ask) -> list[Record]:
    """It cannot look into the future (vendor OpenAPI)."""
    if ask["valid_to"] > ask.today:
        raise RefusedError(400, "The end lies after today", field="valid_to")
    first, until = ask.window(inclusive=True)
    return [row for row in ask.store["holidays"] if first <= row["date"] < until]


IDS = several(int, "id")
ENDPOINTS = (
    Endpoint(
        name="presence_logs",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/presence_logs",
        model="PresenceLog",
        list_key="presenceLogs",
        answer=_presence_logs,
        query=PERIOD + possible(flag, "extended"),
    ),
    Endpoint(
        name="client_presence_logs",
        path=f"{ADMINISTRATION}/clients/{{client_id}}/presence_logs",
        model="PresenceLog",
        list_key="presenceLogs",
        answer=_client_logs,
        query=OPEN_PERIOD,
    ),
    Endpoint(
        name="care_order_presence_logs",
        path=f"{ADMINISTRATION}/finance/care_orders/{{care_order_id}}/presence_logs",
        model="PresenceLog",
        list_key="presenceLogs",
        answer=_care_order_logs,
        query=possible(int, "limit", "page"),
    ),
    Endpoint(
        name="presence_log",
        path=f"{ADMINISTRATION}/presence/presence_logs/{{id}}",
        model="PresenceLog",
        list_key=None,
        answer=one("presence_logs"),
    ),
    Endpoint(
        name="presence_log_with_care_order",
        path=f"{ADMINISTRATION}/presence/presence_logs/with_care_order/{{presence_log_object_id}}",
        model="PresenceLog",
        list_key=None,
        answer=lambda ask: ask.customer.known("presence_logs", ask["presence_log_object_id"]),
    ),
    Endpoint(
        name="agenda_occurrence_presence_logs",
        path="/v0/agenda/agenda_occurrences/{occurrence}/presence_logs",
        model="PresenceLog",
        list_key="presenceLogs",
        answer=_occurrence_logs,
    ),
    Endpoint(
        name="expenses",
        path=f"{ADMINISTRATION}/expenses/employees/{{employee_id}}",
        model="expense.Expense",
        list_key="expenses",
        answer=_expenses,
        query=OPEN_PERIOD,
    ),
    Endpoint(
        name="expense",
        path=f"{ADMINISTRATION}/expenses/{{id}}",
        model="expense.Expense",
        list_key=None,
        answer=one("expenses"),
    ),
    Endpoint(
        name="expense_types",
        path=f"{ADMINISTRATION}/expense_types",
        model="expense.ExpenseType",
        list_key="expenseTypes",
        answer=table("expense_types"),
    ),
    Endpoint(
        name="hour_types",
        path=f"{ADMINISTRATION}/hour_types",
        model="HourType",
        list_key="hourTypes",
        answer=table("hour_types"),
    ),
    Endpoint(
        name="hour_types_multiple",
        path=f"{ADMINISTRATION}/hour_types/multiple",
        model="HourType",
        list_key="hourTypes",
        answer=by_ids("hour_types"),
        query=IDS,
    ),
    Endpoint(
        name="hour_types_of_expertise",
        path=f"{ADMINISTRATION}/expertise_profiles/{{expertise_profiles_id}}/hour_types",
        model="HourType",
        list_key="hourTypes",
        answer=_hour_types_of_expertise,
    ),
    Endpoint(
        name="hour_type_categories",
        path=f"{ADMINISTRATION}/hour_type_categories",
        model="HourTypeCategory",
        list_key="hourTypeCategories",
        answer=table("hour_type_categories"),
    ),
    Endpoint(
        name="hour_type_product_assignments",
        path=f"{ADMINISTRATION}/hour_type_product_assignments",
        model="HourTypeProductAssignment",
        list_key="hourTypeProductAssignments",
        answer=table("hour_type_product_assignments"),
    ),
    Endpoint(
        name="product_assignments_of_hour_type",
        path=f"{ADMINISTRATION}/hour_types/{{id}}/product_assignments",
        model="HourTypeProductAssignment",
        list_key="hourTypeProductAssignments",
        answer=_product_assignments,
    ),
    Endpoint(
        name="cost_center_options",
        path=f"{ADMINISTRATION}/cost_centers/costCenterSelectionOptions",
        model="CostCenterSelectionOption",
        list_key="costCenterSelectionOptions",
        answer=_cost_centers,
        query=needed(day, "date") + needed(int, "employee_id") + several(int, "client_object_ids"),
    ),
    Endpoint(
        name="workdays",
        path=f"{ADMINISTRATION}/employees/workday_norms/workdays",
        model="ons_administration.EmployeeWorkdaysOverviewModel",
        list_key="employeeWorkdaysOverviewModels",
        answer=_workdays,
        query=several(int, "id", required=True) + PERIOD,
    ),
    Endpoint(
        name="workday_norms_current",
        path=f"{ADMINISTRATION}/employees/workday_norms/current",
        model="ons_administration.WorkdayNormPeriodModel",
        list_key="workdayNormPeriodModels",
        answer=_current_norms,
        query=IDS,
    ),
    Endpoint(
        name="workday_norms",
        path=f"{ADMINISTRATION}/employees/workday_norms",
        model="ons_administration.WorkdayNormSettingsModel",
        list_key="workdayNormSettingsModels",
        answer=_norms,
        query=IDS,
    ),
    Endpoint(
        name="workday_norms_from",
        path=f"{ADMINISTRATION}/employees/workday_norms/from",
        model="ons_administration.WorkdayNormSettingsModel",
        list_key="workdayNormSettingsModels",
        answer=_norm_history,
        query=IDS,
    ),
    Endpoint(
        name="workday_norms_of_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_object_id}}/workday_norms",
        model="ons_administration.WorkdayNormSettingsModel",
        list_key="workdayNormSettingsModels",
        answer=those("workday_norms", employeeObjectId="employee_object_id"),
    ),
    Endpoint(
        name="workday_hour_types",
        path=f"{ADMINISTRATION}/hour_types/workdays",
        model="ons_administration.WorkdayHourTypeModel",
        list_key="workdayHourTypeModels",
        answer=_workday_hour_types,
    ),
    Endpoint(
        name="time_compensation_factors",
        path=f"{ADMINISTRATION}/employees/time_compensation_factors",
        model="ons_administration.TimeCompensationFactorModel",
        list_key="timeCompensationFactorModels",
        answer=_compensation_factors,
        query=IDS + possible(day, "period_start", "period_end"),
    ),
    Endpoint(
        name="weeksheet_profiles",
        path=f"{ADMINISTRATION}/weeksheet_profiles",
        model="WeeksheetProfile",
        list_key="weeksheetProfiles",
        answer=table("weeksheet_profiles"),
    ),
    Endpoint(
        name="weeksheet_profile_of_employee",
        path=f"{ADMINISTRATION}/employees/{{employee_id}}/weeksheet_profile",
        model="WeeksheetProfile",
        list_key=None,
        answer=lambda ask: ask.store["weeksheet_profiles"][0],
    ),
    Endpoint(
        name="holidays",
        path=f"{ADMINISTRATION}/holidays",
        model="payroll.holiday.Holiday",
        list_key="holidays",
        answer=table("holidays"),
    ),
    Endpoint(
        name="holidays_between",
        path=f"{ADMINISTRATION}/holidays/between",
        model="payroll.holiday.Holiday",
        list_key="holidays",
        answer=_holidays_between,
        query=PERIOD,
    ),
)
