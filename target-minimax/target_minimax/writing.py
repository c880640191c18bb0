"""How records of the streams are read, checked and written in Minimax' words: a class per way."""

import base64
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast
from urllib.parse import urlencode

from connector_kit.books.attachment import Attachment
from connector_kit.books.customer import Customer
from connector_kit.books.entry_errors import MissingKeyError
from connector_kit.books.invoice import Invoice, PurchaseInvoice, SalesInvoice
from connector_kit.books.journal import JournalEntry
from connector_kit.books.masterdata import CostCenter, Item
from connector_kit.books.party import Party, Supplier
from connector_kit.posting.posting import OnChanged, Posted, Posting, Result
from connector_kit.posting.rejection import DeferredError, RejectedError
from connector_kit.posting.sink import BooksSink, EntrySink, Fact

from target_minimax.actions import ACTIONS, Actions
from target_minimax.customers import document_of
from target_minimax.held import room_beside_mark
from target_minimax.invoices import issued_invoice_of, received_invoice_of
from target_minimax.journal_rows import JournalRows
from target_minimax.journals import Journals, journal_of
from target_minimax.models import Reader, member_name, model
from target_minimax.references import REHEARSED
from target_minimax.resources import Document, Named, Resource
from target_minimax.rows import Parent, Row

if TYPE_CHECKING:
    from target_minimax.target import TargetMinimax

__all__ = [
    "ATTACHMENT",
    "ActionsSink",
    "Attachments",
    "CostCenters",
    "Entries",
    "Invoices",
    "Items",
    "Parties",
    "Records",
]

Read = TypeVar("Read", bound=Fact)

ATTACHMENT: Final = Resource(
    path="",
    id="AttachmentId",
    rows_are_whole=True,
    unseen=frozenset({"AttachmentData", "AttachmentMimeType"}),
    is_fixed=True,
)
_WITH_FILES: Final = {"sales_invoices": "issuedinvoices", "purchase_invoices": "receivedinvoices"}
_THERE: Final = {Result.SUCCESS, Result.UPDATED, Result.EXISTING}
_OUR_MEMBERS: Final = frozenset({"key", "version"})


@dataclass(frozen=True, kw_only=True)
class MinimaxRecord:
    """A record of a type that only Minimax has.

    Attributes:
        key: Business key.
        members: What it says.
        version: Version of the record at its source, where it has one.
    """

    key: str
    members: Mapping[str, Any]
    version: str | None = None


class MinimaxSink(BooksSink[Read, Document], Generic[Read]):
    """What all sinks have: problems of a record are told together, lookups that cost too many calls wait."""

    row: ClassVar[Row]
    _period: str | None = None

    @classmethod
    def contract_schema(cls) -> dict[str, Any]:
        """The books contract; records of Minimax' own types are read by its models, so that all problems are told."""
        return {"type": "object"} if cls.row.is_own else super().contract_schema()

    def endpoint(self) -> Any:
        """Records of this kind."""
        row = self.row
        assert row.resource is not None  # all but actions have one
        return row.way(self.minimax.connection.client, row.resource, reads_back=row.reads_back or self._changes)

    def prepare(self, fact: Read) -> Document:
        """Check a record against the organisation's code lists and write it as Minimax' document.

        Raises:
            EntryError: It cannot be written, for all of these reasons.
            DeferredError: What it belongs to is not there yet.
        """
        reader = Reader(home=self.minimax.connection.settings.localisation.code, find=self.minimax.references.find)
        document = self.written(fact, reader)
        self._check_country_names(document.get("body", {}), reader)
        self._check_room_for_mark(document.get("body", {}), reader)
        if reader.problems:
            raise reader.problems.combined(fact.key)
        if self.row.learned is not None:
            code = str(document["body"].get("Code"))
            self.minimax.references.announce(self.row.learned, code, stream=self.contract, key=fact.key)
        if self.row.period is not None:
            self._period = urlencode(self.row.period(document["body"]))
        return document

    def _check_country_names(self, body: Mapping[str, Any], reader: Reader) -> None:
        """Minimax refuses the name of the home country (vendor's documentation)."""
        for name in body:
            country = body.get(name.removesuffix("Name"))
            if name.endswith("CountryName") and isinstance(country, Mapping):
                home = self.minimax.references.find("Country", reader.home)
                if country.get("ID") == home:
                    reader.problems.add("invalid_field", self._path(name), f"must be empty for {reader.home}")

    def _check_room_for_mark(self, body: Mapping[str, Any], reader: Reader) -> None:
        """A server that cuts a text at its end would cut our mark, and the record would not be found again."""
        name = self.row.resource.mark_in if self.row.resource else None
        if name is None:
            return
        longest, length = room_beside_mark(model(self.row.model)[name].length), len(str(body.get(name) or ""))
        if length > longest:
            text = f"has {length} characters; with our mark Minimax takes {longest}"
            reader.problems.add("invalid_field", self._path(name), text)

    def _path(self, name: str) -> str:
        return member_name(name) if self.row.is_own else f"minimax.{member_name(name)}"

    @abstractmethod
    def written(self, fact: Read, reader: Reader) -> Document:
        """Write a record as Minimax' document; what is wrong is left with the reader."""

    def period(self, fact: Read) -> str | None:  # noqa: ARG002  # told by the document
        """What narrows the search for it: filters of its list."""
        return self._period

    def parent(self, stream: str, key: str, field_name: str) -> str:
        """The id of what a record belongs to.

        Raises:
            DeferredError: It is not there yet.
        """
        number = self.minimax.booked(stream, key)
        if number is None:
            text = f"its {stream} is not in Minimax yet, as far as the ledger knows; it is written once it is"
            raise DeferredError("parent_missing", text, field=field_name)
        return number if number.replace("/", "").isdecimal() else str(REHEARSED)

    @property
    def minimax(self) -> "TargetMinimax":
        """The target."""
        return cast("TargetMinimax", self.books)

    @property
    def _changes(self) -> bool:
        configured = self.config.get("on_changed")
        return (configured or self.on_changed) in {OnChanged.UPDATE, OnChanged.REVERSE}


