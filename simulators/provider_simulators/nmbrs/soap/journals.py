"""The ten operations that answer a run's journal: the REST API's document, inside a string."""

from collections.abc import Callable
from typing import Any

from provider_simulators.nmbrs.journals import journal_document
from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.operation import Operation, of_company
from provider_simulators.world import Company, Split


def _journal(split: Split) -> Callable[..., Any]:
    def answer(backend: SoapBackend, company: Company, run: int, year: int | None = None) -> str:
        """Without a year it is the company's current one (vendor WSDL): last year's runs are not found then."""
        asked = backend.office.period(company).year if year is None else year
        document = journal_document(backend.run(company, run, asked), split, backend.switches)
        return document.decode("utf-8", errors="ignore")

    return of_company(answer)


RUN = ("CompanyId", "RunId")
NAMES = {
    Split.COMPANY: ("Company", "Company_v2", (*RUN, "intYear")),
    Split.COST_CENTER: ("CostCenter", "CostCenter_v2", (*RUN, "intYear")),
    Split.COST_CENTER_UNIT: ("CostCenterCostUnit", "CostCenterCostUnitPerYear", ("companyId", "runId", "year")),
    Split.DEPARTMENT: ("Department", "Department_v2", (*RUN, "intYear")),
    Split.EMPLOYEE: ("Employee", "Employee_v2", (*RUN, "intYear")),
}
"""Ends of the names without and with a year, and the parameters with a year, to the letter (vendor WSDL)."""

OPERATIONS = tuple(
    operation
    for split, (without_year, with_year, parameters) in NAMES.items()
    for operation in (
        Operation(name=f"Journals_GetByRun{without_year}", parameters=RUN, answer=_journal(split)),
        Operation(name=f"Journals_GetByRun{with_year}", parameters=parameters, answer=_journal(split)),
    )
)
