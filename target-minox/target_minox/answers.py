"""What Minox answers, read leniently: JSON of any shape, the messages in it, lists with and without an envelope."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

__all__ = [
    "AnswerError",
    "Message",
    "Page",
    "errors_of",
    "first_code",
    "messages_of",
    "page_of",
    "text_of",
]

_ERROR_TYPE: Final = re.compile("err|fout", re.IGNORECASE)
_MESSAGE_MEMBERS: Final = frozenset({"message_code", "message_type"})
_TEXT_LENGTH_MAX: Final = 500


class AnswerError(ValueError):
    """A body that is not what the operation answers; the text never repeats it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message of Minox; codes and severities are not published, so only the word for error is known.

    Attributes:
        code: `message_code`, for machines.
        kind: `message_type`, the severity in the provider's words.
        text: `message`, for people, most likely Dutch. May repeat what was booked: never for logs.
    """

    code: str | None
    kind: str | None
    text: str | None

    @property
    def is_error(self) -> bool:
        """Whether the type looks like an error (contains "err" or "fout"; inferred)."""
        return self.kind is not None and _ERROR_TYPE.search(self.kind) is not None


def messages_of(body: Any) -> tuple[Message, ...]:
    """Find all messages in a body, wherever they hang: an array of messages, lines with `messages`, one object, a text.

    Minox puts them into the body of a 400, and into a 2xx as well (seen in a working client).
    """
    if isinstance(body, str):
        return (Message(code=None, kind=None, text=body),) if body.strip() else ()
    return tuple(_walk(body))


def errors_of(body: Any) -> tuple[Message, ...]:
    """The messages of a body whose type looks like an error."""
    return tuple(message for message in messages_of(body) if message.is_error)


def first_code(messages: tuple[Message, ...]) -> str | None:
    """The provider's code of the first message that has one."""
    return next((message.code for message in messages if message.code), None)


def text_of(messages: tuple[Message, ...]) -> str | None:
    """The provider's texts in one line, cut to a readable length; for the dead-letter file, never for logs."""
    texts = dict.fromkeys(" ".join(message.text.split()) for message in messages if message.text)
    return "; ".join(texts)[:_TEXT_LENGTH_MAX] or None


def _walk(body: Any) -> Iterator[Message]:
    if isinstance(body, Mapping):
        if _MESSAGE_MEMBERS & body.keys():
            yield Message(
                code=_text(body.get("message_code")),
                kind=_text(body.get("message_type")),
                text=_text(body.get("message")),
            )
        elif body.get("error"):
            description = body.get("error_description") or body.get("message") or body["error"]
            yield Message(code=_text(body["error"]), kind="error", text=_text(description))
        elif isinstance(body.get("message"), str):
            yield Message(code=None, kind=None, text=_text(body["message"]))
        for member in body.values():
            yield from _walk(member)
    elif isinstance(body, list):
        for member in body:
            yield from _walk(member)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and str(value) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        rows: The objects of the page.
        next: Query parameters that lead to the next page; empty at the end.
    """

    rows: tuple[Mapping[str, Any], ...]
    next: Mapping[str, str]


def page_of(body: Any) -> Page:
    """Read a list: `{"links": ..., "collection": [...]}` or a bare array.

    How `links.next` looks is not documented: an address, an object with an `href`, or a token for the parameter
    `next`. Of an address only its query is used, so that no answer can send our token to another host.

    Raises:
        AnswerError: It is neither.
    """
    rows, links = (body.get("collection"), body.get("links")) if isinstance(body, Mapping) else (body, None)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise AnswerError("the answer is no list")
    following = links.get("next") if isinstance(links, Mapping) else None
    if isinstance(following, Mapping):
        following = following.get("href")
    return Page(rows=tuple(rows), next=_next_parameters(following))


def _next_parameters(following: Any) -> Mapping[str, str]:
    if following is None or following == "":
        return {}
    text = str(following)
    if "?" in text:
        return dict(parse_qsl(urlsplit(text).query))
    if "/" in text:
        raise AnswerError("the link to the next page has no query")
    return {"next": text}
