"""One cell of the comparison: somebody reads a workload into a destination, once, from a fresh simulator."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.benchmarks.page import ROOT
from tests.benchmarks.peers.landed import landed
from tests.benchmarks.peers.programs import DUCKDB, FILES, PEERS, Landing
from tests.benchmarks.peers.workloads import LATENCY_SECONDS
from tests.benchmarks.process import run
from tests.benchmarks.provider import provider
from tests.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.peers.workloads import Workload
    from tests.benchmarks.process import Cost

__all__ = ["Cell", "measured"]

API: Final = "/"
TIMEOUT_SECONDS: Final = 1800
TROUBLED_TIMEOUT_SECONDS: Final = 900
TRUST: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that would replace the authorities of a session."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What it has cost, and what has landed.

    Attributes:
        calls: That the provider has had.
        records: That have landed, each once.
        there: That the provider has.
        lost: Of those, how many have not landed.
        doubled: How many have landed more than once, each time counted.
    """

    cost: Cost
    calls: int
    records: int
    there: int
    lost: int
    doubled: int

    @property
    def processor_microseconds(self) -> float:
        """Per record that there is."""
        return 1_000_000 * self.cost.processor_seconds / self.there


@contextmanager
def _landing(kind: str, folder: Path) -> Iterator[Landing]:
    if kind == FILES:
        target = folder / "records"
        target.mkdir()
        yield Landing(kind=kind, address=str(target))
    elif kind == DUCKDB:
        yield Landing(kind=kind, address=str(folder / "warehouse.duckdb"))
    else:
        with running_server() as server:
            yield Landing(kind=kind, address=server.new_database())


def measured(workload: Workload, who: str, destination: str, *, things: int, troubled: bool = False) -> Cell:
    """Run it.

    Args:
        workload: What is read.
        who: A key of `PEERS`.
        destination: `files`, `duckdb` or `postgres`.
        things: How many things there are to read.
        troubled: With the workload's faults.
    """
    options = workload.size(things)
    switches = {**options.pop("switches", {}), **(workload.troubled if troubled else {})}
    for variable in TRUST:
        os.environ.pop(variable, None)
    with (
        TemporaryDirectory() as name,
        _landing(destination, Path(name)) as landing,
        provider(
            workload.provider,
            Path(name) / workload.provider,
            switches=switches,
            faults=workload.faults if troubled else (),
            latency_seconds=LATENCY_SECONDS if workload.latency_path else 0.0,
            latency_path=workload.latency_path or "",
            **options,
        ) as simulated,
    ):
        folder = Path(name)
        settings = {**simulated.settings, **workload.settings}
        if "company_ids" in settings:  # the agency's first company; the second one has a hirer only
            settings["company_ids"] = settings["company_ids"][:1]
        reader = PEERS[who].reader(workload, settings, landing, folder)
        cost = run(
            *reader.commands,
            env=reader.env,
            folder=ROOT,
            stdout=reader.output,
            log=folder / "log.txt",
            timeout_seconds=TROUBLED_TIMEOUT_SECONDS if troubled else TIMEOUT_SECONDS,
        )
        if cost.exit_code and not troubled:
            tail = (folder / "log.txt").read_text(encoding="utf-8", errors="replace")[-4000:]
            raise RuntimeError(f"{who} ended with {cost.exit_code}: {tail}")
        calls = simulated.calls(API).count
        found, there = landed(landing, workload.streams), workload.truth(things)
    return Cell(
        cost=cost,
        calls=calls,
        records=len(found),
        there=len(there),
        lost=len(there.keys() - found.keys()),
        doubled=found.total() - len(found),
    )
