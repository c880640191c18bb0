"""Singer messages on stdout: fast, and money as plain JSON numbers without a detour over float."""

import re
import sys
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import Any, Final

import msgspec
from singer_sdk.singerlib.encoding.base import GenericSingerWriter
from singer_sdk.singerlib.encoding.simple import Message, RecordMessage

__all__ = ["ExactWriter"]

# msgspec writes a Decimal with its digits, but as Python prints it: 1E+3, 1E-10, NaN. Most lines have none of these.
_SIGNS: Final = (b"E+", b"E-", b"NaN", b"Infinity")
_MAYBE_NOT_PLAIN: Final = re.compile(rb"[0-9]E[+-][0-9]|NaN|Infinity")
_NO_NUMBERS: Final = frozenset({int, bool, type(None), datetime})
_FLUSH_SECONDS: Final = 1
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class ExactWriter(GenericSingerWriter[bytes, Message]):
    """Writes messages with msgspec; the SDK's own msgspec writer lets exponents and NaN through."""

    _flush_at = 0.0

    def serialize_message(self, message: Message) -> bytes:
        """Encode a message; numbers are in plain notation with all their digits.

        Raises:
            ValueError: A number is not finite.
        """
        content = message.to_dict()
        line = _encode(content)
        if (
            _may_hold_numbers(content.get("record", content))
            and any(sign in line for sign in _SIGNS)
            and _MAYBE_NOT_PLAIN.search(line)
        ):
            return _encode(_plain(content))
        return line

    def write_message(self, message: Message) -> None:
        """Write one line to stdout; a record may wait there for those that follow, a second at most while they come."""
        sys.stdout.buffer.write(self.serialize_message(message) + b"\n")
        now = monotonic()
        if type(message) is not RecordMessage or now >= self._flush_at:
            sys.stdout.flush()
            self._flush_at = now + _FLUSH_SECONDS


def _may_hold_numbers(content: Mapping[str, Any]) -> bool:
    """Tell whether there may be a Decimal in it; much faster than a search in a long line."""
    for item in content.values():
        kind = type(item)
        if kind is str or kind in _NO_NUMBERS:
            continue
        if kind is not dict or _may_hold_numbers(item):
            return True
    return False


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("a number in a message is not finite")
        return msgspec.Raw(format(value, "f").encode())
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
