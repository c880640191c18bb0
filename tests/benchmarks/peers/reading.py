"""Reading beside a plain SDK tap, dlt and airbyte-cdk: the same simulators, the same data, the same run."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.peers.cell import measured
from tests.benchmarks.peers.programs import DUCKDB, FILES, HERE, PEERS, POSTGRES, missing
from tests.benchmarks.peers.workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.benchmarks.peers.cell import Cell
    from tests.benchmarks.peers.workloads import Workload

__all__ = ["BENCHMARKS"]

OURS: Final = "ours"
PLAIN_TIMES: Final = 5
"""How many times as much processor time as ours the plain tap is to need."""
TABLE_TIMES: Final = 10
"""How many times as many rows of a table are read into files as into databases: one second of start must not count."""
COST: Final = ("wall", "processor", "per record", "memory", "calls")
LANDED: Final = ("records", "lost", "doubled", "exit code")
VERSIONS: Final = ", ".join(
    re.sub(r"(\[.*\])?==", " ", line)
    for name in ("dlt", "airbyte")
    for line in (HERE / "locks" / f"{name}.in").read_text().split()
)


def things(workload: Workload, size: Size, destination: str) -> int:
    """How much of a workload is read."""
    usual, quick = workload.things
    if size is Size.SMALL:
        return quick
    is_table = workload.latency_path is None
    return usual * TABLE_TIMES if is_table and destination == FILES else usual


def cost(cell: Cell) -> tuple[str, ...]:
    """The cells of a line that say what it has cost."""
    return (
        f"{cell.cost.wall_seconds:.1f} s",
        f"{cell.cost.processor_seconds:.1f} s",
        f"{cell.processor_microseconds:,.0f} µs",
        f"{cell.cost.memory_mb:.0f} MB",
        f"{cell.calls:,}",
    )


def what_landed(cell: Cell) -> tuple[str, ...]:
    """The cells of a line that say what of it has landed."""
    return (f"{cell.records:,} of {cell.there:,}", f"{cell.lost:,}", f"{cell.doubled:,}", str(cell.cost.exit_code))


def goals(workload: Workload, cells: Mapping[str, Cell]) -> tuple[Goal, ...]:
    """What ours is to reach beside the others."""
    ours = cells[OURS]
    others = {PEERS[name].title: cell for name, cell in cells.items() if name != OURS}

    def times(title: str) -> float:
        return others[title].cost.processor_seconds / ours.cost.processor_seconds

    return (
        *(
            Goal(
                figure=times(title),
                unit=f"x ours is the processor time of {title}",
                at_least=PLAIN_TIMES if title == PEERS["plain"].title else 1,
            )
            for title in others
        ),
        Goal(
            figure=ours.calls - min(cell.calls for cell in others.values()), unit="calls more than the least", at_most=0
        ),
        Goal(figure=ours.lost + ours.doubled, unit="lost or doubled", at_most=0),
    )


def into(destinations: tuple[str, ...], size: Size) -> Iterator[Row]:
    """Measure all workloads into these destinations."""
    _demand_peers()
    for workload in WORKLOADS.values():
        for destination in destinations:
            cells: dict[str, Cell] = {}
            for name, peer in PEERS.items():
                if destination not in peer.destinations:
                    continue
                cells[name] = cell = measured(workload, name, destination, things=things(workload, size, destination))
                place = () if len(destinations) == 1 else (destination,)
                reached = goals(workload, cells) if name == OURS and destination == FILES else ()
                yield Row(cells=(workload.title, *place, peer.title, *cost(cell), *what_landed(cell)), goals=reached)


def troubled(size: Size) -> Iterator[Row]:
    """Measure all workloads with faults, into files."""
    _demand_peers()
    for workload in WORKLOADS.values():
        amount = workload.things[1] if size is Size.SMALL else workload.troubled_things
        for name, peer in PEERS.items():
            cell = measured(workload, name, FILES, things=amount, troubled=True)
            seconds = f"{cell.cost.wall_seconds:.0f} s"
            goal = Goal(figure=cell.doubled, unit="doubled", at_most=0)
            cells = (workload.title, peer.title, seconds, f"{cell.calls:,}", *what_landed(cell))
            yield Row(cells=cells, goals=(goal,) if name == OURS else ())


def _demand_peers() -> None:
    if absent := missing():
        raise SystemExit(f"the environments of {', '.join(absent)} are not there: make peers")


FILES_TEXT: Final = f"""
Ours and what one could pick instead: a plain tap of the Singer SDK, as its template gives it; {VERSIONS}, the first by
`rest_api` (the bulk table, which comes in lines, by a resource of its own) with parallel extraction by four workers,
the second by manifests with a concurrency of four and a requester of its own for the client certificate. All are in `tests/benchmarks/peers`. Each line is a run of its own
against a fresh simulator of the same world, whole programs with their start, into JSON lines in a file; lists and
documents are answered after 50 ms, four at a time at most. Lost and doubled are counted by key against the
simulator's own world. *Per record* is processor time.

Ours gives exact numbers, types, our names and the personal-data policy with that. dlt and airbyte-cdk parse numbers as
floats, the manifests declare no columns, and the plain tap keeps the provider's names and inner lists. The goal of five times is that of the bulk table. Where a call brings a handful of records, it
is what a call costs that decides, which for the plain tap and for ours is mostly `requests` (its share stands under
[Waiting well](#waiting-well)), and the start of a program.
"""
DATABASES_TEXT: Final = """
The same into DuckDB and PostgreSQL: ours and the plain tap through the loaders of `loaders/`, as meltano.yml has them,
which merge by key; dlt through its own destinations, merging by key too, with nested lists in one column.
airbyte-cdk has no loaders for a program: the platform has them. PyAirbyte, which can write to DuckDB, asks for an older
DuckDB and 160 packages, and was left out.
"""
FAULTS_TEXT: Final = """
The same, smaller, while things go wrong: a 429 that names two seconds, two answers with status 500, a connection that is
reset after the request, an answer that is cut off, one that comes 20 s late; pages of Nmbrs shift while they are read (a
company comes twice), and the bulk table of Ons is refused once and then breaks off after a megabyte. A run that ends
with an exit code other than 0 has said so, and is repeated by whoever runs it.
"""
BENCHMARKS: Final = (
    Benchmark(
        name="peers",
        title="Beside other tools",
        text=FILES_TEXT,
        columns=("what", "who", *COST, *LANDED),
        measure=partial(into, (FILES,)),
    ),
    Benchmark(
        name="peers_databases",
        title="Beside other tools: into databases",
        text=DATABASES_TEXT,
        columns=("what", "into", "who", *COST, *LANDED),
        measure=partial(into, (DUCKDB, POSTGRES)),
    ),
    Benchmark(
        name="peers_faults",
        title="Beside other tools: when things go wrong",
        text=FAULTS_TEXT,
        columns=("what", "who", "wall", "calls", *LANDED),
        measure=troubled,
    ),
)
"""Into files, into databases, and with faults."""
