"""The durable memory of what was booked: intended, sent, confirmed, each step on disk before the next begins.

It holds keys, hashes, identifiers, states, times and codes, and nothing of the records: no amounts, texts or names.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from connector_kit.books import identity
from connector_kit.books.identity import Administration
from connector_kit.errors import ConnectorError, SettingError
from connector_kit.posting import ledger_schema as tables
from connector_kit.posting.failpoints import failpoint

__all__ = ["Binding", "Entry", "Ledger", "State"]

_CLOCK_TOLERANCE: Final = timedelta(minutes=1)
"""A clock that was set back by less is an ordinary correction."""


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
class Binding:
    """What a ledger belongs to; used with anything else it is refused.

    Attributes:
        administration: The set of books.
        base_url: The provider's API.
        secret: Secret of the entity keys; a digest of it is kept, because another secret would book all again.
    """

    administration: Administration
    base_url: str
    secret: bytes = b""

    def members(self) -> dict[str, str]:
        """As it is kept in the ledger."""
        return {
            "provider": self.administration.provider,
            "tenant": self.administration.tenant,
            "administration": self.administration.number,
            "base_url": self.base_url,
            "identity_check": hmac.new(self.secret, b"ledger", hashlib.sha256).hexdigest()[:16],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A business fact and its newest write."""

    entity_key: str
    stream: str
    state: State
    content_hash: str
    mapping_version: str
    operation_id: str
    client_id: uuid.UUID
    provider_id: str | None
    created_at: datetime
    updated_at: datetime
    run: str


