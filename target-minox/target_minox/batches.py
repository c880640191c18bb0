"""Transaction line batches: one journal entry under a UUID that we choose, which makes a repeated PUT harmless."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from connector_kit.errors import UnreachableError
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

from target_minox.answers import AnswerError, errors_of, first_code, messages_of, page_of, text_of
from target_minox.client import MinoxClient, MinoxError
from target_minox.comparison import same_lines
from target_minox.operations import READ_BATCH, WRITE_BATCH, Operation

__all__ = ["Batch", "TransactionLineBatches"]

Batch = Mapping[str, Any]
"""What is booked under one id; its lines are the array that Minox takes."""


class TransactionLineBatches:
    """Books arrays of lines (`connector_kit.posting.endpoint.ClientIdEndpoint`).

    Args:
        client: The administration.
        verify: Trust no 2xx: every booking is looked up and compared.
    """

    def __init__(self, client: MinoxClient, *, verify: bool = False) -> None:
        self._client = client
        self._verify = verify

    def read(self, operation: uuid.UUID, document: Batch) -> Reply:  # noqa: ARG002  # the id says it all
        """Look up the lines that Minox holds under the id; the body is always the list of them."""
        answer = self._request(READ_BATCH, operation)
        kind = classify_read(answer)
        if isinstance(answer, UnreachableError):
            return Reply(kind=kind)
        if kind is not OutcomeClass.APPLIED:
            return self._reply(kind, answer)
        try:
            page = page_of(answer.body)
            lines = [*page.rows, *self._client.following_rows(READ_BATCH, page, batch_id=operation)]
        except (AnswerError, MinoxError, UnreachableError):
            return self._reply(OutcomeClass.UNKNOWN, answer)
        if not lines:
            # We never book an entry without lines, so a batch without lines is none (inferred).
            return Reply(kind=OutcomeClass.ABSENT, status=answer.status)
        return Reply(kind=kind, status=answer.status, provider_id=str(operation), body=lines)

    def write(self, operation: uuid.UUID, document: Batch) -> Reply:
        """Book the lines.

        A 2xx is enough even without a body, because the id is ours. Not so with error messages in it: then it counts
        as a conflict, and what Minox holds decides (all lines: booked; nothing: refused; other lines: in doubt).
        """
        answer = self._request(WRITE_BATCH, operation, document)
        kind = classify_write(answer)
        if isinstance(answer, UnreachableError):
            return Reply(kind=kind)
        if kind is OutcomeClass.APPLIED and errors_of(answer.body):
            return self._reply(OutcomeClass.CONFLICT, answer)
        if kind is OutcomeClass.APPLIED and self._verify:
            return self._reply(OutcomeClass.UNKNOWN, answer)
        if answer.status == HTTPStatus.NOT_FOUND:
            # The preflight has seen tenant and administration: now they are gone for every entry alike.
            return self._reply(OutcomeClass.FORBIDDEN, answer)
        return self._reply(kind, answer, provider_id=str(operation) if kind is OutcomeClass.APPLIED else None)

    def same(self, document: Batch, reply: Reply) -> bool:
        """Whether the lines that were read are the lines that we would write."""
        return isinstance(reply.body, list) and same_lines(document["lines"], reply.body)

    def _request(
        self, operation: Operation, batch_id: uuid.UUID, document: Batch | None = None
    ) -> Answer | UnreachableError:
        try:
            lines = None if document is None else document["lines"]
            return self._client.request(operation, batch_id=batch_id, document=lines)
        except (NotSentError, LostError) as error:
            return error

    def _reply(self, kind: OutcomeClass, answer: Answer, *, provider_id: str | None = None) -> Reply:
        messages = errors_of(answer.body) or messages_of(answer.body)
        return Reply(
            kind=kind,
            status=answer.status,
            provider_id=provider_id,
            code=first_code(messages),
            text=text_of(messages),
            retry_after=self._client.seconds_asked(answer) if kind is OutcomeClass.TRY_LATER else None,
        )
