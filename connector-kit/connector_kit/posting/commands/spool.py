"""Entries of a report, however many: kept in a nameless file that is gone with the process, not in memory."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import TracebackType
from typing import Any, Self, overload

from connector_kit.posting.commands.report import Row

__all__ = ["Entry", "Spool", "SpooledRows"]

Entry = Mapping[str, Any]
"""As JSON has it: amounts are text."""


class Spool:
    """Entries in the order in which they came, each of a sort."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed with this
        self.counts: Counter[str] = Counter()

    def add(self, sort: str, entry: Entry) -> None:
        """Keep one."""
        self.counts[sort] += 1
        self._file.write(f"{json.dumps([sort, entry], default=str)}\n")

    def of(self, *sorts: str) -> Iterator[Entry]:
        """Read those of some sorts, or all; while one reads, nobody else may."""
        self._file.seek(0)
        for line in self._file:
            sort, entry = json.loads(line)
            if not sorts or sort in sorts:
                yield entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


class SpooledRows(Sequence[Row]):
    """Rows of a table that are made from a spool as they are read, from the first to the last.

    Args:
        spool: Where they are.
        sorts: Which.
        row: Makes one.
    """

    def __init__(self, spool: Spool, sorts: Iterable[str], row: Callable[[Entry], Row]) -> None:
        self._spool = spool
        self._sorts = tuple(sorts)
        self._row = row

    def __len__(self) -> int:
        return sum(self._spool.counts[sort] for sort in self._sorts)

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, self._spool.of(*self._sorts))

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return list(islice(self, *place.indices(len(self))))
        return next(islice(self, range(len(self))[place], None))
