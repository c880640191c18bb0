"""Write the schemas of the document streams, and the codes that are known, from what was observed of the documents.

The observed schema says which fields there are and of what type. Everything that is ours stands in `corrections.yaml`.

    python tap-inlenersbeloning/scripts/generate_schemas.py [folder of the specification] [--into folder]

Without a folder the specification is looked for in the folder that PROVIDER_SPECS names.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES, snake_case
from tap_inlenersbeloning.blocks import (
    COMPONENTS,
    DOCUMENT_STREAMS,
    REMUNERATIONS,
    ROW_STREAMS,
    DocumentStream,
    Identity,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
PACKAGE: Final = HERE.parent / "tap_inlenersbeloning"
Json = dict[str, Any]

_CODE_LISTS: Final[Json] = {
    "type": "object",
    "description": "The codes that documents have in them, as far as they are known; every list is open.",
    "required": ["list", "code"],
    "additionalProperties": False,
    "properties": {
        "list": {"type": "string", "description": "Name of the list."},
        "code": {"type": "string", "description": "As documents have it; in older blocks a Dutch sentence."},
        "number": {
            "type": ["integer", "null"],
            "description": "The platform's number of the choice, where it is known.",
        },
        "label": {"type": ["string", "null"], "description": "In words, where they are known; Dutch."},
        "is_seen": {"type": ["boolean", "null"], "description": "Seen in recorded documents; else inferred."},
    },
}
_KEYS: Final[Json] = {
    "company_id": {"type": "string", "description": "The agency's own company, from the settings."},
    "partner_id": {"type": "string", "description": "The hirer; see partners."},
    "remuneration_id": {"type": "string", "description": "See remunerations."},
    "lender_version": {"type": "integer", "description": "Version of the remuneration that the row is in."},
}
_POSITION: Final[Json] = {"type": ["integer", "null"], "description": "Place in the list, from 1."}
_REST: Final[Json] = {
    "type": ["object", "null"],
    "additionalProperties": True,
    "description": "What no column holds, in the provider's spelling: members that are not known yet, and values that "
    "are not of their column's type or did not have its form. Null if there is nothing.",
}
_DELETED: Final[Json] = {
    "type": ["string", "null"],
    "format": "date-time",
    "description": "When the tap saw that it is not shared any more, UTC; then only the key is told.",
}


class CorrectionsError(ValueError):
    """The tables do not fit the observed schema or the table of streams."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of the rows of a stream, as observed.

    Attributes:
        name: Members from the row to the value, with dots.
        types: JSON Schema types without null; none if only null was seen.
        description: As the specification has it.
    """

    name: str
    types: frozenset[str] = frozenset()
    description: str = ""

    def joined(self, other: Field) -> Field:
        """Give what fits both: the same field in another list."""
        types = self.types | other.types
        types = types - {"integer"} if "number" in types else types
        return Field(name=self.name, types=types, description=self.description or other.description)


@dataclass
class Corrections:
    """What is ours in the schemas; remembers which entries were looked at."""

    tables: Json
    met: set[tuple[str, str]] = field(default_factory=set)

    def find(self, table: str, stream: str, name: str) -> Any:
        """Look for the field of the stream, then for the field of any stream."""
        for entry in (f"{stream}/{name}", name):
            if entry in self.tables[table]:
                self.met.add((table, entry))
                return self.tables[table][entry] if isinstance(self.tables[table], dict) else True
        return None

    @property
    def idle(self) -> set[str]:
        """Entries for fields that no stream has."""
        tables = ("columns", "types", "formats", "codes", "descriptions", "free_text")
        return {f"{table}: {name}" for table in tables for name in self.tables[table] if (table, name) not in self.met}


class Observed:
    """The observed schema of a document, cut into the rows of the streams."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._sources = {source.path for stream in ROW_STREAMS for source in stream.sources}

    def fields(self, stream: DocumentStream) -> dict[str, Field]:
        """Give the fields of a stream by name; those of all its lists."""
        fields: dict[str, Field] = {}
        for source in stream.sources:
            for found in self._fields(self._node(source.path), source.path, ""):
                name = _unprefixed(found.name, source)
                plain = Field(name=name, types=found.types, description=found.description)
                fields[name] = fields[name].joined(plain) if name in fields else plain
        return fields

    def leaves(self) -> Iterator[str]:
        """Give the paths of all values."""
        yield from _leaves(self._schema, "")

    def _node(self, path: str) -> Mapping[str, Any]:
        node = self._schema
        for part in filter(None, path.split(".")):
            node = node["properties"][part.removesuffix("[]")]
            node = node["items"] if part.endswith("[]") else node
        return node

    def _fields(self, node: Mapping[str, Any], path: str, within: str) -> Iterator[Field]:
        for name, child in node.get("properties", {}).items():
            place = f"{path}.{name}" if path else name
            full = f"{within}{name}"
            types = frozenset(child.get("type", ())) - {"null"}
            if place in self._sources or f"{place}[]" in self._sources:
                continue
            if types == {"object"}:
                yield from self._fields(child, place, f"{full}.")
            elif "object" in child.get("items", {}).get("type", ()):
                raise CorrectionsError(f"no stream holds the list {place}")
            else:
                yield Field(name=full, types=types, description=child.get("description", ""))


