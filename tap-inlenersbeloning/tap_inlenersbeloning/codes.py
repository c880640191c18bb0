"""The codes that are known: their words and numbers. Every list is open, so nothing is validated against it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

__all__ = ["OWN_WORDS", "code_list_records", "code_lists"]

OWN_WORDS: Final = "Anders"
"""What the platform's choice for own words begins with; they may be glued behind it (seen)."""


@cache
def code_lists() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Give all lists by name: codes with `label`, `number` and whether they were `seen` in recorded documents."""
    text = resources.files("tap_inlenersbeloning").joinpath("codes.json").read_text(encoding="utf-8")
    lists: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(text)
    return lists


def code_list_records() -> Iterator[dict[str, Any]]:
    """Give the records of the stream `code_lists`."""
    for name, codes in code_lists().items():
        for code, entry in codes.items():
            yield {
                "list": name,
                "code": code,
                "number": entry["number"],
                "label": entry["label"],
                "is_seen": entry["seen"],
            }
