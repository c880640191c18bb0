"""Files: the document of a booking, and documents of the inbox."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from connector_kit.books import identity
from connector_kit.books.attachment import Attachment
from connector_kit.posting.ledger import State
from connector_kit.posting.rejection import DeferredError, RejectedError

from target_minox import operations as op
from target_minox.attachments import Attachments
from target_minox.marked import MarkedKind
from target_minox.sinks.records import Records
from target_minox.sinks.row import Row
from target_minox.sinks.sink import Document, MinoxSink

__all__ = ["ROWS"]

_BOOKED: Final = {"journal_entries", "sales_invoices", "purchase_invoices"}


class BatchAttachments(MinoxSink[Attachment]):
    """The document of a booking, which must be confirmed before."""

    def endpoint(self) -> Attachments:
        """Documents of batches."""
        return Attachments(self._minox.connection.client)

    def read(self, record: Mapping[str, Any]) -> Attachment:
        """Read an attachment.

        Raises:
            EntryError: It is none.
        """
        return Attachment.from_record(record)

    def prepare(self, fact: Attachment) -> Document:
        """Find the booking in the ledger.

        Raises:
            RejectedError: No booking of that type can have one.
            DeferredError: The booking is not there yet.
        """
        if fact.stream not in _BOOKED:
            raise RejectedError("invalid_field", f"must be one of {', '.join(sorted(_BOOKED))}", field="stream")
        secret = self.books.identity_secret
        key = identity.entity_key(self.books.administration(), fact.stream, fact.entry_key, secret=secret)
        booking = self.books.ledger.entry(key)
        if booking is None or booking.state is not State.CONFIRMED:
            text = "what it belongs to is not booked yet, as far as the ledger knows; it is attached once it is"
            raise DeferredError("booking_missing", text, field="entry_key")
        return {
            "batch_id": booking.provider_id or str(booking.client_id),
            "file_name": fact.file_name,
            "media_type": fact.media_type,
            "content": base64.b64encode(fact.content).decode(),
        }


ROWS: Final = (
    Row(
        stream="attachments",
        noun="attachment",
        way=BatchAttachments,
        how=None,
        operations=(op.WRITE_ATTACHMENT, op.READ_ATTACHMENT, op.REMOVE_ATTACHMENT),
    ),
    Row(
        stream="documents",
        noun="document",
        way=Records,
        how=MarkedKind(
            stream="documents",
            mark_in="name",
            path_id="document_id",
            create=op.CREATE_DOCUMENT,
            listing=op.DOCUMENTS,
            look=op.READ_DOCUMENT,
            change=op.CHANGE_DOCUMENT,
        ),
        operations=(op.CREATE_DOCUMENT, op.CHANGE_DOCUMENT, op.DOCUMENTS, op.READ_DOCUMENT),
    ),
)
