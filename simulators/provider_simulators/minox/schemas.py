"""What a written record may hold, from `schemas.yaml`: members, types, what is mandatory and what may not be empty."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from provider_simulators.minox.messages import Code, Message

FILE = Path(__file__).with_name("schemas.yaml")
READ_ONLY = " (read)"
OPEN = ("object", "array")
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "integer|string": (int, str),
    "object": (Mapping,),
    "array": (list,),
}
MAY_BE_EMPTY = re.compile(r"(^|\.)vat$")
DATE = re.compile(r"(_date|Date|last_sent)$")
MOMENT = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])($|T)", re.ASCII)
MAY_BE_ZERO = re.compile(r"(^|[._])vat(\.|_)id$")


class Schema:
    """One schema of the vendor's API on write.

    Attributes:
        kinds: Type of every member by its path; elements of a list have `[]` in it.
        read_only: Paths that are only answered; on write they are let through and forgotten.
    """

    def __init__(self, name: str, schemas: Mapping[str, Mapping[str, str]]) -> None:
        self.kinds: dict[str, str] = {}
        self.read_only: set[str] = set()
        self._required: set[str] = set()
        self._add("", name, schemas, read_only=False)
        self._branches = {path[: match.start()] for path in self.kinds for match in re.finditer(r"\.|\[\]", path)}

    def problems(self, body: Any, *, partial: bool, unknown: bool, empty: bool) -> list[Message]:
        """What is wrong with a body.

        Args:
            body: As it came; numbers are int or Decimal.
            partial: It holds changes: nothing is mandatory at the top.
            unknown: Whether members that are not known are wrong.
            empty: Whether empty members are wrong (they broke a live client one after the other).
        """
        if not isinstance(body, Mapping):
            return [Message(code=Code.BODY, text="Verwacht een object")]
        found = list(self._members("", body, open_=False, partial=partial))
        tolerated = {*(() if unknown else (Code.UNKNOWN_MEMBER,)), *(() if empty else (Code.EMPTY_MEMBER,))}
        return [message for message in found if message.code not in tolerated]

    def clean(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body without what is only answered."""
        cleaned = self._cleaned("", body)
        return cleaned if isinstance(cleaned, dict) else {}

    def _add(self, prefix: str, name: str, schemas: Mapping[str, Mapping[str, str]], *, read_only: bool) -> None:
        for member, text in schemas[name].items():
            only_answered = read_only or text.endswith(READ_ONLY)
            path, kind = prefix + member.rstrip("!"), text.removesuffix(READ_ONLY)
            element = re.fullmatch(r"array<(\w+)>", kind)
            inner = element.group(1) if element else kind
            path = path.removesuffix("[]") if element or kind == "array" else path
            if inner in schemas:
                self._add(f"{path}[]." if element else f"{path}.", inner, schemas, read_only=only_answered)
            elif path not in self.kinds:
                self.kinds[path] = "array" if element else kind
                if only_answered:
                    self.read_only.add(path)
            if member.endswith("!") and member != "id!":
                self._required.add(path)

    def _members(self, path: str, value: Mapping[str, Any], *, open_: bool, partial: bool) -> Iterator[Message]:
        for name, inner in value.items():
            yield from self._problems(f"{path}.{name}" if path else name, inner, open_=open_)
        if partial:
            return
        for required in sorted(self._required):
            parent, _, name = required.rpartition(".")
            if parent == path and name not in value:
                yield _message(Code.MISSING_MEMBER, required, "ontbreekt")

    def _problems(self, path: str, value: Any, *, open_: bool) -> Iterator[Message]:
        kind = self.kinds.get(path)
        known = kind is not None or path in self._branches
        if path in self.read_only:
            return
        if not known and not open_:
            yield _message(Code.UNKNOWN_MEMBER, path, "is onbekend")
        elif _is_empty(path, value):
            yield _message(Code.EMPTY_MEMBER, path, "is leeg: laat weg wat leeg is")
        elif value is None:
            return
        elif known and not self._fits(path, kind, value):
            yield _message(Code.WRONG_TYPE, path, "heeft een verkeerd type")
        elif DATE.search(path) and isinstance(value, str) and not MOMENT.match(value):
            yield _message(Code.DATE, path, "is geen datum JJJJ-MM-DD")
        elif isinstance(value, Mapping):
            yield from self._members(path, value, open_=open_ or kind in OPEN, partial=False)
        elif isinstance(value, list):
            for each in value:
                yield from self._problems(f"{path}[]", each, open_=open_ or kind in OPEN)

    def _fits(self, path: str, kind: str | None, value: Any) -> bool:
        if kind is None:
            wanted = list if f"{path}[]" in self._branches else Mapping
            return isinstance(value, wanted)
        if isinstance(value, bool):
            return kind == "boolean"
        return isinstance(value, TYPES.get(kind, (object,)))

    def _cleaned(self, path: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            paths = {name: f"{path}.{name}" if path else name for name in value}
            return {
                name: self._cleaned(paths[name], value[name]) for name in value if paths[name] not in self.read_only
            }
        if isinstance(value, list):
            return [self._cleaned(f"{path}[]", each) for each in value]
        return value


@cache
def schema(name: str) -> Schema:
    """A schema by the name that it has in the vendor's API."""
    return Schema(name, _schemas())


@cache
def _schemas() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def _is_empty(path: str, value: Any) -> bool:
    if value is None or value in ({}, [], ""):
        return not MAY_BE_EMPTY.search(path)
    is_id = path.endswith(("id", "_number")) and not isinstance(value, bool)
    return is_id and value == 0 and not MAY_BE_ZERO.search(path)


def _message(code: Code, path: str, text: str) -> Message:
    return Message(code=code, text=f"{path} {text}", field=path)
