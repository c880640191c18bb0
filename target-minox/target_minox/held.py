"""What Minox holds of a record beside what we would write: parts, merges, digests, differences."""

import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from connector_kit.books import identity

from target_minox.masterdata import day

__all__ = ["changed_members", "differences", "digest", "merged", "same", "writable"]

Record = Mapping[str, Any]


def writable(held: Record, known: Mapping[str, Any]) -> dict[str, Any]:
    """The part of what is held that a schema lets us write, without what is empty: it can be sent back.

    Args:
        held: As Minox gave it.
        known: Schema of the record.
    """
    properties = known.get("properties")
    result: dict[str, Any] = {}
    for name, value in held.items():
        if properties is not None and name not in properties:
            continue
        inner = (properties or {}).get(name, {})
        kept = _writable_value(value, inner)
        if kept is not None and kept not in ("", {}, []) and not (kept == 0 and _is_id(name, kept)):
            result[name] = kept
    return result


def _writable_value(value: Any, known: Mapping[str, Any]) -> Any:
    match value:
        case Mapping():
            return writable(value, known)
        case list():
            items = (_writable_value(item, known.get("items", {})) for item in value)
            return [item for item in items if item not in (None, "", {}, [])]
        case str() if known.get("format") == "date" and day(value) is not None:
            return value[:10]
        case _:
            return value


def _is_id(name: str, value: Any) -> bool:
    return (name == "id" or name.endswith("_id")) and not isinstance(value, bool)


def digest(held: Record, known: Mapping[str, Any]) -> str:
    """A version of what is held, for a provider that has none: it changes when somebody changes what we may write."""
    return identity.content_hash(writable(held, known), mapping_version="held")


def same(ours: Any, held: Any) -> bool:
    """Whether all that we say is held, whatever else is there, however numbers and dates are spelled."""
    return not any(True for _ in _different(ours, held, ""))


def differences(ours: Record, held: Record) -> dict[str, tuple[Any, Any]]:
    """Members that differ: what is held, and what we would write."""
    return {path: (theirs, mine) for path, theirs, mine in _different(ours, held, "")}


def _different(ours: Any, held: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(ours, Mapping):
        theirs = held if isinstance(held, Mapping) else {}
        for name, value in ours.items():
            yield from _different(value, theirs.get(name), f"{path}.{name}" if path else name)
    elif isinstance(ours, list):
        theirs_list = held if isinstance(held, list) else []
        if len(ours) != len(theirs_list):
            yield path, held, ours
        else:
            for place, (mine, theirs_one) in enumerate(zip(ours, theirs_list, strict=True)):
                yield from _different(mine, theirs_one, f"{path}[{place}]")
    elif not _equal(ours, held):
        yield path, held, ours


def _equal(ours: Any, held: Any) -> bool:
    """One spelling for numbers, which may come as text, for times that stand for days, and for letters."""
    if isinstance(ours, bool) or ours is None:
        return bool(ours) == bool(held)  # a switch that is not shown is off
    if isinstance(ours, int | Decimal):
        try:
            return Decimal(ours) == Decimal(held if isinstance(held, int | str | Decimal) else "NaN")
        except ArithmeticError:
            return False
    theirs = unicodedata.normalize("NFC", str(held)).strip() if held is not None else None
    return bool(ours == theirs) or (theirs is not None and day(ours) is not None and theirs[:11] == f"{ours}T")


def merged(held: Mapping[str, Any], ours: Record) -> dict[str, Any]:
    """What is held with our members in their places; lists are ours as a whole."""
    result = dict(held)
    for name, value in ours.items():
        before = result.get(name)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        result[name] = merged(before, value) if both and isinstance(before, Mapping) else value
    return result


def changed_members(held: Record, ours: Record) -> dict[str, Any]:
    """The top-level members to send in a PATCH, each whole, so that it does not matter whether Minox merges objects."""
    whole = merged(held, ours)
    return {name: whole[name] for name, value in ours.items() if not same(value, held.get(name))}
