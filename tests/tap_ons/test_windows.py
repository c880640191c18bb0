"""Windows of time: no day left out, none asked for twice, by each list's own rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_ons.listing import End, Kind, Window
from tap_ons.listings import LISTINGS
from tap_ons.marks import WindowMark, WindowProgress
from tap_ons.windows import AMSTERDAM, Slice, Span, slices, spans, window_parameters

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HOURLY = Window(begins="from", ends="to", kind=Kind.DATETIME, end=End.EXCLUSIVE, at_most=HOUR)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
WINDOWS = sorted({row.window for row in LISTINGS if row.window}, key=repr)


@pytest.mark.parametrize("window", WINDOWS, ids=repr)
@given(begin=DAYS, count=st.integers(1, 200), length=st.integers(1, 366))
def test_slices_hold_every_day_once(window: Window, begin: date, count: int, length: int) -> None:
    end = begin + count * DAY
    parts = list(slices(window, begin, end, days=length))
    assert all(before.end == after.begin for before, after in pairwise(parts))
    if window.kind is Kind.MONTH_END:
        assert all(part.end <= end for part in parts)
        assert not parts or (parts[0].begin <= begin and end - parts[-1].end < 31 * DAY)
        return
    assert parts[0].begin <= begin
    assert parts[-1].end >= end
    if not window.calendar_months and window.kind is not Kind.YEAR:
        assert (parts[0].begin, parts[-1].end) == (begin, end)
        assert max(part.end - part.begin for part in parts) <= max(
            DAY, min(length * DAY, window.at_most or length * DAY)
        )


@given(begin=DAYS, count=st.integers(1, 70), length=st.integers(1, 40))
def test_windows_whose_end_belongs_to_them_do_not_overlap(begin: date, count: int, length: int) -> None:
    window = Window(end=End.INCLUSIVE)
    asked: list[date] = []
    for part in slices(window, begin, begin + count * DAY, days=length):
        for span in spans(window, part):
            told = window_parameters(window, span)
            first, last = date.fromisoformat(told["valid_from"]), date.fromisoformat(told["valid_to"])
            asked.extend(first + number * DAY for number in range((last - first).days + 1))
    assert asked == [begin + number * DAY for number in range(count)]


@pytest.mark.parametrize("end", [End.EXCLUSIVE, End.UNKNOWN])
def test_windows_whose_end_does_not_belong_to_them_touch(end: End) -> None:
    window = Window(end=end)
    parts = slices(window, date(2026, 1, 1), date(2026, 1, 8), days=3)
    told = [window_parameters(window, span) for part in parts for span in spans(window, part)]
    assert [(one["valid_from"], one["valid_to"]) for one in told] == [
        ("2026-01-01", "2026-01-04"),
        ("2026-01-04", "2026-01-07"),
        ("2026-01-07", "2026-01-08"),
    ]


@pytest.mark.parametrize(
    ("day", "hours", "first"),
    [
        (date(2026, 3, 28), 24, "2026-03-27T23:00:00.000Z"),
        (date(2026, 3, 29), 23, "2026-03-28T23:00:00.000Z"),
        (date(2026, 3, 30), 24, "2026-03-29T22:00:00.000Z"),
        (date(2026, 10, 25), 25, "2026-10-24T22:00:00.000Z"),
    ],
)
def test_a_day_on_which_the_clock_changes_has_all_its_hours(day: date, hours: int, first: str) -> None:
    told = [window_parameters(HOURLY, span) for span in spans(HOURLY, Slice(begin=day, end=day + DAY))]
    assert len(told) == hours
    assert told[0]["from"] == first
    assert all(before["to"] == after["from"] for before, after in pairwise(told))
    moments = [(datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["to"])) for one in told]
    assert {end - begin for begin, end in moments} == {HOUR}
    assert moments[-1][1].astimezone(AMSTERDAM).date() == day + DAY


def test_hours_are_not_halved_and_months_are_not_cut() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert Span(begin=moment, end=moment + HOUR, step=HOUR).half is None
    months = Window(calendar_months=True)
    (part,) = slices(months, date(2026, 2, 5), date(2026, 2, 7), days=3)
    (span,) = spans(months, part)
    assert (span.begin, span.end, span.half) == (date(2026, 2, 1), date(2026, 3, 1), None)


@given(begin=DAYS, count=st.integers(2, 366))
def test_halves_are_the_whole_down_to_a_day(begin: date, count: int) -> None:
    waiting, days = [Span(begin=begin, end=begin + count * DAY, step=DAY)], []
    while waiting:
        span = waiting.pop(0)
        if span.half is None:
            assert span.end - span.begin == DAY
            days.append(span.begin)
        else:
            assert 0 < len(span.parts(span.half)) <= 2
            waiting = [*span.parts(span.half), *waiting]
    assert days == [begin + number * DAY for number in range(count)]


def test_a_month_is_asked_for_from_local_midnight_to_local_midnight() -> None:
    window = Window(kind=Kind.DATETIME, calendar_months=True)
    (part,) = slices(window, date(2026, 3, 10), date(2026, 3, 11), days=31)
    (span,) = spans(window, part)
    assert window_parameters(window, span) == {
        "valid_from": "2026-03-01T00:00:00.000+01:00",
        "valid_to": "2026-04-01T00:00:00.000+02:00",
    }


def test_ends_of_months_and_years_are_one_parameter() -> None:
    ends = Window(begins="date", ends=None, kind=Kind.MONTH_END)
    told = [
        window_parameters(ends, spans(ends, part)[0])
        for part in slices(ends, date(2024, 2, 9), date(2024, 4, 30), days=9)
    ]
    assert told == [{"date": "2024-02-29"}, {"date": "2024-03-31"}]
    years = Window(begins="year", ends=None, kind=Kind.YEAR)
    told = [
        window_parameters(years, spans(years, part)[0])
        for part in slices(years, date(2024, 2, 9), date(2025, 1, 2), days=9)
    ]
    assert told == [{"year": "2024"}, {"year": "2025"}]


def progress(state: dict[str, object], **options: object) -> WindowProgress:
    known: dict[str, object] = {
        "start": date(2026, 1, 1),
        "today": date(2026, 6, 30),
        "lookback": timedelta(days=62),
        "settings": "",
        "is_incremental": True,
        **options,
    }
    return WindowProgress(state, **known)  # type: ignore[arg-type]  # options of every kind


def test_a_bookmark_never_moves_back_or_beyond_tomorrow() -> None:
    state: dict[str, object] = {}
    progress(state).pass_by(date(2026, 7, 1), 5)
    kept = dict(state)
    later = progress(state)
    later.pass_by(date(2026, 5, 1), 6)
    assert state == kept
    later.pass_by(date(2026, 8, 1), 6)
    mark = WindowMark.read(state)
    assert mark is not None
    assert (mark.until, mark.newest) == (date(2026, 7, 1), 6)


@pytest.mark.parametrize(
    "options",
    [
        {"start": date(2025, 12, 31)},
        {"settings": "other"},
        {"is_incremental": False},
        {"today": date(2026, 6, 1)},
    ],
)
def test_a_bookmark_of_something_else_counts_for_nothing(options: dict[str, object]) -> None:
    state: dict[str, object] = {}
    progress(state).pass_by(date(2026, 7, 1), 5)
    other = progress(state, **options)
    assert other.mark is None
    assert other.again == other.start
    assert other.is_new(1)


@pytest.mark.parametrize("state", [{}, {"until": "x"}, {"start": "2026-01-01", "until": None}, {"replication_key": 1}])
def test_a_bookmark_that_makes_no_sense_is_none(state: dict[str, object]) -> None:
    assert WindowMark.read(state) is None
