"""Reads Singer messages without ever repeating one in a log or an error."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from singer_sdk.io_base import SingerReader

from connector_kit.errors import ConnectorError

__all__ = ["SDK_HOOKS", "BooksReader", "InputError"]

SDK_HOOKS: Final = ("_process_unknown_message",)
"""Private names of the SDK's reader that are overridden here; a test tells when one of them goes."""
_EXACT: Final = json.JSONDecoder(parse_float=Decimal)
"""Made once: `json.loads` makes one for each line."""


class InputError(ConnectorError):
    """The input is no Singer stream that could be booked; whatever made it must be corrected."""


class BooksReader(SingerReader):
    """The SDK's reader; amounts become `Decimal`."""

    _line_number = 0

    def deserialize_json(self, line: str) -> dict[str, Any]:
        """Read one line.

        Raises:
            InputError: It is not JSON.
        """
        self._line_number += 1
        try:
            message: dict[str, Any] = _EXACT.decode(line)
        except (ValueError, RecursionError):
            raise InputError(f"line {self._line_number} of the input is not JSON; the run stops here") from None
        return message

    @staticmethod
    def assert_line_requires(line_dict: Any, requires: set[str]) -> None:
        """Check that a message has its members.

        Raises:
            InputError: It has not.
        """
        if not isinstance(line_dict, Mapping) or not requires <= set(line_dict):
            raise InputError(f"the input holds a message without {', '.join(sorted(requires))}; the run stops here")

    def _process_unknown_message(self, message_dict: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        raise InputError("the input holds a message of a type that Singer does not know; the run stops here")
