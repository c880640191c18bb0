"""What payroll is told to pay: wage components, hours and days, fixed (until ended) or variable (one period)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from provider_simulators.nmbrs.records.drafting import Draft, Person, Values, midnight
from provider_simulators.world.periods import Period


def _fixed_wage_components(person: Person) -> Iterator[Draft]:
    """Travel costs for whoever travels; one in six has a component that ended in spring."""
    if not person.on_payroll:
        return
    employee = person.employee
    start = person.period_at(employee.started_on)
    if employee.number % 3:
        values = _component(person, code=2200, value=Decimal("46.23"))
        values |= {"endYear": None, "endPeriod": None}
        yield Draft(values=values, created_at=employee.created_at, period=start)
    if employee.number % 6 == 2:  # noqa: PLR2004 (one in six)
        values = _component(person, code=2310, value=Decimal("-12.50")) | {"comment": "Inhouding fiets – 2e deel"}  # noqa: RUF001 (a dash, on purpose)
        values |= {"endYear": person.today.year, "endPeriod": 4}
        yield Draft(values=values, created_at=person.office_hours(employee.started_on), period=start)


def _variable_wage_components(person: Person) -> Iterator[Draft]:
    """A bonus in period 6 for all, a correction now and then; the period is not in the record."""
    for period in person.paid_periods():
        if period.number == 6:  # noqa: PLR2004 (once a year, in summer)
            yield _once(person, period, _component(person, code=3100, value=person.employee.salary / 10))
        if (person.employee.number + period.number) % 5 == 0:
            yield _once(person, period, _component(person, code=2310, value=Decimal("-7.25")))


def _fixed_hours(person: Person) -> Iterator[Draft]:
    """Hours that come back every period; some ended this spring."""
    if not person.on_payroll or person.employee.number % 4:
        return
    ended = person.employee.number % 8 == 0
    values = _hours(person, code=2100, description="Gewerkte uren", hours=Decimal("6.50"))
    values |= {"endYear": person.today.year if ended else None, "endPeriod": 3 if ended else None}
    start = person.period_at(person.employee.started_on)
    yield Draft(values=values, created_at=person.employee.created_at, period=start)


def _variable_hours(person: Person) -> Iterator[Draft]:
    """Overtime in some periods; corrections are negative."""
    for period in person.paid_periods():
        if (person.employee.number + period.number) % 4 == 0:
            yield _once(person, period, _hours(person, code=2190, description="Overuren", hours=Decimal("3.25")))
        if (person.employee.number + period.number) % 12 == 0:
            yield _once(person, period, _hours(person, code=2190, description=None, hours=Decimal("-0.75")))


def _fixed_days(person: Person) -> Iterator[Draft]:
    if person.on_payroll and person.employee.number % 5 == 0:
        values = {"days": 18, "daysForWageComponentsPerDay": None, "endPeriod": None, "endYear": None}
        start = person.period_at(person.employee.started_on)
        yield Draft(values=values, created_at=person.employee.created_at, period=start)


def _variable_days(person: Person) -> Iterator[Draft]:
    for period in person.paid_periods():
        if (person.employee.number + period.number) % 6 == 0:
            yield _once(person, period, {"days": 20, "daysForWageComponentsPerDay": 19})


def _component(person: Person, *, code: int, value: Decimal) -> Values:
    return {
        "code": code,
        "value": value.quantize(Decimal("0.01")),
        "comment": None,
        "costCenterId": person.employee.cost_center.id if person.employee.number % 2 else None,
        "costUnitId": None,
    }


def _hours(person: Person, *, code: int, description: str | None, hours: Decimal) -> Values:
    return {
        "hourCode": code,
        "hourCodeDescription": description,
        "hours": hours,
        "costCenterId": person.employee.cost_center.id,
        "costUnitId": None,
        "comment": "",
    }


def _once(person: Person, period: Period, values: Values) -> Draft:
    noted = min(period.last, person.today) - timedelta(days=9)
    created = person.office_hours(noted) if noted > period.first else midnight(period.first)
    return Draft(values=values, created_at=created, period=(period.year, period.number))


MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    "fixed_wage_components": _fixed_wage_components,
    "variable_wage_components": _variable_wage_components,
    "fixed_hours": _fixed_hours,
    "variable_hours": _variable_hours,
    "fixed_days": _fixed_days,
    "variable_days": _variable_days,
}
