"""Values of SOAP answers, which are all text, in the form in which the REST API gives them."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final, NamedTuple

from singer_sdk.exceptions import FatalAPIError

from tap_nmbrs.soap.answers import Element

__all__ = [
    "Field",
    "code",
    "created",
    "flag",
    "identifier",
    "key",
    "label",
    "moment",
    "number",
    "row_of",
    "text",
    "whole",
]

Read = Callable[[str], Any]
_NO_DATE: Final = "0001-01-01"
_LONG_AGO: Final = "1900-01-01T00:00:00"
_NOTHING: Final = "0"
_EMPTY_GUID: Final = "00000000-0000-0000-0000-000000000000"
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def text(value: str) -> str:
    """Text as it is; nothing is a value, too."""
    return value


def identifier(value: str) -> str | None:
    """An id; 0 is that of nothing (function 0: no function), and so is .NET's empty GUID."""
    return value if value not in {"", _NOTHING, _EMPTY_GUID} else None


def key(value: str) -> str:
    """An id that is part of the key of its row, so nothing (no function from that period on) stays 0."""
    return value or _NOTHING


def created(value: str) -> str:
    """A moment of creation that is part of the key of its row, so none is the first day of 1900."""
    return moment(value) or _LONG_AGO


def whole(value: str) -> int | None:
    """A whole number."""
    return int(value) if value else None


def code(value: str) -> int | None:
    """A number that stands for something; 0 stands for nothing."""
    return whole(value) or None


def number(value: str) -> Decimal | None:
    """An exact number, with a decimal point."""
    if not value:
        return None
    try:
        result = Decimal(value)
    except InvalidOperation:
        raise ValueError from None
    if not result.is_finite():
        raise ValueError
    return result


def flag(value: str) -> bool | None:
    """True or false."""
    if not value:
        return None
    if value not in _FLAGS:
        raise ValueError
    return _FLAGS[value]


def moment(value: str) -> str | None:
    """A date, or date and time without zone, which is Dutch time; the first day of all is .NET's way to say none."""
    return value if value and not value.startswith(_NO_DATE) else None


def label(names: Mapping[str, str | None]) -> Read:
    """A name of REST for each of SOAP's; one that we do not know stays as it is."""
    return partial(_named, names=names)


def _named(value: str, *, names: Mapping[str, str | None]) -> str | None:
    return names.get(value, value) if value else None


class Field(NamedTuple):
    """A member of a row.

    Attributes:
        source: Path of its element below that of the row, in the spelling of SOAP; `@` is the name of the element
            itself. The API has several spellings of some, `Zw|ZW`: the first that is there counts.
        target: Dotted path of the member in a row of REST.
        read: What it is.
    """

    source: str
    target: str
    read: Read = text


def row_of(element: Element, fields: tuple[Field, ...], *, what: str) -> dict[str, Any]:
    """Give the row that an element is; members that are missing or nil are null.

    Raises:
        FatalAPIError: A value is not what it should be; names the field, never the value.
    """
    row: dict[str, Any] = {}
    for source, target, read in fields:
        raw = _raw(element, source)
        try:
            value = None if raw is None and read not in _IN_KEYS else read(raw or "")
        except ValueError:
            raise FatalAPIError(
                f"{what}: {source} is not {_EXPECTED.get(read, 'readable')}; Nmbrs has changed its answer"
            ) from None
        *path, name = target.split(".")
        into = row
        for step in path:
            into = into.setdefault(step, {})
        into[name] = value
    return row


def _raw(element: Element, source: str) -> str | None:
    if source == "@":
        return element.name
    found = (element.text(path) for path in source.split("|"))
    return next((value for value in found if value is not None), None)


_IN_KEYS: Final = frozenset({created, key})
_EXPECTED: Final[Mapping[Read, str]] = {
    whole: "a whole number",
    code: "a whole number",
    number: "a number",
    flag: "true or false",
}
