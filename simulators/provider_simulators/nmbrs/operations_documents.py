"""The documents: each is started, made behind the scenes, and fetched by the id of its task."""

from typing import Any
from uuid import UUID

from provider_simulators.nmbrs import papers
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.operation import EMPLOYEE_DOCUMENT, DocumentOperation
from provider_simulators.nmbrs.problems import ProblemError
from provider_simulators.nmbrs.shapes import Parameters
from provider_simulators.nmbrs.store import Entry
from provider_simulators.nmbrs.wage_codes import wage_codes_document
from provider_simulators.world import Company, Run, Split

RUN = "/api/companies/{companyId}/runs/{payrollRunId}"
WAGE_TAX = "/api/companies/{companyId}/wagetaxes/{wageTaxId}"


def _journal(segment: str, name: str, split: Split) -> DocumentOperation:
    def start(backend: NmbrsBackend, given: Parameters) -> UUID:
        _, run = _run(backend, given)
        return backend.start_journal(run, split)

    return DocumentOperation(path=f"{RUN}/{segment}", name=name, start=start)


def _wage_codes(backend: NmbrsBackend, given: Parameters) -> UUID:
    _, run = _run(backend, given)
    codes, switches = given.get("wageCodes"), backend.switches
    return backend.start_document(
        lambda: wage_codes_document(run, codes, switches), run=run.id, document="wage_codes", codes=codes
    )


def _run_sepa(backend: NmbrsBackend, given: Parameters) -> UUID:
    company, run = _run(backend, given)
    accounts = {entry.employee: entry.values["IBAN"] for entry in backend.store.of(company.id, "bank_accounts")}
    return backend.start_document(
        lambda: papers.run_payments(company, run, accounts, _day(given)), run=run.id, document="sepa"
    )


def _wage_tax_xml(backend: NmbrsBackend, given: Parameters) -> UUID:
    company, entry = _wage_tax(backend, given)
    return backend.start_document(
        lambda: papers.wage_tax_return(company, entry.values), wage_tax=entry.id, document="xml"
    )


def _wage_tax_sepa(backend: NmbrsBackend, given: Parameters) -> UUID:
    company, entry = _wage_tax(backend, given)
    if entry.values["year"] != given["year"]:
        raise ProblemError(40401)
    return backend.start_document(
        lambda: papers.wage_tax_payment(company, entry.values, _day(given)), wage_tax=entry.id, document="sepa"
    )


def _payslip(backend: NmbrsBackend, given: Parameters) -> UUID:
    company, employee = backend.employee(given["employeeId"])
    period = backend.asked_period(company, given.get("year"), given.get("period"))
    shown = "-" if period is None else f"{period[0]}-{period[1]:02}"
    return backend.start_document(
        lambda: papers.pdf(f"Loonstrook {shown}", f"{employee.number} {employee.display_name}"),
        employee=employee.id,
        document="payslip",
    )


def _annual_statement(backend: NmbrsBackend, given: Parameters) -> UUID:
    company, employee = backend.employee(given["employeeId"])
    year = given.get("year") or backend.period(company).year
    return backend.start_document(
        lambda: papers.pdf(f"Jaaropgaaf {year}", f"{employee.number} {employee.display_name}"),
        employee=employee.id,
        document="annual_statement",
    )


def _run(backend: NmbrsBackend, given: Parameters) -> tuple[Company, Run]:
    company = backend.company(given["companyId"])
    return company, backend.run(company, given["payrollRunId"], given.get("year"))


def _wage_tax(backend: NmbrsBackend, given: Parameters) -> tuple[Company, Entry]:
    company = backend.company(given["companyId"])
    try:
        return company, backend.store.entry(company.id, "wage_taxes", given["wageTaxId"])
    except KeyError:
        raise ProblemError(40401) from None


def _day(given: Parameters) -> Any:
    moment = given.get("paymentDate")
    return moment.date() if moment else None


DOCUMENTS = (
    _journal("journals", "getPayrollRunJournals", Split.COMPANY),
    _journal("journalscostcenter", "getPayrollRunJournalsByCostCenter", Split.COST_CENTER),
    _journal("journalscostcenterunit", "getPayrollRunJournalsByCostCenterCostUnit", Split.COST_CENTER_UNIT),
    _journal("journalsdepartment", "getPayrollRunJournalsByDepartment", Split.DEPARTMENT),
    _journal("journalsemployee", "getPayrollRunJournalsByEmployee", Split.EMPLOYEE),
    DocumentOperation(
        path=f"{RUN}/wagecodes/xml",
        name="getPayrollRunWageCodes",
        start=_wage_codes,
        parameters=("year", "wageCodes"),
        required=(),
    ),
    DocumentOperation(
        path=f"{RUN}/sepa", name="getPayrollRunSEPA", start=_run_sepa, parameters=("year", "paymentDate")
    ),
    DocumentOperation(path=f"{WAGE_TAX}/xml", name="getWageTaxXML", start=_wage_tax_xml, parameters=(), required=()),
    DocumentOperation(
        path=f"{WAGE_TAX}/sepa", name="getWageTaxSEPA", start=_wage_tax_sepa, parameters=("year", "paymentDate")
    ),
    DocumentOperation(
        path="/api/employees/{employeeId}/payslipperperiod",
        name="getEmployeePayslipPerPeriod",
        start=_payslip,
        scopes=EMPLOYEE_DOCUMENT,
        parameters=("period", "year"),
        required=(),
    ),
    DocumentOperation(
        path="/api/employees/{employeeId}/annualstatement",
        name="getEmployeeAnnualStatement",
        start=_annual_statement,
        scopes=EMPLOYEE_DOCUMENT,
        required=(),
    ),
)

TASK_PATH = "/api/documents/{taskId}"
TASK_SCOPES = ("document.read",)
