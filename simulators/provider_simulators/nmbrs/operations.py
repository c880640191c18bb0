"""The simulated operations as a table. Paths, parameters and scopes: vendor OpenAPI, to the letter, also in case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from provider_simulators.nmbrs import rows
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.parameters import PAGING
from provider_simulators.world import Split

Parameters = dict[str, Any]
COMPANY_INFO = ("company.info", "company.info.read")
EMPLOYEE_INFO = ("employee.info", "employee.info.read")
ORGANISATION = ("employee.orgstructure", "employee.orgstructure.read")
PAYROLL_SETTINGS = ("company.payrollsettings.read",)
COMPANY_DOCUMENT = ("company.document.read",)


@dataclass(frozen=True, kw_only=True)
class ListOperation:
    """A GET that answers rows in the envelope.

    Attributes:
        path: With the vendor's placeholders: `/api/companies/{companyId}/runs`.
        name: The vendor's operationId.
        scopes: Any of them is enough.
        rows: All rows, before paging.
        parameters: Query parameters; without the paging ones everything comes on one page.
    """

    path: str
    name: str
    scopes: tuple[str, ...]
    rows: Callable[[NmbrsBackend, Parameters], list[Row]]
    parameters: tuple[str, ...] = PAGING
    required: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DocumentOperation:
    """A GET that starts a document and answers its task."""

    path: str
    name: str
    split: Split
    scopes: tuple[str, ...] = COMPANY_DOCUMENT
    parameters: tuple[str, ...] = ("year",)
    required: tuple[str, ...] = ("year",)

    def start(self, backend: NmbrsBackend, given: Parameters) -> UUID:
        """Start the document of the run that the call names."""
        company = backend.company(given["companyId"])
        return backend.start_journal(backend.run(company, given["payrollRunId"], given["year"]), self.split)


LISTS = (
    ListOperation(
        path="/api/debtors",
        name="getDebtors",
        scopes=COMPANY_INFO,  # not debtor.info: the scope does not follow the path
        rows=lambda backend, _: [rows.debtor(each) for each in backend.debtors()],
    ),
    ListOperation(
        path="/api/debtors/{debtorId}/companies",
        name="getCompaniesByDebtor",
        scopes=COMPANY_INFO,
        rows=lambda backend, given: [
            rows.company(each) for each in backend.companies(backend.debtor(given["debtorId"]))
        ],
    ),
    ListOperation(
        path="/api/debtors/{debtorId}/departments",
        name="getDepartmentsByDebtor",
        scopes=ORGANISATION,
        rows=lambda backend, given: [rows.department(each) for each in backend.debtor(given["debtorId"]).departments],
    ),
    ListOperation(
        path="/api/companies",
        name="getCompanies",
        scopes=COMPANY_INFO,
        rows=lambda backend, _: [rows.company(each) for each in backend.companies()],
    ),
    ListOperation(
        path="/api/companies/{companyId}/period",
        name="getCurrentPeriod",
        scopes=COMPANY_INFO,
        rows=lambda backend, given: [rows.company_period(backend, backend.company(given["companyId"]))],
        parameters=(),
    ),
    ListOperation(
        path="/api/companies/{companyId}/employees",
        name="getEmployeesByCompany",
        scopes=EMPLOYEE_INFO,
        rows=lambda backend, given: [
            rows.employee(each)
            for each in backend.employees(
                backend.company(given["companyId"]),
                types=given.get("employeeType"),
                employee_id=given.get("employeeId"),
                created_from=given.get("createdFrom"),
            )
        ],
        parameters=(*PAGING, "employeeType", "employeeId", "createdFrom"),
    ),
    ListOperation(
        path="/api/companies/{companyId}/costCenters",
        name="getCompanyCostCenters",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [
            rows.cost_center(each) for each in backend.company(given["companyId"]).cost_centers
        ],
    ),
    ListOperation(
        path="/api/companies/{companyId}/costUnits",
        name="getCompanyCostUnits",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [rows.cost_unit(each) for each in backend.company(given["companyId"]).cost_units],
    ),
    ListOperation(
        path="/api/companies/{companyId}/runs",
        name="getCompanyPayrollRuns",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [
            rows.payroll_run(each) for each in backend.runs(backend.company(given["companyId"]), given.get("year"))
        ],
        parameters=(*PAGING, "year"),
    ),
)

RUN = "/api/companies/{companyId}/runs/{payrollRunId}"
DOCUMENTS = (
    DocumentOperation(path=f"{RUN}/journals", name="getPayrollRunJournals", split=Split.COMPANY),
    DocumentOperation(
        path=f"{RUN}/journalscostcenter", name="getPayrollRunJournalsByCostCenter", split=Split.COST_CENTER
    ),
    DocumentOperation(
        path=f"{RUN}/journalscostcenterunit",
        name="getPayrollRunJournalsByCostCenterCostUnit",
        split=Split.COST_CENTER_UNIT,
    ),
    DocumentOperation(
        path=f"{RUN}/journalsdepartment", name="getPayrollRunJournalsByDepartment", split=Split.DEPARTMENT
    ),
    DocumentOperation(path=f"{RUN}/journalsemployee", name="getPayrollRunJournalsByEmployee", split=Split.EMPLOYEE),
)

TASK_PATH = "/api/documents/{taskId}"
TASK_SCOPES = ("document.read",)
