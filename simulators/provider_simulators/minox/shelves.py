"""Where records stand: master data in the administration, everything else as it was written."""

from collections.abc import Mapping
from typing import Any, Protocol

from provider_simulators.minox import masters
from provider_simulators.minox.administration import Administration
from provider_simulators.minox.documents import Document


class Shelf(Protocol):
    """The records of one collection."""

    def all_keys(self) -> list[Any]:
        """All keys, in order."""

    def view(self, key: Any) -> Document | None:
        """A record as it is answered."""

    def written(self, key: Any) -> Document:
        """A record as it was written."""

    def put(self, key: Any, body: Document) -> None:
        """Make it so."""

    def remove(self, key: Any) -> None:
        """Forget it."""


class PlainShelf:
    """Records that nothing else depends on.

    Args:
        records: Where they are kept.
        shows_key: Whether a record has its key as `id`.
        hidden: Members that are never answered.
    """

    def __init__(
        self, records: dict[Any, Document], *, shows_key: bool = True, hidden: frozenset[str] = frozenset()
    ) -> None:
        self._records = records
        self._shows_key = shows_key
        self._hidden = hidden

    def all_keys(self) -> list[Any]:
        """All keys, in the order in which they were made."""
        return list(self._records)

    def view(self, key: Any) -> Document | None:
        """The record with its key, without what is hidden."""
        record = self._records.get(key)
        if record is None:
            return None
        shown = {name: value for name, value in record.items() if name not in self._hidden}
        return {"id": key, **shown} if self._shows_key else shown

    def written(self, key: Any) -> Document:
        """The record."""
        return self._records[key]

    def put(self, key: Any, body: Document) -> None:
        """Keep it."""
        self._records[key] = body

    def remove(self, key: Any) -> None:
        """Forget it."""
        self._records.pop(key, None)


class MasterShelf:
    """Master data: what is written changes what can be booked from then on."""

    def __init__(self, kind: str, books: Administration) -> None:
        self._kind = kind
        self._books = books

    def all_keys(self) -> list[Any]:
        """All keys, as the administration orders them."""
        return list(masters.MASTERS[self._kind].table(self._books))

    def view(self, key: Any) -> Document | None:
        """The record as booking sees it, with whatever else was written."""
        return masters.view(self._kind, key, self._books)

    def written(self, key: Any) -> Document:
        """What was written last; what a record had from the start counts as written."""
        former = self._books.written[self._kind].get(key)
        return former if former is not None else {}

    def put(self, key: Any, body: Document) -> None:
        """Replace it; what is not in the body is lost."""
        masters.store(self._kind, key, body, self._books)

    def remove(self, key: Any) -> None:
        """Take it away."""
        masters.store(self._kind, key, None, self._books)


def merged(before: Mapping[str, Any], changes: Mapping[str, Any], *, deep: bool) -> Document:
    """A record with changes; lists are replaced, objects merged or replaced."""
    result = dict(before)
    for name, value in changes.items():
        former = result.get(name)
        both = isinstance(value, Mapping) and isinstance(former, Mapping)
        result[name] = merged(former or {}, value, deep=True) if deep and both else value
    return result
