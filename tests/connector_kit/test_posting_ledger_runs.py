"""Runs of a real target with its ledger on either database: killed, twice at once, and without its ledger."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.connector_kit.posting_runs import entries_with_states, interrupt, lines_of, wait_until_stopped

if TYPE_CHECKING:
    from tests.connector_kit.ledger_places import LedgerPlace
    from tests.connector_kit.posting_provider import BooksProvider
    from tests.connector_kit.posting_runs import TargetRuns

KEYS = ["k1", "k2", "k3"]


@pytest.fixture
def placed_runs(target_runs: TargetRuns, ledger_place: LedgerPlace) -> TargetRuns:
    target_runs.settings["ledger"] = str(ledger_place.target)
    return target_runs


@pytest.mark.parametrize("step", ["ledger.sent.after_commit:2", "ledger.confirmed.before_commit:2"])
def test_a_killed_run_is_finished_by_the_next_one(
    placed_runs: TargetRuns, books_provider: BooksProvider, step: str
) -> None:
    killed = placed_runs.run(entries_with_states(3), failpoint=step)
    assert killed.code == -signal.SIGKILL

    ended = placed_runs.run(entries_with_states(3))

    assert (ended.code, ended.positions) == (0, [1, 2, 3]), ended.err
    assert books_provider.booked_keys() == KEYS


def test_of_two_runs_at_once_one_books_and_the_other_says_why_not(
    placed_runs: TargetRuns, books_provider: BooksProvider
) -> None:
    first = placed_runs.start(failpoint="ledger.sent.after_commit:stop")
    assert first.stdin
    first.stdin.write(lines_of(entries_with_states(3)))
    first.stdin.close()
    first.stdin = None
    wait_until_stopped(first)

    second = placed_runs.run(entries_with_states(3))
    interrupt(first, signal.SIGCONT)
    first.communicate(timeout=60)

    assert (second.code, second.out) == (15, "")
    assert "another process is writing to administration 7 of tiny 100" in second.last_line
    assert first.returncode == 0
    assert books_provider.booked_keys() == KEYS


def test_a_run_whose_ledger_is_gone_sends_nothing(
    placed_runs: TargetRuns, books_provider: BooksProvider, ledger_place: LedgerPlace
) -> None:
    assert placed_runs.run(entries_with_states(1)).code == 0
    ledger_place.lose()

    ended = placed_runs.run(entries_with_states(3))

    assert (ended.code, ended.out) == (16, "")
    assert "is gone, although run" in ended.last_line
    assert books_provider.booked_keys() == ["k1"]


def test_what_goes_with_a_ledger_on_a_server_is_in_the_usual_folder(
    placed_runs: TargetRuns, ledger_place: LedgerPlace
) -> None:
    assert placed_runs.run(entries_with_states(1)).code == 0

    beside = [ledger_place.target.parent] if isinstance(ledger_place.target, Path) else [Path("var", "ledgers")]
    names = {path.suffix for folder in beside for path in (placed_runs.folder / folder).iterdir()}
    assert {".witness", ".jsonl"} <= names
