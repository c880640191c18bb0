"""A tap and its streams that are watched while they sync: they say how far that is, and at the end what was done."""

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar

from singer_sdk import Stream, Tap
from singer_sdk.helpers.capabilities import CapabilitiesEnum, PluginCapabilities, TapCapabilities
from singer_sdk.metrics import Timer
from typing_extensions import override

from connector_kit.extract.progress import progress_told
from connector_kit.extract.watch import Watch
from connector_kit.extract.writer import ExactWriter
from connector_kit.run_summary import count_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from connector_kit.extract.watch import Seen

__all__ = ["WatchedStream", "WatchedTap"]

T = TypeVar("T")

_HEADINGS: Final = {
    "records": "records",
    "deleted": "deleted",
    "left_out": "left out",
    "calls": "calls",
    "seconds": "seconds",
}


class WatchedTap(Tap):
    """Base of every tap, whatever it reads; run it with `console.program`. Its streams are `WatchedStream`s.

    Writes amounts exactly, says how far a sync is and what it did, and offers no BATCH, which would pass records by
    selection, maps and the personal-data policy.
    """

    message_writer: ExactWriter
    message_writer_class = ExactWriter
    progress_seconds: ClassVar[float | None] = None
    """Seconds between two lines that say how far a sync is; None: a live line on a terminal, else the usual."""
    capabilities: ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    @cached_property
    def watch(self) -> Watch:
        """What the streams of this sync have done; begins when it is first looked at."""
        return Watch(self.message_writer, turns=sum(stream.selected for stream in self.streams.values()))

    def sync_all(self) -> None:  # type: ignore[misc]  # final: nothing else sees both ends of a sync; a test does if it goes
        """Sync all streams, say how far that is, and at the end, whatever that is, what was done."""
        is_complete = False
        try:
            with progress_told(self.watch, self.logger, every=self.progress_seconds):
                super().sync_all()
            is_complete = True
        finally:
            self._tell_summary(is_complete=is_complete)

    def _tell_summary(self, *, is_complete: bool) -> None:
        streams = self.watch.counts()
        if not is_complete and not streams and not self.watch.calls:
            return  # it did not begin
        records, deleted, left_out = (
            sum(int(counts[field]) for counts in streams.values()) for field in ("records", "deleted", "left_out")
        )
        filled = sum(counts["records"] > 0 for counts in streams.values())
        facts = {
            "complete": is_complete,
            "records": records,
            "deleted": deleted,
            "left_out": left_out,
            "calls": self.watch.calls,
            "seconds": round(self.watch.seconds, 1),
        }
        said = [
            f"{count_of(records, 'record')} of {count_of(filled, 'stream')}",
            *([f"{count_of(deleted)} deleted"] if deleted else []),
            *([f"{count_of(left_out)} left out"] if left_out else []),
            *([count_of(self.watch.calls, "call")] if self.watch.calls else []),
            f"{count_of(facts['seconds'])} s",
            *([] if is_complete else ["the sync did not come to its end"]),
        ]
        tell(self.logger, ", ".join(said), facts, streams, headings=_HEADINGS)


class _TurnTimer(Timer):
    """Tells the tap when the turn of a stream begins and ends."""

    def __init__(self, timer: Timer, turn: "AbstractContextManager[None]") -> None:
        super().__init__(timer.metric, timer.tags)
        self._turn = turn

    @override
    def __enter__(self) -> Self:
        self._turn.__enter__()
        return super().__enter__()

    @override
    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: "TracebackType | None"
    ) -> None:
        super().__exit__(kind, failure, traceback)
        self._turn.__exit__(kind, failure, traceback)


class WatchedStream(Stream):
    """A stream of a `WatchedTap`, which knows when it has its turn, and what it tells of itself."""

    _tap: WatchedTap

    @override
    def get_sync_timer(self) -> Timer:
        """Give the SDK's timer, which the tap looks at too."""
        return _TurnTimer(super().get_sync_timer(), self._tap.watch.turn(self.name))

    @property
    def seen(self) -> "Seen":
        """What the tap tells of the stream while it is read, and at the end."""
        return self._tap.watch.of(self.name)

    def each_of(self, parts: "Iterable[T]", count: int, noun: str) -> "Iterator[T]":
        """Go through the parts of the stream, so that the tap can tell how many of them have been read.

        Args:
            parts: All of them.
            count: How many there are.
            noun: What they are, in the plural.
        """
        seen = self.seen
        seen.noun, seen.parts, seen.done = noun, count, 0
        for part in parts:
            yield part
            seen.done += 1
