"""What the services tell: ids, lists, runs, journals, and the two APIs of one environment telling the same."""

from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from provider_simulators.world import PeriodType, Split, World

from tests.simulators.nmbrs_soap.conftest import SoapCaller, StartSoap

BY_SPLIT = {
    Split.COMPANY: ("Company", "Company_v2"),
    Split.COST_CENTER: ("CostCenter", "CostCenter_v2"),
    Split.COST_CENTER_UNIT: ("CostCenterCostUnit", "CostCenterCostUnitPerYear"),
    Split.DEPARTMENT: ("Department", "Department_v2"),
    Split.EMPLOYEE: ("Employee", "Employee_v2"),
}


def test_companies_of_all_debtors_have_ids_that_are_not_their_numbers(soap_caller: SoapCaller) -> None:
    companies = soap_caller.rows("CompanyService", "List_GetAll")
    debtors = soap_caller.rows("DebtorService", "List_GetAll")
    by_debtor = [
        company
        for debtor in debtors
        for company in soap_caller.rows("CompanyService", "List_GetByDebtor", DebtorId=debtor["Id"])
    ]
    assert companies == by_debtor
    assert {each["Number"] for each in companies}.isdisjoint(each["ID"] for each in companies)
    assert {each["LoonaangifteTijdvak"] for each in companies} == {"Month", "Week4"}


def test_the_converters_lead_to_the_other_api(soap_caller: SoapCaller) -> None:
    world = soap_caller.simulator.world
    company = soap_caller.company("1")

    def mappings(entity: str) -> dict[str, str]:
        result = soap_caller.result(
            "CompanyService", "Converter_GetByCompany_IntToGuid", Entity=entity, CompanyId=company
        )
        assert result is not None
        assert result.findtext("Entity") == entity
        return {each.findtext("IdInt", ""): each.findtext("IdGuid", "") for each in result.iter("Mapping")}

    assert mappings("Company") == {str(company): str(world.companies[0].id)}
    assert set(mappings("Employee").values()) == {str(each.id) for each in world.companies[0].employees}
    runs = {str(each.id): str(each.number) for each in world.companies[0].runs}
    converted = mappings("Run")
    listed = soap_caller.rows("CompanyService", "Run_GetList", CompanyId=company, Year=2026)
    assert {each["ID"]: each["Number"] for each in listed} == {
        number: runs[guid] for number, guid in converted.items() if number in {each["ID"] for each in listed}
    }
    assert (
        soap_caller.result("CompanyService", "Converter_GetByCompany_IntToGuid", Entity="Car", CompanyId=company)
        is None
    )
    debtors = soap_caller.result("DebtorService", "Converter_GetDebtors_IntToGuid")
    assert debtors is not None
    assert [each.text for each in debtors.iter("IdGuid")] == [str(each.id) for each in world.debtors]


def test_numbers_of_employees_come_back_in_every_company(soap_caller: SoapCaller) -> None:
    first, second = (soap_caller.employees(soap_caller.company(number)) for number in ("1", "2"))
    assert {each["Number"] for each in first} & {each["Number"] for each in second}
    assert {each["Id"] for each in first}.isdisjoint(each["Id"] for each in second)


