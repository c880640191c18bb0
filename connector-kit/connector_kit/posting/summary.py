"""Counts what became of the records of a run, and proves that none is missing."""

from collections import Counter

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.posting.posting import Result

__all__ = ["CountsDoNotAddUpError", "InDoubtError", "RecordsRejectedError", "Tally"]


class RecordsRejectedError(ConnectorError):
    """Some records were not booked and stand in the dead letters."""

    exit_code = ExitCode.REJECTED


class InDoubtError(ConnectorError):
    """Of some entries nobody knows yet whether they are booked."""

    exit_code = ExitCode.IN_DOUBT


class CountsDoNotAddUpError(ConnectorError):
    """A record has no result, or two: a bug of ours."""


class Tally:
    """Received records and their results."""

    def __init__(self) -> None:
        self.received = 0
        self._results: Counter[Result] = Counter()

    def receive(self) -> None:
        """Count a record in, before anything is done with it."""
        self.received += 1

    def settle(self, result: Result) -> None:
        """Count what became of it."""
        self._results[result] += 1

    def __getitem__(self, result: Result) -> int:
        return self._results[result]

    def counts(self) -> dict[str, int]:
        """All counts; `unfinished` is the record with which the run broke off, if it did.

        Raises:
            CountsDoNotAddUpError: If a record got lost between them.
        """
        unfinished = self.received - self._results.total()
        if unfinished not in {0, 1}:
            raise CountsDoNotAddUpError(
                f"{self.received} records received, {self._results.total()} settled: this is a bug, please report it"
            )
        results = {str(result): self._results[result] for result in Result}
        return {"received": self.received, **results, "unfinished": unfinished}
