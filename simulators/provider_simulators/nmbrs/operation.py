"""What an operation of the API is: its name, path, parameters and scopes to the letter of the vendor's OpenAPI."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.parameters import PAGING
from provider_simulators.nmbrs.shapes import Parameters, Rows

Scopes = tuple[str, ...]


def either(scope: str) -> Scopes:
    """A scope or its twin for reading."""
    return scope, f"{scope}.read"


COMPANY_INFO = either("company.info")
EMPLOYEE_INFO = either("employee.info")
EMPLOYMENT = either("employee.employment")
PAYMENT = either("employee.payment")
EMPLOYEE_SETTINGS = either("employee.payrollsettings")
LEAVE = either("employee.leave")
BANK_ACCOUNT = either("employee.bankaccount")
ORGANISATION = either("employee.orgstructure")
EMPLOYEE_DOCUMENT = either("employee.document")
PAYROLL_SETTINGS = ("company.payrollsettings.read",)
COMPANY_DOCUMENT = ("company.document.read",)
COMPANY_LEAVE = ("company.leave.read",)
DEBTOR_INFO = ("debtor.info.read",)
USER_INFO = ("user.info.read",)
EMPLOYEE_WRITE = ("employee.info",)
"""Countries and templates are read with the right to write (vendor OpenAPI)."""


@dataclass(frozen=True, kw_only=True)
class ListOperation:
    """A GET that answers rows in the envelope.

    Attributes:
        path: With the vendor's placeholders: `/api/companies/{companyId}/runs`.
        name: The vendor's operationId.
        scopes: Any of them is enough.
        rows: All rows, before paging.
        parameters: Query parameters; without the paging ones everything comes on one page.
        beside: Keys that stand beside `pagination` and `data`.
    """

    path: str
    name: str
    scopes: Scopes
    rows: Rows
    parameters: tuple[str, ...] = PAGING
    required: tuple[str, ...] = ()
    beside: Callable[[NmbrsBackend, Parameters], Row] | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentOperation:
    """A GET that starts a document and answers its task.

    Attributes:
        start: Starts it; the id of the task.
    """

    path: str
    name: str
    start: Callable[[NmbrsBackend, Parameters], UUID]
    scopes: Scopes = COMPANY_DOCUMENT
    parameters: tuple[str, ...] = ("year",)
    required: tuple[str, ...] = ("year",)