class Entries(EntrySink[Document]):
    """Balanced journal entries, each as one journal."""

    row: ClassVar[Row]

    def endpoint(self) -> Journals:
        """Journals of the organisation."""
        assert self.row.resource is not None  # the table says so
        target = self._minimax
        rows = JournalRows(target.ledger, target.connection.settings.journal_rows_month)
        return Journals(target.connection.client, self.row.resource, rows=rows)

    def read(self, record: Mapping[str, Any]) -> JournalEntry:
        """Read a balanced entry; without a currency it is in that of the country.

        Raises:
            EntryError: It is none.
        """
        return super().read(_with_currency(record, self._minimax.connection.settings.localisation.currency))

    def prepare(self, fact: JournalEntry) -> Document:
        """Check an entry against the chart of accounts and write it as a journal.

        Raises:
            EntryError: It cannot be booked.
        """
        settings = self._minimax.connection.settings
        home = settings.localisation
        reader = Reader(home=home.code, find=self._minimax.references.find)
        body = journal_of(
            fact,
            self._minimax.references,
            reader,
            journal_type=settings.default_journal_type,
            currency=home.currency,
        )
        if reader.problems:
            raise reader.problems.combined(fact.key)
        for place, one in enumerate(body.get("VatEntries", ())):
            self._minimax.doubt_vat(f"entry {fact.key}, minimax.vat_entries[{place}].", one, fact.date)
        return {"body": body}

    @property
    def _minimax(self) -> "TargetMinimax":
        return cast("TargetMinimax", self.books)


class Parties(MinimaxSink[Party]):
    """Customers and suppliers, in the one register that Minimax has for both."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def read(self, record: Mapping[str, Any]) -> Party:
        """Read a customer or supplier.

        Raises:
            EntryError: It is none.
        """
        return (Customer if self.contract == "customers" else Supplier).from_record(record)

    def written(self, fact: Party, reader: Reader) -> Document:  # noqa: ARG002  # has its own checks
        """Write it as Minimax' document.

        Raises:
            EntryError: It cannot be written.
        """
        if fact.email or fact.phone or fact.iban:
            text = "Customers have no e-mail at Minimax, nor telephone or bank account: those are streams of their own"
            self.minimax.say_once("email", f"{text} (customer_contacts, customer_bank_accounts)")
        return {"body": document_of(fact, self.minimax.books)}


class Items(MinimaxSink[Item]):
    """Items."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def read(self, record: Mapping[str, Any]) -> Item:
        """Read an item.

        Raises:
            EntryError: It is none.
        """
        return Item.from_record(record)

    def written(self, fact: Item, reader: Reader) -> Document:
        """Write it as Minimax' document."""
        settings = self.minimax.connection.settings
        if fact.purchase_price is not None:
            self.minimax.say_once("purchase_price", "Items have no purchase price at Minimax: it is not sent")
        said = {
            "code": fact.code or fact.key,
            "name": fact.name,
            "description": fact.description,
            "product_group": fact.group,
            "unit_of_measurement": fact.unit,
            "price": fact.price,
            "vat_rate": fact.vat_code or settings.default_vat_code,
            "currency": settings.localisation.currency if fact.price is not None else None,
            "item_type": "S",
            "usage": "D",
        }
        body = reader.document("Item", said) | reader.document(
            "Item", fact.provider_fields.get("minimax", {}), path="minimax."
        )
        reader.require("Item", body)
        return {"body": body}


