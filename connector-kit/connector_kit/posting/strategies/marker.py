"""Writes with our mark in a text: a second one would be a second booking, so a lost one is waited for."""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from connector_kit.posting.endpoint import MarkerEndpoint
from connector_kit.posting.outcome import Reply
from connector_kit.posting.strategies.strategy import Written, with_id

__all__ = ["ByMarker"]

Document = TypeVar("Document")


@dataclass(frozen=True)
class ByMarker(Generic[Document]):
    """Finds a write by its mark."""

    endpoint: MarkerEndpoint[Document]
    repeatable: ClassVar[bool] = False
    looks_first: ClassVar[bool] = False
    needs_document: ClassVar[bool] = False

    def look(self, written: Written, document: Document | None) -> Reply:  # noqa: ARG002  # the mark says it all
        """Search for the mark."""
        return self.endpoint.find(_marker(written), written.period)

    def write(self, written: Written, document: Document) -> Reply:
        """Book with the mark."""
        return with_id(self.endpoint.write(_marker(written), document))

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether the booking with the mark is the document."""
        return self.endpoint.same(document, reply)


def _marker(written: Written) -> str:
    assert written.marker  # every operation of a ledger of this version has one
    return written.marker