class Schemas:
    """Schemas of the document streams.

    Args:
        specification: Folder of the observed schema and the code lists.
        corrections: File of what is ours.
    """

    def __init__(self, specification: Path, corrections: Path = HERE / "corrections.yaml") -> None:
        observed = json.loads((specification / "remuneration.observed.schema.json").read_text(encoding="utf-8"))
        self._observed = Observed(observed)
        self._corrections = Corrections(_read(corrections))
        self._lists = _read(specification / "codelists.yaml")

    @cached_property
    def all(self) -> dict[str, Json]:
        """By stream.

        Raises:
            CorrectionsError: The tables do not fit each other, or no stream holds a path of the observed schema.
        """
        descriptions: Mapping[str, str] = self._corrections.tables["streams"]
        names = {stream.name for stream in DOCUMENT_STREAMS}
        if names != descriptions.keys():
            raise CorrectionsError(f"streams of one table only: {', '.join(sorted(names ^ descriptions.keys()))}")
        schemas = {stream.name: self._schema(stream) for stream in DOCUMENT_STREAMS}
        schemas["code_lists"] = _CODE_LISTS
        idle = self._corrections.idle - {f"free_text: {path.rpartition('.')[2]}" for path in self._observed.leaves()}
        if idle:
            raise CorrectionsError(f"fields that no stream has: {', '.join(sorted(idle))}")
        missing = set(self._observed.leaves()) - self.held
        if missing:
            raise CorrectionsError(f"paths that no stream holds: {', '.join(sorted(missing))}")
        return schemas

    @property
    def held(self) -> set[str]:
        """Paths of all values that have a column."""
        held = set()
        for stream in (REMUNERATIONS, *ROW_STREAMS):
            properties = self._columns(stream)
            for source in stream.sources:
                for declared in properties.values():
                    for name in _spellings(declared.get("x-source-name"), source):
                        held.add(f"{source.path}.{name}" if source.path else name)
        return held

    @cached_property
    def codes(self) -> Json:
        """Code lists: by code whether it was seen, its text and its number, where they are known.

        Raises:
            CorrectionsError: A field has a list that there is not.
        """
        lists = {name: entries for block in _code_lists(self._lists) for name, entries in block.items()}
        for name, parts in self._corrections.tables["joined_codes"].items():
            lists[name] = {code: entry for part in parts for code, entry in lists[part].items()}
        unknown = set(self._corrections.tables["codes"].values()) - lists.keys()
        if unknown:
            raise CorrectionsError(f"there are no code lists {', '.join(sorted(unknown))}")
        return lists

    def _schema(self, stream: DocumentStream) -> Json:
        columns = self._components() if stream is COMPONENTS else self._columns(stream)
        keys = stream.primary_keys
        for key in keys:
            declared = columns[key]["type"]
            columns[key] = {**columns[key], "type": declared if isinstance(declared, str) else declared[0]}
        return {
            "type": "object",
            "description": self._corrections.tables["streams"][stream.name],
            "required": list(keys),
            "additionalProperties": False,
            "properties": columns,
        }

    def _columns(self, stream: DocumentStream) -> dict[str, Json]:
        columns = self._keys(stream)
        for found in self._observed.fields(stream).values():
            column = self._column(stream, found.name)
            if column in columns and "x-source-name" in columns[column]:
                raise CorrectionsError(f"{stream.name}: two fields want the column {column}")
            columns[column] = self._declared(stream, found)
            code_list = columns[column].get("x-codes")
            if code_list and any(code.get("label") for code in self.codes[code_list].values()):
                columns[f"{column}_label"] = _text(f"{column} in words, where they are known.")
        columns = _with_ours(columns, self._corrections.tables["ours"].get(stream.name, {}), stream.name)
        columns["_extra"] = _REST
        if stream is REMUNERATIONS:
            columns["raw"] = self._raw()
            columns["_sdc_deleted_at"] = _DELETED
        return columns

    def _keys(self, stream: DocumentStream) -> dict[str, Json]:
        if stream is REMUNERATIONS:
            return {
                **{name: _KEYS[name] for name in ("company_id", "partner_id")},
                "id": {},
                "lender_version": {},
            }
        columns = dict(_KEYS)
        for key in stream.parent_keys:
            columns[key] = {"type": "string", "description": "The row that this one is in."}
        if stream.kind:
            boolean = isinstance(stream.sources[0].kind, bool)
            kinds = "" if boolean else f": {', '.join(str(source.kind) for source in stream.sources)}"
            columns[stream.kind] = {
                "type": "boolean" if boolean else "string",
                "description": f"Which of the document's lists it is from{kinds}.",
            }
        if stream.identity in (Identity.ID, Identity.INDEX):
            columns[str(stream.identity)] = {}
        if stream.identity is not Identity.WHOLE:
            columns["position"] = _POSITION
        return columns

    def _column(self, stream: DocumentStream, name: str) -> str:
        column = self._corrections.find("columns", stream.name, name)
        if column:
            return str(column)
        parts = name.split(".")
        if len(parts) > 1 and parts[-1] in ("value", "otherValue"):
            parts = [*parts[:-1], "other"] if parts[-1] == "otherValue" else parts[:-1]
        if stream is REMUNERATIONS and len(parts) > 1:
            block, *parts = parts
            prefix = self._corrections.tables["blocks"].get(block)
            parts = [prefix, *parts] if prefix else [block, *parts] if parts == ["id"] else parts
        return "_".join(map(snake_case, parts))

    def _declared(self, stream: DocumentStream, found: Field) -> Json:
        find = self._corrections.find
        corrected = find("types", stream.name, found.name)
        types = {corrected} if corrected else found.types
        if len(types) != 1:
            raise CorrectionsError(f"{stream.name}/{found.name} has the types {sorted(types) or 'null only'}")
        (kind,) = types
        declared: Json = {"type": [kind, "null"]}
        if kind == "array":
            declared["items"] = {"type": ["string", "null"]}
        marks = {
            "format": find("formats", stream.name, found.name),
            "x-source-name": found.name,
            "x-personal-data": self._class(stream, found.name),
            "x-codes": find("codes", stream.name, found.name),
            "description": find("descriptions", stream.name, found.name) or _sentence(found.description),
        }
        return declared | {name: value for name, value in marks.items() if value}

    def _class(self, stream: DocumentStream, name: str) -> str | None:
        """Give the class of a field: its own, that of what it is in, or free text."""
        (path, *_) = [source.path for source in stream.sources]
        full = f"{path}.{name}" if path else name
        classes: Mapping[str, str] = self._corrections.tables["personal_data"]
        for prefix in [full, *(full[: dot.start()] for dot in reversed([*re.finditer(r"\.", full)]))]:
            if prefix in classes:
                return classes[prefix]
        last = name.rpartition(".")[2]
        return "free_text" if self._corrections.find("free_text", stream.name, last) else None

    def _raw(self) -> Json:
        """Declare the document, with the classes that hold inside it wherever records come from."""
        tables = self._corrections.tables
        by_name = {f"*.{name}": "free_text" for name in tables["free_text"] if "/" not in name}
        sources = {stream.name: stream.sources[0].path for stream in ROW_STREAMS}
        of_streams = [name.split("/") for name in tables["free_text"] if "/" in name]
        by_path = {f"{sources[stream]}.{name}": "free_text" for stream, name in of_streams}
        classes = {**tables["personal_data"], **by_path, **by_name}
        unknown = set(classes.values()) - set(PERSONAL_DATA_CLASSES)
        if unknown:
            raise CorrectionsError(f"no classes of personal data: {', '.join(sorted(unknown))}")
        return {
            "type": ["object", "null"],
            "additionalProperties": True,
            "description": "The document as received, in the provider's spelling.",
            "x-personal-data-in": {path.replace("[]", ""): group for path, group in classes.items()},
        }

    def _components(self) -> dict[str, Json]:
        columns = dict(_KEYS)
        for name, declared in self._corrections.tables["components"].items():
            columns[name] = _own(declared)
            if declared["type"] == "object":
                columns[name]["additionalProperties"] = True
        return columns


