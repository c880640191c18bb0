"""What the streams of one sync have done so far: for the lines of progress, and for the summary at the end."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from connector_kit.calls import REQUESTS, RequestCount

__all__ = ["Position", "Seen", "Watch"]

_ESTIMATE_AFTER_SECONDS: Final = 5
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


@dataclass(slots=True)
class Seen:
    """One stream.

    Attributes:
        left_out: Parts, or the whole stream, that the provider refused or did not have.
        calls: Requests that were sent while its turn was.
        seconds: How long its turn took.
        noun: What its parts are: companies, windows.
        parts: How many there are; 0: nobody knows.
        done: How many of them have been read.
    """

    left_out: int = 0
    calls: int = 0
    seconds: float = 0.0
    noun: str = ""
    parts: int = 0
    done: int = 0


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a sync is.

    Attributes:
        stream: Whose turn it is.
        turn: The how many-th stream it is.
        turns: How many there are.
        records: Its records that have been written.
        seen: What else was known of it then.
        seconds: Since its turn began.
    """

    stream: str
    turn: int
    turns: int
    records: int
    seen: Seen
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """How long the rest of the stream may take, if all its parts are alike; None: too early to tell."""
        done, parts = self.seen.done, self.seen.parts
        if not 0 < done < parts or self.seconds < _ESTIMATE_AFTER_SECONDS:
            return None
        return self.seconds / done * (parts - done)

    def facts(self) -> dict[str, int | str]:
        """Give it by name; what is not known is left out."""
        facts: dict[str, int | str] = {"stream": self.stream, "turn": self.turn, "turns": self.turns}
        facts |= {"records": self.records, "seconds": round(self.seconds)}
        if self.seen.parts:
            facts |= {"done": self.seen.done, "parts": self.seen.parts, "of": self.seen.noun}
        if self.seconds_left is not None:
            facts["seconds_left"] = round(self.seconds_left)
        return facts

    def __str__(self) -> str:
        parts = [f"{self.seen.done:,} of {self.seen.parts:,} {self.seen.noun}"] if self.seen.parts else []
        left = [] if self.seconds_left is None else [f"{_rough(self.seconds_left)} left"]
        told = ", ".join([*parts, f"{self.records:,} records", *left])
        return f"{self.stream} (stream {self.turn} of {self.turns}): {told}"


class Written(Protocol):
    """Counts what is written, by stream."""

    @property
    def records(self) -> Mapping[str, int]:
        """All records."""
        ...

    @property
    def deleted(self) -> Mapping[str, int]:
        """Those of them that say that something is gone."""
        ...


class Watch:
    """Counts for one sync. Its streams have their turns one after the other, in one thread; any thread may look.

    Args:
        written: Counts of what has been written.
        turns: How many streams there are.
        requests: Counts the requests of this process.
        clock: Seconds.
    """

    def __init__(
        self,
        written: Written,
        *,
        turns: int = 0,
        requests: RequestCount = REQUESTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._written = written
        self._turns = turns
        self._requests = requests
        self._clock = clock
        self._began, self._calls_before = clock(), requests.number
        self._turn = 0
        self._current: tuple[str, float] | None = None
        self.streams: dict[str, Seen] = {}

    def of(self, stream: str) -> Seen:
        """Give what is known of a stream."""
        return self.streams.setdefault(stream, Seen())

    @contextmanager
    def turn(self, stream: str) -> Iterator[None]:
        """A stream has its turn."""
        seen, began, calls = self.of(stream), self._clock(), self._requests.number
        self._turn += 1
        self._current = (stream, began)
        try:
            yield
        finally:
            self._current = None
            seen.seconds += self._clock() - began
            seen.calls += self._requests.number - calls

    @property
    def calls(self) -> int:
        """Requests since the sync began."""
        return self._requests.number - self._calls_before

    @property
    def seconds(self) -> float:
        """Since the sync began."""
        return self._clock() - self._began

    def position(self) -> Position | None:
        """Tell where the sync is; None: between two streams."""
        current = self._current
        if current is None:
            return None
        stream, began = current
        return Position(
            stream=stream,
            turn=self._turn,
            turns=max(self._turns, self._turn),
            records=self._written.records.get(stream, 0),
            seen=replace(self.of(stream)),
            seconds=self._clock() - began,
        )

    def counts(self) -> dict[str, dict[str, int | float]]:
        """Give the counts of each stream, in the order of their turns."""
        written = self._written
        names = dict.fromkeys([*self.streams, *written.records])
        return {
            name: {
                "records": written.records.get(name, 0),
                "deleted": written.deleted.get(name, 0),
                "left_out": seen.left_out,
                "calls": seen.calls,
                "seconds": round(seen.seconds, 1),
            }
            for name in names
            for seen in [self.of(name)]
        }


def _rough(seconds: float) -> str:
    if seconds < _MINUTE:
        return "less than a minute"
    if seconds < 1.5 * _HOUR:
        minutes = round(seconds / _MINUTE)
        return f"about {minutes} minute{'' if minutes == 1 else 's'}"
    return f"about {round(seconds / _HOUR)} hours"
