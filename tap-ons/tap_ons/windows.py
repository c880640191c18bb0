"""Slices of time that a list is asked for: days in Amsterdam, whatever the clock does, and hours where Ons says so.

A *slice* is days that are read as one: when all of it has been read, the bookmark moves past it. A *span* is what one
request asks for: the slice itself, or an hour of it, or less of it where Ons cannot answer all at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tap_ons.listing import End, Kind, Window

__all__ = ["AMSTERDAM", "Slice", "Span", "slices", "spans", "window_parameters"]

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_DAY: Final = timedelta(days=1)
_DECEMBER: Final = 12


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Days that are read as one.

    Attributes:
        begin: The first day.
        end: The day after the last one.
    """

    begin: date
    end: date


@dataclass(frozen=True, kw_only=True)
class Span:
    """What one request asks for.

    Attributes:
        begin: First day; or moment.
        end: Day after the last one; or moment that does not belong to it.
        step: The smallest part that can be asked for; None: the answer tells about the whole, so that parts of it would
            be something else.
    """

    begin: date
    end: date
    step: timedelta | None = None

    def parts(self, length: timedelta) -> list["Span"]:
        """Cut it into parts that are no longer than that, but for the smallest part."""
        if self.step is None:
            return [self]
        length = max(length // self.step, 1) * self.step
        parts, begin = [], self.begin
        while begin < self.end:
            parts.append(Span(begin=begin, end=min(begin + length, self.end), step=self.step))
            begin = parts[-1].end
        return parts

    @property
    def half(self) -> timedelta | None:
        """Length of the longer half; None: it cannot be halved."""
        if self.step is None:
            return None
        count: int = (self.end - self.begin) // self.step
        return (count + 1) // 2 * self.step if count > 1 else None

    def __str__(self) -> str:
        return f"{self.begin.isoformat()} to {self.end.isoformat()}"


def slices(window: Window, begin: date, end: date, *, days: int) -> Iterator[Slice]:
    """Give the slices that hold all days from the first to the one before the end.

    Args:
        window: What slices the list can be asked for.
        begin: First day.
        end: The day after the last one. Slices that are whole months or years may reach beyond it, but for lists of
            ends of months: those that are still to come are left out.
        days: Longest slice, if Ons does not demand a shorter one.
    """
    length = timedelta(days=max(1, min(days, window.at_most.days if window.at_most else days)))
    begin = _whole(window, begin)
    while begin < end:
        match window:
            case Window(kind=Kind.YEAR):
                until = date(begin.year + 1, 1, 1)
            case Window(kind=Kind.MONTH_END) | Window(calendar_months=True):
                until = _next_month(begin)
            case _:
                until = min(begin + length, end)
        if window.kind is not Kind.MONTH_END or until <= end:
            yield Slice(begin=begin, end=until)
        begin = until


def spans(window: Window, part: Slice) -> list[Span]:
    """Give what has to be asked for to read a slice."""
    if window.calendar_months or window.kind in {Kind.MONTH_END, Kind.YEAR}:
        return [Span(begin=part.begin, end=part.end)]
    if window.kind is Kind.DATE:
        return [Span(begin=part.begin, end=part.end, step=_DAY)]
    length = window.at_most or _DAY
    # In UTC, where every day in Amsterdam begins at a whole hour and no hour comes twice.
    whole = Span(begin=_midnight(part.begin).astimezone(UTC), end=_midnight(part.end).astimezone(UTC), step=length)
    return whole.parts(length)


def window_parameters(window: Window, span: Span) -> dict[str, str]:
    """Write a span as the query parameters of a list."""
    match window.kind:
        case Kind.YEAR:
            return {window.begins: str(span.begin.year)}
        case Kind.MONTH_END:
            return {window.begins: (span.end - _DAY).isoformat()}
        case Kind.DATE:
            begin, end = (
                span.begin.isoformat(),
                (span.end - _DAY if window.end is End.INCLUSIVE else span.end).isoformat(),
            )
        case Kind.DATETIME:
            begin, end = _moment_text(span.begin), _moment_text(span.end)
    return {window.begins: begin, **({window.ends: end} if window.ends else {})}


def _whole(window: Window, day: date) -> date:
    """Give the day on which the month or year begins that holds a day, if it is asked for as a whole."""
    if window.kind is Kind.YEAR:
        return date(day.year, 1, 1)
    return day.replace(day=1) if window.calendar_months or window.kind is Kind.MONTH_END else day


def _next_month(first: date) -> date:
    return date(first.year + 1, 1, 1) if first.month == _DECEMBER else date(first.year, first.month + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=AMSTERDAM)


def _moment_text(moment: date) -> str:
    """Write a moment as Ons does; a day is its midnight in Amsterdam."""
    moment = moment if isinstance(moment, datetime) else _midnight(moment)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
