"""Where the records of an answer are, for whoever knows it from the closed documentation: the setting records_paths."""

from typing import Any, Final, Self

from connector_kit.errors import SettingError
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

__all__ = ["RecordsPath"]

_EVERY: Final = "[*]"


class RecordsPath:
    """A JSONPath such as `$.data.records[*]`.

    Args:
        expression: The path.
    """

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self._records = parse(expression)
        before, every, _ = expression.partition(_EVERY)
        self._list = parse(before) if every and before not in {"", "$"} else None

    @classmethod
    def of_setting(cls, operation: str, expression: Any) -> Self:
        """Read it from the setting.

        Raises:
            SettingError: It is no JSONPath.
        """
        try:
            return cls(str(expression))
        except (JSONPathError, ValueError):
            raise SettingError(
                f"setting records_paths.{operation}: expected a JSONPath such as $.data.records[*]"
            ) from None

    def find(self, body: Any) -> Any:
        """Give what is there: a list of all records, or the one thing that is not a record itself; None: not there."""
        if body in (None, [], {}):
            return []
        found = [match.value for match in self._records.find(body)]
        if not found:
            is_empty = self._list is not None and any(match.value in (None, [], {}) for match in self._list.find(body))
            return [] if is_empty or body == [] else None
        return found[0] if len(found) == 1 and _EVERY not in self.expression else found
