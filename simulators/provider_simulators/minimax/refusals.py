"""How Minimax refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

CONCURRENCY = "Concurrency error - record changed by another action (RowVersion)"
"""The same in all languages (vendor's documentation)."""
DENIED = "Authorization has been denied for this request."
"""ASP.NET's own (seen in clients)."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A validation message (vendor's model mMApiValidationMessage).

    Attributes:
        property_name: Path of the offending member.
    """

    text: str
    property_name: str | None = None


class RefusedError(Exception):
    """The request is answered with a status and messages; nothing has changed.

    Attributes:
        status: HTTP status.
        messages: Validation messages; of other refusals there is one, without a member.
        headers: Headers of the answer.
    """

    def __init__(self, status: int, *messages: Message, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, messages)
        self.status = status
        self.messages = messages
        self.headers = dict(headers or {})


class PathRefusedError(Exception):
    """The web server (IIS) does not find the path, and says so in HTML; the application never sees the request."""
