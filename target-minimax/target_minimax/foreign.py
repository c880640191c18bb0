"""Amounts of an entry in another currency than that of the country: what each line is at home."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.journal import JournalEntry
from connector_kit.books.money import EXACT, MoneyError, money, total

__all__ = ["MEMBERS", "home_amounts"]

MEMBERS: Final = ("exchange_rate", "domestic_amounts")
"""Members of the record's object `minimax`: home currency for one of the entry's, or what each line is at home."""
_CENTS: Final = Decimal("0.01")
_RATE_SCALE: Final = 10
_ROUNDING: Final = Context(prec=60)


def home_amounts(entry: JournalEntry, own: Mapping[str, Any], home: str, problems: Problems) -> list[Decimal]:
    """What each line is in home currency, without a sign; what is wrong is noted.

    Minimax has the exchange rates of the national bank, but which way round they are is not documented, so the record
    says the rate or the amounts. Amounts that come of a rate are rounded to cents, and the line with the largest one
    takes what is lost or won by that.

    Args:
        entry: The entry.
        own: What only Minimax knows of it.
        home: Code of the home currency.
        problems: What is wrong.
    """
    said = [name for name in MEMBERS if own.get(name) is not None]
    amounts = [line.debit or line.credit for line in entry.lines]
    if entry.currency == home:
        for name in said:
            problems.add("invalid_field", f"minimax.{name}", f"is for entries in another currency than {home}")
        return amounts
    if len(said) != 1:
        text = f"an entry in {entry.currency} says either minimax.exchange_rate ({home} for one) or domestic_amounts"
        problems.add("currency", "currency", text)
        return amounts
    name = said[0]
    try:
        if name == "domestic_amounts":
            return _balanced(entry, [money(value) for value in own[name]], len(amounts))
        return _rounded(entry, money(own[name], scale=_RATE_SCALE))
    except (MoneyError, TypeError, ValueError) as error:
        text = "must be a list of amounts" if isinstance(error, TypeError) else str(error)
        problems.add("invalid_field", f"minimax.{name}", text)
        return amounts


def _balanced(entry: JournalEntry, amounts: list[Decimal], count: int) -> list[Decimal]:
    if len(amounts) != count or min(amounts) < 0:
        raise ValueError("must be one amount per line with an amount, none below zero")
    if _difference(entry, amounts):
        raise ValueError("do not balance")
    return amounts


def _rounded(entry: JournalEntry, rate: Decimal) -> list[Decimal]:
    if rate <= 0:
        raise ValueError("must be more than 0")
    exact = [EXACT.multiply(line.debit or line.credit, rate) for line in entry.lines]
    amounts = [amount.quantize(_CENTS, ROUND_HALF_UP, _ROUNDING) for amount in exact]
    largest = max(range(len(amounts)), key=lambda place: (amounts[place], -place))
    difference = _difference(entry, amounts)
    amounts[largest] += difference if entry.lines[largest].credit else -difference
    return amounts


def _difference(entry: JournalEntry, amounts: list[Decimal]) -> Decimal:
    """Debit less credit."""
    sides = zip(entry.lines, amounts, strict=True)
    return total(amount if line.debit else -amount for line, amount in sides)
