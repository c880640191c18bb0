"""Reads of what a company's employees have: 26 lists for the whole company, and those for one employee at a time."""

from provider_simulators.nmbrs import rows
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.operation import (
    BANK_ACCOUNT,
    EMPLOYEE_DOCUMENT,
    EMPLOYEE_INFO,
    EMPLOYEE_SETTINGS,
    EMPLOYMENT,
    LEAVE,
    PAYMENT,
    ListOperation,
    Scopes,
)
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.parameters import PAGING
from provider_simulators.nmbrs.shapes import (
    Inner,
    Parameters,
    Shape,
    Validity,
    for_employee,
    of_employee,
    of_employees,
)
from provider_simulators.nmbrs.store import Entry

EMPLOYEE = "/api/employees/{employeeId}"
CREATED = ("createdFrom", "employeeId")
IN_PERIOD = ("year", "period")
LEAVE_TYPES = {"Withdrawal": "takeUp", "Store": "buildUp", "Expired": "expired"}
"""The filter's values are not those of the answer (vendor OpenAPI)."""


def _of_all(
    segment: str,
    name: str,
    shape: Shape,
    inner: Inner,
    *,
    scopes: Scopes,
    parameters: tuple[str, ...] = CREATED,
) -> ListOperation:
    return ListOperation(
        path=f"/api/companies/{{companyId}}/employees/{segment}",
        name=name,
        scopes=scopes,
        rows=of_employees(shape, inner),
        parameters=(*PAGING, *parameters),
    )


def _of_one(segment: str, name: str, shape: Shape, *, parameters: tuple[str, ...] = IN_PERIOD) -> ListOperation:
    return ListOperation(
        path=f"{EMPLOYEE}/{segment}",
        name=name,
        scopes=PAYMENT,
        rows=of_employee(shape),
        parameters=(*PAGING, *parameters),
    )


def _leave_request_asked_for(entry: Entry, given: Parameters) -> bool:
    status, kind = given.get("status"), given.get("type")
    return (
        (status is None or entry.values["status"] == status.lower())
        and (kind is None or entry.values["type"] == LEAVE_TYPES[kind])
        and _group_asked_for(entry, given)
    )


def _group_asked_for(entry: Entry, given: Parameters) -> bool:
    return given.get("leaveGroupId") in (None, entry.values["leaveGroupId"])


def _field_asked_for(entry: Entry, given: Parameters) -> bool:
    return given.get("extraFieldType") in (None, entry.values["extraField"]["extraFieldType"])


def _extra_fields(backend: NmbrsBackend, given: Parameters) -> list[Row]:
    """The filter leaves out employees that have no field of the type (vendor OpenAPI)."""
    found = of_employees(EXTRA_FIELDS, EXTRA_FIELDS.listed("extraFields"))(backend, given)
    return [row for row in found if row["extraFields"]] if "extraFieldType" in given else found


ADDRESSES = Shape(kind="addresses", id_name="addressId")
WAGE_TAX = Shape(kind="wage_tax_settings", id_name="wageTaxSettingsId")
AGREEMENTS = Shape(kind="labour_agreements", id_name="labourAgreementId")
LEASE_CARS = Shape(kind="lease_cars", id_name="id", changed="changedAt")
CONTRACTS = Shape(kind="contracts", id_name="contractId")
DEPARTMENTS = Shape(kind="departments")
FUNCTIONS = Shape(kind="functions")
MANAGERS = Shape(kind="managers")
PERSONAL_INFO = Shape(kind="personal_info", id_name="personalInfoId")
PRIVATE_INFO = Shape(kind="private_info")
SALARIES = Shape(kind="salaries", id_name="salaryId")
COST_PER_HOUR = Shape(kind="cost_per_hour", created=None, validity=Validity.ONLY)
SCHEDULES = Shape(kind="schedules", id_name="scheduleId")
EMPLOYMENTS = Shape(kind="employments", id_name="employmentId", created="creationDate", changed="changedDate")
ACCOUNTS = Shape(kind="bank_accounts", id_name="bankAccountId")
COST_CENTERS = Shape(kind="cost_centers", id_name="employeeCostCenterId")
SVW = Shape(kind="svw_settings")
LEAVE_REQUESTS = Shape(
    kind="leave_requests",
    id_name="leaveRequestsId",
    changed="changedAt",
    validity=Validity.OVERLAPPING,
    narrow=_leave_request_asked_for,
)
PARENTAL_LEAVES = Shape(kind="parental_leaves", id_name="parentalLeaveId", validity=Validity.OVERLAPPING)
ABSENCES = Shape(kind="absences", id_name="absenceDossierId", changed="changedAt")
USERS = Shape(kind="user_accounts", created=None)
FIXED_WAGES = Shape(kind="fixed_wage_components", id_name="fixedWageComponentId", validity=Validity.RUNNING)
VARIABLE_WAGES = Shape(kind="variable_wage_components", id_name="variableWageComponentId", validity=Validity.ONLY)
EXTRA_FIELDS = Shape(kind="extra_fields", created=None, narrow=_field_asked_for)
CHILDREN = Shape(kind="children", created=None)
BALANCES = Shape(kind="leave_balances", created=None, narrow=_group_asked_for)

