"""Whose lists are asked for: ids of employees, clients, units, ..., read in bulk, once per sync."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any, Final, TypeVar

from connector_kit.extract import wait
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError

from tap_ons.client import Connection
from tap_ons.listings import LISTINGS
from tap_ons.reading import TableReader
from tap_ons.resources import RESOURCES, Feed

__all__ = ["ParentRow", "Parents"]

T = TypeVar("T")
_ATTEMPTS: Final = 4
_ID: Final = "id"
_EMPLOYEE_ID: Final = "employeeId"
_END: Final = "endDate"
_PATHS: Final = {
    **{row.stream: row.path for row in LISTINGS if row.parent is None and row.window is None},
    **{row.stream: row.path(Feed.DATA) for row in RESOURCES if Feed.DATA in row.feeds},
}
_FIELDS: Final = {
    row.parent.stream: row.parent.verified_until for row in LISTINGS if row.parent and row.parent.verified_until
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ParentRow:
    """One of those whose lists are asked for.

    Attributes:
        id: As Ons tells it.
        verified_until: Day up to which its records have been verified; None: not told.
    """

    id: Any
    verified_until: date | None = None


@dataclass(kw_only=True)
class Parents:
    """Parents by stream, read when they are first asked for.

    Args:
        connection: Gives the connection of all streams; not asked for before it is needed.
        logger: Is told what had to be done without.
    """

    connection: Callable[[], Connection]
    logger: logging.Logger
    _read: dict[str, tuple[ParentRow, ...]] = field(default_factory=dict)

    def of(self, stream: str) -> Sequence[ParentRow]:
        """Give the parents that a stream has records of, in the order of Ons.

        Raises:
            SkippableAPIError: They are not granted.
            RetriableAPIError: They could not be read.
            FatalAPIError: They have no ids.
        """
        if stream not in self._read:
            rows = _whole(partial(self._rows, stream))
            self._read[stream] = tuple({row.id: row for row in rows}.values())
        return self._read[stream]

    @cached_property
    def employment_ends(self) -> Mapping[Any, date | None]:
        """Last day of the last contract of each employee of whom contracts are known; None: it is open."""
        try:
            return _whole(self._employment_ends)
        except SkippableAPIError as error:
            self.logger.info("Hours of all employees are read again from the day on that is not verified: %s", error)
            return {}

    def _rows(self, stream: str) -> list[ParentRow]:
        verified_until = _FIELDS.get(stream)
        return [
            ParentRow(id=_id(stream, row), verified_until=_day(row.get(verified_until)) if verified_until else None)
            for row in self._answer(stream)
        ]

    def _employment_ends(self) -> dict[Any, date | None]:
        ends: dict[Any, date | None] = {}
        for row in self._answer("contracts"):
            employee, end = row.get(_EMPLOYEE_ID), _day(row.get(_END))
            known = ends.get(employee, date.min)
            ends[employee] = None if known is None or end is None else max(known, end)
        return ends

    def _answer(self, stream: str) -> Iterator[dict[str, Any]]:
        return TableReader(self.connection(), f"ids of {stream}").rows(_PATHS[stream])


def _whole(read: Callable[[], T]) -> T:
    """Read a table, again if the answer is cut: nothing of it has been used."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return read()
        except RetriableAPIError:
            wait(2.0 ** (attempt - 1))
    return read()


def _id(stream: str, row: Mapping[str, Any]) -> Any:
    identity = row.get(_ID)
    if identity is None:
        raise FatalAPIError(
            f"ids of {stream}: a row has no {_ID}: select that field in the connector's Technical Design"
        )
    return identity


def _day(value: Any) -> date | None:
    """Read a day, or the day of a local midnight."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
