"""Counts the provider's calls where each request leaves, before its first byte, whatever it is a part of."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from connector_kit.posting.allowance import Calls, Unlimited

__all__ = ["Meter"]


class Meter:
    """Counts for one run: look-ups of several pages, reads before and after a write, a second try after a 401.

    The call of a write is reserved in the commit that says that it may leave; its request is not counted again.

    Args:
        calls: Where they are counted.
        shielded: Keeps signals out of the commit of a count.
    """

    def __init__(
        self, calls: Calls | None = None, *, shielded: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self._calls = calls or Unlimited()
        self._shielded = shielded
        self._reserved = 0
        self._recovers = False
        self.wrote = False
        """Whether a request of the last operation may have changed something."""
        self.made = 0
        """Requests of this run."""

    def leaves(self, *, writes: bool) -> None:
        """Count a request that is about to leave.

        Args:
            writes: It may change something.

        Raises:
            NotNowError: The calls are used up, and it must not leave.
        """
        if writes and self._reserved:
            self._reserved -= 1
        else:
            with self._shielded():
                self._calls.spend(recovery=self._recovers)
        self.wrote |= writes
        self.made += 1

    def reserve(self) -> None:
        """Count the request of a write, in the transaction under way.

        Raises:
            NotNowError: The calls are used up.
        """
        self._calls.spend()
        self._reserved = 1

    @contextmanager
    def operation(self, *, recovers: bool = True) -> Iterator[None]:
        """Look up or write.

        Args:
            recovers: It may use what is kept back: it looks for what may be booked, or would else stand half done.
        """
        self._recovers, self.wrote = recovers, False
        try:
            yield
        except Exception:
            self._give_back()
            raise
        else:
            self._give_back()
        finally:
            self._recovers, self._reserved = False, 0

    def fail(self) -> None:
        """Count a call that the provider refused."""
        self._calls.fail()

    def _give_back(self) -> None:
        if self._reserved:
            with self._shielded():
                self._calls.give_back(self._reserved)
