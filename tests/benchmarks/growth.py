"""How cost grows with companies, employees, hirers and entries: seconds, processor, calls, state and memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks.curves import draw
from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import run
from tests.benchmarks.provider import SCRIPTS, Provider, provider
from tests.benchmarks.sync import Sync, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SIZES: Final = {
    Size.SMALL: (1, 5, 20),
    Size.USUAL: (1, 10, 100, 1_000),
    Size.LARGE: (1, 10, 100, 1_000, 10_000),
}
GROWTH_MAX: Final = 1.3
LEAST_SHARE: Final = 0.05
MANY_CALLS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Point:
    """What one size has cost.

    Attributes:
        size: Companies, employees, hirers or entries.
        seconds: The whole program.
        processor: Seconds of the program's processor time.
        simulator: Seconds of the simulator's, from which the program waits.
        calls: What the provider was asked.
        state: Bytes of the state, or of the ledger.
        memory: MB at most.
    """

    size: int
    seconds: float
    processor: float
    simulator: float
    calls: float
    state: float
    memory: float

    @classmethod
    def of(cls, size: int, source: Provider, before: float, done: Sync) -> Point:
        return cls(
            size=size,
            seconds=done.cost.wall_seconds,
            processor=done.cost.processor_seconds,
            simulator=source.processor_seconds - before,
            calls=done.calls.count,
            state=done.state_bytes,
            memory=done.cost.memory_mb,
        )


FIGURES: Final = {
    "processor": "seconds of processor",
    "calls": "calls",
    "state": "bytes of state",
    "memory": "MB of memory",
}


def nmbrs(folder: Path, companies: int) -> Iterator[tuple[str, Point]]:
    streams = {"companies", "departments", "employees", "contracts", "journal_entries"}
    world = {"debtors": 1, "companies": companies, "employees": 3}
    with provider("nmbrs", folder, **world) as source:
        settings = {"start_date": "2026-10-01", "token_store": str(folder / "token.json")}
        before = source.processor_seconds
        done = sync("tap-nmbrs", source, folder, streams=streams, settings=settings)
        yield "tap-nmbrs, companies", Point.of(companies, source, before, done)


def ons(folder: Path, employees: int) -> Iterator[tuple[str, Point]]:
    with provider("ons", folder, companies=1, employees=employees) as source:
        start = {"start_date": f"{datetime.now(UTC) - timedelta(days=14):%Y-%m-%d}"}
        before = source.processor_seconds
        done = sync("tap-ons", source, folder, streams={"employees", "presence_logs"}, settings=start)
        yield "tap-ons, employees", Point.of(employees, source, before, done)


def inlenersbeloning(folder: Path, hirers: int) -> Iterator[tuple[str, Point]]:
    with provider("inlenersbeloning", folder, switches={"crowd": hirers}) as source:
        settings, state = {"company_ids": source.settings["company_ids"][:1]}, None
        for what in ("hirers", "hirers, nothing new"):
            before = source.processor_seconds
            done = sync("tap-inlenersbeloning", source, folder, streams=None, settings=settings, state=state)
            state = done.state
            yield f"tap-inlenersbeloning, {what}", Point.of(hirers, source, before, done)


@dataclass(frozen=True, kw_only=True)
class Package:
    """A bookkeeping package and its target.

    Attributes:
        provider: Its simulator.
        target: The program.
        entry: An entry that it takes.
        settings: Of the target, beside those with which it logs in.
        switches: Of the simulator.
    """

    provider: str
    target: str
    entry: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, Any] = field(default_factory=dict)


MINOX: Final = Package(
    provider="minox",
    target="target-minox",
    entry={
        "date": "2026-01-31",
        "lines": [{"account": "1720", "debit": 1}, {"account": "1700", "credit": 1}],
    },
)
MINIMAX: Final = Package(
    provider="minimax",
    target="target-minimax",
    entry={
        "date": "2026-02-28",
        "journal": "OP",
        "lines": [{"account": "1000", "debit": 1}, {"account": "7690", "credit": 1}],
    },
    settings={"settle_minutes": 0, "budget_day": MANY_CALLS, "budget_month": MANY_CALLS},
    switches={"calls_per_day": MANY_CALLS, "calls_per_month": MANY_CALLS},
)


def booked(package: Package) -> Callable[[Path, int], Iterator[tuple[str, Point]]]:
    """A target that books entries, and is given them once more."""

    def measure(folder: Path, entries: int) -> Iterator[tuple[str, Point]]:
        world = {"companies": 1, "debtors": 1, "employees": 3}
        with provider(package.provider, folder, switches=package.switches, **world) as source:
            config, messages, log = (folder / each for each in ("config.json", "messages.singer", "log.txt"))
            ledger = folder / "ledgers" / "ledger.sqlite3"
            places = {"ledger": str(ledger), "token_store": str(folder / "token.json"), "requests_per_second": 1000}
            config.write_text(json.dumps(source.settings | places | package.settings), encoding="utf-8")
            command = [SCRIPTS / package.target, "--config", config]
            _write(messages, 0, package.entry)
            know = [command[0], "rebuild", *command[1:], "--input", messages, "--complete"]
            assert not run(know, log=log).exit_code, log.read_text(encoding="utf-8")[-2000:]
            _write(messages, entries, package.entry)
            for turn in ("entries", "entries, nothing new"):
                before = source.processor_seconds
                source.records()
                cost = run(command, stdin=messages, log=log)
                assert not cost.exit_code, log.read_text(encoding="utf-8")[-2000:]
                point = Point(
                    size=entries,
                    seconds=cost.wall_seconds,
                    processor=cost.processor_seconds,
                    simulator=source.processor_seconds - before,
                    calls=source.calls().count,
                    state=ledger.stat().st_size,
                    memory=cost.memory_mb,
                )
                yield f"{package.target}, {turn}", point

    return measure


def _write(path: Path, entries: int, what: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(message)}\n" for message in _messages(entries, what))


def _messages(entries: int, what: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schema = {"type": "SCHEMA", "stream": "journal_entries", "key_properties": ["key"], "schema": {"properties": {}}}
    yield schema
    for number in range(entries):
        yield {"type": "RECORD", "stream": "journal_entries", "record": {"key": f"growth-{number}", **what}}
        yield {"type": "STATE", "value": {"bookmarks": {"journal_entries": {"replication_key_value": str(number)}}}}


WORKLOADS: Final = (
    nmbrs,
    ons,
    inlenersbeloning,
    booked(MINOX),
    booked(MINIMAX),
)


def growth(points: Sequence[Point], figure: str) -> float:
    """Cost per unit at the largest size, in those of the size before it; without what the smallest size costs.

    What is hardly more than at the smallest size counts as a twentieth of that: noise is no growth.
    """
    first, middle, last = points[0], *points[-2:]
    start = getattr(first, figure)

    def each(point: Point) -> float:
        return max(getattr(point, figure) - start, LEAST_SHARE * start) / (point.size - first.size)

    return each(last) / each(middle) if start else 1.0


def goals(points: Sequence[Point]) -> Iterator[Goal]:
    for figure, unit in FIGURES.items():
        yield Goal(figure=growth(points, figure), unit=f"x {unit}", at_most=GROWTH_MAX)


def row(what: str, point: Point) -> tuple[str, ...]:
    return (
        what,
        f"{point.size:,}",
        f"{point.seconds:.1f} s",
        f"{point.processor:.2f} s",
        f"{point.simulator:.1f} s",
        f"{point.calls:,.0f}",
        f"{point.state:,.0f}",
        f"{point.memory:.0f} MB",
    )


def measure(size: Size) -> Iterator[Row]:
    curves: dict[str, list[Point]] = {}
    for workload in WORKLOADS:
        for count in SIZES[size]:
            with TemporaryDirectory() as name:
                for what, point in workload(Path(name), count):
                    points = curves.setdefault(what, [])
                    points.append(point)
                    last = count == SIZES[size][-1]
                    yield Row(cells=row(what, point), goals=tuple(goals(points)) if last else ())
    if size is not Size.SMALL:
        for figure, unit in FIGURES.items():
            draw(
                figure, unit, {what: [(p.size, getattr(p, figure)) for p in points] for what, points in curves.items()}
            )


BENCHMARK: Final = Benchmark(
    name="growth",
    title="How cost grows",
    text="Companies with three employees each (Nmbrs), employees with their hours (Ons), hirers with a document each, "
    "journal entries; no latency. A straight line that rises by as much as the size is linear. The goal compares the "
    "cost per unit at the largest size with that at the size before it, both without what the smallest size costs, "
    f"which is the start; {GROWTH_MAX} x is linear. State is that of the tap, or the ledger of the target. That ledger "
    "knows the books (`rebuild --complete`), as from the first run on: with one that does not, each entry is looked for "
    "first, and a simulator looks through all that it has.",
    pictures=tuple((f"{unit[0].upper()}{unit[1:]}", f"growth-{figure}.svg") for figure, unit in FIGURES.items()),
    columns=("what", "size", "wall", "processor", "the simulator's own", "calls", "state, bytes", "memory"),
    measure=measure,
    libraries=("singer-sdk", "msgspec", "requests", "sqlalchemy"),
)
