"""The lists of what employees have: their wrapper, their filters, and what may be missing."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from provider_simulators.nmbrs.operations_employees import OF_ALL, OF_ONE
from provider_simulators.world import World

KEYS = {
    "addresses": "addresses",
    "absences": "employeeAbsenceDossiers",
    "bankaccounts": "bankAccounts",
    "children": "children",
    "contracts": "contracts",
    "costcenters": "employeeCostCenters",
    "costperhour": "costPerHour",
    "departments": "departments",
    "employments": "employments",
    "extraFields": "extraFields",
    "fixedWageComponents": "fixedWageComponents",
    "functions": "functions",
    "labouragreementsettings": "labourAgreementSettings",
    "leasecars": "leaseCars",
    "leaveBalances": "leaveBalances",
    "leaverequests": "EmployeeLeaveRequests",
    "managers": "managers",
    "parentalleave": "EmployeeParentalLeaves",
    "personalinfo": "info",
    "privateInfos": "privateInfos",
    "salaries": "salaries",
    "schedules": "schedules",
    "svwsettings": "employeeSVWSettings",
    "useraccounts": "userAccount",
    "variablewagecomponents": "variablewagecomponents",
    "wagetaxsettings": "wageTaxSettings",
}
"""Segment to the key beside `employeeId`, as the vendor's OpenAPI has them."""

MILLISECONDS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
SECONDS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def path(world: World, segment: str, index: int = 0) -> str:
    return f"/api/companies/{world.companies[index].id}/employees/{segment}"


