"""Lists as streams: as a whole or for each of their parents, four requests under way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from connector_kit.extract import ordered_prefetch, problem_of
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError
from typing_extensions import override

from tap_ons.asks import Ask, asks
from tap_ons.client import CONCURRENT_REQUESTS
from tap_ons.list_stream import ListStream
from tap_ons.listing import Listing
from tap_ons.listing_reader import ListReader
from tap_ons.listings import JOBS
from tap_ons.parents import ParentRow
from tap_ons.windows import Slice

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

    from tap_ons.tap import TapOns

__all__ = ["ListingStream"]

_WORKERS: Final = 2 * CONCURRENT_REQUESTS
"""While some answers are taken apart, others are under way: the session lets no more of them be than Ons does."""
_FAILURES_MAX: Final = 5
"""So many parents whose lists cannot be read are a failure of Ons, not of their lists."""
_EXPORTED: Final = frozenset(job.instead_of for job in JOBS)


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What became of one request, or the end of a slice.

    Attributes:
        ask: What was asked for; None: all of the slice has come.
        part: The slice.
        rows: The answer.
        absent: Why there is nothing to read of a parent.
        failure: Why a parent's list could not be read.
    """

    ask: Ask | None
    part: Slice | None
    rows: Sequence[dict[str, Any]] = ()
    absent: Exception | None = None
    failure: RetriableAPIError | None = None


class ListingStream(ListStream):
    """A list that is read in full at every sync: as a whole, or for each of its parents."""

    def __init__(self, tap: "TapOns", listing: Listing) -> None:
        self.listing = listing
        super().__init__(tap, listing, primary_keys=listing.primary_keys)
        if self.config.get("presence_logs_by") == "export" and listing.stream in _EXPORTED:
            self.selected_by_default = False
        self._keys: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
        self._unknown: set[Any] = set()
        self._answered = False
        self._refusal: Exception | None = None
        self.failures: list[RetriableAPIError] = []

    @override
    def records(self) -> Iterator["Record"]:
        count, parts = 0, list(self.slices())
        self.seen.noun, self.seen.parts = "lists", sum(1 for part in parts for _ in self._asks(part))
        for outcome in ordered_prefetch(self._jobs(parts), workers=_WORKERS):
            if outcome.ask is None:
                self.finish(outcome.part)
                continue
            self.seen.done += 1
            self._note(outcome)
            for record in self._new(outcome):
                yield record
                count += 1
        self._report(count)

    def slices(self) -> Iterable[Slice | None]:
        """Give the slices of time in which the list is read."""
        return (None,)

    @cached_property
    def starts(self) -> Mapping[Any, date]:
        """First day that is to be read of each parent."""
        return {}

    def finish(self, part: Slice | None) -> None:
        """Take note that all records of a slice have been written, but for those of `failures`."""

    @property
    def is_known(self) -> bool:
        """Whether anything was answered, if anything was asked: else the list may not be granted at all."""
        return self._answered or self._refusal is None

    @property
    def options(self) -> dict[str, str]:
        """Query parameters from settings."""
        return {name: "true" for name, setting in self.listing.options.items() if self.config[setting]}

    @cached_property
    def parents(self) -> Sequence[ParentRow]:
        """Those whose lists are read one by one, or many at once."""
        source = self.listing.parent or self.listing.ids
        return self.shared.parents.of(source.stream) if source else ()

    @cached_property
    def _reader(self) -> ListReader:
        return ListReader(
            self.listing,
            self.shared.connection,
            today=self.shared.today,
            options=self.options,
            stamps={column: self.sources[column] for column in self.listing.stamped},
        )

    def _jobs(self, parts: Iterable[Slice | None]) -> Iterator[Callable[[], _Outcome]]:
        """Give what is to be done, in order; what is known when a job's turn comes decides whether it is."""
        for part in parts:
            yield from (partial(self._outcome, ask, part) for ask in self._asks(part))
            yield partial(_Outcome, ask=None, part=part)

    def _asks(self, part: Slice | None) -> Iterator[Ask]:
        listing = self.listing
        due = [row.id for row in self.parents if part is None or self.starts[row.id] < part.end]
        if listing.parent and listing.ids:
            among = [row.id for row in self.shared.parents.of(listing.ids.stream)]
        else:
            among = due
        return asks(listing, part, due=due, among=among, unknown=self._unknown, unknown_ids=self._reader.unknown)

    def _outcome(self, ask: Ask, part: Slice | None) -> _Outcome:
        """Read one list, in a thread."""
        is_one_of_many = ask.parent is not None or bool(ask.ids)
        try:
            return _Outcome(ask=ask, part=part, rows=self._reader.rows(ask))
        except (SkippableAPIError, FatalAPIError) as error:
            problem = problem_of(error)
            if not is_one_of_many or problem is None or problem.status not in self.listing.absent:
                raise
            return _Outcome(ask=ask, part=part, absent=error)
        except RetriableAPIError as error:
            if not is_one_of_many:
                raise
            return _Outcome(ask=ask, part=part, failure=error)

    def _note(self, outcome: _Outcome) -> None:
        """Take note of what there is not."""
        if outcome.failure is not None:
            self.failures.append(outcome.failure)
            if len(self.failures) >= _FAILURES_MAX:
                raise outcome.failure
        elif outcome.absent is None:
            self._answered = True
        elif isinstance(outcome.absent, SkippableAPIError):
            self._refusal = self._refusal or outcome.absent
            if outcome.ask is not None and outcome.ask.parent is not None:
                self._unknown.add(outcome.ask.parent)

    def _new(self, outcome: _Outcome) -> Iterator["Record"]:
        """Make records, but not of what has just come: windows touch, and rows may come twice."""
        if outcome.ask is None or not outcome.rows:
            return
        place = (outcome.ask.parent, outcome.ask.ids[:1], outcome.ask.variant)
        before, keys = self._keys.get(place, set()), set[tuple[Any, ...]]()
        for record in self.keyed(outcome.rows):
            key = tuple(record.get(name) for name in self.primary_keys)
            if key not in keys and key not in before:
                yield record
            keys.add(key)
        if self.listing.window:
            self._keys[place] = keys

    def _report(self, count: int) -> None:
        """Say what could not be read.

        Raises:
            SkippableAPIError: Nothing: the list is not granted.
            RetriableAPIError: Some lists.
        """
        if not self.is_known and self._refusal is not None:
            raise self._refusal
        source = self.listing.parent or self.listing.ids
        if source and (unknown := self._unknown | self._reader.unknown):
            self.seen.left_out += len(unknown)
            self.logger.warning(
                "%s: left out %d of %d %s, whom Ons does not know here",
                self.name,
                len(unknown),
                len(self.parents),
                source.stream,
            )
        if self.failures:
            raise RetriableAPIError(
                f"{self.name}: {len(self.failures)} lists could not be read, run again; the first: {self.failures[0]}"
            )
        if count and not self.listing.window:
            self.report_missing_fields()