class Ledger:
    """One administration's ledger, open for one run. Open it under the lock of the administration.

    Attributes:
        cold: It was created empty while the books may have a history: look before the first write of an entry.
        run: Identifier of this run.
    """

    def __init__(self, connection: sa.Connection, *, run: str, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        self.run = run
        self.cold = _meta(connection).get("cold") == "yes"

    @classmethod
    def open(cls, path: Path, *, binding: Binding, run: str, now: Callable[[], datetime] | None = None) -> Self:
        """Open or create the ledger, and prove that it can be trusted and written.

        Raises:
            SettingError: If it belongs to other books, is damaged or newer, or the clock stands before its last line.
        """
        clock = now or (lambda: datetime.now(UTC))
        members = binding.members()
        new_meta = members | {"cold": "yes", "created_at": clock().isoformat()}
        connection, new = tables.open_connection(path, new_meta=new_meta)
        if not new:
            _refuse_foreign(_meta(connection), members, path)
            _refuse_forged(connection, path)
            _refuse_clock(connection, clock(), path)
        ledger = cls(connection, run=run, now=clock)
        with ledger._transaction():
            connection.execute(sa.delete(tables.meta).where(tables.meta.c.name == "last_run"))
            connection.execute(sa.insert(tables.meta), {"name": "last_run", "value": run})
        return ledger

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._connection.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entry(self, entity_key: str) -> Entry | None:
        """Find an entry."""
        with self._transaction():
            query = sa.select(tables.entry).where(tables.entry.c.entity_key == entity_key)
            row = self._connection.execute(query).mappings().one_or_none()
        return _entry(dict(row)) if row else None

    def unresolved(self) -> int:
        """Count the entries of which nobody knows whether they are booked."""
        with self._transaction():
            query = sa.select(sa.func.count()).where(tables.entry.c.state.in_([State.SENT, State.IN_DOUBT]))
            return int(self._connection.execute(query).scalar_one())

    def intend(self, entity_key: str, *, stream: str, content_hash: str, mapping_version: str) -> Entry:
        """Store that a fact seen for the first time will be written, and under which identifier."""
        operation = identity.operation_id(entity_key, version=1, operation="create")
        moment = self._now().isoformat()
        row: dict[str, Any] = {
            "entity_key": entity_key,
            "stream": stream,
            "state": State.INTENT,
            "content_hash": content_hash,
            "mapping_version": mapping_version,
            "operation_id": operation,
            "client_id": str(identity.client_id(operation)),
            "provider_id": None,
            "created_at": moment,
            "updated_at": moment,
            "run": self.run,
        }
        with self._transaction(State.INTENT):
            self._connection.execute(sa.insert(tables.entry), row)
            self._log(row)
        return _entry(row)

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
        changes |= {"state": state, "updated_at": self._now().isoformat(), "run": self.run}
        unchanged = (tables.entry.c.entity_key == before.entity_key) & (tables.entry.c.state == before.state)
        with self._transaction(state):
            result = self._connection.execute(sa.update(tables.entry).where(unchanged).values(changes))
            if result.rowcount != 1:
                raise ConnectorError("the ledger was changed by somebody else during the run; run again")
            query = sa.select(tables.entry).where(tables.entry.c.entity_key == before.entity_key)
            row = dict(self._connection.execute(query).mappings().one())
            self._log(row, outcome=outcome, status=status, code=code)
        return _entry(row)

    def _log(
        self, row: dict[str, Any], *, outcome: str | None = None, status: int | None = None, code: str | None = None
    ) -> None:
        line = {
            "at": row["updated_at"],
            "run": self.run,
            "operation_id": row["operation_id"],
            "state": str(row["state"]),
            "outcome": outcome,
            "status": status,
            "code": code,
        }
        newest = sa.select(tables.attempt.c.chain).order_by(tables.attempt.c.seq.desc()).limit(1)
        previous = self._connection.execute(newest).scalar_one_or_none() or ""
        self._connection.execute(sa.insert(tables.attempt), line | {"chain": _chain(previous, line)})

    @contextmanager
    def _transaction(self, state: State | None = None) -> Iterator[None]:
        try:
            with self._connection.begin():
                yield
                if state:
                    _before_commit[state]()
        except sa.exc.DBAPIError as error:
            raise ConnectorError(f"the ledger cannot be written ({error.orig}); the run stops here") from error
        if state:
            _after_commit[state]()


def _entry(row: dict[str, Any]) -> Entry:
    converted = {
        "state": State(row["state"]),
        "client_id": uuid.UUID(row["client_id"]),
        "created_at": datetime.fromisoformat(row["created_at"]),
        "updated_at": datetime.fromisoformat(row["updated_at"]),
    }
    return Entry(**(row | converted))


def _meta(connection: sa.Connection) -> dict[str, str]:
    with connection.begin():
        return {row.name: row.value for row in connection.execute(sa.select(tables.meta))}


def _refuse_foreign(stored: dict[str, str], members: dict[str, str], path: Path) -> None:
    names = {"tenant": "tenant", "administration": "administration", "provider": "provider", "base_url": "API address"}
    for member, name in names.items():
        if stored.get(member) != members[member]:
            raise SettingError(
                f"ledger: {path} belongs to {name} {stored.get(member)}, the settings say {members[member]}; "
                "name another file, or correct the settings"
            )
    if stored.get("identity_check") != members["identity_check"]:
        raise SettingError(
            f"identity_secret: {path} was made with another one; restore it, or all entries would be booked again"
        )


def _refuse_forged(connection: sa.Connection, path: Path) -> None:
    """Follow the hash chain over the log of attempts."""
    previous = ""
    with connection.begin():
        for row in connection.execute(sa.select(tables.attempt).order_by(tables.attempt.c.seq)).mappings():
            line = {name: value for name, value in row.items() if name not in {"seq", "chain"}}
            previous = _chain(previous, line)
            if previous != row["chain"]:
                raise SettingError(f"ledger: {path} was changed by hand; restore it from a backup, or move it away")


def _refuse_clock(connection: sa.Connection, now: datetime, path: Path) -> None:
    with connection.begin():
        newest = connection.execute(sa.select(sa.func.max(tables.attempt.c.at))).scalar_one_or_none()
    if newest and now < datetime.fromisoformat(newest) - _CLOCK_TOLERANCE:
        raise SettingError(f"the clock of this machine stands before the last line of {path} ({newest}); set the clock")


def _chain(previous: str, line: dict[str, Any]) -> str:
    text = json.dumps(line, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()
