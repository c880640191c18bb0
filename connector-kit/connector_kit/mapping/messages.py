"""Singer messages as lines: what is not mapped leaves as it came, to the byte, and errors never show a record."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from singer_sdk.singerlib.encoding import SimpleSingerReader, SimpleSingerWriter
from singer_sdk.singerlib.encoding.simple import Message
from singer_sdk.singerlib.json import serialize_json

from connector_kit.errors import ConnectorError

__all__ = ["InputError", "Line", "LineReader", "LineWriter"]


class InputError(ConnectorError):
    """The input is not a stream of Singer messages; the message names the line's number, never its text."""


@dataclass(slots=True)
class Line(Message):
    """A message that is already a line of JSON."""

    text: str

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Line":
        """Write a message as a line; Decimals stay exact."""
        return cls(text=serialize_json(message))


class LineReader(SimpleSingerReader):
    """Reads messages and keeps the text of the current one.

    Attributes:
        text: The current line, without its end.
    """

    text: str = ""
    number: int = 0

    def deserialize_json(self, line: str) -> dict[str, Any]:
        """Read a line. Not-a-number and infinity, which are no JSON, stay text, so that no one takes them for null.

        Raises:
            InputError: If it is no JSON object with a type.
        """
        self.number += 1
        self.text = line.rstrip("\r\n")
        try:
            message = json.loads(line, parse_float=Decimal, parse_constant=str)
        except (ValueError, RecursionError):
            raise InputError(f"input line {self.number}: not JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise InputError(f"input line {self.number}: no Singer message")
        return message

    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:
        raise InputError(f"input line {self.number}: unknown message type {message_dict['type'][:40]!r}")


class LineWriter(SimpleSingerWriter):
    """Writes lines as they are."""

    def serialize_message(self, message: Message) -> str:
        """Give the line of a message."""
        return message.text if isinstance(message, Line) else super().serialize_message(message)
