"""One cache of compiled SQL for all ledgers of the simulation: compiling it anew for each run is most of the time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

_dialects: dict[str, Any] = {}
_compiled: dict[Any, Any] = {}


def _share(connection: Connection) -> None:
    connection.dialect = _dialects.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=_compiled)


@contextmanager
def compiled_once() -> Iterator[None]:
    event.listen(Engine, "engine_connect", _share)
    try:
        yield
    finally:
        event.remove(Engine, "engine_connect", _share)
