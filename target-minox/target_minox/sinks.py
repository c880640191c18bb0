"""Who writes which stream: a table of rows, one per stream, and a class per way of writing."""

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import new_class
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from connector_kit.books import identity
from connector_kit.books.attachment import Attachment
from connector_kit.books.customer import Customer
from connector_kit.books.entry_errors import Problems, UnbalancedEntryError
from connector_kit.books.invoice import Invoice, PurchaseInvoice, SalesInvoice
from connector_kit.books.journal import JournalEntry
from connector_kit.books.masterdata import CostCenter, Item
from connector_kit.books.money import canonical
from connector_kit.books.party import Party, Supplier
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.ledger import State
from connector_kit.posting.posting import Kind, OnChanged
from connector_kit.posting.rejection import DeferredError, RejectedError
from connector_kit.posting.sink import BooksSink, EntrySink, Fact

from target_minox import operations as op
from target_minox import records
from target_minox.attachments import Attachments
from target_minox.batches import Batch, TransactionLineBatches
from target_minox.booking_line import code_number
from target_minox.invoices import PURCHASE, SALES, InvoiceKind, lines_of
from target_minox.marked import Marked, MarkedKind
from target_minox.parties import CUSTOMER, SUPPLIER, PartyKind, PartyRegister, document_of
from target_minox.records import MinoxRecord
from target_minox.resources import Named, Naming, OpenItems, Resources

if TYPE_CHECKING:
    from target_minox.target import TargetMinox

__all__ = ["SINKS", "Row", "accepted_streams", "scopes"]

Document = Mapping[str, Any]
Read = TypeVar("Read", bound=Fact)

_NUMBER_MAX: Final = 999_999
_COST_CENTER_MAX: Final = 999_999_999_999_999
_EDIT_BY_HAND: Final = "is at Minox with another content; set on_changed to update, or change it there by hand"


class MinoxSink(BooksSink[Read, Document], Generic[Read]):
    """What all sinks have."""

    row: ClassVar["Row"]

    @property
    def _minox(self) -> "TargetMinox":
        return cast("TargetMinox", self.books)

    @classmethod
    def contract_schema(cls) -> dict[str, Any]:
        """The books contract; records of Minox' own types are read by their schema, so that all problems are told."""
        return {"type": "object"} if cls.row.way is Records else super().contract_schema()


class Entries(EntrySink[Batch]):
    """Balanced journal entries, each as one transaction line batch."""

    row: ClassVar["Row"]

    def endpoint(self) -> TransactionLineBatches:
        """Batches of the administration, under ids that we choose."""
        return self._minox.batches()

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
                raise
            side = "credit" if error.difference > 0 else "debit"
            line = {
                "account": rules.rounding_account,
                side: canonical(abs(error.difference)),
                "description": "Afronding",
            }
            return super().read({**record, "lines": [*record["lines"], line]})

    def prepare(self, fact: JournalEntry) -> Batch:
        """Check an entry against the administration's master data and write it as booking lines.

        Raises:
            EntryError: It cannot be booked.
        """
        return {"lines": self._minox.bookkeeper.lines(fact)}

    def period(self, fact: JournalEntry) -> str | None:
        """Where it is booked."""
        return self._minox.bookkeeper.period_of(fact.date, fact.fiscal_year, fact.period)

    @property
    def _minox(self) -> "TargetMinox":
        return cast("TargetMinox", self.books)


class Invoices(MinoxSink[Invoice]):
    """Invoices, booked: one batch with the line of the customer or supplier and those of revenue or costs."""

    def endpoint(self) -> TransactionLineBatches:
        """Batches of the administration, under ids that we choose."""
        return self._minox.batches()

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


