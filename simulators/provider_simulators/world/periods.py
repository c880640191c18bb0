"""Payroll periods: calendar months, or four ISO weeks at a time."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from provider_simulators.world.model import PeriodType


@dataclass(frozen=True, kw_only=True)
class Period:
    """A payroll period with its first and last day."""

    year: int
    number: int
    first: date
    last: date


def periods_of(year: int, period_type: PeriodType) -> tuple[Period, ...]:
    """All periods of a year: 12 months, or 13 times four ISO weeks that begin and end with the year.

    That is how the Dutch tax authority cuts the year for four-weekly wage tax returns.
    """
    if period_type is PeriodType.MONTH:
        return tuple(
            Period(
                year=year,
                number=month,
                first=date(year, month, 1),
                last=date(year, month, calendar.monthrange(year, month)[1]),
            )
            for month in range(1, 13)
        )
    starts = [date.fromisocalendar(year, 4 * number - 3, 1) for number in range(2, 14)]
    starts = [date(year, 1, 1), *starts, date(year + 1, 1, 1)]
    return tuple(
        Period(year=year, number=number, first=starts[number - 1], last=starts[number] - timedelta(days=1))
        for number in range(1, 14)
    )


def current_period(today: date, period_type: PeriodType) -> Period:
    """The period in which a day lies."""
    return next(period for period in periods_of(today.year, period_type) if today <= period.last)