class CostCenters(MinimaxSink[CostCenter]):
    """Cost centers are analytics."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def read(self, record: Mapping[str, Any]) -> CostCenter:
        """Read a cost center.

        Raises:
            EntryError: It is none.
        """
        return CostCenter.from_record(record)

    def written(self, fact: CostCenter, reader: Reader) -> Document:
        """Write it as Minimax' document."""
        body = reader.document("Analytic", {"code": fact.code or fact.key, "name": fact.name})
        body |= reader.document("Analytic", fact.provider_fields.get("minimax", {}), path="minimax.")
        return {"body": body, "names": ["Code"], "query": {"SearchString": body.get("Code", "")}}


class Invoices(MinimaxSink[Invoice]):
    """Issued invoices as drafts, and received invoices."""

    def read(self, record: Mapping[str, Any]) -> Invoice:
        """Read an invoice; without a currency it is in that of the country.

        Raises:
            EntryError: It is none.
        """
        kind = SalesInvoice if self.contract == "sales_invoices" else PurchaseInvoice
        return kind.from_record(_with_currency(record, self.minimax.connection.settings.localisation.currency))

    def _post(self, posting: Posting[Document]) -> Posted:
        """Book an invoice, and issue it where the settings say so."""
        posted = super()._post(posting)
        action = self.minimax.connection.settings.issue_action
        if self.contract != "sales_invoices" or action is None or posted.result not in _THERE:
            return posted
        issued = self._actions.act(self.contract, posting.key, action)
        return posted if issued.result in _THERE else issued

    @cached_property
    def _actions(self) -> "ActionsSink":
        kind = self.books.get_sink_class("actions")
        return cast("ActionsSink", kind(self.minimax, "actions", {"properties": {}}, ["key"]))

    def written(self, fact: Invoice, reader: Reader) -> Document:
        """Write it as Minimax' document."""
        settings = self.minimax.connection.settings
        if self.contract == "sales_invoices":
            body = issued_invoice_of(
                fact,
                self.minimax.references,
                reader,
                item=settings.default_item,
                vat_code=settings.default_vat_code,
                employee=settings.default_employee,
            )
            return {"body": body}
        body = received_invoice_of(fact, reader, currency=settings.localisation.currency)
        query = {"DocumentReference": str(fact.number)}
        if "Customer" in body:
            query["CustomerID"] = str(body["Customer"]["ID"])
        return {"body": body, "names": ["Customer", "DocumentReference"], "query": query}


class Attachments(MinimaxSink[Attachment]):
    """Files of invoices."""

    def read(self, record: Mapping[str, Any]) -> Attachment:
        """Read an attachment.

        Raises:
            EntryError: It is none.
        """
        return Attachment.from_record(record)

    def endpoint(self) -> Any:
        """Files of issued and of received invoices have an address each."""
        return ByStream(
            {
                stream: Named(
                    self.minimax.connection.client,
                    replace(ATTACHMENT, path=f"{path}/{{parent}}/attachments"),
                    reads_back=False,
                )
                for stream, path in _WITH_FILES.items()
            }
        )

    def written(self, fact: Attachment, reader: Reader) -> Document:
        """Find what it belongs to in the ledger.

        Raises:
            RejectedError: That has no files at Minimax.
            DeferredError: It is not there yet.
        """
        if fact.stream not in _WITH_FILES:
            text = f"must be one of {', '.join(_WITH_FILES)}: nothing else has files at Minimax"
            raise RejectedError("invalid_field", text, field="stream")
        content = base64.b64encode(fact.content).decode()
        if len(fact.content) > self.minimax.connection.settings.attachment_bytes_max:
            reader.problems.add("invalid_field", "content", "is larger than the setting attachment_bytes_max allows")
        body = {
            "AttachmentFileName": fact.file_name,
            "AttachmentMimeType": fact.media_type,
            "AttachmentData": content,
        }
        parent = self.parent(fact.stream, fact.entry_key, "entry_key")
        return {"body": body, "parent": parent, "names": ["AttachmentFileName"], "stream": fact.stream}


class ByStream:
    """One endpoint per stream of what a file belongs to (`connector_kit.posting.endpoint.SearchEndpoint`)."""

    def __init__(self, endpoints: Mapping[str, Named]) -> None:
        self._endpoints = endpoints

    def write(self, document: Document) -> Any:
        """Attach it."""
        return self._endpoints[document["stream"]].write(document)

    def search(self, document: Document) -> Any:
        """Look for a file of that name."""
        return self._endpoints[document["stream"]].search(document)

    def same(self, document: Document, reply: Any) -> bool:
        """Whether it has the name; what it holds is not told by the list."""
        return self._endpoints[document["stream"]].same(document, reply)