class Parties(MinoxSink[Party]):
    """Customers and suppliers: looked for by external id, created by POST, changed by PATCH."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def endpoint(self) -> PartyRegister:
        """Customers or suppliers of the administration."""
        kind = cast("PartyKind", self.row.how)
        connection = self._minox.connection
        adopts = connection.settings.adopt_existing
        return PartyRegister(connection.client, kind, self._minox.numbers[kind.noun], adopts=adopts)

    def read(self, record: Mapping[str, Any]) -> Party:
        """Read a customer or supplier.

        Raises:
            EntryError: It is none.
        """
        return (Customer if self.row.how is CUSTOMER else Supplier).from_record(record)

    def prepare(self, fact: Party) -> Document:
        """Check a party against the administration's master data, and write it as Minox' record.

        Raises:
            EntryError: It cannot be created.
        """
        settings, books = self._minox.connection.settings, self._minox.bookkeeper.books
        kind = cast("PartyKind", self.row.how)
        journal = settings.sales_journal if kind is CUSTOMER else settings.purchase_journal
        term = books.payment_term(fact.payment_days)
        document = document_of(fact, kind, books, journal=journal, payment_term=term)
        if number := document["body"].get("id"):
            self._minox.numbers[kind.noun].learn(fact.key, number)
        return document


class Records(MinoxSink[MinoxRecord]):
    """Records of Minox' own types, and items and cost centers: under a name that we choose, or with our mark."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def endpoint(self) -> Any:
        """Records of this kind."""
        client, how = self._minox.connection.client, self.row.how
        if isinstance(how, MarkedKind):
            return Marked(client, how)
        assert isinstance(how, Named)  # the table says so
        if self.row.stream == "open_items":
            return OpenItems(client, how, adopts=True)
        return Resources(client, how, adopts=self._minox.connection.settings.adopt_existing)

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read a record, all that is wrong with it at once.

        Raises:
            EntryError: It is none.
        """
        return records.read_record(self.row.stream, record)

    def prepare(self, fact: MinoxRecord) -> Document:
        """Say under which name it is written, and what is sent.

        Raises:
            EntryError: It has no name that Minox takes.
        """
        problems = Problems()
        name = self.row.name_of(fact, problems)
        body = {member: value for member, value in fact.members.items() if member not in self.row.named_by}
        if not body:
            problems.add("missing_field", "description", "the record says nothing that could be written")
        self._check(fact, problems)
        if problems:
            raise problems.joined(fact.key)
        self._minox.bookkeeper.books.learn(self.row.stream, {**body, "id": name})
        return {"body": body} | ({"name": name} if name else {})

    def source_version(self, fact: MinoxRecord) -> str | None:
        """The version of the record at its source."""
        return fact.version

    def _check(self, fact: MinoxRecord, problems: Problems) -> None:
        """Ledger accounts, customers and suppliers have one number space, and cost types must be known."""
        if self.row.stream == "ledger_accounts":
            name = code_number(str(fact.members.get("id") or fact.key))
            for party, numbers in self._minox.numbers.items():
                known = name is not None and name not in self._minox.bookkeeper.books.ledger_accounts
                if known and numbers.is_number(name or 0):
                    problems.add("invalid_field", "id", f"is the number of a {party}; both have one number space")


class CostCenters(Records):
    """Cost centers of the books contract."""

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read a cost center.

        Raises:
            EntryError: It is none.
        """
        fact = CostCenter.from_record(record)
        return _extended(fact, {"id": fact.code, "description": fact.name}, self.row.stream)


class Items(Records):
    """Items of the books contract."""

    def read(self, record: Mapping[str, Any]) -> MinoxRecord:
        """Read an item.

        Raises:
            EntryError: It is none.
        """
        fact = Item.from_record(record)
        members = {
            "id": fact.code,
            "description": fact.name,
            "extended_description": fact.description,
            "item_group": {"id": int(fact.group) if fact.group.isdecimal() else fact.group} if fact.group else None,
            "vat": {"id": int(fact.vat_code) if fact.vat_code.isdecimal() else fact.vat_code}
            if fact.vat_code
            else None,
            "unit_packaging": fact.unit,
            "price": fact.price,
            "price_purchase": fact.purchase_price,
        }
        return _extended(fact, members, self.row.stream)


