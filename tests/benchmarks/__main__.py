"""Measures, and writes docs/benchmarks.md: `python -m tests.benchmarks [--only NAME ...] [--small | --large] [--page]`.

Results are kept in `var/bench`: the page is written anew after each benchmark, of all that is kept. A quick pass
(`--small`) has results and a page of its own there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tests.benchmarks import (
    calls,
    converters,
    growth,
    ledger,
    ons_bulk,
    posting,
    remunerations,
    start_up,
    starting,
    tenants,
    unchanged,
    validation,
    waiting,
)
from tests.benchmarks.page import KEPT, PAGE, Size, page, result_of
from tests.benchmarks.peers import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.page import Benchmark

BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    ons_bulk.BENCHMARK,
    *reading.BENCHMARKS,
    waiting.BENCHMARK,
    growth.BENCHMARK,
    remunerations.BENCHMARK,
    converters.BENCHMARK,
    posting.BENCHMARK,
    calls.BENCHMARK,
    ledger.BENCHMARK,
    validation.BENCHMARK,
    unchanged.BENCHMARK,
    starting.BENCHMARK,
    start_up.BENCHMARK,
    tenants.BENCHMARK,
)


def say(text: str) -> None:
    """To whoever waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measured(benchmark: Benchmark, size: Size) -> bool:
    """Measure one, keep it, write the page; gives whether all its goals hold."""
    options = "" if size is Size.USUAL else f" --{size}"
    result = result_of(benchmark, size, f"python -m tests.benchmarks --only {benchmark.name}{options}", say)
    result.keep(benchmark.name, size)
    write_page(size)
    return size is Size.SMALL or all(goal.holds for row in result.rows for goal in row.goals)


def write_page(size: Size) -> None:
    target = KEPT / "small" / "benchmarks.md" if size is Size.SMALL else PAGE
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    draft.write_text(page(BENCHMARKS, size), encoding="utf-8")
    draft.replace(target)


def all_of(names: Sequence[str], size: Size) -> bool:
    """Measure several, each in a process of its own: none leaves the next its memory, and one that breaks is alone."""
    ends = []
    for name in names:
        say(f"\n{name}")
        command = [sys.executable, "-m", "tests.benchmarks", f"--{size}", "--only", name]
        ends.append(subprocess.run(command, check=False).returncode)
    return not any(ends)


def main() -> int:
    """Measure what is asked for; 1: something broke, or a goal is missed."""
    by_name = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=by_name, default=list(by_name), metavar="NAME", help=f"of {', '.join(by_name)}"
    )
    sizes = parser.add_mutually_exclusive_group()
    for size in Size:
        sizes.add_argument(f"--{size}", dest="size", action="store_const", const=size, default=Size.USUAL)
    parser.add_argument("--page", action="store_true", help="measure nothing, write the page")
    options = parser.parse_args()
    if options.page:
        write_page(options.size)
        return 0
    if len(options.only) == 1:
        return int(not measured(by_name[options.only[0]], options.size))
    return int(not all_of(options.only, options.size))


if __name__ == "__main__":
    sys.exit(main())
