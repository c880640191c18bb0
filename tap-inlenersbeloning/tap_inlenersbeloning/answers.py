"""Reads answers whose envelope no public documentation describes: every likely form, and an error for any other.

Only the remuneration itself is known field by field (seen in a working client); of the lists only the ids are.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

__all__ = ["Items", "Row", "UnknownShapeError", "next_link", "record_of", "rows_of", "says_none", "shape", "version_of"]

Row = Mapping[str, Any]
Items = list[tuple[str, Row]]
"""Ids and objects, in the provider's order; no two are equal."""
_ENVELOPES: Final = ("data", "items", "results", "records")
_NOT_IDS: Final = frozenset({"error", "errors", "links", "message", "meta", "pagination", "status", "success"})
"""Members of an envelope: an object that has one of them is not keyed by id."""
_HEADER: Final = frozenset({"lenderVersion", "publishDate", "functionGroups"})
"""What only a remuneration has (seen in recorded answers)."""
_PAGINGS: Final = ("links", "meta", "pagination")
_NEXT: Final = ("next", "next_page_url")
_KEY: Final = re.compile(r"[\w.-]{1,40}", re.ASCII)
_KEYS_SHOWN_MAX: Final = 30
_NONE: Final = re.compile(r"\b(no|geen)\b[^.!?]*(remuneration|beloning)", re.IGNORECASE)
_WORDS_ONLY: Final = 3
"""Members of an answer that has nothing but a message, such as its status."""


class UnknownShapeError(ValueError):
    """An answer is JSON, but none that we can read; the message names its top-level keys and no value."""


def rows_of(body: Any, envelope: str = "", *, needs_ids: bool = True) -> Items:
    """Give the items of a list with their ids.

    Read are: an array; an array or object inside `data`, `items`, `results`, `records` or the operation's own name;
    one object with an `id`; an object whose members are objects, keyed by id; ids alone. Null, `{}` and `[]` are empty.
    Where an item has no `id`, the operation's own name for it is tried (`partnerId`), then `uuid`.

    Args:
        body: The decoded answer.
        envelope: The operation's own name of the list.
        needs_ids: Whether an item without an id is an error; else its place in the list stands for it, as `#3`.

    Raises:
        UnknownShapeError: It is something else, an item has no id, or it says that it is an error.
    """
    match body:
        case None:
            return []
        case list():
            items = ((place, item) for place, item in enumerate(body, start=1) if item is not None)
            return _distinct(_identified(item, envelope, "" if needs_ids else f"#{place}") for place, item in items)
        case Mapping():
            return _rows_of_object(body, (*_ENVELOPES, envelope), needs_ids=needs_ids)
    raise UnknownShapeError(f"expected a list, got {shape(body)}")


def record_of(body: Any, envelope: str = "") -> Row:
    """Give the one object of an answer; it may stand in an envelope like a list.

    A remuneration is known by its header, too, should it come without an id.

    Raises:
        UnknownShapeError: It is something else.
    """
    if _is_record(body):
        return dict(body)
    if isinstance(body, Mapping):
        for name in (*_ENVELOPES, envelope):
            if _is_record(body.get(name)):
                return dict(body[name])
    rows = rows_of(body, envelope)
    if len(rows) != 1:
        raise UnknownShapeError(f"expected one object with an id, got {shape(body)}")
    return rows[0][1]


def _is_record(body: Any) -> bool:
    return isinstance(body, Mapping) and (_id(body) is not None or not _HEADER.isdisjoint(body))


def next_link(body: Any, links: Mapping[str, Mapping[str, str]]) -> str | None:
    """Give the address of the next page, as the answer writes it; no paging is documented, none was seen.

    Args:
        body: The decoded answer.
        links: The parsed `Link` header.
    """
    if link := links.get("next", {}).get("url"):
        return link
    if not isinstance(body, Mapping):
        return None
    for place in (body, *(body[name] for name in _PAGINGS if isinstance(body.get(name), Mapping))):
        for name in _NEXT:
            link = place.get(name)
            link = link.get("href") if isinstance(link, Mapping) else link
            if isinstance(link, str) and link:
                return link
        current, last = place.get("current_page"), place.get("last_page")
        if isinstance(current, int) and isinstance(last, int) and current < last:
            return f"?page={current + 1}"
    token = body.get("nextPageToken")
    return f"?{urlencode({'pageToken': token})}" if isinstance(token, (str, int)) and token else None


def _rows_of_object(body: Row, envelopes: tuple[str, ...], *, needs_ids: bool) -> Items:
    if body.get("error") or body.get("errors") or body.get("success") is False:
        raise UnknownShapeError(f"the answer says that it is an error: {shape(body)}")
    own = envelopes[-1]
    present = [body[name] for name in envelopes if name in body]
    for content in present:
        if isinstance(content, list):
            return rows_of(content, own, needs_ids=needs_ids)
    if not body or _id(body) is not None:
        return [_identified(body, own)] if body else []
    for content in present:
        if content is None or isinstance(content, Mapping):
            return rows_of(content, own, needs_ids=needs_ids)
    if body.keys().isdisjoint(_NOT_IDS) and all(isinstance(item, Mapping) for item in body.values()):
        return [(key, {**item, "id": key}) if _id(item) is None else _identified(item) for key, item in body.items()]
    if _id(body, own) is not None:
        return [_identified(body, own)]
    if says_none(body):
        return []
    raise UnknownShapeError(f"found no list in {shape(body)}")


def says_none(body: Any) -> bool:
    """Tell whether an answer is nothing, or the words "no remuneration available", which a working client knows of."""
    if not isinstance(body, Mapping):
        return body is None
    message = body.get("message")
    return isinstance(message, str) and _NONE.search(message) is not None and len(body) <= _WORDS_ONLY


def _distinct(items: Iterable[tuple[str, Row]]) -> Items:
    """Leave out what is repeated word by word; the newest of several versions of one thing comes last."""
    kept: dict[str, list[Row]] = {}
    for identifier, row in items:
        rows = kept.setdefault(identifier, [])
        if row not in rows:
            rows.append(row)
    return [(identifier, row) for identifier, rows in kept.items() for row in sorted(rows, key=version_of)]


def version_of(row: Row) -> int:
    """Give the version that an item shows; 0: none."""
    version = row.get("lenderVersion")
    return int(version) if isinstance(version, int) or (isinstance(version, str) and version.isdecimal()) else 0


def _identified(item: Any, envelope: str = "", otherwise: str = "") -> tuple[str, Row]:
    row = item if isinstance(item, Mapping) else {"id": item}
    identifier = _id(row, envelope) or otherwise
    if not identifier:
        raise UnknownShapeError(f"an item of the list has no id: {shape(item)}")
    return identifier, row


def _id(row: Row, envelope: str = "") -> str | None:
    """Read the id; ids are opaque text, also when a number arrives."""
    own = envelope.removesuffix("s") if not envelope.endswith("ies") else f"{envelope[:-3]}y"
    for name in ("id", f"{own}Id", f"{own}ID", "uuid") if own else ("id",):
        value = row.get(name)
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value) or None
    return None


def shape(value: Any) -> str:
    """Describe an answer by its type and top-level keys, without any value."""
    match value:
        case Mapping():
            names = [name if _KEY.fullmatch(name) else "?" for name in list(value)[:_KEYS_SHOWN_MAX]]
            return f"an object with the keys {', '.join(names)}" if names else "an empty object"
        case list():
            return f"a list of {len(value)}"
        case str():
            return "text"
        case None:
            return "null"
        case bool():
            return "true or false"
    return "a number"
