"""What makers of records get to see, and what they answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from provider_simulators.world import Company, Employee, EmployeeType
from provider_simulators.world.periods import Period, current_period, periods_of

Values = dict[str, Any]
PeriodKey = tuple[int, int]
"""Year and number."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A record before it has its place in the store.

    Attributes:
        values: In the REST spelling, without the moments of creation and change and mostly without its own id.
        changed_at: The moment of creation when left out.
        period: The only period it belongs to, or the first one.
    """

    values: Values
    created_at: datetime
    changed_at: datetime | None = None
    period: PeriodKey | None = None


def record_id(company_id: UUID, kind: str, number: int, employee_id: UUID | None = None) -> UUID:
    """Id of the so-manieth record (from 0) of a kind that a company, or an employee, starts with."""
    return uuid5(company_id, f"{kind}/{employee_id or ''}/{number}")


def midnight(day: date) -> datetime:
    """A day where the API wants a date-time: `2021-11-01T00:00:00Z`."""
    return datetime.combine(day, time(), UTC)


def period_value(key: PeriodKey) -> Values:
    """A period as an object."""
    return {"year": key[0], "period": key[1]}


@dataclass(frozen=True, kw_only=True)
class Office:
    """A company for which records of one kind are made.

    Attributes:
        today: The world's day; nothing depends on when somebody asks first.
        chance: Its own for each company, kind and employee.
    """

    company: Company
    kind: str
    today: date
    chance: Random = field(compare=False)

    def id(self, kind: str, number: int) -> UUID:
        """Id of another record of the company."""
        return record_id(self.company.id, kind, number)

    def period_at(self, day: date) -> PeriodKey:
        """The company's period in which a day lies."""
        period = current_period(day, self.company.period_type)
        return period.year, period.number

    def periods(self) -> Iterator[Period]:
        """Last year's and this year's periods up to the current one."""
        for year in (self.today.year - 1, self.today.year):
            yield from (each for each in periods_of(year, self.company.period_type) if each.first <= self.today)

    def office_hours(self, day: date) -> datetime:
        """A moment of a working day; some have milliseconds (the vendor's examples have both)."""
        chance = self.chance
        minutes = timedelta(hours=8, minutes=chance.randrange(540), seconds=chance.randrange(60))
        return midnight(day) + minutes + timedelta(milliseconds=chance.choice((0, 0, 267, 40)))


@dataclass(frozen=True, kw_only=True)
class Person(Office):
    """An employee for whom records of one kind are made."""

    employee: Employee

    @property
    def on_payroll(self) -> bool:
        """Whether payroll pays or paid them."""
        return self.employee.type in (EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL)

    @property
    def works(self) -> bool:
        """Whether they work or worked here, paid by payroll or not."""
        return self.on_payroll or self.employee.type in (EmployeeType.EXTERNAL, EmployeeType.FORMER_EXTERNAL)

    def own_id(self, number: int) -> UUID:
        """Id of their so-manieth record of this kind."""
        return record_id(self.company.id, self.kind, number, self.employee.id)

    def paid_periods(self) -> Iterator[Period]:
        """Their periods on the payroll in last year and this year."""
        return (each for each in self.periods() if self.employee.paid_between(each.first, each.last))
