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
from tests.orchestration.payroll_office import PayrollOffice

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANTS: Final = {Size.SMALL: 4, Size.USUAL: 20, Size.LARGE: 300}
AT_ONCE: Final = 2
MOST_SECONDS: Final = 4 * 3600
Table = dict[str, dict[str, str]]
"""What `pipelines tenants` shows at its end: a row per tenant, its cells by the names of their columns."""


def measure(size: Size) -> Iterator[Row]:
    count = TENANTS[size]
    world = World.build(debtors=count, companies=count, employees=10, today=date(2026, 11, 15))
    with TemporaryDirectory() as folder, NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        office = PayrollOffice(nmbrs=nmbrs, minox=minox, folder=Path(folder))
        refused = world.companies[count // 2]
        others = [company for company in world.companies if company is not refused]
        office.revoke_consent(refused)

        row, table = measured(office, f"{count} tenants, all of it new")
        assert {name for name, cells in table.items() if cells["ended"] != "ok"} == {office.name(refused)}
        office.assert_booked_exactly_once(*others)
        yield row

        writes = office.writes()
        row, table = measured(office, "again, nothing new")
        assert {name for name, cells in table.items() if cells["ended"] != "ok"} == {office.name(refused)}
        again = Goal(figure=office.writes() - writes, unit="booked again", at_most=0)
        yield Row(cells=row.cells, goals=(*row.goals, again))

        office.give_consent(refused)
        row, _ = measured(office, "the one without consent, given one", "--only", office.name(refused))
        office.assert_booked_exactly_once()
        yield row


def measured(office: PayrollOffice, title: str, *words: str) -> tuple[Row, Table]:
    """A run: its line of the page, and the table that it has shown."""
    shown, log = office.folder / "shown.txt", office.folder / "log.txt"
    cost = run(
        office.words("--at-once", str(AT_ONCE), *words),
        env=office.environment, stdout=shown, log=log, timeout_seconds=MOST_SECONDS,
    )  # fmt: skip
    table = read(shown.read_text())
    sys.stderr.write(shown.read_text())
    ok = sum(cells["ended"] == "ok" for cells in table.values())
    sums = [sum(int(cells[name]) for cells in table.values() if cells[name] != "-") for name in ("booked", "calls")]
    each = cost.processor_seconds / len(table)
    figures = (str(ok), *(f"{number:,}" for number in sums), f"{cost.wall_seconds:.0f} s", f"{each:.1f} s")
    goal = Goal(figure=each, unit="s of processor per tenant", at_most=4)
    return Row(cells=(title, *figures, f"{cost.memory_mb:.0f} MB"), goals=(goal,)), table


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
