"""Streams that move their bookmark themselves."""

from typing import TYPE_CHECKING

from typing_extensions import override

from connector_kit.extract.direct import DirectStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

__all__ = ["BookmarkedStream"]


class BookmarkedStream(DirectStream):
    """A stream whose bookmark says which readings are complete, not which record was the newest.

    The SDK would put values of records into the state, take records for unsorted, and warn of each that lacks one. It
    does so in two private methods; should it stop calling them, a test says so.
    """

    @override
    def _write_starting_replication_value(self, context: "Context | None") -> None:
        """Nothing: what has been read is in the bookmark."""

    @override
    def _increment_stream_state(self, latest_record: "Record", *, context: "Context | None" = None) -> None:
        """Nothing: a bookmark moves when a reading is complete."""
