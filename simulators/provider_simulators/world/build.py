"""Makes the world for a seed. What a company is does not depend on how many others there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import count
from random import Random
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from provider_simulators.world import names
from provider_simulators.world.ledger import LEDGER_ACCOUNTS, LedgerAccount
from provider_simulators.world.model import (
    Company,
    CostCenter,
    CostUnit,
    Debtor,
    Department,
    Employee,
    EmployeeType,
    PeriodType,
)
from provider_simulators.world.periods import Period, periods_of
from provider_simulators.world.runs import Run, RunType

TODAY = date(2026, 11, 15)
"""The world's day unless another is given: two worlds of one seed are equal whenever they are made."""

PERIOD_TYPES = (PeriodType.MONTH, PeriodType.MONTH, PeriodType.FOUR_WEEKS)
DEMO_BOOKS_NUMBER = 99998
PAID_BEFORE_PERIOD_END = timedelta(days=7)
BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True, kw_only=True)
class World:
    """A payroll office with its clients, and the chart of ledger accounts that their books use."""

    today: date
    debtors: tuple[Debtor, ...]
    companies: tuple[Company, ...]
    ledger_accounts: tuple[LedgerAccount, ...] = LEDGER_ACCOUNTS

    @classmethod
    def build(
        cls,
        seed: int = 1,
        debtors: int = 2,
        companies: int = 3,
        employees: int = 25,
        today: date = TODAY,
        *,
        period_types: Sequence[PeriodType] = PERIOD_TYPES,
    ) -> Self:
        """Make a world.

        Args:
            seed: Another seed, other people and amounts.
            debtors: Clients of the payroll office; the companies are dealt out over them.
            companies: How many in all.
            employees: Per company.
            today: Until when runs have been made, from January of the year before.
            period_types: Dealt out over the companies; every third one has periods of four weeks when left out.
        """
        maker = _Maker(seed=seed, today=today)
        clients = tuple(maker.debtor(index) for index in range(debtors))
        return cls(
            today=today,
            debtors=clients,
            companies=tuple(
                maker.company(index, clients[index % debtors], employees, period_types[index % len(period_types)])
                for index in range(companies)
            ),
        )

    def company(self, company_id: UUID) -> Company | None:
        """The company with this id."""
        return self._companies_by_id.get(company_id)

    @cached_property
    def _companies_by_id(self) -> dict[UUID, Company]:
        return {company.id: company for company in self.companies}


@dataclass(frozen=True, kw_only=True)
class _Maker:
    seed: int
    today: date

    def debtor(self, index: int) -> Debtor:
        name = names.DEBTOR_NAMES[index % len(names.DEBTOR_NAMES)]
        return Debtor(
            id=self._id("debtor", index),
            number=str(2210 + index),
            name=name if index < len(names.DEBTOR_NAMES) else f"{name} {index + 1}",
            departments=tuple(
                Department(
                    id=self._id("debtor", index, "department", code),
                    code=code,
                    description=description,
                    created_at=datetime(self.today.year - 3, 1, 1, tzinfo=UTC),
                )
                for code, description in enumerate(names.DEPARTMENTS, 1)
            ),
        )

    def company(self, index: int, debtor: Debtor, employees: int, period_type: PeriodType) -> Company:
        cost_centers = tuple(
            CostCenter(id=self._id("company", index, code), code=code, description=text, books_number=number)
            for code, text, number in names.COST_CENTERS
        )
        cost_units = tuple(
            CostUnit(id=self._id("company", index, code), code=code, description=text)
            for code, text in names.COST_UNITS
        )
        people = tuple(
            self._employee(index, number, debtor.departments, cost_centers, cost_units)
            for number in range(1, employees + 1)
        )
        name = names.COMPANY_NAMES[index % len(names.COMPANY_NAMES)]
        return Company(
            id=self._id("company", index),
            number=str(index + 1),
            name=name if index < len(names.COMPANY_NAMES) else f"{name} {index + 1}",
            debtor_id=debtor.id,
            period_type=period_type,
            books_number=1001 + index if index else DEMO_BOOKS_NUMBER,
            cost_centers=cost_centers,
            cost_units=cost_units,
            departments=debtor.departments,
            employees=people,
            runs=tuple(self._runs(index, period_type, people)),
        )

    def _employee(
        self,
        company: int,
        number: int,
        departments: tuple[Department, ...],
        cost_centers: tuple[CostCenter, ...],
        cost_units: tuple[CostUnit, ...],
    ) -> Employee:
        chance = Random(f"{self.seed}/{company}/{number}")
        first_name = chance.choice(names.FIRST_NAMES)
        kind = _employee_type(number)
        started_on = date(self.today.year - 1, 1, 1) - timedelta(days=chance.randrange(30, 3000))
        former = kind in (EmployeeType.FORMER_PAYROLL, EmployeeType.FORMER_EXTERNAL)
        return Employee(
            id=self._id("company", company, "employee", number),
            number=100 + number,
            first_name=first_name,
            initials=f"{first_name[0]}.{chance.choice('ABCDEJKMS')}.",
            prefix=chance.choice(names.PREFIXES),
            last_name=chance.choice(names.LAST_NAMES),
            bsn=_invented_bsn(company * 1000 + number),
            type=kind,
            department=chance.choice(departments),
            cost_center=chance.choice(cost_centers[:-1]),
            cost_unit=chance.choice(cost_units),
            salary=Decimal(chance.randrange(240_000, 720_000)) / 100,
            part_time=chance.choice((Decimal(1), Decimal(1), Decimal("0.8"), Decimal("0.6"), Decimal("0.8889"))),
            # Two people in ten, so that a quarter's journal has a line without a ledger account.
            allowance=Decimal("37.50") if number % 10 in (2, 4) else Decimal(0),
            started_on=started_on,
            left_on=date(self.today.year - 1, 8, 31) if former else None,
            created_at=_moment(started_on - timedelta(days=14), chance),
        )

    def _runs(self, company: int, period_type: PeriodType, people: tuple[Employee, ...]) -> Iterator[Run]:
        numbers = count(1)
        plans = [
            plan
            for year in (self.today.year - 1, self.today.year)
            for period in periods_of(year, period_type)
            for plan in _plans(period)
            if plan.made_on <= self.today
        ]
        latest = max((plan.period.last for plan in plans), default=None)
        for plan in plans:
            number = next(numbers)
            last = plan.period.last
            first = periods_of(plan.period.year, period_type)[plan.period_start - 1].first
            paid = tuple(person for person in people if person.paid_between(first, last))
            yield Run(
                id=self._id("company", company, "run", plan.period.year, plan.period.number, plan.type),
                number=number,
                description=plan.description,
                year=plan.period.year,
                period_start=plan.period_start,
                period_end=plan.period.number,
                period_type=period_type,
                created_at=_moment(plan.made_on, Random(f"{self.seed}/{company}/{number}")),
                type=plan.type,
                locked=last != latest,
                journal_date=last,
                employees=paid[::3] if plan.type is RunType.PARTIAL else paid,
            )

    def _id(self, *parts: object) -> UUID:
        return uuid5(NAMESPACE_URL, "/".join(map(str, ("simulated-world", self.seed, *parts))))


