"""A ledger in a file (SQLite): durable at each commit, locked by a file beside it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from connector_kit.books.identity import Administration
from connector_kit.errors import SettingError
from connector_kit.posting.file_system import network_file_system
from connector_kit.posting.lock import administration_lock

__all__ = ["APPLICATION_ID", "READING", "SqliteDatabase", "temporary"]

APPLICATION_ID: Final = 0x424F4F4B
"""Says "BOOK" in the header of the file, so that no other database is taken for a ledger."""
READING: Final = "ledger.reading"
"""In a connection's `info` while it only reads: then nothing is locked."""

_REASONS: Final = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it is read-only",
    "SQLITE_BUSY": "another program has locked it",
    "SQLITE_LOCKED": "another program has locked it",
    "SQLITE_IOERR": "the disk reports an error",
    "SQLITE_CORRUPT": "it is damaged; restore it from a backup",
    "SQLITE_NOTADB": "it is no database",
    "SQLITE_CANTOPEN": "it cannot be opened; look at the rights of the file and its folder",
}


@dataclass(frozen=True)
class SqliteDatabase:
    """A file."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def witness(self) -> Path:
        """Beside the file."""
        return Path(f"{self.path}.witness")

    def exists(self) -> bool:
        """Whether the file is there and not empty."""
        return self.path.exists() and self.path.stat().st_size > 0

    @contextmanager
    def connected(self, administration: Administration, *, read_only: bool) -> Iterator[sa.Connection]:
        """Open the file; create it if it may be written.

        Raises:
            AlreadyRunningError: Another process writes to it.
            SettingError: The disk is another machine's.
        """
        if read_only:
            with _connected(f"{self.path.absolute().as_uri()}?mode=ro", read_only=True) as connection:
                yield connection
            return
        with administration_lock(self.path, administration):
            if name := network_file_system(self.path.parent):
                raise SettingError(
                    f"ledger: {self.path} is on a network file system ({name}), where a lock or a commit may get lost; "
                    "name a file on a disk of this machine, or a PostgreSQL database"
                )
            _make_file(self.path)
            with _connected(self.path.absolute().as_uri()) as connection:
                yield connection

    @contextmanager
    def beside(self) -> Iterator[sa.Connection]:
        """Open the file without its lock."""
        with _connected(f"{self.path.absolute().as_uri()}?mode=rw") as connection:
            yield connection

    def is_empty(self, connection: sa.Connection) -> bool:
        """Whether the file has no tables and no owner."""
        tables: int = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
        return tables == 0 and _pragma(connection, "application_id") == 0

    def prepare(self, connection: sa.Connection) -> None:
        """Nothing: the file is there."""

    def version(self, connection: sa.Connection) -> int | None:
        """As the header of the file says."""
        if _pragma(connection, "application_id") != APPLICATION_ID:
            return None
        return int(_pragma(connection, "user_version"))

    def set_version(self, connection: sa.Connection, version: int) -> None:
        """Write it into the header of the file."""
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    def is_sound(self, connection: sa.Connection) -> bool:
        """Whether all pages can be read and fit together."""
        return bool(_pragma(connection, "quick_check") == "ok")

    def reason(self, error: sa.exc.DBAPIError) -> str:
        """Say it without SQLite's codes."""
        name = getattr(error.orig, "sqlite_errorname", "")
        kind = "_".join(name.split("_")[:2])
        return _REASONS.get(kind) or str(error.orig)


@contextmanager
def temporary(source: sa.Connection | None = None) -> Iterator[sa.Connection]:
    """Open a database that is gone afterwards; empty, or a copy. What memory does not take goes to a nameless file."""
    with _connected("") as connection:
        if source is not None:
            original: Any = source.connection.driver_connection
            original.backup(connection.connection.driver_connection)
        yield connection


@contextmanager
def _connected(uri: str, *, read_only: bool = False) -> Iterator[sa.Connection]:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2)  # begins no transactions itself
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.StaticPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if not read_only and not connection.info.get(READING):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _make_file(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(file, 0o600)
    os.close(file)


def _pragma(connection: sa.Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
