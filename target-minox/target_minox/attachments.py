"""The one document that Minox keeps of a booking."""

import base64
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from connector_kit.posting.answer import Answer, BodyShape, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read

from target_minox.client import MinoxClient
from target_minox.operations import READ_ATTACHMENT, REMOVE_ATTACHMENT, WRITE_ATTACHMENT
from target_minox.replies import Exchange, unwritten

__all__ = ["Attachments", "Document"]

Document = Mapping[str, Any]
"""`batch_id`, `file_name`, `media_type` and `content` (base64 text)."""

_ANY: Final = "application/octet-stream, */*;q=0.5"
_BOUNDARY: Final = "singer-connector-kit-0f4bb6c1"


class Attachments:
    """Writes attachments (`connector_kit.posting.endpoint.ClientIdEndpoint`, `Updating`).

    A booking has one document at most, under the booking's id, so a repeated write cannot make two.

    Args:
        client: The administration.
    """

    def __init__(self, client: MinoxClient) -> None:
        self._client = client
        self._exchange = Exchange(client)

    def read(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # the booking names it
        """Look up the document of the booking."""
        return self.recall(document["batch_id"])

    def recall(self, provider_id: str) -> Reply:
        """Read the document of a booking, whose identifier names both."""
        try:
            answer = self._client.request(READ_ATTACHMENT, of={"batch_id": provider_id}, accept=_ANY)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_read(error))
        if answer.status == HTTPStatus.OK and answer.shape is not BodyShape.EMPTY:
            content = _content(answer)
            return Reply(
                kind=OutcomeClass.APPLIED,
                status=answer.status,
                provider_id=provider_id,
                row_version=str(uuid.uuid5(uuid.NAMESPACE_OID, content)),
                body=content,
            )
        kind = classify_read(answer)
        return Reply(kind=OutcomeClass.UNKNOWN if kind is OutcomeClass.APPLIED else kind, status=answer.status)

    def write(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # the booking names it
        """Attach the document, unless the booking has another one already."""
        found = self.recall(document["batch_id"])
        if found.kind is OutcomeClass.APPLIED:
            return found if self.same(document, found) else Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if found.kind is not OutcomeClass.ABSENT:
            return unwritten(found)
        return self._attach(document)

    def update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        """Put the document in the place of the one that is there: remove, then attach (what else is not known)."""
        found = self.recall(provider_id)
        if found.kind is OutcomeClass.APPLIED:
            if row_version is not None and found.row_version != row_version:
                return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
            reply, _ = self._exchange.write(REMOVE_ATTACHMENT, of={"batch_id": provider_id})
            if reply.kind is not OutcomeClass.APPLIED:
                return reply
        elif found.kind is not OutcomeClass.ABSENT:
            return unwritten(found)
        return self._attach(document)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether it is the same file."""
        return bool(reply.body == document["content"])

    def _attach(self, document: Document) -> Reply:
        reply, _ = self._exchange.write(
            WRITE_ATTACHMENT,
            of={"batch_id": document["batch_id"]},
            content=_multipart(document),
            content_type=f"multipart/form-data; boundary={_BOUNDARY}",
        )
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        version = str(uuid.uuid5(uuid.NAMESPACE_OID, document["content"]))
        return Reply(kind=reply.kind, status=reply.status, provider_id=document["batch_id"], row_version=version)


def _content(answer: Answer) -> str:
    """The file as base64 text; whether Minox gives the file or the text that it took is not known."""
    try:
        base64.b64decode(answer.content, validate=True)
    except ValueError:
        return base64.b64encode(answer.content).decode()
    return answer.content.decode().strip()


def _multipart(document: Document) -> bytes:
    """One part called `data`, whose content is base64 text (seen in a working client)."""
    name = _printable(document["file_name"])
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="data"; filename="{name}"\r\n'
        f"Content-Type: {_printable(document['media_type'])}\r\n\r\n"
    )
    return f"{head}{document['content']}\r\n--{_BOUNDARY}--\r\n".encode()


def _printable(text: str) -> str:
    """Text that cannot end a header."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in '"\\')
