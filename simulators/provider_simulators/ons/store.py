"""The records of one customer, and what happened to them: created, changed in place, deleted, each at its moment."""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any

from provider_simulators.ons.drafting import Record

Key = Any
"""Value of the one key field, or a tuple of the values of several."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A record with its history.

    Attributes:
        record: Never changed: a change replaces it, so that a read that is under way keeps what it began with.
        created_at: When it came to be; None for those that were there before the simulator started.
        changed_at: When it last changed.
    """

    record: Record
    created_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a store keeps under one name.

    Attributes:
        key: Fields that together name a record.
        load: The records that are there at the start, with the moment each last changed.
    """

    key: tuple[str, ...]
    load: Callable[[], list[tuple[Record, datetime]]]

    def key_of(self, record: Record) -> Key:
        """The record's name in this table."""
        return record[self.key[0]] if len(self.key) == 1 else tuple(record[field] for field in self.key)


class Store(MutableMapping[str, list[Record]]):
    """The tables of a customer, each filled when it is first needed. As a mapping: name to records as they are now.

    Args:
        tables: Name to what it is.
        now: The simulator's clock.
    """

    def __init__(self, tables: dict[str, Table], *, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._now = now
        self._rows: dict[str, dict[Key, Row]] = {}
        self._deleted: dict[str, list[Row]] = {name: [] for name in tables}
        self._lock = RLock()

    def __getitem__(self, name: str) -> list[Record]:
        return [row.record for row in self.rows(name)]

    def __setitem__(self, name: str, records: list[Record]) -> None:
        """Replace a table without a trace in the feeds."""
        table = self._tables[name]
        with self._lock:
            self._rows[name] = {
                table.key_of(record): Row(record=record, created_at=None, changed_at=self._now()) for record in records
            }

    def __delitem__(self, name: str) -> None:
        """Empty a table without a trace in the feeds."""
        self[name] = []

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def rows(self, name: str) -> list[Row]:
        """All rows, as they are at this moment."""
        with self._lock:
            return list(self._filled(name).values())

    def deleted(self, name: str) -> list[Row]:
        """Rows that are no more; `changed_at` is when they were deleted."""
        with self._lock:
            return list(self._deleted[name])

    def find(self, name: str, key: Key) -> Record | None:
        """The record with this key."""
        with self._lock:
            row = self._filled(name).get(key)
            return row.record if row else None

    def add(self, name: str, record: Record) -> None:
        """Keep a new record.

        Raises:
            ValueError: There is one with its key.
        """
        with self._lock:
            rows, key = self._filled(name), self._tables[name].key_of(record)
            if key in rows:
                raise ValueError(f"{name} has a record {key} already")
            now = self._now()
            rows[key] = Row(record=record, created_at=now, changed_at=now)

    def replace(self, name: str, key: Key, values: Record) -> Record:
        """Change fields of a record; gives the new one.

        Raises:
            KeyError: There is no such record.
        """
        with self._lock:
            rows = self._filled(name)
            record = {**rows[key].record, **values}
            rows[key] = Row(record=record, created_at=rows[key].created_at, changed_at=self._now())
            return record

    def remove(self, name: str, key: Key) -> None:
        """Delete a record.

        Raises:
            KeyError: There is no such record.
        """
        with self._lock:
            row = self._filled(name).pop(key)
            self._deleted[name].append(Row(record=row.record, created_at=row.created_at, changed_at=self._now()))

    def next_id(self, name: str) -> int:
        """An id that was never given out."""
        with self._lock:
            rows = [*self._filled(name).values(), *self._deleted[name]]
            return 1 + max((row.record["id"] for row in rows), default=0)

    def _filled(self, name: str) -> dict[Key, Row]:
        if name not in self._rows:
            table = self._tables[name]
            self._rows[name] = {
                table.key_of(record): Row(record=record, created_at=None, changed_at=changed_at)
                for record, changed_at in table.load()
            }
        return self._rows[name]
