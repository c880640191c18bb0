"""target-duckdb 0.8.0, corrected until a release does it: what comes out of the database is what the tap sent.

- With DuckDB 1.1 and later it loses the first record of every batch: DuckDB takes it for the header of the file that
  the target copies from. Corrected upstream (jwills/target-duckdb, pull request 58), not released by November 2026.
- It lets DuckDB guess how that file is written, turns empty text into null, and stops at records over 2 MB.
- Numbers pass through floats and become DOUBLE. Money is DECIMAL(28,8) here, and exact inside documents.
- Dates become text; they are DATE here. Moments lose their offset; they are in UTC here.
- Records whose keys differ only in where a comma stands are one to it.
- A record that marks a deletion and names its keys alone empties all other columns. They keep their values here.
- A column that gets another type is renamed, and its values are missing in the new one; a second time within a minute
  the load stops. The column becomes one here that holds both: numbers, moments, and else text.
- When one stream's batch is full it acknowledges a state whose records of other streams still wait in memory.
- A file that cannot be opened, or whose folder is not there yet, ends it with a traceback. The folder is made here, and
  what is wrong with the file is one line.

`tests/warehouse` and `tests/pipelines` compare the warehouse with the source: every row, every value, every sum.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import simplejson  # type: ignore[import-untyped]  # the package has no types
import target_duckdb  # type: ignore[import-untyped]  # the same
from target_duckdb import db_sync

if TYPE_CHECKING:
    from collections.abc import Iterable

TYPES = {"double": "decimal(28,8)"}  # as DuckDB spells it: on any difference the target makes a new column
NUMBERS = ("smallint", "integer", "bigint", "hugeint", "decimal(28,8)")  # each holds what stands before it
MOMENTS = ("date", "timestamp")
DELETED_AT = "_sdc_deleted_at"
LINE_BYTES_MIN = 2_000_000  # what DuckDB allows by itself
COPY = (
    "COPY {table} FROM '{file}' (FORMAT csv, AUTO_DETECT false, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"', "
    "NEW_LINE '\\r\\n', NULLSTR '', ALLOW_QUOTED_NULLS false, PARALLEL false, MAX_LINE_SIZE {line_bytes})"
)
# JSON whose numbers are exact both ways.
EXACT_JSON = SimpleNamespace(
    load=json.load,
    loads=partial(simplejson.loads, use_decimal=True),
    dumps=partial(simplejson.dumps, use_decimal=True),
    decoder=json.decoder,
)


class DbSync(db_sync.DbSync):  # type: ignore[misc]  # the package has no types
    """The target's writer of one stream, which says how the file is written that DuckDB copies from."""

    def update_columns(self) -> None:
        """Add the columns that are new, and let those that get another type hold what they hold and what is to come."""
        stream = self.stream_schema_message["stream"]
        columns = self.get_table_columns(self.table_name(stream, without_schema=True))
        types = {column["column_name"].lower(): column["data_type"].lower() for column in columns}
        for name, declared in self.flatten_schema.items():
            now, new = types.get(name.lower()), db_sync.column_type(declared).lower()
            if now is None:
                self.add_column(db_sync.column_clause(name, declared), stream)
            elif (wanted := wider(now, new)) != now:
                column = f"{self.table_name(stream)} ALTER COLUMN {db_sync.safe_column_name(name)}"
                self.query(f"ALTER TABLE {column} SET DATA TYPE {wanted}")

    def record_primary_key_string(self, record: dict[str, Any]) -> str | None:
        """What tells records apart."""
        keys = self.stream_schema_message["key_properties"]
        return str(EXACT_JSON.dumps([record[key] for key in keys])) if keys else None

    def load_rows(self, records: Iterable[dict[str, Any]], count: int, temp_dir: str) -> None:
        """Write a batch: whole records, then marks of deletion into the rows that are there."""
        self.logger.info("Loading %d rows into '%s'", count, self.table_name(self.stream_schema_message["stream"]))
        batches: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for record in records:
            named = record if record.get(DELETED_AT) else self.flatten_schema
            batches.setdefault(tuple(name for name in self.flatten_schema if name in named), []).append(record)
        for names, batch in batches.items():
            self._load(names, batch, temp_dir)

    def _load(self, names: tuple[str, ...], records: list[dict[str, Any]], temp_dir: str) -> None:
        """Write records; in rows that are there already, the columns with these names."""
        table = self.table_name(self.stream_schema_message["stream"])
        staged = self.table_name(table, is_temporary=True)
        file = Path(temp_dir) / f"{staged}.csv"
        self.conn.execute(self.create_table_query(table_name=staged, is_temporary=True))
        try:
            line_bytes = self._write(file, records)
            self.conn.execute(COPY.format(table=staged, file=str(file).replace("'", "''"), line_bytes=line_bytes))
        finally:
            file.unlink(missing_ok=True)
        keys = self.stream_schema_message["key_properties"]
        if changes := [f"{column} = t.{column}" for column in map(db_sync.safe_column_name, names_beside(names, keys))]:
            same = self.primary_key_condition("t")
            self.conn.execute(f"UPDATE {table} AS s SET {', '.join(changes)} FROM {staged} AS t WHERE {same}")  # noqa: S608 (names of our schemas)
        self.conn.execute(self.insert_from_temp_table(staged))
        self.conn.execute(f"DROP TABLE {staged}")

    def _write(self, file: Path, records: Iterable[dict[str, Any]]) -> int:
        """Write the file; every value quoted, so that only what is not there is null. Returns the longest line."""
        moments = {name for name, declared in self.flatten_schema.items() if declared.get("format") == "date-time"}
        longest = LINE_BYTES_MIN
        with file.open("wb") as output:
            for record in records:
                flat = db_sync.flatten_record(record, self.flatten_schema, max_level=self.data_flattening_max_level)
                values = ((name, flat.get(name)) for name in self.flatten_schema)
                cells = (quoted(in_utc(value) if name in moments else value) for name, value in values)
                longest = max(longest, output.write(f"{','.join(cells)}\r\n".encode()))
        return longest


