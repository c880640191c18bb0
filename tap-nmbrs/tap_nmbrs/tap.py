"""Singer tap for Visma Nmbrs (REST)."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from typing_extensions import override

from tap_nmbrs.account_streams import AccountList, DirectoryList
from tap_nmbrs.check import check
from tap_nmbrs.company_lists import CompanyList
from tap_nmbrs.document_streams import DocumentList
from tap_nmbrs.journal_streams import JournalEntries, PayrollRunJournals, PayrollRunWageCodes
from tap_nmbrs.operation import Operation, Per
from tap_nmbrs.rest.login import login
from tap_nmbrs.run_streams import PayrollRunEmployees, PayrollRuns
from tap_nmbrs.settings import SETTINGS
from tap_nmbrs.shared import Shared

__all__ = ["TapNmbrs", "main"]


class TapNmbrs(ApiTap):
    """Payroll of Visma Nmbrs: debtors, companies, employees, cost centers, payroll runs and their journals."""

    name = "tap-nmbrs"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS

    @cached_property
    def shared(self) -> Shared:
        """What the streams share."""
        return Shared(self)

    @override
    def discover_streams(self) -> list[Stream]:
        lists = [_class_of(row)(self, row) for row in self.shared.operations.values()]
        documents = [DocumentList(self, row) for row in self.shared.document_operations]
        return [*lists, PayrollRunJournals(self), JournalEntries(self), PayrollRunWageCodes(self), *documents]

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        return self._in_order

    @cached_property
    def _in_order(self) -> dict[str, Stream]:
        """Streams in the order of the table: lists come before those that are asked for their records."""
        order = {name: position for position, name in enumerate(self.shared.operations)}
        streams = sorted(super().streams.values(), key=lambda stream: order.get(stream.name, len(order)))
        return {stream.name: stream for stream in streams}


def _class_of(operation: Operation) -> type[AccountList | CompanyList | PayrollRunEmployees]:
    by_name: dict[str, type[AccountList | CompanyList | PayrollRunEmployees]] = {
        "debtors": DirectoryList,
        "companies": DirectoryList,
        "payroll_runs": PayrollRuns,
        "payroll_run_employees": PayrollRunEmployees,
    }
    return by_name.get(operation.stream) or (CompanyList if operation.per is Per.COMPANY else AccountList)


main = program(TapNmbrs, login, check)
