"""Reads of debtors, of the user who consented, and lists that belong to nobody."""

from provider_simulators.nmbrs import rows, rows_debtor
from provider_simulators.nmbrs.operation import (
    COMPANY_INFO,
    DEBTOR_INFO,
    EMPLOYEE_WRITE,
    EMPLOYMENT,
    ORGANISATION,
    USER_INFO,
    ListOperation,
)
from provider_simulators.nmbrs.records.catalogues import COUNTRIES, END_CONTRACT_REASONS
from provider_simulators.nmbrs.records.organisation import (
    accountant_contact,
    case_managers_of,
    functions_of,
    managers_of,
    placed,
    tags,
)

DEBTOR = "/api/debtors/{debtorId}"

OF_DEBTORS = (
    ListOperation(
        path="/api/debtors",
        name="getDebtors",
        scopes=COMPANY_INFO,  # not debtor.info: the scope does not follow the path
        rows=lambda backend, _: [rows_debtor.debtor(each) for each in backend.debtors()],
    ),
    ListOperation(
        path="/api/debtors/info",
        name="getDebtorInfo",
        scopes=DEBTOR_INFO,
        rows=lambda backend, _: [rows_debtor.debtor_info(each) for each in backend.debtors()],
    ),
    ListOperation(
        path=f"{DEBTOR}/companies",
        name="getCompaniesByDebtor",
        scopes=COMPANY_INFO,
        rows=lambda backend, given: [
            rows.company(each) for each in backend.companies(backend.debtor(given["debtorId"]))
        ],
    ),
    ListOperation(
        path=f"{DEBTOR}/departments",
        name="getDepartmentsByDebtor",
        scopes=ORGANISATION,
        rows=lambda backend, given: rows_debtor.departments(backend.debtor(given["debtorId"])),
    ),
    ListOperation(
        path=f"{DEBTOR}/functions",
        name="getFunctionsByDebtor",
        scopes=ORGANISATION,
        rows=lambda backend, given: list(functions_of(backend.debtor(given["debtorId"]).id)),
    ),
    ListOperation(
        path=f"{DEBTOR}/managers",
        name="getManagersByDebtor",
        scopes=ORGANISATION,
        rows=lambda backend, given: [
            placed(each, debtor) for debtor in [backend.debtor(given["debtorId"])] for each in managers_of(debtor.id)
        ],
    ),
    ListOperation(
        path=f"{DEBTOR}/absencecasemanagers",
        name="getAbsenceManagersByDebtor",
        scopes=ORGANISATION,
        rows=lambda backend, given: [
            placed(each, debtor)
            for debtor in [backend.debtor(given["debtorId"])]
            for each in case_managers_of(debtor.id)
        ],
    ),
    ListOperation(
        path=f"{DEBTOR}/managers/useraccounts",
        name="GetManagersUserAccounts",
        scopes=ORGANISATION,
        rows=lambda backend, given: rows_debtor.manager_accounts(backend.debtor(given["debtorId"])),
    ),
    ListOperation(
        path=f"{DEBTOR}/accountantcontact",
        name="getAccountantContactByDebtor",
        scopes=DEBTOR_INFO,
        rows=lambda backend, given: [accountant_contact(backend.debtor(given["debtorId"]))],
    ),
    ListOperation(
        path=f"{DEBTOR}/tags",
        name="getTagsByDebtor",
        scopes=DEBTOR_INFO,
        rows=lambda backend, given: tags(backend.debtor(given["debtorId"])),
    ),
    ListOperation(
        path="/api/debtors/endcontractreasons/{Year}",
        name="GetEndContractReasons",
        scopes=EMPLOYMENT,
        rows=lambda _, __: list(END_CONTRACT_REASONS),
    ),
    ListOperation(
        path="/api/countries", name="getCountryCodes", scopes=EMPLOYEE_WRITE, rows=lambda _, __: list(COUNTRIES)
    ),
    ListOperation(
        path="/api/user/info",
        name="getUserInfo",
        scopes=USER_INFO,
        rows=lambda backend, _: [rows_debtor.user(backend.debtors()[0])],
    ),
    ListOperation(
        path="/api/subscription/{subscriptionName}/info",
        name="getSubscriptionInfo",
        scopes=USER_INFO,
        rows=lambda backend, given: [rows_debtor.subscription(backend.debtors()[0], given["subscriptionName"])],
    ),
)
