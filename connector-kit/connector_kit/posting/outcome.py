"""What one request did to the books: a pure judgement over status, kind of failure and shape of the body.

Whatever the tables do not name is UNKNOWN: the provider may or may not have booked it, and only a look-up tells.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from connector_kit.posting.answer import Answer, BodyShape, LostError, NotSentError

__all__ = ["OutcomeClass", "Reply", "classify_read", "classify_write"]


class OutcomeClass(StrEnum):
    """What is known after one request, and so what may be done next."""

    APPLIED = "applied"
    """Write: it is booked. Read: it is there."""
    ABSENT = "absent"
    """Read: the provider says that nothing is there."""
    NOT_SENT = "not_sent"
    """It did not leave this machine; the same request may be made again."""
    TRY_LATER = "try_later"
    """The provider refused to look at it for now (429); wait, then make the same request again."""
    LOGIN = "login"
    """The provider does not accept the token (401), not even a fresh one."""
    FORBIDDEN = "forbidden"
    """The token has no right to do this (403): a setting or a scope is wrong, for every record alike."""
    REFUSED = "refused"
    """The provider understood the record and will not book it."""
    CLOSED = "closed"
    """The provider would book the record in a period that is closed; endpoints say so, no status does."""
    CONFLICT = "conflict"
    """The provider holds something else there (409)."""
    UNKNOWN = "unknown"
    """Time-out, connection lost, server error, or an answer nobody can read: look it up."""


_ANY_REQUEST: Final = {
    401: OutcomeClass.LOGIN,
    403: OutcomeClass.FORBIDDEN,
    429: OutcomeClass.TRY_LATER,
}
_WRITE: Final = _ANY_REQUEST | {
    400: OutcomeClass.REFUSED,
    404: OutcomeClass.REFUSED,
    409: OutcomeClass.CONFLICT,
    413: OutcomeClass.REFUSED,
    415: OutcomeClass.REFUSED,
    422: OutcomeClass.REFUSED,
}
_READ: Final = _ANY_REQUEST | {404: OutcomeClass.ABSENT}
_WRITTEN: Final = {
    (200, BodyShape.JSON),
    (200, BodyShape.EMPTY),
    (201, BodyShape.JSON),
    (201, BodyShape.EMPTY),
    (204, BodyShape.EMPTY),
}
_FOUND: Final = {(200, BodyShape.JSON)}


def classify_write(result: Answer | Exception) -> OutcomeClass:
    """Judge a write to an identifier that we chose: an empty 2xx is a success, a broken one is not.

    Endpoints that choose the identifier themselves must also find it in the answer before they trust APPLIED.
    """
    return _classify(result, _WRITE, _WRITTEN)


def classify_read(result: Answer | Exception) -> OutcomeClass:
    """Judge a look-up: only a 404 proves absence, only a 200 with a readable body proves presence."""
    return _classify(result, _READ, _FOUND)


def _classify(
    result: Answer | Exception, by_status: dict[int, OutcomeClass], applied: set[tuple[int, BodyShape]]
) -> OutcomeClass:
    match result:
        case NotSentError():
            return OutcomeClass.NOT_SENT
        case Answer() if (result.status, result.shape) in applied:
            return OutcomeClass.APPLIED
        case Answer():
            return by_status.get(result.status, OutcomeClass.UNKNOWN)
        case LostError() | Exception():
            return OutcomeClass.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an endpoint tells the poster about one request.

    Attributes:
        kind: What is known now.
        status: HTTP status, if an answer came.
        provider_id: Identifier that the provider gave or confirmed.
        row_version: The provider's version of it, or a digest of what it keeps.
        location: The provider's address of it.
        others: Identifiers of further bookings that were found.
        code: The provider's message code. REFUSED and CLOSED without a status are our own judgement: nothing was
            sent, and code and text are our words.
        text: The provider's own words: for the dead letter only, never for logs.
        body: What was read, for the endpoint's own `same`, `differences` and `reversal`.
        retry_after: Seconds that the provider asks to wait (TRY_LATER).
    """

    kind: OutcomeClass
    status: int | None = None
    provider_id: str | None = None
    row_version: str | None = None
    location: str | None = None
    others: tuple[str, ...] = ()
    code: str | None = None
    text: str | None = field(default=None, repr=False)
    body: Any | None = field(default=None, repr=False)
    retry_after: float | None = None
