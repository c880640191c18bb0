"""Query parameters: what an endpoint takes, read into days, moments and numbers, or refused with 400."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from provider_simulators.ons.refusals import RefusedError

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

Read = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A query parameter.

    Attributes:
        name: As it is written; some have square brackets.
        read: Its text to its value; a ValueError is answered with 400.
        required: Missing, it is answered with 400.
        repeated: It may come several times; its value is a tuple.
    """

    name: str
    read: Read
    required: bool = False
    repeated: bool = False


def day(text: str) -> date:
    """A date as `yyyy-MM-dd`."""
    if len(text) != len("yyyy-MM-dd"):
        raise ValueError(text)
    return date.fromisoformat(text)


def date_time(text: str) -> datetime:
    """A date-time, with an offset, with `Z`, or without either."""
    if "T" not in text:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def flag(text: str) -> bool:
    """`true` or `false`."""
    return {"true": True, "false": False}[text.lower()]


def needed(read: Read, *names: str) -> tuple[Parameter, ...]:
    """Parameters that must be there."""
    return tuple(Parameter(name=name, read=read, required=True) for name in names)


def possible(read: Read, *names: str) -> tuple[Parameter, ...]:
    """Parameters that may be left out."""
    return tuple(Parameter(name=name, read=read) for name in names)


def several(read: Read, name: str, *, required: bool = False) -> tuple[Parameter, ...]:
    """A parameter that may be repeated."""
    return (Parameter(name=name, read=read, required=required, repeated=True),)


def values(arguments: "MultiDict[str, str]", parameters: Sequence[Parameter], *, strict: bool) -> Mapping[str, Any]:
    """The value of every parameter, None or an empty tuple for those that are not there.

    Raises:
        RefusedError: One is missing or cannot be read; or, when strict, one is unknown.
    """
    if strict and (unknown := set(arguments) - {parameter.name for parameter in parameters}):
        raise RefusedError(400, "Unknown request parameter", field=min(unknown))
    return {parameter.name: _value(arguments.getlist(parameter.name), parameter) for parameter in parameters}


def _value(texts: Sequence[str], parameter: Parameter) -> Any:
    if parameter.required and not texts:
        raise RefusedError(400, "Missing request parameter", field=parameter.name)
    try:
        found = tuple(parameter.read(text) for text in texts)
    except (ValueError, KeyError) as error:
        raise RefusedError(400, "Could not parse request parameter", field=parameter.name) from error
    if parameter.repeated:
        return found
    return found[0] if found else None
