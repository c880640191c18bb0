"""Switches by name, as the command line gives them: `calls_per_second=5`, `journal_variants=bom,unbalanced`."""

from collections.abc import Iterable
from dataclasses import fields
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

S = TypeVar("S")
TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class SwitchError(ValueError):
    """There is no such switch, or the value does not fit; the message names it."""


def switches_from(switches: type[S], settings: Iterable[str]) -> S:
    """A dataclass of switches from `name=value` texts; lists by commas, nothing after `=` is None or empty.

    Raises:
        SwitchError: As its name says.
    """
    types = get_type_hints(switches)
    names = [field.name for field in fields(switches)]  # type: ignore[arg-type]  # always a dataclass
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if name not in names or not equals:
            raise SwitchError(f"switch {setting!r}: expected name=value with one of {', '.join(names)}")
        try:
            values[name] = _value(types[name], text)
        except (ValueError, KeyError) as error:
            raise SwitchError(f"switch {name}: {text!r} does not fit") from error
    return switches(**values)


def _value(wanted: Any, text: str) -> Any:
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin in (UnionType, Union):
        (kind,) = (part for part in parts if part is not NoneType)
        return _value(kind, text) if text else None
    if origin in (tuple, frozenset):
        return origin(_value(parts[0], part) for part in text.split(",") if part)
    if origin is Literal:
        return {str(part): part for part in parts}[text]
    if wanted is bool:
        return TRUTHS[text.lower()]
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(text)
    return wanted(text)
