"""Receivables and payables (openstaande posten): they follow from the lines on customers and suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minox import documents
from provider_simulators.minox.books import Batch, Books, Line
from provider_simulators.minox.shelves import merged

INVOICING = ("sales", "purchase", "opening_balance")
KINDS: Mapping[str, str] = {"receivable": "customer", "payable": "supplier"}
NOTHING = Decimal(0)
ItemKey = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """An invoice of a customer or supplier and what is left of it; amounts are positive for the usual direction.

    Attributes:
        kind: ``receivable`` or ``payable``.
        lines: The lines that make it, oldest first.
        total: Of the lines in sales, purchase and opening journals.
        paid: Of the lines in all other journals.
    """

    kind: str
    lines: tuple[Line, ...]
    total: Decimal
    paid: Decimal

    @property
    def key(self) -> ItemKey:
        """Number of the customer or supplier, and invoice number (0: the lines had none)."""
        first = self.lines[0].draft
        return first.account.number, first.invoice_number or 0

    @property
    def balance(self) -> Decimal:
        """What is left."""
        return self.total - self.paid


def open_items(books: Books, kind: str) -> dict[ItemKey, OpenItem]:
    """All items, paid ones too."""
    lines: dict[ItemKey, list[Line]] = {}
    for line in books.lines():
        draft = line.draft
        if draft.account.kind == KINDS[kind]:
            lines.setdefault((draft.account.number, draft.invoice_number or 0), []).append(line)
    return {key: _item(kind, found) for key, found in sorted(lines.items())}


def paid_items(books: Books, batch: Batch) -> list[OpenItem]:
    """The items of a batch of invoices on which something has been paid."""
    invoices = [line.draft for line in batch.lines if line.draft.journal.kind in INVOICING]
    wanted = {(draft.account.number, draft.invoice_number or 0) for draft in invoices}
    if not any(draft.account.kind in KINDS.values() for draft in invoices):
        return []
    every = [item for kind in KINDS for item in open_items(books, kind).values()]
    return [item for item in every if item.key in wanted and item.paid]


def document(item: OpenItem, books: Books, today: date) -> documents.Document:
    """Schema `open_item`, with what was changed by hand or by PATCH."""
    first = item.lines[0].draft
    attachment = books.attachments.get(item.lines[0].batch_id)
    account, invoice = item.key
    shown: documents.Document = {
        "type": item.kind,
        "account_id": account,
        "account": documents.account_reference(first.account),
        "invoice_number": invoice,
        "invoice_date": _moment(first.document_date),
        "due_date": _moment(first.due_date or first.document_date),
        "total": item.total,
        "paid": item.paid,
        "balance": item.balance,
        "blocked": 0,
        "currency": documents.currency(books.administration),
        "age": (today - first.document_date).days,
        "payment_term": documents.payment_term_document(first.payment_term) if first.payment_term else None,
        "document_id": f"{attachment.id}{_suffix(attachment.name)}" if attachment else None,
    }
    changes: dict[str, Any] = books.records[item.kind].get(item.key, {})
    return merged(shown, changes, deep=True)


def _item(kind: str, lines: list[Line]) -> OpenItem:
    sign = 1 if kind == "receivable" else -1
    invoiced = [line.draft.amount for line in lines if line.draft.journal.kind in INVOICING]
    settled = [line.draft.amount for line in lines if line.draft.journal.kind not in INVOICING]
    return OpenItem(
        kind=kind, lines=tuple(lines), total=sign * sum(invoiced, NOTHING), paid=-sign * sum(settled, NOTHING)
    )


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00.000Z"


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:] if dot > 0 else ""