class BatchAttachments(MinoxSink[Attachment]):
    """The document of a booking, which must be confirmed before."""

    def endpoint(self) -> Attachments:
        """Documents of batches."""
        return Attachments(self._minox.connection.client)

    def read(self, record: Mapping[str, Any]) -> Attachment:
        """Read an attachment.

        Raises:
            EntryError: It is none.
        """
        return Attachment.from_record(record)

    def prepare(self, fact: Attachment) -> Document:
        """Find the booking in the ledger.

        Raises:
            RejectedError: No booking of that type can have one.
            DeferredError: The booking is not there yet.
        """
        if fact.stream not in _BOOKED:
            raise RejectedError("invalid_field", f"must be one of {', '.join(sorted(_BOOKED))}", field="stream")
        secret = self.books.identity_secret
        key = identity.entity_key(self.books.administration(), fact.stream, fact.entry_key, secret=secret)
        booking = self.books.ledger.entry(key)
        if booking is None or booking.state is not State.CONFIRMED:
            text = "what it belongs to is not booked yet, as far as the ledger knows; it is attached once it is"
            raise DeferredError("booking_missing", text, field="entry_key")
        return {
            "batch_id": booking.provider_id or str(booking.client_id),
            "file_name": fact.file_name,
            "media_type": fact.media_type,
            "content": base64.b64encode(fact.content).decode(),
        }


_BOOKED: Final = {"journal_entries", "sales_invoices", "purchase_invoices"}


def _extended(fact: CostCenter | Item, members: Mapping[str, Any], stream: str) -> MinoxRecord:
    """A record of the contract in Minox' members, with what its object `minox` says."""
    problems = Problems()
    own = records.members_of(fact.provider_fields.get("minox", {}), records.schema(stream), problems, path="minox.")
    if problems:
        raise problems.joined(fact.key)
    present = {name: value for name, value in members.items() if value is not None}
    return MinoxRecord(key=fact.key, version=fact.version, members=present | own)


# Names


NameOf = Callable[[MinoxRecord, Problems], str | None]


def _uuid_of_the_operation(record: MinoxRecord, problems: Problems) -> None:  # as `NameOf`
    """Nothing: the UUID of the operation names it."""


def _number(maximum: int = _NUMBER_MAX) -> NameOf:
    def name_of(record: MinoxRecord, problems: Problems) -> str | None:
        code = str(record.members.get("id") or record.key)
        found = code_number(code)
        if found is None or found > maximum:
            problems.add("invalid_field", "id", f"must be a number from 1 to {maximum}, as must the key without it")
            return None
        return str(found)

    return name_of


def _code(length_max: int) -> NameOf:
    def name_of(record: MinoxRecord, problems: Problems) -> str | None:
        code = str(record.members.get("id") or record.key)
        if len(code) > length_max or not code.isprintable():
            problems.add("invalid_field", "id", f"must be a code of at most {length_max} characters")
            return None
        return code

    return name_of


def _open_item(record: MinoxRecord, problems: Problems) -> str | None:  # noqa: ARG001  # the schema has checked it
    members = record.members
    return f"{members['type']}/{members['account_id']}/{members['invoice_number']}"


def _division(row: Mapping[str, Any]) -> str:
    """What a budget is for: Minox has no other name for it."""
    parts = (row.get(name) for name in ("cost_type", "cost_center", "budget_division"))
    return "-".join(str((part or {}).get("id") or 0) for part in parts)


def _budget(record: MinoxRecord, problems: Problems) -> str | None:
    name = _division(record.members)
    if name == "0-0-0":
        problems.add("missing_field", "cost_type", "names neither cost type nor cost center nor division")
    return name