def wider(now: str, new: str) -> str:
    """The type of a column that holds values of both."""
    for kinds in (NUMBERS, MOMENTS):
        if now in kinds and new in kinds:
            return max(now, new, key=kinds.index)
    return now if now == new else "varchar"


def names_beside(names: tuple[str, ...], keys: list[str]) -> list[str]:
    """The names that are not keys; none where there are no keys, and so no rows to find again."""
    return [name for name in names if name not in keys] if keys else []


def quoted(value: Any) -> str:
    """A cell of the file."""
    return "" if value is None else '"' + str(value).replace('"', '""') + '"'


def in_utc(value: Any) -> Any:
    """A moment with an offset, in UTC; without one it stays as given."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() if moment.tzinfo else value


def exact(column_type: Any) -> Any:
    """Wrap the choice of a column's type: exact numbers, and dates."""

    def exact_column_type(declared: dict[str, Any]) -> str:
        if declared.get("format") == "date":
            return "date"
        chosen: str = column_type(declared)
        return TYPES.get(chosen, chosen)

    return exact_column_type


def all_streams(flush_streams: Any) -> Any:
    """Wrap the writing of batches: a state is acknowledged when the records of all streams before it are written."""

    def flush_all_streams(*arguments: Any, **options: Any) -> Any:
        return flush_streams(*arguments, **options | {"filter_streams": None})

    return flush_all_streams


def opened(connect: Any) -> Any:
    """Wrap the opening of the file: its folder is made, and a file that cannot be opened ends the run with one line."""

    def open_file(config: dict[str, Any]) -> Any:
        path = str(config.get("path", config.get("filepath", "")))
        try:
            if path and ":" not in path:  # neither in memory nor elsewhere
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            return connect(config)
        except (OSError, target_duckdb.duckdb.Error) as error:
            sys.exit(f"target-duckdb: {' '.join(str(error).split())}")

    return open_file


def main() -> None:
    """Run the target, corrected."""
    target_duckdb.DbSync = DbSync
    target_duckdb.json = db_sync.json = EXACT_JSON
    target_duckdb.flush_streams = all_streams(target_duckdb.flush_streams)
    target_duckdb.duckdb_connect = opened(target_duckdb.duckdb_connect)
    db_sync.column_type = exact(db_sync.column_type)
    target_duckdb.main()
