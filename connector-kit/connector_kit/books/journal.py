"""The balanced journal entry: what every bookkeeping package books, whatever it calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from connector_kit.books.entry_errors import (
    EmptyEntryError,
    EntryError,
    InvalidFieldError,
    MissingAccountError,
    MissingFieldError,
    MissingKeyError,
    Problems,
    UnbalancedEntryError,
)
from connector_kit.books.money import EXACT, ZERO, MoneyError, money, total
from connector_kit.books.records import Readers, members_of
from connector_kit.books.values import calendar_date, currency_code, text_or_none, whole_number

__all__ = [
    "EmptyEntryError",
    "EntryError",
    "InvalidFieldError",
    "JournalEntry",
    "JournalLine",
    "MissingAccountError",
    "MissingFieldError",
    "MissingKeyError",
    "UnbalancedEntryError",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line: an amount on one side of one ledger account.

    Accounts, cost centers, cost units, customers, suppliers, employees and VAT are codes of the bookkeeping package
    (text, leading zeros count), never ids. Exactly one of `debit` and `credit` is positive, the other is zero.

    Raises:
        EntryError: When it is constructed otherwise.
    """

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    description: str | None = None
    cost_center: str | None = None
    cost_unit: str | None = None
    customer: str | None = None
    supplier: str | None = None
    employee: str | None = None
    vat_code: str | None = None
    invoice_number: str | None = None
    due_date: date | None = None

    def __post_init__(self) -> None:
        if not self.account:
            raise MissingAccountError("no ledger account", field="account")
        for side in ("debit", "credit"):
            object.__setattr__(self, side, _amount(getattr(self, side), side))
            if getattr(self, side) < 0:
                raise InvalidFieldError("must not be negative", field=side)
        if self.debit and self.credit:
            raise InvalidFieldError("a line has an amount on one side only", field="credit")
        if not self.debit and not self.credit:
            raise InvalidFieldError("a line needs an amount", field="debit")


