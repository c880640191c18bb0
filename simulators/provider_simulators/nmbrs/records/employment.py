"""Records about the employment: periods of service, contracts, salaries, schedules, cost of an hour."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.nmbrs.records.catalogues import END_CONTRACT_REASONS, SCALES, TABLE
from provider_simulators.nmbrs.records.drafting import Draft, Person, Values, midnight

FULL_TIME_HOURS = Decimal(36)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CENT = Decimal("0.01")


def _employments(person: Person) -> Iterator[Draft]:
    if not person.works:
        return
    employee = person.employee
    left = employee.left_on
    reason = END_CONTRACT_REASONS[employee.number % len(END_CONTRACT_REASONS)] if left else None
    values = {
        "startDate": midnight(employee.started_on),
        "endDate": midnight(left) if left else None,
        "seniorityDate": midnight(employee.started_on),
        "endContractReason": dict(reason or {"code": None, "reason": None}),
    }
    changed = person.office_hours(left - timedelta(days=20)) if left else None
    yield Draft(values=values, created_at=employee.created_at, changed_at=changed)


def _contracts(person: Person) -> Iterator[Draft]:
    """Temporary, then for good; whoever changed hours has one contract twice, under the same id."""
    if not person.works:
        return
    employee = person.employee
    hours = (FULL_TIME_HOURS * employee.part_time).quantize(CENT)
    first_ends = employee.started_on + timedelta(days=364)
    yield _contract(person, number=0, start=employee.started_on, end=first_ends, hours=hours)
    for_good = first_ends + timedelta(days=1)
    if employee.left_on is None or employee.left_on > for_good:
        if for_good > person.today:
            return
        yield _contract(person, number=1, start=for_good, end=employee.left_on, hours=hours - 4)
        if employee.number % 6 == 1:
            yield _contract(person, number=1, start=for_good, end=employee.left_on, hours=hours, again=True)


def _contract(
    person: Person, *, number: int, start: date, end: date | None, hours: Decimal, again: bool = False
) -> Draft:
    values = {
        "contractId": person.own_id(number),
        "startDate": midnight(start),
        "trialPeriod": midnight(start + timedelta(days=30)) if number == 0 else None,
        "endDate": midnight(end) if end else None,
        "indefinite": number > 0,
        "writtenContract": person.employee.number % 3 != 0,
        "hoursPerWeek": hours,
    }
    noted_on = date(person.today.year, 3, 2) if again else start - timedelta(days=7)
    return Draft(values=values, created_at=person.office_hours(noted_on))


def _salaries(person: Person) -> Iterator[Draft]:
    """Before last, last and this year's; some stand in a salary table, some get a wage for the hour."""
    if not person.on_payroll:
        return
    employee = person.employee
    starts = [employee.started_on]
    starts += [date(year, 1, 1) for year in (person.today.year - 1, person.today.year)]
    last = employee.left_on or person.today
    for steps_back, start in zip((2, 1, 0), starts, strict=True):
        if start > last:
            return
        value = (employee.salary * (1 - Decimal("0.03") * steps_back)).quantize(CENT)
        hourly = employee.number % 8 == 0
        values: Values = {
            "startDate": midnight(start),
            "type": "grossHourlyWage" if hourly else "grossFulltimeSalary",
            "value": (value / 156).quantize(CENT) if hourly else value,
        }
        # The object is missing, not null, for whoever stands in no table (vendor's examples).
        if employee.number % 3 == 0:
            values["salaryTable"] = _place_in_table(person, step=2 - steps_back)
        yield Draft(values=values, created_at=person.office_hours(start - timedelta(days=12)))


def _place_in_table(person: Person, step: int) -> Values:
    scale = person.employee.number % len(SCALES)
    code, description = SCALES[scale]
    table_id = person.id("salary_tables", 0)
    place: Values = {
        "tableId": table_id,
        **TABLE,
        "scale": {
            "scaleId": str(person.id("scales", scale)),
            "scaleCode": code,
            "scaleDescription": description,
        },
        "step": {
            "stepId": str(person.id("steps", scale * 10 + step)),
            "stepCode": str(step),
            "stepDescription": f"Trede {step}",
        },
        "links": [{"rel": "salaryTable", "href": f"/api/salarytable/{table_id}", "method": "GET"}],
    }
    if person.employee.number % 2:
        year, period = person.period_at(person.today)
        place["increaseStep"] = {"period": period, "year": year + 1}
    return place


def _schedules(person: Person) -> Iterator[Draft]:
    """Hours over two weeks; one in five changed days this spring."""
    if not person.works:
        return
    part_time = person.employee.part_time
    yield _schedule(person, part_time, person.employee.started_on, days=5)
    if person.employee.number % 5 == 2 and person.employee.left_on is None:  # noqa: PLR2004 (one in five)
        yield _schedule(person, part_time, date(person.today.year, 4, 1), days=4)


def _schedule(person: Person, part_time: Decimal, start: date, days: int) -> Draft:
    hours = (FULL_TIME_HOURS * part_time).quantize(CENT)
    a_day = (hours / days).quantize(CENT)
    weeks = [[a_day] * (days - 1) + [hours - a_day * (days - 1)] + [Decimal(0)] * (7 - days) for _ in range(2)]
    values = {
        "startDate": midnight(start),
        "parttimePercentage": part_time * 100,
        "hoursPerWeek": hours,
        "daysPerWeek": Decimal(days),
        **{
            f"week{number}": {f"hours{day}": amount for day, amount in zip(WEEKDAYS, week, strict=True)}
            for number, week in enumerate(weeks, 1)
        },
    }
    return Draft(values=values, created_at=person.office_hours(start - timedelta(days=6)))


def _cost_per_hour(person: Person) -> Iterator[Draft]:
    """Text, per period."""
    for period in person.paid_periods():
        cost = (person.employee.salary * Decimal("1.31") / 156).quantize(CENT)
        yield Draft(
            values={"costPerHour": str(cost)},
            created_at=midnight(period.first),
            period=(period.year, period.number),
        )


MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    "employments": _employments,
    "contracts": _contracts,
    "salaries": _salaries,
    "schedules": _schedules,
    "cost_per_hour": _cost_per_hour,
}
