"""Lists that do not come as lists: keyed objects, single objects, envelopes, ids alone."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final, NamedTuple

__all__ = ["ITSELF", "KEY", "NOTHING", "Item", "Items", "as_object", "items_of"]

ITSELF: Final = "$"
"""In `_extra`: the row itself, where it is no object."""
KEY: Final = "$key"
"""In `_extra`: the name under which a row stood in an object of rows."""
NOTHING: Final = object()
"""Nothing is left over; null is something."""
_ENVELOPES: Final = ("data", "items", "results", "records")


class Item(NamedTuple):
    """A row of a list.

    Attributes:
        position: Its place, from 1.
        value: What stands there; never null.
        key: Its name, in an object of rows.
    """

    position: int
    value: Any
    key: str | None = None


class Items(NamedTuple):
    """The rows of a list, and what beside them is no row."""

    rows: list[Item]
    rest: Any = NOTHING


def items_of(value: Any, known: AbstractSet[str]) -> Items:
    """Find the rows in what stands in the place of a list.

    Args:
        value: Not null.
        known: Names of members that a row has; an object that has one of them is a row.
    """
    if isinstance(value, list):
        return Items([Item(position, item) for position, item in enumerate(value, 1) if item is not None])
    if not isinstance(value, Mapping):
        return Items([], value)
    return _items_of_object(value, known) if value else Items([])


def _items_of_object(value: Mapping[str, Any], known: AbstractSet[str]) -> Items:
    envelopes = [name for name in _ENVELOPES if isinstance(value.get(name), list)]
    if known.isdisjoint(value) and envelopes:
        rest = {name: item for name, item in value.items() if name != envelopes[0]}
        return Items(items_of(value[envelopes[0]], known).rows, rest or NOTHING)
    kinds = {Mapping if isinstance(item, Mapping) else type(item) for item in value.values()}
    if known.isdisjoint(value) and Mapping in kinds and kinds <= {Mapping, type(None)}:
        named = enumerate(value.items(), 1)
        rows = [Item(position, item, key) for position, (key, item) in named if item is not None]
        return Items(rows, {key: None for key, item in value.items() if item is None} or NOTHING)
    return Items([Item(1, value)])


def as_object(value: Any) -> Mapping[str, Any] | None:
    """Give the object in what stands in the place of one: itself, or the only one of a list."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list):
        objects = [item for item in value if item is not None]
        if len(objects) == 1 and isinstance(objects[0], Mapping):
            return objects[0]
    return None
