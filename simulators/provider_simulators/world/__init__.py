"""The invented world that all simulators share: the same companies, employees, months and amounts for a seed."""

from provider_simulators.world.build import World
from provider_simulators.world.ledger import LEDGER_ACCOUNTS, AccountKind, LedgerAccount
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
from provider_simulators.world.runs import JournalLine, Run, RunType, Split

__all__ = [
    "LEDGER_ACCOUNTS",
    "AccountKind",
    "Company",
    "CostCenter",
    "CostUnit",
    "Debtor",
    "Department",
    "Employee",
    "EmployeeType",
    "JournalLine",
    "LedgerAccount",
    "PeriodType",
    "Run",
    "RunType",
    "Split",
    "World",
]
