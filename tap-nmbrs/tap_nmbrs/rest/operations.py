"""The lists of the REST API. Paths, parameters and scopes: vendor OpenAPI, to the letter, also in case."""

from dataclasses import dataclass
from typing import Final

from tap_nmbrs.operation import Operation, Per

__all__ = ["OPERATIONS", "RestOperation"]


@dataclass(frozen=True, kw_only=True)
class RestOperation(Operation):
    """A list of the REST API.

    Attributes:
        operation_id: The vendor's name of it.
        path: With `{company_id}` and other keys.
        scope: The scope of the consent that it needs.
        row_id: Members that identify a row of the list, in the provider's spelling; none: the whole row does.
        envelope: Members beside `data` that belong to every row.
    """

    operation_id: str
    path: str
    scope: str
    row_id: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()


OPERATIONS: Final = (
    RestOperation(
        stream="debtors",
        operation_id="getDebtors",
        path="/api/debtors",
        scope="company.info.read",
        row_id=("debtorId",),
        primary_keys=("debtor_id",),
        per=Per.ACCOUNT,
    ),
    RestOperation(
        stream="companies",
        operation_id="getCompanies",
        path="/api/companies",
        scope="company.info.read",
        row_id=("companyId",),
        primary_keys=("company_id",),
        per=Per.ACCOUNT,
    ),
    RestOperation(
        stream="cost_centers",
        operation_id="getCompanyCostCenters",
        path="/api/companies/{company_id}/costCenters",
        scope="company.payrollsettings.read",
        row_id=("costCenterId",),
        primary_keys=("company_id", "cost_center_id"),
    ),
    RestOperation(
        stream="employees",
        operation_id="getEmployeesByCompany",
        path="/api/companies/{company_id}/employees",
        scope="employee.info.read",
        row_id=("employeeId",),
        primary_keys=("employee_id",),
        inner=("employeeBasicInfo",),
        parameters={"employeeType": "employee_types"},
    ),
    RestOperation(
        stream="payroll_runs",
        operation_id="getCompanyPayrollRuns",
        path="/api/companies/{company_id}/runs",
        scope="company.payrollsettings.read",
        row_id=("payrollRunId",),
        primary_keys=("payroll_run_id",),
    ),
)
