"""JSON as the provider writes it, to the byte."""

import re
from typing import Any

import simplejson  # type: ignore[import-untyped]  # it has no types of its own

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def compact(value: Any) -> bytes:
    """JSON without blanks; half a surrogate pair goes as an escape, as UTF-8 has no place for it."""
    text: str = simplejson.dumps(value, ensure_ascii=False, use_decimal=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")


def decoded(text: bytes) -> Any:
    """What JSON says, with Decimal for numbers that are not whole."""
    return simplejson.loads(text, use_decimal=True)


def escaped(text: bytes) -> bytes:
    r"""The same JSON as PHP writes it unless told otherwise: ASCII only, and `\/` for a slash."""
    return BEYOND_ASCII.sub(_escape, text.decode()).replace("/", r"\/").encode()


def _escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
