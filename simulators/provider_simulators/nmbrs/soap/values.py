"""Values as .NET writes them: elements of a fixed order, nil, dates without a zone, an empty date."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]
"""Elements by name, in the order of the WSDL's sequence. None leaves a text out, as .NET does with a null."""

DUTCH_TIME = ZoneInfo("Europe/Amsterdam")
EMPTY_DATE = "0001-01-01T00:00:00"
"""What .NET writes for a date without a value where the type cannot be nil."""


class Nil(Enum):
    """No value, said out loud: `xsi:nil="true"`."""

    NIL = "nil"


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list: all rows under one element name."""

    name: str
    rows: tuple[Any, ...]

    @classmethod
    def of(cls, name: str, rows: Iterable[Any]) -> "Items":
        """A list of what comes out of the rows."""
        return cls(name=name, rows=tuple(rows))


def nillable(value: Any) -> Any:
    """A value of a type that can be nil (`nillable="true"` in the WSDL)."""
    return Nil.NIL if value is None else value


def add(parent: ET.Element, name: str, value: Any) -> None:
    """Write a value under a parent."""
    if value is None:
        return
    element = ET.SubElement(parent, name)
    match value:
        case Nil.NIL:
            element.set("xsi:nil", "true")
        case Items():
            for row in value.rows:
                add(element, value.name, row)
        case Mapping():
            for key, each in value.items():
                add(element, key, each)
        case _:
            element.text = _text(value)


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            local = value.astimezone(DUTCH_TIME).replace(tzinfo=None) if value.tzinfo else value
            return local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")
        case date():
            return f"{value.isoformat()}T00:00:00"
        case _:
            return str(value)
