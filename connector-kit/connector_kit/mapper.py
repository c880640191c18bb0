"""`map-books`: an inline mapper between a tap and a bookkeeping target."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities
from singer_sdk.mapper_base import InlineMapper
from singer_sdk.singerlib.encoding.simple import Message

from connector_kit.books import contracts
from connector_kit.console import program
from connector_kit.errors import SettingError
from connector_kit.mapping.entries import Tally
from connector_kit.mapping.messages import InputError, Line, LineReader, LineWriter
from connector_kit.mapping.settings import SETTINGS, entry_mapping

__all__ = ["MapBooks", "main"]

CONTRACT: Final = "journal_entries"
_CODES_LOGGED_MAX: Final = 50


class MapBooks(InlineMapper):
    """Turns the journals of a source into those of one bookkeeping package, by tables of accounts and cost centers."""

    name = "map-books"
    package_name = "singer-connector-kit"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS
    capabilities: ClassVar[list[CapabilitiesEnum]] = [PluginCapabilities.ABOUT, PluginCapabilities.STRUCTURED_LOGGING]
    message_reader_class = LineReader
    message_writer_class = LineWriter
    message_reader: LineReader

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.stream: str = self.config.get("stream") or CONTRACT
        self.mapping = entry_mapping(self.config)
        self.tally = Tally()

    def map_schema_message(self, message_dict: dict[str, Any]) -> Iterable[Message]:
        """Declare the mapped stream as the books contract says it."""
        if not self._is_mapped(message_dict):
            return [self._as_it_came()]
        schema = contracts.schema(CONTRACT)
        bookmarks = [name for name in message_dict.get("bookmark_properties") or () if name in schema["properties"]]
        return [
            Line.of(
                {
                    "type": "SCHEMA",
                    "stream": CONTRACT,
                    "schema": schema,
                    "key_properties": ["key"],
                    **({"bookmark_properties": bookmarks} if bookmarks else {}),
                }
            )
        ]

    def map_record_message(self, message_dict: dict[str, Any]) -> Iterable[Message]:
        """Map an entry."""
        if not self._is_mapped(message_dict):
            return [self._as_it_came()]
        record = message_dict.get("record")
        if not isinstance(record, dict):
            raise InputError(f"input line {self.message_reader.number}: RECORD without record")
        return [Line.of(message_dict | {"stream": CONTRACT, "record": self.mapping.map(record, self.tally)})]

    def map_state_message(self, message_dict: dict[str, Any]) -> Iterable[Message]:  # noqa: ARG002  # its line goes on
        """Leave the tap's STATE as it is."""
        return [self._as_it_came()]

    def map_activate_version_message(self, message_dict: dict[str, Any]) -> Iterable[Message]:
        """Pass the version on."""
        if not self._is_mapped(message_dict):
            return [self._as_it_came()]
        return [Line.of(message_dict | {"stream": CONTRACT})]

    def map_batch_message(self, message_dict: dict[str, Any]) -> Iterable[Message]:
        """Refuse files of the mapped stream, which would pass the mapping by."""
        if self._is_mapped(message_dict):
            raise InputError(f"stream {self.stream}: map-books cannot map BATCH files; switch batches off in the tap")
        return [self._as_it_came()]

    def process_endofpipe(self) -> None:
        """Say in one line what was mapped."""
        tally = self.tally
        self.logger.info(
            "Mapped %d entries, %d lines (%d written); fallback account used %d times, %d lines without account; "
            "unmapped accounts: %s; unmapped cost centers: %s",
            tally.entries,
            tally.lines,
            tally.lines_written,
            tally.fallbacks,
            tally.without_account,
            _codes(tally.unmapped_accounts),
            _codes(tally.unmapped_cost_centers),
        )

    def _is_mapped(self, message: dict[str, Any]) -> bool:
        stream = message.get("stream")
        if stream == CONTRACT != self.stream:
            raise SettingError(f"stream: the input has a {CONTRACT} beside {self.stream}, which goes out by that name")
        return stream == self.stream

    def _as_it_came(self) -> Line:
        return Line(text=self.message_reader.text)


def _codes(codes: Counter[str]) -> str:
    """List codes once each, as an auditor reads them: `4999 (2 lines)`."""
    listed = [f"{ascii(code)[1:-1]} ({count} lines)" for code, count in sorted(codes.items())[:_CODES_LOGGED_MAX]]
    rest = [f"{len(codes) - len(listed)} more"] if len(codes) > len(listed) else []
    return ", ".join(listed + rest) or "none"


main = program(MapBooks)
