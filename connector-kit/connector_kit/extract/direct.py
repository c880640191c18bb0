"""Records that a converter has made are written at once, where the SDK's walks over each would change nothing."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import UNSET
from singer_sdk.helpers.conform import TypeConformanceLevel
from singer_sdk.mapper import SameRecordTransform
from singer_sdk.singerlib import SelectionMask
from typing_extensions import override

from connector_kit.extract.quick import QuickRecord
from connector_kit.extract.selection import Unselected, leave_out, unselected
from connector_kit.extract.watched import WatchedStream
from connector_kit.extract.writer import RecordLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context, Record

__all__ = ["DirectStream"]


class DirectStream(WatchedStream):
    """A stream whose records come out of a `RecordConverter`, as its schema says, and have no child streams.

    The SDK goes through every record for fields that are not selected, types and maps. Where nothing is mapped, this
    stream leaves that out, which halves the time per record, and takes out by name what is not selected. It does so in
    a private method of the SDK: should the SDK stop calling it, records are written as before, only slower, and a test
    says so.
    """

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    _direct_name: str | None = None
    _direct_mask: SelectionMask | None = None
    _unselected: Unselected = MappingProxyType({})

    @override
    def generate_child_contexts(self, record: "Record", context: "Context | None") -> "Iterable[Context | None]":
        """None, without child streams."""
        return super().generate_child_contexts(record, context) if self.child_streams else ()

    @property
    def is_written_directly(self) -> bool:
        """Whether records are written as they come, but for what is not selected: they may be `QuickRecord`s."""
        self._look_up()
        return self._direct_name is not None

    @property
    def unselected(self) -> Unselected:
        """Columns that records are to lack; a `QuickRecord` has to lack them when it comes."""
        self._look_up()
        return self._unselected

    @override
    def _write_record_message(self, record: "Record | QuickRecord") -> None:
        """Write a record."""
        if self._direct_mask is not self.mask:
            self._look_up()
        if self._direct_name is None:
            super()._write_record_message(record.plain() if isinstance(record, QuickRecord) else record)
            return
        if self._unselected and isinstance(record, dict):
            leave_out(record, self._unselected)
        version = UNSET if self._stream_version is None else self._stream_version
        now = datetime.now(UTC)
        self._tap.write_message(
            RecordLine(stream=self._direct_name, record=record, version=version, time_extracted=now)
        )
        self.state_manager.is_flushed = False

    def _look_up(self) -> None:
        mask = self.mask
        self._direct_mask, self._direct_name, self._unselected = mask, self._plain_name(), unselected(mask)

    def _plain_name(self) -> str | None:
        """Give the name under which records are written as they are; None: something may happen to them."""
        (first, *others) = self.stream_maps
        is_mapped = type(first) is not SameRecordTransform or first.flattening_enabled or others
        is_plain = self.selected and self.TYPE_CONFORMANCE_LEVEL is TypeConformanceLevel.NONE
        return first.stream_alias if is_plain and not is_mapped else None
