"""Employees' records: all of a company at once, or per employee; and what clients stumble over."""

from decimal import Decimal
from typing import Any
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from provider_simulators.nmbrs.soap.values import EMPTY_DATE

from tests.simulators.nmbrs_soap.conftest import SoapCaller, StartSoap

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
BULK = {
    "Address_GetAll_AllEmployeesByCompany": ("addresses", "EmployeeAddresses"),
    "Children_GetAll_Employeesbycompany": ("children", "EmployeeChildren"),
    "Contract_GetAll_AllEmployeesByCompany": ("contracts", "EmployeeContracts"),
    "Department_GetAll_AllEmployeesByCompany": ("departments", "EmployeeDepartments"),
    "Employment_GetAll_AllEmployeesByCompany": ("employments", "EmployeeEmployments"),
    "PersonalInfo_GetAll_AllEmployeesByCompany": ("personal_info", "EmployeePersonalInfos"),
    "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany": ("personal_info", "EmployeePersonalInfos"),
    "SVW_GetAll_AllEmployeesByCompany": ("svw_settings", "EmployeeSVWSettings"),
    "Salary_GetAll_AllEmployeesByCompany": ("salaries", "EmployeeSalaries"),
    "Schedule_GetAll_AllEmployeesByCompany": ("schedules", "EmployeeSchedules"),
}
FUNCTIONS = "Function_GetAll_AllEmployeesByCompany_V2"


def items(caller: SoapCaller, operation: str, **parameters: Any) -> list[Element]:
    given = parameters or {
        "CompanyId" if operation.startswith(("Children", "Absence")) else "CompanyID": caller.company()
    }
    result = caller.result("EmployeeService", operation, **given)
    return [] if result is None else list(result)


def guids(caller: SoapCaller) -> dict[str, UUID]:
    result = caller.result(
        "CompanyService", "Converter_GetByCompany_IntToGuid", Entity="Employee", CompanyId=caller.company()
    )
    assert result is not None
    return {each.findtext("IdInt", ""): UUID(each.findtext("IdGuid", "")) for each in result.iter("Mapping")}


@pytest.mark.parametrize("operation", BULK)
def test_one_call_gives_all_records_of_all_employees(soap_caller: SoapCaller, operation: str) -> None:
    kind, group = BULK[operation]
    stored = soap_caller.simulator.backend.store.of(soap_caller.simulator.world.companies[0].id, kind)
    known = guids(soap_caller)
    given = items(soap_caller, operation)
    counts = {known[each.findtext("EmployeeId", "")]: len(each.find(group) or ()) for each in given}
    assert len(counts) == 25
    assert sum(counts.values()) == len(stored) > 0
    assert all(count == sum(each.employee == employee for each in stored) for employee, count in counts.items())


def test_who_has_no_record_comes_without_a_list(soap_caller: SoapCaller) -> None:
    contracts = items(soap_caller, "Contract_GetAll_AllEmployeesByCompany")
    assert any(each.find("EmployeeContracts") is None for each in contracts)


def test_a_record_that_was_added_comes_with_the_next_call(soap_caller: SoapCaller) -> None:
    company = soap_caller.simulator.world.companies[0]
    store = soap_caller.simulator.backend.store
    before = items(soap_caller, "Salary_GetAll_AllEmployeesByCompany")
    values = {"startDate": company.runs[-1].created_at, "type": "grossHourlyWage", "value": Decimal("19.75")}
    store.create(company.id, "salaries", employee=company.employees[0].id, values=values)
    after = items(soap_caller, "Salary_GetAll_AllEmployeesByCompany")
    assert len(after[0][1]) == len(before[0][1]) + 1
    assert after[0][1][-1].findtext("Value") == "19.75"
    assert after[0][1][-1].findtext("Type") == "3"


def test_a_salarys_type_is_a_number_in_bulk_and_a_word_alone(soap_caller: SoapCaller) -> None:
    first = items(soap_caller, "Salary_GetAll_AllEmployeesByCompany")[0]
    alone = soap_caller.rows(
        "EmployeeService", "Salary_GetList", EmployeeId=first.findtext("EmployeeId"), Period=11, Year=2026
    )
    assert {each.findtext("Type") for each in first.iter("Salary_V2")} == {"1"}
    assert {each["Type"] for each in alone} == {"Bruto_Salaris_Fulltime"}
    assert [each["Value"] for each in alone] == [each.findtext("Value") for each in first.iter("Salary_V2")][::-1]


