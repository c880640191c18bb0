"""CompanyService: how a company is set up, and its papers. Names and types: vendor WSDL v2.1."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.nmbrs.papers import wage_tax_return
from provider_simulators.nmbrs.records.settings import LABOUR_AGREEMENTS
from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.faults import NumberedFaultError
from provider_simulators.nmbrs.soap.operation import Operation, current, of_company
from provider_simulators.nmbrs.soap.values import EMPTY_DATE, Items, Row
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SCHEDULES = ("One", "Two", "Three", "Four")


def _last(kind: str, row: Callable[[SoapBackend, Entry], Row]) -> Callable[..., Any]:
    """What holds now: the last record."""

    def answer(backend: SoapBackend, company: Company) -> Row | None:
        entries = backend.entries(company, kind)
        return row(backend, entries[-1]) if entries else None

    return of_company(answer)


def _address(backend: SoapBackend, entry: Entry) -> Row:
    values = entry.values
    return {
        "Id": backend.ids.number("company_address", entry.id),
        "Default": values["isDefault"],
        "Street": values.get("street"),
        "HouseNumber": values.get("houseNumber"),
        "HouseNumberAddition": values.get("houseNumberAddition"),
        "PostalCode": values.get("postalCode"),
        "City": values.get("city"),
        "StateProvince": values.get("stateProvince"),
        "CountryISOCode": values.get("countryISOCode"),
    }


def _default_address(backend: SoapBackend, company: Company) -> Row | None:
    entries = [each for each in backend.entries(company, "company_addresses") if each.values["isDefault"]]
    return _address(backend, entries[-1]) if entries else None


def _bank_account(backend: SoapBackend, entry: Entry) -> Row:
    values = entry.values
    return {
        "Id": backend.ids.number("company_bank_account", entry.id),
        "Number": values.get("bankAccountNumber"),
        "Description": None,
        "IBAN": values.get("IBAN"),
        "BIC": values.get("BIC"),
        "City": None,
        "Name": values.get("bankName"),
        "Type": "Standaard",
    }


def _contact_person(backend: SoapBackend, company: Company) -> Row | None:
    """The default one; there is one only in this API."""
    entries = [each for each in backend.entries(company, "company_contact_persons") if each.values["isDefault"]]
    if not entries:
        return None
    values = entries[-1].values
    return {
        "Email": values.get("email"),
        "Name": values.get("name"),
        "Phone": values.get("phoneNumber"),
        "Gender": values.get("gender"),
        "MobilePhone": values.get("mobilePhoneNumber"),
        "Fax": None,
        "Function": values["function"]["description"],
        "Department": values["department"]["description"],
        "Number": 1,
    }


def _schedules(backend: SoapBackend, company: Company) -> Row:
    """Up to four schedules, each in an element of its own name."""
    entries = backend.entries(company, "company_schedules")
    return {
        f"FulltimeSchedule{name}": {
            "ScheduleCalcMethod": "HoursYearDevidedPeriods",
            **{
                f"Hours{each}{end}": entry.values["hours"][f"{each.lower()}{end}"]
                for end in ("", "2")
                for each in WEEKDAYS
            },
        }
        for name, entry in zip(SCHEDULES, entries, strict=False)
    }


def _templates(backend: SoapBackend, company: Company) -> Items:
    return Items.of(
        "DefaultEmployeeTemplate",
        (
            {"DefaultEmployeeTemplateId": str(each.id), "Description": each.values["description"]}
            for each in backend.entries(company, "default_templates")
        ),
    )


def _labour_agreements(backend: SoapBackend, company: Company, period: int, year: int) -> Items:
    """The agreements that a company can choose from; their models are left out."""
    backend.check_period(company, period, year)
    return Items.of(
        "LabourAgreement",
        (
            {
                "Id": int(code),
                "Guid": uuid5(NAMESPACE_URL, f"labour-agreement/{code}"),
                "Number": int(code),
                "Description": description,
                "Default": position == 0,
                "BlnUseProvisional": False,
            }
            for position, (code, description) in enumerate(LABOUR_AGREEMENTS)
        ),
    )


def _run_requests(backend: SoapBackend, company: Company, year: int) -> Items:
    """Every run was asked for; one for the current period is pending (invented), with .NET's empty date."""
    rows: list[Row] = [
        {"Period": run.period_end, "Year": run.year, "Status": "Complete", "HandledDate": run.created_at}
        for run in reversed(backend.runs(company, year))
    ]
    now = backend.office.period(company)
    if now.year == year:
        rows.append({"Period": now.number, "Year": year, "Status": "Pending", "HandledDate": EMPTY_DATE})
    return Items.of("RunRequest", rows)


