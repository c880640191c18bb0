"""From an item of a list to a record: declared columns, and the item itself as `raw`."""

import logging
from typing import Any

from connector_kit.extract import PersonalDataPolicy, RecordConverter

from tap_inlenersbeloning.answers import Row

__all__ = ["ItemConverter"]

logger = logging.getLogger(__name__)


class ItemConverter:
    """Makes the records of one stream.

    Missing, null, `[]` and `{}` are alike. A value that is not of its column's type becomes null; `raw` still has it.
    The schema says with `x-personal-data-in` which members of `raw` are personal data.

    Args:
        stream: Name of the stream, for messages.
        schema: Its schema as declared.
        policy: What happens to personal data.
    """

    def __init__(self, stream: str, schema: Row, policy: PersonalDataPolicy) -> None:
        self._stream = stream
        self._classes: dict[str, str] = schema["properties"]["raw"].get("x-personal-data-in", {})
        self._policy = policy
        self._misfits: set[str] = set()
        self._convert = RecordConverter(stream, schema, policy, on_misfit=self._warn)

    def __call__(self, item: Row, ours: Row) -> dict[str, Any]:
        """Convert one item; `ours` are columns that we know better than it does, such as the keys."""
        given = {name: value for name, value in item.items() if value not in ([], {})}
        raw = {
            name: self._member(name, value)
            for name, value in item.items()
            if not self._policy.leaves_out(self._classes.get(name))
        }
        return self._convert({**given, **ours, "raw": raw or None})

    def _member(self, name: str, value: Any) -> Any:
        personal_data_class = self._classes.get(name)
        if personal_data_class and self._policy.pseudonymises(personal_data_class):
            return self._policy.pseudonym(value, personal_data_class)
        return value

    def _warn(self, column: str, expected: str) -> None:
        if column not in self._misfits:
            self._misfits.add(column)
            logger.warning(
                "%s: column %s is null where the provider's value is not %s; raw has it", self._stream, column, expected
            )
