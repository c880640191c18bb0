"""What has landed: the keys of all records, counted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
from psycopg import sql

from tests.benchmarks.peers.programs import DUCKDB, FILES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.benchmarks.peers.programs import Landing
    from tests.benchmarks.peers.workloads import Key, Stream

__all__ = ["landed"]

Row = dict[str, Any]


def landed(landing: Landing, streams: Iterable[Stream]) -> Counter[Key]:
    """Count the keys at a destination, whoever wrote them."""
    by_name = {stream.name: stream for stream in streams}
    if landing.kind == FILES:
        rows = _of_files(Path(landing.address))
    elif landing.kind == DUCKDB:
        rows = _of_duckdb(landing.address, by_name)
    else:
        rows = _of_postgres(landing.address, by_name)
    return Counter(key for name, row in rows if name in by_name for key in _keys(by_name[name], row))


def _keys(stream: Stream, row: Row) -> Iterator[Key]:
    """The keys in a row, which has the provider's names or ours, and inner lists or not."""
    named = {name.replace("_", "").lower(): value for name, value in row.items()}
    key = stream.key.lower()
    if key in named and not (stream.inner and stream.inner.lower() in named):
        yield stream.name, str(named[key])
        return
    inner = named.get((stream.inner or "").lower())
    for record in json.loads(inner) if isinstance(inner, str) else inner or ():
        yield stream.name, str(record[stream.key])


def _of_files(folder: Path) -> Iterator[tuple[str, Row]]:
    """Messages of Singer or of Airbyte, or dlt's folders of tables."""
    for file in sorted(folder.rglob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                message = json.loads(line) if line.endswith(("}\n", "}")) else {}
                if file.parent != folder:
                    yield file.parent.name, message
                elif message.get("type") == "RECORD":
                    record = message["record"]
                    yield (message["stream"], record) if "stream" in message else (record["stream"], record["data"])


def _of_duckdb(address: str, names: Iterable[str]) -> Iterator[tuple[str, Row]]:
    if not Path(address).exists():
        return
    with duckdb.connect(address, read_only=True) as connection:
        there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name in there & set(names):
            result = connection.execute(f'SELECT * FROM "{SCHEMA}"."{name}"')
            columns = [column for column, *_ in result.description]
            while rows := result.fetchmany(10_000):
                yield from ((name, dict(zip(columns, row, strict=True))) for row in rows)


def _of_postgres(address: str, names: Iterable[str]) -> Iterator[tuple[str, Row]]:
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [SCHEMA])
        for name in {name for (name,) in found} & set(names):
            cursor = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(SCHEMA, name)))
            columns = [column.name for column in cursor.description or ()]
            yield from ((name, dict(zip(columns, row, strict=True))) for row in cursor)
