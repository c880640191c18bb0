"""Answers that several streams need, kept in a file from the first stream that asks to the others."""

import json
import tempfile
import threading
import weakref
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from tap_nmbrs.source import Row

__all__ = ["Spool"]

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class Spool:
    """Thread-safe; the file has no name and goes with the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the tap lives
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self._places: dict[tuple[str, ...], tuple[str, int, int]] = {}

    def put(self, call: str, keys: Mapping[str, Any], since: str, rows: "list[Row]") -> None:
        """Keep an answer.

        Args:
            call: What was asked.
            keys: For whom, and with which other parameters.
            since: From which moment on; empty: everything.
            rows: The answer.
        """
        content = _encode(rows)
        with self._lock:
            self._places[_key(call, keys)] = (since, self._file.seek(0, 2), len(content))
            self._file.write(content)

    def get(self, call: str, keys: Mapping[str, Any], since: str) -> "list[Row] | None":
        """Give an answer that holds everything from a moment on; None: there is none."""
        with self._lock:
            kept_since, offset, length = self._places.get(_key(call, keys), (since, 0, 0))
            if not length or kept_since > since:
                return None
            self._file.seek(offset)
            content = self._file.read(length)
        rows: list[Row] = json.loads(content, parse_float=Decimal)
        return rows


def _key(call: str, keys: Mapping[str, Any]) -> tuple[str, ...]:
    return (call, *(f"{name}={keys[name]}" for name in sorted(keys)))
