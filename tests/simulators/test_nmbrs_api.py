from typing import Any
from uuid import uuid4

import pytest
from provider_simulators.world import World

COMPANY_PARTS = ("period", "employees", "costCenters", "costUnits", "runs")


def company_path(world: World, index: int = 0) -> str:
    return f"/api/companies/{world.companies[index].id}"


def problem(answer: Any) -> tuple[int, int]:
    document = answer.json()
    assert document["httpStatus"] == answer.status_code
    return answer.status_code, document["code"]


def test_the_subscription_key_is_refused_by_the_gateway_in_its_own_words(nmbrs_caller: Any) -> None:
    for key, word in ((None, "missing"), ("0" * 32, "invalid")):
        nmbrs_caller.session.headers["X-Subscription-Key"] = key
        answer = nmbrs_caller.get("/api/debtors")
        assert answer.status_code == 401
        assert answer.json()["statusCode"] == 401
        assert word in answer.json()["message"]
        assert "code" not in answer.json()


@pytest.mark.parametrize(("header", "code"), [(None, 40101), ("Basic abc", 40101), ("Bearer abc", 40102)])
def test_a_missing_and_a_wrong_token_differ(nmbrs_caller: Any, header: str | None, code: int) -> None:
    nmbrs_caller.session.headers["Authorization"] = header
    assert problem(nmbrs_caller.get("/api/debtors")) == (401, code)


