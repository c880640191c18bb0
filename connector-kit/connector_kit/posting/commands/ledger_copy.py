"""A passing copy of the ledger, on which a run can be played without a trace."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.sqlite import SqliteDatabase, temporary
from connector_kit.posting.ledger.store import Store

__all__ = ["copy_of_ledger"]

_TABLES: Final = (tables.meta, tables.entry, tables.step, tables.attempt, tables.budget)
_ROWS: Final = 1000


def copy_of_ledger(target: str, *, binding: Binding, run: str, witness: Path) -> Ledger:
    """Copy the ledger as it stands, without locking it; one that is not there is an empty, cold one.

    Raises:
        SettingError: It belongs to other books, or cannot be read.
    """
    owned = ExitStack()
    with ExitStack() as close:
        memory = close.enter_context(temporary())
        with Ledger.open(target, binding=binding, run=run, witness=witness, read_only=True) as original:
            _copy(original.store, memory)
        store = Store(SqliteDatabase(Path("memory")), memory, close=owned, run=run, witness=None)
        owned.push(close.pop_all())
    return Ledger(store, run=run, now=lambda: datetime.now(UTC))


def _copy(original: Store, memory: sa.Connection) -> None:
    with original.reading() as source, memory.begin():
        tables.create(memory)
        for table in _TABLES:
            for rows in source.execute(sa.select(table)).mappings().partitions(_ROWS):
                memory.execute(sa.insert(table), [dict(row) for row in rows])
