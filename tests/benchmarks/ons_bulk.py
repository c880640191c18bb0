"""How fast tap-ons reads a bulk table, and in how much memory, next to a plain tap of the SDK that emits the same rows."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.benchmarks.provider import SCRIPTS, provider
from tests.benchmarks.sync import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STREAM: Final = "employees"
RATIO_MIN: Final = 5
MEMORY_MB_MAX: Final = 250
PLAIN: Final = "plain SDK tap"
PLAIN_COMMAND: Final = (sys.executable, "-m", "tests.benchmarks.peers.plain_ons")
OURS_COMMAND: Final = (str(SCRIPTS / "tap-ons"),)
EVERY_THIRD: Final = 3


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to read the table.

    Attributes:
        command: The tap.
        settings: Beside those with which it logs in.
        is_whole: Whether all fields are selected; else a third of them is not.
    """

    command: tuple[str, ...] = OURS_COMMAND
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_whole: bool = True


def pseudonyms(*classes: str) -> dict[str, Any]:
    """Settings that pseudonymise these classes of personal data."""
    return {"pseudonymise": classes, "pseudonym_key": "an invented key"}


WAYS: Final = {
    PLAIN: Way(command=PLAIN_COMMAND),
    "tap-ons": Way(),
    "tap-ons, a third of the fields not selected": Way(is_whole=False),
    "tap-ons, the same, and how to reach a person pseudonymised": Way(settings=pseudonyms("contact"), is_whole=False),
    "tap-ons, 14 values of a record pseudonymised": Way(settings=pseudonyms("name", "contact", "birth")),
}
ROWS: Final = {Size.SMALL: 10_000, Size.USUAL: 1_000_000, Size.LARGE: 1_000_000}
ROUNDS: Final = {Size.SMALL: 1, Size.USUAL: 1, Size.LARGE: 3}


def arguments(folder: Path, settings: dict[str, Any], way: Way) -> list[str]:
    """Write settings and a catalog that chooses the one table."""
    folder.mkdir()
    config = folder / "settings.json"
    config.write_text(json.dumps({**settings, **way.settings}), encoding="utf-8")
    command = [*way.command, "--config", str(config)]
    catalog = chosen(command, folder, {STREAM})
    if not way.is_whole:
        deselect(catalog)
    return [*command, "--catalog", str(catalog)]


def deselect(catalog: Path) -> None:
    """Leave out every third field of those that may be left out."""
    document = json.loads(catalog.read_text(encoding="utf-8"))
    for stream in document["streams"]:
        fields = [entry["metadata"] for entry in stream["metadata"] if entry["breadcrumb"]]
        for metadata in [each for each in fields if each["inclusion"] == "available"][::EVERY_THIRD]:
            metadata["selected"] = False
    catalog.write_text(json.dumps(document), encoding="utf-8")


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
        commands = {
            name: arguments(folder / str(number), ons.settings, way) for number, (name, way) in enumerate(WAYS.items())
        }
        rounds = [
            {name: measured(command, folder, rows) for name, command in commands.items()} for _ in range(ROUNDS[size])
        ]
    for name in WAYS:
        ratio = median(costs[PLAIN].processor_seconds / costs[name].processor_seconds for costs in rounds)
        memory = max(costs[name].memory_mb for costs in rounds)
        goals = (
            Goal(figure=ratio, unit="x the rows per processor second", at_least=RATIO_MIN),
            Goal(figure=memory, unit="MB", at_most=MEMORY_MB_MAX),
        )
        yield row(name, rows, [costs[name] for costs in rounds], *(goals if name != PLAIN else ()))


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
