"""Where a ledger lives: a file, or a schema of a PostgreSQL database; the little in which the two differ."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from connector_kit.books.identity import Administration
from connector_kit.errors import SettingError
from connector_kit.posting.ledger.postgres import PostgresDatabase
from connector_kit.posting.ledger.sqlite import SqliteDatabase

__all__ = ["LedgerDatabase", "ledger_database"]


class LedgerDatabase(Protocol):
    """A database that may hold a ledger; `str` names it in messages, without its password."""

    @property
    def witness(self) -> Path | None:
        """The file that remembers, apart from the ledger, that there is one."""
        ...

    def exists(self) -> bool:
        """Whether there is anything to connect to."""
        ...

    def connected(self, administration: Administration, *, read_only: bool) -> AbstractContextManager[sa.Connection]:
        """Connect; unless it is only read, as the one process that may write to the administration.

        Raises:
            AlreadyRunningError: Another process may.
            SettingError: This is no place for a ledger.
            sa.exc.DBAPIError: The database does not take the connection.
            OSError: Nor does the disk.
        """
        ...

    def beside(self) -> AbstractContextManager[sa.Connection]:
        """Connect beside that process, for the little that several may write: how many calls were made.

        Raises: as `connected`.
        """
        ...

    def is_empty(self, connection: sa.Connection) -> bool:
        """Whether there is nothing in it, of us or of others."""
        ...

    def prepare(self, connection: sa.Connection) -> None:
        """Make room for the tables."""
        ...

    def version(self, connection: sa.Connection) -> int | None:
        """Version of the ledger's tables; None if they are another program's."""
        ...

    def set_version(self, connection: sa.Connection, version: int) -> None:
        """Say that this is a ledger, and of which version."""
        ...

    def is_sound(self, connection: sa.Connection) -> bool:
        """Whether the database finds itself undamaged."""
        ...

    def reason(self, error: sa.exc.DBAPIError) -> str:
        """Why it did not do what was asked, in a few words."""
        ...


def ledger_database(target: str | Path) -> LedgerDatabase:
    """Read the setting `ledger`: a path, or the URL of a PostgreSQL database.

    Raises:
        SettingError: It is neither.
    """
    if isinstance(target, Path) or "://" not in target:
        path = Path(target).expanduser()
        if path.is_dir():
            raise SettingError(f"ledger: {path} is a folder; name a file in it")
        return SqliteDatabase(path)
    if target.startswith(("postgresql://", "postgresql+psycopg://", "postgres://")):
        return PostgresDatabase.of(target)
    scheme = target.partition("://")[0]
    raise SettingError(f"ledger: {scheme}:// is not supported; name a file, or postgresql://USER@HOST/DATABASE")
