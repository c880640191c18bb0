"""Brings the ledger of an older program up to date, inside the transaction of the caller: wholly or not at all."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from connector_kit.posting import ledger_schema as tables

__all__ = ["migrate"]


def migrate(connection: sa.Connection, version: int) -> None:
    """Migrate from `version`, step by step.

    Raises:
        KeyError: There has never been such a version.
    """
    for older in range(version, tables.SCHEMA_VERSION):
        _STEPS[older](connection)


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


_STEPS: Final[Mapping[int, Callable[[sa.Connection], None]]] = MappingProxyType({1: _from_1})
