"""Records of types that only Minox has, and what only Minox knows of others: read by schema, all problems together."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

from connector_kit.books.entry_errors import MissingKeyError, Problems
from connector_kit.books.money import MoneyError, money
from connector_kit.books.values import calendar_date

__all__ = ["MinoxRecord", "members_of", "read_record", "schema"]

Schema = Mapping[str, Any]

_TYPE_NAMES: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "an exact number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}
_SCALE_MAX: Final = 10
_LISTED_MAX: Final = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class MinoxRecord:
    """A record of a type that only Minox has.

    Attributes:
        key: Business key.
        members: Minox' own members, without what is empty.
        version: Version of the record at its source, where it has one.
    """

    key: str
    members: Mapping[str, Any]
    version: str | None = None


@cache
def schema(stream: str) -> Schema:
    """What a record of this stream may say; for streams of the books contract, what its object `minox` may say."""
    text = resources.files("target_minox").joinpath("schemas", f"{stream}.json").read_text(encoding="utf-8")
    result: Schema = json.loads(text)
    return result


def read_record(stream: str, record: Mapping[str, Any]) -> MinoxRecord:
    """Read a record of a type that only Minox has.

    Raises:
        EntryError: Names the key and all fields that are wrong.
    """
    if not record.get("key"):
        raise MissingKeyError("no key", field="key")
    problems = Problems()
    members = members_of(record, schema(stream), problems)
    if problems:
        raise problems.joined(str(record["key"]))
    key, version = members.pop("key"), members.pop("version", None)
    return MinoxRecord(key=key, version=version, members=members)


def members_of(record: Mapping[str, Any], known: Schema, problems: Problems, *, path: str = "") -> dict[str, Any]:
    """Read an object by its schema; what is empty is left out, because Minox refuses it.

    Args:
        record: The object.
        known: Its schema.
        problems: Where what is wrong is noted.
        path: What stands before the names in messages.
    """
    properties = known.get("properties", {})
    result: dict[str, Any] = {}
    for name, value in record.items():
        if name not in properties and not known.get("additionalProperties", True):
            problems.add("invalid_field", path + name, f"no such member; known are {_listed(properties)}")
            continue
        read = _value(value, properties.get(name, {}), path + name, problems)
        if not _is_empty(name, read):
            result[name] = read
    for name in known.get("required", ()):
        if record.get(name) in {None, ""} if not isinstance(record.get(name), dict | list) else False:
            problems.add("missing_field", path + name, "is missing")
    return result


def _value(value: Any, known: Schema, path: str, problems: Problems) -> Any:  # noqa: PLR0911  # one line per form
    types = known.get("type")
    if value is None or types is None:
        return value
    types = [types] if isinstance(types, str) else types
    match value:
        case bool() if "boolean" in types:
            return value
        case bool():
            pass
        case str() if "string" in types:
            return _text(value, known, path, problems)
        case int() if "integer" in types:
            return _whole(value, known, path, problems)
        case int() | Decimal() | str() if "number" in types:
            return _exact(value, path, problems)
        case int() if "string" in types:
            return _text(str(value), known, path, problems)
        case Mapping() if "object" in types:
            return members_of(value, known, problems, path=f"{path}.")
        case list() if "array" in types:
            return [_value(item, known["items"], f"{path}[{place}]", problems) for place, item in enumerate(value)]
    wanted = " or ".join(_TYPE_NAMES[one] for one in types if one != "null")
    problems.add("invalid_field", path, f"must be {wanted}")
    return None


def _text(value: str, known: Schema, path: str, problems: Problems) -> str | None:
    text = unicodedata.normalize("NFC", value).strip()
    if known.get("format") == "date" and text:
        try:
            day = calendar_date(text)
        except ValueError as error:
            problems.add("invalid_field", path, str(error))
            return None
        return day.isoformat() if day else None
    if len(text) > known.get("maxLength", len(text)):
        problems.add("invalid_field", path, f"has {len(text)} characters, Minox takes {known['maxLength']}")
    if text and "enum" in known and text not in known["enum"]:
        problems.add("invalid_field", path, f"must be one of {', '.join(known['enum'])}")
    return text


def _whole(value: int, known: Schema, path: str, problems: Problems) -> int:
    low, high = known.get("minimum"), known.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        problems.add("invalid_field", path, f"must be a number from {low} to {high}")
    return value


def _exact(value: object, path: str, problems: Problems) -> Decimal | None:
    try:
        exact = money(value, scale=_SCALE_MAX)
    except MoneyError as error:
        problems.add("invalid_field", path, str(error))
        return None
    return exact.normalize() if exact else Decimal(0)


def _is_empty(name: str, value: Any) -> bool:
    """Whether Minox would refuse it: nothing, empty text, empty lists and objects, and ids that are 0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value == 0 and (name == "id" or name.endswith("_id"))
    return value is None or (not value and not isinstance(value, bool | Decimal))


def _listed(properties: Schema) -> str:
    names = sorted(properties)
    return ", ".join(names[:_LISTED_MAX]) + (", ..." if len(names) > _LISTED_MAX else "")
