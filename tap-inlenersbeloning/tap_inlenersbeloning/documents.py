"""From an object of the provider to a record: declared columns picked by path, and the object itself as `raw`."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from connector_kit.extract import PersonalDataPolicy, RecordConverter

from tap_inlenersbeloning.answers import Row

__all__ = ["DOCUMENT_BLOCKS", "DocumentConverter", "has_extended_blocks"]

EXTENDED_BLOCKS: Final = (
    "paidBreaks",
    "individualChoiceBudget",
    "holidayAllowances",
    "sickPay",
    "pensionData",
    "sustainableEmployability",
)
"""Blocks that remunerations published before 2025 do not have (seen in recorded answers)."""
DOCUMENT_BLOCKS: Final = frozenset({
    *("company", "publisher", "baseOrganisationData", "workingHours", "functionGroups", "wageIncrements"),
    *("allowances", "reimbursementsData", "travelExpensesData", "paymentsData", "leave", "employmentConditions"),
    *EXTENDED_BLOCKS,
})  # fmt: skip
"""The nested blocks of a remuneration (seen in recorded answers)."""


def has_extended_blocks(document: Row) -> bool:
    """Tell whether a remuneration is of the newer generation: in an older one "no rows" means "not recorded"."""
    return any(document.get(name) is not None for name in EXTENDED_BLOCKS)


class DocumentConverter:
    """Makes the records of one stream.

    A column whose `x-source-name` has dots is picked from inside the object. Missing, null, `[]` and `{}` are alike.
    A value that is not of its column's type becomes null; `raw` still has it. The schema says with `x-personal-data-in`
    which members of `raw` are personal data: by path (`publisher.name`), or anywhere by name (`*.description`).

    Args:
        stream: Name of the stream, for messages.
        schema: Its schema as declared.
        policy: What happens to personal data.
        on_misfit: Told the column and what was expected.
    """

    def __init__(
        self, stream: str, schema: Row, policy: PersonalDataPolicy, on_misfit: Callable[[str, str], None]
    ) -> None:
        properties = schema["properties"]
        sources = (declaration.get("x-source-name", "") for declaration in properties.values())
        self._picked = [source for source in sources if "." in source]
        self._classes: Mapping[str, str] = properties["raw"].get("x-personal-data-in", {})
        self._protected = any(policy.leaves_out(c) or policy.pseudonymises(c) for c in self._classes.values())
        self._policy = policy
        self._convert = RecordConverter(stream, schema, policy, on_misfit=on_misfit)

    def __call__(self, document: Row, ours: Row) -> dict[str, Any]:
        """Convert one object; `ours` are columns that we know better than it does, such as the keys."""
        picked = {source: _picked(document, source) for source in self._picked}
        given = {name: value for name, value in {**document, **picked}.items() if value not in ([], {})}
        raw = self._without_personal_data(document, "") if self._protected else document
        return self._convert({**given, **ours, "raw": raw or None})

    def _without_personal_data(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {
                name: self._member(item, name, f"{path}.{name}" if path else name)
                for name, item in value.items()
                if not self._policy.leaves_out(self._class(name, f"{path}.{name}" if path else name))
            }
        if isinstance(value, list):
            return [self._without_personal_data(item, path) for item in value]
        return value

    def _member(self, value: Any, name: str, path: str) -> Any:
        personal_data_class = self._class(name, path)
        if personal_data_class and self._policy.pseudonymises(personal_data_class):
            return self._policy.pseudonym(value, personal_data_class)
        return self._without_personal_data(value, path)

    def _class(self, name: str, path: str) -> str | None:
        return self._classes.get(path) or self._classes.get(f"*.{name}")


def _picked(document: Any, source: str) -> Any:
    """Follow a dotted path; null where there is nothing."""
    for name in source.split("."):
        document = document.get(name) if isinstance(document, Mapping) else None
    return document