def _table(backend: SoapBackend, company: Company, period: int, year: int) -> tuple[Entry, Mapping[str, Any]] | None:
    """The company's salary table, in the version that holds in a period."""
    asked = backend.check_period(company, period, year)
    for entry in backend.entries(company, "salary_tables"):
        begun = [each for each in entry.values["versions"] if (each["year"], each["month"]) <= asked]
        if begun:
            return entry, begun[-1]
    return None


def _salary_table(backend: SoapBackend, company: Company, period: int, year: int) -> Row | None:
    found = _table(backend, company, period, year)
    if found is None:
        return None
    values = found[0].values
    return {"Code": values["tableCode"], "Description": values["tableName"], "GuidSalaryTable": found[0].id}


def _scales(backend: SoapBackend, company: Company, period: int, year: int) -> Items | None:
    found = _table(backend, company, period, year)
    return found and Items.of(
        "SalaryTableScaleV2",
        (
            {
                "Scale": scale["scaleCode"],
                "SchaalDescription": scale["scaleDescription"],
                "ScaleValue": 0,
                "ScalePercentageMax": 0,
                "ScalePercentageMin": 0,
                "GuidSalaryTableScale": scale["scaleId"] or uuid5(found[0].id, scale["scaleCode"]),
            }
            for scale in found[1]["scales"]
        ),
    )


def _steps(backend: SoapBackend, company: Company, scale_code: str, period: int, year: int) -> Items | None:
    """The steps of a scale; the parameter is the whole scale, of which the code counts."""
    found = _table(backend, company, period, year)
    return found and Items.of(
        "SalaryTableStepV2",
        (
            {
                "Step": step["stepCode"],
                "StepDescription": step["stepDescription"],
                "StepValue": step["amountMonth"],
                "GuidSalaryTableStep": step["stepId"] or uuid5(found[0].id, f"{scale_code}/{step['stepCode']}"),
            }
            for scale in found[1]["scales"]
            if scale["scaleCode"] == scale_code
            for step in scale["steps"]
        ),
    )


def _wage_tax_xml(backend: SoapBackend, wage_tax: int, company: int) -> str:
    """The return, as text.

    Raises:
        NumberedFaultError: 9999 when the company has no such return (inferred, as for runs).
    """
    about = backend.company(company)
    for entry in backend.entries(about, "wage_taxes"):
        if backend.ids.number("wage_taxes", entry.id) == wage_tax:
            return wage_tax_return(about, entry.values).decode()
    raise NumberedFaultError(9999)


COMPANY = ("CompanyId",)
PERIOD = ("CompanyId", "Period", "Year")

OPERATIONS = (
    Operation(name="Address_GetCurrent", parameters=COMPANY, answer=of_company(_default_address)),
    Operation(name="BankAccount_GetCurrent", parameters=COMPANY, answer=_last("company_bank_accounts", _bank_account)),
    Operation(name="ContactPerson_Get", parameters=COMPANY, answer=of_company(_contact_person)),
    Operation(name="Schedule_GetCurrent", parameters=COMPANY, answer=of_company(_schedules)),
    Operation(name="DefaultEmployeeTemplates_GetByCompany", parameters=COMPANY, answer=of_company(_templates)),
    Operation(name="LabourAgreements_Get", parameters=PERIOD, answer=of_company(_labour_agreements)),
    Operation(name="LabourAgreements_GetCurrent", parameters=COMPANY, answer=current(_labour_agreements)),
    Operation(name="RunRequest_GetList", parameters=("CompanyId", "Year"), answer=of_company(_run_requests)),
    Operation(name="SalaryTable2_Get", parameters=PERIOD, answer=of_company(_salary_table)),
    Operation(name="SalaryTable2_GetScales", parameters=PERIOD, answer=of_company(_scales)),
    Operation(
        name="SalaryTable2_GetSteps",
        parameters=("CompanyId", "Scale.Scale", "Period", "Year"),
        answer=of_company(_steps),
    ),
    Operation(name="WageTax_GetXML", parameters=("LoonaangifteID", "CompanyId"), answer=_wage_tax_xml),
)
