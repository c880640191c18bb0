"""What a tenant costs, for as many as wanted; one of them has no consent, and stops no other."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.benchmarks.page import Benchmark, Goal, Row, Size
from tests.benchmarks.process import run
from tests.orchestration.payroll_office import PayrollOffice, runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from provider_simulators.world import Company

TENANTS: Final = {Size.SMALL: 4, Size.USUAL: 20, Size.LARGE: 300}
AT_ONCE: Final = 2
MOST_SECONDS: Final = 4 * 3600
LINES: Final = 5
"""Of the log of a target that failed."""
Table = dict[str, dict[str, str]]
"""What `pipelines tenants` shows at its end: a row per tenant, its cells by the names of their columns."""


def measure(size: Size) -> Iterator[Row]:
    count = TENANTS[size]
    world = World.build(debtors=count, companies=count, employees=10, today=date(2026, 11, 15))
    with TemporaryDirectory() as folder, NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        office = PayrollOffice(nmbrs=nmbrs, minox=minox, folder=Path(folder))
        refused = world.companies[count // 2]
        office.revoke_consent(refused)
        row, failed = measured(office, f"{count} tenants, all of it new")
        office.assert_booked_exactly_once(*(company for company in world.companies if company not in failed))
        yield with_goal(row, "tenants failed beside the refused one", others(failed, refused))

        writes = office.writes()
        row, again = measured(office, "again, nothing new")
        new = sum(len(runs(company)) for company in failed if company not in again)
        yield with_goal(row, "entries booked again", office.writes() - writes - new)

        for company in again:
            office.give_consent(company)
        names = [word for company in again for word in ("--only", office.name(company))]
        row, still = measured(office, "those without consent, given one", *names)
        assert not still, "with a consent all is well"
        office.assert_booked_exactly_once()
        yield row


def measured(office: PayrollOffice, title: str, *words: str) -> tuple[Row, list[Company]]:
    """A run: its line of the page, and the tenants that were not well."""
    shown, log = office.folder / "shown.txt", office.folder / "log.txt"
    cost = run(
        office.words("--at-once", str(AT_ONCE), *words),
        env=office.environment, stdout=shown, log=log, timeout_seconds=MOST_SECONDS,
    )  # fmt: skip
    sys.stderr.write(shown.read_text())
    table = read(shown.read_text())
    failed = [each for each in office.companies if table.get(office.name(each), {}).get("ended", "ok") != "ok"]
    for company in failed:
        words_of_target = (office.tenant_folder(company) / "logs" / "target-minox.log").read_text().splitlines()
        sys.stderr.write("\n".join([f"{office.name(company)}:", *words_of_target[-LINES:], ""]))
    sums = [sum(int(cells[name]) for cells in table.values() if cells[name] != "-") for name in ("booked", "calls")]
    each = cost.processor_seconds / len(table)
    numbers = (len(table) - len(failed), *sums)
    cells = (title, *(f"{number:,}" for number in numbers), f"{cost.wall_seconds:.0f} s", f"{each:.1f} s")
    goal = Goal(figure=each, unit="s of processor per tenant", at_most=4)
    return Row(cells=(*cells, f"{cost.memory_mb:.0f} MB"), goals=(goal,)), failed


def with_goal(row: Row, unit: str, figure: int) -> Row:
    return Row(cells=row.cells, goals=(*row.goals, Goal(figure=figure, unit=unit, at_most=0)))


def others(failed: Sequence[Company], refused: Company) -> int:
    """How many failed that should not; that the refused one did is what the run is about."""
    assert refused in failed
    return len(failed) - 1


def read(output: str) -> Table:
    """The table that people see, without what stands below it."""
    names, *rows = [re.split(r"  +", line) for line in output.split("\n\n", 1)[0].splitlines()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


BENCHMARK: Final = Benchmark(
    name="tenants",
    title="A tenant",
    text="A payroll office: one administration and one consent per tenant, `payroll-to-minox`, real programs, "
    f"{AT_ONCE} tenants at a time, simulators in the measuring process. One tenant has no consent at first: it stops "
    "no other. After each run the books are compared with the payroll: every entry once. Memory is that of all "
    f"programs together, of {AT_ONCE} tenants and in the last row of one. {TENANTS[Size.LARGE]} tenants by `--large`.",
    columns=("run", "well", "booked", "calls", "wall", "processor per tenant", "memory"),
    measure=measure,
    libraries=("singer-sdk", "requests", "sqlalchemy"),
)
