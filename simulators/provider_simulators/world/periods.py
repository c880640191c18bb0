"""Payroll periods: calendar months, four ISO weeks at a time, or ISO weeks."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from provider_simulators.world.model import PeriodType


@dataclass(frozen=True, kw_only=True)
class Period:
    """A payroll period with its first and last day."""

    year: int
    number: int
    first: date
    last: date


@cache
def periods_of(year: int, period_type: PeriodType) -> tuple[Period, ...]:
    """All periods of a year: 12 months, 13 times four weeks that begin and end with the year, or 52 or 53 ISO weeks.

    The four-weekly cut is that of the Dutch tax authority for wage tax returns.
    """
    match period_type:
        case PeriodType.MONTH:
            starts = [date(year, month, 1) for month in range(1, 13)]
            end = date(year, 12, 31)
        case PeriodType.FOUR_WEEKS:
            starts = [date(year, 1, 1), *(date.fromisocalendar(year, 4 * number - 3, 1) for number in range(2, 14))]
            end = date(year, 12, 31)
        case PeriodType.WEEK:
            # 28 December is always in the last ISO week of its year.
            end = date.fromisocalendar(year, date(year, 12, 28).isocalendar().week, 7)
            starts = [date.fromisocalendar(year, week, 1) for week in range(1, end.isocalendar().week + 1)]
    lasts = [*(start - timedelta(days=1) for start in starts[1:]), end]
    return tuple(
        Period(year=year, number=number, first=first, last=last)
        for number, (first, last) in enumerate(zip(starts, lasts, strict=True), 1)
    )


def current_period(today: date, period_type: PeriodType) -> Period:
    """The period in which a day lies; an ISO week may belong to the year before or after."""
    year = today.isocalendar().year if period_type is PeriodType.WEEK else today.year
    return next(period for period in periods_of(year, period_type) if today <= period.last)
