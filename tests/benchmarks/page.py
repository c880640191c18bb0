"""What a benchmark is, how its result is kept, and the page of all results: docs/benchmarks.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import textwrap
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["NOT_MEASURED", "PAGE", "ROOT", "Benchmark", "Goal", "Result", "Row", "Size", "page", "result_of"]

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
WHERE_THE_TIME_WENT: Final = Path(__file__).with_name("where_the_time_went.md")
KEPT: Final = ROOT / "var" / "bench"
NOT_MEASURED: Final = "Not measured."
WHOLE_FROM: Final = 100
COLUMNS: Final = 200
INTRODUCTION: Final = (
    "Written by `make bench`; do not edit. Every table was measured by the command, on the day and with the commit "
    'that stand under it; `make bench ARGS="--only NAME"` measures one again. Compare ratios, not seconds: what is '
    "compared was measured in the same run. Programs run whole, with their start, against the "
    "[simulators](../simulators/README.md), which are processes of their own. Memory is the most that a program had, "
    "with its children."
)


class Size(StrEnum):
    """How much is measured: enough to see that a benchmark works, the figures of the page, or the long ones."""

    SMALL = "small"
    USUAL = "usual"
    LARGE = "large"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure and its bound: `1.07 x the least possible, at most 1.1: holds`.

    Attributes:
        figure: What was measured.
        unit: What it counts, as it follows the figure: `x the least possible`, `MB`, `calls`.
        at_most: The most that it may be.
        at_least: The least that it may be.
    """

    figure: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is within its bounds."""
        return (self.at_most is None or self.figure <= self.at_most) and (
            self.at_least is None or self.figure >= self.at_least
        )

    def __str__(self) -> str:
        bounds = [f"at most {self.at_most:,g}"] if self.at_most is not None else []
        bounds += [f"at least {self.at_least:,g}"] if self.at_least is not None else []
        figure = f"{self.figure:,.2f}" if abs(self.figure) < WHOLE_FROM else f"{self.figure:,.0f}"
        return f"{figure} {self.unit}, {', '.join(bounds)}: {'holds' if self.holds else '**fails**'}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table, and what it promises."""

    cells: tuple[str, ...]
    goals: tuple[Goal, ...] = ()

    def __str__(self) -> str:
        return f"| {' | '.join((*self.cells, '; '.join(map(str, self.goals)) or '-'))} |"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A section of the page.

    Attributes:
        name: On the command line, and of the file that keeps the result.
        title: Heading.
        text: What it shows, before the table; Markdown.
        columns: Headings of the table; that of the goals comes after them.
        measure: Gives the lines as they are measured.
        after: What is to be said after the table; Markdown.
        pictures: Titles and names of pictures in docs/pictures that are drawn when it is measured.
        libraries: Distributions on whose versions the figures depend.
    """

    name: str
    title: str
    text: str
    columns: tuple[str, ...]
    measure: Callable[[Size], Iterator[Row]]
    after: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    libraries: tuple[str, ...] = ("singer-sdk", "msgspec", "requests")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was measured, when, of which commit and where."""

    command: str
    date: str
    commit: str
    machine: str
    python: str
    libraries: dict[str, str]
    columns: list[str]
    rows: list[Row] = field(default_factory=list)

    def keep(self, name: str, size: Size) -> None:
        """Store it. A quick pass has a place of its own."""
        file = _file(name, size)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        draft.replace(file)

    @classmethod
    def kept(cls, benchmark: Benchmark, size: Size) -> Result | None:
        """What was measured last; None: nothing, or when the benchmark had other columns."""
        file = _file(benchmark.name, size)
        stored: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        if stored.get("columns") != list(benchmark.columns):
            return None
        rows = [
            Row(cells=tuple(row["cells"]), goals=tuple(Goal(**goal) for goal in row["goals"])) for row in stored["rows"]
        ]
        return cls(**stored | {"rows": rows})

    @property
    def stamp(self) -> str:
        """The line under the table."""
        versions = ", ".join(f"{name} {number}" for name, number in self.libraries.items())
        return f"{self.date}, {self.commit}, `{self.command}`; {self.machine}; Python {self.python}, {versions}."


def _file(name: str, size: Size) -> Path:
    return (KEPT / "small" if size is Size.SMALL else KEPT) / f"{name}.json"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def result_of(benchmark: Benchmark, size: Size, command: str, say: Callable[[str], None]) -> Result:
    """Measure, and tell each line as soon as it is known."""
    dirty = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    result = Result(
        command=command,
        date=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=_git("rev-parse", "--short=12", "HEAD") + ("-dirty" if dirty else ""),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f} at the start",
        python=platform.python_version(),
        libraries={name: version(name) for name in benchmark.libraries},
        columns=list(benchmark.columns),
    )
    for line in _head(benchmark.columns):
        say(line)
    for row in benchmark.measure(size):
        result.rows.append(row)
        say(str(row))
    return result


def _head(columns: Sequence[str]) -> tuple[str, str]:
    return f"| {' | '.join((*columns, 'goal'))} |", "|---" * (len(columns) + 1) + "|"


def page(benchmarks: Iterable[Benchmark], size: Size) -> str:
    """The page, of what is kept."""
    sections: list[str] = []
    verdicts: list[bool] = []
    for benchmark in benchmarks:
        result = Result.kept(benchmark, size)
        sections += ["", f"## {benchmark.title}", "", wrapped(benchmark.text), ""]
        if result:
            pictures = benchmark.pictures if size is not Size.SMALL else ()
            sections += [f"![{title}](pictures/{name})\n" for title, name in pictures]
            sections += [*_head(benchmark.columns), *map(str, result.rows), "", wrapped(result.stamp)]
            verdicts += [goal.holds for row in result.rows for goal in row.goals]
        else:
            sections.append(NOT_MEASURED)
        sections += ["", wrapped(benchmark.after)] if benchmark.after else []
    sections += ["", WHERE_THE_TIME_WENT.read_text(encoding="utf-8").strip()]
    summary = f"Of {len(verdicts)} goals {sum(verdicts)} hold" + ("." if all(verdicts) else ": look for **fails**.")
    head = ["# Benchmarks", "", wrapped(INTRODUCTION), *(["", summary] if verdicts else [])]
    return "\n".join([*head, *sections]) + "\n"


def wrapped(text: str) -> str:
    """Paragraphs as docs have them; tables as they are."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(
        each if each.startswith("|") else textwrap.fill(each, COLUMNS, break_on_hyphens=False, break_long_words=False)
        for each in paragraphs
    )
