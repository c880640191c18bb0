"""What all streams do alike, and how the companies of a stream are gone through."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from connector_kit.errors import ConnectorError
from connector_kit.extract import BookmarkedStream, PartitionedPrefetch, RecordConverter
from singer_sdk.exceptions import SingerSDKError, SkippableAPIError
from typing_extensions import override

from tap_nmbrs.progress import Mark, Progress
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.source import HiddenError

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["CompanyStream", "NmbrsStream"]


class NmbrsStream(BookmarkedStream):
    """Records of Nmbrs."""

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
        companies = self.shared.directory.companies
        for company_id in self.each_of(companies, len(companies), "companies"):
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
        self.logger.info("%s: read %s of %d companies, %d left out", self.name, self.extent, read, left_out)

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
