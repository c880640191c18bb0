"""The operations of Minimax's API as a table, from `operations.yaml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("operations.yaml")
ORGANISATION = "/api/orgs/<int:organisation>"
PLACE = "0"
"""What stands for every number in a path."""
PLACES = {"{key}": "<int:key>", "{parent}": "<int:parent>"}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        name: Its name in the vendor's documentation.
        module: Its page there.
        verb: How it answers: ``list``, ``get``, ``code``, ``sync``, ``add``, ``replace``, ``delete``, ``action``, or
            ``other``: in a way of its own.
        path: Werkzeug's rule, under the installation's ``API``.
        model: Sort of the records.
        row: Model of a row in a list.
        query: Query parameters that it knows, besides those of paging.
    """

    name: str
    module: str
    verb: str
    method: str
    path: str
    model: str
    row: str
    query: frozenset[str]

    @property
    def of_organisation(self) -> bool:
        """Whether it belongs to an organisation, and counts as a call on it."""
        return self.path.startswith(ORGANISATION)


@cache
def operations() -> tuple[Operation, ...]:
    """All operations, in the order of the vendor's pages."""
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(_operation(module, name, text) for module, rows in loaded.items() for name, text in rows.items())


@cache
def paths() -> Mapping[str, str]:
    """Where a single record of a model is read, with ``{parent}`` and ``{key}``, relative to the API's base."""
    found: dict[str, str] = {}
    for each in operations():
        if each.verb == "get":
            path = each.path.replace("<int:parent>", "{parent}").replace("<int:key>", "{key}")
            found.setdefault(each.model, path.replace("<int:organisation>", "{organisation}"))
    return found


@cache
def words() -> Mapping[tuple[str, str], str]:
    """The fixed parts of all paths as documented, by what stands before them and by their small letters."""
    found: dict[tuple[str, str], str] = {}
    for each in operations():
        parts = each.path.split("/")
        for before, part in pairwise(parts):
            name = part.partition("(")[0]
            if not name.startswith("<"):
                found[(PLACE if before.startswith("<") else before.lower(), name.lower())] = name
    return found


def _operation(module: str, name: str, text: str) -> Operation:
    head, _, query = text.partition(" ? ")
    verb, method, path, model, *row = head.split()
    path = path.replace("~", ORGANISATION)
    for place, rule in PLACES.items():
        path = path.replace(place, rule)
    return Operation(
        name=name,
        module=module,
        verb=verb,
        method=method,
        path=re.sub(r"{(\w+)}", _text_place, path),
        model="" if model == "-" else model,
        row=row[-1] if row else "" if model == "-" else model,
        query=frozenset(query.split()),
    )


def _text_place(match: re.Match[str]) -> str:
    name = {"action": "action"}.get(match.group(1), "code")
    return f"<path:{name}>" if name == "code" else f"<{name}>"
