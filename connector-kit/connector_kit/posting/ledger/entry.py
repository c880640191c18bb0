"""One row of the ledger: a business fact and its newest write."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

__all__ = ["NOT_OURS", "Entry", "State"]

NOT_OURS: Final = ""


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
    DEFERRED = "deferred"
    """The provider would not take it now, such as in a closed period; it is not there."""
    IN_DOUBT = "in_doubt"
    """Sent, and nobody knows what became of it."""
    NEEDS_HUMAN = "needs_human"
    """It is there twice, or something else is: a person must look."""


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
        row_version: The provider's version of it, to change it without overwriting others; `NOT_OURS` where it was
            looked for, and what stands there is no version of ours.
        location: The provider's address of it.
        source_version: The source's version of the record.
        period: Period it is booked in.
        fingerprint: By which what was sent is known again (`endpoint.Recognising`), until its version is known.
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
    fingerprint: str | None = None
    sent_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    run: str

    def row(self) -> dict[str, Any]:
        """As it is kept in the ledger."""
        return _stored({name: getattr(self, name) for name in _NAMES})

    def changes(self, before: "Entry") -> dict[str, Any]:
        """What is to be stored of it where `before` is stored; indexes of other columns are left alone."""
        now, then = self.row(), before.row()
        return {name: value for name, value in now.items() if value != then[name] or name == "updated_at"}

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """Read what `row` made."""
        times = {name: row[name] and datetime.fromisoformat(row[name]) for name in _TIMES}
        return cls(**(row | times | {"state": State(row["state"]), "client_id": uuid.UUID(row["client_id"])}))


_NAMES: Final = tuple(field.name for field in fields(Entry))
_TIMES: Final = ("sent_at", "created_at", "updated_at")


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: row[name] and row[name].isoformat() for name in _TIMES}
    return row | times | {"state": str(row["state"]), "client_id": str(row["client_id"])}
