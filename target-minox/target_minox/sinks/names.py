"""Under which name a record of Minox' own types is written."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from connector_kit.books.entry_errors import Problems

from target_minox.booking_line import code_number
from target_minox.records import MinoxRecord

__all__ = ["NUMBER", "NameOf", "budget", "code", "division", "number", "open_item", "uuid_of_the_operation"]

NameOf = Callable[[MinoxRecord, Problems], str | None]

_NUMBER_MAX: Final = 999_999


def uuid_of_the_operation(record: MinoxRecord, problems: Problems) -> None:  # as `NameOf`
    """Nothing: the UUID of the operation names it."""


def number(maximum: int = _NUMBER_MAX) -> NameOf:
    """The number that the record says, or that is its key."""

    def name_of(record: MinoxRecord, problems: Problems) -> str | None:
        text = str(record.members.get("id") or record.key)
        found = code_number(text)
        if found is None or found > maximum:
            problems.add("invalid_field", "id", f"must be a number from 1 to {maximum}, as must the key without it")
            return None
        return str(found)

    return name_of


NUMBER: Final = number()


def code(length_max: int) -> NameOf:
    """The code that the record says, or that is its key."""

    def name_of(record: MinoxRecord, problems: Problems) -> str | None:
        text = str(record.members.get("id") or record.key)
        if len(text) > length_max or not text.isprintable():
            problems.add("invalid_field", "id", f"must be a code of at most {length_max} characters")
            return None
        return text

    return name_of


def open_item(record: MinoxRecord, problems: Problems) -> str | None:  # noqa: ARG001  # the schema has checked it
    """Whose it is, and the number of its invoice."""
    members = record.members
    return f"{members['type']}/{members['account_id']}/{members['invoice_number']}"


def division(row: Mapping[str, Any]) -> str:
    """What a budget is for: Minox has no other name for it."""
    parts = (row.get(name) for name in ("cost_type", "cost_center", "budget_division"))
    return "-".join(str((part or {}).get("id") or 0) for part in parts)


def budget(record: MinoxRecord, problems: Problems) -> str | None:
    """What the budget is for."""
    name = division(record.members)
    if name == "0-0-0":
        problems.add("missing_field", "cost_type", "names neither cost type nor cost center nor division")
    return name
