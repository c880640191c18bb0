"""Lists as streams: the same few classes for every row of the table."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from connector_kit.errors import ConnectorError
from connector_kit.extract import PartitionedPrefetch, RecordConverter
from singer_sdk import Stream
from singer_sdk.exceptions import FatalAPIError, SingerSDKError, SkippableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from typing_extensions import override

from tap_nmbrs.operation import Operation
from tap_nmbrs.schemas import SCHEMAS

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_nmbrs.source import Row
    from tap_nmbrs.tap import TapNmbrs

__all__ = ["CompanyList", "CompanyStream", "DirectoryList", "NmbrsStream", "PayrollRuns", "records_of"]


class NmbrsStream(Stream):
    """Records of Nmbrs."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE  # the converter does it
    state_partitioning_keys: ClassVar[tuple[str, ...] | None] = ()  # one bookmark per stream keeps the state small

    def __init__(self, tap: "TapNmbrs", name: str) -> None:
        self.shared = tap.shared
        declared = SCHEMAS.get_schema(name)
        super().__init__(tap, name=name, schema=tap.shared.policy.schema(declared))
        self.convert = RecordConverter(name, declared, tap.shared.policy)

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the records of a partition; an error leaves a state message of everything before it."""
        try:
            yield from self.records(context)
        except SkippableAPIError as error:
            self.shared.count_skipped(self.name, error)
        except (SingerSDKError, ConnectorError):
            self._tap.state_writer.write_state(self._tap.state)
            raise

    @abstractmethod
    def records(self, context: "Context | None") -> Iterable["Record"]:
        """Give the records of a partition, in order."""


class DirectoryList(NmbrsStream):
    """Debtors or companies: those of this sync, asked for once whoever needs them."""

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        self.operation = operation
        super().__init__(tap, operation.stream)
        self.primary_keys = operation.primary_keys

    @override
    def records(self, context: "Context | None") -> Iterator["Record"]:
        return map(dict, self.shared.directory.records(self.name))

    def read(self) -> Iterator["Record"]:
        """Ask for the list."""
        return map(self.convert, self.shared.source.rows(self.operation, {}, {}))


class CompanyStream(NmbrsStream):
    """Records of every company; the requests of the next companies run while those of one are written."""

    def __init__(self, tap: "TapNmbrs", name: str) -> None:
        super().__init__(tap, name)
        self._prefetch: PartitionedPrefetch[str, Any] | None = None

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"company_id": company_id} for company_id in self.shared.directory.companies]

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        for records in self.results((context or {})["company_id"]):
            yield from records

    def results(self, company_id: str) -> Iterator[Any]:
        """Give the results of a company's jobs, in order."""
        if self._prefetch is None:
            companies = list(self.shared.directory.companies)
            self._prefetch = PartitionedPrefetch(companies, self.jobs, workers=self.config["concurrent_requests"])
        yield from self._prefetch.results(company_id)

    @abstractmethod
    def jobs(self, company_id: str) -> Iterable[Any]:
        """Give what has to be done for a company, as functions that run in threads."""


class CompanyList(CompanyStream):
    """A list that exists once per company."""

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        self.operation = operation
        super().__init__(tap, operation.stream)
        self.primary_keys = operation.primary_keys

    @override
    def jobs(self, company_id: str) -> Iterable[Any]:
        yield partial(self.read, {"company_id": company_id}, {})

    def read(self, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list["Record"]:
        """Read one list and convert it; keys are stamped on the records."""
        rows = self.shared.source.rows(self.operation, keys, {**self.settings_parameters, **parameters})
        return [
            self.convert({**record, **keys})
            for row in rows
            for record in records_of(row, self.operation.inner, what=self.name)
        ]

    @property
    def settings_parameters(self) -> Mapping[str, str]:
        """Query parameters that come from settings."""
        values = {name: self.config.get(setting) for name, setting in self.operation.parameters.items()}
        return {name: ",".join(map(str, value)) for name, value in values.items() if value}


class PayrollRuns(CompanyList):
    """Payroll runs of the years from start_date on."""

    @override
    def records(self, context: "Context | None") -> Iterable["Record"]:
        return map(dict, self.shared.run_lists.of((context or {})["company_id"]))

    @override
    def read(self, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list["Record"]:
        by_id = {
            record["payroll_run_id"]: record
            for year in self.shared.years
            for record in super(PayrollRuns, self).read(keys, {"year": year})
        }
        return list(by_id.values())


def records_of(row: "Row", inner: tuple[str, ...], *, what: str) -> Iterator["Row"]:
    """Give the records that a row of a list holds.

    Args:
        row: The row.
        inner: Members that lead to the records: one object, or a list of them; null is none.
        what: For messages.

    Raises:
        FatalAPIError: There is no such member.
    """
    if not inner:
        yield row
        return
    name, *deeper = inner
    if name not in row:
        raise FatalAPIError(f"{what}: a row has no {name}; Nmbrs has changed its answer")
    rest = {member: value for member, value in row.items() if member != name}
    held = row[name]
    for one in held if isinstance(held, list) else [held]:
        if not isinstance(one, dict):
            if one is None:
                continue
            raise FatalAPIError(f"{what}: {name} holds no objects; Nmbrs has changed its answer")
        if deeper:
            rest = {member: value for member, value in {**rest, **one}.items() if member.endswith("Id")}
            yield from records_of({**rest, deeper[0]: one.get(deeper[0])}, tuple(deeper), what=what)
        else:
            yield {**rest, **one}
