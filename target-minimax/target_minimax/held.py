"""What Minimax holds of a record beside what we would write: comparison, merge, our mark."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.identity import marker_is_valid

__all__ = ["differences", "kept", "mark_of", "marks_of", "merged", "room_beside_mark", "same", "with_mark"]

Record = Mapping[str, Any]

_DATE_LENGTH: Final = 10
_NOT_KEPT: Final = frozenset({"ExternalId", "JournalEntryExternalId"})
"""Members that only say within one request which rows belong together."""


def same(ours: Record, held: Any) -> bool:
    """Whether all that we say is held, whatever else is there, however numbers and dates are spelled."""
    return isinstance(held, Mapping) and not any(True for _ in _different(ours, held, ""))


def differences(ours: Record, held: Record) -> dict[str, tuple[Any, Any]]:
    """Members that differ: what is held, and what we would write."""
    return {path: (theirs, mine) for path, theirs, mine in _different(ours, held, "")}


def _different(ours: Any, held: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(ours, Mapping):
        theirs = held if isinstance(held, Mapping) else {}
        for name, value in ours.items():
            if name in _NOT_KEPT:
                continue
            yield from _different(value, theirs.get(name), f"{path}.{name}" if path else name)
    elif isinstance(ours, list):
        theirs_list = held if isinstance(held, list) else []
        if not _same_rows(ours, theirs_list):
            yield path, held, ours
    elif not _equal(ours, held):
        yield path, held, ours


def _equal(ours: Any, held: Any) -> bool:
    if isinstance(ours, int | Decimal) and isinstance(held, str):
        try:
            return Decimal(ours) == Decimal(held)
        except ArithmeticError:
            return False
    return bool(_plain(ours) == _plain(held))


def _same_rows(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Rows in any order: what Minimax sorts by is not known."""
    if len(ours) != len(theirs):
        return False
    if not any(True for mine, other in zip(ours, theirs, strict=True) for _ in _different(mine, other, "")):
        return True
    names = sorted({name for row in ours for name in row if name not in _NOT_KEPT})
    return _counted(ours, names) == _counted(theirs, names)


def _counted(rows: Sequence[Any], names: Sequence[str]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(_plain(row.get(name)) for name in names) for row in rows)


def _plain(value: Any) -> Any:  # noqa: PLR0911  # one line per form
    """One spelling: references by id, numbers as numbers, days without a time, nothing for what is empty."""
    match value:
        case Mapping() if "ID" in value:
            return _plain(value["ID"])
        case Mapping() | list():
            return repr(value)
        case bool():
            return value
        case int() | Decimal():
            return Decimal(value) or None
        case str():
            text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").strip()
            if len(text) > _DATE_LENGTH and text[_DATE_LENGTH:].startswith("T00:00:00"):
                return text[:_DATE_LENGTH]
            return text or None
        case _:
            return value


def kept(ours: Record, *, without: frozenset[str]) -> dict[str, Any]:
    """What Minimax will show of what we say."""
    return {name: _kept(value) for name, value in ours.items() if name not in without | _NOT_KEPT}


def _kept(value: Any) -> Any:
    match value:
        case Mapping():
            return kept(value, without=frozenset())
        case list():
            return [_kept(row) for row in value]
        case _:
            return value


def merged(held: Record, ours: Record) -> dict[str, Any]:
    """What is held with our members in their places, as a PUT wants it.

    Rows of lists are ours as a whole, but for their ids: a row without one would be a new one, and what refers to the
    former (a VAT entry to its line) would refer to nothing.
    """
    return {**held, **{name: _with_ids(value, held.get(name)) for name, value in ours.items()}}


def _with_ids(ours: Any, held: Any) -> Any:
    """Our rows, each with id and version of the one in its place."""
    if not isinstance(ours, list) or not isinstance(held, list):
        return ours
    return [
        _with_id(row, held[place]) if place < len(held) and isinstance(held[place], Mapping) else row
        for place, row in enumerate(ours)
    ]


def _with_id(row: Record, held: Record) -> dict[str, Any]:
    ids = [name for name, value in held.items() if name.endswith("Id") and isinstance(value, int)]
    if len(ids) != 1:
        return dict(row)
    names = (*ids, "RowVersion") if held.get("RowVersion") else ids
    rows = {name: _with_ids(value, held.get(name)) for name, value in row.items()}
    return {name: held[name] for name in names} | rows


def with_mark(text: str | None, marker: str) -> str:
    """Put the mark at the end of a text."""
    return f"{text or ''} {marker}".strip()


def room_beside_mark(length: int | None) -> int:
    """How long a text with our mark may be beside it; 250 characters are supposed where the length is not published."""
    return (length or 250) - 20


def mark_of(text: object) -> str | None:
    """The first mark in a text."""
    return next((word for word in str(text or "").split() if marker_is_valid(word)), None)


def marks_of(text: object) -> frozenset[str]:
    """All marks in a text."""
    return frozenset(word for word in str(text or "").split() if marker_is_valid(word))