# The table


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stream.

    Attributes:
        stream: Its name: of the books contract, or of a type that only Minox has.
        noun: What messages call a record.
        way: How it is written.
        how: What that way needs to know.
        operations: What it may ask of Minox; the first writes.
        name_of: Under which name it is written (`Records`).
        named_by: Members that are in the name, not in the body (`Records`).
        is_off: Not written unless the setting `streams` names it.
    """

    stream: str
    noun: str
    way: type[BooksSink[Any, Any] | EntryLinesSink]
    how: object
    operations: tuple[op.Operation, ...]
    name_of: NameOf = _uuid_of_the_operation
    named_by: tuple[str, ...] = ("id",)
    is_off: bool = False


def _named(  # the columns of the table
    stream: str,
    noun: str,
    write: op.Operation,
    look: op.Operation,
    path_id: str,
    *,
    name_of: NameOf = _uuid_of_the_operation,
    change: op.Operation | None = None,
    way: type[BooksSink[Any, Any]] = Records,
    is_off: bool = False,
) -> Row:
    naming = Naming(path_ids=(path_id,), is_uuid=name_of is _uuid_of_the_operation)
    how = Named(stream=stream, naming=naming, write=write, look=look, change=change)
    used = tuple(one for one in (write, look, change) if one is not None)
    return Row(stream=stream, noun=noun, way=way, how=how, operations=used, name_of=name_of, is_off=is_off)


_BATCHES: Final = (op.WRITE_BATCH, op.READ_BATCH)
_NUMBERED: Final = _number()

SINKS: Final = (
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
        stream="customers",
        noun="customer",
        way=Parties,
        how=CUSTOMER,
        operations=(op.CREATE_CUSTOMER, op.FIND_CUSTOMER, op.CHANGE_CUSTOMER, op.READ_CUSTOMER, op.PAYMENT_TERMS),
    ),
    Row(
        stream="suppliers",
        noun="supplier",
        way=Parties,
        how=SUPPLIER,
        operations=(op.CREATE_SUPPLIER, op.FIND_SUPPLIER, op.CHANGE_SUPPLIER, op.READ_SUPPLIER, op.PAYMENT_TERMS),
    ),
    _named(
        "cost_centers",
        "cost center",
        op.WRITE_COST_CENTER,
        op.COST_CENTERS,
        "number",
        name_of=_number(_COST_CENTER_MAX),
        way=CostCenters,
    ),
    _named("cost_types", "cost type", op.WRITE_COST_TYPE, op.COST_TYPES, "number", name_of=_NUMBERED),
    replace(
        _named(
            "ledger_accounts",
            "ledger account",
            op.WRITE_LEDGER_ACCOUNT,
            op.READ_LEDGER_ACCOUNT,
            "number",
            name_of=_NUMBERED,
        ),
        operations=(op.WRITE_LEDGER_ACCOUNT, op.READ_LEDGER_ACCOUNT, op.CUSTOMERS, op.SUPPLIERS),
    ),
    _named("journals", "journal", op.WRITE_JOURNAL, op.JOURNALS, "journal_id", name_of=_code(4), is_off=True),
    _named(
        "items",
        "item",
        op.WRITE_ITEM,
        op.READ_ITEM,
        "item_id",
        name_of=_code(50),
        change=op.CHANGE_ITEM,
        way=Items,
    ),
    _named("item_groups", "item group", op.WRITE_ITEM_GROUP, op.ITEM_GROUPS, "number", name_of=_NUMBERED),
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
        name_of=_open_item,
        named_by=("type", "account_id", "invoice_number"),
    ),
    Row(
        stream="attachments",
        noun="attachment",
        way=BatchAttachments,
        how=None,
        operations=(op.WRITE_ATTACHMENT, op.READ_ATTACHMENT, op.REMOVE_ATTACHMENT),
    ),
    Row(
        stream="documents",
        noun="document",
        way=Records,
        how=MarkedKind(
            stream="documents",
            mark_in="name",
            path_id="document_id",
            create=op.CREATE_DOCUMENT,
            listing=op.DOCUMENTS,
            look=op.READ_DOCUMENT,
            change=op.CHANGE_DOCUMENT,
        ),
        operations=(op.CREATE_DOCUMENT, op.CHANGE_DOCUMENT, op.DOCUMENTS, op.READ_DOCUMENT),
    ),
    _named("invoices", "structured invoice", op.WRITE_INVOICE, op.READ_INVOICE, "invoice_id"),
    _named("order_documents", "order document", op.WRITE_ORDER, op.READ_ORDER, "order_id"),
    Row(
        stream="budgets",
        noun="budget",
        way=Records,
        how=Named(
            stream="budgets",
            naming=Naming(path_ids=(), of_row=_division),
            write=op.WRITE_BUDGET,
            look=op.BUDGETS,
        ),
        operations=(op.WRITE_BUDGET, op.BUDGETS),
        name_of=_budget,
        named_by=(),
    ),
    Row(
        stream="accruals",
        noun="accrual",
        way=Records,
        how=MarkedKind(
            stream="accruals",
            mark_in="explanation",
            path_id="accrual_id",
            create=op.CREATE_ACCRUAL,
            listing=op.ACCRUALS,
            look=op.READ_ACCRUAL,
            change=op.CHANGE_ACCRUAL,
        ),
        operations=(op.CREATE_ACCRUAL, op.CHANGE_ACCRUAL, op.ACCRUALS, op.READ_ACCRUAL),
    ),
    _named("mandates", "mandate", op.WRITE_MANDATE, op.READ_MANDATE, "mandate_id"),
    _named("distance_sales", "distance sale", op.WRITE_DISTANCE_SALE, op.READ_DISTANCE_SALE, "distance_sale_id"),
    _named("regions", "region", op.WRITE_REGION, op.REGIONS, "number", name_of=_NUMBERED),
    _named(
        "representatives",
        "representative",
        op.WRITE_REPRESENTATIVE,
        op.REPRESENTATIVES,
        "number",
        name_of=_NUMBERED,
    ),
    _named("customer_types", "customer type", op.WRITE_CUSTOMER_TYPE, op.CUSTOMER_TYPES, "number", name_of=_NUMBERED),
    _named(
        "profit_loss_balances",
        "balance code",
        op.WRITE_BALANCE_CODE,
        op.BALANCE_CODES,
        "number",
        name_of=_NUMBERED,
    ),
)

_ALWAYS: Final = (
    op.ADMINISTRATIONS,
    op.JOURNALS,
    op.LEDGER_ACCOUNTS,
    op.COST_CENTERS,
    op.VAT_CODES,
    op.NMBRS_LINK,
    op.LOKET_LINK,
)
"""What every run asks, and what reconciliation reads."""
_CONTROL: Final = (op.BOOKED_LINES, op.TRIAL_BALANCE)


def _sink(row: Row) -> type[BooksSink[Any, Any] | EntryLinesSink]:
    """The class of a row: the SDK asks for one per stream."""
    kind = Kind(noun=row.noun)
    if row.operations[0] is not op.WRITE_BATCH:
        shared = row.name_of is not _uuid_of_the_operation
        kind = Kind(noun=row.noun, changed=_EDIT_BY_HAND, shared_identity=shared)
    members = {"contract": row.stream, "kind": kind, "row": row, "__doc__": f"Writes `{row.stream}`."}
    name = "".join(word.title() for word in row.stream.split("_"))
    return new_class(f"{name}Sink", (row.way,), exec_body=lambda namespace: namespace.update(members))


accepted_streams: Final[Mapping[str, type[BooksSink[Any, Any] | EntryLinesSink]]] = {
    row.stream: _sink(row) for row in SINKS
}
cast("type[EntryLinesSink]", accepted_streams["journal_entry_lines"]).entries = cast(
    "type[Entries]", accepted_streams["journal_entries"]
)


def scopes(streams: Iterable[str] | None = None) -> tuple[str, ...]:
    """The least that the main user must approve.

    Args:
        streams: What is to be written; without it everything but what is off, and no scope that is in no published
            list, because an unknown scope may spoil the whole login.
    """
    wanted = None if streams is None else set(streams)
    rows = [row for row in SINKS if (not row.is_off if wanted is None else row.stream in wanted)]
    used = [*_ALWAYS, *_CONTROL, *(operation for row in rows for operation in row.operations)]
    return tuple(dict.fromkeys(operation.scope for operation in used if operation.is_published or wanted is not None))
