"""The lists of the SOAP API. Methods, parameters and elements: vendor WSDL v2.1, and v3 as seen in working clients."""

from typing import Final

from tap_nmbrs.soap.operations.account import ACCOUNT_OPERATIONS
from tap_nmbrs.soap.operations.company import COMPANY_OPERATIONS
from tap_nmbrs.soap.operations.employee import EMPLOYEE_OPERATIONS
from tap_nmbrs.soap.operations.only import ONLY_OPERATIONS
from tap_nmbrs.soap.operations.pay import PAY_OPERATIONS
from tap_nmbrs.soap.operations.row import Asked, Shape, SoapOperation

__all__ = ["OPERATIONS", "Asked", "Shape", "SoapOperation"]

OPERATIONS: Final = (*ACCOUNT_OPERATIONS, *COMPANY_OPERATIONS, *EMPLOYEE_OPERATIONS, *PAY_OPERATIONS, *ONLY_OPERATIONS)
