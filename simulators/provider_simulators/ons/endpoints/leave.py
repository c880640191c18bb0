"""Leave accounts, balances, agreements, averages."""

from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.ons.diaries.hours import worked_days
from provider_simulators.ons.diaries.leave import balances, expirations
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints.endpoint import OPEN_PERIOD, PERIOD, Answer, Ask, Endpoint, one, table, those
from provider_simulators.ons.moments import overlaps
from provider_simulators.ons.parameters import Parameter, day, needed, possible, several
from provider_simulators.ons.refusals import RefusedError

ADMINISTRATION = "/v0/administration"
HOURS_A_DAY = Decimal(8)
SUB_TYPES = ("none", "plb", "lfb")
THIRTEEN_WEEKS = timedelta(weeks=13)
FIRST_YEAR = 3


def _entries(ask: Ask, first: date, until: date, *, account: bool) -> list[Record]:
    entries = ask.customer.diaries["account_entries"].between(ask["employee_id"], first, until)
    return [entry for entry in entries if not account or entry["accountTypeId"] == ask["account_type_id"]]


def _in_period(*, account: bool) -> Answer:
    return lambda ask: _entries(ask, *ask.window(), account=account)


def _all(*, account: bool) -> Answer:
    return lambda ask: _entries(ask, _first(ask), ask.today + timedelta(days=1), account=account)


def _till(*, account: bool) -> Answer:
    return lambda ask: _entries(ask, _first(ask), ask["date"] + timedelta(days=1), account=account)


def _first(ask: Ask) -> date:
    return date(ask.organisation.today.year - FIRST_YEAR, 1, 1)


def _balances(ask: Ask) -> list[Record]:
    at = ask.values.get("date") or ask.today
    return list(balances(ask.organisation, ask.customer.diaries["account_entries"], ask["employee_object_id"], at))


def _balance(ask: Ask) -> Record:
    return next(row for row in _balances(ask) if row["accountTypeId"] == ask["account_type_id"])


def _expirations(ask: Ask) -> list[Record]:
    if ask["subtype"] not in range(len(SUB_TYPES)):
        raise RefusedError(400, "Could not parse request parameter", field="subtype")
    diary = ask.customer.diaries["account_entries"]
    return list(expirations(ask.organisation, diary, ask["employee_id"], ask["date"], SUB_TYPES[ask["subtype"]]))


def _work_load(ask: Ask) -> Record:
    person = ask.organisation.person[ask["employee_object_id"]]
    sunday = ask.today - timedelta(days=ask.today.isoweekday() % 7)
    days = worked_days(ask.organisation, person, date(ask["year"], 1, 1), min(date(ask["year"], 12, 31), sunday))
    return {
        "employeeId": ask["employee_object_id"],
        "contractMinutes": int(person.part_time * 36 * 60 * 52),
        "payedMinutes": 480 * len(days),
        "year": ask["year"],
    }


def _average(ask: Ask, *, per_day: bool, weekday: int | None = None) -> Record:
    """Hours, from the days worked; not under contract is refused (vendor OpenAPI)."""
    last = ask["valid_to"] or ask.today
    first = ask["valid_from"] or last - THIRTEEN_WEEKS
    contracts = [row for row in ask.store["contracts"] if row["employeeId"] == ask["employee_id"]]
    if not any(overlaps(row["beginDate"], row["endDate"], first, last) for row in contracts):
        raise RefusedError(400, "The employee is not under contract in the period", field="employee_id")
    person = ask.organisation.person.get(ask["employee_id"])
    days = worked_days(ask.organisation, person, first, last) if person else []
    counted = [each for each in days if weekday is None or each.isoweekday() == weekday]
    weeks = Decimal((last - first).days + 1) / 7
    per = weeks * 7 if per_day and weekday is None else weeks
    return {
        "value": round(HOURS_A_DAY * len(counted) / per, 2),
        "perDay": per_day,
        "dayOfWeek": weekday,
        "employeeId": ask["employee_id"],
        "validFrom": first,
        "validTo": last,
    }


def _per_weekday(ask: Ask) -> list[Record]:
    return [_average(ask, per_day=True, weekday=weekday) for weekday in ask["day_of_week"] or range(1, 8)]


def _entries_endpoint(path: str, answer: Answer, query: tuple[Parameter, ...] = ()) -> Endpoint:
    return Endpoint(
        name=f"account_entries_{path}",
        path=f"{ADMINISTRATION}/account_entries/{path}/{{employee_id}}",
        model="payroll.AccountEntry",
        list_key="accountEntries",
        answer=answer,
        query=query,
    )


