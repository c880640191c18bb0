"""CompanyService: companies, their runs and what holds for a whole company. Names and types: vendor WSDL v2.1."""

from collections.abc import Callable, Iterable
from typing import Any

from provider_simulators.nmbrs.rows import PERIOD_LETTERS
from provider_simulators.nmbrs.soap import company_records, company_settings, journals
from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.debtors import mappings
from provider_simulators.nmbrs.soap.operation import Operation, of_company, of_debtor
from provider_simulators.nmbrs.soap.values import Items, Row
from provider_simulators.world import Company, Debtor, PeriodType

DECLARATION_PERIODS = {PeriodType.MONTH: "Month", PeriodType.FOUR_WEEKS: "Week4", PeriodType.WEEK: "Week4"}
"""LoonaangifteTijdvak. That weekly payers declare by four weeks is inferred: there is no declaration per week."""


def _company(backend: SoapBackend, each: Company) -> Row:
    """Telephone, e-mail and chamber of commerce number exist in this API only; some companies have no fax."""
    domain = f"bedrijf{each.number}.example"
    return {
        "ID": backend.ids.number("company", each.id),
        "Number": int(each.number),
        "Name": each.name,
        "PhoneNumber": f"030-55500{int(each.number):02}",
        "FaxNumber": f"030-55590{int(each.number):02}" if int(each.number) % 2 else None,
        "Email": f"loon@{domain}",
        "Website": f"www.{domain}",
        "LoonaangifteTijdvak": DECLARATION_PERIODS[each.period_type],
        "KvkNr": f"{90_000_000 + int(each.number):08}",
    }


def _all(backend: SoapBackend) -> Items:
    return Items.of("Company", (_company(backend, each) for each in backend.companies()))


def _of_debtor(backend: SoapBackend, debtor: Debtor) -> Items:
    return Items.of("Company", (_company(backend, each) for each in backend.office.companies(debtor)))


def _period(backend: SoapBackend, company: Company) -> str:
    period = backend.office.period(company)
    number = f"{period.number:02}" if backend.switches.soap_period_padded else str(period.number)
    return f"{period.year}-{number}-{PERIOD_LETTERS[company.period_type]}"


def _runs(backend: SoapBackend, company: Company, year: int) -> Items:
    return Items.of(
        "RunInfo",
        (
            {
                "ID": backend.ids.number("run", run.id),
                "Number": run.number,
                "Year": run.year,
                "PeriodStart": run.period_start,
                "PeriodEnd": run.period_end,
                "Description": run.description,
                "RunAt": run.created_at,
                "IsLocked": run.locked,
            }
            for run in backend.runs(company, year)
        ),
    )


def _run_employees(backend: SoapBackend, company: Company, run: int, year: int) -> Items:
    return Items.of(
        "EmployeeIdNumber",
        (
            {"EmployeeId": backend.ids.number("employee", each.id), "EmployeeNumber": each.number}
            for each in backend.run(company, run, year).employees
        ),
    )


def _cost_centers(backend: SoapBackend, company: Company) -> Items:
    return Items.of(
        "CostCenter",
        (
            {
                "Code": each.code,
                "Description": each.description,
                "Id": backend.ids.number("cost_center", each.id),
            }
            for each in company.cost_centers
        ),
    )


def _cost_units(backend: SoapBackend, company: Company) -> Items:
    return Items.of(
        "CostUnit",
        (
            {"Id": backend.ids.number("cost_unit", each.id), "Code": each.code, "Description": each.description}
            for each in company.cost_units
        ),
    )


ENTITIES: dict[str, Callable[[SoapBackend, Company], Iterable[Any]]] = {
    "Company": lambda _, company: (company,),
    "Employee": lambda backend, company: backend.members(company),
    "Run": lambda backend, company: backend.office.all_runs(company),
    "CostCenter": lambda _, company: company.cost_centers,
    "CostUnit": lambda _, company: company.cost_units,
    "Department": lambda _, company: company.departments,
}
"""What a converter knows, by the name of the entity (those of a company; the names beside Employee and Company are
inferred)."""
KINDS = {"CostCenter": "cost_center", "CostUnit": "cost_unit"}


def _converted(backend: SoapBackend, entity: str, company: int) -> Row | None:
    """Numbers and UUIDs of a company's things; nothing for an entity that it does not know."""
    things = ENTITIES.get(entity)
    about = backend.company(company)
    if things is None:
        return None
    kind = KINDS.get(entity, entity.lower())
    return mappings(entity, [(backend.ids.number(kind, each.id), each.id) for each in things(backend, about)])


OPERATIONS = (
    Operation(name="List_GetAll", answer=_all),
    Operation(name="List_GetByDebtor", parameters=("DebtorId",), answer=of_debtor(_of_debtor)),
    Operation(name="Company_GetCurrentPeriod", parameters=("CompanyId",), answer=of_company(_period)),
    Operation(name="Run_GetList", parameters=("CompanyId", "Year"), answer=of_company(_runs)),
    Operation(
        name="Run_GetEmployeesByRunCompany",
        parameters=("CompanyId", "RunId", "Year"),
        answer=of_company(_run_employees),
    ),
    Operation(name="CostCenter_GetList", parameters=("CompanyId",), answer=of_company(_cost_centers)),
    Operation(name="CostUnit_GetList", parameters=("CompanyId",), answer=of_company(_cost_units)),
    Operation(name="Converter_GetByCompany_IntToGuid", parameters=("Entity", "CompanyId"), answer=_converted),
    *journals.OPERATIONS,
    *company_records.OPERATIONS,
    *company_settings.OPERATIONS,
)