def test_no_function_is_function_0(soap_caller: SoapCaller) -> None:
    functions = [
        each.findtext("Function/Id") for item in items(soap_caller, FUNCTIONS) for each in item.iter("EmployeeFunction")
    ]
    assert functions.count("0") > 0
    assert len(set(functions)) > 2


def test_days_have_no_hour(soap_caller: SoapCaller) -> None:
    contracts = items(soap_caller, "Contract_GetAll_AllEmployeesByCompany")
    starts = [each.text or "" for item in contracts for each in item.iter("StartDate")]
    assert starts
    assert all(each.endswith("T00:00:00") for each in starts)


def test_nothing_is_nil_or_the_empty_date(soap_caller: SoapCaller) -> None:
    contracts = items(soap_caller, "Contract_GetAll_AllEmployeesByCompany")
    ends = [each.get(NIL) for item in contracts for each in item.iter("EndDate")]
    assert "true" in ends
    assert None in ends
    children = items(soap_caller, "Children_GetAll_Employeesbycompany")
    assert EMPTY_DATE in {each.text for item in children for each in item.iter("Birthday")}
    cars = items(
        soap_caller, "LeaseCar2_GetAll_EmployeesByCompany", CompanyId=soap_caller.company(), Period=6, Year=2026
    )
    assert EMPTY_DATE in {each.text for item in cars for each in item.iter("EndDate")}


def test_a_contract_that_changed_comes_twice_under_its_id(soap_caller: SoapCaller) -> None:
    contracts = items(soap_caller, "Contract_GetAll_AllEmployeesByCompany")
    ids = [each.text for item in contracts for each in item.iter("ContractID")]
    assert len(set(ids)) < len(ids)


def test_percentages_are_parts_of_one(soap_caller: SoapCaller) -> None:
    schedules = items(soap_caller, "Schedule_GetAll_AllEmployeesByCompany")
    parts = {Decimal(each.text or "") for item in schedules for each in item.iter("ParttimePercentage")}
    assert max(parts) == 1
    assert min(parts) >= Decimal("0.6")
    centers = items(
        soap_caller, "CostCenter_GetAllEmployeesByCompany", CompanyId=soap_caller.company(), Period=6, Year=2026
    )
    sums = [sum(Decimal(each.text or "") for each in item.iter("Percentage")) for item in centers]
    assert set(sums) == {0, 1}


def test_only_the_call_with_bsn_tells_it(soap_caller: SoapCaller) -> None:
    with_bsn = items(soap_caller, "PersonalInfo_GetAll_AllEmployeesByCompany")
    without = items(soap_caller, "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany")
    assert any(each.text for item in with_bsn for each in item.iter("BSN"))
    assert not any(list(item.iter("BSN")) for item in without)
    assert len(with_bsn) == len(without)


def test_some_may_be_missing_from_the_bulk_list_and_are_found_alone(start_soap: StartSoap) -> None:
    caller = start_soap(soap_missing_personal_infos=2)
    listed = {
        each.findtext("EmployeeId") for each in items(caller, "PersonalInfoWithoutBSN_Get_GetAllEmployeesByCompany")
    }
    missing = [each for each in caller.employees(caller.company()) if each["Id"] not in listed]
    assert len(listed) == 23
    assert missing
    found = caller.result("EmployeeService", "PersonalInfo_GetCurrent", EmployeeId=missing[0]["Id"])
    assert found is not None
    assert found.findtext("Number") == missing[0]["Number"]


def test_an_employee_of_a_forbidden_company_is_refused(start_soap: StartSoap) -> None:
    everybody = start_soap()
    employee = everybody.employees(everybody.company("2"))[0]["Id"]
    caller = start_soap(forbidden_companies=("2",))
    assert caller.fault("EmployeeService", "PersonalInfo_GetCurrent", EmployeeId=employee) == "1003"


def test_absences_are_a_flat_list(soap_caller: SoapCaller) -> None:
    rows = soap_caller.rows("EmployeeService", "Absence_GetAll_AllEmployeesByCompany", CompanyId=soap_caller.company())
    stored = soap_caller.simulator.backend.store.of(soap_caller.simulator.world.companies[0].id, "absences")
    assert len(rows) == sum(len(each.values["employeeAbsences"]) for each in stored)
    assert len({each["Dossiernr"] for each in rows}) == len(stored)


