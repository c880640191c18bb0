"""JSON on the wire: amounts are `Decimal` both ways and never pass through binary floating point."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import simplejson  # type: ignore[import-untyped]  # has no types, and two functions are used

__all__ = ["read_json", "write_json"]

_DIGITS_MAX = 60


def read_json(content: bytes | str) -> Any:
    """Read JSON, numbers with decimals as `Decimal`.

    Raises:
        ValueError: If it is no JSON, including `NaN` and `Infinity`, which Python would take.
    """
    return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant)


def write_json(document: Any) -> bytes:
    """Write JSON with amounts in plain notation (`100`, never `1E+2`), dates as ISO dates.

    Raises:
        TypeError: For floats and other values that have no exact form.
        ValueError: For numbers that are not finite or absurdly long.
    """
    _refuse_floats(document)
    text: str = simplejson.dumps(
        document, use_decimal=False, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _refuse_floats(value: object) -> None:
    match value:
        case float():
            raise TypeError("a float has no exact decimal form: use Decimal")
        case Mapping():
            for item in value.values():
                _refuse_floats(item)
        case list() | tuple():
            for item in value:
                _refuse_floats(item)


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _DIGITS_MAX:
            raise ValueError("a number is not finite or has too many digits")
        return simplejson.RawJSON(format(value, "f"))
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
