"""ReportService: background reports, their results, and the journal report that comes at once.

Operations and documents as working clients of v3 know them; the roots of the journal reports are invented.
"""

import html
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.faults import NumberedFaultError
from provider_simulators.nmbrs.soap.operation import Operation, of_company
from provider_simulators.nmbrs.soap.values import Items, Row, add
from provider_simulators.world import Company, Employee, Run, Split
from provider_simulators.world.runs import OVERTIME_DESCRIPTION, WAGE_CODES

NONE = "-"
"""What a report says where there is no number."""
PERCENT = "100,00"


def number(amount: Decimal | None) -> str:
    """An amount as reports have it: a decimal comma."""
    return NONE if amount is None else f"{amount:.2f}".replace(".", ",")


# Wage codes (run output)


def _wage_codes(backend: SoapBackend, runs: Iterable[Run]) -> ET.Element:
    root = ET.Element("reports")
    for run in runs:
        for employee in run.employees:
            report = {
                "employeeid": backend.ids.number("employee", employee.id),
                "period": run.period_end,
                "year": run.year,
                "runnumber": run.number,
                "lines": Items.of("line", _code_lines(run, employee)),
            }
            add(root, "report", report)
    return root


def _code_lines(run: Run, employee: Employee) -> Iterator[Row]:
    """A line per wage code; overtime stands there without a value when there was none."""
    values = {line.code: line.value for line in run.output(employee)}
    for code, description in WAGE_CODES.items():
        if code in values or description == OVERTIME_DESCRIPTION:
            yield {"code": code, "description": description, "value": number(values.get(code))}


def _of_run(backend: SoapBackend, company: Company, run: int, year: int) -> ET.Element:
    return _wage_codes(backend, (backend.run(company, run, year),))


def _of_year(backend: SoapBackend, company: Company, year: int) -> ET.Element:
    return _wage_codes(backend, reversed(backend.runs(company, year)))


# Journals over a range of periods


def _journal(backend: SoapBackend, company: Company, start: int, end: int, year: int) -> ET.Element:
    backend.check_period(company, start, year)
    backend.check_period(company, end, year)
    root = ET.Element("JournalsReport")
    add(root, "CompanyId", backend.ids.number("company", company.id))
    add(root, "StartPeriod", start)
    add(root, "EndPeriod", end)
    add(root, "Year", year)
    runs = [run for run in reversed(backend.runs(company, year)) if start <= run.period_end <= end]
    add(root, "Items", Items.of("Item", (row for run in runs for _, row in _journal_rows(run))))
    return root


def _business_journal(backend: SoapBackend, company: Company, *bounds: int) -> str:
    from_year, from_period, until_year, until_period = bounds
    first = backend.check_period(company, from_period, from_year)
    last = backend.check_period(company, until_period, until_year)
    years = range(from_year, until_year + 1)
    runs = [run for year in years for run in reversed(backend.runs(company, year))]
    extra = {
        "CompanyID": backend.ids.number("company", company.id),
        "CompanyName": company.name,
        "CompanyNr": company.number,
    }
    rows = (
        {**extra, "EmployeeID": backend.ids.number("employee", employee), **row}
        for run in runs
        if first <= (run.year, run.period_end) <= last
        for employee, row in _journal_rows(run, with_number=True)
    )
    root = ET.Element("JournalReport")
    add(root, "JournalReportItems", Items.of("JournalReportItem", rows))
    return _text(backend, root)


def _journal_rows(run: Run, *, with_number: bool = False) -> Iterator[tuple[UUID, Row]]:
    """A row per journal line of each employee, with the employee's id."""
    people = {str(each.number): each for each in run.employees}
    for line in run.journal_lines(Split.EMPLOYEE):
        employee = people[line.employee or ""]
        yield (
            employee.id,
            {
                "EmployeeName": employee.display_name,
                **({"EmployeeNr": employee.number} if with_number else {}),
                "Period": run.period_end,
                "Year": run.year,
                "Run": run.number,
                "Department": employee.department.description,
                "CostCenter": employee.cost_center.code,
                "CostUnit": employee.cost_unit.code,
                "Percentage": PERCENT,
                "GeneralLedgerAccount": line.account or "",
                "ComponentName": line.description,
                "Debit": number(line.amount if line.amount > 0 else None),
                "Credit": number(-line.amount if line.amount < 0 else None),
            },
        )


# Tasks


def _text(backend: SoapBackend, root: ET.Element) -> str:
    encoding = "utf-16" if backend.switches.soap_report_utf16 else "utf-8"
    return f'<?xml version="1.0" encoding="{encoding}"?>\n' + ET.tostring(root, encoding="unicode")


def _in_background(make: Callable[..., ET.Element]) -> Callable[..., Any]:
    def start(backend: SoapBackend, company: Company, *rest: int) -> UUID:
        text = _text(backend, make(backend, company, *rest))
        for _ in range(backend.switches.soap_report_escapes - 1):
            text = html.escape(text, quote=False)
        return backend.tasks.start(text)

    return of_company(start)


def _result(backend: SoapBackend, task: str) -> Row:
    """Where a task stands.

    Raises:
        NumberedFaultError: 2020 for an id that is none; others by switch.
    """
    try:
        task_id = UUID(task)
    except ValueError as error:
        raise NumberedFaultError(2020) from error
    status, content = backend.tasks.result(task_id)
    return {"TaskId": task_id, "Status": status, "Content": content}


OPERATIONS = (
    Operation(
        name="Reports_GetWageCodesByRunCompany_v2_Background",
        parameters=("companyId", "runId", "year"),
        answer=_in_background(_of_run),
    ),
    Operation(
        name="Reports_GetWageCodesByYear_Background",
        parameters=("CompanyId", "Year"),
        answer=_in_background(_of_year),
    ),
    Operation(
        name="Reports_GetJournalsReportByCompany_Background",
        parameters=("companyId", "startPeriod", "endPeriod", "year"),
        answer=_in_background(_journal),
    ),
    Operation(
        name="Reports_Business_Company_CompanyJournalReport",
        parameters=("CompanyId", "FromYear", "FromPeriod", "UntilYear", "UntilPeriod"),
        answer=of_company(_business_journal),
    ),
    Operation(name="Reports_BackgroundTask_Result", parameters=("TaskId",), answer=_result),
)
