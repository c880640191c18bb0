"""What a tenant costs: processor, memory, ledger and STATE, for as many as wanted, against simulators.

python -m tests.benchmarks.tenants --tenants 300
"""

from __future__ import annotations

import argparse
import os
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--employees", type=int, default=10)
    given = parser.parse_args()
    world = World.build(
        debtors=given.tenants, companies=given.tenants, employees=given.employees, today=date(2026, 11, 15)
    )
    entries = sum(len(runs(company)) for company in world.companies)
    with (
        tempfile.TemporaryDirectory() as folder,
        NmbrsSimulator(world) as nmbrs,
        MinoxSimulator(world) as minox,
    ):
        office = PayrollOffice(nmbrs=nmbrs, minox=minox, folder=Path(folder))
        say(f"{given.tenants} tenants, {entries} entries, {given.at_once} at a time\n")
        say("| run | exit code | records | booked | calls | seconds | processor seconds per tenant |")
        say("|---|---|---|---|---|---|---|")
        for turn in ("first", "second, nothing new"):
            say(measured(office, turn, given.tenants, given.at_once))
        office.assert_booked_exactly_once()
        company = world.companies[0]
        say(f"\nof a tenant, after {len(runs(company))} entries:")
        for file in sorted(office.tenant_folder(company).rglob("*")):
            if file.name in ("state.json", "ledger.sqlite3", "catalog.json", "ledger.sqlite3.witness"):
                say(f"{file.name:<24} {file.stat().st_size:>9,} bytes")
        with memory() as peaks:
            office.run("--only", office.name(company))
        for program, peak in sorted(peaks.items()):
            say(f"{program:<24} {peak / 2**20:>9,.0f} MB at most")


def measured(office: PayrollOffice, turn: str, tenants: int, at_once: int) -> str:
    """A line of the table."""
    began, before = time.monotonic(), os.times()
    code, results = office.run("--at-once", str(at_once))
    seconds, after = time.monotonic() - began, os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    sums = [sum(each[name] or 0 for each in results.values()) for name in ("records", "booked", "calls")]
    return "| " + " | ".join(map(str, (turn, code, *sums, f"{seconds:.0f}", f"{processor / tenants:.1f}"))) + " |"


@contextmanager
def memory() -> Iterator[dict[str, int]]:
    """The most that each program of a run has had in memory."""
    peaks: dict[str, int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
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
