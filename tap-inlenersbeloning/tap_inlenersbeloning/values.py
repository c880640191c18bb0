"""Values of a document in the form of their column: numbers out of text, yes and no, days, moments.

Every reading says whether the column tells what was sent. Where it does not, the original is kept beside it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

__all__ = ["READERS", "Reading", "day_and_month", "number_in_text", "own_words", "reader_of"]

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_MONEY: Final = re.compile(r"€|\beuro?\b|,-+\s*$", re.IGNORECASE)
"""Text that speaks of money: what follows a single dot in it are thousands, not decimals."""
_AROUND_NUMBERS: Final = re.compile(r"€|\beuro?\b|[,.]-+\s*$|%\s*$", re.IGNORECASE)
_UNCLEAR: Final = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""Thousands or three decimals: nobody knows, unless it is money."""
_NOTATIONS: Final = (
    (re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII), ""),
    (re.compile(r"[+-]?\d{1,3}(?:[. ]\d{3})+(?:,\d+)?", re.ASCII), ". "),
    (re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII), ","),
)
"""How numbers are written, and what stands between the thousands: by machines, in Dutch, in English."""
_NO_MARKS: Final = str.maketrans("", "", ".,")
_DIGITS_MAX: Final = 60
_WHOLE_MAX: Final = 2**63 - 1
"""What databases take as a whole number."""
_ISO_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DUTCH_DAY: Final = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", re.ASCII)
_DAY_AND_MONTH: Final = re.compile(r"(\d{1,2})[-/](\d{1,2})(?:[-/]\d{4})?", re.ASCII)
_LEAP_YEAR: Final = 2000
_WORDS: Final = {"true": True, "ja": True, "false": False, "nee": False}
_OWN_WORDS: Final = re.compile(r"anders,?\s*namelijk(?:\s*(?:\.{2,}|…|:))?\s*(.*)", re.IGNORECASE | re.DOTALL)


class Reading(NamedTuple):
    """What a column gets.

    Attributes:
        value: Null where the value is not of the column's type.
        is_whole: Whether it tells all that was sent.
    """

    value: Any
    is_whole: bool


Reader = Callable[[Any], Reading]
_MISFIT: Final = Reading(None, is_whole=False)


def number_in_text(text: str, *, is_money: bool = False) -> Decimal | None:
    """Read a text that is one number and nothing else, as it is written in the Netherlands or by machines.

    `12`, `0,607`, `18.500,-` and `€ 1.234,56` are numbers. `18.500` is none, unless it is money: it may be eighteen and
    a half.

    Args:
        text: What was sent.
        is_money: Whether it is known to be an amount of money.
    """
    is_money = is_money or _MONEY.search(text) is not None
    bare = " ".join(_AROUND_NUMBERS.sub(" ", text).split())
    if len(bare) > _DIGITS_MAX:
        return None
    if _UNCLEAR.fullmatch(bare):
        return Decimal(bare.translate(_NO_MARKS)) if is_money else None
    for notation, thousands in _NOTATIONS:
        if notation.fullmatch(bare):
            return Decimal("".join(c for c in bare if c not in thousands).replace(",", "."))
    return None


def day_and_month(text: Any) -> tuple[int | None, int | None]:
    """Read `DD/MM`, a day without year; nulls if it is something else."""
    if not isinstance(text, str):
        return None, None
    bare = text.strip()
    try:
        if _ISO_DAY.fullmatch(bare):
            found = date.fromisoformat(bare)
        elif match := _DAY_AND_MONTH.fullmatch(bare):
            found = date(_LEAP_YEAR, int(match[2]), int(match[1]))
        else:
            return None, None
    except ValueError:
        return None, None
    return found.day, found.month


def own_words(text: Any) -> str | None:
    """Give what is glued behind "Anders, namelijk..." (other, namely); null if nothing is."""
    match = _OWN_WORDS.fullmatch(text) if isinstance(text, str) else None
    return (match[1].strip() or None) if match else None


def _text(value: Any) -> Reading:
    """Read a text; a number is its digits, which tells all."""
    if isinstance(value, str):
        return Reading(value, is_whole=True)
    if isinstance(value, bool):
        return Reading("true" if value else "false", is_whole=False)
    if isinstance(value, int):
        return Reading(str(value), is_whole=True)
    if isinstance(value, Decimal):
        return Reading(format(value, "f"), is_whole=True)
    return _inner(_text, value)


