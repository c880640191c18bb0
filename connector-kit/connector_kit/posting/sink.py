"""Books the records of one stream."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from singer_sdk import RecordSink

from connector_kit.books import contracts, identity
from connector_kit.books.journal import EntryError, JournalEntry, MissingKeyError
from connector_kit.posting.allowance import NotNowError
from connector_kit.posting.endpoint import Endpoint
from connector_kit.posting.poster import Poster
from connector_kit.posting.posting import Kind, OnChanged, Posted, Posting, Result
from connector_kit.posting.rejection import DeferredError, RejectedError, Rejection, entry_name
from connector_kit.posting.validation import RecordValidator

if TYPE_CHECKING:
    from connector_kit.posting.target import BooksTarget

__all__ = ["BooksSink", "EntrySink", "Fact"]


class Fact(Protocol):
    """A record of the books contract, read: `JournalEntry`, `Customer`."""

    @property
    def key(self) -> str:
        """Business key."""
        ...


Read = TypeVar("Read", bound=Fact)
Document = TypeVar("Document")


class BooksSink(RecordSink, Generic[Read, Document]):
    """Books the records of one contract: record, what it says, document, provider."""

    contract: ClassVar[str]
    """Record type of the books contract; part of the identity of what is booked, whatever the stream is called."""
    kind: ClassVar[Kind] = Kind()
    """What holds for all records of it."""
    mapping_version: ClassVar[str] = "1"
    """Raise it when `prepare` makes another document of the same record."""
    on_changed: ClassVar[OnChanged] = OnChanged.REJECT
    """What is usual for records that are booked with another content, where the settings do not say it."""

    def __init__(
        self, target: "BooksTarget", stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        self.books = target
        super().__init__(target, stream_name, schema, key_properties)
        self._contract = RecordValidator(self.contract_schema())

    @classmethod
    def contract_schema(cls) -> dict[str, Any]:
        """What the records must be: the books contract, or a target's own schema for what only its provider has."""
        return contracts.schema(cls.contract)

    @abstractmethod
    def endpoint(self) -> Endpoint[Document]:
        """The endpoint that books this stream; asked for once per run."""

    @abstractmethod
    def read(self, record: Mapping[str, Any]) -> Read:
        """Read a record that fulfils the contract's schema.

        Raises:
            EntryError: It cannot be booked.
        """

    @abstractmethod
    def prepare(self, fact: Read) -> Document:
        """Check what a record says against the provider's master data and rules, and make the document of it.

        The document is what is sent: lists and objects of text, `Decimal`, whole numbers and dates. Requests belong
        in `BooksTarget.preflight`; where that would be too many, what they need beyond the budget defers the record.

        Raises:
            RejectedError: This record cannot be booked, with one of our codes.
            EntryError: The same.
        """

    def period(self, fact: Read) -> str | None:  # noqa: ARG002  # for sinks whose records have one
        """Where it is booked, in the words that `MarkerEndpoint.find` understands."""
        return None

    def source_version(self, fact: Read) -> str | None:
        """The source's version of the record, where it has one: a whole number, or a text that sorts."""
        return getattr(fact, "version", None)

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        """Book one record, reject it, or leave it to a later run."""
        self.book(record)

    def book(
        self,
        record: Mapping[str, Any],
        *,
        delivered: Sequence[Mapping[str, Any]] | None = None,
        stream: str | None = None,
    ) -> None:
        """Book one record and settle it.

        Args:
            record: What is booked.
            delivered: The records that it was made of; by default the record under way.
            stream: Their stream; by default this one.
        """
        stream = stream or self.stream_name
        try:
            posting = self._posting(record)
        except NotNowError as stop:
            posted = Posted(result=Result.DEFERRED, reason=stop.reason(entry_name(record.get("key"), self.kind.noun)))
            self.books.settle(stream, posted, records=delivered)
        except DeferredError as error:
            reason = Rejection.of(error, key=record.get("key"), noun=self.kind.noun)
            self.books.settle(stream, Posted(result=Result.DEFERRED, reason=reason), records=delivered)
        except (RejectedError, EntryError) as error:
            reason = Rejection.of(error, key=record.get("key"), noun=self.kind.noun)
            self.books.reject(stream, reason, records=delivered)
        else:
            posted = self._post(posting)
            self.books.settle(stream, posted, content_hash=posting.content_hash, records=delivered)
            self.poster.check_provider()

    def get_validator(self) -> None:
        """No validator of the SDK: the books contract decides, not the schema that a tap declares."""

    def _post(self, posting: Posting[Document]) -> Posted:
        return self.poster.post(posting)

    def _posting(self, record: Mapping[str, Any]) -> Posting[Document]:
        if not record.get("key"):
            raise MissingKeyError("is missing; without it nobody could tell whether it is booked", field="key")
        self._contract.validate(record)
        fact = self.read(record)
        document = self.prepare(fact)
        secret = self.books.identity_secret
        return Posting(
            key=fact.key,
            entity_key=identity.entity_key(self.books.administration(), self.contract, fact.key, secret=secret),
            stream=self.contract,
            content_hash=identity.content_hash({"document": document}, mapping_version=self.mapping_version),
            mapping_version=self.mapping_version,
            document=document,
            kind=self.kind,
            source_version=self.source_version(fact),
            period=self.period(fact),
        )

    @cached_property
    def poster(self) -> Poster[Document]:
        """Shared by all sinks of a contract: a changed SCHEMA makes a new sink, but not a new run."""
        posters = self.books.posters
        if self.contract not in posters:
            configured = self.config.get("on_changed")
            posters[self.contract] = Poster(
                endpoint=self.endpoint(),
                stream=self.contract,
                on_changed=OnChanged(configured) if configured else self.on_changed,
                **self.books.poster_options(),
            )
            posters[self.contract].begin()
        return posters[self.contract]


class EntrySink(BooksSink[JournalEntry, Document]):
    """Books journal entries."""

    contract: ClassVar[str] = "journal_entries"

    def read(self, record: Mapping[str, Any]) -> JournalEntry:
        """Read a balanced entry.

        Raises:
            EntryError: It is none.
        """
        return JournalEntry.from_record(record)

    def period(self, fact: JournalEntry) -> str | None:
        """The month of its date."""
        return fact.date.strftime("%Y-%m")
