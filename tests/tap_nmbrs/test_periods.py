"""Which years and payroll periods are asked for."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_nmbrs.periods import Kind, Period, PeriodMark, due_periods, due_years

from tests.tap_nmbrs.invented import InventedNmbrs, asked, company_id, sync_invented

START = date(2026, 1, 1)
periods = st.builds(
    lambda year, number, kind: Period(year, min(number, kind.periods_in(year)), kind),
    st.integers(2020, 2035),
    st.integers(1, 53),
    st.sampled_from(Kind),
)


def due(
    current: Period, read: Period | None, *, look_back: int = 2, ahead: int = 0, refresh: bool = False
) -> list[str]:
    found = due_periods(START, current, read, look_back=look_back, ahead=ahead, refresh=refresh)
    return [f"{period.year}-{period.number}" for period in found]


@pytest.mark.parametrize(("year", "weeks"), [(2020, 53), (2024, 52), (2025, 52), (2026, 53), (2032, 53)])
def test_week_53_exists_in_the_years_that_have_it(year: int, weeks: int) -> None:
    assert (Kind.WEEK.periods_in(year), Kind.MONTH.periods_in(year), Kind.FOUR_WEEKS.periods_in(year)) == (
        weeks,
        12,
        13,
    )


@given(periods, st.integers(-200, 200))
def test_periods_can_be_counted_there_and_back(period: Period, count: int) -> None:
    assert period.plus(count).plus(-count) == period
    assert (period.plus(count) > period) == (count > 0)
    assert Period.parse(str(period)) == period


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(Kind))
def test_the_period_of_the_next_day_is_the_same_or_the_next(day: date, kind: Kind) -> None:
    period = Period.of(day, kind)
    assert Period.of(day + timedelta(days=1), kind) in {period, period.plus(1)}


def test_a_first_reading_goes_from_the_start_to_the_current_period() -> None:
    assert due(Period(2026, 3, Kind.MONTH), None) == ["2026-1", "2026-2", "2026-3"]
    assert due(Period(2026, 3, Kind.MONTH), None, ahead=1)[-1] == "2026-4"


def test_a_period_that_has_not_moved_on_is_asked_once_more_alone() -> None:
    current = Period(2026, 11, Kind.MONTH)
    assert due(current, current) == ["2026-11"]


def test_a_period_that_has_moved_on_is_asked_with_those_before() -> None:
    assert due(Period(2026, 11, Kind.MONTH), Period(2026, 10, Kind.MONTH)) == [f"2026-{n}" for n in (8, 9, 10, 11)]
    assert due(Period(2026, 2, Kind.MONTH), Period(2026, 1, Kind.MONTH)) == ["2026-1", "2026-2"]


def test_a_refresh_looks_back_too() -> None:
    current = Period(2026, 11, Kind.MONTH)
    assert due(current, current, refresh=True) == ["2026-9", "2026-10", "2026-11"]


def test_a_company_that_changes_its_kind_of_period_is_read_from_the_start() -> None:
    assert len(due(Period(2026, 11, Kind.FOUR_WEEKS), Period(2026, 10, Kind.MONTH))) == 11


def test_week_53_is_asked_in_its_place() -> None:
    found = due_periods(
        START, Period(2027, 2, Kind.WEEK), Period(2026, 52, Kind.WEEK), look_back=0, ahead=0, refresh=False
    )
    assert [(period.year, period.number) for period in found] == [(2026, 52), (2026, 53), (2027, 1), (2027, 2)]


@pytest.mark.parametrize(
    ("today", "read_on", "years"),
    [
        (date(2026, 11, 22), None, [2025, 2026]),
        (date(2026, 12, 1), None, [2025, 2026, 2027]),
        (date(2026, 11, 22), date(2026, 11, 21), [2026]),
        (date(2026, 4, 30), date(2026, 4, 29), [2025, 2026]),
        (date(2026, 5, 2), date(2026, 5, 1), [2026]),
        (date(2026, 5, 2), date(2026, 4, 30), [2025, 2026]),
        (date(2027, 6, 1), date(2026, 11, 21), [2026, 2027]),
        (date(2026, 12, 5), date(2026, 12, 4), [2026, 2027]),
    ],
)
def test_the_years_that_are_asked_for(today: date, read_on: date | None, years: list[int]) -> None:
    assert list(due_years(date(2025, 6, 1), today, read_on=read_on)) == years


def test_the_mark_names_the_most_frequent_period_once() -> None:
    mark = PeriodMark()
    usual = Period(2026, 11, Kind.MONTH)
    for number in range(2000):
        mark.put(company_id(number), usual)
    mark.put(company_id(7), Period(2026, 10, Kind.MONTH))
    saved = json.loads(json.dumps(mark.write()))
    assert len(json.dumps(saved)) < 150
    read = PeriodMark.read(saved)
    assert read.of(company_id(7)) == Period(2026, 10, Kind.MONTH)
    assert read.of(company_id(8)) == usual


@pytest.mark.parametrize("kind", ["month", "4-weeks", "1-week"])
def test_a_second_sync_asks_one_period_of_every_company(kind: str) -> None:
    nmbrs = InventedNmbrs([company_id(number) for number in range(3)], period=(2026, 9, kind))
    first = sync_invented(nmbrs, "cost_per_hour")
    assert asked(nmbrs) == {"companies": 1, "company_periods": 3, "cost_per_hour": 27}
    sync_invented(nmbrs, "cost_per_hour", state=first.state)
    assert asked(nmbrs) == {"companies": 1, "company_periods": 3, "cost_per_hour": 3}


def test_a_missing_week_53_is_the_end_of_the_year() -> None:
    nmbrs = InventedNmbrs([company_id(1)], period=(2027, 1, "1-week"))
    nmbrs.put(company_id(1), "cost_per_hour", employeeId="e", costPerHour="12.50")
    nmbrs.refuse = {("cost_per_hour", 2026, 53)}
    done = sync_invented(nmbrs, "cost_per_hour")
    read = [(record["year"], record["period"]) for record in done.records("cost_per_hour")]
    assert read == [*[(2026, week) for week in range(1, 53)], (2027, 1)]
