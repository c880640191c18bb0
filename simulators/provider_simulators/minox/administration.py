"""The master data of one administration: fiscal years, journals, chart of accounts, cost centers, VAT, terms."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

WEEKS_PER_SHORT_PERIOD = 4
SHORT_PERIODS = 13


def _add_months(start: date, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, start.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYear:
    """A fiscal year (boekjaar): 1, 4, 12 or 13 periods between fixed dates; it may start in any month.

    Attributes:
        year: The number by which the API calls it.
        start: First day, the first of a month.
        periods: How many periods; 13 are of four weeks, the last one takes the remaining days.
    """

    year: int
    start: date
    periods: int

    @property
    def end(self) -> date:
        """The last day."""
        return _add_months(self.start, 12) - timedelta(days=1)

    def period_of(self, day: date) -> int:
        """The period that contains a day of this year."""
        if self.periods == SHORT_PERIODS:
            return min(SHORT_PERIODS, (day - self.start).days // (7 * WEEKS_PER_SHORT_PERIOD) + 1)
        months = (day.year - self.start.year) * 12 + day.month - self.start.month
        return months * self.periods // 12 + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAccount:
    """A ledger account (grootboekrekening), customer or supplier: they share one number space, 1..999999.

    Attributes:
        number: The number; sent as text in ``account.id`` of a line, as a number in the chart.
        description: Its Dutch name.
        is_balance: On the balance sheet, not in profit and loss.
        cost_type: Number of its cost type (kostensoort): a line on it needs a cost center.
        vat: Number of the VAT code that belongs to it.
        blocked: Why nothing may be booked on it.
        kind: ``ledger_account``, ``customer`` or ``supplier``.
        collective: Number of the ledger account that stands for a customer or supplier in balances.
    """

    number: int
    description: str
    is_balance: bool
    cost_type: int | None = None
    vat: int | None = None
    blocked: str | None = None
    kind: str = "ledger_account"
    collective: int | None = None

    @property
    def ledger_number(self) -> int:
        """Number of the account under which it stands in balances."""
        return self.collective or self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A journal (dagboek).

    Attributes:
        code: At most four characters.
        description: Its Dutch name.
        kind: ``general`` is seen; cash, bank, opening_balance, purchase and sales are inferred.
        contra_account: Number of the account (tegenrekening) that takes what the lines leave open.
        range: First and last number of the customers or suppliers that are made with it.
        draws_numbers: Whether new ones get their number by themselves.
    """

    code: str
    description: str
    kind: str
    contra_account: int
    range: tuple[int, int] | None = None
    draws_numbers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A number with a description: a cost center (kostenplaats) or a cost type (kostensoort)."""

    number: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """A VAT code; ``kind`` is one of the ten Dutch labels of the VAT return."""

    number: int
    description: str
    kind: str
    percentage: Decimal
    account: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerm:
    """A payment term; ``days`` until the invoice is due."""

    number: int
    description: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """One set of books (administratie), 1..99999; every mapping is keyed by the number or code of its values.

    Attributes:
        accounts: Ledger accounts, customers and suppliers.
        written: What has been sent about master data, by collection and key, as it came; a new body replaces it all.
    """

    number: int
    name: str
    chamber_of_commerce: str
    fiscal_years: dict[int, FiscalYear]
    journals: dict[str, Journal]
    accounts: dict[int, LedgerAccount]
    cost_centers: dict[int, Described]
    cost_types: dict[int, Described]
    vat_codes: dict[int, Vat]
    payment_terms: dict[int, PaymentTerm]
    currency: str = "EUR"
    written: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def year_of(self, day: date) -> FiscalYear | None:
        """The fiscal year that contains a day, if there is one: the dates decide, not the clock (vendor help)."""
        return next((year for year in self.fiscal_years.values() if day in year), None)

    def accounts_of(self, kind: str) -> dict[int, LedgerAccount]:
        """Ledger accounts, customers or suppliers, by number."""
        return {number: account for number, account in sorted(self.accounts.items()) if account.kind == kind}
