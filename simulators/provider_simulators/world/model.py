"""Who there is: a payroll office's clients, their companies and the people who work there. All invented."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from provider_simulators.world.runs import Run


class PeriodType(StrEnum):
    """How a company's payroll year is cut (vendor OpenAPI, CompanyPeriodType)."""

    MONTH = "month"
    FOUR_WEEKS = "4-weeks"
    WEEK = "1-week"


class EmployeeType(StrEnum):
    """What somebody is to the company (vendor OpenAPI, EmployeeType)."""

    APPLICANT = "applicant"
    NEW_HIRE = "newHire"
    PAYROLL = "payroll"
    FORMER_PAYROLL = "formerPayroll"
    EXTERNAL = "external"
    FORMER_EXTERNAL = "formerExternal"
    REJECTED_APPLICANT = "rejectedApplicant"


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department; the departments of a debtor are those of all its companies."""

    id: UUID
    code: int
    description: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """A client of the payroll office (Nmbrs' word; nobody who owes money)."""

    id: UUID
    number: str
    name: str
    departments: tuple[Department, ...]


@dataclass(frozen=True, kw_only=True)
class CostCenter:
    """A cost center (kostenplaats).

    Attributes:
        code: Its code in payroll, text: "KP10", "030".
        books_number: Its number in the bookkeeping.
    """

    id: UUID
    code: str
    description: str
    books_number: int


@dataclass(frozen=True, kw_only=True)
class CostUnit:
    """A cost unit (kostendrager)."""

    id: UUID
    code: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Employee:
    """Somebody who works, worked or wants to work for a company.

    Attributes:
        bsn: Invented citizen number: 9999xxxxx, a range that is not given out, passing the check of eleven.
        salary: Gross euros a month at full time.
        part_time: Part of full time, up to 1.
        allowance: Euros a quarter, paid by a wage component that has no ledger account; mostly 0.
        left_on: Last day of work.
    """

    id: UUID
    number: int
    first_name: str
    initials: str
    prefix: str | None
    last_name: str
    bsn: str
    type: EmployeeType
    department: Department
    cost_center: CostCenter
    cost_unit: CostUnit
    salary: Decimal
    part_time: Decimal
    allowance: Decimal
    started_on: date
    left_on: date | None
    created_at: datetime

    @property
    def display_name(self) -> str:
        """Name as a payslip prints it."""
        return " ".join(part for part in (self.initials, self.prefix, self.last_name) if part)

    def paid_between(self, first: date, last: date) -> bool:
        """Whether payroll pays them for a period with these days."""
        on_payroll = self.type in (EmployeeType.PAYROLL, EmployeeType.FORMER_PAYROLL)
        return on_payroll and self.started_on <= last and (self.left_on is None or self.left_on >= first)


@dataclass(frozen=True, kw_only=True)
class Company:
    """A legal payroll entity with its people and runs.

    Attributes:
        books_number: Its administration in the bookkeeping.
        runs: All payroll runs of last year and this year up to the world's today, oldest first.
    """

    id: UUID
    number: str
    name: str
    debtor_id: UUID
    period_type: PeriodType
    books_number: int
    cost_centers: tuple[CostCenter, ...]
    cost_units: tuple[CostUnit, ...]
    departments: tuple[Department, ...]
    employees: tuple[Employee, ...]
    runs: tuple["Run", ...]

    def run(self, run_id: UUID) -> "Run | None":
        """The run with this id."""
        return next((run for run in self.runs if run.id == run_id), None)
