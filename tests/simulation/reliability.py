"""Measures how reliably bookings are made, and writes the scorecard: `python -m tests.simulation.reliability`.

Each row is measured in this run, from seeds that nobody has chosen; what is not measured says so.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from tests.simulation.simulation import Figures, simulate_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
SCORECARD = ROOT / "docs" / "reliability.md"
RECORD_RUNS = 1_000_000
SEEDS_AT_ONCE = 100
WORKERS = 2
LIBRARIES = ("singer-sdk", "sqlalchemy", "requests", "tenacity", "filelock", "simplejson")


def say(text: str) -> None:
    """To whoever waits."""
    sys.stderr.write(f"{text}\n")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure: what must hold, how that was looked at, what came out."""

    measure: str
    goal: str
    how: str
    result: str
    holds: bool | None


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Tests that measure a row.

    Attributes:
        name: What it is called on the command line.
        measure: What must hold.
        how: How it is looked at; the tests are named by the command.
        tests: Files or tests.
        settings: Environment that makes them thorough.
    """

    name: str
    measure: str
    how: str
    tests: Sequence[str]
    settings: dict[str, str]

    def not_measured(self) -> Row:
        return Row(measure=self.measure, goal="all pass", how=self.how, result="not measured here", holds=None)

    def row(self) -> Row:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "3600", *self.tests]
        result = subprocess.run(
            command, cwd=ROOT, env=os.environ | self.settings, capture_output=True, text=True, check=False
        )
        last = re.sub(r"[= ]*\b(in \d.*)", "", result.stdout.strip().splitlines()[-1]).strip("= ")
        if result.returncode:
            say(result.stdout[-4000:])
        return Row(measure=self.measure, goal="all pass", how=self.how, result=last, holds=result.returncode == 0)


def suites(amounts: int, rounds: int) -> Iterator[Suite]:
    """The rows that are whole test suites."""
    yield Suite(
        name="kills",
        measure="SIGKILL at every failpoint x every kind of work, in real processes",
        how="first and last pass of each failpoint; failpoints are enumerated from the code, none may be left out",
        tests=["tests/faults/test_killed_at_every_failpoint.py"],
        settings={"TEST_EVERY_PASS": "1"},
    )
    yield Suite(
        name="pipeline",
        measure="SIGKILL and SIGTERM in the payroll pipeline, against the simulated Minox",
        how="each step of a run; sums per account compared with the payroll",
        tests=["tests/faults/test_killed.py", "tests/faults/test_stopped.py"],
        settings={},
    )
    yield Suite(
        name="tcp",
        measure="connections that break at a byte of a booking or of its answer",
        how="a TCP proxy before the simulated Minox: reset, close, half-close, slow",
        tests=["tests/faults/test_tcp.py"],
        settings={},
    )
    yield Suite(
        name="two_at_once",
        measure=f"two processes at once, {rounds} rounds",
        how="the same ledger, overlapping; one books, the other exits 15",
        tests=["tests/faults/test_two_at_once.py"],
        settings={"TEST_ROUNDS": str(rounds)},
    )
    yield Suite(
        name="sabotage",
        measure="deliberate bugs that are caught",
        how="each in a copy of the kit; the simulation or a named test must fail",
        tests=["tests/sabotage"],
        settings={"TEST_ALL_BUGS": "1"},
    )
    yield Suite(
        name="amounts",
        measure=f"{amounts:,} generated amounts arrive exact",
        how="from the source's text to what the books hold, as JSON numbers and texts, plain and with exponents",
        tests=["tests/simulation/test_amounts.py"],
        settings={"TEST_AMOUNTS": str(amounts)},
    )


def simulated(first: int, record_runs: int) -> tuple[Figures, int, float]:
    """Run seeds from `first` on until so many records were delivered: figures, the seed after the last, seconds."""
    figures, began, seed = Figures(), time.monotonic(), first
    with ProcessPoolExecutor(WORKERS) as workers:
        while figures.record_runs < record_runs and not figures.violations:
            parts = [range(seed + n * SEEDS_AT_ONCE, seed + (n + 1) * SEEDS_AT_ONCE) for n in range(WORKERS)]
            for part in workers.map(simulate_all, parts):
                figures.add(part)
            seed = parts[-1].stop
            say(f"{figures.seeds:,} seeds, {figures.record_runs:,} record-runs")
    return figures, seed, time.monotonic() - began


_VERDICT = {True: "holds", False: "**fails**", None: "-"}
INVARIANTS = (
    ("I1", "duplicates, lost records and overwritten edits of people", "0"),
    ("I2", "confirmed, and not in the books with a content of the source", "0"),
    ("I3", "ours in the books, and unknown to the ledger; late duplicates that nobody noticed", "0"),
    ("I4", "runs whose counts do not add up to the records received", "0"),
    ("I5", "STATE ahead of a record that is not settled", "0"),
    ("I6", "sums per account and period other than those of the entries", "0"),
    ("I7", "writes of a run that may write nothing", "0"),
    ("I8", "calls beyond the budget, crashes included", "0"),
    ("I9", "writes of the same input once more", "0"),
    ("I10", "secrets, names of persons or the provider's words in logs, ledger and STATE", "0"),
)


def simulation_rows(figures: Figures) -> Iterator[Row]:
    for name, measure, goal in INVARIANTS:
        found = sum(f": {name}: " in violation for violation in figures.violations)
        how = f"{name}, after each of {figures.runs:,} runs"
        yield Row(measure=measure, goal=goal, how=how, result=str(found), holds=not found)


def scorecard(rows: Sequence[Row], figures: Figures, seeds: str, seconds: float) -> str:
    """The page."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        "# Reliability",
        "",
        "Written by `make reliability`; do not edit. Every figure was measured in the run that wrote this page, and",
        "anybody can measure it again with that command. `python -m tests.simulation --seed N` tells the story of a",
        "seed, request by request.",
        "",
        f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}",
        f"- Python {platform.python_version()}, {libraries}",
        _simulation_line(figures, seeds, seconds),
        _late_line(figures),
        "",
        "| | Measure | Goal | Result | How |",
        "|---|---|---|---|---|",
        *(f"| {_VERDICT[row.holds]} | {row.measure} | {row.goal} | {row.result} | {row.how} |" for row in rows),
        "",
        *LIMITS,
    ]
    failures = [*(violation.splitlines()[0] for violation in figures.violations)]
    if failures:
        lines += ["", "## Found", "", *(f"- {failure}" for failure in failures)]
    return "\n".join(lines) + "\n"


