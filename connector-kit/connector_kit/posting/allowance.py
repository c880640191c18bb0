"""How much one run may still do: the provider's calls, the writes that a person allowed, and refusals in a row."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from connector_kit.posting.rejection import Rejection

if TYPE_CHECKING:
    from connector_kit.posting.meter import Meter

__all__ = ["Allowance", "Calls", "NotNowError", "Unlimited", "Writes"]


class NotNowError(Exception):
    """Something is not done now, and nothing of it has been: a later run does it.

    Args:
        code: Reason in snake_case.
        message: One line.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)

    def reason(self, name: str) -> Rejection:
        """Say it of a record."""
        return Rejection(code=self.code, message=f"{name}: {self}")


class Calls(Protocol):
    """The provider's calls of a day or a month, counted in the ledger."""

    def spend(self, calls: int = 1, *, recovery: bool = False) -> None:
        """Count calls that are about to be made, in the transaction under way.

        Args:
            calls: How many.
            recovery: They look up what may be booked, so they may use what is kept back for that.

        Raises:
            NotNowError: They are used up.
        """
        ...

    def give_back(self, calls: int = 1) -> None:
        """Count calls out again that were not made after all."""
        ...

    def fail(self, errors: int = 1) -> None:
        """Count calls that the provider refused."""
        ...


class Unlimited:
    """Calls without a limit."""

    def spend(self, calls: int = 1, *, recovery: bool = False) -> None:
        """Nothing to count."""

    def give_back(self, calls: int = 1) -> None:
        """Nothing to count."""

    def fail(self, errors: int = 1) -> None:
        """Nothing to count."""


class Writes:
    """The writes of one run, all streams together.

    Args:
        limit: How many may be made; None: all.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._left = limit

    def spend(self) -> None:
        """Count one.

        Raises:
            NotNowError: The limit is reached.
        """
        if self._left == 0:
            raise NotNowError("limit_reached", "the setting limit allows no more writes in this run")
        if self._left is not None:
            self._left -= 1


class Allowance:
    """What one stream of a run may still do.

    Args:
        meter: Counts the provider's calls.
        writes: The run's writes.
        refusals_max: Refusals of one kind in a row after which the provider is left alone.
    """

    def __init__(self, *, meter: "Meter", writes: Writes | None = None, refusals_max: int = 25) -> None:
        self._meter = meter
        self._writes = writes or Writes()
        self._refusals_max = refusals_max
        self._refusal: tuple[int | None, str | None] | None = None
        self._refusals = 0

    def reserve_write(self) -> None:
        """Count a write and its request, in the transaction under way.

        Raises:
            NotNowError: It may not be made.
        """
        if self._refusals >= self._refusals_max:
            status, code = self._refusal or (None, None)
            said = f"HTTP {status}, message {code}" if code else f"HTTP {status}"
            raise NotNowError(
                "stream_stopped",
                f"the provider has refused {self._refusals} in a row in the same way ({said}); "
                "mend the cause, then run again",
            )
        self._writes.spend()
        self._meter.reserve()

    def operation(self, *, recovers: bool = True) -> AbstractContextManager[None]:
        """Look up or write; the requests within are counted as they leave (`Meter.operation`)."""
        return self._meter.operation(recovers=recovers)

    @property
    def wrote(self) -> bool:
        """Whether a request of the last operation may have changed something."""
        return self._meter.wrote

    def refused(self, status: int | None, code: str | None) -> None:
        """Learn that the provider refused a record."""
        self._meter.fail()
        self._refusals = self._refusals + 1 if (status, code) == self._refusal else 1
        self._refusal = status, code

    def accepted(self) -> None:
        """Learn that it took one."""
        self._refusals = 0
