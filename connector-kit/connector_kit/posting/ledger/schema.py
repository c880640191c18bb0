"""The tables of the ledger. They hold keys, hashes, identifiers, states, times and codes; amounts and names never.

Times are ISO text in UTC; with the collation of bytes, text sorts as time does, on every server.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

__all__ = ["ALL", "SCHEMA_VERSION", "attempt", "budget", "create", "entry", "meta", "step"]

SCHEMA_VERSION: Final = 3

_TEXT: Final = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_metadata = sa.MetaData()


def _text(name: str, *, nullable: bool = False, **options: Any) -> sa.Column[str]:
    return sa.Column(name, _TEXT, nullable=nullable, **options)


meta = sa.Table("meta", _metadata, _text("name", primary_key=True), _text("value"))
"""What the ledger belongs to, its version, and where the log of attempts ends (`head`)."""

entry = sa.Table(
    "entry",
    _metadata,
    _text("entity_key", primary_key=True),
    _text("stream"),
    _text("state", index=True),
    sa.Column("version", sa.Integer, nullable=False),
    _text("operation"),
    _text("content_hash"),
    _text("booked_hash", nullable=True),
    _text("mapping_version"),
    _text("operation_id", unique=True),
    _text("client_id"),
    _text("marker", nullable=True, unique=True),
    _text("provider_id", nullable=True),
    _text("row_version", nullable=True),
    _text("location", nullable=True),
    _text("source_version", nullable=True),
    _text("period", nullable=True),
    _text("sent_at", nullable=True),
    _text("created_at"),
    _text("updated_at"),
    _text("run"),
    _text("fingerprint", nullable=True),
)
"""One row per business fact: its newest operation.

`version` counts the contents of the fact from 1, `content_hash` is the newest of them, and `booked_hash` the one that
the provider was last known to hold. `sent_at` is when the newest write may have left.
"""

step = sa.Table(
    "step",
    _metadata,
    _text("entity_key", primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _text("operation"),
    _text("operation_id", unique=True),
    _text("client_id"),
    _text("marker", nullable=True, unique=True),
    _text("state", index=True),
    _text("provider_id", nullable=True),
    _text("sent_at", nullable=True),
)
"""What must happen to a fact in several operations; all of it is stored before the first is sent."""

attempt = sa.Table(
    "attempt",
    _metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _text("at"),
    _text("run"),
    _text("operation_id", index=True),
    _text("state"),
    _text("outcome", nullable=True),
    sa.Column("status", sa.Integer),
    _text("code", nullable=True),
    _text("chain"),
)
"""The log: one line per step of an operation, numbered from 1, chained by hashes, never changed."""

budget = sa.Table(
    "budget",
    _metadata,
    _text("window", primary_key=True),
    _text("started_at", primary_key=True),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
)
"""What was spent: a row per window and slice of time."""

ALL: Final = (meta, entry, step, attempt, budget)
_APPEND_ONLY: Final = {
    "sqlite": (
        (
            "CREATE TRIGGER attempt_refuses_update BEFORE UPDATE ON attempt "
            "BEGIN SELECT RAISE(ABORT, 'attempts are append-only'); END"
        ),
        (
            "CREATE TRIGGER attempt_refuses_delete BEFORE DELETE ON attempt "
            "BEGIN SELECT RAISE(ABORT, 'attempts are append-only'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION attempt_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'attempts are append-only'; END $$"
        ),
        (
            "CREATE TRIGGER attempt_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON attempt "
            "FOR EACH STATEMENT EXECUTE FUNCTION attempt_refuses()"
        ),
    ),
}


@event.listens_for(attempt, "after_create")
def _make_append_only(_table: sa.Table, connection: sa.Connection, **_: Any) -> None:
    for statement in _APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def create(connection: sa.Connection) -> None:
    """Create the tables that are not there yet."""
    _metadata.create_all(connection)
