"""One request for one record, and what it means for the posting engine."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from connector_kit.errors import ConnectorError, UnreachableError
from connector_kit.posting.allowance import NotNowError
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

from target_minimax.answers import created_id, is_conflict, messages_of
from target_minimax.client import MinimaxClient, MinimaxError, NotFoundError
from target_minimax.operations import Operation

__all__ = ["Exchange"]

_TEXT_LENGTH_MAX: Final = 500
_VALIDATION: Final = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Which of them validation and concurrency errors have is not published, so the body decides."""


class Exchange:
    """Asks Minimax once, and says what is known afterwards.

    Args:
        client: The organisation.
    """

    def __init__(self, client: MinimaxClient) -> None:
        self.client = client

    def look(self, operation: Operation, **parts: str) -> tuple[Reply, Mapping[str, Any]]:
        """Look one record up: what is known, and the record."""
        try:
            answer = self.client.request(operation, query=None, **parts)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_read(error)), {}
        kind = classify_read(answer)
        body = answer.body if kind is OutcomeClass.APPLIED else None
        if kind is OutcomeClass.APPLIED and not isinstance(body, Mapping):
            kind = OutcomeClass.UNKNOWN
        if kind is not OutcomeClass.APPLIED:
            return Reply(kind=kind, status=answer.status), {}
        return Reply(kind=kind, status=answer.status, row_version=_version(body), body=body), body or {}

    def search(self, operation: Operation, query: Mapping[str, str], **parts: str) -> list[Mapping[str, Any]] | None:
        """Read a list to its end; None when that fails, and so nothing is proved."""
        try:
            return self.client.rows(operation, query=query, **parts)
        except NotFoundError:
            return [] if parts else None
        except (MinimaxError, UnreachableError):
            return None

    def create(self, operation: Operation, document: Mapping[str, Any], **parts: str) -> Reply:
        """Make a record; a 2xx counts only with the new id in `Location`.

        Raises:
            NotFoundError: The organisation is not there any more; so for every record alike.
        """
        answer = self._ask(operation, document, {}, parts)
        if isinstance(answer, Reply):
            return answer
        if answer.status == HTTPStatus.NOT_FOUND and not parts:
            raise NotFoundError("Minimax does not find the organisation any more (404): check organisation_id")
        kind = classify_write(answer)
        provider_id = created_id(answer.headers) if kind is OutcomeClass.APPLIED else None
        if kind is OutcomeClass.APPLIED and provider_id is None:
            kind = OutcomeClass.UNKNOWN
        return _said(answer, OutcomeClass.REFUSED if kind is OutcomeClass.CONFLICT else kind, provider_id)

    def change(
        self,
        operation: Operation,
        document: Mapping[str, Any] | None = None,
        *,
        of: Mapping[str, str],
        query: Mapping[str, str] | None = None,
    ) -> Reply:
        """Change a record; a refusal that speaks of concurrency is a conflict, whatever its status."""
        return self.act(operation, document, of=of, query=query)[0]

    def act(
        self,
        operation: Operation,
        document: Mapping[str, Any] | None = None,
        *,
        of: Mapping[str, str],
        query: Mapping[str, str] | None = None,
    ) -> tuple[Reply, Any]:
        """Do something with a record, as `change`; what Minimax answered comes beside it."""
        answer = self._ask(operation, document, query or {}, of)
        if isinstance(answer, Reply):
            return answer, None
        kind = classify_write(answer)
        if answer.status in _VALIDATION:
            kind = OutcomeClass.CONFLICT if is_conflict(answer.content) else OutcomeClass.REFUSED
        elif OutcomeClass.UNKNOWN is kind and answer.status == HTTPStatus.OK:
            kind = OutcomeClass.APPLIED  # what a PUT answers differs (vendor's sample); the status is what counts
        return _said(answer, kind, None), answer.body

    def version(self, operation: Operation, **parts: str) -> Reply | None:
        """Read what was just written, for its `RowVersion`; None if that is not to be had now.

        Whatever is wrong then is wrong with the next request too, which says so; what was written stays written.
        """
        try:
            found, _ = self.look(operation, **parts)
        except (NotNowError, ConnectorError):
            return None
        return found if found.kind is OutcomeClass.APPLIED else None

    def _ask(
        self, operation: Operation, document: Any, query: Mapping[str, str], parts: Mapping[str, str]
    ) -> Answer | Reply:
        try:
            return self.client.request(operation, document=document, query=query or None, **parts)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_write(error))


def _version(body: Any) -> str | None:
    version = body.get("RowVersion")
    return str(version) if version else None


def _said(answer: Answer, kind: OutcomeClass, provider_id: str | None) -> Reply:
    messages = messages_of(answer.body) if kind is not OutcomeClass.APPLIED else ()
    return Reply(
        kind=kind,
        status=answer.status,
        provider_id=provider_id,
        code=next((message.member for message in messages if message.member), None),
        text="; ".join(message.text for message in messages)[:_TEXT_LENGTH_MAX] or None,
    )
