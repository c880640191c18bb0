"""Counts the calls of commands that only read in the ledger that they leave alone otherwise, beside a run."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from connector_kit.errors import ConnectorError
from connector_kit.posting.budget import Budget, Limit
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.database import LedgerDatabase, ledger_database
from connector_kit.posting.ledger.store import Store
from connector_kit.posting.transport import counting

__all__ = ["counted_beside"]

logger: Final = logging.getLogger(__name__)


@contextmanager
def counted_beside(
    target: str | Path, limits: Iterable[Limit], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Iterator[None]:
    """Count all requests in the ledger, without refusing any; in one that is there and of this version.

    Args:
        target: The setting `ledger`.
        limits: What the provider allows; only that is counted.
        now: Clock.
    """
    limits = list(limits)
    database = ledger_database(target)
    with ExitStack() as close:
        if limits and database.exists() and (store := _store(database, close)):
            close.enter_context(counting(_Beside(Budget(store, limits, now=now))))
        yield


class _Beside:
    """Counts as long as that can be done; a command that only reads does not end for it."""

    def __init__(self, budget: Budget) -> None:
        self._budget: Budget | None = budget

    def leaves(self, *, writes: bool) -> None:  # noqa: ARG002  # none does
        """Count a request."""
        try:
            if self._budget:
                self._budget.note()
        except ConnectorError as error:
            _say_uncounted(error)
            self._budget = None


def _store(database: LedgerDatabase, close: ExitStack) -> Store | None:
    try:
        connection = close.enter_context(database.beside())
        with connection.begin():
            if database.is_empty(connection) or database.version(connection) != tables.SCHEMA_VERSION:
                return None
        return Store(database, connection, close=ExitStack(), run="", witness=None)
    except (ConnectorError, sa.exc.DBAPIError) as error:
        _say_uncounted(error)
        return None


def _say_uncounted(error: Exception) -> None:
    reason = str(error) if isinstance(error, ConnectorError) else "the ledger cannot be written"
    logger.warning("The calls of this command are not counted: %s", reason)
