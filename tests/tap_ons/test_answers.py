"""Rows out of answers that arrive in any pieces, and that end anywhere."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests
from tap_ons.answers import AnswerError, document_rows, line_rows, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = [{"id": 1, "name": 'Zoë "de" {Vries]'}, {"id": 2, "hours": Decimal("36.10"), "list": [{"a": None}]}]
LINES = '{"id": 1, "name": "Zoë \\"de\\" {Vries]"}\n\n{"id": 2, "hours": 36.10, "list": [{"a": null}]}\n'.encode()
DOCUMENT = (
    '{"version": 12, "employees" : [ {"id": 1, "name": "Zoë \\"de\\" {Vries]"},'
    '{"id": 2, "hours": 36.10, "list": [{"a": null}]} ] , "note": null}\n'
).encode()


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@pytest.mark.parametrize(("read", "content"), [(line_rows, LINES), (document_rows, DOCUMENT)])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_rows_come_out_whole_however_the_answer_is_cut_into_pieces(
    read: Callable[..., Any], content: bytes, size: int
) -> None:
    assert list(read(pieces(content, size))) == ROWS


@pytest.mark.parametrize("end", range(1, len(DOCUMENT.rstrip())))
def test_a_document_that_ends_anywhere_before_its_end_is_an_error(end: int) -> None:
    with pytest.raises(AnswerError):
        list(document_rows(pieces(DOCUMENT[:end], 10)))


@pytest.mark.parametrize("end", [5, 60, len(LINES) - 2])
def test_a_cut_line_is_an_error(end: int) -> None:
    with pytest.raises(AnswerError, match="cut or damaged"):
        list(line_rows(pieces(LINES[:end], 10)))


def test_a_last_line_without_its_end_is_a_row() -> None:
    assert list(line_rows(pieces(LINES.rstrip(), 10))) == ROWS


@pytest.mark.parametrize("content", [b'{"teams": []}', b'{"teams": null}', b"[]", b' {"note": 1, "teams" : [ ] } '])
def test_an_empty_list_is_an_answer(content: bytes) -> None:
    assert list(document_rows(pieces(content, 2))) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"12",
        b"{}",
        b'{"message": "no"}',
        b'{"a": [], "b": []}',
        b'{"teams": [1]}',
        b'{"teams": []}{"teams": []}',
        b'{"teams": [{"id": NaN}]}',
        b'{"teams": [{"id": 1} {"id": 2}]}',
        b'{"teams": [{"name": "\xff"}]}',
    ],
)
def test_what_is_not_one_list_of_objects_is_an_error(content: bytes) -> None:
    with pytest.raises(AnswerError):
        list(document_rows(pieces(content, 4)))


@pytest.mark.parametrize("content", [b"[1]\n", b"12\n", b'{"id": NaN}\n', b'{"name": "\xff"}\n', b"<html>\n"])
def test_a_line_that_is_no_object_is_an_error(content: bytes) -> None:
    with pytest.raises(AnswerError):
        list(line_rows(pieces(content, 4)))


@pytest.mark.parametrize("content", [b'{"teams": [{"name": "' + b"x" * 64, b"x" * 64])
def test_a_row_without_end_does_not_fill_the_memory(content: bytes) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        yield content
        while True:
            read += 1
            yield b"x" * (1 << 20)

    with pytest.raises(AnswerError):
        list((document_rows if content.startswith(b"{") else line_rows)(endless()))
    assert read < 10


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Content-Type": "application/x-ndjson"}, "does not say where it ends"),
        ({"Content-Type": "text/html", "Content-Length": "10"}, "neither JSON nor lines of JSON"),
        ({}, "neither JSON nor lines of JSON"),
    ],
)
def test_an_answer_whose_end_cannot_be_known_is_an_error(headers: dict[str, str], message: str) -> None:
    response = requests.Response()
    response.headers.update(headers)
    with pytest.raises(AnswerError, match=message):
        rows(response)
