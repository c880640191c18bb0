"""A Singer target that books records exactly once (signatures first; the engine follows)."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from singer_sdk import RecordSink, Target

from connector_kit.books.identity import Administration
from connector_kit.books.journal import JournalEntry
from connector_kit.posting.endpoint import ClientIdEndpoint

Document = TypeVar("Document")


class BooksTarget(Target):
    """Base of the targets.

    Adds the settings `ledger`, `dead_letters`, `on_reject`, `identity_secret` to `config_jsonschema` (declare only your own).
    Run it with `console.program(TargetX)`.
    """

    accepted_streams: ClassVar[Mapping[str, "type[EntrySink[Any]]"]]
    """Streams and who books them; any other stream is refused with a SettingError that names these."""

    @abstractmethod
    def administration(self) -> Administration:
        """Where this run books; from settings alone, no request. SettingError if they are wrong."""

    @abstractmethod
    def base_url(self) -> str:
        """The provider's API (`service_url(...)`), the ledger is bound to it."""

    def preflight(self) -> None:
        """Everything that must be right before the first write; called once, under the lock, before input is read."""


class EntrySink(RecordSink, Generic[Document]):
    """Books one stream: record -> JournalEntry -> prepare -> endpoint."""

    mapping_version: ClassVar[str] = "1"
    """Raise it when `prepare` maps the same entry to another document."""

    @abstractmethod
    def endpoint(self) -> ClientIdEndpoint[Document]:
        """The endpoint of this stream; called once per run. Shared clients live on the target (`self.books`)."""

    @abstractmethod
    def prepare(self, entry: JournalEntry) -> Document:
        """Validate against the provider's master data and map. JSON-like: dict with Decimal, date, str, int, lists.

        Raises:
            RejectedError, EntryError: This record cannot be booked.
        """