ACCOUNT, DATE = needed(int, "account_type_id"), needed(day, "date")
AVERAGED = OPEN_PERIOD + several(int, "hour_type_id")
ENDPOINTS = (
    _entries_endpoint("by_employee_in_period", _in_period(account=False), PERIOD),
    _entries_endpoint("by_employee_and_type_in_period", _in_period(account=True), ACCOUNT + PERIOD),
    _entries_endpoint("by_employee", _all(account=False)),
    _entries_endpoint("by_employee_and_type", _all(account=True), ACCOUNT),
    _entries_endpoint("by_employee_till_date", _till(account=False), DATE),
    _entries_endpoint("by_employee_and_type_till_date", _till(account=True), ACCOUNT + DATE),
    Endpoint(
        name="account_entry",
        path=f"{ADMINISTRATION}/account_entries/{{id}}",
        model="payroll.AccountEntry",
        list_key=None,
        answer=one("account_entries"),
    ),
    Endpoint(
        name="account_types",
        path=f"{ADMINISTRATION}/account_types",
        model="payroll.AccountType",
        list_key="accountTypes",
        answer=table("account_types"),
    ),
    Endpoint(
        name="account_type",
        path=f"{ADMINISTRATION}/account_types/{{id}}",
        model="payroll.AccountType",
        list_key=None,
        answer=one("account_types"),
    ),
    Endpoint(
        name="work_hours_balances",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        list_key="workHoursBalances",
        answer=_balances,
    ),
    Endpoint(
        name="work_hours_balances_at_date",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee_at_date/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        list_key="workHoursBalances",
        answer=_balances,
        query=DATE,
    ),
    Endpoint(
        name="work_hours_balance_with_type",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee_with_type/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        list_key=None,
        answer=_balance,
        query=ACCOUNT,
    ),
    Endpoint(
        name="work_hours_balance_with_type_at_date",
        path=f"{ADMINISTRATION}/work_hours_balances/by_employee_with_type_at_date/{{employee_object_id}}",
        model="payroll.WorkHoursBalance",
        list_key=None,
        answer=_balance,
        query=DATE + ACCOUNT,
    ),
    Endpoint(
        name="account_type_expire_statistics",
        path=f"{ADMINISTRATION}/account_type_expire_statistics/by_employee_at_date/{{employee_id}}",
        model="payroll.AccountTypeExpireStatistic",
        list_key="accountTypeExpireStatistics",
        answer=_expirations,
        query=DATE + needed(int, "subtype"),
    ),
    Endpoint(
        name="work_load",
        path=f"{ADMINISTRATION}/work_load/by_employee_in_year/{{employee_object_id}}",
        model="payroll.WorkLoad",
        list_key=None,
        answer=_work_load,
        query=needed(int, "year"),
    ),
    Endpoint(
        name="payable_hours_average_per_week",
        path=f"{ADMINISTRATION}/payable_hours_averages/per_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        list_key=None,
        answer=lambda ask: _average(ask, per_day=False),
        query=AVERAGED,
    ),
    Endpoint(
        name="payable_hours_average_per_day",
        path=f"{ADMINISTRATION}/payable_hours_averages/per_day_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        list_key=None,
        answer=lambda ask: _average(ask, per_day=True),
        query=AVERAGED,
    ),
    Endpoint(
        name="payable_hours_averages_on_days_of_week",
        path=f"{ADMINISTRATION}/payable_hours_averages/on_days_of_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        list_key="payableHoursAverages",
        answer=_per_weekday,
        query=AVERAGED + several(int, "day_of_week"),
    ),
    Endpoint(
        name="payable_hours_average_on_day_of_week",
        path=f"{ADMINISTRATION}/payable_hours_averages/on_day_of_week_in_period/{{employee_id}}",
        model="payroll.PayableHoursAverage",
        list_key=None,
        answer=lambda ask: _average(ask, per_day=True, weekday=ask["day_of_week"] or 1),
        query=AVERAGED + possible(int, "day_of_week"),
    ),
    Endpoint(
        name="collective_agreements",
        path=f"{ADMINISTRATION}/collective_agreements",
        model="payroll.CollectiveAgreement",
        list_key="collectiveAgreements",
        answer=table("collective_agreements"),
    ),
    Endpoint(
        name="collective_agreement_assignments",
        path=f"{ADMINISTRATION}/collective_agreement_assignments/by_employee_id/{{employee_id}}",
        model="payroll.CollectiveAgreementAssignment",
        list_key="collectiveAgreementAssignments",
        answer=those("collective_agreement_assignments", employeeId="employee_id"),
    ),
    Endpoint(
        name="collective_agreement_rules",
        path=f"{ADMINISTRATION}/collective_agreement_rules/by_collective_agreement_id/{{collective_agreement_id}}",
        model="payroll.CollectiveAgreementRule",
        list_key="collectiveAgreementRules",
        answer=those("collective_agreement_rules", collectiveAgreementId="collective_agreement_id"),
    ),
)
