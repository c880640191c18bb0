"""The tests of target-minimax in every position of the simulator's switches: `python -m tests.target_minimax.every_position`.

First all run with the defaults; what the simulator asks for in each is noted. Then, per position, those run again in
which its switch was asked for: all others would do the same to the last byte. What each position came to is kept in
`var/switches`, so a run can be broken off and go on (`--rest`), or be repeated in part (`--positions`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.target_minimax.measured import BESIDE, DEFAULTS, LEFT_OUT, NOT_WHOLE, ROOT, TESTS, VOLUMES, Measured, Outcome
from tests.target_minimax.observed import OBSERVED
from tests.target_minimax.position_page import write
from tests.target_minimax.positions import ENVIRONMENT, Position, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def places(position: Position) -> tuple[str, ...]:
    """What stands in the environment for it."""
    return (*BESIDE.get(position.switch, ()), position.text)


def measure(position: str, settings: Iterable[str], tests: Sequence[str]) -> Measured:
    """Run tests in a position, in a process of their own."""
    outcomes = _run(settings, tests) if tests else []
    told = {each.test for each in outcomes}
    outcomes += [
        Outcome(test=test, ended="failed", why="has not ended") for test in tests if test not in {TESTS, *told}
    ]
    measured = Measured(
        position=position, commit=_commit(), moment=f"{datetime.now(UTC):%Y-%m-%d %H:%M}", outcomes=outcomes
    )
    measured.keep()
    sys.stderr.write(f"{measured.line}\n")
    return measured


def _run(settings: Iterable[str], tests: Sequence[str]) -> list[Outcome]:
    with TemporaryDirectory() as folder:
        chosen, observed = Path(folder) / "tests", Path(folder) / "observed"
        chosen.write_text("\n".join(tests), encoding="utf-8")
        observed.touch()
        plugins = ["-p", "tests.target_minimax.observed", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        left_out = [f"--ignore={path}" for path in LEFT_OUT]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--timeout", "900", *plugins, *left_out, f"@{chosen}"],
            cwd=ROOT,
            check=False,
            stdout=subprocess.DEVNULL,
            env={**os.environ, **VOLUMES, ENVIRONMENT: " ".join(settings), OBSERVED: str(observed)},
        )
        if done.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            raise SystemExit(f"pytest ended with {done.returncode}: {' '.join(settings) or DEFAULTS} is not measured")
        return [Outcome(**json.loads(line)) for line in observed.read_text(encoding="utf-8").splitlines()]


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10", "--exclude", "*"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def concerned(position: Position, defaults: Measured) -> list[str]:
    """The tests in which a switch of the position was asked for."""
    switches = {place.partition("=")[0] for place in places(position)}
    return [each.test for each in defaults.outcomes if switches & {*each.asked}]


def whole() -> Iterator[Position]:
    """Positions that are not the default, nor left to the journey."""
    for position in positions():
        if not position.default and position.text not in NOT_WHOLE:
            yield position


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--positions", nargs="+", metavar="SWITCH=VALUE", help="these only; defaults is one, too")
    parser.add_argument("--rest", action="store_true", help="only what var/switches does not know yet")
    parser.add_argument("--all", action="store_true", help="also tests in which the switch is not asked for")
    parser.add_argument("--workers", type=int, default=2, help="positions at a time (2)")
    options = parser.parse_args()
    every = {position.text: position for position in whole()}
    wanted = options.positions or [DEFAULTS, *every]
    if unknown := {*wanted} - {DEFAULTS, *every}:
        parser.error(f"no such positions: {', '.join(sorted(unknown))}")
    if options.rest:
        wanted = [name for name in wanted if Measured.read(name) is None]
    defaults = Measured.read(DEFAULTS)
    if defaults is None or DEFAULTS in wanted:
        defaults = measure(DEFAULTS, (), [TESTS])
    known = defaults

    def one(name: str) -> None:
        position = every[name]
        measure(
            name,
            places(position),
            [each.test for each in known.outcomes] if options.all else concerned(position, known),
        )
        write(every)

    with ThreadPoolExecutor(options.workers) as workers:
        list(workers.map(one, [name for name in wanted if name != DEFAULTS]))
    return 1 if write(every) else 0


if __name__ == "__main__":
    sys.exit(main())
