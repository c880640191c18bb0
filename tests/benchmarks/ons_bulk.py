"""How fast tap-ons reads a bulk table, and in how much memory, next to a plain tap of the SDK that emits the same rows."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.benchmarks.provider import SCRIPTS, provider
from tests.benchmarks.sync import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STREAM: Final = "employees"
MEMORY_MB_MAX: Final = 250
RATIO_MIN: Final = 4.5
PLAIN: Final = "plain SDK tap"
OURS: Final = "tap-ons"
TAPS: Final = {PLAIN: [sys.executable, "-m", "tests.benchmarks.peers.plain_ons"], OURS: [str(SCRIPTS / "tap-ons")]}
ROWS: Final = {Size.SMALL: 10_000, Size.USUAL: 1_000_000, Size.LARGE: 1_000_000}
ROUNDS: Final = {Size.SMALL: 1, Size.USUAL: 1, Size.LARGE: 3}


def arguments(folder: Path, settings: dict[str, Any], tap: str) -> list[str]:
    """Write settings and a catalog that chooses the one table."""
    place = folder / tap
    place.mkdir()
    config = place / "settings.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    command = [*TAPS[tap], "--config", str(config)]
    return [*command, "--catalog", str(chosen(command, place, {STREAM}))]


def measured(command: Sequence[str], folder: Path, rows: int) -> Cost:
    """Run a tap to nowhere, and make sure that it has given all rows."""
    log = folder / "log.txt"
    log.unlink(missing_ok=True)
    cost = run(command, log=log)
    counts = re.findall(r'"record_count","value":(\d+)', log.read_text("utf-8"))
    assert not cost.exit_code, (command[0], cost.exit_code)
    assert sum(map(int, counts)) == rows, (command[0], counts)
    return cost


def measure(size: Size) -> Iterator[Row]:
    rows = ROWS[size]
    with TemporaryDirectory() as name, provider("ons", Path(name), switches={"rows": rows, "sparse": False}) as ons:
        folder = Path(name)
        commands = {tap: arguments(folder, ons.settings, tap) for tap in TAPS}
        rounds = [
            {tap: measured(command, folder, rows) for tap, command in commands.items()} for _ in range(ROUNDS[size])
        ]
    yield row(PLAIN, rows, [costs[PLAIN] for costs in rounds])
    goals = (
        Goal(
            figure=median(costs[PLAIN].wall_seconds / costs[OURS].wall_seconds for costs in rounds),
            unit="x the rows per second",
            at_least=RATIO_MIN,
        ),
        Goal(figure=max(costs[OURS].memory_mb for costs in rounds), unit="MB", at_most=MEMORY_MB_MAX),
    )
    yield row(OURS, rows, [costs[OURS] for costs in rounds], *goals)


def row(tap: str, rows: int, costs: Sequence[Cost], *goals: Goal) -> Row:
    wall, processor, memory = (
        median(getattr(cost, name) for cost in costs) for name in ("wall_seconds", "processor_seconds", "memory_mb")
    )
    speeds = (f"{rows / wall:,.0f}", f"{rows / processor:,.0f}")
    return Row(cells=(tap, *speeds, f"{wall:.1f} s", f"{processor:.1f} s", f"{memory:.0f} MB"), goals=goals)


BENCHMARK: Final = Benchmark(
    name="ons_bulk",
    title="A bulk table of Ons",
    text="One million employees of 38 fields (1.3 kB each), streamed by the simulator over mutual TLS, written to "
    "nowhere. Beside it a plain SDK tap (`tests/benchmarks/peers/plain_ons.py`): what the SDK's template gives, with the SDK's "
    "writer and conformance of types. Personal-data policy on.",
    columns=("tap", "rows/s", "rows per processor second", "wall", "processor", "memory"),
    measure=measure,
    libraries=("singer-sdk", "msgspec", "requests", "urllib3"),
)
