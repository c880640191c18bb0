"""Amounts of money: Decimal from parser to wire, exact or refused, never rounded."""

import re
from collections.abc import Iterable
from decimal import (
    Clamped,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    Subnormal,
    Underflow,
)
from typing import Final

__all__ = ["EXACT", "ZERO", "MoneyError", "canonical", "money", "total"]

EXACT: Final = Context(
    prec=60,
    traps=[Clamped, DivisionByZero, FloatOperation, Inexact, InvalidOperation, Overflow, Subnormal, Underflow],
)
"""Arithmetic that raises where the default context would round."""
ZERO: Final = Decimal("0.00")
_WHOLE_DIGITS_MAX: Final = 20
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


class MoneyError(ValueError):
    """A value that is no exact amount of money; the message does not repeat the value."""


def money(value: object, *, scale: int = 2) -> Decimal:
    """Read an amount exactly.

    Args:
        value: Decimal, int or text with a decimal point (`"1234.50"`, `"1E+2"`).
        scale: Decimals of the currency; zeros beyond it are harmless, other digits are refused.

    Returns:
        The amount with exactly `scale` decimals; minus zero becomes zero.

    Raises:
        MoneyError: For float, bool, NaN, infinity, text that is no number, or digits beyond `scale`.
    """
    amount = _decimal(value)
    if not amount.is_finite():
        raise MoneyError("must be a finite number")
    if amount and amount.adjusted() >= _WHOLE_DIGITS_MAX:
        raise MoneyError(f"has more than {_WHOLE_DIGITS_MAX} digits before the decimal point")
    try:
        exact = amount.quantize(Decimal(1).scaleb(-scale), context=EXACT)
    except DecimalException as error:
        raise MoneyError(f"has more than {scale} decimals") from error
    return exact or exact.copy_abs()


def _decimal(value: object) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        raise MoneyError("must be a number with a decimal point and no thousands separator")
    raise MoneyError(f"must be a decimal number, not {_kind(value)}")


def _kind(value: object) -> str:
    return {bool: "a boolean", type(None): "null"}.get(type(value), f"a {type(value).__name__}")


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up without rounding, whatever the caller's decimal context is."""
    result = ZERO
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def canonical(amount: Decimal) -> str:
    """Write a number in the one form that equal numbers share: plain, at least two decimals, no minus zero.

    `Decimal("1E+2")` and `Decimal("100.000")` both become `"100.00"`; `Decimal("0.125")` keeps its third decimal.

    Raises:
        MoneyError: For NaN, infinity, or more digits than any amount has.
    """
    if not amount.is_finite():
        raise MoneyError("must be a finite number")
    try:
        plain = EXACT.normalize(amount)
        decimals = max(2, -plain.adjusted() + len(plain.as_tuple().digits) - 1)
        plain = plain.quantize(Decimal(1).scaleb(-decimals), context=EXACT)
    except DecimalException as error:
        raise MoneyError("has too many digits") from error
    return format(plain or plain.copy_abs(), "f")
