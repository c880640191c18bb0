"""What the streams of one tap share: connection, lists asked for once, moments, documents fetched once."""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo

from connector_kit.errors import SettingError
from connector_kit.extract import PersonalDataPolicy, RecordConverter
from singer_sdk.exceptions import SkippableAPIError

from tap_nmbrs.account_streams import DirectoryList
from tap_nmbrs.api import Api, operations_of, source_of
from tap_nmbrs.company_lists import CompanyList
from tap_nmbrs.directory import Directory
from tap_nmbrs.document_streams import DOCUMENT_OPERATIONS, DocumentOperation
from tap_nmbrs.journal_streams import RunDocumentStream
from tap_nmbrs.lists import SharedList, current_period, item_of
from tap_nmbrs.operation import Operation, Window
from tap_nmbrs.periods import Period, due_years
from tap_nmbrs.progress import Companies, Mark, Progress
from tap_nmbrs.reading import ListReader
from tap_nmbrs.run_documents import RejectedDocuments, RunDocuments
from tap_nmbrs.run_lists import RunLists
from tap_nmbrs.run_streams import PayrollRuns, RunStream
from tap_nmbrs.runs import RunSelection
from tap_nmbrs.source import Source
from tap_nmbrs.spool import Spool

if TYPE_CHECKING:
    from singer_sdk import Stream

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["Shared"]

M = TypeVar("M", bound=Mark)
_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
_PERIODS: Final = "company_periods"
_RUNS: Final = "payroll_runs"
"""What is read of runs is read by streams of their own."""
_STATE_EVERY_SECONDS: Final = 5.0


