"""What a tenant costs: processor, memory, ledger and STATE, for as many as wanted, against simulators; one is refused.

python -m tests.benchmarks.tenants --tenants 300
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.orchestration.payroll_office import PayrollOffice, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provider_simulators.world import Company

CONSENT_IS_GONE = 13
Table = dict[str, dict[str, str]]
"""What `pipelines tenants` shows at its end: a row per tenant, its cells by the names of their columns."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--employees", type=int, default=10)
    given = parser.parse_args()
    world = World.build(
        debtors=given.tenants, companies=given.tenants, employees=given.employees, today=date(2026, 11, 15)
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        NmbrsSimulator(world) as nmbrs,
        MinoxSimulator(world) as minox,
    ):
        office = PayrollOffice(nmbrs=nmbrs, minox=minox, folder=Path(folder))
        refused = world.companies[given.tenants // 2]
        others = [company for company in world.companies if company is not refused]
        office.revoke_consent(refused)
        entries = sum(len(runs(company)) for company in world.companies)
        say(f"{given.tenants} tenants, {entries} entries, {given.at_once} at a time; one without consent\n")
        say("| run | exit code | ok | records | booked | calls | seconds | processor seconds per tenant |")
        say("|---|---|---|---|---|---|---|---|")
        with memory() as peaks:
            first = measured(office, "first", given.at_once)
        assert {name for name, row in first.items() if row["ended"] != "ok"} == {office.name(refused)}
        office.assert_booked_exactly_once(*others)
        again = measured(office, "second, nothing new", given.at_once)
        assert {name for name, row in again.items() if row["ended"] != "ok"} == {office.name(refused)}
        assert {row["booked"] for row in again.values()} <= {"0", "-"}
        office.give_consent(refused)
        measured(office, "the refused one, with consent", given.at_once, "--only", office.name(refused))
        office.assert_booked_exactly_once()
        say(f"\nof a tenant, after {len(runs(others[0]))} entries:")
        for file in files_of(office, others[0]):
            say(f"{file.name:<24} {file.stat().st_size:>9,} bytes")
        for program, peak in sorted(peaks.items()):
            say(f"{program:<24} {peak / 2**20:>9,.0f} MB at most")


def measured(office: PayrollOffice, turn: str, at_once: int, *words: str) -> Table:
    """Run, and write a line of the table; what the program itself says goes to stderr."""
    began, before = time.monotonic(), os.times()
    result = subprocess.run(
        office.words("--at-once", str(at_once), *words), env=office.environment, stdout=subprocess.PIPE, text=True,
        check=False,
    )  # fmt: skip
    seconds, after = time.monotonic() - began, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    sys.stderr.write(result.stdout)
    table = read(result.stdout)
    ok = sum(row["ended"] == "ok" for row in table.values())
    sums = [
        sum(int(row[name]) for row in table.values() if row[name] != "-") for name in ("records", "booked", "calls")
    ]
    cells = (turn, result.returncode, ok, *sums, f"{seconds:.0f}", f"{processor / len(table):.1f}")
    say("| " + " | ".join(map(str, cells)) + " |")
    return table


def read(output: str) -> Table:
    """The table that people see, without what stands below it."""
    names, *rows = [re.split(r"  +", line) for line in output.split("\n\n", 1)[0].splitlines()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def files_of(office: PayrollOffice, company: Company) -> list[Path]:
    """What a tenant leaves behind."""
    kept = ("state.json", "ledger.sqlite3", "catalog.json", "ledger.sqlite3.witness")
    return [file for file in sorted(office.tenant_folder(company).rglob("*")) if file.name in kept]


@contextmanager
def memory() -> Iterator[dict[str, int]]:
    """The most that each program of the runs has had in memory."""
    peaks: dict[str, int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.3):
            for process in psutil.Process().children(recursive=True):
                try:
                    name = Path(process.cmdline()[1]).name
                    peaks[name] = max(peaks.get(name, 0), process.memory_info().rss)
                except (psutil.Error, IndexError):
                    continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
