"""The ledger accounts of a Dutch payroll journal. Numbers and names are invented after common Dutch charts."""

from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    """Where an account stands in the annual accounts."""

    COST = "cost"
    """Profit and loss."""
    BALANCE = "balance"
    """Balance sheet."""


@dataclass(frozen=True, kw_only=True)
class LedgerAccount:
    """A ledger account (grootboekrekening); cost accounts are booked per cost center."""

    number: str
    name: str
    kind: AccountKind


def _cost(number: str, name: str) -> LedgerAccount:
    return LedgerAccount(number=number, name=name, kind=AccountKind.COST)


def _balance(number: str, name: str) -> LedgerAccount:
    return LedgerAccount(number=number, name=name, kind=AccountKind.BALANCE)


GROSS = _cost("4000", "Brutolonen")
OVERTIME = _cost("4005", "Overuren")
HOLIDAY_COST = _cost("4010", "Reservering vakantietoeslag")
SOCIAL_COST = _cost("4020", "Werkgeverslasten sociale verzekeringen")
PENSION_COST = _cost("4030", "Pensioenpremie werkgeversdeel")
TRAVEL = _cost("4040", "Reiskostenvergoeding")
TAX_PAYABLE = _balance("1700", "Af te dragen loonheffingen")
PENSION_PAYABLE = _balance("1710", "Af te dragen pensioenpremies")
NET_PAYABLE = _balance("1720", "Te betalen nettolonen")
HOLIDAY_RESERVE = _balance("1730", "Reservering vakantiegeld")
STAFF_FUND = _balance("1740", "Personeelsvereniging")
SUSPENSE = _balance("2990", "Vraagposten loonjournaal")
"""No journal line points here: it is meant as the fallback for lines without a ledger account."""

LEDGER_ACCOUNTS = (
    TAX_PAYABLE, PENSION_PAYABLE, NET_PAYABLE, HOLIDAY_RESERVE, STAFF_FUND, SUSPENSE,
    GROSS, OVERTIME, HOLIDAY_COST, SOCIAL_COST, PENSION_COST, TRAVEL,
)  # fmt: skip