def shown(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def numbers(answer: Any) -> Any:
    return json.loads(answer.text, parse_float=Decimal)


def test_there_are_26_lists_for_a_whole_company(nmbrs_caller: Any, simulated_world: World) -> None:
    assert {operation.path.rpartition("/")[2] for operation in OF_ALL} == set(KEYS)
    everybody = {str(employee.id) for employee in simulated_world.companies[0].employees}
    for segment, key in KEYS.items():
        rows = nmbrs_caller.rows(path(simulated_world, segment))
        assert {row["employeeId"] for row in rows} == everybody, segment
        assert set().union(*rows) == {"employeeId", key}, segment


def test_a_page_counts_employees_not_their_records(nmbrs_caller: Any, simulated_world: World) -> None:
    pages = [
        nmbrs_caller.get(path(simulated_world, "salaries"), pageSize=10, pageNumber=page).json() for page in (1, 2, 3)
    ]
    assert [len(page["data"]) for page in pages] == [10, 10, 5]
    assert {page["pagination"]["totalRecords"] for page in pages} == {25}
    assert sum(len(row["salaries"]) for page in pages for row in page["data"]) > 50


def test_an_applicant_comes_with_empty_lists(nmbrs_caller: Any, simulated_world: World) -> None:
    applicant = next(each for each in simulated_world.companies[0].employees if each.type == "applicant")
    for segment in ("salaries", "contracts", "bankaccounts", "privateInfos", "leaverequests"):
        rows = {row["employeeId"]: row[KEYS[segment]] for row in nmbrs_caller.rows(path(simulated_world, segment))}
        assert rows[str(applicant.id)] == [], segment
        assert any(rows.values()), segment


def test_an_object_that_somebody_does_not_have_is_missing(nmbrs_caller: Any, simulated_world: World) -> None:
    accounts = nmbrs_caller.rows(path(simulated_world, "useraccounts"))
    assert {"userAccount" in row for row in accounts} == {True, False}
    salaries = [salary for row in nmbrs_caller.rows(path(simulated_world, "salaries")) for salary in row["salaries"]]
    assert {"salaryTable" in salary for salary in salaries} == {True, False}


def test_moments_come_with_and_without_milliseconds(nmbrs_caller: Any, simulated_world: World) -> None:
    salaries = [salary for row in nmbrs_caller.rows(path(simulated_world, "salaries")) for salary in row["salaries"]]
    moments = [salary["createdAt"] for salary in salaries]
    assert any(MILLISECONDS.match(moment) for moment in moments)
    assert any(SECONDS.match(moment) for moment in moments)
    assert all(MILLISECONDS.match(moment) or SECONDS.match(moment) for moment in moments)
    assert all(SECONDS.match(salary["startDate"]) for salary in salaries)


def test_amounts_are_numbers_but_the_cost_of_an_hour_is_text(nmbrs_caller: Any, simulated_world: World) -> None:
    costs = nmbrs_caller.rows(path(simulated_world, "costperhour"))
    assert {type(row["costPerHour"]) for row in costs} == {str, type(None)}
    assert all(Decimal(row["costPerHour"]) > 10 for row in costs if row["costPerHour"])
    employee = simulated_world.companies[0].employees[0]
    document = numbers(nmbrs_caller.get(path(simulated_world, "salaries"), employeeId=employee.id))
    assert document["data"][0]["salaries"][0]["value"] == employee.salary


def test_values_of_extra_fields_are_text_and_can_be_asked_for_by_type(
    nmbrs_caller: Any, simulated_world: World
) -> None:
    rows = nmbrs_caller.rows(path(simulated_world, "extraFields"))
    fields = [field for row in rows for field in row["extraFields"]]
    assert {type(field["value"]) for field in fields} == {str, type(None)}
    decimals = nmbrs_caller.rows(path(simulated_world, "extraFields"), extraFieldType="decimal")
    assert 0 < len(decimals) < len(rows)
    assert {field["extraField"]["extraFieldType"] for row in decimals for field in row["extraFields"]} == {"decimal"}


def test_a_contract_may_come_twice_under_one_id(nmbrs_caller: Any, simulated_world: World) -> None:
    for row in nmbrs_caller.rows(path(simulated_world, "contracts")):
        ids = [contract["contractId"] for contract in row["contracts"]]
        if len(ids) > len(set(ids)):
            same = [contract for contract in row["contracts"] if ids.count(contract["contractId"]) > 1]
            assert len({contract["createdAt"] for contract in same}) == len(same)
            break
    else:
        pytest.fail("no contract comes twice")


def test_the_employee_filter_is_there_but_for_three_lists(nmbrs_caller: Any, simulated_world: World) -> None:
    one = simulated_world.companies[0].employees[4].id
    without = {"privateInfos", "extraFields", "useraccounts"}
    for segment in KEYS:
        answer = nmbrs_caller.get(path(simulated_world, segment), employeeId=one)
        assert answer.status_code == (400 if segment in without else 200), segment
        if segment not in without:
            assert [row["employeeId"] for row in answer.json()["data"]] == [str(one)], segment
    assert nmbrs_caller.rows(path(simulated_world, "salaries"), employeeId=uuid4()) == []


@pytest.mark.parametrize(
    ("switches", "employees", "records"),
    [
        ({"created_from_filters": "records"}, 1, {1}),
        ({"created_from_filters": "records", "created_from_keeps_empty": True}, 25, {0, 1}),
        ({"created_from_filters": "employees"}, 1, {4}),
        ({"created_from_filters": "employees", "created_from_keeps_empty": True}, 25, {0, 4}),
    ],
)
def test_created_from_filters_records_or_employees(
    start_nmbrs: Any, simulated_world: World, switches: Any, employees: int, records: set[int]
) -> None:
    caller, company = start_nmbrs(**switches), simulated_world.companies[0]
    values = {"startDate": datetime(2026, 12, 1, tzinfo=UTC)}
    store = caller.simulator.backend.store
    entry = store.create(company.id, "salaries", employee=company.employees[0].id, values=values)
    found = caller.rows(path(simulated_world, "salaries"), createdFrom=shown(entry.created_at))
    assert (len(found), {len(row["salaries"]) for row in found}) == (employees, records)


def test_created_from_is_inclusive(nmbrs_caller: Any, simulated_world: World) -> None:
    company = simulated_world.companies[0]
    newest = max(nmbrs_caller.simulator.backend.store.of(company.id, "salaries"), key=lambda entry: entry.created_at)

    def found(moment: datetime) -> set[str]:
        rows = nmbrs_caller.rows(path(simulated_world, "salaries"), createdFrom=shown(moment))
        return {salary["salaryId"] for row in rows for salary in row["salaries"]}

    assert str(newest.id) in found(newest.created_at)
    assert found(newest.created_at + timedelta(milliseconds=1)) == set()


@pytest.mark.parametrize(
    ("segment", "kind", "changed"),
    [
        ("employments", "employments", "changedDate"),
        ("leasecars", "lease_cars", "changedAt"),
        ("leaverequests", "leave_requests", "changedAt"),
        ("absences", "absences", "changedAt"),
    ],
)
def test_a_record_changed_in_place_is_found_by_its_change_only(
    nmbrs_caller: Any, simulated_world: World, segment: str, kind: str, changed: str
) -> None:
    store, company = nmbrs_caller.simulator.backend.store, simulated_world.companies[0]
    last = store.of(company.id, kind)[-1]
    before = last.created_at
    entry = store.update(company.id, kind, last.id)
    assert entry.created_at == before
    since = shown(entry.changed_at)
    (row,) = nmbrs_caller.rows(path(simulated_world, segment), changedFrom=since)
    assert [record[changed] for record in row[KEYS[segment]]] == [since]
    if segment != "leaverequests":
        assert nmbrs_caller.rows(path(simulated_world, segment), createdFrom=since) == []


def test_an_update_where_changes_are_not_told_cannot_be_found(nmbrs_caller: Any, simulated_world: World) -> None:
    store, company = nmbrs_caller.simulator.backend.store, simulated_world.companies[0]
    entry = store.of(company.id, "bank_accounts")[0]
    changed = store.update(company.id, "bank_accounts", entry.id, city="Elders")
    accounts = path(simulated_world, "bankaccounts")
    assert nmbrs_caller.rows(accounts, createdFrom=shown(changed.changed_at)) == []
    assert nmbrs_caller.rows(accounts, employeeId=entry.employee)[0]["bankAccounts"][-1]["city"] == "Elders"
    assert nmbrs_caller.get(accounts, changedFrom=shown(changed.changed_at)).status_code == 400


def test_a_deleted_record_is_gone_without_a_trace(nmbrs_caller: Any, simulated_world: World) -> None:
    store, company = nmbrs_caller.simulator.backend.store, simulated_world.companies[0]
    entry = store.of(company.id, "contracts")[0]
    store.delete(company.id, "contracts", entry.id)
    rows = nmbrs_caller.rows(path(simulated_world, "contracts"))
    assert [len(row["contracts"]) for row in rows if row["employeeId"] == str(entry.employee)] == [1]
    assert [effect["entry"] for effect in nmbrs_caller.simulator.log.effects("record_deleted")] == [entry.id]


def test_leave_requests_are_asked_for_in_other_words_than_they_are_answered(
    nmbrs_caller: Any, simulated_world: World
) -> None:
    def kinds(name: str, **query: str) -> set[str]:
        rows = nmbrs_caller.rows(path(simulated_world, "leaverequests"), **query)
        return {request[name] for row in rows for request in row["EmployeeLeaveRequests"]}

    assert kinds("status") == {"approved", "pending", "rejected"}
    assert kinds("type") == {"takeUp", "buildUp", "expired"}
    assert kinds("status", status="Pending") == {"pending"}
    assert kinds("type", type="Withdrawal") == {"takeUp"}
    assert kinds("type", type="Store") == {"buildUp"}
    assert nmbrs_caller.get(path(simulated_world, "leaverequests"), type="takeUp").status_code == 400
    assert {start[:4] for start in kinds("startDate")} == {"2026"}
    assert {start[:4] for start in kinds("startDate", year="2025")} == {"2025"}


def test_leave_can_be_asked_for_by_group(nmbrs_caller: Any, simulated_world: World) -> None:
    groups = nmbrs_caller.rows(f"/api/companies/{simulated_world.companies[0].id}/leaveGroups")
    group = groups[1]["leaveGroupId"]
    for segment in ("leaveBalances", "leaverequests"):
        rows = nmbrs_caller.rows(path(simulated_world, segment), leaveGroupId=group)
        assert {record["leaveGroupId"] for row in rows for record in row[KEYS[segment]]} == {group}


def test_one_employee_is_answered_with_what_is_newest(nmbrs_caller: Any, simulated_world: World) -> None:
    company = simulated_world.companies[0]
    moved = company.employees[3]
    (row,) = nmbrs_caller.rows(f"/api/employees/{moved.id}")
    assert row["personalInfo"]["basicInfo"]["employeeNumber"] == moved.number
    assert row["department"]["departmentId"] == str(moved.department.id)
    assert {"manager", "function", "address"} <= set(row)
    applicant = next(each for each in company.employees if each.type == "applicant")
    assert set(nmbrs_caller.rows(f"/api/employees/{applicant.id}")[0]) == {"employeeId", "personalInfo", "address"}


def test_employees_of_others_are_refused_and_unknown_ones_not_found(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(consent_debtors=("2210",))
    stranger = simulated_world.companies[1].employees[0].id
    for operation in OF_ONE:
        for employee, code in ((stranger, 40303), (uuid4(), 40401)):
            assert caller.get(operation.path.format(employeeId=employee)).json()["code"] == code, operation.name


def test_people_are_hired_and_change(nmbrs_caller: Any, simulated_world: World) -> None:
    backend, company = nmbrs_caller.simulator.backend, simulated_world.companies[0]
    hired = backend.create_employee(company, company.employees[0], last_name="Nieuwkomer")
    listed = nmbrs_caller.rows(f"/api/companies/{company.id}/employees", createdFrom=shown(hired.created_at))
    assert [row["employeeBasicInfo"]["lastName"] for row in listed] == ["Nieuwkomer"]
    backend.update_employee(hired, last_name="Getrouwd")
    rows = nmbrs_caller.rows(path(simulated_world, "personalinfo"), employeeId=hired.id)
    assert [info["basicInfo"]["lastName"] for info in rows[0]["info"]] == ["Getrouwd"]
    assert backend.employee(hired.id)[1].created_at == hired.created_at
    assert UUID(nmbrs_caller.rows(f"/api/employees/{hired.id}")[0]["employeeId"]) == hired.id


def test_an_employee_comes_twice_when_somebody_is_added_while_paging(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(rows_shift_while_paging=True)
    pages = [caller.get(path(simulated_world, "contracts"), pageSize=10, pageNumber=page).json() for page in (1, 2)]
    assert pages[0]["data"][-1] == pages[1]["data"][0]
    assert pages[1]["pagination"]["totalRecords"] == pages[0]["pagination"]["totalRecords"] + 1
