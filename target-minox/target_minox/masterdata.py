"""What an administration consists of: fiscal years, journals, ledger accounts, cost centers, VAT codes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeVar

from connector_kit.errors import ConnectorError

__all__ = [
    "KINDS_WITHOUT_ENTRIES",
    "AdministrationInfo",
    "FiscalYear",
    "Journal",
    "JournalKind",
    "LedgerAccount",
    "MasterData",
    "MasterDataError",
    "day",
    "is_on",
    "number",
]

Record = Mapping[str, Any]
T = TypeVar("T")

_MONTHS_PER_YEAR: Final = 12
_FOUR_WEEKLY_PERIODS: Final = 13
_FOUR_WEEKS: Final = 28


class MasterDataError(ConnectorError):
    """Minox gave master data that cannot be understood; the message names the kind and the member."""


class JournalKind(StrEnum):
    """Kind of a journal (dagboek). Only `general` is known as a value of the API; the others are inferred."""

    MEMORIAL = "memorial"
    CASH = "cash"
    BANK = "bank"
    OPENING_BALANCE = "opening balance"
    PURCHASE = "purchase"
    SALES = "sales"
    UNKNOWN = "unknown"


KINDS_WITHOUT_ENTRIES: Final = frozenset({JournalKind.CASH, JournalKind.BANK, JournalKind.OPENING_BALANCE})
"""Journals whose other side Minox keeps by itself, so that a balanced entry does not belong in them."""

_KINDS: Final[Mapping[str, JournalKind]] = {
    "general": JournalKind.MEMORIAL,
    "memo": JournalKind.MEMORIAL,
    "memorial": JournalKind.MEMORIAL,
    "memoriaal": JournalKind.MEMORIAL,
    "cash": JournalKind.CASH,
    "kas": JournalKind.CASH,
    "bank": JournalKind.BANK,
    "openingbalance": JournalKind.OPENING_BALANCE,
    "beginbalans": JournalKind.OPENING_BALANCE,
    "purchase": JournalKind.PURCHASE,
    "inkoop": JournalKind.PURCHASE,
    "sales": JournalKind.SALES,
    "verkoop": JournalKind.SALES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FiscalYear:
    """A fiscal year (boekjaar) of the administration, which need not be a calendar year.

    Attributes:
        year: Its name, such as 2026.
        number_of_periods: 1, 4, 12 or 13.
        start: First day.
        end: Last day.
    """

    year: int
    number_of_periods: int
    start: date
    end: date

    @classmethod
    def from_record(cls, record: Record) -> "FiscalYear":
        """Read a member of `fiscal_years`."""
        return cls(
            year=_required(number, record, "fiscal_year", "fiscal year"),
            number_of_periods=_required(number, record, "number_of_periods", "fiscal year"),
            start=_required(day, record, "start_date", "fiscal year"),
            end=_required(day, record, "end_date", "fiscal year"),
        )

    def period_of(self, when: date) -> int | None:
        """The period that holds a day of this year; None where the boundaries are not certain.

        Equal parts of whole months, or four-week periods of which the last takes the rest (inferred). A year that is
        longer or shorter than twelve months has boundaries that only Minox knows.
        """
        if not self._is_twelve_months:
            return None
        if self.number_of_periods == _FOUR_WEEKLY_PERIODS:
            return min((when - self.start).days // _FOUR_WEEKS + 1, _FOUR_WEEKLY_PERIODS)
        if self.number_of_periods < 1 or _MONTHS_PER_YEAR % self.number_of_periods:
            return None
        months = (when.year - self.start.year) * _MONTHS_PER_YEAR + when.month - self.start.month
        return months // (_MONTHS_PER_YEAR // self.number_of_periods) + 1

    def begins(self) -> Iterator[tuple[date, int]]:
        """First day and number of each period whose boundaries are certain."""
        last = None
        for when in (self.start + timedelta(days=days) for days in range((self.end - self.start).days + 1)):
            period = self.period_of(when)
            if period is None:
                return
            if period != last:
                yield when, period
            last = period

    @property
    def _is_twelve_months(self) -> bool:
        return self.start.day == 1 and self.end + timedelta(days=1) == self.start.replace(year=self.start.year + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class AdministrationInfo:
    """One set of books of a tenant.

    Attributes:
        id: 1..99999.
        name: As the accountant named it.
        currency: ISO code of the books.
        fiscal_years: As made by hand in Minox; nothing can be booked outside them.
    """

    id: int
    name: str
    currency: str
    fiscal_years: tuple[FiscalYear, ...]

    @classmethod
    def from_record(cls, record: Record) -> "AdministrationInfo":
        """Read a row of the administration list."""
        return cls(
            id=_required(number, record, "id", "administration"),
            name=str(record.get("name") or ""),
            currency=str(_member(record, "currency").get("id") or "EUR"),
            fiscal_years=tuple(FiscalYear.from_record(year) for year in record.get("fiscal_years") or ()),
        )

    def year_of(self, when: date) -> FiscalYear | None:
        """The fiscal year that holds a day."""
        return next((year for year in self.fiscal_years if year.start <= when <= year.end), None)

    def period_begins(self) -> Iterator[tuple[date, int, int]]:
        """First day, fiscal year and number of each period whose boundaries are certain."""
        for year in self.fiscal_years:
            yield from ((begin, year.year, period) for begin, period in year.begins())

    def year(self, name: int) -> FiscalYear | None:
        """The fiscal year with this name."""
        return next((year for year in self.fiscal_years if year.year == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Journal:
    """A journal (dagboek).

    Attributes:
        code: Up to four characters.
        kind: What is booked in it.
        numbers: Of the customers (sales) or suppliers (purchase) that belong to it, where Minox tells.
    """

    code: str
    kind: JournalKind
    numbers: range | None = None

    @classmethod
    def from_record(cls, record: Record) -> "Journal":
        """Read a row of the journal list."""
        kind = re.sub("[^a-z]", "", str(record.get("type") or "").lower())
        bounds = _member(record, "range")
        start, end = number(bounds.get("start")), number(bounds.get("end"))
        return cls(
            code=_required(_code, record, "id", "journal"),
            kind=_KINDS.get(kind, JournalKind.UNKNOWN),
            numbers=range(start, end + 1) if start and end and start <= end else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerAccount:
    """A ledger account (grootboekrekening).

    Attributes:
        id: 1..999999, one number space with customers and suppliers.
        blocked: Nothing may be booked on it.
        has_cost_type: Lines on it need a cost center.
        has_vat: Minox splits VAT off a line on it that gives no VAT code.
        takes_vat_amounts: A line on it may say how much VAT it is.
    """

    id: int
    blocked: bool
    has_cost_type: bool
    has_vat: bool
    takes_vat_amounts: bool = False

    @classmethod
    def from_record(cls, record: Record) -> "LedgerAccount":
        """Read a row of the chart of accounts."""
        return cls(
            id=_required(number, record, "id", "ledger account"),
            blocked=is_on(_member(record, "blocked").get("active")),
            has_cost_type=bool(number(_member(record, "cost_type").get("id"))),
            has_vat=bool(number(_member(record, "vat").get("id"))),
            takes_vat_amounts=is_on(record.get("allow_free_vat_input")),
        )


@dataclass(frozen=True, kw_only=True)
class MasterData:
    """The master data of one administration, read once and kept for the run.

    Attributes:
        administration: The set of books.
        journals: By code.
        ledger_accounts: By number.
        cost_centers: Numbers of the cost centers.
        read_vat_codes: Reads the rows of the VAT list; asked for only when a line gives a VAT code.
        read_payment_terms: Reads the rows of that list; asked for only when a record gives payment days.
    """

    administration: AdministrationInfo
    journals: dict[str, Journal]
    ledger_accounts: dict[int, LedgerAccount]
    cost_centers: set[int]
    read_vat_codes: Callable[[], list[Record]] = field(repr=False)
    read_payment_terms: Callable[[], list[Record]] = field(repr=False, default=list)

    @classmethod
    def from_records(
        cls,
        administration: AdministrationInfo,
        *,
        journals: list[Record],
        ledger_accounts: list[Record],
        cost_centers: list[Record],
        read_vat_codes: Callable[[], list[Record]],
        read_payment_terms: Callable[[], list[Record]] = list,
    ) -> "MasterData":
        """Read the rows of the lists."""
        journal_list = [Journal.from_record(record) for record in journals]
        account_list = [LedgerAccount.from_record(record) for record in ledger_accounts]
        return cls(
            administration=administration,
            journals={journal.code: journal for journal in journal_list},
            ledger_accounts={account.id: account for account in account_list},
            cost_centers={_required(number, record, "id", "cost center") for record in cost_centers},
            read_vat_codes=read_vat_codes,
            read_payment_terms=read_payment_terms,
        )

    def learn(self, stream: str, record: Record) -> None:
        """Take what a run is about to write for known, so that its later records may refer to it."""
        match stream:
            case "ledger_accounts":
                account = LedgerAccount.from_record(record)
                self.ledger_accounts[account.id] = account
            case "journals":
                journal = Journal.from_record(record)
                self.journals[journal.code] = journal
            case "cost_centers":
                self.cost_centers.add(_required(number, record, "id", "cost center"))

    @cached_property
    def vat_codes(self) -> Mapping[int, int | None]:
        """The VAT codes, each with the ledger account that takes its VAT, where Minox tells."""
        rows = self.read_vat_codes()
        return {_required(number, row, "id", "VAT code"): number(row.get("account_id")) for row in rows}

    @cached_property
    def _payment_terms(self) -> Mapping[int, int]:
        """Numbers of the payment terms by their days; the lowest number of several."""
        rows = ((number(row.get("days")), number(row.get("id"))) for row in self.read_payment_terms())
        return {days: term for days, term in sorted(rows, key=str, reverse=True) if days is not None and term}

    def payment_term(self, days: int | None) -> int | None:
        """The payment term of that many days."""
        return None if days is None else self._payment_terms.get(days)


def number(value: Any) -> int | None:
    """Read an identifier that Minox gives as a number or as its digits; anything else is None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return None


def is_on(value: Any) -> bool:
    """Read a switch: off when absent, false, 0 or text that says so; whatever else it says means on."""
    return value is not None and str(value).strip().lower() not in {"", "0", "false"}


def day(value: Any) -> date | None:
    """Read a plain date or an RFC 3339 time, whose zone is never shifted."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _code(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _member(record: Record, name: str) -> Record:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _required(read: Callable[[Any], T | None], record: Record, name: str, kind: str) -> T:
    value = read(record.get(name))
    if value is None:
        raise MasterDataError(f"Minox gave a {kind} without a usable {name}; nothing can be checked against it")
    return value
