"""The test suites that measure rows of the scorecard, as thoroughly as they can."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ROOT", "Row", "Suite", "say", "suites"]

ROOT = Path(__file__).resolve().parents[2]


def say(text: str) -> None:
    """To whoever waits."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


NOT_MEASURED = "not measured"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure: what must hold, how that was looked at, what came out, when and of which commit."""

    measure: str
    goal: str
    how: str
    result: str
    holds: bool | None
    stamp: str = "-"


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
        return Row(measure=self.measure, goal="all pass", how=self.how, result=NOT_MEASURED, holds=None)

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