class ActionsSink(MinimaxSink[MinimaxRecord]):
    """Actions on what is there."""

    def endpoint(self) -> Actions:
        """Actions of the organisation."""
        return Actions(self.minimax.connection.client, self.minimax.pdfs)

    def act(self, stream: str, key: str, action: str) -> Posted:
        """Do an action that no record asks for.

        Args:
            stream: Type of what is acted upon.
            key: Its business key.
            action: As in the table of actions.
        """
        record = {"key": f"{key} {action}", "stream": stream, "entry_key": key, "action": action}
        try:
            # Not the one of a plan, which would take it for a record of the source.
            return self._post(BooksSink._posting(self, record))  # noqa: SLF001  # its own base class
        except DeferredError as error:
            return Posted.deferred(error.code, f"{self.kind.noun} {record['key']}: {error}")

    def read(self, record: Mapping[str, Any]) -> MinimaxRecord:
        """Read an action.

        Raises:
            EntryError: It is none.
        """
        return _own_record(record)

    def written(self, fact: MinimaxRecord, reader: Reader) -> Document:
        """Find the record in the ledger.

        Raises:
            DeferredError: It is not there yet.
        """
        said = {name: fact.members.get(name) for name in ("stream", "entry_key", "action", "reason")}
        for name in sorted(fact.members.keys() - said.keys()):
            reader.problems.add("invalid_field", name, "no such member of an action")
        if (str(said["stream"]), str(said["action"])) not in ACTIONS:
            known = ", ".join(f"{action} of {stream}" for stream, action in ACTIONS)
            reader.problems.add("invalid_field", "action", f"must be one of: {known}")
        if not said["entry_key"]:
            reader.problems.add("missing_field", "entry_key", "is missing")
        if reader.problems:
            return {}
        number = self.parent(str(said["stream"]), str(said["entry_key"]), "entry_key")
        return {"stream": said["stream"], "action": said["action"], "id": number, "reason": said["reason"]}


class Records(MinimaxSink[MinimaxRecord]):
    """Records of types that only Minimax has."""

    on_changed: ClassVar[OnChanged] = OnChanged.UPDATE

    def read(self, record: Mapping[str, Any]) -> MinimaxRecord:
        """Read a record.

        Raises:
            EntryError: It has no key.
        """
        return _own_record(record)

    def written(self, fact: MinimaxRecord, reader: Reader) -> Document:
        """Write it as Minimax' document."""
        row = self.row
        members, said = dict(fact.members), row.parent
        parent = None
        if said is not None:
            value = members.pop(said.member, None)
            if not value:
                reader.problems.add("missing_field", said.member, "is missing")
                return {}
            parent = self._parent(said, str(value), reader)
        day = _day(members, row.dated_by)
        body = dict(row.defaults) | reader.document(row.model, members, on=day)
        if said is not None and said.named_in and parent and parent.isdecimal():
            body[said.named_in] = {"ID": int(parent)}
        reader.require(row.model, body, names=row.required)
        if row.check is not None:
            row.check(body, reader.problems)
        if row.model == "VATEntry" and not reader.problems:
            self.minimax.doubt_vat(f"{row.noun} {fact.key}, ", body, day)
        names = [name for name in row.named_by if name in body]
        document: dict[str, Any] = {"body": body, "parent": parent} if said else {"body": body}
        if row.named_by:
            if not names:
                reader.problems.add(
                    "missing_field", member_name(row.named_by[0]), "is missing; by it the record is found again"
                )
            names = names[:1] if row.one_name else names
            document["names"] = names
            if said is None:
                document["query"] = {"SearchString": str(body[names[0]])} if names else {}
        return document

    def source_version(self, fact: MinimaxRecord) -> str | None:
        """The version of the record at its source."""
        return fact.version

    def _parent(self, said: Parent, value: str, reader: Reader) -> str | None:
        if said.target is None:
            return self.parent(said.stream or "", value, said.member)
        found = reader.reference(said.target, value, said.member)
        return None if found is None else str(found["ID"])


def _own_record(record: Mapping[str, Any]) -> MinimaxRecord:
    if not record.get("key"):
        raise MissingKeyError("no key", field="key")
    members = {name: value for name, value in record.items() if name not in _OUR_MEMBERS}
    version = record.get("version")
    return MinimaxRecord(key=str(record["key"]), members=members, version=None if version is None else str(version))


def _day(members: Mapping[str, Any], name: str | None) -> date | None:
    value = members.get(member_name(name)) or members.get(name) if name else None
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None  # told by the member itself


def _with_currency(record: Mapping[str, Any], currency: str) -> Mapping[str, Any]:
    return record if record.get("currency") else {**record, "currency": currency}
