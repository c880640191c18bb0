"""A ledger in a PostgreSQL database, in a schema of its own: for more than one machine, and for machines that vanish.

The right to write is an advisory lock of the ledger's own connection: whoever loses the connection loses the right
with it, and a process that dies leaves none behind. Between the two there must be no pooler that lends connections
for single transactions.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa

from connector_kit.books.identity import Administration
from connector_kit.errors import SettingError, UnreachableError
from connector_kit.posting.lock import already_running
from connector_kit.redaction import protect

__all__ = ["PostgresDatabase"]

_SCHEMA: Final = "ledger"
_CONNECT_SECONDS: Final = 10
_LOCK_SECONDS: Final = 2
"""The server needs a moment to notice that a killed process is gone."""
_APPLICATION: Final = "ledger of singer-connector-kit"
_LOCK_NOT_AVAILABLE: Final = "55P03"
_REASONS: Final = {
    "53100": "the server's disk is full",
    "25006": "the database is read-only",
    "42501": "its user has no right to do this",
    _LOCK_NOT_AVAILABLE: "another program has locked it",
}
_CONNECTION_LOST: Final = ("08", "57P")


@dataclass(frozen=True)
class PostgresDatabase:
    """A schema of a database; `?schema=NAME` in the URL names it."""

    url: sa.URL
    schema: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a URL.

        Raises:
            SettingError: It is none.
        """
        try:
            url = sa.make_url(text)
        except (sa.exc.ArgumentError, ValueError):
            raise SettingError("ledger: is not a URL; write postgresql://USER@HOST/DATABASE") from None
        protect(url.password)
        schema = url.query.get("schema", _SCHEMA)
        if not isinstance(schema, str) or not re.fullmatch(r"[a-z_][a-z0-9_]*", schema):
            raise SettingError("ledger: schema in the URL is a name of small letters, digits and underscores")
        return cls(url.set(drivername="postgresql").difference_update_query(["schema"]), schema)

    def __str__(self) -> str:
        return f"{self.url.set(query={}).render_as_string(hide_password=True)} (schema {self.schema})"

    @property
    def witness(self) -> Path | None:
        """None: a server has no place beside it."""
        return None

    def exists(self) -> bool:
        """True: only the server knows."""
        return True

    @contextmanager
    def connected(self, administration: Administration, *, read_only: bool) -> Iterator[sa.Connection]:
        """Connect, and take the administration's lock.

        Raises:
            AlreadyRunningError: Another process has it.
            SettingError: The driver is not installed.
            UnreachableError: The server does not let us in.
        """
        engine = self._engine(read_only=read_only)
        try:
            with self._connection(engine) as connection:
                if not read_only:
                    self._lock(connection, administration)
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def beside(self) -> Iterator[sa.Connection]:
        """Connect without the administration's lock.

        Raises:
            SettingError: The driver is not installed.
            UnreachableError: The server does not let us in.
        """
        engine = self._engine(read_only=False)
        try:
            with self._connection(engine) as connection:
                yield connection
        finally:
            engine.dispose()

    def is_empty(self, connection: sa.Connection) -> bool:
        """Whether the schema has no tables, or is not there."""
        tables = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = :schema"
        return bool(connection.execute(sa.text(tables), {"schema": self.schema}).scalar_one() == 0)

    def prepare(self, connection: sa.Connection) -> None:
        """Create the schema unless it is there (which needs fewer rights)."""
        found = connection.execute(sa.text("SELECT to_regnamespace(:schema) IS NULL"), {"schema": self.schema})
        if found.scalar_one():
            connection.exec_driver_sql(f"CREATE SCHEMA {self.schema}")

    def version(self, connection: sa.Connection) -> int | None:
        """As the table `meta` says."""
        ours = connection.execute(sa.text("SELECT to_regclass('meta') IS NOT NULL")).scalar_one()
        if not ours or not sa.inspect(connection).has_table("attempt"):
            return None
        said = dict(connection.execute(sa.text("SELECT name, value FROM meta")).tuples().all())
        return int(said["schema_version"]) if said.get("application") == _APPLICATION else None

    def set_version(self, connection: sa.Connection, version: int) -> None:
        """Write it into the table `meta`."""
        connection.execute(sa.text("DELETE FROM meta WHERE name IN ('application', 'schema_version')"))
        row = sa.text("INSERT INTO meta (name, value) VALUES (:name, :value)")
        connection.execute(row, {"name": "application", "value": _APPLICATION})
        connection.execute(row, {"name": "schema_version", "value": str(version)})

    def is_sound(self, connection: sa.Connection) -> bool:  # noqa: ARG002  # the server looks after its pages
        """True: the server refuses pages that are damaged."""
        return True

    def reason(self, error: sa.exc.DBAPIError) -> str:
        """Say it without the server's codes, in one line."""
        code = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or code.startswith(_CONNECTION_LOST):
            return "the connection to the server is lost"
        return _REASONS.get(code) or self._one_line(error)

    def _engine(self, *, read_only: bool) -> sa.Engine:
        # Options last longer than a transaction that is rolled back, and the last one counts.
        options = [self.url.query.get("options", "")]
        options += [f"-c search_path={self.schema}", "-c synchronous_commit=on", "-c lock_timeout=5s"]
        options += ["-c tcp_keepalives_idle=30", "-c default_transaction_read_only=on" if read_only else ""]
        url = self.url.update_query_dict({"options": " ".join(map(str, options)).strip()})
        try:
            return sa.create_engine(
                url.set(drivername="postgresql+psycopg"),
                poolclass=sa.pool.NullPool,
                hide_parameters=True,
                connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": _APPLICATION},
            )
        except ImportError:
            raise SettingError(
                "ledger: a PostgreSQL database needs a driver; install singer-connector-kit[postgresql]"
            ) from None

    @contextmanager
    def _connection(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            connection = engine.connect()
        except sa.exc.DBAPIError as error:
            raise UnreachableError(
                f"ledger: {self} cannot be reached ({self._one_line(error)}); check the address, the user, its "
                "password and the network"
            ) from None
        with connection:
            yield connection

    def _lock(self, connection: sa.Connection, administration: Administration) -> None:
        name = repr((administration.provider, administration.tenant, administration.number))
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        try:
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": key})
        except sa.exc.OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            raise already_running(administration, f"lock in {self}") from None

    def _one_line(self, error: sa.exc.DBAPIError) -> str:
        said = " ".join(str(error.orig).split())
        return said.replace(str(self.url.password), "***") if self.url.password else said
