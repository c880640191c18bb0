"""Write the schemas of the lists from the vendor's OpenAPI document and the table of corrections beside this file.

The vendor's document says which fields there are and of what type. Everything that is ours stands in
`corrections.yaml`: names of columns, classes of personal data, descriptions, and where the document is wrong.

    python tap-nmbrs/scripts/generate_schemas.py [path of nmbrs-rest-openapi.yaml] [--into folder]

Without a path the document is looked for in the folder that PROVIDER_SPECS names.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES, snake_case
from tap_nmbrs.operation import Per, Window
from tap_nmbrs.rest.operations import OPERATIONS, RestOperation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
SCHEMAS: Final = HERE.parent / "tap_nmbrs" / "schemas"
_TEXT: Final = "string"
_SEQUENCE: Final = "sequence"
_DATES: Final = ("date", "date-time")

Json = dict[str, Any]


class CorrectionsError(ValueError):
    """The table of corrections does not fit the document or the table of operations."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A field of the vendor's record: a plain value or a list, at the end of a path of objects."""

    path: tuple[str, ...]
    schema: Json


class Document:
    """The vendor's OpenAPI document."""

    def __init__(self, path: Path) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is fast
        self._document: Json = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (both are safe)
        self._reads = {item["get"]["operationId"]: item["get"] for item in self._paths() if "get" in item}

    def _paths(self) -> Iterator[Json]:
        yield from self._document["paths"].values()

    def leaves(self, operation: RestOperation) -> list[Leaf]:
        """Give the fields of the records that the tap makes of an operation's answer."""
        answer = self._resolved(self._resolved(self._reads[operation.operation_id]["responses"]["200"]))
        body = self._members(answer["content"]["application/json"]["schema"])
        row = self._members(self._resolved(body["data"])["items"])
        beside = {name: body[name] for name in operation.envelope}
        return list(self._leaves({**beside, **self._record(row, operation.inner)}, ()))

    def _record(self, row: Json, inner: tuple[str, ...]) -> Json:
        """Follow the members that lead to the records, as the tap does."""
        if not inner:
            return row
        name, *deeper = inner
        held = self._resolved(row[name])
        one = self._members(held["items"] if held.get("type") == "array" else held)
        rest = {member: schema for member, schema in row.items() if member != name}
        if deeper:
            rest = {member: schema for member, schema in rest.items() if member.endswith("Id")}
            one = {member: schema for member, schema in one.items() if member.endswith("Id") or member == deeper[0]}
        return self._record({**rest, **one}, tuple(deeper))

    def _leaves(self, members: Json, path: tuple[str, ...]) -> Iterator[Leaf]:
        for name, declared in members.items():
            schema = self._resolved(declared)
            if schema.get("properties"):
                yield from self._leaves(schema["properties"], (*path, name))
            elif schema.get("type") == "array":
                items = list(self._leaves(self._members(schema["items"]), ()))
                yield Leaf(path=(*path, name), schema={"type": "array", "items": items})
            else:
                yield Leaf(path=(*path, name), schema=schema)

    def _members(self, schema: Json) -> Json:
        members: Json = self._resolved(schema)["properties"]
        return members

    def _resolved(self, part: Json) -> Json:
        while "$ref" in part or "allOf" in part:
            if "allOf" in part:
                (part,) = part["allOf"]
                continue
            target: Any = self._document
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            part = target
        return part


class Corrections:
    """What is ours in the schemas.

    Args:
        path: The table: `segments` (names of nested objects), `personal_data` (class to columns; `none` is a class
            here), `descriptions` and `types` by column, and `streams` with what holds in one stream only.
    """

    def __init__(self, path: Path) -> None:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._segments: Mapping[str, str] = table["segments"]
        self._descriptions: Mapping[str, str] = table["descriptions"]
        self._types: Mapping[str, Json] = table["types"]
        self._classes = {column: group for group, columns in table["personal_data"].items() for column in columns}
        self._streams: Mapping[str, Json] = table["streams"]
        self._met: set[str] = set()
        unknown = set(table["personal_data"]) - {"none", *PERSONAL_DATA_CLASSES}
        if unknown:
            raise CorrectionsError(f"no classes of personal data: {', '.join(sorted(unknown))}")

    @property
    def streams(self) -> set[str]:
        """Streams that the table describes."""
        return set(self._streams)

    @property
    def idle(self) -> set[str]:
        """Columns that the table speaks of although no stream has them."""
        return (self._classes.keys() | self._descriptions.keys() | self._types.keys()) - self._met

    def description(self, stream: str) -> str:
        """What the records of a stream are."""
        text: str = self._streams[stream]["description"]
        return text

    def fields(self, stream: str) -> Mapping[str, Json]:
        """What holds for columns in one stream only, by column."""
        fields: Mapping[str, Json] = self._streams[stream].get("fields", {})
        return fields

    def column(self, stream: str, path: tuple[str, ...]) -> str:
        """Name a column: words that a member repeats of its object's name are said once."""
        source = ".".join(path)
        for column, field in self.fields(stream).items():
            if field.get("source") == source:
                return column
        words: list[str] = []
        for segment in path:
            more = self._segments.get(segment, snake_case(segment)).split("_")
            said = next(n for n in range(len(words), -1, -1) if words[len(words) - n :] == more[:n])
            words += more[said:]
        return "_".join(word for word in words if word)

    def declaration(self, stream: str, column: str, vendor: Json, *, source: str | None, is_key: bool) -> Json:
        """Declare a column: the vendor's type, unless corrected, its class and what there is to say about it."""
        field = {**self._types.get(column, {}), **self.fields(stream).get(column, {})}
        type_ = field.get("type") or vendor.get("type", _TEXT)
        type_ = _TEXT if type_ == "enum" else type_
        format_ = None if type_ != _TEXT else field.get("format", vendor.get("format"))
        says = [field.get("description") or self._descriptions.get(column), _values(vendor)]
        declared = {
            "type": type_ if is_key else [type_, "null"],
            "format": format_ if format_ in _DATES else None,
            "x-source-name": source if source and ("." in source or snake_case(source) != column) else None,
            "x-personal-data": self._class(stream, column, field),
            "items": self._items(stream, vendor) if type_ == "array" else None,
            "description": " ".join(filter(None, says)) or None,
        }
        return {name: value for name, value in declared.items() if value is not None}

    def item_columns(self, stream: str, vendor: Json) -> dict[str, Leaf]:
        """Give the columns of the objects in a list."""
        return {self.column(stream, leaf.path): leaf for leaf in vendor.get("items", ())}

    def _items(self, stream: str, vendor: Json) -> Json:
        return {
            "type": ["object", "null"],
            "additionalProperties": True,
            "properties": {
                column: self.declaration(stream, column, leaf.schema, source=".".join(leaf.path), is_key=False)
                for column, leaf in self.item_columns(stream, vendor).items()
            },
        }

    def _class(self, stream: str, column: str, field: Json) -> str | None:
        self._met.add(column)
        group: str | None = field.get("class") or self._classes.get(column)
        if group is None:
            raise CorrectionsError(f"{stream}.{column} has no class of personal data; `none` is one")
        return None if group == "none" else group


