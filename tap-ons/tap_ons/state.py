"""What is remembered of a bulk table from sync to sync: from when on to ask for changes, and what the rows held."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

__all__ = ["Bookmark", "FieldNames", "signature"]

_FEED_REACH: Final = timedelta(days=90)
"""After how long nobody asks for changes any more; how far back Ons remembers them is not published."""
_DIGEST: Final = 4


@dataclass(frozen=True, kw_only=True)
class Bookmark:
    """A table of which everything has been read.

    Attributes:
        since: Changes before this moment have been read, by the clock of Ons.
        deletes_since: The same for deletions; None: the table has no feed of them. Stays behind while the feed is not
            granted.
        read: When the last reading began, by our clock.
        refreshed: When the last reading of everything began, by our clock.
        settings: Signature of the settings that decide what records hold.
        fields: Signatures of the fields that arrived when the whole table was read.
    """

    since: datetime
    deletes_since: datetime | None
    read: datetime
    refreshed: datetime
    settings: str
    fields: frozenset[str]

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self | None:
        """Read it from a stream's state; None: there is none that makes sense, so that everything is to be read."""
        try:
            deletes_since = state.get("deletes_since")
            fields: str = state["fields"]
            return cls(
                since=_moment(state["since"]),
                deletes_since=_moment(deletes_since) if deletes_since else None,
                read=_moment(state["read"]),
                refreshed=_moment(state["refreshed"]),
                settings=str(state["settings"]),
                fields=frozenset(fields[place : place + _DIGEST] for place in range(0, len(fields), _DIGEST)),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, state: MutableMapping[str, Any]) -> None:
        """Write it into a stream's state."""
        deletes = {"deletes_since": _text(self.deletes_since)} if self.deletes_since else {}
        written = {
            "since": _text(self.since),
            **deletes,
            "read": _text(self.read),
            "refreshed": _text(self.refreshed),
            "settings": self.settings,
            "fields": "".join(sorted(self.fields)),
        }
        state.clear()
        state.update(written)

    def is_refresh_due(self, now: datetime, *, days: int) -> bool:
        """Tell whether everything is to be read again: after so many days, or when `since` is too old to ask for."""
        return not timedelta(0) <= now - self.refreshed < timedelta(days=days) or now - self.read > _FEED_REACH


def signature(*parts: Any) -> str:
    """Give a short text that is another one when the parts are."""
    return _digest(repr(parts), size=9)


class FieldNames:
    """The fields that have arrived, at any depth: what is not selected in the Technical Design never does.

    Args:
        schema: The schema of the records.

    Attributes:
        arrived: Names of fields, without those of inner objects.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        properties = schema.get("properties", {})
        self._declared = [name for name in properties if not name.startswith("_")]
        self.arrived: set[str] = set()
        self._inner = {
            name: FieldNames(inner)
            for name, declaration in properties.items()
            if "properties" in (inner := declaration.get("items", declaration))
        }

    def note(self, record: Mapping[str, Any]) -> None:
        """Take note of the fields of a record."""
        if not record.keys() <= self.arrived:
            self.arrived.update(record)
        for name, inner in self._inner.items():
            value = record.get(name)
            if isinstance(value, dict):
                inner.note(value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        inner.note(item)

    def missing(self) -> list[str]:
        """Name the declared fields that never arrived, but for those of an object that never did."""
        return [
            *(name for name in self._declared if name not in self.arrived),
            *(f"{name}.{field}" for name, inner in self._inner.items() if inner.arrived for field in inner.missing()),
        ]

    def signatures(self) -> frozenset[str]:
        """Give a few characters for each field that has arrived."""
        return frozenset(_digest(path, size=_DIGEST * 3 // 4) for path in self.paths())

    def paths(self) -> Iterable[str]:
        """Name all fields that have arrived, those of inner objects with dots."""
        yield from self.arrived
        for name, inner in self._inner.items():
            yield from (f"{name}.{path}" for path in inner.paths())


def _digest(text: str, *, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2b(text.encode(), digest_size=size).digest()).decode()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
