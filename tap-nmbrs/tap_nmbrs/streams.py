"""Lists as streams: the same few classes for every row of the table."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from connector_kit.errors import ConnectorError
from connector_kit.extract import PartitionedPrefetch, RecordConverter
from singer_sdk import Stream
from singer_sdk.exceptions import SingerSDKError, SkippableAPIError
from singer_sdk.helpers.conform import TypeConformanceLevel
from typing_extensions import override

from tap_nmbrs.operation import Operation, Window
from tap_nmbrs.periods import PeriodMark, due_periods, due_years
from tap_nmbrs.progress import Coverage, Mark, Progress, SinceMark
from tap_nmbrs.reading import ListReader, Request
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.source import HiddenError, RefusedError

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["Answer", "CompanyList", "CompanyStream", "NmbrsStream"]

_ON_THE_PAYROLL: Final = frozenset({"payroll"})
_ONCE_ON_THE_PAYROLL: Final = frozenset({"payroll", "formerPayroll"})


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
        """Give the records; an error leaves a state message of everything before it."""
        try:
            yield from self.records(context)
        except SkippableAPIError as error:
            self.shared.count_skipped(self.name, error)
        except (SingerSDKError, ConnectorError):
            self.save()
            self._tap.state_writer.write_state(self._tap.state)
            raise

    @abstractmethod
    def records(self, context: "Context | None") -> Iterable["Record"]:
        """Give the records, in order."""

    def save(self) -> None:
        """Bring the state up to date."""

    def checkpoint(self) -> None:
        """Write a state message if the last one was some seconds ago; all records given so far have been written."""
        if self.shared.is_state_due():
            self.save()
            self._tap.state_writer.write_state(self._tap.state)

    @override
    def _write_starting_replication_value(self, context: "Context | None") -> None:
        """Nothing: what has been read is in the marks."""

    @override
    def _increment_stream_state(self, latest_record: "Record", *, context: "Context | None" = None) -> None:
        """Nothing: the SDK would take records for unsorted, and warn of each without a moment."""


class CompanyStream(NmbrsStream):
    """Records of every company; the requests of the next companies run while those of one are written.

    Attributes:
        mark_kind: What is remembered of the companies; None: nothing, all of it is read at every sync.
    """

    mark_kind: type[Mark] | None = None

    def __init__(self, tap: "TapNmbrs", name: str) -> None:
        super().__init__(tap, name)
        self._prefetch: PartitionedPrefetch[str, Any] | None = None

    @cached_property
    def progress(self) -> Progress[Any] | None:
        """What has been read of which company; None: nothing is remembered."""
        if self.mark_kind is None:
            return None
        return self.shared.progress(
            self.get_context_state(None),
            self.mark_kind,
            settings=self.signature,
            refresh_days=self.refresh_days,
        )

    @property
    def signature(self) -> str:
        """The settings that decide which records there are; with others nothing counts as read."""
        return ""

    @property
    def refresh_days(self) -> int | None:
        """After so many days everything is read again; 0 is always, None is never."""
        days: int = self.config["full_refresh_days"]
        return days

    @override
    def records(self, context: "Context | None") -> Iterator["Record"]:
        read = left_out = 0
        for company_id in self.shared.directory.companies:
            if self.shared.directory.is_hidden(company_id):
                continue
            is_complete = True
            try:
                yield from self.company_records(company_id)
            except SkippableAPIError as error:
                self._leave_out(company_id, error)
                is_complete = False
            read, left_out = read + is_complete, left_out + (not is_complete)
            if self.progress is not None:
                (self.progress.finish if is_complete else self.progress.miss)(company_id)
            self.checkpoint()
        if self.progress is not None:
            self.complete(self.progress)
        self.logger.info("Read %s of %d companies, %d left out", self.extent, read, left_out)

    def complete(self, progress: Progress[Any]) -> None:
        """Take note that all companies have been read."""
        progress.complete()

    @property
    def extent(self) -> str:
        """What is read of a company that has been read before."""
        return "everything" if self.progress is None or self.progress.refresh_due else "what is new"

    @abstractmethod
    def company_records(self, company_id: str) -> Iterator["Record"]:
        """Give the records of a company.

        Raises:
            SkippableAPIError: The company is to be left out, or was not read completely: it is read whole next time.
        """

    def results(self, company_id: str) -> Iterator[Any]:
        """Give the results of a company's jobs, in order."""
        if self._prefetch is None:
            companies = list(self.shared.directory.companies)
            self._prefetch = PartitionedPrefetch(companies, self._jobs, workers=self.workers)
        yield from self._prefetch.results(company_id)

    @property
    def workers(self) -> int:
        """Jobs under way at the same moment."""
        workers: int = self.config["concurrent_requests"]
        return workers

    @abstractmethod
    def jobs(self, company_id: str) -> Iterable[Callable[[], Any]]:
        """Give what has to be done for a company, as functions that run in threads."""

    @override
    def save(self) -> None:
        if self.progress is not None:
            self.progress.save()

    def _jobs(self, company_id: str) -> Iterable[Callable[[], Any]]:
        return () if self.shared.directory.is_hidden(company_id) else self.jobs(company_id)

    def _leave_out(self, company_id: str, error: SkippableAPIError) -> None:
        self.shared.count_skipped(self.name, error)
        if isinstance(error, HiddenError):
            self.shared.hide(company_id)


