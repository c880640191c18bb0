"""`make demo` as a new user runs it: real Meltano, DuckDB, simulators; and what happens when it is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psutil
import pytest
from provider_simulators.world import World
from tap_nmbrs.tap import TapNmbrs

from tests.payroll import meltano_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
WORLD = World.build()  # `simulate up` plays this one
START_YEAR = 2026
pytestmark = pytest.mark.timeout(900)  # waiting for other tests with Meltano included


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", "--folder", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@contextmanager
def begun(folder: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A demo in the middle of its first run."""
    with subprocess.Popen(
        [sys.executable, "-m", "demo", "--folder", str(folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    ) as process:
        log = folder / "first-run.log"
        deadline = time.monotonic() + 90
        while not (log.exists() and b"Beginning sync" in log.read_bytes()):
            assert time.monotonic() < deadline, "the first run did not begin"
            time.sleep(0.2)
        yield process


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder and the output of a demo that was played to its end, where one before it was killed."""
    folder = tmp_path_factory.mktemp("demo")
    with meltano_alone():
        with begun(folder) as process:
            process.kill()
        result = demo(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder, result.stdout


@pytest.fixture
def report(played: tuple[Path, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((played[0] / "report.json").read_text())
    return loaded


def test_after_one_that_was_killed_the_second_run_books_nothing_and_adds_no_row(
    report: dict[str, Any], played: tuple[Path, str]
) -> None:
    assert all(number > 0 for number in report["first_bookings"].values())
    assert report["second_bookings"] == {"minox": 0, "minimax": 0}
    assert report["first_rows"] == report["second_rows"]
    assert "second run: 0 new bookings" in played[1]


def test_every_record_of_the_source_is_in_the_warehouse(played: tuple[Path, str]) -> None:
    runs = [run for company in WORLD.companies for run in company.runs if run.year == START_YEAR]
    lines = [line for run in runs if run.locked for line in run.journal_lines("cost_center")]
    applicants = {"applicant", "newHire", "rejectedApplicant"}
    employees = [e for company in WORLD.companies for e in company.employees if e.type not in applicants]
    expected = {
        "debtors": len(WORLD.debtors),
        "companies": len(WORLD.companies),
        "cost_centers": sum(len(company.cost_centers) for company in WORLD.companies),
        "employees": len(employees),
        "payroll_runs": len(runs),
        "payroll_run_journals": len(lines),
    }

    with duckdb.connect(str(played[0] / "warehouse.duckdb"), read_only=True) as warehouse:
        found = {
            table: warehouse.table(f"nmbrs.{table}").count("*").fetchall()[0][0]
            for (table,) in warehouse.execute("select table_name from information_schema.tables").fetchall()
        }
        sums = warehouse.execute("select sum(debit), sum(credit) from nmbrs.payroll_run_journals").fetchall()[0]

    tap = TapNmbrs(config={"start_date": f"{START_YEAR}-01-01"})
    by_default = {name for name, stream in tap.streams.items() if stream.selected_by_default}
    assert found.keys() == by_default - {"journal_entries"}
    assert found.items() >= expected.items()
    assert sums == (sum(line.amount for line in lines if line.amount > 0),) * 2


def test_money_is_exact_and_dates_are_dates_in_the_warehouse(played: tuple[Path, str]) -> None:
    with duckdb.connect(str(played[0] / "warehouse.duckdb"), read_only=True) as warehouse:
        types = dict(
            warehouse.execute(
                "select column_name, data_type from information_schema.columns where table_name = 'payroll_run_journals'"
            ).fetchall()
        )
    assert types["debit"].startswith("DECIMAL")
    assert types["journal_date"] == "DATE"


def test_the_query_of_the_page_tells_what_was_debited(played: tuple[Path, str]) -> None:
    page = (ROOT / "docs" / "pipelines" / "payroll-to-warehouse.md").read_text(encoding="utf-8")
    query = page.partition("```sql\n")[2].partition("```")[0]
    with duckdb.connect(str(played[0] / "warehouse.duckdb"), read_only=True) as warehouse:
        periods = warehouse.execute(query).fetchall()
        (debited,) = warehouse.execute("select sum(debit) from nmbrs.payroll_run_journals").fetchall()[0]
    assert sum(amount for _, _, amount in periods) == debited > 0


def test_no_citizen_number_reached_the_warehouse(played: tuple[Path, str]) -> None:
    stored = (played[0] / "warehouse.duckdb").read_bytes()
    assert not [e.bsn for company in WORLD.companies for e in company.employees if e.bsn.encode() in stored]


def test_both_trial_balances_are_that_of_the_payroll(report: dict[str, Any], played: tuple[Path, str]) -> None:
    company = WORLD.companies[0]
    runs = [run for run in company.runs if run.year == START_YEAR and run.locked]
    owed: dict[str, Decimal] = {}
    for run in runs:
        for line in run.journal_lines("cost_center"):
            account = line.account or "2990"
            owed[account] = owed.get(account, Decimal()) + line.amount

    for books in report["books"]:
        booked = {row["account"]: Decimal(row["debit"]) - Decimal(row["credit"]) for row in books["rows"]}
        assert booked == owed
        assert books["entries"] == len(runs)
    assert [books["package"] for books in report["books"]] == ["Minox", "Minimax"]
    assert "the books agree" in played[1]


@pytest.fixture
def alone() -> Iterator[None]:
    with meltano_alone():
        yield


def started_by(folder: Path) -> Iterator[psutil.Process]:
    """The living processes that a demo in this folder has started, or their children have."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = " ".join([*process.cmdline(), *process.environ().values()])
            if str(folder) in words and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                yield process


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_demo_leaves_no_process_behind(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "killed"
    with begun(folder, start_new_session=True) as process:
        process.send_signal(number)
        assert process.wait(30) != 0

    deadline = time.monotonic() + 20
    while left := list(started_by(folder)):
        assert time.monotonic() < deadline, [process.cmdline() for process in left]
        time.sleep(0.2)
