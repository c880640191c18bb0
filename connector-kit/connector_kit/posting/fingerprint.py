"""Knows a document again in what the provider shows of it, without keeping anything of what it says.

A fingerprint is a digest of the values, and the names under which they stand. By the names what the provider shows is
cut to what we have said: it may show more, spell numbers and dates otherwise, and sort rows as it likes.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.identity import marker_is_valid

__all__ = ["fingerprint", "is_fingerprint_of"]

_TEXT: Final = "t"
_NUMBER: Final = "n"
_MIDNIGHT: Final = "T00:00:00"
_DATE_LENGTH: Final = 10


def fingerprint(document: Any) -> str:
    """Take it of what is about to be sent."""
    shape = _shape(document)
    return f"{_digest(document, shape)} {json.dumps(shape, separators=(',', ':'), sort_keys=True)}"


def is_fingerprint_of(taken: str, held: Any) -> bool:
    """Whether what the provider shows is the document that the fingerprint was taken of."""
    digest, _, shape = taken.partition(" ")
    return _digest(held, json.loads(shape)) == digest


def _shape(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _shape(inner) for name, inner in value.items()}
        case list() | tuple():
            row: Any = None
            for item in value:
                row = _both(row, _shape(item))
            return [row]
        case int() | Decimal():
            return _NUMBER
        case _:
            return _TEXT


def _both(one: Any, other: Any) -> Any:
    """The shape of two rows: what either says."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {**one, **{name: _both(one.get(name), shape) for name, shape in other.items()}}
    return other if one is None else one


def _digest(value: Any, shape: Any) -> str:
    return hashlib.sha256(_said(_cut(value, shape)).encode()).hexdigest()


def _said(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _cut(value: Any, shape: Any) -> Any:
    """What a shape asks for, in one spelling; nothing for what is empty, zero or off."""
    match shape:
        case Mapping():
            members = value if isinstance(value, Mapping) else {}
            cut = {name: _cut(members.get(name), inner) for name, inner in shape.items()}
            return {name: inner for name, inner in cut.items() if inner is not None} or None
        case list():
            rows = value if isinstance(value, list | tuple) else []
            return sorted((_cut(row, shape[0]) for row in rows), key=_said) or None
        case str() if shape == _NUMBER:
            return _number(value)
        case _:
            return _text(value)


def _number(value: Any) -> str | None:
    try:
        number = Decimal(int(value) if isinstance(value, bool) else str(value or 0))
    except ArithmeticError:
        return str(value)
    return format(number.normalize(), "f") if number else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, Mapping | list):
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
    if text[_DATE_LENGTH:].startswith(_MIDNIGHT):
        text = text[:_DATE_LENGTH]
    return " ".join(word for word in text.split(" ") if not marker_is_valid(word)) or None
