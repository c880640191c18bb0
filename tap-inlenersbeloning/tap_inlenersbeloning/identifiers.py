"""Finds what may be an id in a call of unknown shape: every text anywhere in it, whole and in pieces."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from tap_inlenersbeloning.calls import Call

__all__ = ["identifiers"]

_LENGTH_MAX: Final = 128
_PIECES: Final = (re.compile(r"[0-9A-Za-z_-]+", re.ASCII), re.compile(r"[0-9A-Za-z]+", re.ASCII))
"""With and without the dashes of a UUID: ids stand in URLs, in names such as `partner-pk3x9z`, in sentences."""


def identifiers(call: Call) -> frozenset[str]:
    """Give every text of address and body that could be an id, also in lower case.

    Most of them are none; they are meant to be looked for among ids that are known.
    """
    found: set[str] = set()
    for text in _texts(call):
        whole = text.strip()
        if len(whole) <= _LENGTH_MAX:
            found.add(whole)
        found.update(piece for pattern in _PIECES for piece in pattern.findall(text) if len(piece) <= _LENGTH_MAX)
    found.update([text.lower() for text in found])
    found.discard("")
    return frozenset(found)


def _texts(call: Call) -> Iterator[str]:
    yield call.path
    yield from _of_form(call.query)
    body = call.body.decode(errors="replace")
    yield body
    content = _of_json(call.body)
    yield from _of_form(body) if content is None else content


def _of_form(text: str) -> Iterator[str]:
    yield unquote_plus(text)
    for pair in parse_qsl(text, keep_blank_values=True):
        for part in pair:
            yield from _of_json(part) or (part,)


def _of_json(text: str | bytes) -> list[str] | None:
    """Give the names, texts and numbers of a JSON document, in any depth; JSON in a text of it is read too."""
    try:
        # All numbers as they are written; members as pairs, so that a name that comes twice counts twice.
        content = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return None
    found: list[str] = []
    waiting: list[Any] = [content]
    while waiting:
        match waiting.pop():
            case str() as item:
                inner = _of_json(item) if item[:1] in {"{", "["} else None
                found += inner or [item]
            case list() | tuple() as items:
                waiting.extend(items)
    return found
