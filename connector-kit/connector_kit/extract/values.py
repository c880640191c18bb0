"""Provider's JSON values in the one form that leaves a tap: dates, times, exact numbers."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

__all__ = ["Convert", "UnexpectedValueError", "from_text", "passing_type", "value_converter"]

Convert = Callable[[Any], Any]
_encode: Final = msgspec.json.Encoder().encode
_DAYS_KEPT: Final = 1 << 13
"""Days come again and again, some twenty years of them."""
_WHOLE_SECONDS: Final = len('"2026-01-31T10:08:00Z"')


class UnexpectedValueError(ValueError):
    """A value is not of the declared type; the message says what was expected and never repeats the value."""


def value_converter(types: frozenset[str], format_name: str | None, zone: ZoneInfo) -> Convert | None:
    """Choose the conversion for a declared type; None where the value passes as it is.

    Args:
        types: JSON Schema types, without null.
        format_name: JSON Schema format.
        zone: Where the provider's midnights are midnights.
    """
    if types == {"string"}:
        match format_name:
            case "date":
                return partial(_date, zone)
            case "date-time":
                return partial(_date_time, zone)
            case _:
                return _text
    by_type: dict[frozenset[str], Convert] = {
        frozenset({"number"}): _number,
        frozenset({"integer"}): _integer,
        frozenset({"boolean"}): _boolean,
    }
    return by_type.get(types)


def passing_type(convert: Convert) -> type | None:
    """Name the type whose values a conversion gives back as they are, so that it need not be called for them."""
    return _PASSING.get(convert)


def from_text(convert: Convert) -> Convert | None:
    """Give what a conversion does to texts, if that gives texts again: without a look at what the value is."""
    if not isinstance(convert, partial):
        return None
    change = _OF_TEXT.get(convert.func)
    return partial(change, *convert.args) if change else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    raise UnexpectedValueError("text")


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, (int, str)) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise UnexpectedValueError("a number") from None
    else:
        raise UnexpectedValueError("a number")
    if not number.is_finite():
        raise UnexpectedValueError("a finite number")
    return number


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        number = _number(value)
    except UnexpectedValueError:
        raise UnexpectedValueError("a whole number") from None
    if number != number.to_integral_value():
        raise UnexpectedValueError("a whole number")
    return int(number)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise UnexpectedValueError("true or false")


def _date(zone: ZoneInfo, value: Any) -> str:
    """Give a calendar day: of a time at midnight the day as written, of any other time the day in the zone.

    A local midnight that a server has converted to UTC (`2021-10-31T23:00:00Z`) is the first of November.
    """
    if isinstance(value, str):
        return _day(zone, value)
    raise UnexpectedValueError("a date")


@lru_cache(maxsize=_DAYS_KEPT)
def _day(zone: ZoneInfo, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        moment = _moment(text, "a date")
    if moment.tzinfo is None or moment.time() == time.min:
        return moment.date().isoformat()
    try:
        return moment.astimezone(zone).date().isoformat()
    except OverflowError:  # the first and the last day that there are have no neighbours: as written
        return moment.date().isoformat()


def _date_time(zone: ZoneInfo, value: Any) -> str:
    """Give a moment in UTC, always with microseconds, so that text order is time order."""
    try:
        moment = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        moment = _moment(value, "a date with time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = moment.replace(tzinfo=UTC)
    text = str(_encode(moment), "ascii")  # quoted, with Z; much faster than isoformat
    return text[1:-1] if len(text) > _WHOLE_SECONDS else f"{text[1:-2]}.000000Z"


def _moment(value: Any, expected: str) -> datetime:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except (ValueError, OverflowError):
            pass
    raise UnexpectedValueError(expected)


_PASSING: Final[Mapping[Convert, type]] = {_text: str, _integer: int, _boolean: bool}
_OF_TEXT: Final[Mapping[Callable[..., str], Callable[..., str]]] = {_date: _day, _date_time: _date_time}