def _number(value: Any) -> Reading:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Reading(value, is_whole=True)
    if isinstance(value, str):
        return Reading(number_in_text(value), is_whole=False)
    return _inner(_number, value)


def _integer(value: Any) -> Reading:
    if type(value) is int and -_WHOLE_MAX <= value <= _WHOLE_MAX:
        return Reading(value, is_whole=True)
    number, is_whole = _number(value)
    if number is None or not -_WHOLE_MAX <= number <= _WHOLE_MAX or number != int(number):
        return _MISFIT
    return Reading(int(number), is_whole=is_whole)


def _boolean(value: Any) -> Reading:
    """Read yes or no; nothing is so by accident."""
    if isinstance(value, bool):
        return Reading(value, is_whole=True)
    if isinstance(value, str):
        return Reading(_WORDS.get(value.strip().lower()), is_whole=False)
    if isinstance(value, int) and value in (0, 1):
        return Reading(value == 1, is_whole=False)
    return _inner(_boolean, value)


def _day(value: Any) -> Reading:
    if not isinstance(value, str):
        return _inner(_day, value)
    bare = value.strip()
    try:
        if _ISO_DAY.fullmatch(bare):
            return Reading(date.fromisoformat(bare).isoformat(), is_whole=bare == value)
        if match := _DUTCH_DAY.fullmatch(bare):
            return Reading(date(int(match[3]), int(match[2]), int(match[1])).isoformat(), is_whole=False)
        return Reading(datetime.fromisoformat(bare).date().isoformat(), is_whole=False)
    except ValueError:
        return _MISFIT


def _moment(value: Any) -> Reading:
    """Read a moment, in UTC with microseconds, so that the order of texts is that of moments."""
    if not isinstance(value, str):
        return _inner(_moment, value)
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=_AMSTERDAM)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return _MISFIT
    return Reading(moment.isoformat(timespec="microseconds").replace("+00:00", "Z"), is_whole=True)


def _texts(value: Any) -> Reading:
    """Read a list of ids or codes; one alone, or objects that have an id, will do."""
    if not value and isinstance(value, (list, Mapping)):
        return Reading(None, is_whole=True)
    items = value if isinstance(value, list) else [value]
    readings = [_id(item) for item in items if item is not None]
    is_whole = isinstance(value, list) and all(reading.is_whole for reading in readings)
    return Reading([reading.value for reading in readings if reading.value is not None] or None, is_whole=is_whole)


def _id(value: Any) -> Reading:
    if isinstance(value, Mapping) and "id" in value:
        return Reading(_text(value["id"]).value, is_whole=False)
    return _text(value)


def _document(value: Any) -> Reading:
    return Reading(value, is_whole=True)


def _inner(read: Reader, value: Any) -> Reading:
    """Read the `value` of an object that stands where a plain value did: newer blocks write codes that way."""
    if isinstance(value, Mapping) and not isinstance(value.get("value"), Mapping) and "value" in value:
        return Reading(read(value["value"]).value, is_whole=False)
    return _MISFIT


READERS: Final[Mapping[tuple[str, str | None], tuple[frozenset[type], Reader, str]]] = {
    ("string", None): (frozenset({str}), _text, "a text"),
    ("string", "date"): (frozenset(), _day, "a day"),
    ("string", "date-time"): (frozenset(), _moment, "a moment"),
    ("number", None): (frozenset({int, Decimal}), _number, "a number"),
    ("integer", None): (frozenset(), _integer, "a whole number"),
    ("boolean", None): (frozenset({bool}), _boolean, "true or false"),
    ("array", None): (frozenset(), _texts, "a list of texts"),
    ("object", None): (frozenset({dict}), _document, "an object"),
}
"""By JSON Schema type and format: the types that pass as they are, how others are read, and what is expected."""


def reader_of(declared: Mapping[str, Any]) -> tuple[frozenset[type], Reader, str]:
    """Choose how the values of a declared column are read."""
    types = declared["type"]
    kind = types if isinstance(types, str) else types[0]
    return READERS[kind, declared.get("format")]
