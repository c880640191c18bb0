"""Singer messages on stdout: fast, and money as plain JSON numbers without a detour over float."""

import atexit
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from io import BufferedWriter, RawIOBase
from time import monotonic
from typing import Any, BinaryIO, Final, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.encoding.simple import Message, RecordMessage

from connector_kit.extract.quick import QuickRecord

__all__ = ["ExactWriter", "RecordLine"]

_NO_NUMBERS: Final = frozenset({str, int, bool, type(None), UnsetType, datetime, date})
_DELETED_AT: Final = "_sdc_deleted_at"
_FLUSH_SECONDS: Final = 1
_BUFFER_BYTES: Final = 1 << 16
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class RecordLine(Struct, kw_only=True, gc=False, tag_field="type", tag="RECORD"):
    """A record message as it stands in its line: what the SDK's becomes on a longer way."""

    stream: str
    record: Any
    version: int | UnsetType = UNSET
    time_extracted: datetime

    def to_dict(self) -> dict[str, Any]:
        """Give its members, as of the SDK's message."""
        members = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {"type": "RECORD", **{name: value for name, value in members if value is not UNSET}}


class ExactWriter(GenericSingerWriter[bytes, Message]):
    """Writes messages with msgspec; the SDK's own msgspec writer lets exponents and NaN through."""

    _flush_at = 0.0

    @cached_property
    def records(self) -> defaultdict[str, int]:
        """Records that have been written, by stream."""
        return defaultdict(int)

    @cached_property
    def deleted(self) -> defaultdict[str, int]:
        """Those of them that say that something is gone."""
        return defaultdict(int)

    def serialize_message(self, message: Message | RecordLine) -> bytes:
        """Encode a message; numbers are in plain notation with all their digits.

        Raises:
            ValueError: A number is not finite.
        """
        if type(message) is RecordLine and _is_plain(message.record):
            return _encode(message)
        content = message.to_dict()
        return _encode(content if _is_plain(content) else _plain(content))

    def write_message(self, message: Message | RecordLine) -> None:
        """Write one line to stdout; a record may wait there for those that follow, a second at most while they come."""
        out = _buffered(sys.stdout.buffer)
        out.write(self.serialize_message(message) + b"\n")
        now = monotonic()
        if type(message) is RecordLine or type(message) is RecordMessage:
            self.records[message.stream] += 1
            if type(message.record) is dict and message.record.get(_DELETED_AT) is not None:
                self.deleted[message.stream] += 1
            if now < self._flush_at:
                return
        out.flush()
        self._flush_at = now + _FLUSH_SECONDS


@lru_cache(maxsize=1)
def _buffered(out: BinaryIO) -> BinaryIO:
    """Put a buffer before a file without one: PYTHONUNBUFFERED, usual in containers, makes system calls of records."""
    if not isinstance(out, RawIOBase):
        return out
    buffer: Any = BufferedWriter(out, _BUFFER_BYTES)
    atexit.register(_flush, buffer)
    return cast("BinaryIO", buffer)


def _flush(buffer: BinaryIO) -> None:
    if not buffer.closed:
        buffer.flush()


def _is_plain(value: Any) -> bool:
    """Tell whether msgspec writes it in plain notation: a Decimal has its digits there, but as Python prints it."""
    kind = type(value)
    if kind in _NO_NUMBERS:
        return True
    if kind is Decimal:
        return value.is_finite() and "E" not in str(value)
    if kind is dict:
        items: Iterable[Any] = value.values()
    elif kind is list:
        items = value
    elif isinstance(value, QuickRecord):
        items = [getattr(value, name) for name in value.attributes_not_checked]
    else:
        return False
    for item in items:  # noqa: SIM110  # half the time of all()
        if type(item) not in _NO_NUMBERS and not _is_plain(item):
            return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a number in a message is not finite")
        return msgspec.Raw(format(value, "f").encode())
    if isinstance(value, QuickRecord):
        return _plain(value.plain())
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
