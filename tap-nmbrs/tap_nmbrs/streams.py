"""What can be read from Nmbrs: the table of operations, and the streams that need more than a row of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from connector_kit.extract import PartitionedPrefetch
from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.client import NmbrsStream
from tap_nmbrs.paging import Row

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.streams import Stream

    from tap_nmbrs.tap import TapNmbrs

__all__ = [
    "COMPANY_OPERATIONS",
    "Companies",
    "CompanyOperation",
    "CompanyStream",
    "Debtors",
    "PayrollRuns",
    "company_streams",
]


class Debtors(NmbrsStream):
    """Clients of a payroll office; an employer's own environment has one. Source: getDebtors."""

    name = "debtors"
    path = "/api/debtors"
    scope = "company.info.read"
    row_id = "debtorId"
    primary_keys = ("debtor_id",)
    state_partitioning_keys = ()

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        return map(dict, self.shared.directory.debtors)


class Companies(NmbrsStream):
    """Payroll companies. Source: getCompanies; for a consent over several debtors getCompaniesByDebtor."""

    name = "companies"
    path = "/api/companies"
    scope = "company.info.read"
    row_id = "companyId"
    primary_keys = ("company_id",)
    state_partitioning_keys = ()

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        return map(dict, self.shared.directory.companies.values())

    @override
    def request_records(self, context: "Context | None") -> Iterator["Record"]:
        try:
            yield from super().request_records(None)
        except SkippableAPIError:  # code 40306: a consent over several debtors may only ask debtor by debtor
            for debtor in self.shared.directory.debtors:
                yield from super().request_records({"debtor_id": debtor["debtor_id"]})

    @override
    def get_url(self, context: "Context | None") -> str:
        if context is None:
            return super().get_url(None)
        return f"{self.url_base}/api/debtors/{context['debtor_id']}/companies"


@dataclass(frozen=True, kw_only=True)
class CompanyOperation:
    """A list that exists once per company.

    Attributes:
        stream: Name of the stream, and of its schema file.
        path: Below `/api/companies/{company_id}/`, in the provider's spelling.
        scope: The scope that the operation needs.
        row_id: The field that identifies a row of the list, in the provider's spelling.
        primary_keys: Of the records.
        inner: Field of the row whose object holds the rest of the record.
        parameters: Query parameters and the settings that they take their values from.
    """

    stream: str
    path: str
    scope: str
    row_id: str
    primary_keys: tuple[str, ...]
    inner: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


COMPANY_OPERATIONS: Final = (
    CompanyOperation(
        stream="cost_centers",
        path="costCenters",
        scope="company.payrollsettings.read",
        row_id="costCenterId",
        primary_keys=("company_id", "cost_center_id"),
    ),
    CompanyOperation(
        stream="employees",
        path="employees",
        scope="employee.info.read",
        row_id="employeeId",
        primary_keys=("employee_id",),
        inner="employeeBasicInfo",
        parameters={"employeeType": "employee_types"},
    ),
)


class CompanyStream(NmbrsStream):
    """Records of every company; the requests of the next companies run while those of one are written."""

    state_partitioning_keys: ClassVar[tuple[str, ...] | None] = ()

    def __init__(self, tap: "TapNmbrs", name: str | None = None) -> None:
        super().__init__(tap, name=name)
        self._prefetch: PartitionedPrefetch[str, Any] | None = None

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"company_id": company_id} for company_id in self.shared.directory.companies]

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        for records in self.results(context):
            yield from records

    def results(self, context: "Context | None") -> Iterator[Any]:
        """Give the results of a company's jobs, in order."""
        if self._prefetch is None:
            companies = list(self.shared.directory.companies)
            self._prefetch = PartitionedPrefetch(companies, self.jobs, workers=self.config["concurrent_requests"])
        yield from self._prefetch.results((context or {})["company_id"])

    def jobs(self, company_id: str) -> Iterable[Any]:
        """Give what has to be done for a company, as functions that run in threads."""
        yield partial(self._list, {"company_id": company_id})

    def _list(self, context: "Context") -> list["Record"]:
        return list(self.request_records(context))


class CompanyList(CompanyStream):
    """A row of the table of company operations, as a stream."""

    def __init__(self, tap: "TapNmbrs", operation: CompanyOperation) -> None:
        self.operation = operation
        self.path = f"/api/companies/{{company_id}}/{operation.path}"
        self.scope = operation.scope
        self.row_id = operation.row_id
        super().__init__(tap, name=operation.stream)
        self.primary_keys = operation.primary_keys

    @property
    @override
    def parameters(self) -> Mapping[str, Any]:
        values = {name: self.config.get(setting) for name, setting in self.operation.parameters.items()}
        return {name: ",".join(map(str, value)) for name, value in values.items() if value}

    @override
    def unwrapped(self, row: Row) -> Iterable[Row]:
        inner = row.get(self.operation.inner) if self.operation.inner else None
        if isinstance(inner, dict):
            rest = {name: value for name, value in row.items() if name != self.operation.inner}
            return ({**rest, **inner},)
        return (row,)


class PayrollRuns(CompanyStream):
    """Payroll runs of the years from start_date on. Source: getCompanyPayrollRuns.

    The whole list at every sync: Nmbrs cannot filter it, a run gets locked without any date saying so, and a run that
    is deleted is only visible by its absence.
    """

    name = "payroll_runs"
    path = "/api/companies/{company_id}/runs"
    scope = "company.payrollsettings.read"
    row_id = "payrollRunId"
    primary_keys = ("payroll_run_id",)

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        return map(dict, self.shared.run_lists.of((context or {})["company_id"]))

    @override
    def rows(self, context: "Context | None", parameters: Mapping[str, Any] | None = None) -> list[Row]:
        by_id: dict[str, Row] = {}
        for year in self.shared.years:
            by_id |= {row[self.row_id]: row for row in super().rows(context, {"year": year})}
        return list(by_id.values())


class RunLists:
    """The payroll runs of every company, listed once per sync for all streams that need them."""

    def __init__(self, stream: PayrollRuns) -> None:
        self._stream = stream
        self._lists: dict[str, list[Record] | SkippableAPIError] = {}

    def of(self, company_id: str) -> list["Record"]:
        """Give the runs of a company.

        Raises:
            SkippableAPIError: The company's runs are not available.
        """
        if company_id not in self._lists:
            try:
                (self._lists[company_id],) = self._stream.results({"company_id": company_id})
            except SkippableAPIError as error:
                self._lists[company_id] = error
        result = self._lists[company_id]
        if isinstance(result, SkippableAPIError):
            raise result
        return result


def company_streams(tap: "TapNmbrs") -> list["Stream"]:
    """Build the streams of the table."""
    return [CompanyList(tap, operation) for operation in COMPANY_OPERATIONS]
