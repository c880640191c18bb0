"""How many calls a record costs at each simulated bookkeeping package, by the package's own log.

    python -m tests.benchmarks.calls [--records 100]

The ledger knows the books (`rebuild --complete`), as it does from the first run on.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector_kit.posting.commands.rebuild import rebuild
from connector_kit.posting.wire_json import write_json
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.world import World
from target_minimax.target import TargetMinimax

from tests.target_minimax import books as minimax
from tests.target_minox.conftest import Bookkeeping

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 2_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was measured, and the most that it may be."""

    what: str
    calls: float
    goal: float


def minox_entry(key: str, lines: int = 2) -> dict[str, Any]:
    debits = [{"account": "1720", "debit": 1} for _ in range(lines - 1)]
    credit = {"account": "1700", "credit": lines - 1}
    return {"key": key, "date": "2026-01-31", "lines": [*debits, credit]}


def minox(world: World, folder: Path, records: int) -> Iterator[Row]:
    with MinoxSimulator(world) as simulator:
        books = Bookkeeping(simulator, folder)
        assert books.command("rebuild", "--complete").code == 0

        def run(*some: dict[str, Any]) -> int:
            before = len(simulator.log.requests())
            ended = books.book_records(*some)
            assert ended.code == 0, ended.stderr
            return len(simulator.log.requests()) - before

        run(minox_entry("first"))
        fixed = run(minox_entry("first"))
        new = [minox_entry(f"new-{number}") for number in range(records)]
        yield Row(what="Minox: new journal entry", calls=(run(*new) - fixed) / records, goal=1.1)
        yield Row(what=f"Minox: one of {LINES:,} lines", calls=run(minox_entry("long", LINES)) - fixed, goal=1)
        yield Row(what="Minox: unchanged", calls=(run(*new) - fixed) / records, goal=0)


def minimax_rows(world: World, folder: Path, records: int) -> Iterator[Row]:
    with MinimaxSimulator(world) as simulator:
        books = minimax.Books(simulator, folder)
        books.deliver("journal_entries", minimax.entry("J0"))
        config, source = folder / "config.json", folder / "source.singer"
        config.write_bytes(write_json(books.config()))
        source.write_text(books.messages([("journal_entries", minimax.entry("J0"))]).getvalue(), encoding="utf-8")
        arguments = ["--config", str(config), "--input", str(source), "--complete", "--json"]
        with contextlib.redirect_stdout(io.StringIO()):
            rebuild.main(arguments, standalone_mode=False, obj=TargetMinimax)
        new = [minimax.entry(f"J{number}") for number in range(1, records + 1)]
        made = books.deliver("journal_entries", *new).calls
        yield Row(what="Minimax: new journal, version read back", calls=made / records, goal=2.2)
        again = books.deliver("journal_entries", *new).calls
        yield Row(what="Minimax: unchanged", calls=again / records, goal=0)


def main() -> int:
    """Measure, print, and end with 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100)
    records = parser.parse_args().records
    world = World.build(seed=1, debtors=1, companies=1, employees=3)
    rows: list[Row] = []
    for measure in (minox, minimax_rows):
        with tempfile.TemporaryDirectory() as name:
            rows += measure(world, Path(name), records)
    for row in rows:
        print(f"{row.what:42} {row.calls:5.2f} calls  (at most {row.goal})")  # noqa: T201
    return int(any(row.calls > row.goal for row in rows))


if __name__ == "__main__":
    sys.exit(main())
