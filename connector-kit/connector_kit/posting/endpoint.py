"""The seam between the posting engine and a provider's API."""

import uuid
from typing import Protocol, TypeVar

from connector_kit.posting.outcome import Reply

__all__ = ["ClientIdEndpoint"]

Document_contra = TypeVar("Document_contra", contravariant=True)


class ClientIdEndpoint(Protocol[Document_contra]):
    """An endpoint that books a document under an identifier that we choose; the same identifier is the same booking.

    Each method makes one request: no redirect, no retry, except that a 401 may renew the token once and repeat.
    Failures come back as `Reply`; `ConnectorError`s that end the run (such as `LoginRequiredError`) are raised.
    """

    def read(self, operation: uuid.UUID) -> Reply:
        """Look up what the provider holds under the identifier (APPLIED: in `body`; ABSENT: nothing)."""
        ...

    def write(self, operation: uuid.UUID, document: Document_contra) -> Reply:
        """Book the document under the identifier."""
        ...

    def same(self, document: Document_contra, reply: Reply) -> bool:
        """Whether what was read is what we would write, apart from what the provider adds itself."""
        ...
