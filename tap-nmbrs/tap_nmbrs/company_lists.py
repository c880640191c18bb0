"""Lists of companies as streams: one class for every row of the table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from singer_sdk.exceptions import SkippableAPIError
from typing_extensions import override

from tap_nmbrs.operation import Operation, Window
from tap_nmbrs.periods import PeriodMark, due_periods, due_years
from tap_nmbrs.progress import Coverage, Mark, Progress, SinceMark
from tap_nmbrs.reading import ListReader, Request
from tap_nmbrs.source import HiddenError, RefusedError
from tap_nmbrs.streams import CompanyStream

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["Answer", "CompanyList"]

_ON_THE_PAYROLL: Final = frozenset({"payroll"})
_ONCE_ON_THE_PAYROLL: Final = frozenset({"payroll", "formerPayroll"})


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
