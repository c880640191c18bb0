"""What documents hold that was never seen before: told at the end of a sync, by names and never by values."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tap_inlenersbeloning.codes import OWN_WORDS, code_lists

__all__ = ["Drift"]

_NAME: Final = re.compile(r"[\w.\[\]$-]{1,200}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}", re.ASCII)
"""What looks like a code of the platform. Anything else may have been typed by a person, and is counted only."""
_OTHER_TEXT: Final = "(own words)"
_KEPT_MAX: Final = 1_000
_SHOWN_MAX: Final = 5


class Drift:
    """Collects over all documents of a sync.

    Known are the fields of the schemas, which were generated from what was observed, and the code lists.
    """

    def __init__(self) -> None:
        self._fields: Counter[str] = Counter()
        self._values: Counter[tuple[str, str]] = Counter()
        self._codes: Counter[tuple[str, str]] = Counter()
        self._keys: Counter[tuple[str, str]] = Counter()
        self._left_out: Counter[tuple[str, str]] = Counter()
        self._generations: Counter[str] = Counter()

    def field(self, path: str) -> None:
        """Note a member that no column is for."""
        _count(self._fields, _plain(path))

    def value(self, path: str, expected: str) -> None:
        """Note a value that is not of its column's type, or has not its form."""
        _count(self._values, (_plain(path), expected))

    def code(self, code_list: str, code: str) -> None:
        """Note a code that its list has not."""
        own = (name for name in code_lists().get(code_list, {}) if name.startswith(OWN_WORDS))
        if not any(code.startswith(name.rstrip(" .")) for name in own):
            _count(self._codes, (code_list, code if _CODE.fullmatch(code) else _OTHER_TEXT))

    def key(self, stream: str, what: str) -> None:
        """Note a row whose id is missing or double."""
        _count(self._keys, (stream, what))

    def left_out(self, path: str, personal_data_class: str) -> None:
        """Note a member that no record holds, because of its class of personal data."""
        _count(self._left_out, (_plain(path), personal_data_class))

    def document(self, generation: str) -> None:
        """Count a document."""
        self._generations[generation] += 1

    def line(self) -> str | None:
        """Say it in one line; null if everything was known."""
        parts = [
            _part("fields", self._fields),
            _part("codes", [": ".join(code) for code in self._codes]),
            _part("values of another type or form", [path for path, _ in self._values]),
            _part("ids missing or double", [": ".join(key) for key in self._keys]),
            _part("fields left out as personal data", [path for path, _ in self._left_out]),
        ]
        found = "; ".join(filter(None, parts))
        return f"Documents hold what was never seen before: {found}. Nothing else is left out" if found else None

    def report(self) -> dict[str, Any]:
        """Give all of it, as JSON."""
        return {
            "documents": dict(sorted(self._generations.items())),
            "fields": [{"path": path, "count": count} for path, count in sorted(self._fields.items())],
            "codes": list(_entries(self._codes, "list", "code")),
            "values": list(_entries(self._values, "path", "expected")),
            "keys": list(_entries(self._keys, "stream", "id")),
            "personal_data_left_out": list(_entries(self._left_out, "path", "class")),
        }


def _count(counter: Counter[Any], key: Any) -> None:
    """Count, within bounds: what can be told does not grow with the documents."""
    if key in counter or len(counter) < _KEPT_MAX:
        counter[key] += 1


def _plain(path: str) -> str:
    """Give a path that can be told; names that are no names may be data."""
    if _NAME.fullmatch(path):
        return path
    return ".".join(part if _NAME.fullmatch(part) else "?" for part in path.split("."))


def _part(what: str, names: Any) -> str | None:
    if not names:
        return None
    shown = sorted(names)[:_SHOWN_MAX]
    more = "" if len(names) <= _SHOWN_MAX else ", ..."
    return f"{len(names)} {what} ({', '.join(shown)}{more})"


def _entries(counter: Mapping[tuple[str, str], int], *names: str) -> Iterator[dict[str, Any]]:
    for key, count in sorted(counter.items()):
        yield {**dict(zip(names, key, strict=True)), "count": count}
