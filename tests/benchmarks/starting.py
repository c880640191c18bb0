"""What the start of a tap costs before it reads anything, beside a plain one of the SDK, in turns."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.benchmarks.page import ROOT, Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.benchmarks.provider import SCRIPTS, provider
from tests.benchmarks.sync import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PROVIDERS: Final = ("nmbrs", "ons", "inlenersbeloning")
ROUNDS: Final = {Size.SMALL: 1, Size.USUAL: 15, Size.LARGE: 45}
TIMES_MAX: Final = 1.05
Command = list[str | Path]


def commands(program: Command, folder: Path, settings: Mapping[str, object]) -> dict[str, Command]:
    """What is asked of a tap."""
    folder.mkdir()
    config = folder / "settings.json"
    config.write_text(json.dumps(dict(settings)), encoding="utf-8")
    configured = [*program, "--config", config]
    nothing = chosen(configured, folder, ())
    return {
        "`--about`": [*program, "--about"],
        "`--discover`": [*configured, "--discover"],
        "a sync of nothing": [*configured, "--catalog", nothing],
    }


def once(command: Command, log: Path) -> Cost:
    """Run it."""
    log.unlink(missing_ok=True)
    cost = run(command, folder=ROOT, log=log)
    assert cost.exit_code == 0, log.read_text(encoding="utf-8")
    return cost


def streams(folder: Path) -> int:
    """How many it has."""
    return len(json.loads((folder / "discovered.json").read_text(encoding="utf-8"))["streams"])


def rows(name: str, folder: Path, size: Size) -> Iterator[Row]:
    """A row per command."""
    ours, plain = folder / "ours", folder / "plain"
    with provider(name, folder / "provider", employees=3) as source:
        own = {"token_store": str(folder / "token.json"), "start_date": "2026-10-01"}
        ways = commands([SCRIPTS / f"tap-{name}"], ours, {**source.settings, **own})
        module = "tests.benchmarks.peers.plain_catalog"
        others = commands([sys.executable, "-m", module], plain, {"catalog_file": str(ours / "discovered.json")})
        for what, command in ways.items():
            log = folder / "log.txt"
            rounds = [(once(others[what], log), once(command, log)) for _ in range(ROUNDS[size])]
            assert streams(plain) == streams(ours)
            yield row(f"tap-{name}", what, str(streams(ours)), rounds)


def row(tap: str, what: str, shown: str, rounds: Sequence[tuple[Cost, Cost]]) -> Row:
    """Medians, and the median of what they are to each other in turns."""
    ratio = median(own.processor_seconds / plain.processor_seconds for plain, own in rounds)
    seconds = (
        f"{median(getattr(cost, name) for cost in costs):.2f} s"
        for name in ("wall_seconds", "processor_seconds")
        for costs in zip(*rounds, strict=True)
    )
    goal = Goal(figure=ratio, unit="x the processor time of the plain one", at_most=TIMES_MAX)
    return Row(cells=(tap, what, shown, *seconds), goals=(goal,))


def measure(size: Size) -> Iterator[Row]:
    for name in PROVIDERS:
        with TemporaryDirectory() as folder:
            yield from rows(name, Path(folder), size)


BENCHMARK: Final = Benchmark(
    name="starting",
    title="A tap starts",
    text="What a tap costs before it reads anything, beside a plain SDK tap with the same streams "
    f"(`tests/benchmarks/peers/plain_catalog.py`), {ROUNDS[Size.USUAL]} times in turns; medians. The goal leaves a "
    "twentieth for noise.",
    columns=("tap", "what", "streams", "plain, wall", "ours", "plain, processor", "ours"),
    measure=measure,
    after="All that a program has imported is frozen (`gc.freeze`): else it is looked through for garbage that it "
    "never is, in each collection and at the end.",
    libraries=("singer-sdk", "msgspec", "requests", "cryptography"),
)
