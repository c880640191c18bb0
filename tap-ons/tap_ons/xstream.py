"""Bulk tables as streams: everything once, then what was changed and what was deleted."""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from connector_kit.extract import QuickRecords
from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_ons.answers import ReadLine, read_line
from tap_ons.client import DELETED_AT, SYNCED_AT, OnsStream, moment_text
from tap_ons.reading import TableReader
from tap_ons.resources import RESOURCES, Feed, Resource
from tap_ons.schemas import SCHEMAS
from tap_ons.state import Bookmark, signature

if TYPE_CHECKING:
    from connector_kit.extract import QuickRecord
    from singer_sdk import Stream
    from singer_sdk.helpers.types import Record

    from tap_ons.tap import TapOns

__all__ = ["XstreamTable", "xstream_streams"]

_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before all changes: so old a `since` gives all of a table that has no feed of everything."""
_REFRESH_DAYS: Final = 7
_REFRESH_DAYS_WITH_DELETES: Final = 30
_DELETED_AT_TEXT: Final = "When the reading began that found the row deleted, by the clock of Ons; null while it lives."


class XstreamTable(OnsStream):
    """A bulk resource. Its bookmark is the moment at which the last complete sync of it began, minus an overlap."""

    def __init__(self, tap: "TapOns", resource: Resource) -> None:
        self.resource = resource
        super().__init__(tap, resource.stream, SCHEMAS.get_schema(resource.stream), primary_keys=resource.primary_keys)
        self.selected_by_default = resource.selected
        self.replication_key = SYNCED_AT if Feed.UPDATES in resource.feeds else None
        self._lacks_unselected = False

    @override
    def columns(self) -> dict[str, Any]:
        deleted_at = {"type": ["string", "null"], "format": "date-time", "description": _DELETED_AT_TEXT}
        return {**super().columns(), **({DELETED_AT: deleted_at} if self._has_deletes else {})}

    @override
    def records(self) -> Iterator["Record"]:
        self._lacks_unselected = self.convert.leave_out(self.unselected)
        reader = TableReader(self.shared.connection, self.name)
        known = Bookmark.of(self.get_context_state(None))
        if known is None or not self._goes_on(known):
            yield from self._everything(reader, known)
            return
        try:
            yield from self._living(reader, Feed.UPDATES, since=known.since)
        except SkippableAPIError as error:
            if Feed.DATA not in self.resource.feeds:
                raise
            self.shared.report_refusal(self.name, error)
            yield from self._everything(reader, known)
            return
        if reason := self._doubt(known, reader):
            self.logger.info("%s: %s: everything is read again", self.name, reason)
            yield from self._everything(reader, known)
            return
        deletes_since = yield from self._deleted(reader, known)
        self._remember(reader, deletes_since, refreshed=known.refreshed, fields=known.fields)

    def _goes_on(self, known: Bookmark) -> bool:
        """Tell whether what was changed since the bookmark is all that is missing."""
        return (
            self.replication_method == "INCREMENTAL"
            and known.settings == self._settings
            and not known.is_refresh_due(self.shared.now, days=self._refresh_days)
        )

    def _doubt(self, known: Bookmark, reader: TableReader) -> str | None:
        """Tell why the changes that have been read are not all that is missing."""
        if not self.fields.signatures() <= known.fields:
            return "fields arrived that were never seen, and Ons does not send older rows again"
        if reader.began is not None and reader.began < known.since:
            return "the clock of Ons was ahead when the table was last read"
        return None

    def _everything(self, reader: TableReader, known: Bookmark | None) -> Iterator["Record"]:
        """Read the whole table; what was deleted since the bookmark comes first, for what is in the table lives."""
        deletes_since = None
        if known is not None:
            deletes_since = yield from self._deleted(reader, known)
        if Feed.DATA in self.resource.feeds:
            count = yield from self._living(reader, Feed.DATA)
        else:
            count = yield from self._living(reader, Feed.UPDATES, since=_BEGINNING)
        if count:
            self.report_missing_fields()
        else:
            self.logger.warning("%s: Ons has no row", self.name)
        if self.replication_key:
            self._remember(reader, deletes_since, refreshed=self.shared.now, fields=self.fields.signatures())

    def _living(
        self, reader: TableReader, feed: Feed, *, since: datetime | None = None
    ) -> Generator["Record", None, int]:
        """Give the rows of a feed, and return how many there were."""
        count = 0
        read = self._quick(reader) if self.is_written_directly and self._lacks_unselected else None
        for row in reader.rows(self.resource.path(feed), since=since, read=read):
            yield row if type(row) is not dict else self._record(row, reader)
            count += 1
        return count

    def _quick(self, reader: TableReader) -> ReadLine:
        """Give what reads a line: most are records at once, the others their objects."""
        columns = (SYNCED_AT, DELETED_AT) if self._has_deletes else (SYNCED_AT,)
        shown = tuple(column for column in columns if column not in self.unselected)
        quick = QuickRecords(self.convert, required=self.key_sources, added=shown)
        added: tuple[str | None, ...] = ()

        def read(line: bytes) -> "QuickRecord | Record":
            nonlocal added
            if not added:  # not known before the answer is there
                values = {SYNCED_AT: moment_text(_began(reader)), DELETED_AT: None}
                added = tuple(values[column] for column in shown)
            return quick.record(line, added) or read_line(line)

        return read

    def _record(self, row: "Record", reader: TableReader) -> "Record":
        alive = {DELETED_AT: None} if self._has_deletes else {}
        return self.record(row, synced_at=_began(reader)) | alive

    def _deleted(self, reader: TableReader, known: Bookmark) -> Generator["Record", None, datetime | None]:
        """Give the keys of what was deleted; return from when on to ask next time, if not from this sync on."""
        if not self._has_deletes:
            return None
        since = known.deletes_since or known.since
        try:
            for row in reader.rows(self.resource.path(Feed.DELETES), since=since):
                self.require_keys(row)
                moment = moment_text(_began(reader))
                keys = self.convert({source: row[source] for source in self.key_sources.values()})
                yield {**keys, SYNCED_AT: moment, DELETED_AT: moment}
        except SkippableAPIError as error:
            self.shared.report_refusal(self.name, error)
            return since
        return None

    def _remember(
        self,
        reader: TableReader,
        deletes_since: datetime | None,
        *,
        refreshed: datetime,
        fields: frozenset[str],
    ) -> None:
        since = _began(reader) - timedelta(minutes=self.config["overlap_minutes"])
        Bookmark(
            since=since,
            deletes_since=(deletes_since or since) if self._has_deletes else None,
            read=self.shared.now,
            refreshed=refreshed,
            settings=self._settings,
            fields=fields,
        ).write(self.get_context_state(None))

    @property
    def _has_deletes(self) -> bool:
        return Feed.DELETES in self.resource.feeds

    @property
    def _refresh_days(self) -> int:
        default = _REFRESH_DAYS_WITH_DELETES if self._has_deletes else _REFRESH_DAYS
        days: int | None = self.config.get("full_refresh_days")
        return default if days is None else days

    @cached_property
    def _settings(self) -> str:
        """Signature of what the catalog and the settings leave out or replace."""
        left_out = sorted(place for place, is_selected in self.mask.items() if not is_selected)
        return signature(left_out, self.shared.personal_data_signature)


def xstream_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the table of resources, but for personal data that nobody asked for."""
    policy = tap.shared.policy
    return [
        XstreamTable(tap, resource)
        for resource in RESOURCES
        if resource.personal_data is None or not policy.leaves_out(resource.personal_data)
    ]


def _began(reader: TableReader) -> datetime:
    if reader.began is None:
        raise RuntimeError("nothing has been read yet")
    return reader.began
