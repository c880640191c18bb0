"""Which years and payroll periods are asked for, and how far every company has been read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from typing_extensions import override

from tap_nmbrs.progress import Mark, digested

__all__ = ["Kind", "Period", "PeriodMark", "due_periods", "due_years"]

_DECEMBER: Final = 12
_LATE_UNTIL: Final = 4
"""Until April the year before still gets runs and declarations."""
_LONG_YEAR: Final = 53


class Kind(StrEnum):
    """How a company divides its year (vendor OpenAPI: `periodType`)."""

    MONTH = "month"
    FOUR_WEEKS = "4-weeks"
    WEEK = "1-week"

    def periods_in(self, year: int) -> int:
        """Give the number of periods of a year; week 53 exists in the years that have it in ISO 8601."""
        match self:
            case Kind.MONTH:
                return 12
            case Kind.FOUR_WEEKS:
                return 13
            case Kind.WEEK:
                return date(year, 12, 28).isocalendar().week


@dataclass(frozen=True, order=True)
class Period:
    """A payroll period of a company."""

    year: int
    number: int
    kind: Kind

    @classmethod
    def of(cls, day: date, kind: Kind) -> "Period":
        """Give the period of a day."""
        if kind is Kind.MONTH:
            return cls(day.year, day.month, kind)
        week = day.isocalendar()
        number = week.week if kind is Kind.WEEK else min((week.week + 3) // 4, kind.periods_in(week.year))
        return cls(week.year, number, kind)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read what `str` gives.

        Raises:
            ValueError: It is no period.
        """
        year, number, kind = text.split(" ")
        return cls(int(year), int(number), Kind(kind))

    def __str__(self) -> str:
        return f"{self.year} {self.number} {self.kind}"

    def plus(self, count: int) -> "Period":
        """Give the period so many later, or earlier."""
        year, number = self.year, self.number + count
        while number < 1:
            year -= 1
            number += self.kind.periods_in(year)
        while number > self.kind.periods_in(year):
            number -= self.kind.periods_in(year)
            year += 1
        return Period(year, number, self.kind)

    def to(self, last: "Period") -> Iterator["Period"]:
        """Give the periods from this one to another, both included."""
        period = self
        while period <= last:
            yield period
            period = period.plus(1)

    def may_be_missing(self, current: "Period") -> bool:
        """Tell whether a company's calendar may not have it: week 53, or a period that is still to come."""
        return self.number == _LONG_YEAR or self > current


@dataclass(kw_only=True)
class PeriodMark(Mark):
    """The current period of every company when it was read; all periods before it have been read, too."""

    survives_refresh: ClassVar[bool] = True
    periods: dict[str, Period] = field(default_factory=dict)
    most: Period | None = None

    @classmethod
    @override
    def read(cls, saved: Mapping[str, Any]) -> Self:
        most = saved.get("most")
        others = saved.get("others", {})
        return cls(
            most=Period.parse(most) if most else None,
            periods={company: Period.parse(text) for text, companies in others.items() for company in companies},
        )

    @override
    def write(self) -> dict[str, Any]:
        counted = Counter(self.periods.values())
        if self.most is None and not counted:
            return {}
        most = self.most or counted.most_common(1)[0][0]
        others: dict[str, list[str]] = {}
        for company, period in self.periods.items():
            if period != most:
                others.setdefault(str(period), []).append(company)
        return {"most": str(most), "others": others} if others else {"most": str(most)}

    @override
    def successor(self) -> Self:
        return type(self)()

    def of(self, company_id: str) -> Period | None:
        """Give the period up to which a company has been read."""
        return self.periods.get(digested(company_id), self.most)

    def put(self, company_id: str, current: Period) -> None:
        """Take note that a company has been read up to its current period."""
        self.periods[digested(company_id)] = current


def due_years(start: date, today: date, *, read_on: date | None) -> range:
    """Give the years to be asked for.

    Args:
        start: First day of interest.
        today: In the Netherlands.
        read_on: When everything before was read; None: it was not.

    Returns:
        From the year of the start to this year, in December to the next one; of a list that was read before only the
        years that may have changed since: that of the reading, and until April the year before.
    """
    last = today.year + (1 if today.month == _DECEMBER else 0)
    if read_on is None:
        return range(start.year, last + 1)
    since = min(read_on, today)
    first = since.year - (1 if since.month <= _LATE_UNTIL else 0)
    return range(max(start.year, first), last + 1)


def due_periods(
    start: date, current: Period, read: Period | None, *, look_back: int, ahead: int, refresh: bool
) -> Iterator[Period]:
    """Give the periods of a company to be asked for.

    Args:
        start: First day of interest.
        current: The company's current period.
        read: Its current period when it was read last; None: it was not.
        look_back: How many periods before that are read again when the period has moved on, or by a refresh.
        ahead: How many periods after the current one are read.
        refresh: Whether a refresh is due.
    """
    first = Period.of(start, current.kind)
    if read is not None and read.kind == current.kind:
        moved = read != current
        first = max(first, min(read, current).plus(-look_back if moved or refresh else 0))
    return first.to(current.plus(ahead))
