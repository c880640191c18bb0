"""The books contract: the records that every bookkeeping target accepts, as JSON Schema."""

import json
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["names", "schema"]


def names() -> tuple[str, ...]:
    """Record types of the contract."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files if name.endswith(".json")))


def schema(name: str) -> dict[str, Any]:
    """Give the schema of a record type; the caller may change its copy.

    Raises:
        KeyError: If the contract has no such record type.
    """
    if name not in names():
        raise KeyError(f"the books contract has no {name!r}, only {', '.join(names())}")
    result: dict[str, Any] = json.loads(_text(name))
    return result


@cache
def _text(name: str) -> str:
    return resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
