"""What a person does in Minox's screens, for tests: without a token, and without a limit."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from provider_simulators.minox.administration import LedgerAccount
from provider_simulators.minox.backend import BATCH, MinoxBackend
from provider_simulators.minox.booking import Draft
from provider_simulators.minox.books import Batch
from provider_simulators.minox.catalogue import COLLECTIONS
from provider_simulators.minox.documents import Document

NAMED = {each.name: each for each in COLLECTIONS}


class Portal:
    """The screens. Every change stands in the log of writes with the actor ``portal``."""

    def __init__(self, backend: MinoxBackend) -> None:
        self._backend = backend

    def book(self, administration: int, lines: list[Document]) -> Batch:
        """Book lines, as the API takes them, by hand."""
        batch = self._backend.records(administration).new_id("portal")
        return self._backend.save_batch(administration, batch, lines)

    def edit_batch(self, administration: int, batch_id: str, line: int = 1, **changes: Any) -> Batch:
        """Change one line of a batch: `debit`, `credit`, `description`, `account` (a number), `document_date`, ...

        Closed periods and paid items do not stop a person with the rights for it.

        Args:
            administration: The books.
            batch_id: The batch.
            line: Its line, from 1.
            changes: Members of the line.

        Raises:
            KeyError: There is no such batch or account.
        """
        books, key = self._backend.books(administration), UUID(batch_id)
        with books.lock:
            drafts = [each.draft for each in books.batches[key].lines]
            if "account" in changes:
                changes["account"] = books.administration.accounts[int(changes["account"])]
            for name in {"debit", "credit"} & changes.keys():
                changes[name] = Decimal(str(changes[name]))
            for name in {"document_date", "due_date"} & changes.keys():
                changes[name] = date.fromisoformat(str(changes[name]))
            drafts[line - 1] = replace(drafts[line - 1], **changes)
            return self._rebook(administration, key, drafts, {"line": line, **changes})

    def remove_line(self, administration: int, batch_id: str, line: int = 1) -> Batch:
        """Take one line out of a batch that has several."""
        books, key = self._backend.books(administration), UUID(batch_id)
        with books.lock:
            drafts = [each.draft for each in books.batches[key].lines]
            del drafts[line - 1]
            return self._rebook(administration, key, drafts, {"line": line})

    def delete_batch(self, administration: int, batch_id: str) -> None:
        """Remove a batch."""
        self._backend.delete_batch(administration, batch_id)

    def pay(
        self, administration: int, account: int, invoice: int, amount: Decimal | str, *, journal: str = "BANK"
    ) -> Batch:
        """A payment of an open item comes in (or with a supplier goes out) on the bank journal."""
        kind = self._backend.books(administration).administration.accounts[account].kind
        side = {"debit": Decimal(0), "credit": Decimal(amount)}
        if kind == "supplier":
            side = {"debit": side["credit"], "credit": side["debit"]}
        line = {
            "account": {"id": str(account)}, **side, "journal": {"id": journal}, "invoice_number": invoice,
            "description": f"Betaling {invoice}",
        }  # fmt: skip
        return self.book(administration, [line])

    def block_account(self, administration: int, account: int, reason: str = "Geblokkeerd") -> None:
        """Nothing can be booked on an account any more."""
        self._change_account(administration, account, blocked=reason)

    def set_vat(self, administration: int, account: int, vat: int | None) -> None:
        """Give an account a VAT code."""
        self._change_account(administration, account, vat=vat)

    def close_period(self, administration: int, year: int, period: int) -> None:
        """Close a period."""
        self._backend.close_period(administration, year, period)

    def reopen_period(self, administration: int, year: int, period: int) -> None:
        """Open it again."""
        self._backend.reopen_period(administration, year, period)

    def edit_record(self, administration: int, kind: str, key: Any, changes: Mapping[str, Any]) -> None:
        """Change a record of any collection."""
        self._backend.records(administration).patch(NAMED[kind], key, changes)

    def delete_record(self, administration: int, kind: str, key: Any) -> None:
        """Remove a record of any collection."""
        self._backend.records(administration).delete(NAMED[kind], key)

    def _rebook(self, administration: int, key: UUID, drafts: list[Draft], content: Mapping[str, Any]) -> Batch:
        books = self._backend.books(administration)
        closed = set(books.closed)
        try:
            books.closed.clear()
            vat = self._backend.switches.vat_amounts
            batch = books.put(key, drafts, vat=vat, keeps_entry_number=True)
        finally:
            books.closed |= closed
        plain = {name: getattr(value, "number", value) for name, value in content.items()}
        self._backend.records(administration).note(BATCH, key, "edit", plain)
        return batch

    def _change_account(self, administration: int, number: int, **changes: Any) -> LedgerAccount:
        accounts = self._backend.books(administration).administration.accounts
        accounts[number] = replace(accounts[number], **changes)
        self._backend.records(administration).note(accounts[number].kind, number, "edit", changes)
        return accounts[number]
