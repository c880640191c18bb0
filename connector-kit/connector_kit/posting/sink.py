"""Books the records of one stream."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from singer_sdk import RecordSink

from connector_kit.books import contracts, identity
from connector_kit.books.journal import EntryError, JournalEntry, MissingKeyError
from connector_kit.posting.endpoint import ClientIdEndpoint
from connector_kit.posting.poster import ClientIdPoster
from connector_kit.posting.posting import Kind, Posting
from connector_kit.posting.rejection import RejectedError, Rejection
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
    def endpoint(self) -> ClientIdEndpoint[Document]:
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
        in `BooksTarget.preflight`.

        Raises:
            RejectedError: This record cannot be booked, with one of our codes.
            EntryError: The same.
        """

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        """Book one record, or reject it."""
        try:
            posting = self._posting(record)
        except (RejectedError, EntryError) as error:
            self.books.reject(self.stream_name, Rejection.of(error, key=record.get("key"), noun=self.kind.noun))
            return
        posted = self._poster.post(posting)
        self.books.settle(self.stream_name, posted, content_hash=posting.content_hash)
        self._poster.check_provider()

    def get_validator(self) -> None:
        """No validator of the SDK: the books contract decides, not the schema that a tap declares."""

    def _posting(self, record: dict[str, Any]) -> Posting[Document]:
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
        )

    @cached_property
    def _poster(self) -> ClientIdPoster[Document]:
        """Shared by all sinks of a contract: a changed SCHEMA makes a new sink, but not a new run."""
        books = self.books
        if self.contract not in books.posters:
            books.posters[self.contract] = ClientIdPoster(
                ledger=books.ledger,
                endpoint=self.endpoint(),
                interruption=books.interruption,
                provider=books.administration().provider,
                login_command=f"{books.name} login --config <settings file>",
                patience=books.patience,
            )
        return books.posters[self.contract]


class EntrySink(BooksSink[JournalEntry, Document]):
    """Books journal entries."""

    contract: ClassVar[str] = "journal_entries"

    def read(self, record: Mapping[str, Any]) -> JournalEntry:
        """Read a balanced entry.

        Raises:
            EntryError: It is none.
        """
        return JournalEntry.from_record(record)