@dataclass(frozen=True, kw_only=True)
class _Slice:
    """A slice of time that a list is asked for.

    Attributes:
        window: Year and period, as far as the list has them.
        is_past: Whether people may have left since.
        may_be_missing: Whether there may be no such period.
    """

    window: Mapping[str, int]
    is_past: bool = True
    may_be_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one request gave.

    Attributes:
        records: To be written.
        kept: What other streams need of them.
        unavailable: Why there are none.
    """

    records: "list[Record]"
    kept: tuple[Any, ...] = ()
    unavailable: SkippableAPIError | None = None


class CompanyList(CompanyStream):
    """Lists of every company: once, for each year or period, for each record of a parent list."""

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        self.operation = operation
        super().__init__(tap, operation.stream)
        self.primary_keys = operation.primary_keys
        self.selected_by_default = operation.selected
        self.replication_key = operation.since.field if operation.since else None
        self.mark_kind = _mark_kind(operation)

    @property
    @override
    def signature(self) -> str:
        start = [self.config["start_date"][:10]] if self.operation.window is not Window.NONE else []
        return " ".join([*start, *self.shared.parameters(self.operation).values()])

    @property
    @override
    def refresh_days(self) -> int | None:
        return 0 if self.forced_replication_method == "FULL_TABLE" else super().refresh_days

    @cached_property
    def reader(self) -> ListReader:
        """Reads single lists."""
        return self.shared.reader(self.operation, self.convert)

    @override
    def company_records(self, company_id: str) -> Iterator["Record"]:
        kept: list[Any] = []
        unavailable = None
        for answer in self.results(company_id):
            self._note(answer)
            yield from answer.records
            kept.extend(answer.kept)
            unavailable = answer.unavailable or unavailable
        if self._shared_list is not None:
            self._shared_list.put(company_id, kept, unavailable)
        if unavailable is not None:
            raise unavailable
        if self.operation.window is Window.PERIOD and self.progress is not None:
            self.progress.growing.put(company_id, self.shared.current_period(company_id))

    @override
    def complete(self, progress: Progress[Any]) -> None:
        super().complete(progress)
        if isinstance(progress.growing, SinceMark) and progress.growing.until is not None:
            until = progress.growing.until.isoformat()  # for people: what is asked for next time says the mark
            self.get_context_state(None).update(replication_key=self.replication_key, replication_key_value=until)

    @override
    def jobs(self, company_id: str) -> Iterator[Callable[[], Answer]]:
        since = self._since(company_id)
        for part in self._slices(company_id):
            for keys in self._parents(company_id, part):
                request = Request(
                    keys={"company_id": company_id, **keys},
                    window=part.window,
                    since=since,
                    may_be_missing=part.may_be_missing,
                )
                yield partial(self.answer, request)

    @cached_property
    def _shared_list(self) -> Any:
        return self.shared.lists.get(self.name)

    def answer(self, request: Request) -> Answer:
        """Read one list, in a thread."""
        try:
            rows = self.reader.rows(request)
            kept = () if self._shared_list is None else tuple(map(self._shared_list.keep, rows))
        except HiddenError:
            raise
        except SkippableAPIError as error:
            return Answer(records=[], unavailable=None if request.may_be_missing else error)
        except RefusedError:
            if request.may_be_missing:
                return Answer(records=[])
            raise
        return Answer(records=self.reader.records(request, rows), kept=kept)

    def _note(self, answer: Answer) -> None:
        since = self.operation.since
        if since is not None and self.progress is not None:
            self.progress.growing.advance((record.get(since.field) for record in answer.records), self.progress.limit)

    def _since(self, company_id: str) -> str | None:
        """Give the moment from which on records are new: a whole day, so that streams of one call ask the same."""
        mark = self.progress.mark_of(company_id) if self.progress and self.operation.since else None
        if mark is None or mark.until is None:
            return None
        return f"{(mark.until - timedelta(days=self.config['lookback_days'])).date().isoformat()}T00:00:00Z"

    def _slices(self, company_id: str) -> Iterator[_Slice]:
        match self.operation.window:
            case Window.NONE:
                yield _Slice(window={})
            case Window.YEAR:
                for year in due_years(self.shared.start, self.shared.today, read_on=self._read_on(company_id)):
                    yield _Slice(window={"year": year})
            case Window.PERIOD:
                yield from self._periods(company_id)

    def _read_on(self, company_id: str) -> date | None:
        """Give the day on which a company was read whole, or what was new of it."""
        progress = self.progress
        if progress is None or progress.mark_of(company_id) is None or progress.last_started is None:
            return None
        return progress.last_started.date()

    def _periods(self, company_id: str) -> Iterator[_Slice]:
        current = self.shared.current_period(company_id)
        mark = self.progress.mark_of(company_id) if self.progress else None
        due = due_periods(
            self.shared.start,
            current,
            mark.of(company_id) if mark else None,
            look_back=self.config["lookback_periods"],
            ahead=self.config["periods_ahead"],
            refresh=self.progress is not None and self.progress.refresh_due,
        )
        for period in due:
            yield _Slice(
                window={"year": period.year, "period": period.number},
                is_past=period < current,
                may_be_missing=period.may_be_missing(current),
            )

    def _parents(self, company_id: str, part: _Slice) -> Iterator[dict[str, str]]:
        parent = self.operation.parent
        if parent is None:
            yield {}
            return
        types = _ONCE_ON_THE_PAYROLL if part.is_past else _ON_THE_PAYROLL
        for item in self.shared.lists[parent.stream].of(company_id):
            if item.employee_type is None or item.employee_type in types:
                yield {parent.key: item.value}


def _mark_kind(operation: Operation) -> type[Mark] | None:
    """What is remembered: how far periods or moments have been read, or only that years have."""
    if operation.window is Window.PERIOD:
        return PeriodMark
    if operation.since is not None:
        return SinceMark
    return Coverage if operation.window is Window.YEAR else None
