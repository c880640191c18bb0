"""The records behind the API: the same for a seed, made when asked for, and quick."""

from statistics import fmean
from time import process_time
from typing import Any

import pytest
from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.operations import LISTS
from provider_simulators.nmbrs.operations_employees import OF_ALL
from provider_simulators.nmbrs.records import COMPANY_MAKERS, EMPLOYEE_MAKERS
from provider_simulators.nmbrs.scopes import ALL_SCOPES
from provider_simulators.nmbrs.store import Store
from provider_simulators.world import World
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

KINDS = (*EMPLOYEE_MAKERS, *COMPANY_MAKERS)
SECONDS_AN_ANSWER = 0.003


def new_store(world: World) -> Store:
    return Store(world, Clock.on(world.today), EffectLog())


def test_records_follow_from_the_seed_not_from_who_asks_first() -> None:
    small, large = World.build(companies=1, employees=10), World.build(companies=3, employees=10)
    one, other = new_store(small), new_store(large)
    company = small.companies[0].id
    assert [one.of(company, kind) for kind in KINDS] == [other.of(company, kind) for kind in reversed(KINDS)][::-1]
    third = new_store(World.build(seed=2, companies=1, employees=10))
    with pytest.raises(KeyError):
        third.of(company, "salaries")


def test_a_company_has_every_kind_of_record(simulated_world: World) -> None:
    store = new_store(simulated_world)
    for company in simulated_world.companies:
        assert [kind for kind in KINDS if not store.of(company.id, kind)] == []


def test_ids_are_unique_in_a_kind_and_nothing_was_made_before_it_was_created(simulated_world: World) -> None:
    store = new_store(simulated_world)
    for kind in KINDS:
        entries = [entry for company in simulated_world.companies for entry in store.of(company.id, kind)]
        assert len({entry.id for entry in entries}) == len(entries), kind
        assert all(entry.changed_at >= entry.created_at for entry in entries), kind


def test_every_change_is_in_the_log(simulated_world: World) -> None:
    log, company = EffectLog(), simulated_world.companies[0]
    store = Store(simulated_world, Clock.on(simulated_world.today), log)
    entry = store.create(company.id, "schedules", employee=company.employees[0].id, values={"hoursPerWeek": 1})
    store.update(company.id, "schedules", entry.id, hoursPerWeek=2)
    store.delete(company.id, "schedules", entry.id)
    with pytest.raises(KeyError):
        store.update(company.id, "schedules", entry.id, hoursPerWeek=3)
    assert [effect["kind"] for effect in log.effects()] == ["record_created", "record_updated", "record_deleted"]
    assert "hoursPerWeek" in log.effects("record_updated")[0]["names"]


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.name)
def test_every_list_wants_one_of_its_scopes(start_nmbrs: Any, simulated_world: World, operation: Any) -> None:
    caller = start_nmbrs(granted_scopes=ALL_SCOPES - set(operation.scopes))
    company = simulated_world.companies[0]
    path = operation.path.replace("{companyId}", str(company.id)).replace("{debtorId}", str(company.debtor_id))
    answer = caller.get(path.replace("{employeeId}", str(company.employees[0].id)))
    assert (answer.status_code, answer.json()["code"]) == (403, 40302)


def test_every_list_of_a_company_guards_its_company(start_nmbrs: Any, simulated_world: World) -> None:
    caller = start_nmbrs(consent_debtors=("2210",))
    stranger, unknown = simulated_world.companies[1].id, simulated_world.companies[0].employees[0].id
    ids = {"payrollRunId": unknown, "salaryTableVersionId": unknown}
    for operation in LISTS:
        if "{companyId}" in operation.path:
            for company, code in ((stranger, 40303), (unknown, 40404), ("12", 40033)):
                answer = caller.get(operation.path.format(companyId=company, **ids))
                assert answer.json()["code"] == code, (operation.name, company)
            if "pageSize" in operation.parameters:
                answer = caller.get(operation.path.format(companyId=stranger, **ids), pageSize=101)
                assert [each["name"] for each in answer.json()["invalid-params"]] == ["pageSize"]


def test_salary_tables_are_found_by_version_and_beside_their_name(nmbrs_caller: Any, simulated_world: World) -> None:
    company = f"/api/companies/{simulated_world.companies[0].id}"
    table, without_versions = nmbrs_caller.rows(f"{company}/salarytables")
    assert "versions" not in table
    versions = nmbrs_caller.rows(f"/api/salarytable/{table['salaryTableId']}")
    assert nmbrs_caller.rows(f"/api/salarytable/{without_versions['salaryTableId']}") == []
    content = nmbrs_caller.get(f"{company}/salarytable/{versions[-1]['versionId']}/content").json()
    assert set(content) == {"pagination", "data", "salaryTableName", "year", "period"}
    assert content["salaryTableName"] == table["tableName"]
    accounts = nmbrs_caller.get(f"{company}/bankaccounts").json()
    assert set(accounts) == {"pagination", "data", "companyId"}


def test_an_answer_of_a_company_of_25_takes_a_few_thousandths_of_a_second(
    nmbrs_caller: Any, simulated_world: World
) -> None:
    headers = dict(nmbrs_caller.session.headers)
    quickest = []
    for operation in OF_ALL:
        path = operation.path.format(companyId=simulated_world.companies[0].id)
        builder = EnvironBuilder(path=path, query_string="pageSize=100", headers=headers)
        spent = []
        for _ in range(8):
            began = process_time()
            assert nmbrs_caller.simulator._apply(Request(builder.get_environ())).status_code == 200
            spent.append(process_time() - began)
        quickest.append(min(spent))
    assert fmean(quickest) < SECONDS_AN_ANSWER


def test_a_payroll_office_of_2000_companies_is_there_in_seconds(start_nmbrs: Any) -> None:
    began = process_time()
    world = World.build(debtors=1, companies=2000, employees=2)
    caller = start_nmbrs(world)
    last = world.companies[-1]
    assert len(caller.rows(f"/api/companies/{last.id}/employees/salaries")) == 2
    assert caller.get("/api/companies", pageSize=100, pageNumber=20).json()["data"][-1]["companyId"] == str(last.id)
    assert process_time() - began < 10