def _with_ours(columns: dict[str, Json], ours: Mapping[str, Json], stream: str) -> dict[str, Json]:
    """Put our columns behind the ones that they belong to."""
    placed = dict(columns)
    for name, declared in ours.items():
        if name in placed:
            raise CorrectionsError(f"{stream}: {name} is a field of the provider")
        behind = declared.get("behind")
        if behind is not None and behind not in placed:
            raise CorrectionsError(f"{stream}: there is no {behind} for {name} to stand behind")
        items = list(placed.items())
        at = list(placed).index(behind) + 1 if behind else len(items)
        placed = dict([*items[:at], (name, _own(declared)), *items[at:]])
    return placed


def _own(declared: Json) -> Json:
    """Declare a column of ours."""
    kind = declared["type"]
    column: Json = {"type": [kind, "null"]}
    if kind == "array":
        column["items"] = {"type": ["string", "null"]}
    if "personal_data" in declared:
        column["x-personal-data"] = declared["personal_data"]
    return column | {"description": declared["description"]}


def _text(description: str) -> Json:
    return {"type": ["string", "null"], "description": description}


def _sentence(text: str) -> str:
    """End a description with a full stop."""
    return f"{text.rstrip('.')}." if text else ""


def _unprefixed(name: str, source: Source) -> str:
    """Give the name that a field has in the stream's other lists."""
    if not source.prefix or not name.startswith(source.prefix):
        return name
    rest = name.removeprefix(source.prefix)
    return rest[0].lower() + rest[1:]


