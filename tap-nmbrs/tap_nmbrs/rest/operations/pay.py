"""What employees earn and what is withheld; hours and days are asked for employee by employee."""

from typing import Final

from tap_nmbrs.operation import Parent, Since, Window
from tap_nmbrs.rest.operations.row import RestOperation

__all__ = ["PAY_OPERATIONS"]

_EMPLOYEES: Final = "/api/companies/{company_id}/employees"
_EMPLOYEE: Final = "/api/employees/{employee_id}"
_ROW: Final = ("employeeId",)
_EMPLOYMENT: Final = "employee.employment.read"
_PAYMENT: Final = "employee.payment.read"
_SETTINGS: Final = "employee.payrollsettings.read"
_CREATED: Final = Since(parameter="createdFrom", field="created_at")
_EACH_EMPLOYEE: Final = Parent(stream="employees", key="employee_id")

PAY_OPERATIONS: Final = (
    RestOperation(
        stream="employee_bank_accounts",
        operation_id="getBankAccountsByCompany",
        path=f"{_EMPLOYEES}/bankaccounts",
        scope="employee.bankaccount.read",
        row_id=_ROW,
        primary_keys=("employee_id", "bank_account_id"),
        inner=("bankAccounts",),
        since=_CREATED,
        selected=False,
    ),
    RestOperation(
        stream="salaries",
        operation_id="getSalariesByCompany",
        path=f"{_EMPLOYEES}/salaries",
        scope=_EMPLOYMENT,
        row_id=_ROW,
        primary_keys=("salary_id",),
        inner=("salaries",),
        since=_CREATED,
        selected=False,
    ),
    RestOperation(
        stream="cost_per_hour",
        operation_id="getCostPerHourByCompany",
        path=f"{_EMPLOYEES}/costperhour",
        scope=_EMPLOYMENT,
        row_id=_ROW,
        primary_keys=("employee_id", "year", "period"),
        window=Window.PERIOD,
        selected=False,
    ),
    RestOperation(
        stream="employee_cost_centers",
        operation_id="getCostCentersByCompany",
        path=f"{_EMPLOYEES}/costcenters",
        scope=_PAYMENT,
        row_id=_ROW,
        primary_keys=("employee_cost_center_id",),
        inner=("employeeCostCenters",),
        since=_CREATED,
    ),
    RestOperation(
        stream="employee_wage_tax_settings",
        operation_id="getWageTaxSettingsByCompany",
        path=f"{_EMPLOYEES}/wagetaxsettings",
        scope=_SETTINGS,
        row_id=_ROW,
        primary_keys=("wage_tax_settings_id",),
        inner=("wageTaxSettings",),
        since=_CREATED,
        selected=False,
    ),
    RestOperation(
        stream="employee_labour_agreements",
        operation_id="getLabourAgreementSettingsByCompany",
        path=f"{_EMPLOYEES}/labouragreementsettings",
        scope=_SETTINGS,
        row_id=_ROW,
        primary_keys=("employee_id", "labour_agreement_id", "period_year", "period"),
        inner=("labourAgreementSettings",),
        since=_CREATED,
    ),
    RestOperation(
        stream="employee_svw_settings",
        operation_id="getSVWSettingsByCompany",
        path=f"{_EMPLOYEES}/svwsettings",
        scope=_SETTINGS,
        row_id=_ROW,
        primary_keys=("employee_id", "period_year", "period", "created_at"),
        inner=("employeeSVWSettings",),
        since=_CREATED,
        selected=False,
    ),
    RestOperation(
        stream="lease_cars",
        operation_id="getLeaseCarsByCompany",
        path=f"{_EMPLOYEES}/leasecars",
        scope=_SETTINGS,
        row_id=_ROW,
        primary_keys=("id",),
        inner=("leaseCars",),
        since=Since(parameter="changedFrom", field="changed_at"),
    ),
    RestOperation(
        stream="fixed_wage_components",
        operation_id="getFixedWageComponentsByCompany",
        path=f"{_EMPLOYEES}/fixedWageComponents",
        scope=_PAYMENT,
        row_id=_ROW,
        primary_keys=("fixed_wage_component_id", "year", "period"),
        inner=("fixedWageComponents",),
        window=Window.PERIOD,
        selected=False,
    ),
    RestOperation(
        stream="variable_wage_components",
        operation_id="getVariableWageComponentsByCompany",
        path=f"{_EMPLOYEES}/variablewagecomponents",
        scope=_PAYMENT,
        row_id=_ROW,
        primary_keys=("variable_wage_component_id", "year", "period"),
        inner=("variablewagecomponents",),
        window=Window.PERIOD,
        selected=False,
    ),
    RestOperation(
        stream="fixed_hours",
        operation_id="getFixedHourComponentsByEmployee",
        path=f"{_EMPLOYEE}/fixedhours",
        scope=_PAYMENT,
        row_id=("hourComponentId",),
        primary_keys=("hour_component_id", "year", "period"),
        window=Window.PERIOD,
        parent=_EACH_EMPLOYEE,
        selected=False,
    ),
    RestOperation(
        stream="variable_hours",
        operation_id="getVariableHourComponentsByEmployee",
        path=f"{_EMPLOYEE}/variablehours",
        scope=_PAYMENT,
        row_id=("hourComponentId",),
        primary_keys=("hour_component_id", "year", "period"),
        window=Window.PERIOD,
        parent=_EACH_EMPLOYEE,
        selected=False,
    ),
    RestOperation(
        stream="fixed_days",
        operation_id="GetFixedDaysByEmployee",
        path=f"{_EMPLOYEE}/fixeddays",
        scope=_PAYMENT,
        primary_keys=("employee_id", "year", "period"),
        window=Window.PERIOD,
        parent=_EACH_EMPLOYEE,
        selected=False,
    ),
    RestOperation(
        stream="variable_days",
        operation_id="GetVariableWorkedDays",
        path=f"{_EMPLOYEE}/variabledays",
        scope=_PAYMENT,
        primary_keys=("employee_id", "year", "period"),
        window=Window.PERIOD,
        parent=_EACH_EMPLOYEE,
        selected=False,
    ),
)
