"""Syncs of one list inside the test's process, each with the state of the one before, on days that the test chooses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from tap_ons.exports import export_streams
from tap_ons.listing_streams import listing_streams
from tap_ons.shared import Shared
from tap_ons.tap import TapOns

if TYPE_CHECKING:
    from datetime import date

    from provider_simulators.ons import OnsSimulator
    from tap_ons.client import Connection

Record = dict[str, Any]


class ListSyncs:
    """Syncs of one list."""

    def __init__(self, simulator: OnsSimulator, connection: Connection, stream: str, **settings: Any) -> None:
        self.simulator = simulator
        self.stream = stream
        self._connection = connection
        self.tap = TapOns(config=settings, validate_config=False)

    def sync(self, today: date, *, replication_method: str | None = None) -> list[Record]:
        """Sync on a day; what was given before an error stays in `records`."""
        self.tap.shared = Shared(self.tap)
        self.tap.shared.connection = self._connection
        self.tap.shared.now = datetime.combine(today, time(12), tzinfo=UTC)
        streams = [*listing_streams(self.tap), *export_streams(self.tap)]
        (stream,) = (stream for stream in streams if stream.name == self.stream)
        stream.selected = True
        if replication_method:
            stream.forced_replication_method = replication_method
        self.records: list[Record] = []
        self._asked_before = len(self.simulator.log.requests())
        try:
            for record in stream._sync_records(write_messages=False):
                self.records.append(record)
        finally:
            self.bookmark = json.loads(json.dumps(self.bookmark))
        return self.records

    @property
    def ids(self) -> list[Any]:
        """Ids of the records of the last sync."""
        return [record["id"] for record in self.records]

    def asked(self, text: str = "/v0/") -> list[dict[str, Any]]:
        """Requests of the last sync whose path has this text."""
        return [request for request in self.simulator.log.requests()[self._asked_before :] if text in request["path"]]

    def windows(self, text: str = "/v0/", begins: str = "valid_from", ends: str = "valid_to") -> list[tuple[str, str]]:
        """Windows that the last sync asked for, each once, in order."""
        found = [
            (request["query"][begins], request["query"][ends])
            for request in self.asked(text)
            if begins in request["query"]
        ]
        return sorted(set(found))

    @property
    def bookmark(self) -> dict[str, Any]:
        """What is remembered of the list."""
        content: dict[str, Any] = self.tap.state.get("bookmarks", {}).get(self.stream, {})
        return content

    @bookmark.setter
    def bookmark(self, content: dict[str, Any]) -> None:
        self.tap.state["bookmarks"] = {self.stream: content}
