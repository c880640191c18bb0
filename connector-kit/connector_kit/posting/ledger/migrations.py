"""Brings the ledger of an older program up to date, inside the transaction of the caller: wholly or not at all."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from connector_kit.posting.ledger import schema as tables

__all__ = ["copy", "migrate"]

_ROWS: Final = 1000


def migrate(connection: sa.Connection, version: int) -> None:
    """Migrate from `version`, step by step.

    Raises:
        KeyError: There has never been such a version.
    """
    for older in range(version, tables.SCHEMA_VERSION):
        _STEPS[older](connection)


def copy(source: sa.Connection, target: sa.Connection) -> None:
    """Fill an empty database with what another one holds, which may be an older version; not as old as 1."""
    tables.create(target)
    for table in tables.ALL:
        known = {column["name"] for column in sa.inspect(source).get_columns(table.name)}
        query = sa.select(*(column for column in table.columns if column.name in known))
        for rows in source.execute(query).mappings().partitions(_ROWS):
            target.execute(sa.insert(table), [dict(row) for row in rows])


def _from_1(connection: sa.Connection) -> None:
    """Version 1 knew one operation per fact (SQLite only)."""
    execute = connection.exec_driver_sql
    execute("ALTER TABLE entry RENAME TO entry_1")
    execute("DROP INDEX ix_entry_state")
    tables.create(connection)
    execute(
        "INSERT INTO entry (entity_key, stream, state, version, operation, content_hash, booked_hash, mapping_version,"
        " operation_id, client_id, provider_id, sent_at, created_at, updated_at, run) "
        "SELECT entity_key, stream, state, 1, 'create', content_hash,"
        " CASE state WHEN 'confirmed' THEN content_hash END, mapping_version, operation_id, client_id, provider_id,"
        " (SELECT max(at) FROM attempt WHERE attempt.operation_id = entry_1.operation_id AND attempt.state = 'sent'),"
        " created_at, updated_at, run FROM entry_1"
    )
    execute("DROP TABLE entry_1")


def _from_2(connection: sa.Connection) -> None:
    """Version 2 did not know again what it had sent; coming from version 1 the table is new."""
    if "fingerprint" not in {column["name"] for column in sa.inspect(connection).get_columns("entry")}:
        column = tables.entry.c.fingerprint
        kind = column.type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE entry ADD COLUMN {column.name} {kind}")


_STEPS: Final[Mapping[int, Callable[[sa.Connection], None]]] = MappingProxyType({1: _from_1, 2: _from_2})
