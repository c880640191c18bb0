"""Reads of companies: who they are, what they choose from, what they pay and declare, and their runs."""

from typing import Any

from provider_simulators.nmbrs import rows
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.operation import (
    COMPANY_INFO,
    COMPANY_LEAVE,
    EMPLOYEE_INFO,
    EMPLOYEE_WRITE,
    PAYROLL_SETTINGS,
    ListOperation,
    Scopes,
)
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.parameters import PAGING
from provider_simulators.nmbrs.shapes import Parameters, Shape, Validity, of_company

COMPANY = "/api/companies/{companyId}"


def _own(
    segment: str, name: str, shape: Shape, *parameters: str, scopes: Scopes = PAYROLL_SETTINGS, beside: Any = None
) -> ListOperation:
    return ListOperation(
        path=f"{COMPANY}/{segment}",
        name=name,
        scopes=scopes,
        rows=of_company(shape),
        parameters=(*PAGING, *parameters),
        beside=beside,
    )


def _employees(backend: NmbrsBackend, given: Parameters) -> list[Row]:
    return [
        rows.employee(each)
        for each in backend.employees(
            backend.company(given["companyId"]),
            types=given.get("employeeType"),
            employee_id=given.get("employeeId"),
            created_from=given.get("createdFrom"),
        )
    ]


def _employees_in_run(backend: NmbrsBackend, given: Parameters) -> list[Row]:
    run = backend.run(backend.company(given["companyId"]), given["payrollRunId"], given.get("year"))
    return [{"employeeId": each.id, "employeeNumber": each.number} for each in run.employees]


OF_COMPANIES = (
    ListOperation(
        path="/api/companies",
        name="getCompanies",
        scopes=COMPANY_INFO,
        rows=lambda backend, _: [rows.company(each) for each in backend.companies()],
    ),
    ListOperation(
        path=f"{COMPANY}/period",
        name="getCurrentPeriod",
        scopes=COMPANY_INFO,
        rows=lambda backend, given: [rows.company_period(backend, backend.company(given["companyId"]))],
        parameters=(),
    ),
    ListOperation(
        path=f"{COMPANY}/employees",
        name="getEmployeesByCompany",
        scopes=EMPLOYEE_INFO,
        rows=_employees,
        parameters=(*PAGING, "employeeType", "employeeId", "createdFrom"),
    ),
    ListOperation(
        path=f"{COMPANY}/costCenters",
        name="getCompanyCostCenters",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [
            rows.cost_center(each) for each in backend.company(given["companyId"]).cost_centers
        ],
    ),
    ListOperation(
        path=f"{COMPANY}/costUnits",
        name="getCompanyCostUnits",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [rows.cost_unit(each) for each in backend.company(given["companyId"]).cost_units],
    ),
    ListOperation(
        path=f"{COMPANY}/runs",
        name="getCompanyPayrollRuns",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: [
            rows.payroll_run(each) for each in backend.runs(backend.company(given["companyId"]), given.get("year"))
        ],
        parameters=(*PAGING, "year"),
    ),
    ListOperation(
        path=f"{COMPANY}/runs/{{payrollRunId}}/employees",
        name="getEmployeesInPayrollRun",
        scopes=PAYROLL_SETTINGS,
        rows=_employees_in_run,
        parameters=(*PAGING, "year"),
    ),
    _own(
        "addresses",
        "getCompanyAddresses",
        Shape(kind="company_addresses", id_name="addressId"),
        scopes=COMPANY_INFO,
    ),
    _own(
        "bankaccounts",
        "getCompanyBankAccounts",
        Shape(kind="company_bank_accounts"),
        scopes=COMPANY_INFO,
        beside=lambda _, given: {"companyId": given["companyId"]},
    ),
    _own(
        "contactpersons",
        "getCompanyContactPersons",
        Shape(kind="company_contact_persons", created=None),
        scopes=COMPANY_INFO,
    ),
    _own(
        "extrafieldSettings",
        "getextrafieldSettings",
        Shape(kind="extra_field_settings", id_name="extraFieldId", created=None),
        scopes=COMPANY_INFO,
    ),
    _own(
        "defaultTemplates",
        "getDefaultTemplates",
        Shape(kind="default_templates", id_name="defaultEmployeeTemplateId", created=None),
        scopes=EMPLOYEE_WRITE,
    ),
    _own(
        "leaveGroups",
        "getCompanyLeaveGroups",
        Shape(kind="leave_groups", id_name="leaveGroupId", created=None),
        scopes=COMPANY_LEAVE,
    ),
    _own("hourcodes", "getHourCodesByCompany", Shape(kind="hour_codes", created=None)),
    _own("wagemodels", "GetCompanyWageModels", Shape(kind="wage_models", id_name="id", created=None), "period", "year"),
    _own("schedules", "getCompanySchedules", Shape(kind="company_schedules"), "year", "period"),
    _own(
        "svwsettings",
        "getCompanySVWSettings",
        Shape(kind="company_svw_settings", id_name="SVWSettingsId", validity=Validity.LATEST),
        "period",
        "year",
        "createdFrom",
    ),
    _own(
        "fixedwagecomponents",
        "getFixedCompanyWageComponentsByCompany",
        Shape(kind="company_fixed_wage_components", id_name="fixedWageComponentId", validity=Validity.RUNNING),
        "createdFrom",
        "year",
        "period",
    ),
    _own(
        "variablewagecomponents",
        "getVariableCompanyWageComponentsByCompany",
        Shape(kind="company_variable_wage_components", id_name="variableWageComponentId", validity=Validity.YEAR),
        "createdFrom",
        "year",
    ),
    _own("workcost", "getCompanyWorkCosts", Shape(kind="work_costs", created=None, validity=Validity.YEAR), "year"),
    _own(
        "wagetaxes",
        "getCompanyWageTaxes",
        Shape(kind="wage_taxes", id_name="wageTaxId", created=None, validity=Validity.YEAR),
        "year",
    ),
    _own(
        "pensionexport",
        "getCompanyPensionExports",
        Shape(kind="pension_exports", id_name="pensionExportId", created=None, validity=Validity.YEAR),
        "year",
    ),
    _own(
        "salarytables",
        "getCompanySalaryTables",
        Shape(kind="salary_tables", id_name="salaryTableId", hidden=("versions",)),
    ),
    ListOperation(
        path=f"{COMPANY}/salarytable/{{salaryTableVersionId}}/content",
        name="getSalaryTableContent",
        scopes=PAYROLL_SETTINGS,
        rows=lambda backend, given: backend.salary_table_version(given["companyId"], given["salaryTableVersionId"])[1][
            "scales"
        ],
        beside=rows.salary_table_heading,
    ),
    ListOperation(
        path="/api/salarytable/{salaryTableId}",
        name="getSalaryTableVersions",
        scopes=PAYROLL_SETTINGS,
        rows=rows.salary_table_versions,
    ),
)
