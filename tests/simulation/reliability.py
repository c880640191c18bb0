"""Measures how reliably bookings are made, and writes the scorecard: `python -m tests.simulation.reliability`.

Each row is measured, from seeds that nobody has chosen; what is not measured says so. What a run has measured is kept
in `var/reliability`, with its commit: who breaks off goes on with what is left (`--suites`, `--record-runs 0`).
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.simulation.simulation import Figures, simulate_all
from tests.simulation.suites import NOT_MEASURED, ROOT, Row, Suite, say, suites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SCORECARD = ROOT / "docs" / "reliability.md"
RECORD_RUNS = 1_000_000
SEEDS_AT_ONCE = 100
WORKERS = 2
KEPT = ROOT / "var" / "reliability"
SIMULATION = "simulation"
LIBRARIES = ("singer-sdk", "sqlalchemy", "requests", "tenacity", "filelock", "simplejson")


def stamp() -> str:
    """When, and of which commit."""
    git = ["git", "rev-parse", "--short=12", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {commit}"


@dataclass(kw_only=True)
class Simulated:
    """What the seeds came to so far.

    Attributes:
        first: First seed.
        wanted: Record-runs that are wanted.
        after: The seed after the last.
        seconds: How long the seeds took.
        figures: What they came to.
        stamp: When, and of which commit.
    """

    first: int
    wanted: int
    after: int
    seconds: float = 0.0
    figures: Figures = field(default_factory=Figures)
    stamp: str = field(default_factory=stamp)

    @property
    def whole(self) -> bool:
        """Whether the simulation is over: with all record-runs, or with a violation."""
        return self.figures.record_runs >= self.wanted or bool(self.figures.violations)

    def progress(self) -> str:
        """How far the simulation is, and how long it will take."""
        done = self.figures.record_runs
        left = max(self.wanted - done, 0) * self.seconds / max(done, 1)
        return (
            f"{self.figures.seeds:,} seeds, {done:,} of {self.wanted:,} record-runs, {done / self.seconds:,.0f} per second, "
            f"about {left / 60:,.0f} minutes left"
        )

    def keep(self) -> None:
        """Store it."""
        figures = vars(self.figures) | {"passed": sorted(self.figures.passed)}
        _keep(SIMULATION, vars(self) | {"figures": figures})

    @classmethod
    def kept(cls) -> Simulated | None:
        """What was measured last."""
        if not (stored := _kept(SIMULATION)):
            return None
        figures = stored.pop("figures")
        return cls(**stored, figures=Figures(**figures | {"passed": set(figures["passed"])}))


def _keep(name: str, measured: dict[str, Any]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{name}.json").write_text(json.dumps(measured))


def _kept(name: str) -> dict[str, Any] | None:
    file = KEPT / f"{name}.json"
    stored: dict[str, Any] | None = json.loads(file.read_text()) if file.exists() else None
    return stored


def simulate_on(measured: Simulated) -> Iterator[None]:
    """Run seeds until so many records were delivered as are wanted; pauses now and then."""
    began = time.monotonic()
    with ProcessPoolExecutor(WORKERS) as workers:
        while not measured.whole:
            firsts = [measured.after + n * SEEDS_AT_ONCE for n in range(WORKERS)]
            for part in workers.map(simulate_all, [range(first, first + SEEDS_AT_ONCE) for first in firsts]):
                measured.figures.add(part)
            measured.after = firsts[-1] + SEEDS_AT_ONCE
            measured.seconds = time.monotonic() - began
            yield


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


def simulation_rows(simulated: Simulated | None) -> Iterator[Row]:
    for name, measure, goal in INVARIANTS:
        if simulated is None:
            yield Row(measure=measure, goal=goal, how=name, result=NOT_MEASURED, holds=None)
            continue
        figures = simulated.figures
        found = sum(f": {name}: " in violation for violation in figures.violations)
        how = f"{name}, after each of {figures.runs:,} runs"
        yield Row(measure=measure, goal=goal, how=how, result=str(found), holds=not found, stamp=simulated.stamp)


def scorecard(simulated: Simulated | None, rows: Sequence[Row]) -> str:
    """The page."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        "# Reliability",
        "",
        "Written by `make reliability`; do not edit. Every figure was measured, at the moment and with the commit that",
        "stand beside it, and anybody can measure it again with that command. `python -m tests.simulation --seed N`",
        "tells the story of a seed, request by request. The page is written anew after each suite: what a run that was",
        "broken off has measured stands here, and the next one can go on.",
        "",
        f"- Python {platform.python_version()}, {libraries}",
        *([_simulation_line(simulated), _late_line(simulated.figures)] if simulated else []),
        "",
        "| | Measure | Goal | Result | How | Measured |",
        "|---|---|---|---|---|---|",
        *(
            f"| {_VERDICT[row.holds]} | {row.measure} | {row.goal} | {row.result} | {row.how} | {row.stamp} |"
            for row in rows
        ),
        "",
        *LIMITS,
    ]
    failures = [violation.splitlines()[0] for violation in simulated.figures.violations] if simulated else []
    if failures:
        lines += ["", "## Found", "", *(f"- {failure}" for failure in failures)]
    return "\n".join(lines) + "\n"


