"""The lists of the REST API. Paths, parameters and scopes: vendor OpenAPI, to the letter, also in case."""

from typing import Final

from tap_nmbrs.rest.operations.account import ACCOUNT_OPERATIONS
from tap_nmbrs.rest.operations.company import COMPANY_OPERATIONS
from tap_nmbrs.rest.operations.employee import EMPLOYEE_OPERATIONS
from tap_nmbrs.rest.operations.pay import PAY_OPERATIONS
from tap_nmbrs.rest.operations.row import RestOperation

__all__ = ["OPERATIONS", "RestOperation"]

OPERATIONS: Final = (*ACCOUNT_OPERATIONS, *COMPANY_OPERATIONS, *EMPLOYEE_OPERATIONS, *PAY_OPERATIONS)
