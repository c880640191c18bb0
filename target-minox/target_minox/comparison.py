"""Whether the lines that Minox holds are the lines that we sent, in any order and any spelling of numbers and dates."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from connector_kit.books import identity
from connector_kit.books.money import MoneyError, money

from target_minox.masterdata import day, number

__all__ = ["difference", "digest", "is_automatic", "same_lines"]

Line = Mapping[str, Any]

FIRST_AUTOMATIC_LINE: Final = 9000
"""From this number on the lines of a journal page are Minox' own counter lines (vendor help)."""
_TEXT_LENGTH: Final = 37
"""Shorter than the 40 characters that the screens have, and than what is cut to them with dots."""
_ALWAYS: Final = ("account", "debit", "credit", "cost_center")
_VERSION: Final = (*_ALWAYS, "date", "journal", "text")
_MAY_BE_ABSENT: Final = ("date", "journal", "fiscal_year", "period")


def same_lines(written: Sequence[Line], held: Sequence[Line]) -> bool:
    """Compare as multisets: account, debit, credit, cost center; date, journal and period where both sides say them.

    What Minox adds (ids, page and line numbers, descriptions, its own counter lines) does not count.
    """
    ours = [_essence(line) for line in written]
    theirs = [_essence(line) for line in held if not is_automatic(line)]
    said = [name for name in _MAY_BE_ABSENT if all(line[name] is not None for line in (*ours, *theirs))]
    names = (*_ALWAYS, *said)
    return _multiset(ours, names) == _multiset(theirs, names)


def digest(lines: Sequence[Line]) -> str:
    """A version of a booking, for a provider that has none: it changes when somebody changes what we have said of it.

    The same of what was written and of what is read: what Minox may add (the period, where we do not say it) or cut
    (long texts) does not count.
    """
    essences = (_essence(line) for line in lines if not is_automatic(line))
    parts = sorted(str([str(essence[name]) for name in _VERSION]) for essence in essences)
    return identity.content_hash({"lines": parts}, mapping_version="held")


def difference(written: Sequence[Line], held: Sequence[Line]) -> dict[str, tuple[Any, Any]]:
    """Lines that only one side has, each as its members; empty if they are the same."""
    if same_lines(written, held):
        return {}
    names = (*_ALWAYS, *_MAY_BE_ABSENT)
    ours = _multiset([_essence(line) for line in written], names)
    theirs = _multiset([_essence(line) for line in held if not is_automatic(line)], names)
    return {"lines": (_listed(theirs - ours, names), _listed(ours - theirs, names))}


def _listed(lines: Counter[tuple[Any, ...]], names: Sequence[str]) -> list[dict[str, str]]:
    return [
        {name: str(value) for name, value in zip(names, line, strict=True) if value is not None}
        for line in lines.elements()
    ]


def _multiset(lines: Sequence[Line], names: Sequence[str]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(line[name] for name in names) for line in lines)


def _essence(line: Line) -> Line:
    period = _member(line, "period")
    return {
        "account": number(_member(line, "account").get("id")),
        "debit": _amount(line.get("debit")),
        "credit": _amount(line.get("credit")),
        "cost_center": number(_member(line, "cost_center").get("id")) or None,
        "date": day(line.get("document_date")),
        "journal": _member(line, "journal").get("id") or None,
        "fiscal_year": number(period.get("fiscal_year")) or None,
        "period": number(period.get("id")) or None,
        "text": _text(line.get("description")),
    }


def _text(value: Any) -> str:
    """As much of a description as Minox certainly keeps."""
    return unicodedata.normalize("NFC", " ".join(str(value or "").split()))[:_TEXT_LENGTH].strip()


def is_automatic(line: Line) -> bool:
    """Whether Minox has added the line by itself."""
    return (number(_member(line, "journal").get("line_number")) or 0) >= FIRST_AUTOMATIC_LINE


def _amount(value: Any) -> Decimal | None:
    """The amount with two decimals, 0 when absent; None, which no line of ours has, for what is no amount."""
    try:
        return money(0 if value is None else value)
    except MoneyError:
        return None


def _member(line: Line, name: str) -> Line:
    value = line.get(name)
    return value if isinstance(value, Mapping) else {}
