"""Checks records against the books contract; says which field breaks which rule, never what it holds."""

from collections.abc import Mapping
from typing import Any, Final

import fastjsonschema

from connector_kit.posting.rejection import RejectedError

__all__ = ["RecordValidator"]

_TYPE_NAMES: Final = {"object": "an object", "array": "a list", "integer": "a whole number", "null": "null"}


class RecordValidator:
    """A compiled schema.

    Args:
        schema: JSON Schema of one record.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validate = fastjsonschema.compile(dict(schema), use_default=False)

    def validate(self, record: Mapping[str, Any]) -> None:
        """Check a record.

        Raises:
            RejectedError: With code `schema_violation`, for the first field that breaks a rule.
        """
        try:
            self._validate(record)
        except fastjsonschema.JsonSchemaValueException as error:
            field, problem = _describe(error)
            raise RejectedError("schema_violation", problem, field=field) from None


def _describe(error: fastjsonschema.JsonSchemaValueException) -> tuple[str | None, str]:
    """The library's own texts repeat parts of the record, so they are said anew."""
    path = [str(step) for step in error.path[1:]]
    rule, wanted = error.rule, error.rule_definition
    if rule == "required" and isinstance(error.value, Mapping):
        missing = next((name for name in wanted if name not in error.value), "")
        return _joined([*path, missing]), "is missing"
    return _joined(path), _problem(rule, wanted)


def _problem(rule: str | None, wanted: Any) -> str:
    match rule:
        case "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            problem = f"must be {' or '.join(_TYPE_NAMES.get(name, f'a {name}') for name in names)}"
        case "pattern" | "format":
            problem = f"must have the form {wanted}"
        case "minLength" | "minItems":
            problem = "must not be empty" if wanted == 1 else f"must have at least {wanted}"
        case _:
            problem = f"breaks a rule of the contract ({rule} {wanted})"
    return problem


def _joined(path: list[str]) -> str | None:
    text = "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in path)
    return text.removeprefix(".") or None
