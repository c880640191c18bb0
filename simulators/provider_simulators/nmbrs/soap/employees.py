"""EmployeeService: lists of employees, and what comes per employee only. Names: vendor WSDL v2.1, adapted to v3."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from provider_simulators.nmbrs.soap import employee_bulk, employee_rows, employee_settings, personal_rows
from provider_simulators.nmbrs.soap.backend import Member, SoapBackend
from provider_simulators.nmbrs.soap.company_records import component, holds_in
from provider_simulators.nmbrs.soap.operation import Operation, of_company, of_debtor, of_employee
from provider_simulators.nmbrs.soap.values import Items, Row
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company, Debtor

# Lists


def _types(backend: SoapBackend) -> Items:
    """The types, described in words made of REST's names (inferred)."""
    return Items.of(
        "EmployeeType",
        (
            {"Id": number, "Description": re.sub("([A-Z])", r" \1", each).capitalize()}
            for number, each in backend.employee_types().items()
        ),
    )


def _listed(backend: SoapBackend, companies: Iterable[Company], type_number: int) -> Items:
    """The employees of one type; nobody is of a type that there is not."""
    wanted = backend.employee_types().get(type_number)
    return Items.of(
        "Employee",
        (
            {
                "Id": backend.ids.number("employee", each.id),
                "Number": each.number,
                "DisplayName": each.display_name,
            }
            for company in companies
            for each in backend.members(company)
            if each.type is wanted
        ),
    )


def _of_company(backend: SoapBackend, company: Company, type_number: int) -> Items:
    return _listed(backend, (company,), type_number)


def _of_debtor(backend: SoapBackend, debtor: Debtor, type_number: int) -> Items:
    """Companies that the login may not see are passed over."""
    hidden = backend.switches.forbidden_companies
    companies = (each for each in backend.office.companies(debtor) if each.number not in hidden)
    return _listed(backend, companies, type_number)


# Per employee


def _hours(kind: str) -> Callable[..., Any]:
    def row(backend: SoapBackend, entry: Entry) -> Row:
        return {
            "Id": backend.ids.number(kind, entry.id),
            "HourCode": entry.values["hourCode"],
            "Hours": entry.values["hours"],
        }

    return _components(kind, "HourComponent", row)


def _wages(kind: str) -> Callable[..., Any]:
    return _components(kind, "WageComponent", lambda backend, entry: component(backend, kind, entry))


def _components(kind: str, name: str, row: Callable[[SoapBackend, Entry], Row]) -> Callable[..., Any]:
    """An employee's components of a period; the period is not in the answer."""

    def answer(backend: SoapBackend, member: Member, period: int, year: int) -> Items:
        asked = backend.check_period(member.company, period, year)
        entries = backend.entries(member.company, kind, employee=member.employee)
        return Items.of(
            name, (row(backend, each) for each in entries if holds_in(each, asked, is_fixed="fixed" in kind))
        )

    return of_employee(answer)


def _salaries(backend: SoapBackend, member: Member, period: int, year: int) -> Items:
    """The salaries that began before the period's end, newest first."""
    _, last = backend.days_of(member.company, backend.check_period(member.company, period, year))
    entries = backend.entries(member.company, "salaries", employee=member.employee)
    begun = [each for each in entries if (day := employee_rows.day(each.values["startDate"])) and day <= last]
    return Items.of("Salary", (employee_rows.named_salary(each) for each in reversed(begun)))


def _personal_info(backend: SoapBackend, member: Member) -> Row | None:
    return personal_rows.current(backend, member.company, member.employee)


PERIOD = ("EmployeeId", "Period", "Year")

OPERATIONS = (
    Operation(name="EmployeeType_GetList", answer=_types),
    Operation(name="List_GetByCompany", parameters=("CompanyId", "EmployeeType"), answer=of_company(_of_company)),
    Operation(name="List_GetByDebtor", parameters=("DebtorId", "EmployeeType"), answer=of_debtor(_of_debtor)),
    *employee_bulk.OPERATIONS,
    *employee_settings.OPERATIONS,
    Operation(name="PersonalInfo_GetCurrent", parameters=("EmployeeId",), answer=of_employee(_personal_info)),
    Operation(name="HourComponentFixed_Get", parameters=PERIOD, answer=_hours("fixed_hours")),
    Operation(name="HourComponentVar_Get", parameters=PERIOD, answer=_hours("variable_hours")),
    Operation(name="WageComponentFixed_Get", parameters=PERIOD, answer=_wages("fixed_wage_components")),
    Operation(name="WageComponentVar_Get", parameters=PERIOD, answer=_wages("variable_wage_components")),
    Operation(name="Salary_GetList", parameters=PERIOD, answer=of_employee(_salaries)),
)
