"""An organisation's records by sort, with what all organisations of an installation share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minimax.models import Model
from provider_simulators.minimax.reading import Record

ZERO = Decimal(0)
PARENTS: Mapping[str, str] = {
    "AddressModel": "Customer",
    "BankAccount": "Customer",
    "Contact": "Customer",
    "DocumentAttachment": "Document",
    "IssuedInvoiceAttachment": "IssuedInvoice",
    "ReceivedInvoiceAttachment": "ReceivedInvoice",
}
"""Records that belong to another one, whose id stands in their path."""
UNIQUE_CODES = ("Customer", "Item")
"""Everything else may be there twice (vendor's documentation)."""


@dataclass(kw_only=True)
class Organisation:
    """A set of books. In records references are ids, days are dates, amounts are Decimal or int.

    Attributes:
        own: Records by sort and id.
        shared: Code lists of the installation.
        closed: Years and months whose VAT is closed.
        reachable: Whether the user has the API right, and the organisation its licence.
    """

    id: int
    name: str
    company: Any
    shared: Mapping[str, dict[int, Record]]
    own: dict[str, dict[int, Record]] = field(default_factory=dict)
    closed: set[tuple[int, int]] = field(default_factory=set)
    reachable: bool = True
    _codes: dict[tuple[str, str], int] = field(default_factory=dict)

    def table(self, kind: str) -> dict[int, Record]:
        """All records of a sort, by id."""
        return self.shared[kind] if kind in self.shared else self.own.setdefault(kind, {})

    def get(self, kind: str, key: int | None) -> Record | None:
        """A record, or None."""
        return self.table(kind).get(key) if key is not None else None

    def exists(self, kind: str, key: int) -> bool:
        """Whether there is one; lines of a journal and of a stock entry count too."""
        if kind in CHILDREN:
            parent, rows, own = CHILDREN[kind]
            return any(row.get(own) == key for record in self.table(parent).values() for row in record.get(rows) or ())
        return key in self.table(kind)

    def by_code(self, kind: str, code: str) -> Record | None:
        """The record with exactly this code."""
        if kind in UNIQUE_CODES:
            return self.get(kind, self._codes.get((kind, code)))
        return next((record for record in self.table(kind).values() if record.get("Code") == code), None)

    def of_parent(self, kind: str, parent: int) -> Iterator[Record]:
        """The records that belong to another one."""
        return (record for record in self.table(kind).values() if record["parent"] == parent)

    def put(self, model: Model, record: Record, kind: str = "") -> Record:
        """Keep a record, new or in the place of the former one."""
        kind, key = kind or model.name, record[model.key]
        former = self.get(kind, key)
        if former and kind in UNIQUE_CODES:
            self._codes.pop((kind, former["Code"]), None)
        self.table(kind)[key] = record
        if kind in UNIQUE_CODES and record["Code"]:
            self._codes[(kind, record["Code"])] = key
        return record

    def drop(self, kind: str, key: int) -> None:
        """Forget a record, and what belongs to it."""
        former = self.table(kind).pop(key)
        if kind in UNIQUE_CODES:
            self._codes.pop((kind, former["Code"]), None)
        for child, parent in PARENTS.items():
            if parent == kind:
                for each in [place for place, one in self.table(child).items() if one["parent"] == key]:
                    del self.table(child)[each]

    # What a checker asks

    def entries(self, *, since: date | None = None, until: date | None = None) -> Iterator[tuple[Record, Record]]:
        """Journals with each of their entries, by date of the journal."""
        for journal in self.table("Journal").values():
            if (since or journal["JournalDate"]) <= journal["JournalDate"] <= (until or journal["JournalDate"]):
                yield from ((journal, entry) for entry in journal["JournalEntries"])

    def trial_balance(self) -> list[tuple[Record, Decimal, Decimal]]:
        """Accounts that were posted to, by code, with both sides in domestic currency, drafts included."""
        sides: dict[int, list[Decimal]] = {}
        for _, entry in self.entries():
            both = sides.setdefault(entry["Account"], [ZERO, ZERO])
            both[0] += Decimal(entry["DebitInDomesticCurrency"] or 0)
            both[1] += Decimal(entry["CreditInDomesticCurrency"] or 0)
        rows = [(self.table("Account")[key], debit, credit) for key, (debit, credit) in sides.items()]
        return sorted(rows, key=lambda row: str(row[0]["Code"]))

    def balance(self, account: str) -> Decimal:
        """Debit less credit of an account in domestic currency, drafts included."""
        record = self.by_code("Account", account)
        key = record["AccountId"] if record else None
        return sum(
            (
                Decimal(entry["DebitInDomesticCurrency"] or 0) - Decimal(entry["CreditInDomesticCurrency"] or 0)
                for _, entry in self.entries()
                if entry["Account"] == key
            ),
            ZERO,
        )


CHILDREN: Mapping[str, tuple[str, str, str]] = {
    "JournalEntry": ("Journal", "JournalEntries", "JournalEntryId"),
    "VATEntry": ("Journal", "VatEntries", "VatEntryId"),
    "StockEntryRow": ("StockEntry", "StockEntryRows", "StockEntryRowId"),
}
"""Rows that others point at: where they stand."""