def _values(vendor: Json) -> str | None:
    """Tell known values; others pass."""
    values = vendor.get("enum")
    return f"Known values: {', '.join(map(str, values))}." if values else None


def _stamped(operation: RestOperation) -> dict[str, Json]:
    """Give the columns that the tap adds to what Nmbrs sends."""
    text, number = {"type": _TEXT}, {"type": "integer"}
    columns = {Per.ACCOUNT: {}, Per.DEBTOR: {"debtor_id": text}, Per.COMPANY: {"company_id": text}}[operation.per]
    if operation.parent:
        columns |= {operation.parent.key: text}
    if operation.window is not Window.NONE:
        columns |= {"year": number}
    if operation.window is Window.PERIOD:
        columns |= {"period": number}
    return columns


def schema_of(operation: RestOperation, document: Document, corrections: Corrections) -> Json:
    """Make the schema of a stream.

    Raises:
        CorrectionsError: A column has no class, two fields want one name, a key or a correction has no column.
    """
    stream = operation.stream
    stamped = _stamped(operation)
    keys = list(dict.fromkeys((*stamped, *operation.primary_keys)))
    sources: dict[str, str | None] = dict.fromkeys(stamped)
    vendor: dict[str, Json] = dict(stamped)
    for leaf in document.leaves(operation):
        column, source = corrections.column(stream, leaf.path), ".".join(leaf.path)
        if column in stamped and source in {column, _camel(column)}:
            continue
        if column in vendor:
            raise CorrectionsError(f"{stream}: {source} and another field both want the column {column}")
        sources[column], vendor[column] = source, leaf.schema
    if _SEQUENCE in operation.primary_keys:
        sources[_SEQUENCE], vendor[_SEQUENCE] = None, {"type": "integer"}
    nested = {column for schema in vendor.values() for column in corrections.item_columns(stream, schema)}
    for column, field in corrections.fields(stream).items():
        if column not in vendor and column not in nested:
            if "source" not in field or "reason" not in field:
                raise CorrectionsError(f"{stream}.{column} is not in the document: a correction needs source, reason")
            sources[column], vendor[column] = field["source"], {}
    missing = [key for key in keys if key not in vendor]
    if missing:
        raise CorrectionsError(f"{stream} has no {', '.join(missing)} for its key")
    return {
        "type": "object",
        "description": corrections.description(stream),
        "required": keys,
        "additionalProperties": True,
        "properties": {
            column: corrections.declaration(
                stream, column, vendor[column], source=sources[column], is_key=column in keys
            )
            for column in vendor
        },
    }


def _camel(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


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


def main() -> None:
    """Write the schemas of all lists."""
    parser = argparse.ArgumentParser(description="Write the schemas of the lists from the vendor's OpenAPI document.")
    specs = Path(os.environ.get("PROVIDER_SPECS") or PROJECT.parent / "shared" / "specs")
    parser.add_argument("document", type=Path, nargs="?", default=specs / "nmbrs" / "nmbrs-rest-openapi.yaml")
    parser.add_argument("--into", type=Path, default=SCHEMAS, help="folder of the schemas")
    arguments = parser.parse_args()
    document, corrections = Document(arguments.document), Corrections(HERE / "corrections.yaml")
    names = {operation.stream for operation in OPERATIONS}
    if names != corrections.streams:
        raise CorrectionsError(f"streams of one table only: {', '.join(sorted(names ^ corrections.streams))}")
    schemas = {operation.stream: schema_of(operation, document, corrections) for operation in OPERATIONS}
    if corrections.idle:
        raise CorrectionsError(f"columns that no stream has: {', '.join(sorted(corrections.idle))}")
    for stream, schema in schemas.items():
        (arguments.into / f"{stream}.json").write_text(text_of(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
