"""Records that a converter has made are written at once, where the SDK's walks over each would change nothing."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import RecordMessage, SelectionMask
from typing_extensions import override

from connector_kit.extract.quick import QuickRecord
from connector_kit.extract.watched import WatchedStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context, Record

__all__ = ["DirectStream"]


class DirectStream(WatchedStream):
    """A stream whose records come out of a `RecordConverter`, as its schema says, and have no child streams.

    The SDK goes through every record for fields that are not selected, types and maps. Where all fields are selected
    and nothing is mapped, this stream leaves that out, which halves the time per record. It does so in a private method
    of the SDK: should the SDK stop calling it, records are written as before, only slower, and a test says so.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    _direct_name: str | None = None
    _direct_mask: SelectionMask | None = None

    @override
    def generate_child_contexts(self, record: "Record", context: "Context | None") -> "Iterable[Context | None]":
        """None, without child streams."""
        return super().generate_child_contexts(record, context) if self.child_streams else ()

    @property
    def is_written_directly(self) -> bool:
        """Whether nothing happens to a record on its way out, so that it may be a `QuickRecord`."""
        return self._plain_name() is not None

    @override
    def _write_record_message(self, record: "Record | QuickRecord") -> None:
        """Write a record."""
        if self._direct_mask is not self.mask:
            self._direct_mask, self._direct_name = self.mask, self._plain_name()
        if self._direct_name is None:
            super()._write_record_message(record.plain() if isinstance(record, QuickRecord) else record)
            return
        message = RecordMessage(self._direct_name, record, self._stream_version)  # type: ignore[arg-type]  # a `QuickRecord` is written likewise
        message.time_extracted = datetime.now(UTC)  # given above, it would be converted to UTC once more
        self._tap.write_message(message)
        self.state_manager.is_flushed = False

    def _plain_name(self) -> str | None:
        """Give the name under which records are written as they are; None: something may happen to them."""
        (first, *others) = self.stream_maps
        is_mapped = type(first) is not SameRecordTransform or first.flattening_enabled or others
        is_whole = all(self.mask.values()) and self.TYPE_CONFORMANCE_LEVEL is TypeConformanceLevel.NONE
        return first.stream_alias if is_whole and not is_mapped else None
