"""The register of customers and suppliers: a record under its code, which nobody else can have."""

import re
import uuid
from http import HTTPStatus
from typing import Any, Final

from connector_kit.errors import UnreachableError
from connector_kit.posting.answer import Answer, BodyShape, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

from target_minimax.answers import created_id, messages_of
from target_minimax.client import MinimaxClient, MinimaxError, NotFoundError
from target_minimax.customers import Document, same
from target_minimax.operations import ADD_CUSTOMER, CUSTOMER, CUSTOMER_BY_CODE, CUSTOMERS

__all__ = ["CustomerRegister"]

_PLAIN_CODE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""Codes with a slash or a dot never reach Minimax in a path: its web server answers 404 by itself (working client)."""
_REFUSALS: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
_TEXT_LENGTH_MAX: Final = 500


class CustomerRegister:
    """Creates customers (`connector_kit.posting.endpoint.ClientIdEndpoint`); their identity is the code.

    Args:
        client: The organisation.
    """

    def __init__(self, client: MinimaxClient) -> None:
        self._client = client

    def read(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # Minimax takes no id of ours
        """Look the code up; where it cannot stand in a path, search for it."""
        code = document["Code"]
        try:
            if not _PLAIN_CODE.fullmatch(code):
                return self._search(code)
            answer = self._client.request(CUSTOMER_BY_CODE, code=code)
            if answer.status == HTTPStatus.NOT_FOUND and answer.shape is BodyShape.OTHER:
                return self._search(code)  # a page: the web server said so, and has perhaps not asked Minimax
            return _found(answer)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_read(error))

    def write(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # Minimax takes no id of ours
        """Create the customer.

        A 2xx counts only with the new id in `Location`. A refusal counts as a conflict if it may be about the code:
        which status a duplicate has is not published (409 was seen). Then what Minimax holds decides.

        Raises:
            NotFoundError: The organisation is not there any more; so for every customer alike.
        """
        try:
            answer = self._client.request(ADD_CUSTOMER, document=document)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_write(error))
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NotFoundError("Minimax does not find the organisation any more (404): check organisation_id")
        kind = classify_write(answer)
        provider_id = created_id(answer.headers) if kind is OutcomeClass.APPLIED else None
        if kind is OutcomeClass.APPLIED and provider_id is None:
            kind = OutcomeClass.UNKNOWN
        return _refused(answer, kind) or Reply(kind=kind, status=answer.status, provider_id=provider_id)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether what was found is what we would write."""
        return same(document, reply.body) if isinstance(reply.body, dict) else False

    def _search(self, code: str) -> Reply:
        """Search loosely, compare exactly, and read what was found: rows lack half of the members."""
        try:
            rows = [row for row in self._client.rows(CUSTOMERS, search=code) if row.get("Code") == code]
        except (MinimaxError, UnreachableError):
            return Reply(kind=OutcomeClass.UNKNOWN)
        if not rows:
            return Reply(kind=OutcomeClass.ABSENT)
        number = rows[0].get("CustomerId")
        if not isinstance(number, int):
            return Reply(kind=OutcomeClass.UNKNOWN)
        return _found(self._client.request(CUSTOMER, customer_id=str(number)))


def _found(answer: Answer) -> Reply:
    kind = classify_read(answer)
    body: Any = answer.body if kind is OutcomeClass.APPLIED else None
    if kind is OutcomeClass.APPLIED and not isinstance(body, dict):
        kind = OutcomeClass.UNKNOWN
    provider_id = str(body.get("CustomerId")) if isinstance(body, dict) else None
    return Reply(kind=kind, status=answer.status, provider_id=provider_id, body=body)


def _refused(answer: Answer, kind: OutcomeClass) -> Reply | None:
    """What a refusal says, for the dead letter; None if it is none."""
    if kind not in {OutcomeClass.REFUSED, OutcomeClass.CONFLICT}:
        return None
    messages = messages_of(answer.body)
    members = {message.member for message in messages}
    about_the_code = not members or bool(members & {None, "Code"})
    if answer.status in _REFUSALS:
        conflict = answer.status == HTTPStatus.CONFLICT or about_the_code
        kind = OutcomeClass.CONFLICT if conflict else OutcomeClass.REFUSED
    return Reply(
        kind=kind,
        status=answer.status,
        code=next((message.member for message in messages if message.member), None),
        text="; ".join(message.text for message in messages)[:_TEXT_LENGTH_MAX] or None,
    )
