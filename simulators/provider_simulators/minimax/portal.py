"""What a person does in Minimax's screens, for tests: without a token, and without a limit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from provider_simulators.minimax.backend import MinimaxBackend
from provider_simulators.minimax.books import Organisation
from provider_simulators.minimax.filling import payment_status
from provider_simulators.minimax.reading import Record

JOURNAL = "Journal"
DAYS = (
    "JournalDate",
    "JournalEntryDate",
    "DueDate",
    "TransactionDate",
    "DateIssued",
    "DateDue",
    "DateTransaction",
    "Date",
)


class Portal:
    """The screens. Every change stands in the log of writes with the actor ``portal``.

    An administration is an organisation's id, a kind is the name of a model, a key the id of a record.
    """

    def __init__(self, backend: MinimaxBackend) -> None:
        self._backend = backend

    def book(self, administration: int, journal: Mapping[str, Any]) -> Record:
        """Book a journal, as the API takes it, by hand."""
        return self._backend.add(self._books(administration), JOURNAL, journal)

    def add_record(self, administration: int, kind: str, body: Mapping[str, Any]) -> Record:
        """Make a record of any sort."""
        return self._backend.add(self._books(administration), kind, body)

    def edit_record(self, administration: int, kind: str, key: int, changes: Mapping[str, Any]) -> Record:
        """Change members of a record, whatever its state; references are ids."""
        books = self._books(administration)
        record = self._backend.restamp(books, kind, key, **_plain(changes))
        self._backend.note(books, kind, key, "edit", dict(changes))
        return record

    def delete_record(self, administration: int, kind: str, key: int) -> None:
        """Remove a record, whatever refers to it."""
        books = self._books(administration)
        books.drop(kind, key)
        self._backend.note(books, kind, key, "delete", None)

    def edit_journal(self, administration: int, journal: int, entry: int = 1, **changes: Any) -> Record:
        """Change members of one line of a journal, from 1; nothing is checked."""
        books = self._books(administration)
        rows = [dict(row) for row in books.table(JOURNAL)[journal]["JournalEntries"]]
        rows[entry - 1].update(_plain(changes))
        return self._entries(books, journal, rows, {"entry": entry, **changes})

    def remove_entry(self, administration: int, journal: int, entry: int = 1) -> Record:
        """Take one line out of a journal."""
        books = self._books(administration)
        rows = list(books.table(JOURNAL)[journal]["JournalEntries"])
        del rows[entry - 1]
        return self._entries(books, journal, rows, {"entry": entry})

    def confirm_journal(self, administration: int, journal: int) -> Record:
        """Confirm a draft: it is in the ledger from now on."""
        return self.edit_record(administration, JOURNAL, journal, {"Status": "P"})

    def pay(self, administration: int, kind: str, key: int, amount: Decimal | str) -> Record:
        """A payment of an invoice (``IssuedInvoice`` or ``ReceivedInvoice``), in domestic currency."""
        books = self._books(administration)
        invoice = books.table(kind)[key]
        paid = Decimal(invoice["PaidValue"] or 0) + Decimal(amount)
        status = payment_status({**invoice, "PaidValue": paid}, self._backend.context(books))
        return self.edit_record(administration, kind, key, {"PaidValue": paid, "PaymentStatus": status})

    def block_account(self, administration: int, account: str) -> None:
        """Nothing can be posted to an account any more; it is named by its code."""
        record = self._books(administration).by_code("Account", account)
        if record is None:
            raise KeyError(account)
        self.edit_record(administration, "Account", record["AccountId"], {"AllowedPosting": "N"})

    def close_period(self, administration: int, year: int, period: int) -> None:
        """Close the VAT of a month."""
        self._books(administration).closed.add((year, period))
        self._backend.effect("period_closed", organisation=administration, year=year, period=period)

    def reopen_period(self, administration: int, year: int, period: int) -> None:
        """Open it again."""
        self._books(administration).closed.discard((year, period))
        self._backend.effect("period_reopened", organisation=administration, year=year, period=period)

    def withdraw_right(self, administration: int) -> None:
        """The user loses the API right on an organisation, or the licence ends."""
        self._books(administration).reachable = False

    def grant_right(self, administration: int) -> None:
        """The right is there again."""
        self._books(administration).reachable = True

    def _entries(self, books: Organisation, key: int, rows: list[Record], content: Mapping[str, Any]) -> Record:
        record = self._backend.restamp(books, JOURNAL, key, JournalEntries=rows)
        self._backend.note(books, JOURNAL, key, "edit", dict(content))
        return record

    def _books(self, administration: int) -> Organisation:
        return self._backend.organisations[administration]


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Days and amounts may come as texts, as they do over HTTP."""
    plain = dict(changes)
    for name, value in changes.items():
        if name in DAYS and isinstance(value, str):
            plain[name] = date.fromisoformat(value)
        elif name.startswith(("Debit", "Credit")) and isinstance(value, str):
            plain[name] = Decimal(value)
    return plain
