"""Which runs are due: the rule that no journal is lost, whatever gets locked when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_nmbrs.periods import Kind, due_years
from tap_nmbrs.progress import Companies, Progress
from tap_nmbrs.runs import OpenRuns, RunMark, RunSelection, due_runs, last_day

START = date(2026, 1, 1)
SELECTION = RunSelection(start=START)
COMPANY = "11111111-1111-4111-8111-111111111111"


def made_at(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def run(number: int, *, day: int | None = None, locked: bool = True, **more: Any) -> dict[str, Any]:
    made = None if day is None else made_at(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
    return {
        "company_id": COMPANY,
        "payroll_run_id": f"run-{number}",
        "number": number,
        "year": 2026,
        "period_end": 12,
        "type": "normal",
        "created_at": made,
        "locked": locked,
        **more,
    }


class Company:
    """Syncs a list of runs again and again, with the state as it comes back from a file."""

    def __init__(self, selection: RunSelection = SELECTION, *, refresh_days: int = 7) -> None:
        self.selection = selection
        self.refresh_days = refresh_days
        self.now = datetime(2026, 12, 1, tzinfo=UTC)
        self.state: dict[str, Any] = {}
        self.listed: dict[str, Any] = {}

    def progress(self) -> Progress[RunMark]:
        self.now += timedelta(hours=1)
        companies = Companies(self.listed, now=self.now)
        companies.keep([COMPANY])
        return Progress(
            self.state, RunMark, companies, settings=self.selection.signature, refresh_days=self.refresh_days
        )

    def sync(
        self,
        *listed: dict[str, Any],
        only_locked: bool = True,
        stop_after: int | None = None,
        unread: int | None = None,
    ) -> list[int]:
        progress = self.progress()
        growing, mark, before = progress.growing, progress.mark_of(COMPANY), progress.interrupted
        is_whole = progress.refresh_due or growing.lags
        years = {*due_years(START, self.now.date(), read_on=None if is_whole or not mark else self.now.date())}
        if mark is not None:
            years |= {*mark.open_years(COMPANY)}
        runs = self.selection.of([one for one in listed if one["year"] is None or one["year"] in years])
        due = [one for one in due_runs(runs, mark, before, only_locked=only_locked) if one["number"] != unread]
        for one in due[:stop_after]:
            growing.take_part(one)
            progress.part()
        progress.save()
        if stop_after is None:
            if is_whole:
                growing.advance((one["created_at"] for one in runs), progress.limit)
            missing = [one for one in runs if one["number"] == unread]
            usual = due_years(START, self.now.date(), read_on=self.now.date())
            growing.take(COMPANY, runs, unread=missing, usual_years=usual)
            growing.lags = before is not None and is_whole
            progress.finish(COMPANY)
            progress.complete()
        self.state = json.loads(json.dumps(self.state))
        return [one["number"] for one in due[:stop_after]]


def test_a_second_sync_finds_nothing_new() -> None:
    company = Company()
    runs = [run(number, day=10 * number) for number in range(1, 5)]
    assert company.sync(*runs) == [1, 2, 3, 4]
    assert company.sync(*runs) == []
    assert company.sync(*runs, run(5, day=60)) == [5]


def test_a_run_that_is_locked_long_after_newer_ones_is_sent_then() -> None:
    company = Company()
    assert company.sync(run(1, day=1, locked=False), run(2, day=40)) == [2]
    assert company.sync(run(1, day=1, locked=False), run(2, day=40), run(3, day=80)) == [3]
    assert company.sync(run(1, day=1), run(2, day=40), run(3, day=80)) == [1]
    assert company.sync(run(1, day=1), run(2, day=40), run(3, day=80)) == []


def test_a_run_that_was_unlocked_and_locked_again_is_sent_again() -> None:
    company = Company()
    company.sync(run(1, day=1), run(2, day=40))
    assert company.sync(run(1, day=1, locked=False), run(2, day=40)) == []
    assert company.sync(run(1, day=1), run(2, day=40)) == [1]


def test_open_runs_are_sent_every_time_if_asked_for() -> None:
    company = Company()
    for _ in range(3):
        assert company.sync(run(1, day=1, locked=False), only_locked=False) == [1]
    assert company.sync(run(1, day=1), only_locked=False) == [1]
    assert company.sync(run(1, day=1), only_locked=False) == []


def test_a_run_that_appears_late_with_a_clock_an_hour_behind_is_not_missed() -> None:
    company = Company()
    company.sync(run(1, created_at="2026-10-25T01:30:00.000000Z"))
    late = run(2, created_at="2026-10-25T00:40:00.000000Z")
    assert company.sync(run(1, created_at="2026-10-25T01:30:00.000000Z"), late) == [2]


def test_a_sync_that_stops_within_a_company_goes_on_with_its_next_run() -> None:
    company = Company()
    runs = [run(1, day=1, locked=False), *(run(number, day=10 * number) for number in range(2, 6))]
    assert company.sync(*runs, stop_after=2) == [2, 3]
    runs[0] = run(1, day=1)
    assert company.sync(*runs) == [1, 4, 5]
    assert company.sync(*runs) == []


def test_a_run_without_a_date_is_sent_every_time_rather_than_never() -> None:
    company = Company()
    assert company.sync(run(1), run(2, day=3)) == [1, 2]
    assert company.sync(run(1), run(2, day=3)) == [1]


def test_a_run_that_could_not_be_read_is_tried_again() -> None:
    company = Company()
    first, second = run(1, day=1), run(2, day=40)
    assert company.sync(first, second, unread=1) == [2]
    assert company.sync(first, second) == [1]


def test_a_late_run_of_an_old_year_is_found_when_all_years_are_listed() -> None:
    company = Company(refresh_days=1)
    company.now = datetime(2027, 6, 1, tzinfo=UTC)
    company.sync(run(1, day=500, year=2027))
    late = run(2, day=510, year=2026)
    newer = run(3, day=520, year=2027)
    assert company.sync(run(1, day=500, year=2027), late, newer) == [3]
    company.now += timedelta(days=1)
    assert company.sync(run(1, day=500, year=2027), late, newer) == [2]
    company.now += timedelta(days=1)
    assert company.sync(run(1, day=500, year=2027), late, newer) == []


def test_the_year_of_an_open_run_is_listed_until_the_run_is_done() -> None:
    company = Company(refresh_days=30)
    company.now = datetime(2027, 6, 1, tzinfo=UTC)
    assert company.sync(run(1, day=1, locked=False)) == []
    assert company.progress().growing.open_years(COMPANY) == ()
    assert company.sync(run(1, day=1)) == [1]
    assert company.sync(run(1, day=1)) == []


def test_the_day_up_to_which_all_is_done_moves_again_after_an_interruption() -> None:
    company = Company(refresh_days=30)
    runs = [run(number, day=10 * number) for number in range(30)]
    company.sync(*runs[:2], stop_after=1)
    company.sync(*runs)
    assert len(json.dumps(company.state)) > 300
    company.sync(*runs)
    assert company.sync(*runs) == []
    assert len(json.dumps(company.state)) < 300


def test_state_stays_small() -> None:
    company = Company(refresh_days=0)
    runs: list[dict[str, Any]] = []
    for number in range(300):
        runs.append(run(number, day=number, year=2026, locked=True))
        company.sync(*runs)
    assert len(json.dumps(company.state)) < 400


def test_two_thousand_payrolls_in_one_day_stay_under_fifty_kilobytes() -> None:
    company = Company()
    runs = [run(number, day=300, locked=bool(number % 2)) for number in range(2000)]
    company.sync(*runs)
    assert len(json.dumps(company.state)) < 50_000


def test_another_start_date_or_more_types_start_anew() -> None:
    company = Company()
    company.sync(run(1, day=1))
    company.selection = RunSelection(start=date(2025, 1, 1))
    assert company.sync(run(1, day=1)) == [1]
    company.selection = RunSelection(start=date(2025, 1, 1), types=frozenset({"normal", "twk"}))
    assert company.sync(run(1, day=1), run(2, day=0, type="twk")) == [2, 1]


def test_types_and_start_date_limit_the_runs() -> None:
    selection = RunSelection(start=date(2026, 7, 15), types=frozenset({"normal"}))
    listed = [
        run(1, day=1, period_end=6),
        run(2, day=2, period_end=7),
        run(3, day=3, period_end=13),
        run(4, day=4, type="twk"),
        run(5, day=5, year=2025),
        run(6, day=6, year=None),
    ]
    assert [one["number"] for one in selection.of(listed)] == [2, 3, 6]


@pytest.mark.parametrize(
    ("kind", "numbers"), [(Kind.MONTH, [7, 8]), (Kind.FOUR_WEEKS, [8, 13]), (Kind.WEEK, [29, 30, 53])]
)
def test_the_start_date_is_read_in_the_periods_of_the_company(kind: Kind, numbers: list[int]) -> None:
    selection = RunSelection(start=date(2026, 7, 15))
    listed = [run(number, period_end=number) for number in (6, 7, 8, 13, 28, 29, 30, 53)]
    inside = [one["number"] for one in selection.of(listed, kind)]
    assert [number for number in inside if number <= kind.periods_in(2026)] == numbers


@pytest.mark.parametrize(
    ("year", "number", "kind", "expected"),
    [
        (2026, 2, Kind.MONTH, date(2026, 2, 28)),
        (2026, 12, Kind.MONTH, date(2026, 12, 31)),
        (2026, 13, Kind.MONTH, None),
        (2025, 1, Kind.FOUR_WEEKS, date(2025, 1, 26)),
        (2025, 13, Kind.FOUR_WEEKS, date(2025, 12, 28)),
        (2026, 13, Kind.FOUR_WEEKS, date(2027, 1, 3)),
        (2026, 53, Kind.WEEK, date(2027, 1, 3)),
        (2025, 53, Kind.WEEK, None),
        (2025, 0, Kind.WEEK, None),
    ],
)
def test_a_period_ends_on_its_last_day(year: int, number: int, kind: Kind, expected: date | None) -> None:
    assert last_day(year, number, kind) == expected


@pytest.mark.parametrize(
    "gone",
    ["abcdef00-2222-4222-8222-222222222222", "ABCDEF00-2222-4222-8222-222222222222", "17", "abcdefghijklmnopqrstuv"],
)
def test_an_open_run_that_has_gone_is_known_by_its_full_id(gone: str) -> None:
    there = "22222222-2222-4222-8222-222222222222"
    mark = OpenRuns()
    mark.take(COMPANY, [run(1, payroll_run_id=there, locked=False), run(2, payroll_run_id=gone, locked=False)])
    mark = OpenRuns.read(json.loads(json.dumps(mark.write())))
    assert mark.open_years(COMPANY) == [2026]
    assert mark.gone(COMPANY, [run(1, payroll_run_id=there)]) == [(2026, gone)]
    assert mark.gone("another", []) == []


@given(st.data())
def test_no_locked_run_is_ever_lost_and_none_is_sent_twice(data: st.DataObject) -> None:
    """Runs appear in the order of their dates, get locked whenever, syncs are interrupted whenever."""
    company = Company(refresh_days=data.draw(st.sampled_from([1, 7])))
    runs: list[dict[str, Any]] = []
    sent: list[int] = []
    for step in range(data.draw(st.integers(1, 8))):
        company.now += timedelta(days=data.draw(st.sampled_from([0, 1, 3])))
        for _ in range(data.draw(st.integers(0, 3))):
            runs.append(run(len(runs), day=3 * step, locked=data.draw(st.booleans())))
        for one in runs:
            if not one["locked"] and data.draw(st.booleans()):
                one["locked"] = True
        sent += company.sync(*runs, stop_after=data.draw(st.sampled_from([None, 0, 1, 2])))
    sent += company.sync(*runs)
    assert sorted(sent) == [one["number"] for one in runs if one["locked"]]
