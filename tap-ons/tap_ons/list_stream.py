"""What all streams that are no bulk tables have in common: records with keys of our own, a bookmark of days."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from connector_kit.errors import ConnectorError
from singer_sdk.exceptions import SingerSDKError
from typing_extensions import override

from tap_ons.client import OnsStream
from tap_ons.listing import KEY, RAW, Job, Listing
from tap_ons.marks import WindowProgress, start_day
from tap_ons.schemas import SCHEMAS
from tap_ons.state import signature

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_ons.tap import TapOns

__all__ = ["ListStream"]

_STATE_EVERY_SECONDS: Final = 5
_DIGEST_LENGTH: Final = 32


class ListStream(OnsStream):
    """What lists have in common: records with keys of our own, and a bookmark of days."""

    def __init__(self, tap: "TapOns", row: Listing | Job, *, primary_keys: tuple[str, ...]) -> None:
        declared = SCHEMAS.get_schema(row.stream)
        super().__init__(tap, row.stream, declared, primary_keys=primary_keys)
        self.selected_by_default = row.selected
        self.sources = {name: part.get("x-source-name", name) for name, part in declared["properties"].items()}
        columns = {source: name for name, source in self.sources.items()}
        self._hashed = [columns[source] for source in row.hashed]
        self._is_described = row.model is not None
        if row.hashed:
            self.key_sources = {}
        self.began = datetime.now(UTC)
        self._state_due_at = 0.0

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the records; an error leaves a state message of everything before it."""
        self.began = datetime.now(UTC)
        try:
            yield from super().get_records(context)
        except (SingerSDKError, ConnectorError):
            self._write_state()
            raise

    def window_progress(self, *settings: Any) -> WindowProgress:
        """Read the bookmark.

        Args:
            *settings: What decides what records hold, beside the catalog and the policy of personal data.
        """
        left_out = sorted(place for place, is_selected in self.mask.items() if not is_selected)
        return WindowProgress(
            self.get_context_state(None),
            start=start_day(self.config, self.name),
            today=self.shared.today,
            lookback=timedelta(days=self.config["lookback_days"]),
            settings=signature(left_out, self.shared.personal_data_signature, *settings),
            is_incremental=self.replication_method == "INCREMENTAL",
        )

    def checkpoint(self) -> None:
        """Write a state message if the last one was some seconds ago; all records given so far have been written."""
        if time.monotonic() >= self._state_due_at:
            self._state_due_at = time.monotonic() + _STATE_EVERY_SECONDS
            self._write_state()

    def keyed(self, rows: Iterable[dict[str, Any]]) -> Iterator["Record"]:
        """Make the records of an answer; those without a key get one: a hash of what they tell, and a number."""
        alike: dict[str, list[Record]] = {}
        for row in rows:
            record = self.record(row if self._is_described else self._raw(row), synced_at=self.began)
            if self._hashed:
                told = json.dumps([record.get(name) for name in self._hashed], default=str)
                others = alike.setdefault(told, [])
                if record not in others:
                    others.append(dict(record))
                number = others.index(record)
                record[KEY] = hashlib.sha256(f"{number} {told}".encode()).hexdigest()[:_DIGEST_LENGTH]
            yield record

    def _raw(self, row: dict[str, Any]) -> dict[str, Any]:
        """Put a row of which there is no description into one column, beside its key."""
        return {**{source: row.get(source) for source in self.key_sources.values()}, RAW: row}

    def _write_state(self) -> None:
        self._tap.state_writer.write_state(self._tap.state)
