"""Lists as streams: in full, or within windows of time; for all parents at once, four requests under way."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

from connector_kit.errors import ConnectorError
from connector_kit.extract import ordered_prefetch, problem_of
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SingerSDKError, SkippableAPIError
from typing_extensions import override

from tap_ons.client import CONCURRENT_REQUESTS, SYNCED_AT, OnsStream
from tap_ons.listing import KEY, Job, Listing, Window
from tap_ons.listing_reader import Ask, ListReader
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.marks import WindowProgress, start_day
from tap_ons.parents import ParentRow
from tap_ons.schemas import SCHEMAS
from tap_ons.state import signature
from tap_ons.windows import Slice, slices, spans

if TYPE_CHECKING:
    from singer_sdk import Stream
    from singer_sdk.helpers.types import Context, Record

    from tap_ons.tap import TapOns

__all__ = ["ListStream", "ListingStream", "WindowedStream", "listing_streams"]

_WORKERS: Final = 2 * CONCURRENT_REQUESTS
"""While some answers are taken apart, others are under way: the session lets no more of them be than Ons does."""
_FAILURES_MAX: Final = 5
"""So many parents whose lists cannot be read are a failure of Ons, not of their lists."""
_STATE_EVERY_SECONDS: Final = 5
_EXPORTED: Final = frozenset(job.instead_of for job in JOBS)
_DAY: Final = timedelta(days=1)
_DIGEST_LENGTH: Final = 32


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


class ListStream(OnsStream):
    """What lists have in common: records with keys of our own, and a bookmark of days."""

    def __init__(self, tap: "TapOns", row: Listing | Job, *, primary_keys: tuple[str, ...]) -> None:
        declared = SCHEMAS.get_schema(row.stream)
        super().__init__(tap, row.stream, declared, primary_keys=primary_keys)
        self.selected_by_default = row.selected
        self.sources = {name: part.get("x-source-name", name) for name, part in declared["properties"].items()}
        columns = {source: name for name, source in self.sources.items()}
        self._hashed = [columns[source] for source in row.hashed]
        if row.hashed:
            self.key_sources = {}
        self.began = datetime.now(UTC)
        self._state_due_at = 0.0

    @override
    def get_records(self, context: "Context | None") -> Iterator["Record"]:
        """Give the records; an error leaves a state message of everything before it."""
        self.began = datetime.now(UTC)
        try:
            yield from super().get_records(context)
        except (SingerSDKError, ConnectorError):
            self._write_state()
            raise

    def window_progress(self, *settings: Any) -> WindowProgress:
        """Read the bookmark.

        Args:
            *settings: What decides what records hold, beside the catalog and the policy of personal data.
        """
        left_out = sorted(place for place, is_selected in self.mask.items() if not is_selected)
        return WindowProgress(
            self.get_context_state(None),
            start=start_day(self.config, self.name),
            today=self.shared.today,
            lookback=timedelta(days=self.config["lookback_days"]),
            settings=signature(left_out, self.shared.personal_data_signature, *settings),
            is_incremental=self.replication_method == "INCREMENTAL",
        )

    def checkpoint(self) -> None:
        """Write a state message if the last one was some seconds ago; all records given so far have been written."""
        if time.monotonic() >= self._state_due_at:
            self._state_due_at = time.monotonic() + _STATE_EVERY_SECONDS
            self._write_state()

    def keyed(self, rows: Iterable[dict[str, Any]]) -> Iterator["Record"]:
        """Make the records of an answer; those without a key get one: a hash of what they tell, and a number."""
        alike: dict[str, list[Record]] = {}
        for row in rows:
            record = self.record(row, synced_at=self.began)
            if self._hashed:
                told = json.dumps([record.get(name) for name in self._hashed], default=str)
                others = alike.setdefault(told, [])
                if record not in others:
                    others.append(dict(record))
                number = others.index(record)
                record[KEY] = hashlib.sha256(f"{number} {told}".encode()).hexdigest()[:_DIGEST_LENGTH]
            yield record

    def _write_state(self) -> None:
        self._tap.state_writer.write_state(self._tap.state)


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
        count = 0
        for outcome in ordered_prefetch(self._jobs(), workers=_WORKERS):
            if outcome.ask is None:
                self.finish(outcome.part)
                continue
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

    def _jobs(self) -> Iterator[Callable[[], _Outcome]]:
        """Give what is to be done, in order; what is known when a job's turn comes decides whether it is."""
        for part in self.slices():
            yield from (partial(self._outcome, ask, part) for ask in self._asks(part))
            yield partial(_Outcome, ask=None, part=part)

    def _asks(self, part: Slice | None) -> Iterator[Ask]:
        listing = self.listing
        variants = listing.variants.values if listing.variants else (None,)
        windows = spans(listing.window, part) if listing.window and part else [None]
        for parent, ids in self._addressees(part):
            for variant in variants:
                for span in windows:
                    yield Ask(parent=parent, ids=ids, variant=variant, span=span)

    def _addressees(self, part: Slice | None) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """Give whose lists are read for a slice: one, many at once, or nobody's in particular."""
        listing = self.listing
        if listing.parent is None and listing.ids is None:
            yield None, ()
            return
        due = [row.id for row in self.parents if part is None or self.starts[row.id] < part.end]
        if listing.parent is None:
            yield from ((None, ids) for ids in self._chunks(due))
            return
        among = [row.id for row in self.shared.parents.of(listing.ids.stream)] if listing.ids else []
        for parent in due:
            if parent not in self._unknown:
                yield from ((parent, ids) for ids in (self._chunks(among) if listing.ids else [()]))

    def _chunks(self, ids: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        known = [one for one in ids if one not in self._reader.unknown]
        size = self.listing.ids.at_most if self.listing.ids else 1
        yield from (tuple(known[place : place + size]) for place in range(0, len(known), size))

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


class WindowedStream(ListingStream):
    """A list that is read within windows of time: from the start, and then again as far as it may have changed."""

    def __init__(self, tap: "TapOns", listing: Listing, window: Window) -> None:
        self.window = window
        super().__init__(tap, listing)
        self.replication_key = SYNCED_AT

    @override
    def check_settings(self) -> None:
        start_day(self.config, self.name)

    @cached_property
    def progress(self) -> WindowProgress:
        """What has been read."""
        return self.window_progress(sorted(self.options))

    @override
    def slices(self) -> Iterator[Slice]:
        """Give the slices: those of which only some parents are to be read, and those of all."""
        progress, days = self.progress, self.config["window_days"]
        end = progress.tomorrow + timedelta(days=self.config["days_ahead"] if self.window.ahead else 0)
        for_all = list(slices(self.window, progress.again, end, days=days))
        earliest = min(self.starts.values(), default=progress.again)
        yield from slices(self.window, earliest, for_all[0].begin if for_all else end, days=days)
        yield from for_all

    @cached_property
    @override
    def starts(self) -> Mapping[Any, date]:
        return {row.id: self._begin(row) for row in self.parents}

    @override
    def finish(self, part: Slice | None) -> None:
        """Move the bookmark, unless it would pass what could not be read."""
        if part is not None and not self.failures and self.is_known:
            self.progress.pass_by(part.end, self._newest)
            self.checkpoint()

    @override
    def _report(self, count: int) -> None:
        super()._report(count)
        self.progress.pass_by(self.progress.tomorrow, self._newest)
        if count and self.progress.mark is None:
            self.report_missing_fields()

    @cached_property
    def _newest(self) -> int | None:
        return max((row.id for row in self.parents), default=None)

    def _begin(self, row: ParentRow) -> date:
        """Give the first day that is to be read of a parent."""
        progress, parent, verified_until = self.progress, self.listing.parent, row.verified_until
        if progress.is_new(row.id):
            return progress.start
        changes = parent is not None and parent.verified_until is not None
        if not changes or verified_until is None or verified_until + _DAY >= progress.again:
            return progress.again
        ended = self.shared.parents.employment_ends.get(row.id)
        if ended is not None and ended <= verified_until:  # nothing was worked that is not verified
            return progress.again
        return max(progress.start, verified_until + _DAY)


def listing_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the table of lists, but for personal data that nobody asked for."""
    policy = tap.shared.policy
    return [
        WindowedStream(tap, row, row.window) if row.window else ListingStream(tap, row)
        for row in LISTINGS
        if row.personal_data is None or not policy.leaves_out(row.personal_data)
    ]
