"""Writes of things that have a code of ours: looked up before, and after a lost write waited for."""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from connector_kit.posting.endpoint import SearchEndpoint
from connector_kit.posting.outcome import Reply
from connector_kit.posting.strategies.strategy import Written, with_id

__all__ = ["BySearch"]

Document = TypeVar("Document")


@dataclass(frozen=True)
class BySearch(Generic[Document]):
    """Finds a write by the code in its document."""

    endpoint: SearchEndpoint[Document]
    repeatable: ClassVar[bool] = False
    looks_first: ClassVar[bool] = True
    needs_document: ClassVar[bool] = True

    def look(self, written: Written, document: Document) -> Reply:  # noqa: ARG002  # the document says it all
        """Search for the code."""
        return self.endpoint.search(document)

    def write(self, written: Written, document: Document) -> Reply:  # noqa: ARG002  # the document says it all
        """Create it."""
        return with_id(self.endpoint.write(document))

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether what has the code is the document."""
        return self.endpoint.same(document, reply)
