"""Reads answers whose envelope no public documentation describes: every likely form, and an error for any other.

Only the remuneration itself is known field by field (seen in a working client); of the lists only the ids are.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["Row", "UnknownShapeError", "next_link", "record_of", "rows_of", "shape"]

Row = Mapping[str, Any]
_ENVELOPES: Final = ("data", "items", "results", "records")
_NOT_IDS: Final = frozenset({"error", "errors", "links", "message", "meta", "pagination", "status", "success"})
"""Members of an envelope: an object that has one of them is not keyed by id."""
_PAGINGS: Final = ("links", "meta", "pagination")
_NEXT: Final = ("next", "next_page_url")
_KEY: Final = re.compile(r"[\w.-]{1,40}", re.ASCII)
_KEYS_SHOWN_MAX: Final = 30


class UnknownShapeError(ValueError):
    """An answer is JSON, but none that we can read; the message names its top-level keys and no value."""


def rows_of(body: Any, envelope: str = "") -> dict[str, Row]:
    """Give the items of a list by their id.

    Read are: an array; an array or object inside `data`, `items`, `results`, `records` or the operation's own name;
    one object with an `id`; an object whose members are objects, keyed by id; ids alone. Null, `{}` and `[]` are empty.

    Args:
        body: The decoded answer.
        envelope: The operation's own name of the list.

    Raises:
        UnknownShapeError: It is something else, an item has no id, or it says that it is an error.
    """
    match body:
        case None:
            return {}
        case list():
            return dict(_identified(item) for item in body if item is not None)
        case Mapping():
            return _rows_of_object(body, (*_ENVELOPES, envelope))
    raise UnknownShapeError(f"expected a list, got {shape(body)}")


def record_of(body: Any, envelope: str = "") -> Row:
    """Give the one object of an answer; it may stand in an envelope like a list.

    Raises:
        UnknownShapeError: It is something else.
    """
    if isinstance(body, Mapping) and _id(body) is not None:
        return body
    rows = list(rows_of(body, envelope).values())
    if len(rows) != 1:
        raise UnknownShapeError(f"expected one object with an id, got {shape(body)}")
    return rows[0]


def next_link(body: Any, links: Mapping[str, Mapping[str, str]]) -> str | None:
    """Give the address of the next page, as the answer writes it; no paging is documented, none was seen.

    Args:
        body: The decoded answer.
        links: The parsed `Link` header.

    Raises:
        UnknownShapeError: There is a next page, and no way to ask for it.
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
    if body.get("nextPageToken"):
        raise UnknownShapeError(
            "the list goes on behind a nextPageToken, which the tap cannot follow; please report it"
        )
    return None


def _rows_of_object(body: Row, envelopes: tuple[str, ...]) -> dict[str, Row]:
    if body.get("error") or body.get("errors") or body.get("success") is False:
        raise UnknownShapeError(f"the answer says that it is an error: {shape(body)}")
    present = [body[name] for name in envelopes if name in body]
    for content in present:
        if isinstance(content, list):
            return rows_of(content)
    if not body or _id(body) is not None:
        return dict([_identified(body)]) if body else {}
    for content in present:
        if content is None or isinstance(content, Mapping):
            return rows_of(content, envelopes[-1])
    if body.keys().isdisjoint(_NOT_IDS) and all(isinstance(item, Mapping) for item in body.values()):
        return dict(_identified(item if _id(item) is not None else {**item, "id": key}) for key, item in body.items())
    raise UnknownShapeError(f"found no list in {shape(body)}")


def _identified(item: Any) -> tuple[str, Row]:
    row = item if isinstance(item, Mapping) else {"id": item}
    identifier = _id(row)
    if identifier is None:
        raise UnknownShapeError(f"an item of the list has no id: {shape(item)}")
    return identifier, row


def _id(row: Row) -> str | None:
    """Read the id; ids are opaque text, also when a number arrives."""
    value = row.get("id")
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