def _spellings(name: str | None, source: Source) -> Iterator[str]:
    """Give the names that a field may have in a list."""
    if name:
        yield name
        if source.prefix:
            yield source.prefix + name[0].upper() + name[1:]


def _leaves(node: Mapping[str, Any], path: str) -> Iterator[str]:
    """Give the paths of all values below a node; a list of values is one."""
    properties = node.get("properties")
    if properties is not None:
        for name, child in properties.items():
            yield from _leaves(child, f"{path}.{name}" if path else name)
    elif "object" in node.get("items", {}).get("type", ()):
        yield from _leaves(node["items"], f"{path}[]")
    elif f"{path}[]" not in {source.path for stream in ROW_STREAMS for source in stream.sources}:
        yield path


def _code_lists(lists: Mapping[str, Any]) -> Iterator[Json]:
    """Read the lists of the specification, whose entries have several forms."""
    for name, declared in lists.items():
        if name == "setu_mapping":
            continue
        if name == "hour_wage_calculation":
            methods = declared["C"]
            yield {f"{name}_method": {code: _code(number=entry["method_id"]) for code, entry in methods.items()}}
            yield {f"{name}_type": {entry["type"]: _code(number=entry["type_id"]) for entry in methods.values()}}
        elif isinstance(declared.get("C"), dict) and all(
            isinstance(part, (dict, list)) for part in declared["C"].values()
        ):
            for part, entries in declared["C"].items():
                yield {f"{name}_{snake_case(part)}": _entries(entries, seen=True)}
        elif "C" in declared:
            seen = _entries(declared["C"], seen=True)
            more = _entries(declared.get("C_client_code_only", []), seen=False) | _entries(
                declared.get("I", []), seen=False
            )
            yield {name: {**more, **seen}}
        else:
            for part, entries in declared.items():
                yield {f"{name}_{snake_case(part)}": _entries(entries["C"], seen=True)}