def test_every_operation_checks_its_own_scope(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(granted_scopes=frozenset({"company.info.read", "offline_access"}))
    assert caller.get("/api/debtors").status_code == 200
    run = simulated_world.companies[0].runs[0]
    for path in (
        f"{company_path(simulated_world)}/employees",
        f"{company_path(simulated_world)}/costCenters",
        f"{company_path(simulated_world)}/runs",
        f"{company_path(simulated_world)}/runs/{run.id}/journals?year={run.year}",
        f"/api/debtors/{simulated_world.debtors[0].id}/departments",
        f"/api/documents/{uuid4()}",
    ):
        assert problem(caller.get(path)) == (403, 40302), path


def test_a_consent_over_several_debtors_cannot_list_companies_at_once(
    nmbrs_caller: Any, simulated_world: World
) -> None:
    assert problem(nmbrs_caller.get("/api/companies")) == (403, 40306)
    debtors = nmbrs_caller.rows("/api/debtors")
    numbers = [
        company["number"]
        for debtor in debtors
        for company in nmbrs_caller.rows(f"/api/debtors/{debtor['debtorId']}/companies")
    ]
    assert sorted(numbers) == [company.number for company in simulated_world.companies]


def test_a_consent_for_one_debtor_sees_only_that_one(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(consent_debtors=("2210",))
    assert [row["number"] for row in caller.rows("/api/companies")] == ["1", "3"]
    assert [row["number"] for row in caller.rows("/api/debtors")] == ["2210"]
    assert problem(caller.get(f"/api/debtors/{simulated_world.debtors[1].id}/companies")) == (403, 40303)
    for part in COMPANY_PARTS:
        assert problem(caller.get(f"{company_path(simulated_world, 1)}/{part}")) == (403, 40303)


def test_a_company_may_be_listed_and_yet_forbidden(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(forbidden_companies=("1",))
    assert "1" in [row["number"] for row in caller.rows(f"/api/debtors/{simulated_world.debtors[0].id}/companies")]
    assert problem(caller.get(f"{company_path(simulated_world)}/employees")) == (403, 40303)


def test_a_disabled_environment_says_so(start_nmbrs: Any) -> None:
    assert problem(start_nmbrs(invalid_subscription=True).get("/api/debtors")) == (403, 40304)


def test_unknown_companies_debtors_and_runs_are_not_found(nmbrs_caller: Any, simulated_world: World) -> None:
    for part in COMPANY_PARTS:
        assert problem(nmbrs_caller.get(f"/api/companies/{uuid4()}/{part}")) == (404, 40404)
    assert problem(nmbrs_caller.get(f"/api/debtors/{uuid4()}/companies")) == (404, 40401)
    runs = f"{company_path(simulated_world)}/runs"
    assert problem(nmbrs_caller.get(f"{runs}/{uuid4()}/journals", year=2026)) == (404, 40401)
    run = simulated_world.companies[0].runs[0]
    assert problem(nmbrs_caller.get(f"{runs}/{run.id}/journals", year=run.year + 1)) == (404, 40401)


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("employees", {"pageSize": 101}, "pageSize"),
        ("employees", {"pageNumber": 0}, "pageNumber"),
        ("employees", {"pageNumber": "one"}, "pageNumber"),
        ("employees", {"employeeType": "payroll,boss"}, "employeeType"),
        ("employees", {"employeeId": "12"}, "employeeId"),
        ("employees", {"createdFrom": "yesterday"}, "createdFrom"),
        ("employees", {"page": 1}, "page"),
        ("runs", {"year": "26"}, "year"),
        ("runs", {"year": ["2025", "2026"]}, "year"),
        ("period", {"pageNumber": 1}, "pageNumber"),
        ("employees/salaries", {"year": 2026}, "year"),
        ("employees/salaries", {"createdFrom": "2026-13-01T00:00:00Z"}, "createdFrom"),
        ("employees/costperhour", {"period": 54}, "period"),
        ("employees/costperhour", {"createdFrom": "2026-01-01T00:00:00Z"}, "createdFrom"),
        ("employees/leaverequests", {"leaveGroupId": "12"}, "leaveGroupId"),
        ("employees/leaverequests", {"status": "approved"}, "status"),
        ("employees/absences", {"changedFrom": "soon"}, "changedFrom"),
        ("employees/extraFields", {"extraFieldType": "Text"}, "extraFieldType"),
        ("workcost", {"year": "1066"}, "year"),
    ],
)
def test_wrong_and_unknown_parameters_are_named(
    nmbrs_caller: Any, simulated_world: World, path: str, query: Any, name: str
) -> None:
    answer = nmbrs_caller.get(f"{company_path(simulated_world)}/{path}", **query)
    assert problem(answer) == (400, 40033)
    assert [each["name"] for each in answer.json()["invalid-params"]] == [name]


def test_an_unknown_parameter_is_in_the_log(nmbrs_caller: Any) -> None:
    nmbrs_caller.get("/api/debtors", page=1)
    assert [effect["name"] for effect in nmbrs_caller.simulator.log.effects("unknown_parameter")] == ["page"]


def test_wrong_parts_of_a_path_are_named(nmbrs_caller: Any) -> None:
    for path, name in (
        ("/api/debtors/endcontractreasons/26", "Year"),
        ("/api/subscription/rent/info", "subscriptionName"),
        ("/api/salarytable/12", "salaryTableId"),
        ("/api/employees/12/fixedhours", "employeeId"),
    ):
        answer = nmbrs_caller.get(path)
        assert problem(answer) == (400, 40033)
        assert [each["name"] for each in answer.json()["invalid-params"]] == [name]


def test_an_id_that_is_no_uuid_is_a_wrong_parameter(nmbrs_caller: Any) -> None:
    answer = nmbrs_caller.get("/api/companies/12/runs")
    assert answer.json()["invalid-params"][0]["name"] == "companyId"


def test_paths_are_matched_to_the_letter(nmbrs_caller: Any, simulated_world: World) -> None:
    assert nmbrs_caller.get(f"{company_path(simulated_world)}/costcenters").status_code == 501
    assert nmbrs_caller.get("/api/companies/").json()["error"] == "not simulated"


def test_pages_are_numbered_as_the_vendor_does(nmbrs_caller: Any, simulated_world: World) -> None:
    types = "applicant,newHire,payroll,formerPayroll,external,formerExternal,rejectedApplicant"
    path = f"{company_path(simulated_world)}/employees"
    first = nmbrs_caller.get(path, employeeType=types).json()
    assert (len(first["data"]), first["pagination"]["pageSize"]) == (20, 20)
    assert (first["pagination"]["totalPages"], first["pagination"]["totalRecords"]) == (2, 25)
    assert first["pagination"]["previousPage"] is None
    assert first["pagination"]["nextPage"].endswith("/employees?pageNumber=2")
    second = nmbrs_caller.get(path, employeeType=types, pageNumber=2).json()
    assert (len(second["data"]), second["pagination"]["nextPage"]) == (5, None)
    ids = [row["employeeId"] for row in first["data"] + second["data"]]
    assert ids == [str(employee.id) for employee in simulated_world.companies[0].employees]
    beyond = nmbrs_caller.get(path, employeeType=types, pageNumber=9).json()
    assert (beyond["data"], beyond["pagination"]["nextPage"]) == ([], None)


def test_an_empty_list_has_no_page_or_one(start_nmbrs: Any, simulated_world: World) -> None:
    for pages in (0, 1):
        caller = start_nmbrs(empty_total_pages=pages)
        document = caller.get(f"{company_path(simulated_world)}/runs", year=2019).json()
        assert (document["data"], document["pagination"]["totalPages"]) == ([], pages)


def test_a_row_comes_twice_when_somebody_is_added_while_paging(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(rows_shift_while_paging=True)
    path = f"{company_path(simulated_world)}/employees"
    pages = [caller.get(path, pageSize=10, pageNumber=number).json() for number in (1, 2)]
    assert pages[0]["data"][-1] == pages[1]["data"][0]
    assert pages[1]["pagination"]["totalRecords"] == pages[0]["pagination"]["totalRecords"] + 1


def test_employees_are_filtered_by_type_id_and_creation(nmbrs_caller: Any, simulated_world: World) -> None:
    path, company = f"{company_path(simulated_world)}/employees", simulated_world.companies[0]
    assert {row["employeeBasicInfo"]["employeeType"] for row in nmbrs_caller.rows(path)} == {"payroll"}
    former = nmbrs_caller.rows(path, employeeType="formerPayroll,external")
    assert {row["employeeBasicInfo"]["employeeType"] for row in former} == {"formerPayroll", "external"}
    one = company.employees[0]
    assert [row["employeeId"] for row in nmbrs_caller.rows(path, employeeId=one.id)] == [str(one.id)]
    newest = max(
        (employee for employee in company.employees if employee.type == "payroll"), key=lambda each: each.created_at
    )
    since = nmbrs_caller.rows(path, createdFrom=newest.created_at.isoformat().replace("+00:00", "Z"))
    assert [row["employeeId"] for row in since] == [str(newest.id)]


def test_the_period_is_the_one_of_the_simulated_day(nmbrs_caller: Any, simulated_world: World) -> None:
    shown = [nmbrs_caller.get(f"{company_path(simulated_world, i)}/period").json()["data"] for i in (0, 2)]
    assert shown[0] == [{"period": {"year": 2026, "period": 11}, "periodType": "month", "displayPeriod": "2026-11-M"}]
    assert shown[1][0]["periodType"] == "4-weeks"
    assert shown[1][0]["period"] == {"year": 2026, "period": 12}


def test_runs_are_those_of_a_year_by_default_the_current_one(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(access_token_seconds=90 * 24 * 3600)
    path = f"{company_path(simulated_world)}/runs"
    assert {row["year"] for row in caller.rows(path)} == {2026}
    last_year = caller.rows(path, year=2025)
    assert len(last_year) == 14
    assert {row["type"] for row in last_year} == {"normal", "normal_twk", "twk", "partial"}
    caller.simulator.clock.advance(60 * 24 * 3600)
    assert caller.rows(path) == []


def test_a_run_may_be_locked_removed_or_made_again(nmbrs_caller: Any, simulated_world: World) -> None:
    path, company = f"{company_path(simulated_world)}/runs", simulated_world.companies[0]
    backend = nmbrs_caller.simulator.backend
    assert [row["locked"] for row in nmbrs_caller.rows(path)][:2] == [False, True]
    backend.lock_run(company.runs[-1])
    assert all(row["locked"] for row in nmbrs_caller.rows(path))
    again = backend.redo_run(company.runs[-1])
    ids = [row["payrollRunId"] for row in nmbrs_caller.rows(path)]
    assert str(again.id) in ids
    assert str(company.runs[-1].id) not in ids
    backend.remove_run(again)
    assert len(nmbrs_caller.rows(path)) == len(ids) - 1


def test_objects_may_carry_fields_nobody_knows(start_nmbrs: Any, simulated_world: World) -> None:
    row = start_nmbrs(extra_fields=True).rows(f"{company_path(simulated_world)}/employees")[0]
    assert row["addedLater"] == {"since": 2027}
    assert row["employeeBasicInfo"]["addedLater"] == {"since": 2027}


def test_unknown_fields_are_in_objects_at_every_depth(start_nmbrs: Any, simulated_world: World) -> None:
    def bare(value: Any) -> int:
        if isinstance(value, list):
            return sum(map(bare, value))
        if not isinstance(value, dict) or value == {"since": 2027}:
            return 0
        return ("addedLater" not in value) + sum(map(bare, value.values()))

    caller = start_nmbrs(extra_fields=True)
    for part in ("employees/salaries", "employees/absences", "employees/personalinfo", "bankaccounts", "wagemodels"):
        document = caller.get(f"{company_path(simulated_world)}/{part}", pageSize=100).json()
        assert bare(document) == 0, part


def test_above_the_threshold_calls_are_refused_with_and_without_retry_after(start_nmbrs: Any) -> None:
    for seconds, header in ((None, None), (3, "3")):
        caller = start_nmbrs(calls_per_second=2, rate_limit_retry_after=seconds)
        answers = [caller.get("/api/debtors") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[-1].json()["code"] == 42908
        assert answers[-1].headers.get("Retry-After") == header
        caller.simulator.clock.advance(1)
        assert caller.get("/api/debtors").status_code == 200


def test_a_quota_that_is_used_up_stays_used_up(start_nmbrs: Any) -> None:
    caller = start_nmbrs(call_quota=1)
    assert caller.get("/api/debtors").status_code == 200
    caller.simulator.clock.advance(60)
    assert problem(caller.get("/api/debtors")) == (429, 42909)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(429, None, 42908), (429, 42909, 42909), (500, None, 50001), (401, None, 40102), (403, 40305, 40305)],
)
def test_planned_faults_speak_the_providers_language(nmbrs_caller: Any, status: int, code: Any, expected: int) -> None:
    nmbrs_caller.simulator.faults.add(action="status", path="/api/debtors", status=status, code=code)
    assert problem(nmbrs_caller.get("/api/debtors")) == (status, expected)


def test_gateway_faults_are_html(nmbrs_caller: Any) -> None:
    nmbrs_caller.simulator.faults.add(action="status", status=503)
    assert nmbrs_caller.get("/api/debtors").headers["Content-Type"].startswith("text/html")
