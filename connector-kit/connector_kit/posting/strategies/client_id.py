"""Writes under an identity of ours: the same identity is the same booking, so a lost write is looked up at once."""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from connector_kit.posting.endpoint import ClientIdEndpoint
from connector_kit.posting.outcome import Reply
from connector_kit.posting.strategies.strategy import Written

__all__ = ["ByClientId"]

Document = TypeVar("Document")


@dataclass(frozen=True)
class ByClientId(Generic[Document]):
    """Finds a write under its UUID."""

    endpoint: ClientIdEndpoint[Document]
    repeatable: ClassVar[bool] = True
    looks_first: ClassVar[bool] = False
    needs_document: ClassVar[bool] = True

    def look(self, written: Written, document: Document) -> Reply:
        """Read what is held under the identity."""
        return self.endpoint.read(written.client_id, document)

    def write(self, written: Written, document: Document) -> Reply:
        """Book under the identity."""
        return self.endpoint.write(written.client_id, document)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether that is the document."""
        return self.endpoint.same(document, reply)
