from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import Any, Final

from tap_nmbrs.operation import Operation
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.soap.envelope import Service
from tap_nmbrs.soap.values import Field

__all__ = ["Asked", "Shape", "SoapOperation", "twin"]


class Shape(StrEnum):
    """What the elements of a result are."""

    ROWS = auto()
    """Each is a row."""
    EMPLOYEES = auto()
    """Each is an employee: its id, and a list whose elements are the rows."""
    OBJECT = auto()
    """They are the members of the one row."""
    TEXT = auto()
    """There are none: the text of the result is the one member of the one row."""


class Asked(StrEnum):
    """For which periods a call is made."""

    AS_THE_STREAM = auto()
    """For those that the stream asks for, if it asks for any."""
    CURRENT = auto()
    """For the company's current one, whatever the stream asks for; it becomes the `period` of the rows."""
    CURRENT_UNTOLD = auto()
    """For the company's current one; the rows do not tell it."""
    EACH_OF_YEAR = auto()
    """For every period of the year that the stream asks for; it becomes the `period` of the rows."""


@dataclass(frozen=True, kw_only=True)
class SoapOperation(Operation):
    """A list of the SOAP API, whose rows are given in the spelling of REST.

    Attributes:
        service: Whose method it is.
        method: The vendor's name of it.
        arguments: Parameters of the method, to the letter, and the keys or parameters that give their values.
        fields: Members of a row; elements that are not listed are left out.
        shape: What the elements of a result are.
        asked: For which periods the call is made.
    """

    service: Service
    method: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...]
    shape: Shape = Shape.ROWS
    asked: Asked = Asked.AS_THE_STREAM


_REST: Final = {operation.stream: operation for operation in OPERATIONS}


def twin(stream: str, **declared: Any) -> SoapOperation:
    """Declare how SOAP gives a stream that REST has, too: with the same keys, windows and selection."""
    like = _REST[stream]
    return SoapOperation(
        **{
            "stream": stream,
            "primary_keys": like.primary_keys,
            "per": like.per,
            "window": like.window,
            "parent": like.parent,
            "parameters": like.parameters,
            "selected": like.selected,
            "personal_data": like.personal_data,
            **declared,
        }
    )
