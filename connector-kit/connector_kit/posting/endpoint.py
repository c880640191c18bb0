"""The seam between the posting engine and a provider's API."""

import uuid
from typing import Protocol, TypeVar

from connector_kit.posting.outcome import Reply

__all__ = ["ClientIdEndpoint"]

Document_contra = TypeVar("Document_contra", contravariant=True)


class ClientIdEndpoint(Protocol[Document_contra]):
    """An endpoint that books a document under an identity of ours; the same identity is the same booking.

    That is the UUID that we derive for the operation, where the provider takes one; else what the document itself
    says that is unique at the provider, such as the code of a customer.

    Each method makes one request: no redirect, no retry, except that a 401 may renew the token once and repeat.
    Failures come back as `Reply`; a `ConnectorError` that ends the run (such as `LoginRequiredError`) is raised, and
    only when nothing was booked.
    """

    def read(self, operation: uuid.UUID, document: Document_contra) -> Reply:
        """Look up what the provider holds under the identity (APPLIED: in `body`; ABSENT: nothing)."""
        ...

    def write(self, operation: uuid.UUID, document: Document_contra) -> Reply:
        """Book the document under the identity."""
        ...

    def same(self, document: Document_contra, reply: Reply) -> bool:
        """Whether what was read is what we would write, apart from what the provider adds itself."""
        ...
