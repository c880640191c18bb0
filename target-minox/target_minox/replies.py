"""One request for one record, and what it means for the posting engine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from connector_kit.errors import ConnectorError, UnreachableError
from connector_kit.posting.allowance import NotNowError
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write
from connector_kit.posting.rejection import one_line

from target_minox.answers import errors_of, first_code, messages_of, text_of
from target_minox.booking_line import Notices
from target_minox.client import MinoxClient
from target_minox.open_periods import ClosedPeriod
from target_minox.operations import Operation

__all__ = ["Exchange", "after_write", "unwritten"]

_NOTHING: Final = object()


class Exchange:
    """Asks Minox once, and says what is known afterwards.

    Args:
        client: The administration.
    """

    def __init__(self, client: MinoxClient) -> None:
        self.client = client
        self._notices = Notices()

    def read(
        self, operation: Operation, *, of: Mapping[str, object], query: Mapping[str, str] | None = None
    ) -> tuple[Reply, Any]:
        """Look something up: what is known, and the body."""
        result = self._ask(operation, of=of, query=query)
        kind = classify_read(result)
        if isinstance(result, UnreachableError):
            return Reply(kind=kind), None
        if kind is not OutcomeClass.APPLIED:
            return self._reply(kind, result), None
        return Reply(kind=kind, status=result.status), result.body

    def write(
        self,
        operation: Operation,
        document: Any = _NOTHING,
        *,
        of: Mapping[str, object],
        query: Mapping[str, str] | None = None,
        **content: Any,
    ) -> tuple[Reply, Any]:
        """Write something: what is known, and the body.

        A 2xx with error messages in it counts as a conflict: what Minox then holds decides. Which status a closed
        period has is not known, so its words decide.
        """
        body = content if document is _NOTHING else {"document": document}
        result = self._ask(operation, of=of, query=query, **body)
        kind = classify_write(result)
        if isinstance(result, UnreachableError):
            return Reply(kind=kind), None
        if HTTPStatus.BAD_REQUEST <= result.status < HTTPStatus.INTERNAL_SERVER_ERROR and self.is_closing(result.body):
            return self._reply(OutcomeClass.CLOSED, result), result.body
        if kind is OutcomeClass.APPLIED and errors_of(result.body):
            return self._reply(OutcomeClass.CONFLICT, result), result.body
        if result.status == HTTPStatus.NOT_FOUND and operation.method == "PUT":
            # The preflight has seen tenant and administration: now they are gone for every record alike.
            return self._reply(OutcomeClass.FORBIDDEN, result), None
        if kind is OutcomeClass.APPLIED and (code := first_code(messages_of(result.body))):
            self._notices.say(
                code, f"Minox has taken the {operation.name} with message {one_line(code)}; look at it there"
            )
        return self._reply(kind, result), result.body

    def is_closing(self, body: Any) -> bool:
        """Whether Minox says in a body that the period is closed, and nothing else is wrong."""
        closed = self.client.closed_periods
        messages = errors_of(body) or messages_of(body)
        return closed.policy is not ClosedPeriod.REJECT and closed.said_in(messages)

    def _ask(self, operation: Operation, **request: Any) -> Answer | UnreachableError:
        try:
            return self.client.request(operation, **request)
        except (NotSentError, LostError) as error:
            return error

    def _reply(self, kind: OutcomeClass, answer: Answer) -> Reply:
        messages = errors_of(answer.body) or messages_of(answer.body)
        said = kind is not OutcomeClass.APPLIED
        return Reply(
            kind=kind,
            status=answer.status,
            code=first_code(messages) if said else None,
            text=text_of(messages) if said else None,
            retry_after=self.client.seconds_asked(answer) if kind is OutcomeClass.TRY_LATER else None,
        )


def unwritten(reply: Reply) -> Reply:
    """What a failed look-up means for the write that waited for it: it has certainly not left."""
    return Reply(kind=OutcomeClass.NOT_SENT, status=reply.status) if reply.kind is OutcomeClass.UNKNOWN else reply


def after_write(look: Callable[[], Reply], *, is_ours: Callable[[Reply], bool]) -> Reply:
    """Look at what was just written: UNKNOWN if that is not to be had now, and what was written stays written.

    Whatever is wrong then (no login, no calls left) is wrong with the next request too, which says so. What is there
    has a version only if it is what we wrote: else a person was quicker than our look, and that version is theirs.
    """
    try:
        found = look()
    except (NotNowError, ConnectorError):
        return Reply(kind=OutcomeClass.UNKNOWN)
    if found.kind is OutcomeClass.APPLIED and not is_ours(found):
        return replace(found, row_version=None)
    return found
