"""Lists within windows of time as streams: how far back they are read, and how far they have been."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import override

from tap_ons.client import SYNCED_AT
from tap_ons.listing import Listing, Window
from tap_ons.listing_stream import ListingStream
from tap_ons.marks import WindowProgress, start_day
from tap_ons.parents import ParentRow
from tap_ons.windows import Slice, slices

if TYPE_CHECKING:
    from tap_ons.tap import TapOns

__all__ = ["WindowedStream"]

_DAY: Final = timedelta(days=1)


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
