"""What must still happen to a fact: corrections that are half done, and bookings to look at again."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from connector_kit.books import identity
from connector_kit.posting.ledger import PROVED_ABSENT, Entry, Ledger, State
from connector_kit.posting.ledger import schema as tables

__all__ = ["ADOPT", "CREATE", "LOOK_AGAIN", "LOOK_AGAIN_REVERSAL", "REVERSE", "Step", "Steps"]

ADOPT: Final = "adopt"
"""A person says that a booking which we did not make, or not so, is the fact."""
CREATE: Final = "create"
REVERSE: Final = "reverse"
LOOK_AGAIN: Final = "look_again"
LOOK_AGAIN_REVERSAL: Final = "look_again_reversal"
_SEQ: Final = {REVERSE: 1, CREATE: 2, LOOK_AGAIN: 3, LOOK_AGAIN_REVERSAL: 4}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One operation of several.

    Attributes:
        entity_key: The fact.
        operation: `reverse`, `create` (after it), `look_again` (at the newest booking), `look_again_reversal`.
        operation_id: Names the operation.
        client_id: Our identifier of it.
        marker: Our mark of it.
        state: How far it has come.
        provider_id: Of a reversal: what it takes back.
        sent_at: When it may have left last.
    """

    entity_key: str
    operation: str
    operation_id: str
    client_id: uuid.UUID
    marker: str | None
    state: State
    provider_id: str | None
    sent_at: datetime | None

    @property
    def period(self) -> None:
        """Where it is booked: nobody knows, a reversal may have to go into another period."""


