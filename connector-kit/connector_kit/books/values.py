"""Members of a record as they arrive in JSON, read into what they mean."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Final

__all__ = ["calendar_date", "country_code", "currency_code", "text_or_none", "whole_number"]

_MIDNIGHT: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([T ]00:00(:00([.,]0+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?",
    re.ASCII | re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)


def text_or_none(value: object) -> str | None:
    """Read text or a code; whole numbers become text, surrounding blanks go, blank is None.

    Raises:
        ValueError: For anything else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("must be text")  # noqa: TRY004  # a record is wrong, not a program
    text = unicodedata.normalize("NFC", str(value)).strip()
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (an unpaired surrogate)") from error
    return text or None


def calendar_date(value: object) -> date | None:
    """Read a day: a date, an ISO date, or an ISO time at midnight, whose day is kept whatever its zone.

    Raises:
        ValueError: For any other time of day (its day depends on the zone) and for days that do not exist.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.time() != time.min:
            raise ValueError("must be a date, not a time of day")
        return value.date()
    if isinstance(value, date):
        return value
    match = _MIDNIGHT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a date like 2026-01-31")
    try:
        return date.fromisoformat(match["day"])
    except ValueError as error:
        raise ValueError("is a day that does not exist") from error


def whole_number(value: object) -> int | None:
    """Read a fiscal year, a period or days: a whole number from 0, or its digits.

    Raises:
        ValueError: For anything else.
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    raise ValueError("must be a whole number")


def currency_code(value: object) -> str | None:
    """Read an ISO 4217 code in capitals.

    Raises:
        ValueError: For anything else.
    """
    text = text_or_none(value)
    if text is not None and not _CURRENCY.fullmatch(text):
        raise ValueError("must be an ISO 4217 code like EUR")
    return text


def country_code(value: object) -> str | None:
    """Read an ISO 3166 code of two capitals.

    Raises:
        ValueError: For anything else.
    """
    text = text_or_none(value)
    if text is not None and not _COUNTRY.fullmatch(text):
        raise ValueError("must be an ISO 3166 code like NL")
    return text
