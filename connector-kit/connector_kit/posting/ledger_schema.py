"""The ledger's file: its tables, how it is opened, and when it is refused."""

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from connector_kit.errors import SettingError

__all__ = ["APPLICATION_ID", "SCHEMA_VERSION", "attempt", "entry", "meta", "open_connection"]

APPLICATION_ID: Final = 0x424F4F4B
"""Says "BOOK" in the header of the file, so that no other database is taken for a ledger."""
SCHEMA_VERSION: Final = 1

_metadata = sa.MetaData()

meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
entry = sa.Table(
    "entry",
    _metadata,
    sa.Column("entity_key", sa.String, primary_key=True),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("content_hash", sa.String, nullable=False),
    sa.Column("mapping_version", sa.String, nullable=False),
    sa.Column("operation_id", sa.String, nullable=False, unique=True),
    sa.Column("client_id", sa.String, nullable=False),
    sa.Column("provider_id", sa.String),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
    sa.Column("run", sa.String, nullable=False),
)
attempt = sa.Table(
    "attempt",
    _metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("run", sa.String, nullable=False),
    sa.Column("operation_id", sa.String, nullable=False, index=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("outcome", sa.String),
    sa.Column("status", sa.Integer),
    sa.Column("code", sa.String),
    sa.Column("chain", sa.String, nullable=False),
    sqlite_autoincrement=True,
)
for _change in ("UPDATE", "DELETE"):
    event.listen(
        attempt,
        "after_create",
        sa.DDL(  # type: ignore[no-untyped-call]  # SQLAlchemy left this constructor without types
            f"CREATE TRIGGER attempt_refuses_{_change.lower()} BEFORE {_change} ON attempt "
            "BEGIN SELECT RAISE(ABORT, 'attempts are append-only'); END"
        ).execute_if(dialect="sqlite"),
    )


def open_connection(path: Path, *, new_meta: Mapping[str, str]) -> tuple[sa.Connection, bool]:
    """Open the ledger, or create it with `new_meta`.

    Returns:
        The connection, and whether the ledger is new.

    Raises:
        SettingError: If the file is no ledger, is damaged, is newer than this program, or cannot be written.
    """
    try:
        _make_file(path)
        connection = _engine(path).connect()
        new = _prepare(connection, path, new_meta)
    except (OSError, sa.exc.DBAPIError) as error:
        raise SettingError(f"ledger: {path} cannot be used ({_reason(error)}); name another file") from error
    return connection, new


def _make_file(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(file, 0o600)
    os.close(file)


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}", poolclass=sa.pool.StaticPool, hide_parameters=True, isolation_level=None
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins no transactions of its own
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _prepare(connection: sa.Connection, path: Path, new_meta: Mapping[str, str]) -> bool:
    with connection.begin():
        if _is_empty(connection):
            _metadata.create_all(connection)
            connection.execute(sa.insert(meta), [{"name": n, "value": v} for n, v in new_meta.items()])
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
            return True
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise SettingError(f"ledger: {path} is another program's database; name another file")
        if _pragma(connection, "user_version") > SCHEMA_VERSION:
            raise SettingError(f"ledger: {path} was written by a newer version of this program; update the program")
        if _pragma(connection, "quick_check") != "ok":
            raise SettingError(f"ledger: {path} is damaged; restore it from a backup, or move it away")
    return False


def _is_empty(connection: sa.Connection) -> bool:
    tables: int = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return tables == 0 and _pragma(connection, "application_id") == 0


def _pragma(connection: sa.Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def _reason(error: OSError | sa.exc.DBAPIError) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error.orig)
