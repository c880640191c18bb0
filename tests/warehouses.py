"""The two warehouses that people load into, each through the real loader: DuckDB and PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import duckdb
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads

if TYPE_CHECKING:
    from collections.abc import Iterable


ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Warehouse(ABC):
    """A database and the schema in it that the loader writes to."""

    folder: Path
    schema: str
    options: dict[str, Any] = field(default_factory=dict)

    name: ClassVar[str]
    loader: ClassVar[str]

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """The loader's settings."""

    @abstractmethod
    def run(self, script: str) -> None:
        """Run a script of statements."""

    @abstractmethod
    def rows(self, query: str) -> list[Row]:
        """The answer of a query; documents and lists decoded, numbers exact."""

    def load(self, messages: Iterable[str], **settings: Any) -> str:
        """Give messages to the loader, and return the states that it acknowledged."""
        result = self.offer(messages, **settings)
        assert result.returncode == 0, result.stderr[-4000:]
        return result.stdout

    def offer(self, messages: Iterable[str], **settings: Any) -> subprocess.CompletedProcess[str]:
        """Give messages to the loader, whatever becomes of it."""
        config = self.folder / f"{self.loader}.json"
        config.write_text(json.dumps(self.settings() | self.options | settings))
        return subprocess.run(
            [BIN / self.loader, "--config", config],
            input="".join(f"{message}\n" for message in messages),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
            env={**os.environ, "LC_ALL": "C"},  # as a scheduler's container has it
        )

    def table(self, name: str) -> list[Row]:
        """All rows of a table."""
        return self.rows(f'SELECT * FROM {self.schema}."{name}"')


@dataclass(frozen=True, kw_only=True)
class DuckDB(Warehouse):
    """A DuckDB file."""

    name = "duckdb"
    loader = "target-duckdb-exact"

    @property
    def path(self) -> Path:
        return self.folder / "warehouse.duckdb"

    def settings(self) -> dict[str, Any]:
        return {"filepath": str(self.path), "default_target_schema": self.schema}

    def run(self, script: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(script)

    def rows(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.path)) as connection:
            cursor = connection.execute(query)
            columns = [column[0] for column in cursor.description or ()]
            kinds = [str(column[1]) for column in cursor.description or ()]
            return [
                {
                    name: decoded_document(value) if kind == "JSON" and value is not None else value
                    for name, kind, value in zip(columns, kinds, row, strict=True)
                }
                for row in cursor.fetchall()
            ]


@dataclass(frozen=True, kw_only=True)
class Postgres(Warehouse):
    """A database of a PostgreSQL server."""

    url: str

    name = "postgres"
    loader = "target-postgres-exact"

    def settings(self) -> dict[str, Any]:
        url = self.url.replace("postgresql://", "postgresql+psycopg://")
        return {"sqlalchemy_url": url, "default_target_schema": self.schema}

    def run(self, script: str) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute(script.encode())

    def rows(self, query: str) -> list[Row]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            set_json_loads(decoded_document, connection)
            return connection.execute(query.encode()).fetchall()


def decoded_document(text: str | bytes) -> Any:
    """A document or list of the warehouse; its numbers are exact."""
    return json.loads(text, parse_float=Decimal)


def view_script(entry: Path) -> str:
    """An entry file with the files that it includes, for a client that knows no includes."""
    lines = []
    for line in entry.read_text(encoding="utf-8").splitlines():
        if line.startswith(".read "):
            lines.append((ROOT / line.removeprefix(".read ")).read_text(encoding="utf-8"))
        elif line.startswith("\\ir "):
            lines.append((entry.parent / line.removeprefix("\\ir ")).read_text(encoding="utf-8"))
        elif not line.startswith((".", "\\")):
            lines.append(line)
    return "\n".join(lines)
