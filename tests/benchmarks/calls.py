"""How many calls a record costs at each simulated bookkeeping package, by the package's own log."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector_kit.posting.commands.rebuild import rebuild
from connector_kit.posting.wire_json import write_json
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.world import World
from target_minimax.target import TargetMinimax

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.target_minimax import books as minimax
from tests.target_minox.conftest import Bookkeeping

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 2_000


def row(what: str, calls: float, at_most: float) -> Row:
    return Row(cells=(what,), goals=(Goal(figure=calls, unit="calls", at_most=at_most),))


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
        yield row("Minox: new journal entry", (run(*new) - fixed) / records, 1.1)
        yield row(f"Minox: one of {LINES:,} lines", run(minox_entry("long", LINES)) - fixed, 1)
        yield row("Minox: unchanged", (run(*new) - fixed) / records, 0)


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
        yield row("Minimax: new journal, version read back", made / records, 2.2)
        again = books.deliver("journal_entries", *new).calls
        yield row("Minimax: unchanged", again / records, 0)


def measure(size: Size) -> Iterator[Row]:
    world = World.build(seed=1, debtors=1, companies=1, employees=3)
    for package in (minox, minimax_rows):
        with tempfile.TemporaryDirectory() as name:
            yield from package(world, Path(name), 10 if size is Size.SMALL else 100)


BENCHMARK: Final = Benchmark(
    name="calls",
    title="Calls per booking",
    text="100 entries, by the log of the simulated package. The ledger knows the books (`rebuild --complete`), as it "
    "does from the first run on; with one that does not, each entry is looked for first: one call more.",
    columns=("what",),
    measure=measure,
)