class Steps:
    """The open steps of a ledger.

    Args:
        ledger: Open ledger.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def stage_correction(self, entry: Entry, **content: Any) -> Entry:
        """Store that a booking will be taken back, and booked again with another content, before either is done.

        Args:
            entry: The booking, confirmed.
            **content: The new content, as for `Ledger.advance`.
        """
        version = entry.version + 1

        def stage() -> None:
            self._clear(entry.entity_key)
            self._insert(entry, version, REVERSE, provider_id=entry.provider_id or str(entry.client_id))
            self._insert(entry, version, CREATE)

        operation = identity.operation_id(entry.entity_key, version=version, operation=REVERSE)
        return self._ledger.advance(
            entry, State.INTENT, within=stage, version=version, operation=REVERSE, operation_id=operation, **content
        )

    def advance(
        self,
        step: Step,
        state: State,
        /,
        *,
        outcome: str | None = None,
        status: int | None = None,
        within: Callable[[], None] | None = None,
    ) -> Step:
        """Store the next state of a step, with a line in the log of attempts."""
        moment = self._ledger.now()
        after = replace(step, state=state, sent_at=moment if state is State.SENT else step.sent_at)
        values = {"state": str(state), "sent_at": after.sent_at and after.sent_at.isoformat()}
        with self._ledger.committing(state) as connection:
            if within:
                within()
            connection.execute(sa.update(tables.step).where(_is(step)), values)
            self._ledger.note(step.operation_id, state, outcome=outcome, status=status)
        return after

    def rebook(self, entry: Entry, reversal: Step) -> Entry:
        """The booking is taken back: what remains is to book the fact again, under the identity staged for that."""
        again = self.of(entry.entity_key, CREATE)
        assert again  # staged together

        def stage() -> None:
            self._clear(entry.entity_key)
            if self._ledger.was_noted(reversal.operation_id, PROVED_ABSENT):
                self._insert(entry, entry.version, LOOK_AGAIN_REVERSAL, after=reversal)

        return self._ledger.advance(
            entry,
            State.INTENT,
            within=stage,
            operation=CREATE,
            operation_id=again.operation_id,
            client_id=again.client_id,
            marker=again.marker,
            booked_hash=None,
            provider_id=None,
            row_version=None,
            location=None,
        )

    def abandon(self, entry: Entry, *, code: str) -> Entry:
        """The booking stays as it is: nothing of the correction has been done."""
        return self._ledger.advance(
            entry,
            State.CONFIRMED,
            code=code,
            within=lambda: self._clear(entry.entity_key),
            operation=CREATE,
            content_hash=entry.booked_hash,
        )

    def write_again(self, entry: Entry) -> Entry:
        """A lost write is proved absent and will be made again: should it arrive late, looks afterwards find both."""

        def stage() -> None:
            self._delete(_named(entry, LOOK_AGAIN))
            self._insert(entry, entry.version, LOOK_AGAIN, after=entry)

        return self._ledger.advance(entry, State.INTENT, within=stage, outcome=PROVED_ABSENT)

    def looked_again(self, step: Step) -> None:
        """Nothing arrived late."""
        self._delete(_is(step))

    def of(self, entity_key: str, operation: str) -> Step | None:
        """One step of a fact, of several the newest."""
        with self._ledger.store.reading() as connection:
            row = connection.execute(_OF_FACT, {"fact": entity_key, "kind": operation}).mappings().one_or_none()
        return _step(dict(row)) if row else None

    def open(self, stream: str, operation: str) -> list[Step]:
        """All steps of a kind that are not done, of one stream."""
        with self._ledger.store.reading() as connection:
            rows = connection.execute(_OF_STREAM, {"in_stream": stream, "kind": operation}).mappings().all()
        return [_step(dict(row)) for row in rows]

    def _insert(
        self,
        entry: Entry,
        version: int,
        operation: str,
        *,
        provider_id: str | None = None,
        after: Entry | Step | None = None,
    ) -> None:
        """Store a step; one that looks again for a write looks for its mark."""
        operation_id = identity.operation_id(entry.entity_key, version=version, operation=operation)
        row = {
            "entity_key": entry.entity_key,
            "seq": _SEQ[operation] + len(_SEQ) * version,
            "operation": operation,
            "operation_id": operation_id,
            "client_id": str(identity.client_id(operation_id)),
            "marker": after.marker if after else identity.marker(operation_id),
            "state": str(State.INTENT),
            "provider_id": provider_id,
            "sent_at": after.sent_at.isoformat() if after and after.sent_at else None,
        }
        with self._ledger.store.writing() as connection:
            connection.execute(sa.insert(tables.step), row)

    def _clear(self, entity_key: str) -> None:
        correction = tables.step.c.operation.in_([REVERSE, CREATE])
        self._delete((tables.step.c.entity_key == entity_key) & correction)

    def _delete(self, which: sa.ColumnElement[bool]) -> None:
        with self._ledger.store.writing() as connection:
            connection.execute(sa.delete(tables.step).where(which))


_OF_KIND: Final = sa.select(tables.step).where(tables.step.c.operation == sa.bindparam("kind"))
_OF_FACT: Final = (
    _OF_KIND.where(tables.step.c.entity_key == sa.bindparam("fact")).order_by(tables.step.c.seq.desc()).limit(1)
)
_OF_STREAM: Final = (
    _OF_KIND.join(tables.entry, tables.entry.c.entity_key == tables.step.c.entity_key)
    .where(tables.entry.c.stream == sa.bindparam("in_stream"))
    .order_by(tables.step.c.entity_key, tables.step.c.seq)
)


def _is(step: Step) -> sa.ColumnElement[bool]:
    return tables.step.c.operation_id == step.operation_id


def _named(entry: Entry, operation: str) -> sa.ColumnElement[bool]:
    operation_id = identity.operation_id(entry.entity_key, version=entry.version, operation=operation)
    return tables.step.c.operation_id == operation_id


def _step(row: dict[str, Any]) -> Step:
    del row["seq"]
    sent_at = row["sent_at"] and datetime.fromisoformat(row["sent_at"])
    return Step(
        **(row | {"client_id": uuid.UUID(row["client_id"]), "state": State(row["state"]), "sent_at": sent_at}),
    )
