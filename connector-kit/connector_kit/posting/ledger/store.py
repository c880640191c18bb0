"""The open ledger database of a run: its transactions, its meta data and its log, of which it is the only writer."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from connector_kit.errors import ConnectorError
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.chain import Head
from connector_kit.posting.ledger.database import LedgerDatabase
from connector_kit.posting.ledger.sqlite import READING
from connector_kit.posting.ledger.witness import Witness

__all__ = ["HEAD", "RUN", "Store"]

HEAD: Final = "head"
"""Name in `meta` of where the log ends; a log that was cut short does not reach it."""

RUN: Final = "run"
"""State in the log: no operation, but the beginning of a run."""

_APPEND: Final = sa.insert(tables.attempt)
_MOVE_HEAD: Final = (
    sa.update(tables.meta)
    .where((tables.meta.c.name == HEAD) & (tables.meta.c.value == sa.bindparam("before")))
    .values(value=sa.bindparam("after"))
)


class Store:
    """An open ledger database.

    Args:
        database: Where it lives.
        connection: Open connection.
        close: What to close with it.
        run: Identifier of this run.
        witness: File of the witness; None for none.
    """

    def __init__(
        self, database: LedgerDatabase, connection: sa.Connection, *, close: ExitStack, run: str, witness: Path | None
    ) -> None:
        self._database = database
        self._connection = connection
        self._close = close
        self._run = run
        self._witness = witness
        self._head = Head.parse(self.meta()[HEAD])

    @property
    def name(self) -> str:
        """Names it in messages, without its password."""
        return str(self._database)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read, without keeping anybody from writing.

        Raises:
            ConnectorError: It cannot be read.
        """
        if self._connection.in_transaction():
            yield self._connection
            return
        with self._one_line("read"):
            self._connection.info[READING] = True
            try:
                with self._connection.begin():
                    yield self._connection
            finally:
                if not self._connection.invalidated:
                    self._connection.info[READING] = False

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Write in one transaction, on disk when the block ends; inside such a block it is part of that.

        Raises:
            ConnectorError: The disk does not take it; then nothing of it is there.
        """
        if self._connection.in_transaction():
            yield self._connection
            return
        head = self._head
        try:
            with self._one_line("written"), self._connection.begin():
                yield self._connection
        except BaseException:
            self._head = head
            raise

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line to the log of attempts; within `writing`.

        Raises:
            ConnectorError: Somebody else has added one since.
        """
        head = self._head.next(line)
        moved = self._connection.execute(_MOVE_HEAD, {"before": str(self._head), "after": str(head)})
        if moved.rowcount != 1:
            raise ConnectorError("the ledger was changed by somebody else during the run; run again")
        self._connection.execute(_APPEND, {**line, "seq": head.seq, "chain": head.chain})
        self._head = head

    def begin(self, at: str) -> None:
        """Note in the log, and apart from it, that a run begins: a copy of before it is known as one, however it ends.

        Raises:
            ConnectorError: The disk does not take it.
        """
        nothing = dict.fromkeys(("outcome", "status", "code"))
        with self.writing():
            self.append({"at": at, "run": self._run, "operation_id": "", "state": RUN, **nothing})
        self.bear_witness(at)

    def meta(self) -> dict[str, str]:
        """All that is said about the ledger itself."""
        with self.reading() as connection:
            return dict(connection.execute(sa.select(tables.meta)).tuples().all())

    def set_meta(self, **members: str) -> None:
        """Say something else about it."""
        with self.writing() as connection:
            connection.execute(sa.delete(tables.meta).where(tables.meta.c.name.in_(members)))
            connection.execute(sa.insert(tables.meta), [{"name": n, "value": v} for n, v in members.items()])

    def bear_witness(self, at: str) -> None:
        """Write down apart from the ledger how far it is.

        Raises:
            ConnectorError: The disk does not take it.
        """
        witness = Witness(
            ledger=self.meta()["ledger_id"], seq=self._head.seq, chain=self._head.chain, run=self._run, at=at
        )
        try:
            witness.write(self._witness)
        except OSError as error:
            raise ConnectorError(f"{self._witness} cannot be written ({error.strerror}); the run stops here") from error

    def close(self) -> None:
        """Close the database and give up the right to write."""
        self._close.close()

    @contextmanager
    def _one_line(self, done: str) -> Iterator[None]:
        if self._connection.invalidated:  # it would connect anew, without the lock
            raise ConnectorError(f"the ledger cannot be {done} (the connection is lost); the run stops here")
        try:
            yield
        except sa.exc.DBAPIError as error:
            reason = self._database.reason(error)
            raise ConnectorError(f"the ledger cannot be {done} ({reason}); the run stops here") from error
