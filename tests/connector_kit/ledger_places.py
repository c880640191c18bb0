"""A place for a ledger, on each database, and what other programs and fate do to it there."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from connector_kit.books.identity import Administration
from connector_kit.posting.ledger import Binding, Ledger, State

if TYPE_CHECKING:
    from pathlib import Path

HERE = Administration(provider="tiny", tenant="100", number="7")
BINDING = Binding(administration=HERE, base_url="https://books.example/api")


class LedgerPlace(ABC):
    target: Path | str
    witness: Path

    def open(self, run: str = "run", *, binding: Binding = BINDING, **options: Any) -> Ledger:
        return Ledger.open(self.target, binding=binding, run=run, witness=self.witness, **options)

    def fill(self, *keys: str, run: str = "first") -> None:
        """A run that books entries."""
        with self.open(run) as ledger:
            for key in keys or ("k1",):
                book(ledger, key)

    @abstractmethod
    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """What another program does, in a transaction of its own; the rows of the last statement."""

    @abstractmethod
    def allow_changes(self) -> None:
        """Take away what keeps the log append-only."""

    @abstractmethod
    def set_version(self, version: int) -> None: ...

    @abstractmethod
    def lose(self) -> None: ...


class SqlitePlace(LedgerPlace):
    def __init__(self, folder: Path) -> None:
        self.target: Path = folder / "ledgers" / "tiny.sqlite3"
        self.witness = folder / "ledgers" / "tiny.sqlite3.witness"

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        self.target.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(self.target)) as connection, connection:
            return [connection.execute(statement).fetchall() for statement in statements][-1]

    def allow_changes(self) -> None:
        self.execute("DROP TRIGGER attempt_refuses_update", "DROP TRIGGER attempt_refuses_delete")

    def set_version(self, version: int) -> None:
        self.execute(f"PRAGMA user_version = {version}")

    def lose(self) -> None:
        self.target.unlink()


class PostgresPlace(LedgerPlace):
    def __init__(self, folder: Path, url: str) -> None:
        self.target: str = url
        self.witness = folder / "tiny.witness"

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.target, options="-c search_path=ledger") as connection:
            cursors = [connection.execute(statement.encode()) for statement in statements]
            return cursors[-1].fetchall() if cursors[-1].description else []

    def allow_changes(self) -> None:
        self.execute("DROP TRIGGER attempt_refuses_change ON attempt")

    def set_version(self, version: int) -> None:
        self.execute(f"UPDATE meta SET value = '{version}' WHERE name = 'schema_version'")

    def lose(self) -> None:
        self.execute("DROP SCHEMA ledger CASCADE")


def book(ledger: Ledger, key: str) -> None:
    """The three commits of a new entry."""
    entry = ledger.intend(key, stream="journal_entries", content_hash="h1", mapping_version="1")
    entry = ledger.advance(entry, State.SENT)
    ledger.advance(entry, State.CONFIRMED, outcome="applied", status=200, provider_id="b1")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_place(request: pytest.FixtureRequest, tmp_path: Path) -> LedgerPlace:
    """A place for a ledger; the test runs on both databases."""
    if request.param == "sqlite":
        return SqlitePlace(tmp_path)
    return PostgresPlace(tmp_path, request.getfixturevalue("postgres_url"))