_LINE_TEXTS: Final = (
    "description",
    "cost_center",
    "cost_unit",
    "customer",
    "supplier",
    "employee",
    "vat_code",
    "invoice_number",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A journal entry whose lines balance to the cent.

    Attributes:
        key: Business key, unique in its stream and administration.
        date: Date of the entry in the books.
        lines: At least one; debit equals credit.
        journal: Code of the journal (book), where the record names it.
        reference: Document number of the source, such as the number of the payroll run.
        currency: ISO 4217 code.
        version: Version of the record at its source, where it has one.
        provider_fields: What only one bookkeeping package knows, by its name: `{"minox": {...}}`.

    Raises:
        EntryError: When it is constructed without key or lines, or unbalanced.
    """

    key: str
    date: date
    lines: tuple[JournalLine, ...]
    journal: str | None = None
    description: str | None = None
    reference: str | None = None
    currency: str = "EUR"
    fiscal_year: int | None = None
    period: int | None = None
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.key:
            raise MissingKeyError("no key", field="key")
        object.__setattr__(self, "lines", tuple(self.lines))
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))
        if not self.lines:
            raise EmptyEntryError("no line with an amount", entry=self.key, field="lines")
        difference = EXACT.subtract(self.total, total(line.credit for line in self.lines))
        if difference:
            raise UnbalancedEntryError(difference, entry=self.key)

    @property
    def total(self) -> Decimal:
        """Sum of the debit side, which is that of the credit side."""
        return total(line.debit for line in self.lines)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "JournalEntry":
        """Read a record of the books contract `journal_entries`.

        Amounts may be Decimal, int or text; a negative amount moves to the other side; lines without an amount are
        left out. Dates may be dates, ISO dates, or ISO times at midnight, whose day is kept. Unknown members are
        ignored, but objects (`minox: {...}`) become `provider_fields`.

        Raises:
            EntryError: Names the entry and the field.
        """
        key = _key(record)
        try:
            return cls(key=key, **_entry_members(record))
        except EntryError as error:
            error.entry = key
            raise

    def to_record(self) -> dict[str, Any]:
        """Write the record of the books contract; reading it again gives the same entry."""
        record: dict[str, Any] = {name: dict(members) for name, members in self.provider_fields.items()}
        record |= {name: getattr(self, name) for name in _ENTRY_FIELDS}
        record["date"] = self.date.isoformat()
        record["lines"] = [_line_record(line) for line in self.lines]
        return record


_ENTRY_FIELDS: Final = tuple(member.name for member in fields(JournalEntry) if member.name != "provider_fields")


def _key(record: Mapping[str, Any]) -> str:
    try:
        key = text_or_none(record.get("key"))
    except ValueError as error:
        raise InvalidFieldError(str(error), field="key") from error
    if key is None:
        raise MissingKeyError("no key", field="key")
    return key


def _entry_members(record: Mapping[str, Any]) -> dict[str, Any]:
    members = members_of(record, _ENTRY_READERS)
    members["currency"] = members["currency"] or "EUR"
    members["provider_fields"] = {
        name: value for name, value in record.items() if name not in _ENTRY_FIELDS and isinstance(value, Mapping)
    }
    return members


def _lines(value: object) -> tuple[JournalLine, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise InvalidFieldError("must be a list of lines", field="lines")
    problems, lines = Problems(), []
    for index, item in enumerate(value):
        try:
            lines.append(_line(item, index))
        except EntryError as error:
            problems.append(error)
    if problems:
        raise problems.joined(None)
    return tuple(line for line in lines if line is not None)


def _line(item: object, index: int) -> JournalLine | None:
    """Read a line; None if it has no amount."""
    path = f"lines[{index}]"
    if not isinstance(item, Mapping):
        raise InvalidFieldError("must be an object", field=path)
    try:
        debit, credit = _sides(item)
        if not debit and not credit:
            return None
        account = _read(text_or_none, item, "account")
        if account is None:
            raise MissingAccountError(f"line {index + 1} has no ledger account", field="account")
        texts = {name: _read(text_or_none, item, name) for name in _LINE_TEXTS}
        due_date = _read(calendar_date, item, "due_date")
        return JournalLine(account=account, debit=debit, credit=credit, due_date=due_date, **texts)
    except EntryError as error:
        error.field = f"{path}.{error.field}"
        raise


def _sides(item: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Debit and credit of a line, both positive: what is negative belongs on the other side."""
    if item.get("debit") is None and item.get("credit") is None:
        raise MissingFieldError("neither debit nor credit", field="debit")
    debit, credit = (ZERO if item.get(side) is None else _amount(item[side], side) for side in ("debit", "credit"))
    if debit and credit:
        raise InvalidFieldError("a line has an amount on one side only", field="credit")
    return (credit.copy_abs(), debit.copy_abs()) if debit < 0 or credit < 0 else (debit, credit)


def _amount(value: object, side: str) -> Decimal:
    try:
        return money(value)
    except MoneyError as error:
        raise InvalidFieldError(str(error), field=side) from error


def _read(convert: Any, members: Mapping[str, Any], name: str) -> Any:
    try:
        return convert(members.get(name))
    except ValueError as error:
        raise InvalidFieldError(str(error), field=name) from error


def _day(value: object) -> date:
    day = calendar_date(value)
    if day is None:
        raise MissingFieldError("no date", field="date")
    return day


_ENTRY_READERS: Final[Readers] = {
    "journal": text_or_none,
    "description": text_or_none,
    "reference": text_or_none,
    "version": text_or_none,
    "fiscal_year": whole_number,
    "period": whole_number,
    "currency": currency_code,
    "date": _day,
    "lines": _lines,
}


def _line_record(line: JournalLine) -> dict[str, Any]:
    record = {member.name: getattr(line, member.name) for member in fields(line)}
    return record | {"due_date": line.due_date.isoformat() if line.due_date else None}
