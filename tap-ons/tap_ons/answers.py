"""Rows out of an xstream answer while it arrives: a line of JSON each, or one JSON document with one list.

The answer has no pages and no count, so its end must be provable: a body that ends early is an error, not an end.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final, Never

import msgspec
import requests

__all__ = ["ACCEPT", "AnswerError", "ReadLine", "document_rows", "line_rows", "read_line", "rows"]

ACCEPT: Final = "application/x-ndjson, application/json;q=0.5"
_CHUNK_BYTES: Final = 1 << 16
_ROW_SIZE_MAX: Final = 4 << 20
_SPACE: Final = re.compile(r"[ \t\r\n]*")

Row = dict[str, Any]
ReadLine = Callable[[bytes], Any]
"""Makes of a line what is wanted of it: its object, unless another has use for the line itself."""


class AnswerError(ValueError):
    """The answer is damaged, ends early, or is no answer of this API; the message says which, without data."""


def rows(response: requests.Response, read: ReadLine | None = None) -> Iterator[Any]:
    """Read the rows of a streamed answer, a few at a time in memory.

    Args:
        response: The answer.
        read: What lines of JSON are read with; the rows of one document are always objects.

    Raises:
        AnswerError: At the place where the answer is not complete or not understood.
        requests.RequestException: The connection broke.
    """
    chunks = response.iter_content(_CHUNK_BYTES)
    match response.headers.get("Content-Type", "").partition(";")[0].strip().lower():
        case "application/x-ndjson":
            if not {"Content-Length", "Transfer-Encoding"} & {name.title() for name in response.headers}:
                raise AnswerError("the answer does not say where it ends")
            return line_rows(chunks, read)
        case "application/json":
            return document_rows(chunks)
        case _:
            raise AnswerError("the answer is neither JSON nor lines of JSON")


def line_rows(chunks: Iterator[bytes], read: ReadLine | None = None) -> Iterator[Any]:
    """Read one object per line; empty lines mean nothing, the last line may lack its end.

    Raises:
        AnswerError: A line is no object.
    """
    read = read or read_line
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _ROW_SIZE_MAX:
            raise AnswerError("a row is too large")
        for line in lines:
            if line.strip():
                yield _read(read, line)
    if rest.strip():
        yield _read(read, rest)


def _read(read: ReadLine, line: bytes) -> Any:
    try:
        return read(line)
    except AnswerError:
        raise
    except (ValueError, RecursionError):  # NaN and Infinity are no JSON
        raise AnswerError("a line is cut or damaged") from None


def read_line(line: bytes) -> Row:
    """Read the object of a line.

    Raises:
        AnswerError: It is something else.
        ValueError: It is no JSON.
    """
    return _row(_decode_line(line))


def document_rows(chunks: Iterator[bytes]) -> Iterator[Row]:
    """Read the objects of the only list in an object, whatever its name, or of a bare list; null is an empty list.

    Raises:
        AnswerError: It is something else, or ends early.
    """
    reader = _Reader(chunks)
    if reader.take("[{") == "[":
        yield from _items(reader)
    else:
        yield from _wrapped(reader)
    reader.finish()


def _wrapped(reader: "_Reader") -> Iterator[Row]:
    lists = nulls = 0
    while True:
        if not isinstance(reader.value(), str):
            raise AnswerError("the answer is damaged")
        reader.take(":")
        if reader.peek() == "[":
            lists += 1
            if lists > 1:
                raise AnswerError("the answer has more than one list")
            reader.take("[")
            yield from _items(reader)
        else:
            nulls += reader.value() is None
        if reader.take(",}") == "}":
            break
    if not lists + nulls:
        raise AnswerError("the answer has no list")


def _items(reader: "_Reader") -> Iterator[Row]:
    if reader.peek() == "]":
        reader.take("]")
        return
    while True:
        yield _row(reader.value())
        if reader.take(",]") == "]":
            return


class _Reader:
    """JSON values one by one out of text that is still arriving."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is not space."""
        while not self._skip_space():
            self._more()
        return self._text[self._at]

    def take(self, expected: str) -> str:
        """Pass the next character, which must be one of these."""
        found = self.peek()
        if found not in expected:
            raise AnswerError("the answer is damaged")
        self._at += 1
        return found

    def value(self) -> Any:
        """Pass the next value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                self._more()
                continue
            if end < len(self._text) or isinstance(value, (dict, list, str)):  # a number could go on
                self._at = end
                return value
            self._more()

    def finish(self) -> None:
        """Make sure that nothing else follows."""
        while not self._skip_space():
            if not self._arrived():
                return
        raise AnswerError("the answer goes on after its end")

    def _skip_space(self) -> bool:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at < len(self._text)

    def _more(self) -> None:
        if len(self._text) - self._at > _ROW_SIZE_MAX:
            raise AnswerError("a row is damaged or too large")
        if not self._arrived():
            raise AnswerError("the answer ends early")

    def _arrived(self) -> bool:
        chunk = next(self._chunks, None)
        try:
            text = self._decode(chunk or b"", final=chunk is None)
        except UnicodeDecodeError:
            raise AnswerError("the answer is damaged") from None
        self._text, self._at = self._text[self._at :] + text, 0
        return chunk is not None


def _row(value: Any) -> Row:
    if not isinstance(value, dict):
        raise AnswerError("a row is no object")
    return value


def _refuse(_: str) -> Never:
    raise AnswerError("a number is not finite")


_decode_line: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
