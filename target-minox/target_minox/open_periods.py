"""Which periods are closed, as far as settings and Minox' refusals tell, and where a booking goes instead.

Minox' API says of no period whether it is open, and how it refuses a booking in a closed one is not published.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from target_minox.answers import Message
from target_minox.booking_line import cut
from target_minox.masterdata import AdministrationInfo, day, number

__all__ = ["REFUSAL_PATTERN", "ClosedPeriod", "ClosedPeriods", "OpenPeriods", "period_text"]

Line = Mapping[str, Any]

REFUSAL_PATTERN: Final = (
    r"\b(boek)?(periode?|maand|jaar|month|year)\b.*(gesloten|vergrendeld|niet (meer )?open|\bclosed|\blocked|not open)"
    r"|(gesloten|vergrendelde|\bclosed|\blocked) (fiscal |accounting |boek)?(periode?|maand|jaar|month|year)\b"
)
"""What such a refusal most likely says, Dutch or English (inferred)."""


class ClosedPeriod(StrEnum):
    """What to do with a booking whose period is closed."""

    DEFER = "defer"
    """Leave it to a later run: the period may be opened again."""
    REJECT = "reject"
    """Reject it: the source is to say another date."""
    NEXT_OPEN = "next_open"
    """Book it on the first day of the next period, with its own date in the text."""


@dataclass(frozen=True, kw_only=True)
class ClosedPeriods:
    """What the settings say.

    Attributes:
        policy: What to do with bookings in them.
        earliest: Everything before this day is closed.
        pattern: Tells that a message of Minox, its code before its text, speaks of a closed period.
    """

    policy: ClosedPeriod = ClosedPeriod.DEFER
    earliest: date | None = None
    pattern: re.Pattern[str] = re.compile(REFUSAL_PATTERN, re.IGNORECASE)

    def before(self, when: date | None) -> str | None:
        """Why a day is closed; None if the settings say nothing against it."""
        if self.earliest is None or (when is not None and when >= self.earliest):
            return None
        return f"{when or 'its unknown day'} is before the setting min_booking_date, {self.earliest}"

    def said_in(self, messages: Sequence[Message]) -> bool:
        """Whether Minox refuses for this reason alone: what is wrong besides does not get right when it is opened."""
        texts = [" ".join(filter(None, (message.code, message.text))) for message in messages]
        return bool(texts) and all(self.pattern.search(text) for text in texts)


class OpenPeriods:
    """What is known in this run.

    Args:
        administration: Its fiscal years.
        closed: What the settings say.
        truncate: Descriptions are cut where they may be too long.
    """

    def __init__(self, administration: AdministrationInfo, closed: ClosedPeriods, *, truncate: bool = False) -> None:
        self.closed = closed
        self._truncate = truncate
        self._administration = administration
        self._refused: set[tuple[str | None, str]] = set()

    @cached_property
    def _begins(self) -> list[tuple[date, int, int]]:
        return sorted(self._administration.period_begins())

    @property
    def moves(self) -> bool:
        """Whether bookings go to the next open period."""
        return self.closed.policy is ClosedPeriod.NEXT_OPEN

    @property
    def refusals(self) -> int:
        """How many periods Minox has been found to have closed."""
        return len(self._refused)

    def refused(self, lines: Sequence[Line]) -> None:
        """Remember that Minox takes no booking where these lines are; the rest of the run need not ask again."""
        self._refused |= {place for line in lines if (place := _place(line)) is not None}

    def against(self, lines: Sequence[Line]) -> str | None:
        """Why lines cannot be booked where they are; None if nothing is known against it."""
        for line in lines:
            if reason := self.closed.before(day(line.get("document_date"))):
                return reason
            if _place(line) in self._refused:
                return "its period is closed at Minox; open it there and run again, or correct the date at the source"
        return None

    def place_of(self, lines: Sequence[Line]) -> str | None:
        """Where lines go: their own period, or if it is closed the next one of which nothing says so."""
        own, journal = _period(lines[0]), _member(lines[0], "journal").get("id")
        when = day(lines[0].get("document_date"))
        if self.against(lines) is None or when is None:
            return own
        later = (
            text
            for begin, year, place in self._begins
            if begin > when
            and self.closed.before(begin) is None
            and (journal, text := period_text(year, place)) not in self._refused
        )
        return next(later, own)

    def moved(self, lines: Sequence[Line], place: str | None) -> list[Line]:
        """Move lines to the first day of a period, unless they are there already."""
        found = next((one for one in self._begins if period_text(*one[1:]) == place), None)
        if found is None or place == _period(lines[0]):
            return list(lines)
        begin, year, number_in_year = found
        period = {"id": number_in_year, "fiscal_year": year}
        return [
            {**line, "document_date": begin.isoformat(), "period": period, "description": self._dated(line)}
            for line in lines
        ]

    def _dated(self, line: Line) -> str:
        text = f"{line['document_date']} {line.get('description') or ''}".strip()
        return cut(text) if self._truncate else text


def period_text(year: int | None, period: int | None) -> str | None:
    """How periods are called between target and engine: `2026-01`; without a period the year."""
    if year is None:
        return None
    return f"{year}-{period:02d}" if period else str(year)


def _place(line: Line) -> tuple[str | None, str] | None:
    """Journal and period; None where Minox alone knows the period."""
    text = _period(line)
    return (_member(line, "journal").get("id"), text) if text and "-" in text else None


def _period(line: Line) -> str | None:
    period = _member(line, "period")
    return period_text(number(period.get("fiscal_year")), number(period.get("id")))


def _member(line: Line, name: str) -> Line:
    value = line.get(name)
    return value if isinstance(value, Mapping) else {}
