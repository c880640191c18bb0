"""The page of the benchmarks says what is kept, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import page as pages
from tests.benchmarks.__main__ import BENCHMARKS
from tests.benchmarks.page import NOT_MEASURED, PAGE, Benchmark, Goal, Result, Row, Size, page, result_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDS = Goal(figure=1.07, unit="x the least possible", at_most=1.1)
FAILS = Goal(figure=4.2, unit="x as fast", at_least=5)


@pytest.fixture
def kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pages, "KEPT", tmp_path)
    return tmp_path


def benchmark(*rows: Row) -> Benchmark:
    def measure(_: Size) -> Iterator[Row]:
        yield from rows

    return Benchmark(name="tried", title="Tried", text="What it shows.", columns=("what",), measure=measure)


def measured(tried: Benchmark, size: Size = Size.USUAL) -> Result:
    result = result_of(tried, size, "python -m tests.benchmarks --only tried", lambda _: None)
    result.keep(tried.name, size)
    return result


@pytest.mark.usefixtures("kept_elsewhere")
def test_what_is_not_measured_says_so() -> None:
    assert f"## Tried\n\nWhat it shows.\n\n{NOT_MEASURED}" in page([benchmark()], Size.USUAL)


@pytest.mark.usefixtures("kept_elsewhere")
def test_a_row_says_whether_its_goals_hold() -> None:
    tried = benchmark(Row(cells=("a",), goals=(HOLDS, FAILS)), Row(cells=("b",)))
    measured(tried)

    text = page([tried], Size.USUAL)

    assert "| a | 1.07 x the least possible, at most 1.1: holds; 4.20 x as fast, at least 5: **fails** |" in text
    assert "| b | - |" in text
    assert "Of 2 goals 1 hold" in text


@pytest.mark.usefixtures("kept_elsewhere")
def test_a_table_says_when_of_which_commit_and_where_it_was_measured() -> None:
    tried = benchmark(Row(cells=("a",)))
    result = measured(tried)

    text = " ".join(page([tried], Size.USUAL).split())

    for fact in (result.date, result.commit, f"`{result.command}`", "cores", "singer-sdk 0."):
        assert fact in text


@pytest.mark.usefixtures("kept_elsewhere")
def test_a_quick_pass_leaves_the_figures_of_the_page_alone() -> None:
    tried = benchmark(Row(cells=("whole",)))
    measured(tried)
    measured(benchmark(Row(cells=("quick",))), Size.SMALL)

    assert "| whole |" in page([tried], Size.USUAL)
    assert "| quick |" in page([tried], Size.SMALL)


@pytest.mark.usefixtures("kept_elsewhere")
def test_figures_of_other_columns_are_not_shown() -> None:
    measured(benchmark(Row(cells=("a",))))
    other = Benchmark(name="tried", title="Tried", text=".", columns=("what", "more"), measure=lambda _: iter(()))

    assert NOT_MEASURED in page([other], Size.USUAL)


def test_every_benchmark_has_a_name_and_a_title_of_its_own() -> None:
    assert len({each.name for each in BENCHMARKS}) == len({each.title for each in BENCHMARKS}) == len(BENCHMARKS)


def test_the_page_has_a_section_for_every_benchmark() -> None:
    headings = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]

    assert headings[:-1] == [f"## {each.title}" for each in BENCHMARKS]
