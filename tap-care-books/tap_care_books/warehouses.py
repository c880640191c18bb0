"""The two sorts of warehouse: a DuckDB file, and a PostgreSQL database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import duckdb
import psycopg
from connector_kit.errors import ConnectorError, SettingError
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["Warehouse", "opened"]

Row = tuple[Any, ...]
_SQL: Final = files("tap_care_books") / "sql"
_POSTGRES: Final = ("postgresql://", "postgres://")
_LOCK: Final = 7_233_415_001
"""Number of the lock in PostgreSQL: one build at a time."""


class WarehouseError(ConnectorError):
    """The warehouse cannot be reached, or refuses."""


class Warehouse(ABC):
    """An open transaction in a warehouse."""

    dialect: ClassVar[str]
    list_type: ClassVar[str]
    placeholder: ClassVar[str]

    @abstractmethod
    def run(self, script: str) -> None:
        """Run statements."""

    @abstractmethod
    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        """The answer of a query; amounts exact, dates as dates."""

    @abstractmethod
    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows to a table."""

    @abstractmethod
    def commit(self) -> None:
        """Keep what was done."""

    def apply(self, name: str) -> None:
        """Run a file of the models; the dialect's own, where there is one."""
        own = _SQL / self.dialect / f"{name}.sql"
        self.run((own if own.is_file() else _SQL / f"{name}.sql").read_text(encoding="utf-8"))

    def columns(self, schema: str, table: str) -> frozenset[str]:
        """The columns of a table; none if it is not there."""
        mark = self.placeholder
        query = (
            f"SELECT column_name FROM information_schema.columns WHERE table_schema = {mark} AND table_name = {mark}"  # noqa: S608  # the marks are ours
        )
        return frozenset(name for (name,) in self.rows(query, (schema, table)))

    def records(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of one of our tables, by column, in the order of its first two."""
        names = sorted(self.columns("care_books", table))
        listed = ", ".join(names)
        for row in self.rows(f"SELECT {listed} FROM care_books.{table} ORDER BY entry_key, line_no"):  # noqa: S608  # names of our own
            yield dict(zip(names, row, strict=True))

    def stage(self, schema: str, table: str, declared: Mapping[str, str]) -> bool:
        """Make the view `care_books.ons_TABLE` of a loaded table, without what is deleted; False if it is not there."""
        there = self.columns(schema, table)
        types = {name: self.list_type if kind == "list" else kind for name, kind in declared.items()}
        listed = ", ".join(
            f"CAST({_quoted(name) if name in there else 'NULL'} AS {kind}) AS {_quoted(name)}"
            for name, kind in types.items()
        )
        rest = f" FROM {_quoted(schema)}.{_quoted(table)}" if there else " WHERE false"
        if "_sdc_deleted_at" in there:
            rest += " WHERE _sdc_deleted_at IS NULL"
        self.run(f"CREATE VIEW care_books.ons_{table} AS SELECT {listed}{rest}")
        return bool(there)


class _DuckDB(Warehouse):
    dialect = "duckdb"
    list_type = "json"
    placeholder = "?"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.run("BEGIN")

    @override
    def run(self, script: str) -> None:
        self._connection.execute(script)

    @override
    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(query, list(values)).fetchall()

    @override
    def insert(self, table: str, rows: Iterable[Row]) -> None:
        for row in rows:
            self._connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", list(row))  # noqa: S608  # a table of our own

    @override
    def commit(self) -> None:
        self.run("COMMIT")


class _Postgres(Warehouse):
    dialect = "postgres"
    list_type = "jsonb"
    placeholder = "%s"

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL client_min_messages = warning")
        self.rows("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))

    @override
    def run(self, script: str) -> None:
        self._connection.execute(script.encode())

    @override
    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Row]:
        return self._connection.execute(query.encode(), values or None).fetchall()

    @override
    def insert(self, table: str, rows: Iterable[Row]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)

    @override
    def commit(self) -> None:
        self._connection.commit()


@contextmanager
def opened(database: str) -> Iterator[Warehouse]:
    """Open a warehouse in a transaction that is undone unless it is committed.

    Args:
        database: The file of a DuckDB warehouse, or the URL of a PostgreSQL database.

    Raises:
        SettingError: There is no such file.
        WarehouseError: The database cannot be reached, is in use by another program, or does not allow it.
    """
    if database.startswith(_POSTGRES):
        try:
            with psycopg.connect(database) as connection:
                try:
                    yield _Postgres(connection)
                finally:
                    connection.rollback()
        except psycopg.errors.InsufficientPrivilege as error:
            raise WarehouseError(
                "setting database: the user of PostgreSQL may not read the data of Ons, or not make the schemas "
                "care_books and care_books_kept"
            ) from error
        except psycopg.OperationalError as error:
            raise WarehouseError("setting database: PostgreSQL cannot be reached, or broke off; see its log") from error
        return
    if not Path(database).is_file():
        raise SettingError("setting database: there is no such file; load the warehouse first")
    try:
        file = duckdb.connect(database)
    except duckdb.IOException as error:
        raise WarehouseError("setting database: the file is no DuckDB file, or another program uses it") from error
    with file:
        yield _DuckDB(file)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
