"""All rows of a ledger, for looking at it as a whole."""

from collections.abc import Iterator

import sqlalchemy as sa

from connector_kit.posting.ledger import Entry, Ledger
from connector_kit.posting.ledger import schema as tables

__all__ = ["entries_of"]


def entries_of(ledger: Ledger) -> Iterator[Entry]:
    """Read every entry, by stream and age."""
    with ledger.store.reading() as connection:
        query = sa.select(tables.entry).order_by(tables.entry.c.stream, tables.entry.c.created_at)
        for row in connection.execute(query).mappings():
            yield Entry.of(dict(row))
