"""How much one run may still do: the provider's calls, the writes that a person allowed, and refusals in a row."""

from typing import Protocol

from connector_kit.posting.rejection import Rejection

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

    def fail(self, errors: int = 1) -> None:
        """Count calls that the provider refused."""
        ...


class Unlimited:
    """Calls without a limit."""

    def spend(self, calls: int = 1, *, recovery: bool = False) -> None:
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
        calls: The provider's budget.
        writes: The run's writes.
        refusals_max: Refusals of one kind in a row after which the provider is left alone.
    """

    def __init__(self, *, calls: Calls | None = None, writes: Writes | None = None, refusals_max: int = 25) -> None:
        self._calls = calls or Unlimited()
        self._writes = writes or Writes()
        self._refusals_max = refusals_max
        self._refusal: tuple[int | None, str | None] | None = None
        self._refusals = 0

    def spend_look(self) -> None:
        """Count a look-up, in the transaction under way.

        Raises:
            NotNowError: It may not be made.
        """
        self._calls.spend(recovery=True)

    def spend_write(self) -> None:
        """Count a write, in the transaction under way.

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
        self._calls.spend()

    def refused(self, status: int | None, code: str | None) -> None:
        """Learn that the provider refused a record."""
        self._calls.fail()
        self._refusals = self._refusals + 1 if (status, code) == self._refusal else 1
        self._refusal = status, code

    def accepted(self) -> None:
        """Learn that it took one."""
        self._refusals = 0