@pytest.mark.parametrize(
    ("operation", "kind", "column"),
    [
        ("HourComponentVar_Get", "variable_hours", "Hours"),
        ("HourComponentFixed_Get", "fixed_hours", "Hours"),
        ("WageComponentVar_Get", "variable_wage_components", "Value"),
        ("WageComponentFixed_Get", "fixed_wage_components", "Value"),
    ],
)
def test_components_are_those_of_the_period(soap_caller: SoapCaller, operation: str, kind: str, column: str) -> None:
    company = soap_caller.simulator.world.companies[0]
    stored = soap_caller.simulator.backend.store.of(company.id, kind)
    known = guids(soap_caller)
    numbers = dict.fromkeys((2, 6), 0)
    for number, guid in known.items():
        for period in numbers:
            rows = soap_caller.rows("EmployeeService", operation, EmployeeId=number, Period=period, Year=2026)
            numbers[period] += len(rows)
            amounts = {str(each.values[column.lower()]) for each in stored if each.employee == guid}
            assert {each[column] for each in rows} <= amounts
    if "Var" in operation:
        expected = {period: sum(each.period == (2026, period) for each in stored) for period in numbers}
        assert numbers == expected
    assert numbers[2] > 0 or numbers[6] > 0
    assert numbers[6] <= numbers[2] or "Var" in operation


def test_a_period_that_the_company_does_not_have_is_refused(soap_caller: SoapCaller) -> None:
    employee = soap_caller.employees(soap_caller.company())[0]["Id"]
    parameters = {"EmployeeId": employee, "Period": 13, "Year": 2026}
    assert soap_caller.fault("EmployeeService", "HourComponentVar_Get", **parameters) == "2006"


def every(caller: SoapCaller, operation: str, **parameters: Any) -> list[dict[str, str]]:
    """Rows of an operation per employee, for all employees on the payroll."""
    return [
        row
        for employee in caller.employees(caller.company())
        for row in caller.rows("EmployeeService", operation, EmployeeId=employee["Id"], **parameters)
    ]


def stored(caller: SoapCaller, kind: str) -> list[Any]:
    """The store's records of the employees on the payroll of the first company."""
    company = caller.simulator.world.companies[0]
    payroll = {each.id for each in company.employees if each.type == "payroll"}
    return [each for each in caller.simulator.backend.store.of(company.id, kind) if each.employee in payroll]


def test_bank_accounts_and_wage_tax_come_per_employee(soap_caller: SoapCaller) -> None:
    accounts = every(soap_caller, "BankAccount_GetListCurrent")
    assert [each["IBAN"] for each in accounts] == [each.values["IBAN"] for each in stored(soap_caller, "bank_accounts")]
    settings = every(soap_caller, "WageTax_GetList")
    rebates = [each.values["wageTaxRebate"] for each in stored(soap_caller, "wage_tax_settings")]
    assert [each["Loonheffingkorting"] == "true" for each in settings] == rebates


def test_leave_is_filtered_by_year_type_and_use(soap_caller: SoapCaller) -> None:
    known = [each for each in stored(soap_caller, "leave_requests") if each.values["startDate"].year == 2026]
    leave = every(soap_caller, "Leave_GetList_V2", Year=2026)
    assert len(leave) == len(known)
    taken = every(soap_caller, "Leave_GetList_V2", Type="Type1", Soort="Withdrawal", Year=2026)
    assert len(taken) == sum(each.values["type"] == "takeUp" for each in known)
    assert {each["Status"] for each in taken} == {"Approved", "Pending", "Rejected"}
    employee = soap_caller.employees(soap_caller.company())[0]["Id"]
    wrong = {"EmployeeId": employee, "Type": "Vakantie", "Year": 2026}
    assert "soap:Client" in soap_caller.post("EmployeeService", "Leave_GetList_V2", wrong).text


def test_days_are_a_number_and_never_nothing(soap_caller: SoapCaller) -> None:
    days = [
        int(soap_caller.text("EmployeeService", operation, EmployeeId=each["Id"], Period=6, Year=2026))
        for operation in ("DaysFixed_Get", "DaysVarWorked_Get")
        for each in soap_caller.employees(soap_caller.company())
    ]
    assert set(days) == {0, 18, 20}


def test_partners_and_reviews_exist_in_this_api_only(soap_caller: SoapCaller) -> None:
    partners = items(soap_caller, "Partner_GetAll_AllEmployeesByCompany", CompanyId=soap_caller.company())
    assert partners
    assert all(each.findtext("Partner/PartnerName") for each in partners)
    reviews = items(soap_caller, "PerformanceReview_GetAll_AllEmployeesByCompany")
    assert any(each.find("PerformanceReviews") is not None for each in reviews)
