"""A payroll office with the real connectors, between simulated payroll and simulated books."""

from __future__ import annotations

import json
import signal
import time
from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.orchestration.payroll_office import PayrollOffice, descendants_of, is_running, runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)


def world(companies: int) -> World:
    return World.build(seed=1, debtors=2, companies=companies, employees=4, today=date(2026, 4, 20))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PayrollOffice]:
    """Two companies."""
    companies = world(2)
    with NmbrsSimulator(companies) as nmbrs, MinoxSimulator(companies) as minox:
        yield PayrollOffice(nmbrs=nmbrs, minox=minox, folder=tmp_path)


@pytest.fixture
def office_on_postgres(tmp_path: Path, postgres_url: str) -> Iterator[PayrollOffice]:
    """One company, whose STATE and ledger are in a database."""
    companies = world(1)
    with NmbrsSimulator(companies) as nmbrs, MinoxSimulator(companies) as minox:
        yield PayrollOffice(nmbrs=nmbrs, minox=minox, folder=tmp_path, database=postgres_url)


def test_each_tenant_is_booked_with_its_own_consent_and_one_without_stops_no_other(office: PayrollOffice) -> None:
    refused, *others = office.companies
    office.revoke_consent(refused)

    code, tenants = office.run()

    assert code == 13
    assert {name: each["code"] for name, each in tenants.items()} == {
        office.name(refused): 13,
        **{office.name(company): 0 for company in others},
    }
    assert "target-minox login" in tenants[office.name(refused)]["message"]
    office.assert_booked_exactly_once(*others)
    assert not office.minox.backend.books(refused.books_number).batches
    assert all(tenants[office.name(company)]["calls"] > 0 for company in others)

    writes = office.writes()
    office.give_consent(refused)
    code, tenants = office.run()

    assert code == 0, tenants
    office.assert_booked_exactly_once()
    assert office.writes() == writes + tenants[office.name(refused)]["booked"]
    assert [tenants[office.name(company)]["records"] for company in others] == [0] * len(others)


def test_a_run_that_is_stopped_in_the_middle_of_a_booking_is_completed_by_the_next_one(
    office: PayrollOffice,
) -> None:
    company = office.companies[0]
    office.minox.faults.add(method="PUT", path="transaction_line_batch", action="delay_answer", seconds=60, nth=2)
    process = office.start("--only", office.name(company))
    deadline = time.monotonic() + 600
    while office.writes() < 2:
        assert time.monotonic() < deadline, "the second booking did not come"
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 143, output

    office.minox.faults.clear()
    code, tenants = office.run("--only", office.name(company))
    assert code == 0, tenants
    office.assert_booked_exactly_once(company)


def test_nothing_is_booked_any_more_after_a_run_is_killed_and_the_next_one_goes_on(office: PayrollOffice) -> None:
    company = office.companies[0]
    office.minox.faults.add(method="PUT", path="transaction_line_batch", action="delay_answer", seconds=60)
    process = office.start("--only", office.name(company))
    deadline = time.monotonic() + 600
    while not office.writes():
        assert time.monotonic() < deadline, "the first booking did not come"
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    programs = descendants_of(process.pid)
    assert len(programs) == 3

    process.kill()
    process.communicate(timeout=600)
    while any(is_running(program) for program in programs):
        assert time.monotonic() < deadline, "what the run had started did not end"
        time.sleep(0.05)
    assert office.writes() == 1 < len(runs(company))

    office.minox.faults.clear()
    code, tenants = office.run("--only", office.name(company))
    assert code == 0, tenants
    office.assert_booked_exactly_once(company)
    assert office.writes() == len(runs(company))


def test_state_and_ledger_in_postgresql_serve_the_next_run_wherever_it_is(
    office_on_postgres: PayrollOffice, postgres_url: str
) -> None:
    office = office_on_postgres
    code, tenants = office.run()
    assert code == 0, tenants

    folder = office.tenant_folder(office.companies[0])
    for left_behind in ("state.json", "ledger.sqlite3"):
        assert not (folder / left_behind).exists()
    with psycopg.connect(postgres_url) as connection:
        ((state,),) = connection.execute("SELECT state FROM pipeline_state WHERE tenant = 'company1'").fetchall()
        schemas = {name for (name,) in connection.execute("SELECT schema_name FROM information_schema.schemata")}
    assert "journal_entries" in json.loads(state)["bookmarks"]
    assert "ledger_company1" in schemas

    writes = office.writes()
    code, tenants = office.run()
    assert code == 0, tenants
    assert office.writes() == writes
    office.assert_booked_exactly_once()
