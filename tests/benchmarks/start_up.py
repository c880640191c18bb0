"""`meltano run` beside `pipelines run`: the same job, the same settings, nothing new to do, in turns."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import Cost, run
from tests.orchestration.meltano_project import JOB, project_in
from tests.payroll import BIN, Payroll

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def measure(size: Size) -> Iterator[Row]:
    world = World.build(debtors=1, companies=1, employees=6, today=date(2026, 11, 15))
    with TemporaryDirectory() as name, NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        payroll = Payroll(nmbrs=nmbrs, minox=minox, folder=Path(name))
        project, variables = project_in(Path(name)), payroll.environment()
        measured(project, variables, "meltano", "run", JOB)  # books everything
        freezing = measured(project, variables, "pipelines", "freeze", JOB)
        measured(project, variables, "pipelines", "state-from-meltano", JOB)
        rounds = [
            tuple(measured(project, variables, program, "run", JOB) for program in ("meltano", "pipelines"))
            for _ in range(1 if size is Size.SMALL else 5)
        ]
    whole, lean = zip(*rounds, strict=True)
    wall = median(m.wall_seconds / p.wall_seconds for m, p in rounds)
    processor = median(m.processor_seconds / p.processor_seconds for m, p in rounds)
    yield row("`meltano run`", whole)
    goals = (
        Goal(figure=wall, unit="x less time", at_least=1.5),
        Goal(figure=processor, unit="x less processor", at_least=1.5),
    )
    yield row("`pipelines run`", lean, *goals)
    yield row("`pipelines freeze`, once", [freezing])


def row(name: str, costs: Sequence[Cost], *goals: Goal) -> Row:
    wall, processor = (median(getattr(cost, each) for cost in costs) for each in ("wall_seconds", "processor_seconds"))
    return Row(
        cells=(name, f"{wall:.1f} s", f"{processor:.1f} s", f"{max(c.memory_mb for c in costs):.0f} MB"), goals=goals
    )


def measured(project: Path, variables: dict[str, str], program: str, *words: str) -> Cost:
    """What a command costs, with all processes that it starts."""
    log = project / "benchmark.log"
    cost = run([str(shutil.which(program, path=str(BIN))), *words], folder=project, env=variables, log=log)
    assert cost.exit_code == 0, log.read_text()
    return cost


BENCHMARK: Final = Benchmark(
    name="start_up",
    title="Start-up",
    text="`payroll-to-minox` with nothing new to book, under Meltano and [without it](../orchestration/README.md), in "
    "turns, with the same plugins, settings and state. Medians, with all processes that are started.",
    columns=("command", "wall", "processor", "memory"),
    measure=measure,
    after="What is left without Meltano is three Python programs that import the Singer SDK, and the calls.",
    libraries=("meltano", "singer-sdk"),
)
