"""Payroll runs and what they book: every employee's lines are worked out to the cent, so any grouping balances."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from provider_simulators.world import ledger
from provider_simulators.world.ledger import AccountKind, LedgerAccount
from provider_simulators.world.model import Employee, PeriodType

CENT = Decimal("0.01")
OVERTIME_DESCRIPTION = "Overuren 150% – ploegendienst"  # noqa: RUF001 (a dash, on purpose: texts that are not ASCII)
TRAVEL_DESCRIPTION = "Reiskosten à € 0,23 per km"
ALLOWANCE_DESCRIPTION = "Coöperatieve kostenvergoeding (onbelast)"
QUARTER_ENDS = (3, 6, 9, 12)
PERIODS_IN_A_YEAR = {PeriodType.MONTH: Decimal(12), PeriodType.FOUR_WEEKS: Decimal(13), PeriodType.WEEK: Decimal(52)}


WAGE_CODES = {
    1000: "Brutoloon",
    1190: OVERTIME_DESCRIPTION,
    2200: TRAVEL_DESCRIPTION,
    2290: ALLOWANCE_DESCRIPTION,
    4000: "Sociale lasten werkgever",
    4100: "Pensioenpremie werkgever",
    4200: "Opbouw vakantietoeslag",
    5000: "Loonheffingen",
    5100: "Pensioen",
    5200: "Reservering vakantietoeslag",
    5300: "Personeelsvereniging",
    9000: "Nettoloon",
}
"""The wage codes of which a payslip is made (looncomponenten), all invented; in the order of the bookings."""

FIRST_CREDITED_WAGE_CODE = 5000
NET_WAGE_CODE = 9000


class RunType(StrEnum):
    """Kind of payroll run (vendor OpenAPI, RunType)."""

    NONE = "none"
    NORMAL = "normal"
    NORMAL_TWK = "normal_twk"
    TWK = "twk"
    PARTIAL = "partial"


class Split(StrEnum):
    """By what a run's journal is split."""

    COMPANY = "company"
    COST_CENTER = "cost_center"
    COST_CENTER_UNIT = "cost_center_unit"
    DEPARTMENT = "department"
    EMPLOYEE = "employee"


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """A line of a run's journal.

    Attributes:
        account: Number of the ledger account; None: the wage component has none.
        amount: Euros, debit positive, credit negative.
        cost_center, cost_unit, department, employee: Code or number, only what the split asks for; cost centers and
            cost units only on cost accounts.
    """

    account: str | None
    amount: Decimal
    description: str
    cost_center: str | None = None
    cost_unit: str | None = None
    department: str | None = None
    employee: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutputLine:
    """What payroll worked out for an employee under a wage code.

    Attributes:
        value: Euros; what the employer pays, holds back or reserves is positive, corrections of it negative.
    """

    code: int
    description: str
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class _Booking:
    account: LedgerAccount | None
    amount: Decimal
    description: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One payroll calculation over one or more periods of a year.

    Attributes:
        number: Counts on through the years, per company.
        journal_date: Date of its journal: the last day of its last period.
        employees: Who is in it.
    """

    id: UUID
    number: int
    description: str
    year: int
    period_start: int
    period_end: int
    period_type: PeriodType
    created_at: datetime
    type: RunType
    locked: bool
    journal_date: date
    employees: tuple[Employee, ...]

    def journal_lines(self, split: Split | str = Split.COMPANY) -> tuple[JournalLine, ...]:
        """The journal: one line per account, description and split; balanced to the cent; no lines of zero."""
        sums: dict[JournalLine, Decimal] = defaultdict(Decimal)
        for employee in self.employees:
            for booking in self._bookings(employee):
                sums[_line(booking, employee, Split(split))] += booking.amount
        lines = [JournalLine(**{**vars(line), "amount": amount}) for line, amount in sums.items() if amount]
        return tuple(sorted(lines, key=_order))

    def output(self, employee: Employee) -> tuple[OutputLine, ...]:
        """What the run worked out for somebody in it, by wage code; no lines of zero."""
        return tuple(
            OutputLine(
                code=code,
                description=description,
                value=booking.amount if code < FIRST_CREDITED_WAGE_CODE else -booking.amount,
            )
            for (code, description), booking in zip(WAGE_CODES.items(), self._bookings(employee), strict=True)
            if booking.amount
        )

    def net(self, employee: Employee) -> Decimal:
        """What somebody in it is paid, in euros."""
        return next((line.value for line in self.output(employee) if line.code == NET_WAGE_CODE), Decimal(0))

    @cached_property
    def total(self) -> Decimal:
        """Sum of the debit side of its journal, in euros."""
        return sum((line.amount for line in self.journal_lines() if line.amount > 0), Decimal(0))

    def _bookings(self, employee: Employee) -> Iterator[_Booking]:
        gross = _cents(employee.salary * employee.part_time * self._share())
        overtime = _cents(gross * Decimal("0.031")) if self._has_overtime(employee) else Decimal(0)
        travel = Decimal("46.23") if self.type in (RunType.NORMAL, RunType.NORMAL_TWK) else Decimal(0)
        allowance = employee.allowance if self._pays_allowance() else Decimal(0)
        wage = gross + overtime
        tax, pension = _cents(wage * Decimal("0.2137")), _cents(wage * Decimal("0.0475"))
        social, employer_pension = _cents(wage * Decimal("0.1843")), _cents(wage * Decimal("0.0912"))
        holiday = _cents(wage * Decimal("0.08"))
        fund = Decimal("2.50") if travel else Decimal(0)
        net = wage + travel + allowance - tax - pension - fund
        yield _Booking(account=ledger.GROSS, amount=gross, description="Brutoloon")
        yield _Booking(account=ledger.OVERTIME, amount=overtime, description=OVERTIME_DESCRIPTION)
        yield _Booking(account=ledger.TRAVEL, amount=travel, description=TRAVEL_DESCRIPTION)
        yield _Booking(account=None, amount=allowance, description=ALLOWANCE_DESCRIPTION)
        yield _Booking(account=ledger.SOCIAL_COST, amount=social, description="Sociale lasten werkgever")
        yield _Booking(account=ledger.PENSION_COST, amount=employer_pension, description="Pensioenpremie werkgever")
        yield _Booking(account=ledger.HOLIDAY_COST, amount=holiday, description="Opbouw vakantietoeslag")
        yield _Booking(account=ledger.TAX_PAYABLE, amount=-(tax + social), description="Loonheffingen")
        yield _Booking(account=ledger.PENSION_PAYABLE, amount=-(pension + employer_pension), description="Pensioen")
        yield _Booking(account=ledger.HOLIDAY_RESERVE, amount=-holiday, description="Reservering vakantietoeslag")
        # The description of a wage component may be empty (seen in a working client).
        yield _Booking(account=ledger.STAFF_FUND, amount=-fund, description="")
        yield _Booking(account=ledger.NET_PAYABLE, amount=-net, description="Nettoloon")

    def _share(self) -> Decimal:
        """Part of a month's salary that this run pays; corrections take a little back."""
        if self.type is RunType.TWK:
            return Decimal("-0.0125") * (self.period_end - self.period_start + 1)
        if self.type is RunType.PARTIAL:
            return Decimal("0.1")
        month = Decimal(12) / PERIODS_IN_A_YEAR[self.period_type]
        return month + Decimal("0.005") if self.type is RunType.NORMAL_TWK else month

    def _has_overtime(self, employee: Employee) -> bool:
        return self.type is RunType.NORMAL and (employee.number + self.period_start) % 4 == 0

    def _pays_allowance(self) -> bool:
        return self.type is RunType.NORMAL and self.period_start in QUARTER_ENDS


def _line(booking: _Booking, employee: Employee, split: Split) -> JournalLine:
    """The line to which a booking belongs, with an amount of zero."""
    is_cost = booking.account is None or booking.account.kind is AccountKind.COST
    by_center = is_cost and split in (Split.COST_CENTER, Split.COST_CENTER_UNIT)
    return JournalLine(
        account=booking.account.number if booking.account else None,
        amount=Decimal(0),
        description=booking.description,
        cost_center=employee.cost_center.code if by_center else None,
        cost_unit=employee.cost_unit.code if is_cost and split is Split.COST_CENTER_UNIT else None,
        department=str(employee.department.code) if split is Split.DEPARTMENT else None,
        employee=str(employee.number) if split is Split.EMPLOYEE else None,
    )


def _order(line: JournalLine) -> tuple[str, ...]:
    parts = (line.account, line.cost_center, line.cost_unit, line.department, line.employee, line.description)
    return tuple(part or "" for part in parts)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