def _entries(entries: Any, *, seen: bool) -> Json:
    """Read the codes of a list: alone, with a text, with a number, or ranges of both."""
    if isinstance(entries, list):
        return {str(code): _code(seen=seen) for code in entries}
    codes: Json = {}
    for code, meaning in entries.items():
        span = re.fullmatch(r"(.* )(\d+)\.\.(\d+)", code)
        if span:
            first = int(str(meaning).partition("..")[0])
            numbers = range(int(span[2]), int(span[3]) + 1)
            codes |= {f"{span[1]}{n}": _code(seen=seen, number=first + n - numbers.start) for n in numbers}
        elif isinstance(meaning, int):
            codes[code] = _code(seen=seen, number=meaning)
        else:
            codes[code] = _code(seen=seen, label=meaning.strip())
    return codes


def _code(*, seen: bool = True, label: str | None = None, number: int | None = None) -> Json:
    return {"label": label, "number": number, "seen": seen}


def _read(path: Path) -> Json:
    table: Json = yaml.safe_load(path.read_text(encoding="utf-8"))
    return table


def text_of(schema: Json) -> str:
    """Write a schema with one line per column."""
    properties = ",\n".join(
        f"    {json.dumps(column)}: {json.dumps(declared, ensure_ascii=False)}"
        for column, declared in schema["properties"].items()
    )
    head = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in schema.items()
        if name != "properties"
    )
    return f'{{\n{head},\n  "properties": {{\n{properties}\n  }}\n}}\n'


def codes_text(lists: Json) -> str:
    """Write the code lists with one line per code."""
    blocks = []
    for name, codes in lists.items():
        lines = ",\n".join(
            f"    {json.dumps(code, ensure_ascii=False)}: {json.dumps(entry, ensure_ascii=False)}"
            for code, entry in codes.items()
        )
        blocks.append(f"  {json.dumps(name)}: {{\n{lines}\n  }}")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main() -> None:
    """Write the schemas of the document streams and the code lists."""
    parser = argparse.ArgumentParser(description="Write the schemas of the document streams from what was observed.")
    specs = Path(os.environ.get("PROVIDER_SPECS") or PROJECT.parent / "shared" / "specs")
    parser.add_argument("specification", type=Path, nargs="?", default=specs / "inlenersbeloning")
    parser.add_argument("--into", type=Path, default=PACKAGE, help="folder of the package")
    arguments = parser.parse_args()
    schemas = Schemas(arguments.specification)
    for stream, schema in schemas.all.items():
        (arguments.into / "schemas" / f"{stream}.json").write_text(text_of(schema), encoding="utf-8")
    (arguments.into / "codes.json").write_text(codes_text(schemas.codes), encoding="utf-8")


if __name__ == "__main__":
    main()
