"""What the engine asks of every way to find a write again."""

import uuid
from dataclasses import replace
from typing import ClassVar, Protocol, TypeVar

from connector_kit.posting.outcome import OutcomeClass, Reply

__all__ = ["Strategy", "Written", "with_id"]

Document_contra = TypeVar("Document_contra", contravariant=True)


class Written(Protocol):
    """A write, by all names under which it may be found: an entry of the ledger, or a step of one."""

    @property
    def client_id(self) -> uuid.UUID:
        """Our identifier."""
        ...

    @property
    def marker(self) -> str | None:
        """Our mark."""
        ...

    @property
    def period(self) -> str | None:
        """Where it is booked."""
        ...


class Strategy(Protocol[Document_contra]):
    """One way."""

    repeatable: ClassVar[bool]
    """Writing the same again makes no second booking."""
    looks_first: ClassVar[bool]
    """Others make such things too: look before the first write."""
    needs_document: ClassVar[bool]
    """What is looked for stands in the document alone."""

    def look(self, written: Written, document: Document_contra) -> Reply:
        """See what the provider holds of a write."""
        ...

    def write(self, written: Written, document: Document_contra) -> Reply:
        """Book the document."""
        ...

    def same(self, document: Document_contra, reply: Reply) -> bool:
        """Whether what was found is what we would write."""
        ...


def with_id(reply: Reply) -> Reply:
    """Judge a write to an endpoint that chooses the identifiers: without one in the answer nobody knows."""
    nameless = reply.kind is OutcomeClass.APPLIED and reply.provider_id is None
    return replace(reply, kind=OutcomeClass.UNKNOWN) if nameless else reply
