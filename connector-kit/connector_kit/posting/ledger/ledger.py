"""The durable memory of what was booked: intended, sent, confirmed, each step on disk before the next begins.

It holds keys, hashes, identifiers, states, times and codes, and nothing of the records: no amounts, texts or names.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from connector_kit.books import identity
from connector_kit.errors import ConnectorError
from connector_kit.posting.clock import steady_clock
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.entry import NOT_OURS, Entry, State
from connector_kit.posting.ledger.opening import Binding, Opening
from connector_kit.posting.ledger.store import Store

__all__ = ["ABSENT", "NOT_OURS", "PROVED_ABSENT", "Binding", "Entry", "Ledger", "State"]

ABSENT: Final = "absent"
"""Outcome in the log: a write that may still arrive was not found."""
PROVED_ABSENT: Final = "proved_absent"
"""Outcome in the log: it never arrived, and is made again."""
_OPEN: Final = (None, "unknown", "interrupted", ABSENT, PROVED_ABSENT)
"""Outcomes in the log after which a write may still arrive."""
_UNSETTLED: Final = (State.SENT, State.IN_DOUBT, State.NEEDS_HUMAN)

_INSERT: Final = sa.insert(tables.entry)
_MOVE: Final = sa.update(tables.entry).where(
    (tables.entry.c.entity_key == sa.bindparam("fact")) & (tables.entry.c.state == sa.bindparam("was"))
)
_BY_KEY: Final = sa.select(tables.entry).where(tables.entry.c.entity_key == sa.bindparam("key"))
_DOUBTFUL: Final = tables.entry.c.state.in_([State.SENT, State.IN_DOUBT])
_IN_DOUBT: Final = (
    sa.select(tables.entry)
    .where(_DOUBTFUL & (tables.entry.c.stream == sa.bindparam("stream")))
    .order_by(tables.entry.c.sent_at)
)
_UNFINISHED: Final = (
    sa.select(tables.entry.c.stream)
    .where(_DOUBTFUL | tables.entry.c.entity_key.in_(sa.select(tables.step.c.entity_key)))
    .distinct()
)
_HALF_DONE: Final = (tables.entry.c.booked_hash.is_(None) & (tables.entry.c.version > 1)) | (
    tables.entry.c.operation == "reverse"
)
_UNRESOLVED: Final = (
    sa.select(sa.func.count())
    .select_from(tables.entry)
    .where(tables.entry.c.state.in_(_UNSETTLED) | (_HALF_DONE & (tables.entry.c.state != State.CONFIRMED)))
)


_before_commit = {state: failpoint(f"ledger.{state}.before_commit") for state in State}
_after_commit = {state: failpoint(f"ledger.{state}.after_commit") for state in State}


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
        clock = now or steady_clock()
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
        """Count the facts that are not settled.

        Those of which nobody knows whether they are booked, those that wait for a person, and corrections half done.
        """
        with self.store.reading() as connection:
            return int(connection.execute(_UNRESOLVED).scalar_one())

    def in_doubt(self, stream: str) -> list[Entry]:
        """The entries of a stream that may be booked, oldest first."""
        with self.store.reading() as connection:
            rows = connection.execute(_IN_DOUBT, {"stream": stream}).mappings().all()
        return [Entry.of(dict(row)) for row in rows]

    def booked(self, stream: str, *, limit: int, versioned: bool = False) -> Iterator[tuple[str, str, str | None]]:
        """Key, content and source version of the confirmed entries of a stream; all, or those of known version."""
        columns = (tables.entry.c.entity_key, tables.entry.c.content_hash, tables.entry.c.source_version)
        confirmed = (tables.entry.c.stream == stream) & (tables.entry.c.state == State.CONFIRMED)
        if versioned:
            confirmed &= tables.entry.c.row_version.is_not(None)
        query = sa.select(*columns).where(confirmed).limit(limit).execution_options(yield_per=10_000)
        with self.store.reading() as connection:
            yield from connection.execute(query).tuples()

    def unfinished_streams(self) -> set[str]:
        """The record types of which something is in doubt or half done."""
        with self.store.reading() as connection:
            return set(connection.execute(_UNFINISHED).scalars())

    @property
    def cold_since(self) -> datetime:
        """When this ledger was made, without a memory."""
        meta = self.store.meta()
        return datetime.fromisoformat(meta.get("cold_since") or meta["created_at"])

    def now(self) -> datetime:
        """The present, by the ledger's clock."""
        return self._now()

    def intend(
        self,
        entity_key: str,
        *,
        stream: str,
        content_hash: str,
        mapping_version: str,
        source_version: str | None = None,
        period: str | None = None,
    ) -> Entry:
        """Store that a fact seen for the first time will be written, and under which identity."""
        operation = identity.operation_id(entity_key, version=1, operation="create")
        moment = self._now()
        entry = Entry(
            entity_key=entity_key,
            stream=stream,
            state=State.INTENT,
            content_hash=content_hash,
            mapping_version=mapping_version,
            source_version=source_version,
            period=period,
            operation_id=operation,
            client_id=identity.client_id(operation),
            marker=identity.marker(operation),
            created_at=moment,
            updated_at=moment,
            run=self.run,
        )
        with self.committing(State.INTENT) as connection:
            connection.execute(_INSERT, entry.row())
            self._log(entry)
        return entry

    def intend_again(self, entry: Entry, operation: str, **content: Any) -> Entry:
        """Store that what is booked will be written again with a new content, as an operation of its own."""
        version = entry.version + 1
        operation_id = identity.operation_id(entry.entity_key, version=version, operation=operation)
        return self.advance(
            entry, State.INTENT, version=version, operation=operation, operation_id=operation_id, **content
        )

    def advance(
        self,
        before: Entry,
        state: State,
        *,
        outcome: str | None = None,
        status: int | None = None,
        code: str | None = None,
        within: Callable[[], None] | None = None,
        **changes: Any,
    ) -> Entry:
        """Store the next step of an entry, with a line in the log of attempts, in one transaction.

        Args:
            before: The entry as it was read or stored last.
            state: Its new state.
            outcome: Class of the outcome that led here.
            status: HTTP status.
            code: Reject code of ours.
            within: Stores more in the same transaction; what it raises undoes all.
            **changes: New members of the entry.

        Raises:
            ConnectorError: If the disk does not take it, or somebody else changed the entry meanwhile.
        """
        after = self._after(before, state, changes)
        columns = after.changes(before) | {"fact": before.entity_key, "was": str(before.state)}
        with self.committing(state) as connection:
            if within:
                within()
            if connection.execute(_MOVE, columns).rowcount != 1:
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
                kept = after.fingerprint if after.row_version is None else None
                return replace(after, booked_hash=after.content_hash, fingerprint=kept)
            case State.IN_DOUBT | State.NEEDS_HUMAN:
                return after
            case _:
                return replace(after, fingerprint=None)

    def note(
        self,
        operation_id: str,
        state: State,
        *,
        outcome: str | None = None,
        status: int | None = None,
        code: str | None = None,
    ) -> None:
        """Add a line to the log of attempts."""
        with self.store.writing():
            self.store.append(
                {
                    "at": self._now().isoformat(),
                    "run": self.run,
                    "operation_id": operation_id,
                    "state": str(state),
                    "outcome": outcome,
                    "status": status,
                    "code": code,
                }
            )

    def note_absent(self, operation_id: str) -> None:
        """Note that a write that may still arrive was not found."""
        with self.committing(State.IN_DOUBT):
            self.note(operation_id, State.IN_DOUBT, outcome=ABSENT)

    def first_absent(self, operation_id: str, *, since: datetime | None) -> datetime | None:
        """When a write was first not found, of all times since it was sent last."""
        times = self._noted(operation_id, ABSENT)
        return min((at for at in times if since is None or at >= since), default=None)

    def was_noted(self, operation_id: str, outcome: str) -> bool:
        """Whether the log says this of an operation."""
        return bool(self._noted(operation_id, outcome))

    def left_twice(self, operation_id: str) -> bool:
        """Whether a write of an operation left again while nobody knew what had become of the one before."""
        lines = (
            sa.select(tables.attempt.c.state, tables.attempt.c.outcome)
            .where(tables.attempt.c.operation_id == operation_id)
            .order_by(tables.attempt.c.seq)
        )
        is_open = False
        with self.store.reading() as connection:
            for state, outcome in connection.execute(lines):
                if state == State.SENT:
                    if is_open:
                        return True
                    is_open = True
                elif outcome not in _OPEN:
                    is_open = False
        return False

    def _noted(self, operation_id: str, outcome: str) -> list[datetime]:
        of_operation = (tables.attempt.c.operation_id == operation_id) & (tables.attempt.c.outcome == outcome)
        with self.store.reading() as connection:
            rows = connection.execute(sa.select(tables.attempt.c.at).where(of_operation)).scalars().all()
        return [datetime.fromisoformat(at) for at in rows]

    def _log(self, entry: Entry, **said: Any) -> None:
        self.note(entry.operation_id, entry.state, **said)

    @contextmanager
    def committing(self, state: State) -> Iterator[sa.Connection]:
        """Write in one transaction that ends with something in this state, between its failpoints."""
        with self.store.writing() as connection:
            yield connection
            _before_commit[state]()
        _after_commit[state]()
