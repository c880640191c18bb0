"""Which runs are due: the rule that no journal is lost, whatever gets locked when."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_nmbrs.runs import RunProgress, RunSelection, years

SELECTION = RunSelection(start=date(2026, 1, 1))


def run(number: int, *, day: int | None = None, locked: bool = True, **more: Any) -> dict[str, Any]:
    made = None if day is None else f"2026-{1 + day // 28:02}-{1 + day % 28:02}T12:00:00.000000Z"
    return {
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

    def __init__(self, selection: RunSelection = SELECTION) -> None:
        self.selection = selection
        self.state: dict[str, Any] = {}

    def sync(self, *listed: dict[str, Any], only_locked: bool = True, stop_after: int | None = None) -> list[int]:
        runs = self.selection.of(listed)
        progress = RunProgress.read(self.state, self.selection)
        due = progress.due(runs, only_locked=only_locked)
        progress.begin(runs)
        for one in due[:stop_after]:
            progress.done(one)
            progress.write(self.state)
        if stop_after is None:
            progress.write(self.state)
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


def test_an_interrupted_sync_goes_on_where_it_was() -> None:
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
    progress = RunProgress(signature=SELECTION.signature)
    first, second = run(1, day=1), run(2, day=40)
    progress.begin([first, second])
    progress.postpone(first)
    progress.done(second)
    assert progress.due([first, second], only_locked=True) == [first]


def test_state_stays_small() -> None:
    company = Company()
    runs: list[dict[str, Any]] = []
    for number in range(300):
        runs.append(run(number, day=number, year=2026, locked=True))
        company.sync(*runs)
    assert len(json.dumps(company.state)) < 400


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
    ("today", "expected"),
    [
        (date(2026, 11, 30), [2025, 2026]),
        (date(2026, 12, 1), [2025, 2026, 2027]),
        (date(2027, 1, 1), [2025, 2026, 2027]),
    ],
)
def test_in_december_the_next_year_is_listed_too(today: date, expected: list[int]) -> None:
    assert list(years(date(2025, 5, 1), today)) == expected


@given(st.data())
def test_no_locked_run_is_ever_lost_and_none_is_sent_twice(data: st.DataObject) -> None:
    """Runs appear in the order of their dates, get locked whenever, syncs are interrupted whenever."""
    company = Company()
    runs: list[dict[str, Any]] = []
    sent: list[int] = []
    for step in range(data.draw(st.integers(1, 8))):
        for _ in range(data.draw(st.integers(0, 3))):
            runs.append(run(len(runs), day=3 * step, locked=data.draw(st.booleans())))
        for one in runs:
            if not one["locked"] and data.draw(st.booleans()):
                one["locked"] = True
        sent += company.sync(*runs, stop_after=data.draw(st.sampled_from([None, 0, 1, 2])))
    sent += company.sync(*runs)
    assert sorted(sent) == [one["number"] for one in runs if one["locked"]]
