"""target-postgres 0.8.1, corrected until a release does it: what comes out of the database is what the tap sent.

- Moments are stored in the time zone of the session, whichever that is (with `use_copy`: as written, without the
  offset). They are in UTC here.
- With `use_copy` numbers pass through floats. They are exact here.
- A document or list that is not there becomes the JSON value null, which is not SQL's NULL. It is NULL here.
- Lists become arrays of one type, and one item of another type stops the load. They are JSONB here.
- U+0000, the one character that PostgreSQL cannot hold, stops the load, and where `sanitize_null_text_characters` is
  set it still does so inside documents. It becomes U+FFFD here, everywhere.
- A record that marks a deletion and names its keys alone empties all other columns. They keep their values here.
- When a column gets another type, the load stops, or it goes on and rounds (an integer that becomes a number). The
  column becomes one here that holds both: numbers, moments, and else text.
- A database that cannot be reached, or refuses, ends it with a traceback that can hold values. It is one line here,
  without them.

`tests/warehouse` compares the warehouse with the source: every row, every value.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import psycopg
import sqlalchemy
from sqlalchemy.dialects.postgresql import JSONB
from target_postgres.connector import PostgresConnector  # type: ignore[import-untyped]  # the package has no types
from target_postgres.sinks import PostgresSink  # type: ignore[import-untyped]  # the same
from target_postgres.target import TargetPostgres  # type: ignore[import-untyped]  # the same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.sql.connector import JSONSchemaToSQL
    from sqlalchemy.types import TypeEngine

DELETED_AT = "_sdc_deleted_at"
NOT_STORABLE, INSTEAD = "\u0000", "\ufffd"


class Connector(PostgresConnector):  # type: ignore[misc]  # the package has no types
    """The target's choice of column types, with documents and lists alike."""

    @cached_property
    def jsonschema_to_sql(self) -> JSONSchemaToSQL:
        """Types by what the schema declares."""
        types: JSONSchemaToSQL = super().jsonschema_to_sql
        for kind in ("object", "array"):
            types.register_type_handler(kind, lambda _: JSONB(none_as_null=True))
        return types

    def prepare_table(
        self, full_table_name: Any, schema: dict[str, Any], *arguments: Any, connection: Any, **options: Any
    ) -> sqlalchemy.Table:
        """The table, with all columns of the schema, as it is after they were changed."""
        table: sqlalchemy.Table = super().prepare_table(
            full_table_name, schema, *arguments, connection=connection, **options
        )
        if options.get("as_temp_table"):
            return table
        return sqlalchemy.Table(table.name, sqlalchemy.MetaData(), schema=table.schema, autoload_with=connection)

    def _adapt_column_type(self, **column: Any) -> None:
        """Let a column hold what it holds, and what is to come."""
        now = column["column_object"].type
        wanted = wider(now, column["sql_type"])
        if wanted is not now:
            dialect = self._engine.dialect
            quoted = dialect.identifier_preparer.quote
            table = f"{quoted(column['schema_name'])}.{quoted(column['table_name'])}"
            name, kind = quoted(column["column_name"]), wanted.compile(dialect=dialect)
            change = f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind} USING {name}::{kind}"
            column["connection"].execute(sqlalchemy.text(change))


class Sink(PostgresSink):  # type: ignore[misc]  # the same
    """The target's writer of one stream."""

    connector_class = Connector

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Keep the statement of each batch out of the log."""
        super().__init__(*arguments, **options)
        self.logger.addFilter(lambda line: not str(line.msg).startswith("Inserting with SQL"))

    def column_representation(self, schema: dict[str, Any]) -> list[sqlalchemy.Column[Any]]:
        """The columns, with the types of the driver that is used: those know how to write a number exactly."""
        dialect = self.connector._engine.dialect  # noqa: SLF001 (the SDK has no public way)
        return [
            sqlalchemy.Column(column.name, column.type.dialect_impl(dialect))
            for column in super().column_representation(schema)
        ]

    def process_batch(self, context: dict[str, Any]) -> None:
        """Write a batch: the last record of each key, marks of deletion into the rows that are there."""
        live: dict[tuple[Any, ...], dict[str, Any]] = {}
        marks: dict[tuple[Any, ...], dict[str, Any]] = {}
        for number, record in enumerate(context["records"]):
            key = tuple(record[name] for name in self.key_properties) or (number,)
            if record.get(DELETED_AT) and not self.schema["properties"].keys() <= record.keys():
                marks[key] = record
            else:
                marks.pop(key, None)
                live[key] = record
        if live:
            super().process_batch(context | {"records": [*live.values()]})
        if unknown := [record for key, record in marks.items() if not self._marked(key, record)]:
            super().process_batch(context | {"records": unknown})

    def _marked(self, key: tuple[Any, ...], record: dict[str, Any]) -> bool:
        """Write what the record names into the row with its key; whether there is one."""
        columns = {column.name: column for column in self.column_representation(self.schema)}
        table = sqlalchemy.Table(
            self.full_table_name.table, sqlalchemy.MetaData(), *columns.values(), schema=self.full_table_name.schema
        )
        found = [table.c[name] == storable(part) for name, part in zip(self.key_properties, key, strict=True)]
        named = {name: storable(value) for name, value in record.items() if name in columns}
        with self.connector._connect() as connection, connection.begin():  # noqa: SLF001 (as the target does)
            result = connection.execute(sqlalchemy.update(table).where(*found).values(named))
        return bool(result.rowcount)

    def bulk_insert_records(self, *, records: Iterable[dict[str, Any]], **options: Any) -> None:
        """Write a batch."""
        super().bulk_insert_records(records=(storable(record) for record in records), **options)


def wider(now: TypeEngine[Any], new: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type of a column that holds values of both."""
    if str(now) == str(new):
        return now
    for kinds in ((sqlalchemy.Integer, sqlalchemy.Numeric), (sqlalchemy.Date, sqlalchemy.DateTime)):
        if isinstance(now, kinds) and isinstance(new, kinds):
            return new if isinstance(now, kinds[0]) else now
    return now if isinstance(now, sqlalchemy.Text) else sqlalchemy.Text()


def storable(value: Any) -> Any:
    """A value as PostgreSQL can hold it."""
    match value:
        case str():
            return value.replace(NOT_STORABLE, INSTEAD)
        case dict():
            return {storable(name): storable(part) for name, part in value.items()}
        case list():
            return [storable(part) for part in value]
        case datetime(tzinfo=zone) if zone is not None:
            return value.astimezone(UTC).replace(tzinfo=None)
        case _:
            return value


class Target(TargetPostgres):  # type: ignore[misc]  # the same
    """The target, corrected."""

    default_sink_class = Sink


def told(error: Exception) -> str:
    """What went wrong, in one line without values of records."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    if isinstance(cause, psycopg.Error) and not isinstance(cause, psycopg.DataError):  # those name the value
        return str(cause).partition("\n")[0]
    return f"PostgreSQL cannot take a batch: {type(cause).__name__}; the log of the server names the row"


def main() -> None:
    """Run the target."""
    try:
        Target.cli()
    except (sqlalchemy.exc.SQLAlchemyError, psycopg.Error) as error:
        logging.getLogger(Target.name).error("%s", told(error))  # noqa: TRY400 (one line, for its values)
        sys.exit(1)