@dataclass(frozen=True, kw_only=True)
class _RunPlan:
    period: Period
    period_start: int
    type: RunType
    description: str
    made_on: date


def _plans(period: Period) -> Iterator[_RunPlan]:
    """The runs made for a period: the normal one, and in some periods something beside it."""
    made_on = period.last - PAID_BEFORE_PERIOD_END
    shown = f"{period.year}-{period.number:02}"
    normal = RunType.NORMAL_TWK if period.number == 4 else RunType.NORMAL  # noqa: PLR2004 (once a year, in spring)
    yield _RunPlan(
        period=period, period_start=period.number, type=normal, description=f"Salarisrun {shown}", made_on=made_on
    )
    if period.number == 6:  # noqa: PLR2004 (once a year, in summer)
        yield _RunPlan(
            period=period,
            period_start=period.number,
            type=RunType.PARTIAL,
            description=f"Extra run {shown} – bonussen",  # noqa: RUF001 (a dash, on purpose: texts that are not ASCII)
            made_on=made_on + timedelta(days=2),
        )
    if period.number == 9:  # noqa: PLR2004 (once a year, in autumn)
        yield _RunPlan(
            period=period,
            period_start=period.number - 2,
            type=RunType.TWK,
            description=f"TWK-correctie t/m {shown}",
            made_on=made_on + timedelta(days=3),
        )


def _employee_type(number: int) -> EmployeeType:
    others = {
        3: EmployeeType.EXTERNAL,
        7: EmployeeType.FORMER_PAYROLL,
        11: EmployeeType.APPLICANT,
        13: EmployeeType.FORMER_EXTERNAL,
        17: EmployeeType.FORMER_PAYROLL,
        19: EmployeeType.NEW_HIRE,
        23: EmployeeType.REJECTED_APPLICANT,
    }
    return others.get(number % 25, EmployeeType.PAYROLL)


def _invented_bsn(index: int) -> str:
    """The so-manieth number of 9999xxxxx that passes the check of eleven; starts over after 9090."""
    passing = _numbers_that_pass()
    return str(passing[index % len(passing)])


@cache
def _numbers_that_pass() -> tuple[int, ...]:
    return tuple(number for number in range(999_900_000, 1_000_000_000) if _passes_eleven(number))


def _passes_eleven(number: int) -> bool:
    return sum(weight * int(digit) for weight, digit in zip(BSN_WEIGHTS, str(number), strict=True)) % 11 == 0


def _moment(day: date, chance: Random) -> datetime:
    """A moment in office hours; some have milliseconds (vendor OpenAPI's examples have both)."""
    moment = datetime(day.year, day.month, day.day, chance.randrange(8, 17), chance.randrange(60), tzinfo=UTC)
    return moment + timedelta(milliseconds=chance.choice((0, 0, 267, 40)))
