"""Syncs by SOAP against the simulator: what is asked, what comes again, what stays unsaid."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from provider_simulators.nmbrs import NmbrsSimulator

    from tests.tap_nmbrs_soap.conftest import Server, Settings

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]


def methods(simulator: NmbrsSimulator) -> Counter[str]:
    """What was called, how often."""
    return Counter(effect["operation"] for effect in simulator.log.effects() if effect["kind"] == "soap_called")


def test_the_catalog_shows_what_soap_has_and_no_health_or_bsn_unasked(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs()
    streams = TapNmbrs(config=settings).streams.keys()
    assert {"employees", "salaries", "payroll_runs", "partners", "journal_entries"} <= streams
    assert not {"employee_private_info", "absence_registrations", "absences", "leave_requests"} & streams
    more = TapNmbrs(config={**settings, "include_personal_data": ["bsn", "health"]}).streams.keys()
    assert more - streams == {"employee_private_info", "absence_registrations"}


def test_the_call_with_bsn_is_made_only_for_those_who_ask(soap_nmbrs: Start) -> None:
    simulator, settings = soap_nmbrs()
    done = sync(settings)
    assert done.records("employee_personal_info")
    assert methods(simulator)["PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany"] == 2
    assert not methods(simulator)["PersonalInfo_GetAll_AllEmployeesByCompany"]
    assert b"9999000" not in b"".join(done.lines)  # how the simulated BSNs begin
    done = sync({**settings, "include_personal_data": ["bsn"]}, "employee_private_info")
    assert methods(simulator)["PersonalInfo_GetAll_AllEmployeesByCompany"] == 2
    assert all(record["bsn"].startswith("9999") for record in done.records("employee_private_info"))


def test_the_number_of_calls_does_not_depend_on_the_number_of_employees(soap_nmbrs: Start) -> None:
    names = ("employees", "employee_addresses", "contracts", "salaries", "schedules", "employments")
    made = []
    for employees in (5, 40):
        simulator, settings = soap_nmbrs(employees=employees)
        sync(settings, *names)
        made.append(methods(simulator))
    assert made[0] == made[1]


def test_employees_are_those_of_the_types_that_are_asked_for(soap_nmbrs: Start) -> None:
    for shift in (0, 100):
        _, settings = soap_nmbrs(employees=12, soap_employee_type_shift=shift)
        by_type = {
            name: {
                record["employee_id"]
                for record in sync({**settings, "employee_types": [name]}, "employees").records("employees")
            }
            for name in ("applicant", "payroll", "external")
        }
        assert all(by_type.values())
        done = sync(settings, "employees").records("employees")
        found = {record["employee_id"] for record in done}
        assert by_type["payroll"] | by_type["external"] <= found
        assert not by_type["applicant"] & found
        assert max(Counter(record["employee_id"] for record in done).values()) == 1
        assert {record["employee_type"] for record in done} <= {
            "payroll",
            "formerPayroll",
            "external",
            "formerExternal",
        }


def test_no_journal_comes_twice(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs()
    first = sync(settings, "journal_entries", "payroll_run_wage_codes")
    assert first.records("journal_entries")
    assert first.records("payroll_run_wage_codes")
    second = sync(settings, "journal_entries", "payroll_run_wage_codes", state=first.state)
    assert second.records("journal_entries") == []
    assert second.records("payroll_run_wage_codes") == []


def test_companies_of_all_kinds_of_periods_are_read_to_their_current_one(soap_nmbrs: Start) -> None:
    _, settings = soap_nmbrs(companies=8, debtors=2)
    done = sync({**settings, "start_date": "2026-10-01"}, "company_periods", "company_fixed_wage_components")
    current = {record["company_id"]: record["period"] for record in done.records("company_periods")}
    assert {"month", "4-weeks"} <= {record["period_type"] for record in done.records("company_periods")}
    read = {(record["company_id"], record["period"]) for record in done.records("company_fixed_wage_components")}
    assert {max(period for one, period in read if one == company) for company in current} <= set(current.values())
    assert {company for company, _ in read} == current.keys()


def test_the_command_says_nothing_of_credentials_and_people(soap_nmbrs: Start, tmp_path: Path) -> None:
    _, settings = soap_nmbrs()
    config = tmp_path / "settings.json"
    config.write_text(json.dumps({**settings, "log_level": "DEBUG"}), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", "from tap_nmbrs.tap import main; main()", "--config", str(config)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LOGLEVEL": "DEBUG", "TAP_NMBRS_LOGLEVEL": "DEBUG"},
    )
    assert '"stream":"employees"' in ran.stdout
    assert "ends on 1 March 2027" in ran.stderr
    people = {
        record["last_name"] for record in sync(settings, "employee_personal_info").records("employee_personal_info")
    }
    for unsaid in (settings["token"], settings["username"], *people):
        assert unsaid not in ran.stderr


def test_check_tells_what_the_user_may_read(soap_nmbrs: Start, tmp_path: Path) -> None:
    _, settings = soap_nmbrs(soap_forbidden_operations=("CostUnit_GetList",))
    config = tmp_path / "settings.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", "from tap_nmbrs.tap import main; main()", "check", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode != 0
    assert "cost_centers" in ran.stdout
    assert "CompanyService.CostUnit_GetList" in ran.stdout + ran.stderr


def test_a_type_of_employee_that_nobody_knows_is_read_and_said(
    soap_server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    soap_server.says(
        "EmployeeType_GetList",
        "<EmployeeType><Id>1</Id><Description>Sollicitant</Description></EmployeeType>"
        "<EmployeeType><Id>2</Id><Description>Stagiair</Description></EmployeeType>"
        "<EmployeeType><Id>3</Id><Description>Payroll</Description></EmployeeType>",
    )
    soap_server.says(
        "List_GetByCompany",
        "<Employee><Id>7</Id><Number>101</Number><DisplayName>A. Test</DisplayName></Employee>",
        "<Employee><Id>7</Id></Employee><Employee><Id>8</Id></Employee>",
    )
    with caplog.at_level(logging.WARNING):
        rows = soap_server.rows("employees", {"company_id": "12"}, employeeType="payroll,formerPayroll")
    assert [(row["employeeId"], row["employeeType"]) for row in rows] == [("7", "payroll"), ("8", "Stagiair")]
    assert "employee types that this version does not know (ids 2)" in caplog.text