def _simulation_line(figures: Figures, seeds: str, seconds: float) -> str:
    return (
        f"- Simulation: seeds {seeds}, {figures.seeds:,} worlds, {figures.runs:,} runs, {figures.record_runs:,} "
        f"record-runs, {figures.kills:,} deaths of the process, {figures.disasters:,} lost or rolled-back ledgers, "
        f"{seconds:,.0f} seconds"
    )


def _late_line(figures: Figures) -> str:
    return (
        f"- Writes that arrived later than `settle_minutes` (up to three times that) and made a second booking: "
        f"{figures.late_duplicates:,}; reported: {figures.late_reported:,}, {figures.late_reported_at_once:,} of them "
        "by the first run that ended after the arrival; removed or taken back by itself: none"
    )


LIMITS = (
    "## How it is simulated",
    "",
    "Whole targets book into small books in memory, on a clock that only the simulation moves. Requests and answers",
    "get lost, arrive late, break off or are pages of something in between; the process dies at any failpoint; the",
    "disk fills up; tokens are revoked, periods close and people edit between any two calls; budgets end; ledgers are",
    "deleted or replaced by older copies. A death leaves on disk what was there at that moment. The judge reads the",
    "log of the books and the file of the ledger, never the engine.",
    "",
    "## What is not promised",
    "",
    "- A write that arrives later than `settle_minutes` may make a second booking where the provider chooses the",
    "  identifiers. Runs look for it until the write is four times `settle_minutes` old, and leave it to a person; where",
    "  it can only be searched for by its code, those do that deliver its record. `reconcile` finds what comes later.",
    "- Where the provider has no versions, an update that arrives later than `settle_minutes` may undo a later one.",
    "- A ledger that was replaced by an older copy *together with its witness file* cannot be told from a good one.",
    "- Where the provider has no versions, an edit in the moment between our look and our write is not seen.",
    "- After the ledger was lost, records that had been changed or reversed are rejected instead of changed again:",
    "  nobody knows any more whether a person has touched them.",
    "- Calls that were counted in a lost ledger are lost with it.",
    "- Not measured here: random SIGKILL of whole `meltano run` pipelines for hours, branch and mutation coverage,",
    "  behaviour of the real providers.",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.simulation.reliability", description=__doc__)
    parser.add_argument("--record-runs", type=int, default=RECORD_RUNS)
    parser.add_argument(
        "--first-seed", type=int, default=int(time.time()) // 86400 * 1_000_000, help="by default new every day"
    )
    parser.add_argument("--amounts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--suites", nargs="*", help="only these; the page says that the others were not measured")
    options = parser.parse_args()
    figures, after, seconds = simulated(options.first_seed, options.record_runs)
    rows = list(simulation_rows(figures))
    for suite in suites(options.amounts, options.rounds):
        chosen = options.suites is None or suite.name in options.suites
        rows.append(suite.row() if chosen else suite.not_measured())
    SCORECARD.write_text(scorecard(rows, figures, f"{options.first_seed} to {after - 1}", seconds))
    say(SCORECARD.read_text())
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