def _simulation_line(measured: Simulated) -> str:
    figures = measured.figures
    broken_off = "" if measured.whole else f", broken off before the {measured.wanted:,} that were wanted"
    return (
        f"- Simulation: seeds {measured.first} to {measured.after - 1}, {figures.seeds:,} worlds, {figures.runs:,} runs, "
        f"{figures.record_runs:,} record-runs{broken_off}, {figures.kills:,} deaths of the process, "
        f"{figures.disasters:,} lost or rolled-back ledgers, {measured.seconds:,.0f} seconds"
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
    "- A lost write that was made again may arrive after a person has removed the booking, and make it anew.",
    "- A ledger that was replaced by an older copy *together with its witness file* cannot be told from a good one.",
    "- Where the provider has no versions, an edit in the moment between our look and our write is not seen.",
    "- After the ledger was lost, records that had been changed or reversed are rejected instead of changed again:",
    "  nobody knows any more whether a person has touched them.",
    "- Calls that were counted in a lost ledger are lost with it.",
    "- Records that the provider refuses are asked again whenever they are delivered. Where they alone spend the calls",
    "  of a day, what comes after them waits, told in each run: also what was taken back and is to be booked anew.",
    "- Not measured here: random SIGKILL of whole `meltano run` pipelines for hours, branch and mutation coverage,",
    "  behaviour of the real providers.",
)


def write(page: Path, all_suites: Sequence[Suite]) -> list[Row]:
    """Write the page as far as it is measured."""
    simulated = Simulated.kept()
    rows = list(simulation_rows(simulated))
    for suite in all_suites:
        stored = _kept(suite.name)
        rows.append(Row(**stored) if stored else suite.not_measured())
    draft = page.with_suffix(".draft")
    draft.write_text(scorecard(simulated, rows))
    draft.replace(page)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.simulation.reliability", description=__doc__)
    parser.add_argument("--record-runs", type=int, default=RECORD_RUNS, help="0: leave the simulation as it is kept")
    parser.add_argument(
        "--first-seed", type=int, default=int(time.time()) // 86400 * 1_000_000, help="by default new every day"
    )
    parser.add_argument("--amounts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--suites", nargs="*", help="only these; the others are left as they are kept")
    parser.add_argument("--page", type=Path, default=SCORECARD)
    options = parser.parse_args()
    all_suites = list(suites(options.amounts, options.rounds))
    if options.record_runs:
        measured = Simulated(first=options.first_seed, wanted=options.record_runs, after=options.first_seed)
        for _ in simulate_on(measured):
            say(measured.progress())
            measured.keep()
            write(options.page, all_suites)
    chosen = [suite for suite in all_suites if options.suites is None or suite.name in options.suites]
    for number, suite in enumerate(chosen, start=1):
        began = time.monotonic()
        say(f"suite {number} of {len(chosen)}, {suite.name}: {suite.measure}")
        row = replace(suite.row(), stamp=stamp())
        _keep(suite.name, vars(row))
        say(f"  {row.result}, {(time.monotonic() - began) / 60:,.1f} minutes")
        write(options.page, all_suites)
    rows = write(options.page, all_suites)
    say(options.page.read_text())
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
