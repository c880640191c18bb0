"""Records of one document belong to many streams: they are kept in a file until their stream's turn comes."""

import tempfile
import weakref
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

__all__ = ["Spool"]

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_BUFFER_BYTES: Final = 1 << 16


class Spool:
    """Records of one stream, in a file that has no name and goes with the process; the first ones stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_BUFFER_BYTES)  # noqa: SIM115  # open as long as this lives
        weakref.finalize(self, self._file.close)

    def put(self, record: Mapping[str, Any]) -> None:
        """Keep a record."""
        self._file.write(_encode(record) + b"\n")

    def records(self) -> Iterator[dict[str, Any]]:
        """Give the records in the order in which they came."""
        self._file.seek(0)
        for line in self._file:
            yield _decode(line)
