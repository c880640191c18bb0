"""What a login sees, and what debtors keep for all their companies."""

from typing import Final

from tap_nmbrs.operation import Per, Window
from tap_nmbrs.rest.operations.row import RestOperation

__all__ = ["ACCOUNT_OPERATIONS"]

_DEBTOR: Final = "/api/debtors/{debtor_id}"

ACCOUNT_OPERATIONS: Final = (
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
        stream="user_info",
        operation_id="getUserInfo",
        path="/api/user/info",
        scope="user.info.read",
        row_id=("userId",),
        primary_keys=("user_id",),
        per=Per.ACCOUNT,
    ),
    RestOperation(
        stream="debtor_info",
        operation_id="getDebtorInfo",
        path="/api/debtors/info",
        scope="debtor.info.read",
        primary_keys=("debtor_id", "sequence"),
        per=Per.ACCOUNT,
    ),
    RestOperation(
        stream="end_contract_reasons",
        operation_id="GetEndContractReasons",
        path="/api/debtors/endcontractreasons/{year}",
        scope="employee.employment.read",
        row_id=("code",),
        primary_keys=("year", "code"),
        per=Per.ACCOUNT,
        window=Window.YEAR,
    ),
    RestOperation(
        stream="countries",
        operation_id="getCountryCodes",
        path="/api/countries",
        scope="employee.info",
        row_id=("codeISO",),
        primary_keys=("code_iso",),
        per=Per.ACCOUNT,
        selected=False,  # its scope may write
    ),
    RestOperation(
        stream="departments",
        operation_id="getDepartmentsByDebtor",
        path=f"{_DEBTOR}/departments",
        scope="employee.orgstructure.read",
        row_id=("departmentId",),
        primary_keys=("department_id",),
        per=Per.DEBTOR,
    ),
    RestOperation(
        stream="functions",
        operation_id="getFunctionsByDebtor",
        path=f"{_DEBTOR}/functions",
        scope="employee.orgstructure.read",
        row_id=("functionId",),
        primary_keys=("function_id",),
        per=Per.DEBTOR,
    ),
    RestOperation(
        stream="managers",
        operation_id="getManagersByDebtor",
        path=f"{_DEBTOR}/managers",
        scope="employee.orgstructure.read",
        row_id=("managerId",),
        primary_keys=("manager_id",),
        per=Per.DEBTOR,
    ),
    RestOperation(
        stream="manager_user_accounts",
        operation_id="GetManagersUserAccounts",
        path=f"{_DEBTOR}/managers/useraccounts",
        scope="employee.orgstructure.read",
        row_id=("managerId",),
        primary_keys=("manager_id",),
        per=Per.DEBTOR,
        inner=("userAccount",),
        may_lack_inner=True,
    ),
    RestOperation(
        stream="absence_case_managers",
        operation_id="getAbsenceManagersByDebtor",
        path=f"{_DEBTOR}/absencecasemanagers",
        scope="employee.orgstructure.read",
        row_id=("caseManagerId",),
        primary_keys=("case_manager_id",),
        per=Per.DEBTOR,
    ),
    RestOperation(
        stream="accountant_contacts",
        operation_id="getAccountantContactByDebtor",
        path=f"{_DEBTOR}/accountantcontact",
        scope="debtor.info.read",
        primary_keys=("debtor_id", "sequence"),
        per=Per.DEBTOR,
    ),
    RestOperation(
        stream="debtor_tags",
        operation_id="getTagsByDebtor",
        path=f"{_DEBTOR}/tags",
        scope="debtor.info.read",
        row_id=("tagNumber",),
        primary_keys=("debtor_id", "tag_number"),
        per=Per.DEBTOR,
    ),
)
