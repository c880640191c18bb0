"""All reads of the API as tables: 84 operations, those of SOAP apart."""

from provider_simulators.nmbrs.operation import DocumentOperation, ListOperation
from provider_simulators.nmbrs.operations_company import OF_COMPANIES
from provider_simulators.nmbrs.operations_debtor import OF_DEBTORS
from provider_simulators.nmbrs.operations_documents import DOCUMENTS, TASK_PATH, TASK_SCOPES
from provider_simulators.nmbrs.operations_employees import OF_ALL, OF_ONE
from provider_simulators.nmbrs.shapes import Parameters

LISTS = (*OF_DEBTORS, *OF_COMPANIES, *OF_ALL, *OF_ONE)

__all__ = ["DOCUMENTS", "LISTS", "TASK_PATH", "TASK_SCOPES", "DocumentOperation", "ListOperation", "Parameters"]
