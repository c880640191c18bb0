"""Invoices as they are booked: who owes whom, until when, and on which ledger accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

from connector_kit.books.entry_errors import (
    EmptyEntryError,
    EntryError,
    InvalidFieldError,
    MissingAccountError,
    MissingFieldError,
    Problems,
)
from connector_kit.books.money import EXACT, ZERO, total
from connector_kit.books.records import Readers, amount, field_names, members_of, price, provider_fields_of, require
from connector_kit.books.values import calendar_date, currency_code, text_or_none, whole_number

__all__ = ["Invoice", "InvoiceLine", "PurchaseInvoice", "SalesInvoice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice.

    Attributes:
        account: Code of the ledger account for revenue (sales) or costs (purchase).
        amount: Without VAT; negative on credit notes.
        vat_amount: VAT on top of it.
        vat_code: Code of the VAT rate.

    Raises:
        EntryError: When it is constructed without account or amount.
    """

    account: str
    amount: Decimal
    vat_amount: Decimal = ZERO
    vat_code: str | None = None
    description: str | None = None
    cost_center: str | None = None
    cost_unit: str | None = None
    item: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None

    def __post_init__(self) -> None:
        if not self.account:
            raise MissingAccountError("no ledger account", field="account")
        if self.amount is None:
            raise MissingFieldError("no amount", field="amount")

    @property
    def gross(self) -> Decimal:
        """With VAT."""
        return EXACT.add(self.amount, self.vat_amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice; credit notes have negative amounts.

    Attributes:
        key: Business key, unique in its stream and administration.
        date: Of the invoice, which decides the fiscal year.
        party: Code of the customer (sales) or supplier (purchase).
        lines: At least one.
        number: Invoice number; what open items are matched on.
        due_date: When it is to be paid.
        payment_days: Days until then, where there is no due date.
        journal: Code of the journal (book), where the record names it.

    Raises:
        EntryError: When it is constructed without key, date, party or lines.
    """

    party_field: ClassVar[str]
    """What the record calls the other party."""

    key: str
    due_date: date | None = None  # before `date`, whose name hides the type
    date: date
    party: str
    lines: tuple[InvoiceLine, ...]
    number: str | None = None
    payment_days: int | None = None
    journal: str | None = None
    description: str | None = None
    reference: str | None = None
    currency: str = "EUR"
    fiscal_year: int | None = None
    period: int | None = None
    total: Decimal | None = None
    version: str | None = None
    provider_fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        require(self, "key", "date", key=self.key)
        if not self.party:
            raise MissingFieldError(f"no {self.party_field}", entry=self.key, field=self.party_field)
        object.__setattr__(self, "lines", tuple(self.lines))
        object.__setattr__(self, "provider_fields", MappingProxyType(dict(self.provider_fields)))
        if not self.lines:
            raise EmptyEntryError("no line with an amount", entry=self.key, field="lines")
        if self.total is not None and self.total != self.gross:
            raise InvalidFieldError("is not the sum of the lines with their VAT", entry=self.key, field="total")

    @property
    def gross(self) -> Decimal:
        """What is to be paid."""
        return total(line.gross for line in self.lines)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract; lines without any amount are left out.

        Raises:
            EntryError: Names the invoice's key and all fields that are wrong.
        """
        readers = {name: read for name, read in _READERS.items() if name != "party"} | {
            cls.party_field: text_or_none,
            "lines": _lines,
        }
        members = members_of(record, readers)
        members["party"] = members.pop(cls.party_field)
        members["currency"] = members["currency"] or "EUR"
        return cls(**members, provider_fields=provider_fields_of(record, readers))


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesInvoice(Invoice):
    """An invoice to a customer."""

    party_field: ClassVar[str] = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseInvoice(Invoice):
    """An invoice of a supplier."""

    party_field: ClassVar[str] = "supplier"


def _lines(value: object) -> tuple[InvoiceLine, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise InvalidFieldError("must be a list of lines", field="lines")
    problems, lines = Problems(), []
    for index, item in enumerate(value):
        try:
            lines.append(_line(item, f"lines[{index}]"))
        except EntryError as error:
            problems.append(error)
    if problems:
        raise problems.joined(None)
    return tuple(line for line in lines if line is not None)


def _line(item: object, path: str) -> InvoiceLine | None:
    if not isinstance(item, Mapping):
        raise InvalidFieldError("must be an object", field=path)
    members = members_of(item, _LINE_READERS, path=f"{path}.")
    members["vat_amount"] = members["vat_amount"] or ZERO
    if not members["amount"] and not members["vat_amount"] and item.get("amount") is not None:
        return None
    try:
        return InvoiceLine(**members)
    except EntryError as error:
        error.field = f"{path}.{error.field}"
        raise


_LINE_OTHERS: Final[Readers] = {"amount": amount, "vat_amount": amount, "quantity": price, "price": price}
_LINE_READERS: Final[Readers] = {name: _LINE_OTHERS.get(name, text_or_none) for name in field_names(InvoiceLine)}
_OTHERS: Final[Readers] = {
    "date": calendar_date,
    "due_date": calendar_date,
    "payment_days": whole_number,
    "currency": currency_code,
    "fiscal_year": whole_number,
    "period": whole_number,
    "total": amount,
}
_READERS: Final[Readers] = {name: _OTHERS.get(name, text_or_none) for name in field_names(Invoice) if name != "lines"}
