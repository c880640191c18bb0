"""Journal entries that come line by line: put together when all lines are there, and only then booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import RecordSink

from connector_kit.books import contracts
from connector_kit.books.entry_errors import EntryError
from connector_kit.books.entry_lines import EntryLine, entry_record, is_complete
from connector_kit.posting.posting import Kind, Posted
from connector_kit.posting.rejection import RejectedError, Rejection, entry_name
from connector_kit.posting.validation import RecordValidator

if TYPE_CHECKING:
    from connector_kit.posting.sink import EntrySink
    from connector_kit.posting.target import BooksTarget

__all__ = ["EntryLines", "EntryLinesSink"]


@dataclass(frozen=True)
class _Collected:
    lines: list[EntryLine] = field(default_factory=list)
    delivered: list[Mapping[str, Any]] = field(default_factory=list)


class EntryLines:
    """The entries of a stream that are not complete yet."""

    def __init__(self, sink: "EntryLinesSink") -> None:
        self._sink = sink
        self._open: dict[str, _Collected] = {}

    @property
    def open(self) -> bool:
        """Whether lines wait for others."""
        return bool(self._open)

    def add(self, line: EntryLine, delivered: Mapping[str, Any]) -> _Collected | None:
        """Add a line; the whole entry, if it was the last that was missing."""
        collected = self._open.setdefault(line.entry_key, _Collected())
        collected.lines.append(line)
        collected.delivered.append(delivered)
        return self._open.pop(line.entry_key) if is_complete(collected.lines) else None

    def end(self) -> None:
        """No more lines come: what is incomplete now is not booked, and STATE stays before it."""
        for key, collected in self._open.items():
            self._sink.incomplete(key, collected.lines, collected.delivered)
        self._open.clear()


class EntryLinesSink(RecordSink):
    """Books journal entries of `journal_entry_lines`, as the sink of `journal_entries` does.

    The end of the input is no proof that an entry is whole; its control count and control total are. An entry is the
    same fact whichever of the two streams it comes by.
    """

    contract: ClassVar[str] = "journal_entry_lines"
    kind: ClassVar[Kind] = Kind()
    entries: ClassVar["type[EntrySink[Any]]"]
    """Who books the entries."""

    def __init__(
        self, target: "BooksTarget", stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        self.books = target
        super().__init__(target, stream_name, schema, key_properties)
        self._contract = RecordValidator(contracts.schema(self.contract))
        self._entries = self.entries(target, self.entries.contract, {"properties": {}}, ["key"])
        self._lines = target.entry_lines(self)

    @property
    def poster(self) -> Any:
        """That of the entries."""
        return self._entries.poster

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        """Keep a line until its entry is complete; then book that."""
        delivered = self.books.raw_record()
        try:
            self._contract.validate(record)
            line = EntryLine.from_record(record)
        except (RejectedError, EntryError) as error:
            self.books.reject(self.stream_name, Rejection.of(error, key=record.get("entry_key")))
            return
        self.books.tally.waiting += 1
        whole = self._lines.add(line, delivered)
        if whole is not None:
            self._book(line.entry_key, whole)

    def get_validator(self) -> None:
        """No validator of the SDK: the books contract decides, not the schema that a tap declares."""

    def _book(self, key: str, whole: _Collected) -> None:
        try:
            record = entry_record(whole.lines)
        except EntryError as error:
            self.books.reject(self.stream_name, Rejection.of(error, key=key), records=whole.delivered)
        else:
            self._entries.book(record, delivered=whole.delivered, stream=self.stream_name)
        self.books.tally.waiting -= len(whole.delivered)

    def incomplete(self, key: str, lines: Sequence[EntryLine], delivered: Sequence[Mapping[str, Any]]) -> None:
        """Settle the lines of an entry that did not become whole."""
        name = entry_name(key)
        message = f"{name}: {len(lines)} of {lines[0].line_count} lines have come; it is booked when all are there"
        self.books.settle(self.stream_name, Posted.deferred("incomplete_entry", message), records=delivered)
        self.books.tally.waiting -= len(delivered)
