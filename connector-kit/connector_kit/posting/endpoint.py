"""The seam between the posting engine and a provider's API.

How a write is found again decides which protocol an endpoint has; what else it can do it shows by having the methods of
`Updating`, `Reversing`, `Explaining` or `Recognising` too.

Each method makes one request that matters, and as many as it needs around it; no redirect, no retry of a write, except
that a 401 may renew the token once and repeat. Failures come back as `Reply`; a `ConnectorError` that ends the run
(such as `LoginRequiredError`) is raised, and only when nothing was booked. `NotNowError` may come out of any request
when the calls are used up: it goes through, except after a write that was answered, which stays what it is. A `Reply`
says `row_version` wherever the provider has versions, after writes too; where it has none, a digest of what the
provider keeps of a document does as well (of what was written, and of what is read).
"""

import uuid
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

from connector_kit.posting.outcome import Reply

__all__ = [
    "ClientIdEndpoint",
    "Endpoint",
    "Explaining",
    "MarkerEndpoint",
    "Recognising",
    "Reversing",
    "SearchEndpoint",
    "Updating",
]

Document = TypeVar("Document")
Document_contra = TypeVar("Document_contra", contravariant=True)
Document_co = TypeVar("Document_co", covariant=True)


class ClientIdEndpoint(Protocol[Document_contra]):
    """An endpoint that books a document under an identity of ours; the same identity is the same booking.

    That is the UUID that we derive for the operation, where the provider takes one; else what the document itself
    says that is unique at the provider, such as the code of a customer.
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


@runtime_checkable
class MarkerEndpoint(Protocol[Document_contra]):
    """An endpoint that chooses the identifiers itself; our mark in a text is how a booking is found again."""

    def write(self, marker: str, document: Document_contra) -> Reply:
        """Book the document with the mark in it; APPLIED needs the `provider_id`."""
        ...

    def find(self, marker: str, period: str | None) -> Reply:
        """Search for the mark, to the last page.

        APPLIED: the first booking that has it, and the identifiers of all more in `others`. ABSENT is a proof: every
        page was read. Whatever could not be read to its end is UNKNOWN.

        Args:
            marker: The mark.
            period: What the posting said where it is booked (`Posting.period`): narrows the search.
        """
        ...

    def same(self, document: Document_contra, reply: Reply) -> bool:
        """Whether what was found is what we would write, apart from what the provider adds itself."""
        ...


@runtime_checkable
class SearchEndpoint(Protocol[Document_contra]):
    """An endpoint that chooses the identifiers itself, for things that have a code of ours: parties, items.

    The code does not keep the provider from taking the same thing twice, so it is looked up before and after.
    """

    def write(self, document: Document_contra) -> Reply:
        """Create it; APPLIED needs the `provider_id`."""
        ...

    def search(self, document: Document_contra) -> Reply:
        """Look the code up: APPLIED with the first and `others`, ABSENT as a proof, else UNKNOWN."""
        ...

    def same(self, document: Document_contra, reply: Reply) -> bool:
        """Whether what was found is what we would write, apart from what the provider adds itself."""
        ...


Endpoint = ClientIdEndpoint[Document] | MarkerEndpoint[Document] | SearchEndpoint[Document]


class _Recalling(Protocol):
    def recall(self, provider_id: str) -> Reply:
        """Read a booking by its identifier: APPLIED with `body` and `row_version`, or ABSENT."""
        ...


@runtime_checkable
class Updating(_Recalling, Protocol[Document_contra]):
    """An endpoint that can change what it holds."""

    def update(self, provider_id: str, row_version: str | None, document: Document_contra) -> Reply:
        """Put the document in the place of what has this identifier and this version (CONFLICT: has another one)."""
        ...


@runtime_checkable
class Reversing(_Recalling, Protocol[Document_co]):
    """An endpoint whose bookings can be taken back by a booking the other way round."""

    def reversal(self, held: Reply) -> Document_co:
        """Make the document that takes back what was read; it is booked as any other.

        Raises:
            RejectedError: This one cannot be taken back.
        """
        ...


@runtime_checkable
class Explaining(Protocol[Document_contra]):
    """An endpoint that can say in what a document differs from what is held."""

    def differences(self, document: Document_contra, held: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Fields that differ, each with what is held and what we would write; for the dead letter, never for logs."""
        ...


@runtime_checkable
class Recognising(Protocol[Document_contra]):
    """An endpoint that knows again what it has sent: a newer content may then follow one that was lost."""

    def fingerprint(self, document: Document_contra) -> str:
        """What the ledger keeps of a document that is about to be sent; nothing that it says can be read from it."""
        ...

    def recognises(self, fingerprint: str, held: Reply) -> bool:
        """Whether what was read is that document, apart from what the provider adds itself."""
        ...
