"""The durable memory of what was booked: intended, sent, confirmed, each step on disk before the next begins.

It holds keys, hashes, identifiers, states, times and codes, and nothing of the records: no amounts, texts or names.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from connector_kit.books import identity
from connector_kit.errors import ConnectorError
from connector_kit.posting import ledger_schema as tables
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.ledger_opening import Binding, Opening
from connector_kit.posting.ledger_store import Store

__all__ = ["Binding", "Entry", "Ledger", "State"]

_BY_KEY: Final = sa.select(tables.entry).where(tables.entry.c.entity_key == sa.bindparam("key"))


class State(StrEnum):
    """How far an entry has come."""

    INTENT = "intent"
    """Will be written; nothing under this attempt is at the provider."""
    SENT = "sent"
    """May have left this machine."""
    CONFIRMED = "confirmed"
    """The provider has it."""
    REJECTED = "rejected"
    """The provider refused it; it is not there."""
    IN_DOUBT = "in_doubt"
    """Sent, and nobody knows what became of it."""


_before_commit = {state: failpoint(f"ledger.{state}.before_commit") for state in State}
_after_commit = {state: failpoint(f"ledger.{state}.after_commit") for state in State}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A business fact and its newest write.

    Attributes:
        entity_key: Which fact (`identity.entity_key`).
        stream: Record type.
        state: How far it has come.
        version: Number of its content, from 1.
        operation: create, update or reverse.
        content_hash: Its newest content.
        booked_hash: The content that the provider was last known to hold.
        mapping_version: Version of the mapping that made the content.
        operation_id: Names this write (`identity.operation_id`).
        client_id: Our identifier of it, for endpoints that take one.
        marker: Our text in it, for endpoints that can search.
        provider_id: The provider's identifier.
        row_version: The provider's version of it, to change it without overwriting others.
        location: The provider's address of it.
        source_version: The source's version of the record.
        period: Period it is booked in.
        sent_at: When it may have left last.
        created_at: When the fact was first seen.
        updated_at: When its state was stored.
        run: The run that did so.
    """

    entity_key: str
    stream: str
    state: State
    version: int = 1
    operation: str = "create"
    content_hash: str
    booked_hash: str | None = None
    mapping_version: str
    operation_id: str
    client_id: uuid.UUID
    marker: str | None = None
    provider_id: str | None = None
    row_version: str | None = None
    location: str | None = None
    source_version: str | None = None
    period: str | None = None
    sent_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    run: str

    def row(self) -> dict[str, Any]:
        """As it is kept in the ledger."""
        return _stored(asdict(self))

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read what `row` made."""
        times = {name: row[name] and datetime.fromisoformat(row[name]) for name in _TIMES}
        return cls(**(row | times | {"state": State(row["state"]), "client_id": uuid.UUID(row["client_id"])}))


_TIMES: Final = ("sent_at", "created_at", "updated_at")


class Ledger:
    """One administration's ledger, open for one run, which is the only one that may write to it.

    Attributes:
        store: Its database.
        cold: It knows nothing of the books' history: look before the first write of an entry.
        run: Identifier of this run.
    """

    def __init__(self, store: Store, *, run: str, now: Callable[[], datetime]) -> None:
        self.store = store
        self._now = now
        self.run = run
        self.cold = store.meta()["cold"] == "yes"

    @classmethod
    def open(
        cls,
        target: str | Path,
        *,
        binding: Binding,
        run: str,
        now: Callable[[], datetime] | None = None,
        read_only: bool = False,
        rebuild: bool = False,
        witness: Path | None = None,
    ) -> Self:
        """Open or create the ledger, and prove that it can be trusted and written.

        Args:
            target: A file, or the URL of a PostgreSQL database (`postgresql://USER@HOST/DATABASE?schema=NAME`).
            binding: What it must belong to.
            run: Identifier of this run.
            now: Clock.
            read_only: Change nothing and lock nothing; a ledger that is not there is an empty one.
            rebuild: It will be filled from the books, so it may be missing or old; it is cold until then.
            witness: File that remembers how far the ledger was; by default beside a file, and none for a server.

        Raises:
            SettingError: If it belongs to other books, is missing, old, damaged or newer, or the clock stands before
                its last line.
            AlreadyRunningError: If somebody else uses it.
            UnreachableError: If its server cannot be reached.
        """
        clock = now or (lambda: datetime.now(UTC))
        opening = Opening(
            target=target,
            binding=binding,
            run=run,
            now=clock(),
            read_only=read_only,
            rebuild=rebuild,
            witness=witness,
        )
        return cls(opening.store(), run=run, now=clock)

    def close(self) -> None:
        """Close the database and give up the right to write."""
        with suppress(ConnectorError):  # the older witness stays, and whoever closes has a better reason to give
            self.store.bear_witness(self._now().isoformat())
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entry(self, entity_key: str) -> Entry | None:
        """Find an entry."""
        with self.store.reading() as connection:
            row = connection.execute(_BY_KEY, {"key": entity_key}).mappings().one_or_none()
        return Entry.of(dict(row)) if row else None

    def unresolved(self) -> int:
        """Count the entries of which nobody knows whether they are booked."""
        with self.store.reading() as connection:
            query = sa.select(sa.func.count()).where(tables.entry.c.state.in_([State.SENT, State.IN_DOUBT]))
            return int(connection.execute(query).scalar_one())

    def intend(self, entity_key: str, *, stream: str, content_hash: str, mapping_version: str) -> Entry:
        """Store that a fact seen for the first time will be written, and under which identifier."""
        operation = identity.operation_id(entity_key, version=1, operation="create")
        moment = self._now()
        entry = Entry(
            entity_key=entity_key,
            stream=stream,
            state=State.INTENT,
            content_hash=content_hash,
            mapping_version=mapping_version,
            operation_id=operation,
            client_id=identity.client_id(operation),
            created_at=moment,
            updated_at=moment,
            run=self.run,
        )
        with self._transaction(State.INTENT) as connection:
            connection.execute(sa.insert(tables.entry), entry.row())
            self._log(entry)
        return entry

    def advance(
        self,
        before: Entry,
        state: State,
        *,
        outcome: str | None = None,
        status: int | None = None,
        code: str | None = None,
        **changes: str | None,
    ) -> Entry:
        """Store the next step of an entry, with a line in the log of attempts, in one transaction.

        Args:
            before: The entry as it was read or stored last.
            state: Its new state.
            outcome: Class of the outcome that led here.
            status: HTTP status.
            code: Reject code of ours.
            **changes: New `provider_id`, `content_hash` or `mapping_version`.

        Raises:
            ConnectorError: If the disk does not take it, or somebody else changed the entry meanwhile.
        """
        after = self._after(before, state, changes)
        unchanged = (tables.entry.c.entity_key == before.entity_key) & (tables.entry.c.state == before.state)
        columns = after.row()
        del columns["entity_key"]
        with self._transaction(state) as connection:
            if connection.execute(sa.update(tables.entry).where(unchanged), columns).rowcount != 1:
                raise ConnectorError("the ledger was changed by somebody else during the run; run again")
            self._log(after, outcome=outcome, status=status, code=code)
        return after

    def _after(self, before: Entry, state: State, changes: dict[str, Any]) -> Entry:
        moment = self._now()
        after = replace(before, **changes, state=state, updated_at=moment, run=self.run)
        match state:
            case State.SENT:
                return replace(after, sent_at=moment)
            case State.CONFIRMED:
                return replace(after, booked_hash=after.content_hash)
            case _:
                return after

    def _log(
        self, entry: Entry, *, outcome: str | None = None, status: int | None = None, code: str | None = None
    ) -> None:
        self.store.append(
            {
                "at": entry.updated_at.isoformat(),
                "run": self.run,
                "operation_id": entry.operation_id,
                "state": str(entry.state),
                "outcome": outcome,
                "status": status,
                "code": code,
            }
        )

    @contextmanager
    def _transaction(self, state: State) -> Iterator[sa.Connection]:
        with self.store.writing() as connection:
            yield connection
            _before_commit[state]()
        _after_commit[state]()


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: row[name] and row[name].isoformat() for name in _TIMES}
    return row | times | {"state": str(row["state"]), "client_id": str(row["client_id"])}
