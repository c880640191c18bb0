"""Payroll runs, and what belongs to a run: read with it, once, when the run is due."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.company_lists import CompanyList
from tap_nmbrs.operation import Operation
from tap_nmbrs.periods import Kind, due_years
from tap_nmbrs.progress import Progress
from tap_nmbrs.reading import Request
from tap_nmbrs.runs import OpenRuns, Run, RunMark, due_runs
from tap_nmbrs.source import HiddenError
from tap_nmbrs.streams import CompanyStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["DOCUMENTS_PER_REQUEST", "PayrollRunEmployees", "PayrollRuns", "ReadRun", "RunStream"]

_REFRESH_DAYS_MAX: Final = 31
"""Runs of all years are listed at least so often: what is remembered of single runs goes back to the last time."""
DOCUMENTS_PER_REQUEST: Final = 4
"""Jobs that wait for documents, for each request that may be under way: waiting is no request."""


class PayrollRuns(CompanyList):
    """Payroll runs of the years from start_date on; an open run that has gone from its list is marked as deleted."""

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        super().__init__(tap, operation)
        self.mark_kind = OpenRuns

    @override
    def company_records(self, company_id: str) -> Iterator["Record"]:
        runs = self.shared.run_lists.of(company_id)
        yield from map(dict, runs)
        if self.progress is None:
            return
        mark = self.progress.mark_of(company_id)
        for year, run_id in mark.gone(company_id, runs) if mark else ():
            yield {
                "company_id": company_id,
                "year": year,
                "payroll_run_id": run_id,
                "_sdc_deleted_at": datetime.now(UTC).isoformat(),
            }
        self.progress.growing.take(company_id, runs)

    def run_years(self, company_id: str) -> Iterable[int]:
        """Give the years whose runs are listed."""
        return _years(self, company_id, is_whole=self.progress is None or self.progress.refresh_due)

    def read_runs(self, request: Request) -> "list[Record]":
        """Read the runs of a company in a year."""
        return self.reader.records(request, self.reader.rows(request))


@dataclass(frozen=True, kw_only=True)
class ReadRun:
    """A run with what was read of it.

    Attributes:
        run: The run.
        content: What was read.
        unavailable: Why something was not; the run is read again next time.
    """

    run: Run
    content: Any = None
    unavailable: SkippableAPIError | None = None


class RunStream(CompanyStream):
    """Something of the runs that are due: new ones, and those that were open when we last looked."""

    mark_kind = RunMark
    noun: ClassVar[str]

    def __init__(self, tap: "TapNmbrs", name: str) -> None:
        super().__init__(tap, name)
        self._runs_read = self._runs_open = 0

    @property
    def only_locked(self) -> bool:
        """Whether runs are waited for until they are locked; otherwise open ones are read at every sync."""
        return False

    @property
    @override
    def signature(self) -> str:
        return self.shared.run_selection.signature

    @property
    @override
    def refresh_days(self) -> int | None:
        days: int = self.config["full_refresh_days"]
        return min(max(days, 1), _REFRESH_DAYS_MAX)  # one that is always due could not be resumed

    @cached_property
    def is_whole(self) -> bool:
        """Whether this sync lists the runs of all years."""
        return self._marks.refresh_due or self._marks.growing.lags or self.config["full_refresh_days"] == 0

    def run_years(self, company_id: str) -> Iterable[int]:
        """Give the years whose runs are listed."""
        return _years(self, company_id, is_whole=self.is_whole)

    @override
    def company_records(self, company_id: str) -> Iterator["Record"]:
        runs = self.runs(company_id)
        unread = []
        for read in self.results(company_id):
            yield from map(self.convert, self.run_records(read))
            self._runs_read += 1
            if read.unavailable is not None:
                self.shared.count_skipped(self.name, read.unavailable)
                unread.append(read.run)
            else:
                self._marks.growing.take_part(read.run)
                self._marks.part()
                self.checkpoint()
        if self.is_whole:
            self._marks.growing.advance((run["created_at"] for run in runs), self._marks.limit)
        self._runs_open += sum(not run["locked"] for run in runs) + len(unread)
        today = self.shared.today
        usual = due_years(self.shared.start, today, read_on=today)
        self._marks.growing.take(company_id, runs, unread=unread, usual_years=usual)

    @override
    def complete(self, progress: Progress[Any]) -> None:
        progress.growing.lags = progress.interrupted is not None and self.is_whole
        super().complete(progress)

    @property
    @override
    def workers(self) -> int:
        return DOCUMENTS_PER_REQUEST * super().workers

    @override
    def jobs(self, company_id: str) -> Iterator[Callable[[], ReadRun]]:
        for run in self.due(company_id):
            yield partial(self.read_run, run)

    @abstractmethod
    def read_run(self, run: Run) -> ReadRun:
        """Read what the stream wants of a run, in a thread."""

    @abstractmethod
    def run_records(self, read: ReadRun) -> Iterable[dict[str, Any]]:
        """Give the records of a run."""

    def runs(self, company_id: str) -> list[Run]:
        """Give the runs in scope of a company, oldest first."""
        return self.shared.run_selection.of(self.shared.run_lists.of(company_id), self._known_kind(company_id))

    def due(self, company_id: str) -> list[Run]:
        """Give the runs of a company to be read now."""
        return due_runs(
            self.runs(company_id),
            self._marks.mark_of(company_id),
            self._marks.interrupted,
            only_locked=self.only_locked,
        )

    @override
    def log_sync_costs(self) -> None:
        """Say at the end how many runs were read, and how many are still waited for."""
        if self.selected:
            self.logger.info("Read the %s of %d runs; %d runs are open", self.noun, self._runs_read, self._runs_open)

    @property
    def _marks(self) -> Progress[RunMark]:
        assert self.progress is not None  # there is a kind of mark
        return self.progress

    def _known_kind(self, company_id: str) -> Kind | None:
        """Give the kind of a company's periods if somebody needs it anyway."""
        if "company_periods" not in self.shared.lists:
            return None
        try:
            return self.shared.current_period(company_id).kind
        except SkippableAPIError:
            return None


class PayrollRunEmployees(RunStream):
    """Employees that a run calculates. Of open runs they are read at every sync."""

    noun = "employees"

    def __init__(self, tap: "TapNmbrs", operation: Operation) -> None:
        self.operation = operation
        super().__init__(tap, operation.stream)
        self.primary_keys = operation.primary_keys
        self.selected_by_default = operation.selected

    @override
    def read_run(self, run: Run) -> ReadRun:
        keys = {"company_id": run["company_id"], "payroll_run_id": run["payroll_run_id"]}
        parameters = {"year": run["year"]} if run["year"] is not None else {}
        try:
            rows = self.shared.source.rows(self.operation, keys, parameters)
        except HiddenError:
            raise
        except SkippableAPIError as error:
            return ReadRun(run=run, content=(), unavailable=error)
        return ReadRun(run=run, content=[{**row, **keys} for row in rows])

    @override
    def run_records(self, read: ReadRun) -> Iterable[dict[str, Any]]:
        records: Iterable[dict[str, Any]] = read.content
        return records


def _years(stream: CompanyStream, company_id: str, *, is_whole: bool) -> Iterable[int]:
    """Give the years whose runs a stream needs: all of them, or those that may have changed and those of open runs."""
    shared, progress = stream.shared, stream.progress
    mark = progress.mark_of(company_id) if progress else None
    read_on = progress.last_started.date() if progress and progress.last_started else None
    if is_whole or mark is None or read_on is None:
        return shared.years
    return {*due_years(shared.start, shared.today, read_on=read_on), *mark.open_years(company_id)}
