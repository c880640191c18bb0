"""Answers as values, exactly: numbers keep their digits, text keeps all that can be passed on."""

import json
import re
from decimal import Decimal
from typing import Any, Final, Never

__all__ = ["decoded"]

_ESCAPE: Final = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|.)", re.DOTALL
)
_SURROGATES: Final = range(0xD800, 0xE000)
_KEPT_CONTROLS: Final = frozenset({0x09, 0x0A, 0x0D})
_FIRST_PRINTABLE: Final = 0x20
_RAW_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def decoded(content: bytes, *, strip_control_chars: bool = False) -> Any:
    """Decode a JSON answer.

    Half of a surrogate pair, which no writer of UTF-8 can pass on, becomes U+FFFD. Control characters pass, also where
    they stand in a text without being escaped.

    Args:
        content: The answer.
        strip_control_chars: Leave out U+0000 to U+001F, but for tab and line breaks.

    Raises:
        ValueError: It is not JSON in UTF-8, or holds NaN or Infinity.
    """
    text = content.decode("utf-8-sig")
    if r"\ud" in text or r"\uD" in text or (strip_control_chars and r"\u00" in text):
        text = _ESCAPE.sub(lambda escape: _escape(escape, strip_control_chars), text)
    if strip_control_chars:
        text = _RAW_CONTROLS.sub("", text)
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse, strict=False)


def _escape(escape: re.Match[str], strip: bool) -> str:  # noqa: FBT001  # the caller is one line above
    if escape[3] is None:
        return escape[0]
    code = int(escape[3], 16)
    if code in _SURROGATES:
        return "\N{REPLACEMENT CHARACTER}"
    return "" if strip and code < _FIRST_PRINTABLE and code not in _KEPT_CONTROLS else escape[0]


def _refuse(_: str) -> Never:
    raise ValueError("not a finite number")
