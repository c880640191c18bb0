"""Checks records against the books contract; says which field breaks which rule, never what it holds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import fastjsonschema
from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]  # has no types of its own

from connector_kit.posting.rejection import RejectedError

__all__ = ["RecordValidator"]

_TYPE_NAMES: Final = {"object": "an object", "array": "a list", "integer": "a whole number", "null": "null"}


class RecordValidator:
    """A compiled schema; what it refuses is looked through once more for all that is wrong, which takes longer.

    Args:
        schema: JSON Schema of one record.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._validate = fastjsonschema.compile(dict(schema), use_default=False)
        self._all_errors = Draft7Validator(dict(schema), format_checker=FormatChecker()).iter_errors

    def validate(self, record: Mapping[str, Any]) -> None:
        """Check a record.

        Raises:
            RejectedError: With code `schema_violation` and the first field that breaks a rule; the message names all.
        """
        try:
            self._validate(record)
        except fastjsonschema.JsonSchemaValueException as error:
            problems = [*_problems(error.path[1:], error.rule, error.rule_definition, error.value)]
            for other in self._all_errors(record):
                problems += _problems(other.absolute_path, other.validator, other.validator_value, other.instance)
            (field, problem), *others = dict.fromkeys(problems)
            message = "; ".join([problem, *map(" ".join, others)])
            raise RejectedError("schema_violation", message, field=field or None) from None


def _problems(path: Iterable[Any], rule: Any, wanted: Any, value: Any) -> Iterator[tuple[str, str]]:
    """Name fields and what is wrong with them; the libraries' own texts repeat parts of the record."""
    steps = [str(step) for step in path]
    if rule == "required" and isinstance(value, Mapping):
        yield from ((_joined([*steps, name]), "is missing") for name in wanted if name not in value)
    else:
        yield _joined(steps), _problem(rule, wanted)


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


def _joined(path: list[str]) -> str:
    text = "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in path)
    return text.removeprefix(".")
