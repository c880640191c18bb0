"""Bookings: entries and invoices, each as one transaction line batch, and the open items that they make."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypeVar, cast

from connector_kit.books.entry_errors import EntryError, Problems, UnbalancedEntryError
from connector_kit.books.invoice import Invoice, PurchaseInvoice, SalesInvoice
from connector_kit.books.journal import JournalEntry
from connector_kit.books.money import canonical
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.ledger import State
from connector_kit.posting.posting import Posted, Posting
from connector_kit.posting.sink import EntrySink, Fact

from target_minox import operations as op
from target_minox.batches import CLOSED_PERIOD, Batch, TransactionLineBatches
from target_minox.invoices import PURCHASE, SALES, InvoiceKind, lines_of
from target_minox.resources import Named, Naming
from target_minox.sinks.names import open_item
from target_minox.sinks.records import Records
from target_minox.sinks.row import Row
from target_minox.sinks.sink import MinoxSink

__all__ = ["ROWS", "Entries"]


Read = TypeVar("Read", bound=Fact)

_MAY_BE_THERE: Final = {State.SENT, State.IN_DOUBT, State.CONFIRMED, State.NEEDS_HUMAN}


class Bookings(MinoxSink[Read]):
    """What is booked as one transaction line batch, in a period that is open.

    What a booking says (its content, by which a change is told) is where its source wants it; where it is booked, if it
    must go elsewhere, the ledger knows as its period.
    """

    _wanted: Posting[Batch]

    def endpoint(self) -> TransactionLineBatches:
        """Batches of the administration, under ids that we choose."""
        return self._minox.batches()

    def _posting(self, record: Mapping[str, Any]) -> Posting[Batch]:
        self._wanted = super()._posting(record)
        return self._placed()

    def _post(self, posting: Posting[Batch]) -> Posted:
        """Book it; what Minox refuses because of its period goes on to the next one, if the settings want that."""
        periods = self._minox.periods
        while True:
            refusals = periods.refusals
            posted = super()._post(posting)
            if posted.reason is None or posted.reason.code != CLOSED_PERIOD:
                return posted
            before, posting = posting, self._placed()
            if posting.period == before.period and periods.refusals == refusals:
                return posted

    def _placed(self) -> Posting[Batch]:
        periods, wanted = self._minox.periods, self._wanted
        if not periods.moves:
            return wanted
        entry = self.books.ledger.entry(wanted.entity_key)
        stays = entry is not None and (entry.booked_hash is not None or entry.state in _MAY_BE_THERE)
        lines = wanted.document["lines"]
        place = entry.period if entry is not None and stays else periods.place_of(lines)
        return replace(wanted, document={"lines": periods.moved(lines, place)}, period=place or wanted.period)


class Entries(Bookings[JournalEntry], EntrySink[Batch]):
    """Balanced journal entries, each as one transaction line batch."""

    def read(self, record: Mapping[str, Any]) -> JournalEntry:
        """Read a balanced entry; a small difference is booked on the account of the settings, as a line of its own.

        Raises:
            EntryError: It is none.
        """
        rules = self._minox.connection.settings
        try:
            return super().read(record)
        except UnbalancedEntryError as error:
            if rules.rounding_account is None or abs(error.difference) > Decimal(rules.rounding_cents_max).scaleb(-2):
                raise self._all_problems(record, error) from None
            return super().read(_balanced(record, error.difference, rules.rounding_account))

    def _all_problems(self, record: Mapping[str, Any], error: UnbalancedEntryError) -> EntryError:
        """What else is wrong with an entry that does not balance: looked at with a line that makes it balance."""
        problems = Problems([error])
        entry = super().read(_balanced(record, error.difference, record["lines"][0]["account"]))
        with suppress(EntryError):
            self._minox.bookkeeper.lines(entry, problems=problems)
        ours = f"lines[{len(entry.lines) - 1}]"
        return Problems(one for one in problems if not str(one.field).startswith(ours)).joined(entry.key)

    def prepare(self, fact: JournalEntry) -> Batch:
        """Check an entry against the administration's master data and write it as booking lines.

        Raises:
            EntryError: It cannot be booked.
        """
        return {"lines": self._minox.bookkeeper.lines(fact)}

    def period(self, fact: JournalEntry) -> str | None:
        """Where it is booked."""
        return self._minox.bookkeeper.period_of(fact.date, fact.fiscal_year, fact.period)


def _balanced(record: Mapping[str, Any], difference: Decimal, account: str) -> dict[str, Any]:
    side = "credit" if difference > 0 else "debit"
    line = {"account": account, side: canonical(abs(difference)), "description": "Afronding"}
    return {**record, "lines": [*record["lines"], line]}


class Invoices(Bookings[Invoice]):
    """Invoices, booked: one batch with the line of the customer or supplier and those of revenue or costs."""

    def read(self, record: Mapping[str, Any]) -> Invoice:
        """Read an invoice.

        Raises:
            EntryError: It is none.
        """
        return (SalesInvoice if self.row.how is SALES else PurchaseInvoice).from_record(record)

    def prepare(self, fact: Invoice) -> Batch:
        """Check an invoice against the administration's master data and write it as booking lines.

        Raises:
            EntryError: It cannot be booked.
        """
        settings = self._minox.connection.settings
        kind = cast("InvoiceKind", self.row.how)
        journal = settings.sales_journal if kind is SALES else settings.purchase_journal
        lines = lines_of(fact, kind, self._minox.bookkeeper, journal=journal, basis=settings.amount_basis)
        return {"lines": lines}

    def period(self, fact: Invoice) -> str | None:
        """Where it is booked."""
        return self._minox.bookkeeper.period_of(fact.date, fact.fiscal_year, fact.period)


_BATCHES: Final = (op.WRITE_BATCH, op.READ_BATCH)

ROWS: Final = (
    Row(stream="journal_entries", noun="entry", way=Entries, how=None, operations=_BATCHES),
    Row(stream="journal_entry_lines", noun="entry", way=EntryLinesSink, how=None, operations=_BATCHES),
    Row(
        stream="sales_invoices",
        noun=SALES.noun,
        way=Invoices,
        how=SALES,
        operations=(*_BATCHES, op.CUSTOMERS, op.PAYMENT_TERMS, op.READ_RECEIVABLE),
    ),
    Row(
        stream="purchase_invoices",
        noun=PURCHASE.noun,
        way=Invoices,
        how=PURCHASE,
        operations=(*_BATCHES, op.SUPPLIERS, op.PAYMENT_TERMS, op.READ_PAYABLE),
    ),
    Row(
        stream="open_items",
        noun="open item",
        way=Records,
        how=Named(
            stream="open_items",
            naming=Naming(path_ids=("account_id", "invoice_number")),
            write=op.CHANGE_RECEIVABLE,
            look=op.READ_RECEIVABLE,
        ),
        operations=(op.CHANGE_RECEIVABLE, op.CHANGE_PAYABLE, op.READ_RECEIVABLE, op.READ_PAYABLE),
        name_of=open_item,
        named_by=("type", "account_id", "invoice_number"),
    ),
)
