"""What holds in a period: of a company's three kinds of year, with a current period that users move on."""

from typing import Any

import pytest
from provider_simulators.world import PeriodType, RunType, World

PERIODICAL = ("fixedWageComponents", "variablewagecomponents", "costperhour")
OF_ONE = ("fixedhours", "variablehours", "fixeddays", "variabledays")


@pytest.fixture(scope="module")
def three_years() -> World:
    """Companies by month, four weeks and week."""
    return World.build(debtors=1, companies=3, employees=12, period_types=tuple(PeriodType))


def of_company(world: World, segment: str, index: int = 0) -> str:
    return f"/api/companies/{world.companies[index].id}/{segment}"


def problem(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def test_a_company_has_one_of_three_kinds_of_period(start_nmbrs: Any, three_years: World) -> None:
    caller = start_nmbrs(three_years)
    rows = [caller.get(of_company(three_years, "period", index)).json()["data"][0] for index in range(3)]
    assert [row["periodType"] for row in rows] == ["month", "4-weeks", "1-week"]
    assert [row["period"]["period"] for row in rows] == [11, 12, 46]
    assert [row["displayPeriod"] for row in rows] == ["2026-11-M", "2026-12-4W", "2026-46-W"]


def test_users_move_the_current_period_on(start_nmbrs: Any, three_years: World) -> None:
    caller, company = start_nmbrs(three_years), three_years.companies[0]
    caller.simulator.backend.set_current_period(company, 2027, 1)
    assert caller.get(of_company(three_years, "period")).json()["data"][0]["period"] == {"year": 2027, "period": 1}
    with pytest.raises(ValueError, match="2027 has no period 13 of month"):
        caller.simulator.backend.set_current_period(company, 2027, 13)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_without_a_period_the_current_one_is_answered(start_nmbrs: Any, three_years: World, index: int) -> None:
    caller, company = start_nmbrs(three_years), three_years.companies[index]
    paths = [of_company(three_years, f"employees/{segment}", index) for segment in PERIODICAL]
    paths += [f"/api/employees/{employee.id}/{segment}" for segment in OF_ONE for employee in company.employees]
    differing = 0
    for year, period in ((2026, 6), (2025, 12)):
        caller.simulator.backend.set_current_period(company, year, period)
        for path in paths:
            assert caller.rows(path) == caller.rows(path, year=year, period=period), path
            differing += caller.rows(path) != caller.rows(path, year=2026, period=7)
    assert differing > len(PERIODICAL)


def test_the_period_is_not_in_the_answer(start_nmbrs: Any, three_years: World) -> None:
    caller, company = start_nmbrs(three_years), three_years.companies[0]
    records = [
        record
        for segment in ("fixedWageComponents", "variablewagecomponents")
        for row in caller.rows(of_company(three_years, f"employees/{segment}"), year=2026, period=6)
        for record in row[segment]
    ]
    records += [
        record
        for employee in company.employees
        for segment in OF_ONE
        for period in (3, 6)
        for record in caller.rows(f"/api/employees/{employee.id}/{segment}", year=2026, period=period)
    ]
    assert len(records) > 20
    assert {"period", "year", "startPeriod"}.isdisjoint(set().union(*records))


def test_variable_records_are_of_one_period_and_fixed_ones_hold_until_they_end(
    start_nmbrs: Any, three_years: World
) -> None:
    caller = start_nmbrs(three_years)

    def ids(segment: str, period: int) -> set[str]:
        rows = caller.rows(of_company(three_years, f"employees/{segment}"), year=2026, period=period)
        return {next(iter(record.values())) for row in rows for record in row[segment]}

    assert ids("variablewagecomponents", 6)
    assert ids("variablewagecomponents", 6).isdisjoint(ids("variablewagecomponents", 7))
    ended = ids("fixedWageComponents", 4) - ids("fixedWageComponents", 5)
    assert ended
    assert ids("fixedWageComponents", 5) < ids("fixedWageComponents", 4)


@pytest.mark.parametrize(("index", "year", "missing"), [(0, 2026, 13), (1, 2026, 14), (2, 2025, 53)])
def test_a_period_that_the_year_does_not_have_is_refused_not_found_or_empty(
    start_nmbrs: Any, three_years: World, index: int, year: int, missing: int
) -> None:
    company = three_years.companies[index]
    wages = of_company(three_years, "employees/variablewagecomponents", index)
    hours = f"/api/employees/{company.employees[0].id}/variablehours"
    for path in (wages, hours):
        assert problem(start_nmbrs(three_years).get(path, year=year, period=missing)) == (400, 40033)
        not_found = start_nmbrs(three_years, missing_period="404").get(path, year=year, period=missing)
        assert problem(not_found) == (404, 40401)
    empty = start_nmbrs(three_years, missing_period="empty")
    assert {len(row["variablewagecomponents"]) for row in empty.rows(wages, year=year, period=missing)} == {0}
    assert empty.rows(hours, year=year, period=missing) == []


def test_week_53_is_there_in_a_year_that_has_it(start_nmbrs: Any, three_years: World) -> None:
    caller = start_nmbrs(three_years)
    caller.rows(of_company(three_years, "employees/costperhour", 2), year=2026, period=53)


def test_what_a_company_declares_is_of_a_year(start_nmbrs: Any, three_years: World) -> None:
    caller = start_nmbrs(three_years)
    for segment, per_year in (
        ("wagetaxes", 12),
        ("pensionexport", 12),
        ("workcost", 12),
        ("variablewagecomponents", 4),
    ):
        assert len(caller.rows(of_company(three_years, segment), year=2025)) == per_year, segment
        this_year = caller.rows(of_company(three_years, segment))
        assert this_year == caller.rows(of_company(three_years, segment), year=2026), segment
        assert 0 < len(this_year) < per_year, segment


def test_a_companys_settings_and_fixed_components_hold_in_a_period(start_nmbrs: Any, three_years: World) -> None:
    caller = start_nmbrs(three_years)
    settings = of_company(three_years, "svwsettings")
    assert [row["period"] for row in caller.rows(settings)] == [{"year": 2026, "period": 1}]
    assert [row["period"] for row in caller.rows(settings, year=2025, period=5)] == [{"year": 2025, "period": 1}]
    components = of_company(three_years, "fixedwagecomponents")
    assert [row["code"] for row in caller.rows(components, year=2026, period=2)] == [5100, 5110, 5120]
    assert [row["code"] for row in caller.rows(components, year=2026, period=3)] == [5100, 5120]
    assert {"endPeriod" in row for row in caller.rows(components)} == {True, False}


def test_runs_are_made_locked_unlocked_and_deleted(start_nmbrs: Any, three_years: World) -> None:
    caller, company = start_nmbrs(three_years), three_years.companies[0]
    backend, path = caller.simulator.backend, of_company(three_years, "runs")
    correction = backend.create_run(
        company, year=2026, period_start=8, period_end=10, type=RunType.TWK, description="TWK"
    )

    def row() -> Any:
        return next((row for row in caller.rows(path) if row["payrollRunId"] == str(correction.id)), None)

    assert (row()["type"], row()["periodStart"], row()["periodEnd"], row()["locked"]) == ("twk", 8, 10, False)
    assert row()["number"] == max(each["number"] for each in caller.rows(path))
    employees = caller.rows(f"{path}/{correction.id}/employees")
    assert {each["employeeNumber"] for each in employees} == {each.number for each in correction.employees}
    backend.lock_run(correction)
    assert row()["locked"]
    backend.unlock_run(correction)
    assert not row()["locked"]
    backend.delete_run(correction)
    assert row() is None
    assert caller.get(f"{path}/{correction.id}/employees").status_code == 404
    kinds = [effect["kind"] for effect in caller.simulator.log.effects() if effect["kind"].startswith("run_")]
    assert kinds == ["run_created", "run_locked", "run_unlocked", "run_removed"]


def test_two_runs_may_be_in_one_period_and_all_types_occur(start_nmbrs: Any, three_years: World) -> None:
    caller, company = start_nmbrs(three_years), three_years.companies[0]
    caller.simulator.backend.create_run(company, year=2026, period_start=10, type=RunType.NONE)
    rows = caller.rows(of_company(three_years, "runs"))
    periods = [(row["periodStart"], row["periodEnd"]) for row in rows]
    assert len(periods) > len(set(periods))
    assert {row["type"] for row in rows} == {"none", "normal", "normal_twk", "twk", "partial"}
    with pytest.raises(ValueError, match="2026 has no period 13 of month"):
        caller.simulator.backend.create_run(company, year=2026, period_start=12, period_end=13)