OF_ALL = (
    _of_all("addresses", "getAddressesByCompany", ADDRESSES, ADDRESSES.listed("addresses"), scopes=EMPLOYEE_INFO),
    _of_all(
        "wagetaxsettings",
        "getWageTaxSettingsByCompany",
        WAGE_TAX,
        WAGE_TAX.listed("wageTaxSettings"),
        scopes=EMPLOYEE_SETTINGS,
    ),
    _of_all(
        "labouragreementsettings",
        "getLabourAgreementSettingsByCompany",
        AGREEMENTS,
        AGREEMENTS.listed("labourAgreementSettings"),
        scopes=EMPLOYEE_SETTINGS,
    ),
    _of_all(
        "leasecars",
        "getLeaseCarsByCompany",
        LEASE_CARS,
        LEASE_CARS.listed("leaseCars"),
        scopes=EMPLOYEE_SETTINGS,
        parameters=(*CREATED, "changedFrom"),
    ),
    _of_all("contracts", "getContractsByCompany", CONTRACTS, CONTRACTS.listed("contracts"), scopes=EMPLOYMENT),
    _of_all(
        "departments", "getDepartmentsByCompany", DEPARTMENTS, DEPARTMENTS.listed("departments"), scopes=EMPLOYEE_INFO
    ),
    _of_all("functions", "getFunctionsByCompany", FUNCTIONS, FUNCTIONS.listed("functions"), scopes=EMPLOYEE_INFO),
    _of_all("managers", "getManagersByCompany", MANAGERS, MANAGERS.listed("managers"), scopes=EMPLOYEE_INFO),
    _of_all(
        "personalinfo",
        "getEmployeePersonalInfoByCompany",
        PERSONAL_INFO,
        PERSONAL_INFO.listed("info"),
        scopes=EMPLOYEE_INFO,
    ),
    _of_all(
        "privateInfos",
        "getPrivateInfosByCompany",
        PRIVATE_INFO,
        PRIVATE_INFO.listed("privateInfos"),
        scopes=EMPLOYEE_INFO,
        parameters=("createdFrom",),
    ),
    _of_all("salaries", "getSalariesByCompany", SALARIES, SALARIES.listed("salaries"), scopes=EMPLOYMENT),
    _of_all(
        "costperhour",
        "getCostPerHourByCompany",
        COST_PER_HOUR,
        COST_PER_HOUR.spread(costPerHour=None),
        scopes=EMPLOYMENT,
        parameters=("employeeId", *IN_PERIOD),
    ),
    _of_all("schedules", "getSchedulesByCompany", SCHEDULES, SCHEDULES.listed("schedules"), scopes=EMPLOYMENT),
    _of_all(
        "employments",
        "getEmploymentsByCompany",
        EMPLOYMENTS,
        EMPLOYMENTS.listed("employments"),
        scopes=EMPLOYMENT,
        parameters=(*CREATED, "changedFrom"),
    ),
    _of_all("bankaccounts", "getBankAccountsByCompany", ACCOUNTS, ACCOUNTS.listed("bankAccounts"), scopes=BANK_ACCOUNT),
    _of_all(
        "costcenters",
        "getCostCentersByCompany",
        COST_CENTERS,
        COST_CENTERS.listed("employeeCostCenters"),
        scopes=PAYMENT,
    ),
    _of_all("svwsettings", "getSVWSettingsByCompany", SVW, SVW.listed("employeeSVWSettings"), scopes=EMPLOYEE_SETTINGS),
    _of_all(
        "leaverequests",
        "getLeaveRequestsByCompany",
        LEAVE_REQUESTS,
        LEAVE_REQUESTS.listed("EmployeeLeaveRequests"),
        scopes=LEAVE,
        parameters=("changedFrom", "employeeId", "year", "status", "type", "leaveGroupId"),
    ),
    _of_all(
        "parentalleave",
        "getParentalLeavesByCompany",
        PARENTAL_LEAVES,
        PARENTAL_LEAVES.listed("EmployeeParentalLeaves"),
        scopes=LEAVE,
        parameters=(*CREATED, "year"),
    ),
    _of_all(
        "absences",
        "getAbsencesByCompany",
        ABSENCES,
        ABSENCES.listed("employeeAbsenceDossiers"),
        scopes=LEAVE,
        parameters=(*CREATED, "changedFrom"),
    ),
    _of_all(
        "useraccounts",
        "GetEmployeesUserAccounts",
        USERS,
        USERS.single("userAccount"),
        scopes=EMPLOYEE_INFO,
        parameters=(),
    ),
    _of_all(
        "fixedWageComponents",
        "getFixedWageComponentsByCompany",
        FIXED_WAGES,
        FIXED_WAGES.listed("fixedWageComponents"),
        scopes=PAYMENT,
        parameters=(*CREATED, *IN_PERIOD),
    ),
    _of_all(
        "variablewagecomponents",
        "getVariableWageComponentsByCompany",
        VARIABLE_WAGES,
        VARIABLE_WAGES.listed("variablewagecomponents"),
        scopes=PAYMENT,
        parameters=(*CREATED, *IN_PERIOD),
    ),
    ListOperation(
        path="/api/companies/{companyId}/employees/extraFields",
        name="getEmployeesExtraFields",
        scopes=EMPLOYEE_INFO,
        rows=_extra_fields,
        parameters=(*PAGING, "extraFieldType"),
    ),
    _of_all(
        "children",
        "getEmployeesChildren",
        CHILDREN,
        CHILDREN.listed("children"),
        scopes=EMPLOYEE_INFO,
        parameters=("employeeId",),
    ),
    _of_all(
        "leaveBalances",
        "getEmployeesLeaveBalances",
        BALANCES,
        BALANCES.listed("leaveBalances"),
        scopes=LEAVE,
        parameters=("employeeId", "leaveGroupId"),
    ),
)

