"""The file of records that were not booked: one JSON object per line, complete enough to deliver them again.

A line holds the whole record, with names and amounts: the file is readable by its owner only (0600), nothing of the
record stands in the log, and it is yours to delete. Delete lines when their records are booked or given up; keep
none longer than the data may be kept.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import simplejson  # type: ignore[import-untyped]  # has no types, and one function is used

from connector_kit.errors import ConnectorError, SettingError
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.rejection import Rejection

__all__ = ["DeadLetters", "read_dead_letters", "singer_record"]

_PROVIDER_TEXT_MAX = 500

_before_sync = failpoint("dead_letters.before_sync")
_after_sync = failpoint("dead_letters.after_sync")


class DeadLetters:
    """Appends rejected records, each on disk before the next record is looked at.

    Args:
        path: The file; created with its folder if need be.
        run: Identifier of this run, in every line.

    Raises:
        SettingError: If it cannot be written.
    """

    def __init__(self, path: Path, *, run: str) -> None:
        self.path = path
        self._run = run
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            os.fchmod(self._file, 0o600)
            self._end_broken_line()
        except OSError as error:
            raise SettingError(
                f"dead_letters: {path} cannot be written ({error.strerror}); name another file"
            ) from error

    def add(
        self,
        rejection: Rejection,
        *,
        at: datetime,
        stream: str,
        record: Mapping[str, Any],
        content_hash: str | None = None,
    ) -> None:
        """Write one record and the reason why it was not booked, and wait until it is on disk.

        Raises:
            ConnectorError: If the disk does not take it.
        """
        line = {
            "at": at.isoformat(),
            "run": self._run,
            "stream": stream,
            "key": record.get("key"),
            "code": rejection.code,
            "field": rejection.field,
            "message": rejection.message,
            "provider_code": rejection.provider_code,
            "provider_text": rejection.provider_text and rejection.provider_text[:_PROVIDER_TEXT_MAX],
            "content_hash": content_hash,
            "record": record,
        }
        if rejection.differences:
            line["differences"] = {
                name: {"held": held, "wanted": wanted} for name, (held, wanted) in rejection.differences.items()
            }
        # NaN is no JSON, but a record that holds it must get here too.
        text = simplejson.dumps(line, use_decimal=True, default=str, separators=(",", ":"), allow_nan=True)
        try:
            _write_all(self._file, f"{text}\n".encode())
            _before_sync()
            os.fsync(self._file)
        except OSError as error:
            raise ConnectorError(f"{self.path} cannot be written ({error.strerror}); the run stops here") from error
        _after_sync()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end_broken_line(self) -> None:
        """End the half line that a killed process or a full disk left behind; its record was never settled."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            _write_all(self._file, b"\n")


def read_dead_letters(path: Path) -> Iterator[dict[str, Any]]:
    """Read the lines of a dead-letter file, amounts as `Decimal`; half lines are left out."""
    with path.open("rb") as lines:
        for line in lines:
            try:
                letter = json.loads(line, parse_float=Decimal)
            except ValueError:
                continue
            if isinstance(letter, dict) and "record" in letter:
                yield letter


def singer_record(letter: Mapping[str, Any]) -> str:
    """Make the Singer RECORD message by which a dead letter is delivered again."""
    message = {"type": "RECORD", "stream": letter["stream"], "record": letter["record"]}
    text: str = simplejson.dumps(message, use_decimal=True, allow_nan=True, separators=(",", ":"))
    return text


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
