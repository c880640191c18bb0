"""Dagster as it really runs: daemon, code server and run workers as processes, killed in the middle, run again.

Not part of `make test`: Dagster has an environment of its own. `make orchestration` makes that and runs this.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest
import yaml
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.orchestration.payroll_office import JOB, ROOT, PayrollOffice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from provider_simulators.world import Company

    from tests.postgres import PostgresServer

DAGSTER = Path(os.environ.get("DAGSTER_BIN", ROOT / ".venv-dagster" / "bin"))
TENANTS = int(os.environ.get("TENANTS", "6"))
AT_ONCE = 2
SECONDS = 1500
ASSETS = "orchestration.dagster_assets"
BACKFILL = """
mutation Backfill($wanted: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $wanted) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on PartitionSetNotFoundError { message }
  }
}
"""
RUNNING = ("STARTING", "STARTED", "CANCELING")

pytestmark = pytest.mark.timeout(3600)


@dataclass(kw_only=True)
class Dagster:
    """An instance on PostgreSQL, and the processes of a machine."""

    office: PayrollOffice
    database: str
    home: Path
    machine: psutil.Popen | None = None
    most_at_once: int = 0
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir()
        settings = yaml.safe_load((ROOT / "orchestration" / "dagster.yaml").read_text())
        settings["concurrency"] = {
            "runs": {"max_concurrent_runs": AT_ONCE + 2},
            "pools": {"granularity": "run", "default_limit": AT_ONCE},
        }
        settings["run_monitoring"] |= {
            "poll_interval_seconds": 5,
            "start_timeout_seconds": 600,
            "max_runtime_seconds": 240,
        }
        (self.home / "dagster.yaml").write_text(yaml.safe_dump(settings))
        self.environment = self.office.environment | {
            "DAGSTER_HOME": str(self.home),
            "DAGSTER_DATABASE": self.database,
            "PIPELINES_PROJECT": str(self.office.folder),
            "PIPELINES_RETRY_SECONDS": "2",
            "DAGSTER_GRPC_TIMEOUT_SECONDS": "600",  # a machine with much other work is slow, not gone
        }

    def start(self) -> None:
        """Start a machine: the daemon, which starts the code server, which starts a process per run."""
        with (self.home / "daemon.log").open("ab") as log:
            self.machine = psutil.Popen(
                [str(DAGSTER / "dagster-daemon"), "run", "-m", ASSETS],
                env=self.environment,
                cwd=self.office.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill_machine(self) -> int:
        """SIGKILL to everything at once, as when the power fails; returns how many processes that were."""
        assert self.machine is not None
        every = [self.machine, *self.machine.children(recursive=True)]
        for process in every:
            with_no_wait(process.kill)
        psutil.wait_procs(every, timeout=60)
        return len(every)

    def kill_workers(self) -> int:
        """SIGKILL to the run workers and what they have started, not to daemon and code server."""
        assert self.machine is not None
        connectors = [each for each in self.machine.children(recursive=True) if is_connector(each)]
        workers = {parent for each in connectors if (parent := each.parent())}
        for process in (*connectors, *workers):
            with_no_wait(process.kill)
        return len(workers)

    def backfill(self, *tenants: str) -> str:
        """Ask for these tenants, as the page does when somebody chooses them; returns the backfill's id."""
        asset = {"path": [JOB.replace("-", "_")]}
        wanted = {"wanted": {"assetSelection": [asset], "partitionNames": sorted(tenants)}}
        result = subprocess.run(
            [str(DAGSTER / "dagster-graphql"), "-m", ASSETS, "-t", BACKFILL, "-v", json.dumps(wanted)],
            env=self.environment,
            cwd=self.office.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        launched = re.search(r'"backfillId": *"(\w+)"', result.stdout)
        assert launched, result.stdout + result.stderr
        return launched[1]

    def ended(self, backfill: str) -> str:
        """How a backfill has ended; empty while it has not."""
        ((status,),) = self._ask("SELECT status FROM bulk_actions WHERE key = %s", backfill)
        return status if status.startswith("COMPLETED") else ""

    def asked_by(self, backfill: str) -> set[str]:
        """The tenants for which a backfill has started runs."""
        query = "SELECT partition FROM runs JOIN run_tags USING (run_id) WHERE key = 'dagster/backfill' AND value = %s"
        return {name for (name,) in self._ask(query, backfill)}

    def partitions(self) -> set[str]:
        """The tenants that Dagster knows."""
        return {name for (name,) in self._ask("SELECT partition FROM dynamic_partitions")}

    def runs(self) -> Counter[str]:
        """How many runs are in which state."""
        counted = Counter(dict(self._ask("SELECT status, count(*) FROM runs GROUP BY status")))
        self.most_at_once = max(self.most_at_once, sum(counted[status] for status in RUNNING))
        return counted

    def succeeded(self) -> Counter[str]:
        """Successful runs per tenant."""
        return Counter(name for (name,) in self._ask("SELECT partition FROM runs WHERE status = 'SUCCESS'"))

    def failed(self) -> set[str]:
        """The tenants of runs that failed, and were not started again by Dagster."""
        return {name for (name,) in self._ask("SELECT partition FROM runs WHERE status = 'FAILURE'")}

    def tries(self) -> Counter[str]:
        """How often the pipeline of a tenant was tried again within a run."""
        query = "SELECT runs.partition FROM runs JOIN event_logs USING (run_id) WHERE dagster_event_type = %s"
        return Counter(name for (name,) in self._ask(query, "STEP_UP_FOR_RETRY"))

    def _ask(self, query: str, *values: str) -> list[tuple[str, ...]]:
        with psycopg.connect(self.database) as connection:
            try:
                return connection.execute(query.encode(), values or None).fetchall()
            except psycopg.errors.UndefinedTable:  # the daemon is about to make it
                return []

    def wait_for(self, what: str, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not reached():
            assert self.machine is not None
            assert self.machine.poll() is None, self.log()
            assert time.monotonic() < deadline, f"{what}: {self.runs()}\n{self.log()}"
            time.sleep(0.3)

    def log(self) -> str:
        return (self.home / "daemon.log").read_text()[-8000:]


def is_connector(process: psutil.Process) -> bool:
    try:
        return any(word.endswith(("tap-nmbrs", "map-books", "target-minox")) for word in process.cmdline()[:2])
    except psutil.Error:
        return False


def with_no_wait(kill: Callable[[], None]) -> None:
    try:
        kill()
    except psutil.NoSuchProcess:
        return


@contextmanager
def dagster_of(folder: Path, server: PostgresServer) -> Iterator[Dagster]:
    world = World.build(seed=1, debtors=4, companies=TENANTS, employees=4, today=date(2026, 6, 20))
    with NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox:
        # Whoever is killed is mostly waiting to hear that its booking was made.
        minox.faults.add(method="PUT", path="transaction_line_batch", action="delay_answer", seconds=3, times=None)
        office = PayrollOffice(nmbrs=nmbrs, minox=minox, folder=folder, database=server.new_database())
        dagster = Dagster(office=office, database=server.new_database(), home=folder / "dagster")
        try:
            yield dagster
        finally:
            if dagster.machine:
                dagster.kill_machine()


def test_every_entry_is_booked_exactly_once_although_workers_and_the_whole_machine_are_killed(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    with dagster_of(tmp_path, postgres_server) as dagster:
        office = dagster.office
        *early, newcomer = office.companies
        refused, *others = early
        office.write_file(newcomer)
        office.revoke_consent(refused)
        office.keep_consent_in_a_file(refused)
        began = time.monotonic()
        dagster.start()
        dagster.wait_for("a partition per tenant", lambda: dagster.partitions() == names(early))
        everybody = dagster.backfill(*names(early))

        dagster.wait_for("first bookings", lambda: office.writes() >= 2)
        workers: list[int] = []
        dagster.wait_for("a worker at work", lambda: workers.append(dagster.kill_workers()) or workers[-1] > 0)
        killed_at = office.writes()

        dagster.wait_for(
            "bookings after that", lambda: dagster.runs()["STARTED"] > 1 and office.writes() > killed_at + 2
        )
        processes = dagster.kill_machine()
        assert processes > AT_ONCE
        booked_at_the_fall = office.writes()
        dagster.start()

        dagster.wait_for("the others", lambda: bool(dagster.runs()) and set(dagster.succeeded()) == names(others))
        dagster.wait_for("the one without consent", lambda: office.name(refused) in dagster.failed())
        dagster.wait_for("the end of the backfill", lambda: bool(dagster.ended(everybody)))
        assert dagster.asked_by(everybody) == names(early)
        assert dagster.tries()[office.name(refused)] == 0, "without consent no other try can help"
        office.assert_booked_exactly_once(*others)
        assert not office.minox.backend.books(refused.books_number).batches

        # A tenant more in the file is a partition more; its first run meets an answer that nobody understands.
        office.give_consent(refused)
        office.keep_consent_in_a_file(refused)
        office.minox.faults.add(method="GET", path=f"/{newcomer.books_number}/", action="wrong_json")
        office.write_file()
        dagster.wait_for("the new tenant", lambda: office.name(newcomer) in dagster.partitions())
        two = dagster.backfill(*names([refused, newcomer]))
        dagster.wait_for("the end of the second backfill", lambda: bool(dagster.ended(two)))

        assert dagster.ended(two) == "COMPLETED_SUCCESS"
        assert dagster.tries()[office.name(newcomer)] == 1
        assert dagster.succeeded() == Counter(dict.fromkeys(names(office.companies), 1))
        office.assert_booked_exactly_once()
        assert dagster.most_at_once == AT_ONCE, "the limit of the provider's pool, which is below that of all runs"

        office.write_file(newcomer)
        dagster.wait_for("a partition less", lambda: dagster.partitions() == names(early))
        report(
            tenants=TENANTS,
            seconds=round(time.monotonic() - began),
            killed_workers=workers[-1],
            killed_processes=processes,
            booked_at_the_fall=booked_at_the_fall,
            booked=office.writes(),
            most_at_once=dagster.most_at_once,
            tried_again=dagster.tries().total(),
            **dagster.runs(),
        )


def names(companies: Iterable[Company]) -> set[str]:
    """Of the tenants."""
    return {PayrollOffice.name(company) for company in companies}


def report(**facts: object) -> None:
    """What is shown with `-s`."""
    sys.stdout.write("\n" + "\n".join(f"{name:<20} {value}" for name, value in facts.items()) + "\n")
