"""Code lists of an organisation, kept in a file for some hours: each call counts, and they seldom change."""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from connector_kit.posting.wire_json import read_json, write_json

__all__ = ["CodeLists"]

Rows = list[Mapping[str, Any]]

_HOUR: Final = 3600


class CodeLists:
    """Rows of lists that hold no personal data, and of others codes and ids, by the name of the list.

    A file that is missing, damaged or too old is no list; one that cannot be written is done without.

    Args:
        path: The file; None keeps nothing.
        hours: How old rows may be.
        now: Seconds since 1970.
    """

    def __init__(self, path: Path | None, *, hours: float, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._hours = hours
        self._now = now
        self._kept: dict[str, Any] | None = None

    def rows(self, name: str) -> Rows | None:
        """The rows, unless they are too old."""
        kept = self._read().get(name)
        if not isinstance(kept, Mapping) or not isinstance(kept.get("rows"), list):
            return None
        age = self._now() - float(kept.get("at", 0))
        return kept["rows"] if 0 <= age < self._hours * _HOUR else None

    def keep(self, name: str, rows: Rows, *, as_old: bool = False) -> None:
        """Keep rows.

        Args:
            name: Of the list.
            rows: All of its rows.
            as_old: They come beside those that are kept, and are as old.
        """
        kept = self._read()
        at = kept[name]["at"] if as_old and self.rows(name) is not None else int(self._now())
        kept[name] = {"at": at, "rows": rows}
        if self._path is None or not self._hours:
            return
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            temporary.touch(mode=0o600)
            temporary.write_bytes(write_json(kept))
            temporary.replace(self._path)

    def _read(self) -> dict[str, Any]:
        if self._kept is None:
            self._kept = {}
            if self._path is not None and self._hours:
                with suppress(OSError, ValueError, json.JSONDecodeError):
                    content = read_json(self._path.read_bytes())
                    self._kept = content if isinstance(content, dict) else {}
        return self._kept
