"""Singer tap for the books of care: journal entries out of a warehouse with data of Nedap Ons."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from connector_kit.books import contracts
from connector_kit.console import program
from connector_kit.extract import WatchedStream, WatchedTap
from singer_sdk import Stream
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.helpers.types import Context, Record
from typing_extensions import override

from tap_care_books.commands import COMMANDS
from tap_care_books.models import build
from tap_care_books.settings import SETTINGS, Settings

__all__ = ["TapCareBooks", "main"]

_CONTRACT: Final = "journal_entry_lines"
_COLUMNS: Final = (
    "entry_key",
    "line_no",
    "line_count",
    "entry_total",
    "date",
    "journal",
    "entry_description",
    "account",
    "debit",
    "credit",
    "description",
    "cost_center",
    "cost_unit",
)


class JournalEntryLines(WatchedStream):
    """An entry per kind (hours, mileage, invoices, vat) and month, line by line, made anew each time."""

    name = _CONTRACT
    primary_keys = ("entry_key", "line_no")
    replication_key = None
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the models do it
    schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {name: contracts.schema(_CONTRACT)["properties"][name] for name in _COLUMNS},
    }

    @override
    def get_records(self, context: Context | None) -> Iterable[Record]:
        outcome = build(Settings.from_config(dict(self.config)), keep=True)
        left_out = Counter[tuple[str, str]]()
        for kind, _, status, records, _, _ in outcome.stations:
            if status != "counted":
                left_out[kind, status] += records
        for (kind, status), records in left_out.items():
            self.logger.info("%s: %s records left out: %s", kind, records, status)
        self.seen.left_out += left_out.total()
        if outcome.problem:
            raise outcome.problem
        yield from outcome.lines


class TapCareBooks(WatchedTap):
    """Hours, mileage and invoices of Nedap Ons, from a warehouse in DuckDB or PostgreSQL, as journal entries."""

    name = "tap-care-books"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS

    @override
    def discover_streams(self) -> list[Stream]:
        return [JournalEntryLines(self)]


main = program(TapCareBooks, *COMMANDS, frozen=False)