OF_ONE = (
    ListOperation(path=EMPLOYEE, name="getEmployee", scopes=EMPLOYEE_INFO, rows=rows.whole_employee),
    _of_one(
        "fixedhours",
        "getFixedHourComponentsByEmployee",
        Shape(kind="fixed_hours", id_name="hourComponentId", validity=Validity.RUNNING),
        parameters=(*IN_PERIOD, "createdFrom"),
    ),
    _of_one(
        "variablehours",
        "getVariableHourComponentsByEmployee",
        Shape(kind="variable_hours", id_name="hourComponentId", validity=Validity.ONLY),
        parameters=(*IN_PERIOD, "createdFrom"),
    ),
    _of_one("fixeddays", "GetFixedDaysByEmployee", Shape(kind="fixed_days", created=None, validity=Validity.RUNNING)),
    _of_one("variabledays", "GetVariableWorkedDays", Shape(kind="variable_days", created=None, validity=Validity.ONLY)),
    ListOperation(
        path=f"{EMPLOYEE}/documents/types",
        name="getEmployeeDocumentTypes",
        scopes=EMPLOYEE_DOCUMENT,
        rows=for_employee(Shape(kind="document_types", id_name="documentTypeId", created=None)),
        parameters=(),
    ),
    ListOperation(
        path=f"{EMPLOYEE}/documents/folders",
        name="getEmployeeDocumentFolders",
        scopes=EMPLOYEE_DOCUMENT,
        rows=for_employee(Shape(kind="document_folders", id_name="id", created=None)),
        parameters=(),
    ),
)
