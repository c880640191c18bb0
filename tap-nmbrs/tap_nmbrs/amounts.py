"""Amounts written as text, as they come in documents: with a decimal point or comma, with or without thousands."""

import re
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from typing import Final

__all__ = ["AmbiguousAmountError", "AmountError", "decimal_mark", "read_amount", "sole_decimal_mark"]

_ZERO: Final = Decimal("0.00")
_AMOUNT: Final = re.compile(r"(?P<sign>[-+]?)(?P<digits>[\d.,']+)(?P<minus_behind>-?)", re.ASCII)
_PLAIN: Final = re.compile(r"-?\d+\.\d\d", re.ASCII)
_WHOLE: Final = re.compile(r"\d+", re.ASCII)
_DECIMAL: Final = re.compile(r"\d*([.,])\d+", re.ASCII)
_AMBIGUOUS: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:([.,'])\d{3})(?:\1\d{3})*(?:([.,])\d+)?", re.ASCII)
_SPELLINGS: Final = str.maketrans({"−": "-", " ": "'", "\u00a0": "'", "\u202f": "'", "’": "'", "€": None})  # noqa: RUF001  # as typed in documents
_OTHER: Final = {".": ",", ",": "."}


class AmountError(ValueError):
    """The text is no amount; the message never repeats it."""


class AmbiguousAmountError(AmountError):
    """The text is an amount, but whether its separator is that of thousands or of decimals nobody can say."""


def read_amount(text: str | None, mark: str | None = None) -> Decimal:
    """Read an amount; nothing or a dash is none.

    Args:
        text: Such as `1234.56`, `1.234,56`, `1,234.56`, `1 234,56`, `-12,50` or `12,50-`.
        mark: The decimal sign of the document, if it is known: decides what `1.234` is.

    Raises:
        AmbiguousAmountError: It may be two amounts, a thousand times apart, and `mark` does not tell.
        AmountError: It is no amount.
    """
    if text and _PLAIN.fullmatch(text):  # nearly all of them
        return Decimal(text) or _ZERO
    sign, digits = _sign_and_digits(text)
    if not digits:
        return _ZERO
    if mark is None and _AMBIGUOUS.fullmatch(digits):
        raise AmbiguousAmountError("its separator may be that of thousands or of decimals")
    mark = mark if _AMBIGUOUS.fullmatch(digits) else decimal_mark(digits)
    plain = "".join(
        "." if character == mark else character for character in digits if character in {mark, *"0123456789"}
    )
    value = Decimal(plain)
    return -value if sign and value else value


def decimal_mark(text: str | None) -> str | None:
    """Tell the decimal sign that an amount uses for sure: point, comma, or None.

    Raises:
        AmountError: It is no amount.
    """
    _, digits = _sign_and_digits(text)
    if not digits or _WHOLE.fullmatch(digits) or _AMBIGUOUS.fullmatch(digits):
        return None
    if decimal := _DECIMAL.fullmatch(digits):
        return decimal[1]
    grouped = _GROUPED.fullmatch(digits)
    if grouped is None or grouped[1] == grouped[2]:
        raise AmountError("not an amount")
    return grouped[2] or _OTHER.get(grouped[1])


def sole_decimal_mark(texts: Iterable[str | None]) -> str | None:
    """Tell the decimal sign of a document: the one that some of its amounts use for sure, if they agree."""
    marks: set[str | None] = {None}
    for text in texts:
        with suppress(AmountError):
            marks.add(decimal_mark(text))
    marks.discard(None)
    return marks.pop() if len(marks) == 1 else None


def _sign_and_digits(text: str | None) -> tuple[bool, str]:
    """Give whether the amount is negative, and the rest; the rest is empty for nothing and for a dash."""
    plain = (text or "").translate(_SPELLINGS).strip("'")
    if plain in {"", "-"}:
        return False, ""
    # Blanks between a sign and the digits mean nothing; between digits they part thousands.
    match = _AMOUNT.fullmatch(re.sub(r"^([-+]?)'+|'+(-)$", r"\1\2", plain))
    if match is None or (match["sign"] and match["minus_behind"]):
        raise AmountError("not an amount")
    return "-" in (match["sign"], match["minus_behind"]), match["digits"]