def test_everybody_is_of_one_type(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    types = soap_caller.rows("EmployeeService", "EmployeeType_GetList")
    people = [
        each["Id"]
        for kind in types
        for each in soap_caller.rows("EmployeeService", "List_GetByCompany", CompanyId=company, EmployeeType=kind["Id"])
    ]
    assert len(people) == len(set(people)) == 25
    assert soap_caller.rows("EmployeeService", "List_GetByCompany", CompanyId=company, EmployeeType=2) == []


def test_ids_of_employee_types_are_not_to_be_learnt_by_heart(soap_caller: SoapCaller, start_soap: StartSoap) -> None:
    shifted = start_soap(soap_employee_type_shift=40)
    ids = [
        [each["Id"] for each in caller.rows("EmployeeService", "EmployeeType_GetList")]
        for caller in (soap_caller, shifted)
    ]
    assert set(ids[0]).isdisjoint(ids[1])
    assert shifted.employees(shifted.company()) == soap_caller.employees(soap_caller.company())


def test_the_employees_of_a_debtor_are_those_of_its_companies(start_soap: StartSoap) -> None:
    caller = start_soap(forbidden_companies=("3",))
    debtor = caller.rows("DebtorService", "List_GetAll")[0]["Id"]
    kind = caller.rows("EmployeeService", "EmployeeType_GetList")[2]["Id"]
    people = caller.rows("EmployeeService", "List_GetByDebtor", DebtorId=debtor, EmployeeType=kind)
    assert people == caller.employees(caller.company("1"))


@pytest.mark.parametrize(
    ("switches", "period"), [({}, "2026-03-M"), ({"soap_period_padded": False}, "2026-3-M")], ids=["padded", "short"]
)
def test_a_current_period_has_two_forms(start_soap: StartSoap, switches: dict[str, Any], period: str) -> None:
    caller = start_soap(**switches)
    caller.simulator.backend.set_current_period(caller.simulator.world.companies[0], 2026, 3)
    assert caller.text("CompanyService", "Company_GetCurrentPeriod", CompanyId=caller.company()) == period


def test_a_week_company_has_a_week_53_only_in_some_years(start_soap: StartSoap) -> None:
    world = World.build(companies=1, debtors=1, employees=3, period_types=(PeriodType.WEEK,))
    caller = start_soap(world)
    company = caller.company()
    question = {"CompanyId": company, "Period": 53}
    assert caller.fault("CompanyService", "WageComponentFixed_Get", **question, Year=2025) == "2006"
    caller.rows("CompanyService", "WageComponentFixed_Get", **question, Year=2026)
    assert caller.text("CompanyService", "Company_GetCurrentPeriod", CompanyId=company).startswith("2026-46-")


def test_runs_are_those_of_the_year_newest_first(soap_caller: SoapCaller) -> None:
    company, world = soap_caller.company("2"), soap_caller.simulator.world
    for year in (2025, 2026):
        runs = soap_caller.rows("CompanyService", "Run_GetList", CompanyId=company, Year=year)
        expected = [str(run.number) for run in world.companies[1].runs if run.year == year]
        assert [each["Number"] for each in runs] == expected[::-1]
        assert all(first["RunAt"] > second["RunAt"] for first, second in pairwise(runs))
        assert {each["Year"] for each in runs} == {str(year)}


def test_moments_are_in_dutch_time_without_a_zone(soap_caller: SoapCaller) -> None:
    run = soap_caller.simulator.world.companies[0].runs[-1]
    shown = soap_caller.run(soap_caller.company())["RunAt"]
    assert "+" not in shown
    assert not shown.endswith("Z")
    assert int(shown[11:13]) - run.created_at.hour in (1, 2)


def test_the_employees_of_a_run_are_those_it_paid(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    run = soap_caller.run(company)
    paid = soap_caller.rows(
        "CompanyService", "Run_GetEmployeesByRunCompany", CompanyId=company, RunId=run["ID"], Year=run["Year"]
    )
    expected = soap_caller.simulator.world.companies[0].runs[-1].employees
    assert [each["EmployeeNumber"] for each in paid] == [str(each.number) for each in expected]


@pytest.mark.parametrize("split", Split)
def test_a_journal_is_the_runs_with_a_year_and_without(soap_caller: SoapCaller, split: Split) -> None:
    company = soap_caller.company()
    run = soap_caller.run(company)
    without_year, with_year = (f"Journals_GetByRun{end}" for end in BY_SPLIT[split])
    names = ("companyId", "runId", "year") if with_year.endswith("PerYear") else ("CompanyId", "RunId", "intYear")
    parameters = dict(zip(names, (company, run["ID"], run["Year"]), strict=True))
    text = soap_caller.text("CompanyService", with_year, **parameters)
    assert text == soap_caller.text("CompanyService", without_year, CompanyId=company, RunId=run["ID"])
    lines = list(fromstring(text.encode()).iter("line"))
    expected = soap_caller.simulator.world.companies[0].runs[-1].journal_lines(split)
    assert [line_amount(line) for line in lines] == [line.amount for line in expected]
    assert sum(line_amount(line) for line in lines) == 0


def line_amount(line: Element) -> Decimal:
    value = Decimal(line.findtext("value", ""))
    return value if line.findtext("debitcredit") == "debit" else -value


def test_without_a_year_last_years_journals_are_not_found(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    run = soap_caller.run(company, 2025)
    parameters = {"CompanyId": company, "RunId": run["ID"]}
    assert soap_caller.fault("CompanyService", "Journals_GetByRunCompany", **parameters) == "9999"
    assert soap_caller.text("CompanyService", "Journals_GetByRunCompany_v2", **parameters, intYear=2025)


def test_the_journal_without_a_year_is_of_the_companys_year(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    run = soap_caller.run(company, 2025)
    soap_caller.simulator.backend.set_current_period(soap_caller.simulator.world.companies[0], 2025, 12)
    assert soap_caller.text("CompanyService", "Journals_GetByRunCompany", CompanyId=company, RunId=run["ID"])


def test_a_run_that_is_gone_has_no_journal(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    run = soap_caller.run(company)
    soap_caller.simulator.backend.remove_run(soap_caller.simulator.world.companies[0].runs[-1])
    parameters = {"CompanyId": company, "RunId": run["ID"], "intYear": run["Year"]}
    assert soap_caller.fault("CompanyService", "Journals_GetByRunCompany_v2", **parameters) == "9999"


def test_the_debtors_organisation_is_told(soap_caller: SoapCaller) -> None:
    debtor = soap_caller.rows("DebtorService", "List_GetAll")[0]["Id"]
    counts = {
        operation: len(soap_caller.rows("DebtorService", operation, DebtorId=debtor))
        for operation in ("Department_GetList", "Function_GetList", "Manager_GetList", "Tags_Get")
    }
    assert counts == {"Department_GetList": 3, "Function_GetList": 5, "Manager_GetList": 3, "Tags_Get": 3}
    assert soap_caller.fault("DebtorService", "Tags_Get", DebtorId=1) == "2009"


def test_a_debtor_outside_the_logins_filters_is_refused(start_soap: StartSoap) -> None:
    everybody = start_soap()
    hidden = everybody.rows("DebtorService", "List_GetAll")[1]["Id"]
    caller = start_soap(consent_debtors=("2210",))
    assert len(caller.rows("DebtorService", "List_GetAll")) == 1
    assert caller.fault("DebtorService", "Department_GetList", DebtorId=hidden) == "1003"


def test_a_token_for_the_web_needs_no_header(soap_caller: SoapCaller) -> None:
    login = {"Username": soap_caller.settings["username"], "Token": soap_caller.settings["token"]}
    answer = soap_caller.post("SingleSignOn", "GetToken2", login, login={})
    assert answer.status_code == 200
    assert soap_caller.fault("SingleSignOn", "GetToken2", **{**login, "Token": "wrong"}) == "1001"


def test_a_world_has_the_same_ids_in_every_simulator(start_soap: StartSoap) -> None:
    first, second = start_soap(), start_soap(World.build())
    second.rows("CompanyService", "Run_GetList", CompanyId=second.company("3"), Year=2025)
    assert first.employees(first.company("2")) == second.employees(second.company("2"))
    assert first.run(first.company("2")) == second.run(second.company("2"))


def test_salary_tables_are_walked_from_table_to_step(soap_caller: SoapCaller) -> None:
    company = {"CompanyId": soap_caller.company(), "Period": 6, "Year": 2026}
    table = soap_caller.result("CompanyService", "SalaryTable2_Get", **company)
    assert table is not None
    assert table.findtext("Code") == "751"
    scales = soap_caller.rows("CompanyService", "SalaryTable2_GetScales", **company)
    steps = [soap_caller.rows("CompanyService", "SalaryTable2_GetSteps", **company, Scale=scale) for scale in scales]
    assert [len(each) for each in steps] == [4, 4, 4]
    assert len({row["StepValue"] for each in steps for row in each}) == 12
    assert soap_caller.rows("CompanyService", "SalaryTable2_GetScales", **{**company, "Year": 2018}) == []
    assert soap_caller.simulator.log.effects("unknown_parameter") == []


def test_a_wage_tax_return_comes_as_text(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    listed = soap_caller.rows("CompanyService", "WageTax_GetList", CompanyId=company, intYear=2026)[0]
    text = soap_caller.text(
        "CompanyService", "WageTax_GetXML", LoonaangifteID=listed["LoonaangifteID"], CompanyId=company
    )
    assert fromstring(text.encode()).findtext("Betalingskenmerk") == listed["PaymentReference"]
    other = {"LoonaangifteID": listed["LoonaangifteID"], "CompanyId": soap_caller.company("2")}
    assert soap_caller.fault("CompanyService", "WageTax_GetXML", **other) == "9999"


def test_a_run_that_was_asked_for_and_not_made_is_pending(soap_caller: SoapCaller) -> None:
    requests = soap_caller.rows("CompanyService", "RunRequest_GetList", CompanyId=soap_caller.company(), Year=2026)
    assert requests[-1] == {"Period": "11", "Year": "2026", "Status": "Pending", "HandledDate": "0001-01-01T00:00:00"}
    assert {each["Status"] for each in requests[:-1]} == {"Complete"}


def test_the_log_tells_what_was_asked(soap_caller: SoapCaller) -> None:
    company = soap_caller.company()
    soap_caller.run(company, 2025)
    called = soap_caller.simulator.log.effects("soap_called")[-1]
    assert called["operation"] == "Run_GetList"
    assert called["parameters"] == {"CompanyId": company, "Year": 2025}


def test_who_came_later_is_listed_and_found(soap_caller: SoapCaller) -> None:
    company = soap_caller.simulator.world.companies[0]
    before = soap_caller.employees(soap_caller.company())
    soap_caller.simulator.backend.create_employee(company, company.employees[0], number=901, first_name="Réka")
    new = [each for each in soap_caller.employees(soap_caller.company()) if each not in before]
    assert [each["Number"] for each in new] == ["901"]
    found = soap_caller.result("EmployeeService", "PersonalInfo_GetCurrent", EmployeeId=new[0]["Id"])
    assert found is not None
    assert found.findtext("Number") == "901"
    for operation in (
        "PersonalInfoContractSalaryAddress_GetAll_AllEmployeesByCompany",
        "Contract_GetAll_AllEmployeesByCompany",
    ):
        assert soap_caller.result("EmployeeService", operation, CompanyID=soap_caller.company()) is not None
