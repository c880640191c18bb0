"""A document on its way into the books, and what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from connector_kit.posting.rejection import Rejection, entry_name

__all__ = ["Kind", "OnChanged", "Posted", "Posting", "Result"]

Document = TypeVar("Document")


class OnChanged(StrEnum):
    """What to do with a record that is booked with another content."""

    SKIP = "skip"
    """Leave it as it is booked."""
    REJECT = "reject"
    """Reject the record, and say in what it differs."""
    UPDATE = "update"
    """Change what is booked, unless a person has changed it."""
    REVERSE = "reverse"
    """Take it back with a booking the other way round, then book it anew."""


class Result(StrEnum):
    """What became of a delivered record; the names under which it is counted."""

    SUCCESS = "success"
    """Booked, and confirmed."""
    EXISTING = "existing"
    """It was booked before, with this content, or is left as it was booked."""
    UPDATED = "updated"
    """It was booked with another content, and what is held is now this one."""
    FAIL = "fail"
    """Rejected; it stands in the dead letters."""
    DEFERRED = "deferred"
    """Not booked, and certainly not there: a later run books it."""
    IN_DOUBT = "in_doubt"
    """Nobody knows yet; a later run looks it up."""
    STALE = "stale"
    """A newer version of it was booked before."""

    @property
    def label(self) -> str:
        """Begins a line of the log."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What holds for all records of a type; by default that of journal entries under an identifier of ours.

    Attributes:
        noun: What messages call a record.
        changed: What is said when the provider holds another content than the record; what to do.
        shared_identity: Others put things under such identities too, because people choose them (the code of a
            customer). Then another content there is theirs, and no doubt about our write.
    """

    noun: str = "entry"
    changed: str = "was booked with another content; book the difference as a new entry"
    shared_identity: bool = False


@dataclass(frozen=True, kw_only=True)
class Posting(Generic[Document]):
    """A document to be booked.

    Attributes:
        key: Business key, for messages.
        entity_key: Which business fact it is (`identity.entity_key`).
        stream: Record type.
        content_hash: Whether it changed (`identity.content_hash` of the document).
        mapping_version: Version of the mapping that made the document.
        document: What the endpoint writes.
        kind: What holds for all records of the type.
        source_version: The source's version of the record: whole numbers, or text that sorts (ISO times).
        period: Where it is booked, as `MarkerEndpoint.find` needs it.
    """

    key: str
    entity_key: str
    stream: str
    content_hash: str
    mapping_version: str
    document: Document
    kind: Kind = Kind()
    source_version: str | None = None
    period: str | None = None

    @property
    def name(self) -> str:
        """Names it in messages."""
        return entry_name(self.key, self.kind.noun)

    def content(self) -> dict[str, Any]:
        """What the ledger keeps of it when it is about to be written."""
        return {
            "content_hash": self.content_hash,
            "mapping_version": self.mapping_version,
            "source_version": self.source_version,
            "period": self.period,
        }


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What became of a posting; FAIL, DEFERRED and IN_DOUBT say why."""

    result: Result
    reason: Rejection | None = None

    @classmethod
    def rejected(cls, code: str, message: str, **said: Any) -> Self:
        """It will not be booked as it is.

        Args:
            code: Reason in snake_case.
            message: One line for the log.
            **said: What else the `Rejection` says.
        """
        return cls(result=Result.FAIL, reason=Rejection(code=code, message=message, **said))

    @classmethod
    def deferred(cls, code: str, message: str) -> Self:
        """It is not booked now, and certainly not there."""
        return cls(result=Result.DEFERRED, reason=Rejection(code=code, message=message))

    @classmethod
    def in_doubt(cls, code: str, message: str) -> Self:
        """Nobody knows whether it is booked."""
        return cls(result=Result.IN_DOUBT, reason=Rejection(code=code, message=message))
