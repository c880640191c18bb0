"""Counts what became of the records of a run, and proves that none is missing."""

import logging
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.posting.posting import Result
from connector_kit.run_summary import count_of, tell

__all__ = [
    "CountsDoNotAddUpError",
    "DeferredRecordsError",
    "InDoubtError",
    "RecordsRejectedError",
    "Tally",
    "tell_summary",
    "verdict",
]

_WORDS: Final = {
    Result.SUCCESS: "booked",
    Result.UPDATED: "updated",
    Result.EXISTING: "existing",
    Result.FAIL: "rejected",
    Result.DEFERRED: "deferred",
    Result.STALE: "stale",
    Result.IN_DOUBT: "in doubt",
}
_HEADINGS: Final = {"received": "received", **{str(result): word for result, word in _WORDS.items()}}


class RecordsRejectedError(ConnectorError):
    """Some records were not booked and stand in the dead letters."""

    exit_code = ExitCode.REJECTED


class InDoubtError(ConnectorError):
    """Of some entries nobody knows yet whether they are booked."""

    exit_code = ExitCode.IN_DOUBT


class DeferredRecordsError(ConnectorError):
    """Some records are left to a later run."""

    exit_code = ExitCode.BUDGET


class CountsDoNotAddUpError(ConnectorError):
    """A record has no result, or two: a bug of ours."""


class Tally:
    """Received records and their results."""

    def __init__(self) -> None:
        self.received = 0
        self.waiting = 0
        """Records that wait for others: lines of entries that are not complete."""
        self._results: Counter[Result] = Counter()
        self._streams: dict[str, Counter[str]] = {}

    def receive(self, stream: str) -> None:
        """Count a record in, before anything is done with it."""
        self.received += 1
        self._of(stream)["received"] += 1

    def settle(self, stream: str, result: Result, count: int = 1) -> None:
        """Count what became of it, or of several that were booked as one."""
        self._results[result] += count
        self._of(stream)[str(result)] += count

    def streams(self) -> Mapping[str, Mapping[str, int]]:
        """The same counts for each stream, by the names under which records came."""
        return self._streams

    def _of(self, stream: str) -> Counter[str]:
        return self._streams.setdefault(stream, Counter())

    def __getitem__(self, result: Result) -> int:
        return self._results[result]

    def counts(self) -> dict[str, int]:
        """All counts; `unfinished` is what was begun when the run broke off, if it did.

        Raises:
            CountsDoNotAddUpError: If a record got lost between them.
        """
        unfinished = self.received - self._results.total()
        if not 0 <= unfinished <= 1 + self.waiting:
            raise CountsDoNotAddUpError(
                f"{self.received} records received, {self._results.total()} settled: this is a bug, please report it"
            )
        results = {str(result): self._results[result] for result in Result}
        return {"received": self.received, **results, "unfinished": unfinished}


def tell_summary(
    logger: logging.Logger, tally: Tally, *, run: str, in_doubt: int, calls: int, calls_left: int | None, seconds: float
) -> None:
    """Say at the end of a run what became of its records, and what that took.

    Args:
        logger: Of the target.
        tally: What became of the records.
        run: Name of the run in the ledger.
        in_doubt: Facts in the ledger that are not settled.
        calls: Requests that the provider counts.
        calls_left: How many more the tightest budget allows; None: there is none.
        seconds: Since the run began.
    """
    counts = tally.counts()
    left = {} if calls_left is None else {"calls_left": calls_left}
    facts: dict[str, Any] = {"run": run, **counts, "in_doubt_in_ledger": in_doubt, "calls": calls, **left}
    became = [f"{count_of(counts[result])} {word}" for result, word in _WORDS.items() if counts[result]]
    became += [f"{count_of(counts['unfinished'])} unfinished"] if counts["unfinished"] else []
    spent = count_of(calls, "call") + ("" if calls_left is None else f" ({count_of(calls_left)} left)")
    sentence = f"{count_of(tally.received, 'record')} received: {', '.join(became) or 'nothing to book'}; {spent}, "
    seconds = round(seconds, 1)
    tell(logger, f"{sentence}{seconds:,} s", facts | {"seconds": seconds}, tally.streams(), headings=_HEADINGS)


def verdict(
    tally: Tally, *, unresolved: int, deferred: Mapping[str, int], letters: Path, held: bool
) -> ConnectorError | None:
    """Say what needs a person after a run that read all its input; the gravest decides the exit code.

    Args:
        tally: What became of the records.
        unresolved: Facts in the ledger that are not settled.
        deferred: Records that were deferred, by reason.
        letters: The dead letters.
        held: STATE stands before the first record that is not booked.
    """
    errors: list[ConnectorError] = []
    if in_doubt := max(unresolved, tally[Result.IN_DOUBT]):
        errors.append(
            InDoubtError(
                f"{in_doubt} entries are in doubt: nobody knows yet whether they are booked; the next run looks them up"
            )
        )
    if tally[Result.FAIL]:
        where = "STATE is held before the first of them" if held else "STATE has gone past them"
        errors.append(
            RecordsRejectedError(
                f"{tally[Result.FAIL]} of {tally.received} records were rejected and stand in {letters}; {where}"
            )
        )
    if waiting := {code: count for code, count in deferred.items() if count and code != "limit_reached"}:
        reasons = ", ".join(f"{count} {code}" for code, count in sorted(waiting.items()))
        errors.append(DeferredRecordsError(f"{sum(waiting.values())} records are deferred to a later run: {reasons}"))
    if not errors:
        return None
    return type(errors[0])("; ".join(str(error) for error in errors))