class Shared:
    """Made when it is first needed: discovery needs none of it but the policy."""

    def __init__(self, tap: "TapNmbrs") -> None:
        self._tap = tap
        self._settings = tap.config
        self._state_due_at = time.monotonic() + _STATE_EVERY_SECONDS
        self.skipped = 0

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        return PersonalDataPolicy(
            include=self._settings.get("include_personal_data") or (),
            pseudonymise=self._settings.get("pseudonymise") or (),
            key=self._settings.get("pseudonym_key"),
        )

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """Every list that the API of the setting gives, by stream, but for personal data that nobody asked for."""
        return {
            operation.stream: operation
            for operation in operations_of(self._settings)
            if operation.personal_data is None or not self.policy.leaves_out(operation.personal_data)
        }

    @cached_property
    def document_operations(self) -> tuple[DocumentOperation, ...]:
        """Documents that the API of the setting gives as records, but for personal data that nobody asked for."""
        if self._settings.get("api") == Api.SOAP:
            return ()
        return tuple(row for row in DOCUMENT_OPERATIONS if not self.policy.leaves_out(row.personal_data))

    @cached_property
    def source(self) -> Source:
        """The API, logged in; nothing is sent before it is asked."""
        return source_of(self._settings, version=self._tap.plugin_version)

    def parameters(self, operation: Operation) -> Mapping[str, str]:
        """Query parameters that come from settings."""
        values = {name: self._settings.get(setting) for name, setting in operation.parameters.items()}
        return {name: ",".join(map(str, value)) for name, value in values.items() if value}

    def reader(self, operation: Operation, convert: RecordConverter) -> ListReader:
        """Build what reads the lists of an operation."""
        return ListReader(
            operation,
            convert,
            source=lambda: self.source,
            parameters=self.parameters(operation),
            spool=self._spool if self._calls[operation.call] > 1 else None,
        )

    @cached_property
    def directory(self) -> Directory:
        """Debtors and companies."""
        debtors = DirectoryList(self._tap, self.operations["debtors"])
        companies = DirectoryList(self._tap, self.operations["companies"])
        return Directory(
            self._settings,
            list_debtors=debtors.read,
            list_companies=lambda keys: map(companies.convert, self.source.rows(companies.operation, keys, {})),
            on_skipped=partial(self.count_skipped, "companies"),
        )

    @cached_property
    def companies(self) -> Companies:
        """When each company was first read."""
        companies = Companies(self._tap.streams["companies"].get_context_state(None), now=self.now)
        companies.keep(self.directory.companies)
        return companies

    def progress(
        self, state: dict[str, Any], kind: type[M], *, settings: str = "", refresh_days: int | None = None
    ) -> Progress[M]:
        """Read the bookmark of a stream."""
        return Progress(state, kind, self.companies, settings=settings, refresh_days=refresh_days)

    def hide(self, company_id: str) -> None:
        """Leave a company out of the rest of the sync: the login may not see it. When it returns it is new."""
        self.directory.hide(company_id)
        self.companies.forget(company_id)

    @cached_property
    def lists(self) -> Mapping[str, SharedList[Any]]:
        """Lists that selected streams need of others, by stream."""
        needed: dict[str, SharedList[Any]] = {}
        waiting = [self.operations[name] for name in self._selected]
        waiting += [row for row in self.document_operations if self._tap.streams[row.stream].selected]
        while waiting:
            operation = waiting.pop()
            if operation.window is Window.PERIOD and _PERIODS not in needed:
                needed[_PERIODS] = SharedList(CompanyList(self._tap, self.operations[_PERIODS]), current_period)
            if operation.parent is not None and operation.parent.stream not in {_RUNS, *needed}:
                parent = self.operations[operation.parent.stream]
                needed[parent.stream] = SharedList(CompanyList(self._tap, parent), item_of(operation.parent.key))
                waiting.append(parent)
        return needed

    def current_period(self, company_id: str) -> Period:
        """Give the current period of a company.

        Raises:
            SkippableAPIError: It has none.
        """
        periods = self.lists[_PERIODS].of(company_id)
        if not periods:
            raise SkippableAPIError(f"{_PERIODS} of company {company_id}: Nmbrs gives it no current period")
        period: Period = periods[0]
        return period

    @cached_property
    def run_lists(self) -> RunLists:
        """Payroll runs of every company."""
        runs = self._tap.streams[_RUNS]
        readers = [stream for stream in self._selected_streams if isinstance(stream, (PayrollRuns, RunStream))]
        return RunLists(
            list(self.directory.companies),
            readers=readers,
            read=cast("PayrollRuns", runs).read_runs,
            workers=self._settings["concurrent_requests"],
        )

    @cached_property
    def run_selection(self) -> RunSelection:
        """Which runs the settings ask for."""
        return RunSelection(start=self.start, types=frozenset(self._settings.get("run_types") or ()))

    @cached_property
    def run_documents(self) -> RunDocuments:
        """Documents of payroll runs."""
        return RunDocuments(self.source, timeout_seconds=self._settings["document_timeout_seconds"])

    def document_streams_after(self, stream: RunDocumentStream) -> list[RunDocumentStream]:
        """Give the streams of this sync that read documents of runs after another one."""
        streams = [one for one in self._selected_streams if isinstance(one, RunDocumentStream)]
        return streams[streams.index(stream) + 1 :]

    @cached_property
    def rejected_documents(self) -> RejectedDocuments:
        """Where documents are kept that could not be read."""
        beside = Path(self._settings["token_store"]).parent if self._settings.get("token_store") else Path()
        return RejectedDocuments(Path(self._settings.get("rejected_documents") or beside / "rejected-documents"))

    @cached_property
    def now(self) -> datetime:
        """When this sync began, by our clock."""
        return datetime.now(UTC)

    @cached_property
    def today(self) -> date:
        """The day on which this sync began, in the Netherlands."""
        return self.now.astimezone(_AMSTERDAM).date()

    @cached_property
    def years(self) -> range:
        """Years from the start on."""
        return due_years(self.start, self.today, read_on=None)

    @cached_property
    def start(self) -> date:
        """First day of interest.

        Raises:
            SettingError: There is no such day.
        """
        try:
            return date.fromisoformat(self._settings["start_date"][:10])
        except ValueError:
            raise SettingError("setting start_date: there is no such day") from None

    def is_state_due(self) -> bool:
        """Tell whether the last state message was some seconds ago; the answer counts as writing one."""
        is_due = time.monotonic() >= self._state_due_at
        if is_due:
            self._state_due_at = time.monotonic() + _STATE_EVERY_SECONDS
        return is_due

    def count_skipped(self, stream: str, error: "SkippableAPIError") -> None:
        """Say that something was left out."""
        self.skipped += 1
        self._tap.watch.of(stream).left_out += 1
        self._tap.logger.getChild(stream).warning("Skipped (%d so far): %s", self.skipped, error)

    @cached_property
    def _selected_streams(self) -> tuple["Stream", ...]:
        return tuple(stream for stream in self._tap.streams.values() if stream.selected)

    @cached_property
    def _selected(self) -> tuple[str, ...]:
        """Names of selected streams that are lists."""
        return tuple(name for name, stream in self._tap.streams.items() if stream.selected and name in self.operations)

    @cached_property
    def _calls(self) -> Counter[str]:
        """How many selected streams need each call."""
        return Counter(self.operations[name].call for name in self._selected)

    @cached_property
    def _spool(self) -> Spool:
        return Spool()
