"""Which columns a catalog does not select, and records without them."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

__all__ = ["Unselected", "leave_out", "unselected"]

Unselected: TypeAlias = "Mapping[str, Unselected | None]"
"""Columns by name: None is the whole column, else what is not selected of the object in it."""
_PROPERTIES: Final = "properties"


def unselected(mask: Mapping[tuple[str, ...], bool]) -> Unselected:
    """Read from the selection mask of a stream which columns its records are to lack.

    What is inside a list is selected with the list.
    """
    names: dict[str, Any] = {}
    for breadcrumb in sorted((crumbs for crumbs, is_selected in mask.items() if crumbs and not is_selected), key=len):
        if len(breadcrumb) % 2 or set(breadcrumb[::2]) != {_PROPERTIES}:
            continue
        *way, last = breadcrumb[1::2]
        place: dict[str, Any] | None = names
        for name in way:
            place = None if place is None else place.setdefault(name, {})
        if place is not None:  # else the object that it is in is not selected
            place[last] = None
    return names


def leave_out(record: dict[str, Any], names: Unselected) -> None:
    """Take columns out of a record and of the objects in it."""
    for name, inner in names.items():
        if inner is None:
            record.pop(name, None)
        elif isinstance(value := record.get(name), dict):
            leave_out(value, inner)
