"""Singer tap for Visma Nmbrs (REST)."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from typing_extensions import override

from tap_nmbrs.rest.auth import login
from tap_nmbrs.run_streams import JournalEntries, PayrollRunJournals
from tap_nmbrs.settings import SETTINGS
from tap_nmbrs.shared import Shared
from tap_nmbrs.streams import CompanyList, DirectoryList, PayrollRuns

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
        classes = {"debtors": DirectoryList, "companies": DirectoryList, "payroll_runs": PayrollRuns}
        lists = [classes.get(name, CompanyList)(self, row) for name, row in self.shared.operations.items()]
        return [*lists, PayrollRunJournals(self), JournalEntries(self)]


main = program(TapNmbrs, login)
