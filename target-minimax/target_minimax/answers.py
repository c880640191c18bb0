"""What Minimax' answers hold: validation messages in their many shapes, pages of lists, the address of a new record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

__all__ = ["AnswerError", "Message", "Page", "created_id", "is_conflict", "messages_of", "page_of", "speaks_of_limit"]

_LIMIT_WORDS: Final = (b"limit", b"omejit", b"kvot", b"quota")
"""Roots of what Minimax may call its limit of calls, in English, Slovenian, Croatian and Serbian (inferred)."""


class AnswerError(ValueError):
    """A body that is not understood; the message says how, never what it holds."""


_CONCURRENCY: Final = b"concurrency error"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message of Minimax; its text is in the local language, and for the dead letter only.

    Attributes:
        member: Member of the document that it is about (`PropertyName`).
        text: Minimax' words.
    """

    member: str | None
    text: str = field(repr=False)


def messages_of(body: Any) -> tuple[Message, ...]:
    """Find all messages in a body: a list of them, `ValidationMessages`, or ASP.NET's object (none is published)."""
    return tuple(_walk(body))


def _walk(body: Any) -> Iterator[Message]:
    match body:
        case str() if body.strip():
            yield Message(member=None, text=body)
        case list():
            for item in body:
                yield from _walk(item)
        case {"ValidationMessages": list() as messages}:
            yield from _walk(messages)
        case {"Message": str() as text}:
            yield Message(member=_member(body.get("PropertyName")), text=text)
            state = body.get("ModelState")
            for name, texts in state.items() if isinstance(state, Mapping) else ():
                yield Message(member=_member(name), text=str(texts))


def _member(name: Any) -> str | None:
    return (name.rpartition(".")[2] or None) if isinstance(name, str) else None


def is_conflict(content: bytes) -> bool:
    """Whether a refusal is that of an old `RowVersion`: the one sentence that is documented, in English everywhere."""
    return _CONCURRENCY in content.lower()


def speaks_of_limit(content: bytes) -> bool:
    """Whether a refusal is about the number of calls; its status is not published, 403 and 503 were assumed."""
    return any(word in content.lower() for word in _LIMIT_WORDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list.

    Attributes:
        rows: The objects of the page.
        total: How many rows the whole list has.
    """

    rows: tuple[Mapping[str, Any], ...]
    total: int


def page_of(body: Any, *, is_array: bool = False) -> Page:
    """Read a page, `{"Rows": [...], "TotalRows": ...}`.

    Args:
        body: The answer.
        is_array: The list is a bare array, as those of attachments are.

    Raises:
        AnswerError: It is none.
    """
    if is_array and isinstance(body, list):
        body = {"Rows": body, "TotalRows": len(body)}
    rows, total = (body.get("Rows"), body.get("TotalRows")) if isinstance(body, Mapping) else (None, None)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise AnswerError("the answer is no list")
    if not isinstance(total, int) or isinstance(total, bool):
        raise AnswerError("the list does not say how many rows it has")
    return Page(rows=tuple(rows), total=total)


def created_id(headers: Mapping[str, str]) -> str | None:
    """The id of a new record, from `Location: .../customers/7299224?id=7299224`; nothing is ever read from there."""
    parts = urlsplit(headers.get("Location", ""))
    candidates = (parts.path.rstrip("/").rpartition("/")[2], *parse_qs(parts.query).get("id", ()))
    return next((candidate for candidate in candidates if candidate.isascii() and candidate.isdecimal()), None)
