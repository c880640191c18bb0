"""Counts what became of the records of a run, and proves that none is missing."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.posting.posting import Result

__all__ = ["CountsDoNotAddUpError", "DeferredRecordsError", "InDoubtError", "RecordsRejectedError", "Tally", "verdict"]


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

    def receive(self) -> None:
        """Count a record in, before anything is done with it."""
        self.received += 1

    def settle(self, result: Result, count: int = 1) -> None:
        """Count what became of it, or of several that were booked as one."""
        self._results[result] += count

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
