"""A warehouse in memory, and syncs of one stream inside the test's process: for histories of hundreds of syncs."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from connector_kit.extract import QuickRecord
from tap_ons.client import DELETED_AT, SYNCED_AT, Connection
from tap_ons.resources import RESOURCES
from tap_ons.shared import Shared
from tap_ons.tap import TapOns
from tap_ons.xstream import XstreamTable

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]
Rows = dict[tuple[Any, ...], Record]


class Warehouse:
    """Rows of one stream by key: a later record replaces an earlier one, and may say that there is none any more."""

    def __init__(self, primary_keys: tuple[str, ...]) -> None:
        self._keys = primary_keys
        self.rows: Rows = {}

    def take(self, record: Record) -> None:
        key = tuple(record[name] for name in self._keys)
        if record.get(DELETED_AT):
            self.rows.pop(key, None)
        else:
            self.rows[key] = {name: value for name, value in record.items() if name not in {SYNCED_AT, DELETED_AT}}


class Syncs:
    """Syncs of one bulk table, each with the state of the one before."""

    def __init__(self, connection: Connection, stream: str, **settings: Any) -> None:
        self._connection = connection
        self._resource = next(resource for resource in RESOURCES if resource.stream == stream)
        self.tap = TapOns(config=settings, validate_config=False)
        self.warehouse = Warehouse(self._resource.primary_keys)

    def sync(self) -> list[Record]:
        """Sync into the warehouse."""
        self.tap.shared = Shared(self.tap)
        self.tap.shared.connection = self._connection
        stream = XstreamTable(self.tap, self._resource)
        stream.selected = True
        records = []
        for made in stream._sync_records(write_messages=False):
            record = made.plain() if isinstance(made, QuickRecord) else made
            self.warehouse.take(record)
            records.append(record)
        return records

    @property
    def bookmark(self) -> dict[str, Any]:
        """What is remembered of the table, as it is now."""
        content = self.tap.state.get("bookmarks", {}).get(self._resource.stream, {})
        copy: dict[str, Any] = json.loads(json.dumps(content))
        return copy

    @bookmark.setter
    def bookmark(self, content: dict[str, Any]) -> None:
        self.tap.state["bookmarks"] = {self._resource.stream: content}

    def everything(self) -> Rows:
        """What a first sync would give now."""
        known, kept = self.bookmark, self.warehouse
        self.bookmark, self.warehouse = {}, Warehouse(self._resource.primary_keys)
        self.sync()
        rows, self.warehouse, self.bookmark = self.warehouse.rows, kept, known
        return rows


@contextmanager
def connected(settings: dict[str, Any]) -> Iterator[Connection]:
    """A connection for many syncs."""
    connection = Connection.from_settings(settings, version="0", logger=logging.getLogger("tap-ons"))
    try:
        yield connection
    finally:
        connection.session.http.close()
