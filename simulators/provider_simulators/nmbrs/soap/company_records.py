"""CompanyService: what is in the store for a whole company. Names and types: vendor WSDL v2.1."""

from collections.abc import Callable
from typing import Any

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.operation import Operation, current, of_company
from provider_simulators.nmbrs.soap.values import EMPTY_DATE, Items, Row, nillable
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company


def _hour_codes(backend: SoapBackend, company: Company) -> Items:
    return Items.of(
        "HourCode",
        (
            {"Code": each.values["code"], "Description": each.values.get("description")}
            for each in backend.entries(company, "hour_codes")
        ),
    )


def _wage_codes(backend: SoapBackend, company: Company) -> Items:
    """The codes of all wage models, one model after the other."""
    return Items.of(
        "WageCode",
        (
            {"Code": code["code"], "Description": code.get("description")}
            for each in backend.entries(company, "wage_models")
            for code in each.values["wageCodes"]
        ),
    )


def _components(kind: str) -> Callable[[SoapBackend, Company, int, int], Items]:
    """Wage components of a whole company that hold in a period."""

    def answer(backend: SoapBackend, company: Company, period: int, year: int) -> Items:
        asked = backend.check_period(company, period, year)
        entries = (each for each in backend.entries(company, kind) if holds_in(each, asked, is_fixed="fixed" in kind))
        return Items.of("WageComponent", (component(backend, kind, each) for each in entries))

    return answer


def holds_in(entry: Entry, asked: tuple[int, int], *, is_fixed: bool) -> bool:
    """Whether a component or setting belongs to a period: only to its own, or from there on until its end."""
    if entry.period is None or not is_fixed:
        return entry.period in (None, asked)
    end = entry.values.get("endPeriod")
    last = (end["year"], end["period"]) if isinstance(end, dict) else (entry.values.get("endYear"), end)
    return entry.period <= asked and (None in last or asked <= last)


def component(backend: SoapBackend, kind: str, entry: Entry) -> Row:
    """A WageComponent: cost center, cost unit and comment are not told (vendor WSDL)."""
    return {
        "Id": backend.ids.number(kind, entry.id),
        "Code": entry.values["code"],
        "Value": entry.values["value"],
    }


def _of_year(name: str, kind: str, row: Callable[[SoapBackend, Entry], Row]) -> Callable[..., Any]:
    """A list of what belongs to a year."""

    def answer(backend: SoapBackend, company: Company, year: int) -> Items:
        backend.check_year(year)
        entries = backend.entries(company, kind)
        return Items.of(name, (row(backend, each) for each in entries if each.period and each.period[0] == year))

    return of_company(answer)


def _work_cost(_: SoapBackend, entry: Entry) -> Row:
    values, (year, period) = entry.values, entry.period or (0, 0)
    return {
        "Period": period,
        "Year": year,
        "WorkCostPayroll": values["workCostPayroll"],
        "WorkCostFinancial": values["workCostFinancial"],
        "FiscalWage": values["fiscalWage"],
        "WorkCostAvailableSpace": values["workCostAvailable"],
        "WorkCostBase": values["workCostBase"],
        "WorkCostToPay": values["workCostToPay"],
        "WorkCostEstimated": nillable(values.get("workCostEstimated")),
        "WorkCostPaid": values["workCostPaid"],
    }


def _wage_tax(backend: SoapBackend, entry: Entry) -> Row:
    values, (year, period) = entry.values, entry.period or (0, 0)
    return {
        "LoonaangifteID": backend.ids.number("wage_taxes", entry.id),
        "SerialNumber": values["serialNumber"],
        "PaymentReference": values.get("paymentReference"),
        "TotalGeneral": values["totalGeneral"],
        "Period": period,
        "Year": year,
        "Status": values.get("status"),
        "SentAt": values.get("sentAt") or EMPTY_DATE,
        "TijdvakStart": values.get("periodStart") or EMPTY_DATE,
        "TijdvakEnd": values.get("periodEnd") or EMPTY_DATE,
        "CorrectionTijdvakStart": nillable(values.get("correctionPeriodStart")),
        "CorrectionTijdvakEnd": nillable(values.get("correctionPeriodEnd")),
    }


def _pension_export(backend: SoapBackend, entry: Entry) -> Row:
    values, (year, period) = entry.values, entry.period or (0, 0)
    return {
        "PensionExportID": backend.ids.number("pension_exports", entry.id),
        "SerialNumber": values["serialNumber"],
        "Period": period,
        "Year": year,
        "Status": values.get("status"),
        "SentAt": values.get("sentAt") or EMPTY_DATE,
        "CorrectionTijdvakStart": nillable(values.get("correctionStartDate")),
        "CorrectionTijdvakEnd": nillable(values.get("correctionEndDate")),
    }


PERIOD = ("CompanyId", "Period", "Year")
FIXED = _components("company_fixed_wage_components")
VARIABLE = _components("company_variable_wage_components")

OPERATIONS = (
    Operation(name="HourModel2_GetHourCodes", parameters=("CompanyId",), answer=of_company(_hour_codes)),
    Operation(name="WageModel2_GetWageCodes", parameters=("CompanyId",), answer=of_company(_wage_codes)),
    Operation(name="WageComponentFixed_Get", parameters=PERIOD, answer=of_company(FIXED)),
    Operation(name="WageComponentFixed_GetCurrent", parameters=("CompanyId",), answer=current(FIXED)),
    Operation(name="WageComponentVar_Get", parameters=PERIOD, answer=of_company(VARIABLE)),
    Operation(name="WageComponentVar_GetCurrent", parameters=("CompanyId",), answer=current(VARIABLE)),
    Operation(
        name="WorkCost_GetList",
        parameters=("CompanyId", "Year"),
        answer=_of_year("WorkCost", "work_costs", _work_cost),
    ),
    Operation(
        name="WageTax_GetList",
        parameters=("CompanyId", "intYear"),
        answer=_of_year("WageTax", "wage_taxes", _wage_tax),
    ),
    Operation(
        name="PensionExport_GetList",
        parameters=("CompanyId", "intYear"),
        answer=_of_year("PensionExport", "pension_exports", _pension_export),
    ),
)
