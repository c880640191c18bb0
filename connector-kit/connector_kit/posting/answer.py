"""What came back over the wire, before anybody judges it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from connector_kit.errors import UnreachableError
from connector_kit.posting.wire_json import read_json

__all__ = ["Answer", "BodyShape", "LostError", "NotSentError"]


class BodyShape(StrEnum):
    """What the body of an answer is, whatever its headers say."""

    EMPTY = "empty"
    JSON = "json"
    OTHER = "other"
    """Not JSON: an HTML page of something in between, or JSON that breaks off."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A complete answer of the provider. Its text stays out of `repr`, and so out of logs."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)

    @cached_property
    def _parsed(self) -> tuple[BodyShape, Any]:
        if not self.content.strip():
            return BodyShape.EMPTY, None
        try:
            return BodyShape.JSON, read_json(self.content)
        except (ValueError, RecursionError):
            return BodyShape.OTHER, None

    @property
    def shape(self) -> BodyShape:
        """What the body is."""
        return self._parsed[0]

    @property
    def body(self) -> Any:
        """The body as JSON, numbers with decimals as `Decimal`; None if it is empty or no JSON."""
        return self._parsed[1]


class NotSentError(UnreachableError):
    """The request certainly did not reach the provider: no name, no connection, no TLS."""


class LostError(UnreachableError):
    """The request may have reached the provider, and no complete answer came back."""
