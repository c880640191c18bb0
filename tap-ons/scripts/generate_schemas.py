"""Write the schemas of all streams from the provider's models and the tables beside this file.

The models say which fields there are and of what type. Everything that is ours stands in `corrections.yaml` (classes of
personal data, days sent as moments, names, models that only prose tells) and `descriptions.yaml`.

    python tap-ons/scripts/generate_schemas.py [path of endpoints.yaml] [--into folder]

Without a path the models are looked for in the folder that PROVIDER_SPECS names.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES, snake_case
from tap_ons.listing import KEY, RAW, Job, Listing
from tap_ons.listings import JOBS, LISTINGS
from tap_ons.resources import RESOURCES, Feed, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE: Final = Path(__file__).resolve().parent
PROJECT: Final = HERE.parents[1]
SCHEMAS: Final = HERE.parent / "tap_ons" / "schemas"
_TYPES: Final = {
    "int32": "integer",
    "int64": "integer",
    "double": "number",
    "float": "number",
    "bool": "boolean",
    "string": "string",
    "enum": "string",
    "time": "string",
    "date": "string",
    "datetime": "string",
}
_FORMATS: Final = {"date": "date", "datetime": "date-time"}
_SPEAKS_OF_PEOPLE: Final = re.compile(
    r"(?i)name|phone|mail|birth|gender|pronoun|street|(?<!pa)city|zip|latitude|longitude|address|iban|bank|bsn|client(?!s)"
    r"|comment|note|remark|reason|wage|death|religion|medic|dossier|health|free"
)
"""Names of fields that must have a class of personal data, or stand in the table as having none."""

Json = dict[str, Any]
Row = Resource | Listing | Job


class CorrectionsError(ValueError):
    """The tables do not fit the models or the tables of streams."""


def primary_keys(row: Row) -> tuple[str, ...]:
    """Give the key of a stream."""
    return (KEY,) if isinstance(row, Job) else row.primary_keys


class Corrections:
    """What is ours in the schemas.

    Args:
        folder: Where `corrections.yaml` and `descriptions.yaml` are.
    """

    def __init__(self, folder: Path) -> None:
        table = _read(folder / "corrections.yaml")
        texts = _read(folder / "descriptions.yaml")
        self.models: Mapping[str, Json] = table["models"]
        self._object_models: Mapping[str, str] = table["object_models"]
        self._columns: Mapping[str, str] = table["columns"]
        self._days: frozenset[str] = frozenset(table["days"])
        self._moments: frozenset[str] = frozenset(table["moments"])
        self._classes: Mapping[str, str] = table["personal_data"]
        self._renamed_classes: Mapping[str, str] = table["classes"]
        self.key_types: Mapping[str, str] = table["key_types"]
        self.streams: Mapping[str, str] = texts["streams"]
        self._fields: Mapping[str, str] = texts["fields"]
        self._met: set[str] = set()
        unknown = {*self._classes.values(), *self._renamed_classes.values()} - {"none", *PERSONAL_DATA_CLASSES}
        if unknown:
            raise CorrectionsError(f"no classes of personal data: {', '.join(sorted(unknown))}")

    @property
    def idle(self) -> set[str]:
        """Entries for fields that no stream has."""
        tables = (self._object_models, self._columns, self._days, self._moments, self._classes, self._fields)
        return {entry for table in tables for entry in table} - self._met

    def column(self, model: str, field: str) -> str:
        """Name the column of a field."""
        return self._found(self._columns, model, field) or snake_case(field)

    def kind(self, model: str, field: Json) -> str:
        """Give the type of a field: a day where a day is meant although a moment is sent."""
        kind: str = field["type"]
        name = field["name"]
        if kind.endswith("object"):
            inner = self._found(self._object_models, model, name)
            if inner is None:
                raise CorrectionsError(f"{model}.{name} is an object that no model describes")
            return f"{kind}:{inner}"
        if kind != "datetime":
            return kind
        if self._listed(self._moments, model, name):
            return kind
        return "date" if self._listed(self._days, model, name) or name.endswith("Date") else kind

    def personal_data(self, model: str, field: Json) -> str | None:
        """Give the class of a field.

        Raises:
            CorrectionsError: Its name speaks of people, and neither the models nor the table know a class.
        """
        name = field["name"]
        (vendor,) = field.get("pii") or [None]
        group = self._classes.get(f"{model}.{name}") or self._renamed_classes.get(vendor, vendor)
        group = group or self._classes.get(name)
        self._met |= {f"{model}.{name}", name}
        if group is None and _SPEAKS_OF_PEOPLE.search(name):
            raise CorrectionsError(f"{model}.{name} has no class of personal data; `none` is one")
        return None if group in (None, "none") else group

    def description(self, model: str, field: Json) -> str | None:
        """Say what a field is, if there is anything to say."""
        text = self._found(self._fields, model, field["name"])
        if field.get("deprecated") and "eprecated" not in (text or ""):
            text = f"Deprecated by Ons. {text or ''}".strip()
        return text

    def _found(self, table: Mapping[str, str], model: str, name: str) -> str | None:
        """Look for the field of the model, then for the field of any model."""
        for entry in (f"{model}.{name}", name):
            if entry in table:
                self._met.add(entry)
                return table[entry]
        return None

    def _listed(self, entries: frozenset[str], model: str, name: str) -> bool:
        entry = f"{model}.{name}"
        self._met |= entries & {entry}
        return entry in entries


class Models:
    """The provider's models, and those that the corrections add.

    Args:
        path: `endpoints.yaml`.
        corrections: What is ours.
    """

    def __init__(self, path: Path, corrections: Corrections) -> None:
        self._corrections = corrections
        self._models: Mapping[str, Json] = {**_read(path)["models"], **corrections.models}

    def columns(self, model: str, within: tuple[str, ...] = ()) -> dict[str, Json]:
        """Declare the fields of a model; one that the path of models already has is cut to its id.

        Raises:
            CorrectionsError: Two fields want one column, or a field has no class.
        """
        columns: dict[str, Json] = {}
        for owner, field in self._fields(model):
            column = self._corrections.column(owner, field["name"])
            if column in columns:
                raise CorrectionsError(f"{model}: two fields want the column {column}")
            columns[column] = self._declared(owner, field, column, (*within, model))
        return columns

    def _fields(self, model: str) -> Iterator[tuple[str, Json]]:
        """Give the fields of a model with the name of the model that has them."""
        declared = self._models[model]
        if "extends" in declared:
            yield from self._fields(declared["extends"])
        for field in declared["fields"]:
            yield model, field

    def _declared(self, model: str, field: Json, column: str, within: tuple[str, ...]) -> Json:
        declared = {
            **self._type(self._corrections.kind(model, field), within),
            "x-source-name": field["name"] if field["name"] != column else None,
            "x-personal-data": self._corrections.personal_data(model, field),
            "description": self._corrections.description(model, field),
        }
        nested = [declared.pop(part, None) for part in ("additionalProperties", "properties", "items")]
        declared |= dict(zip(("additionalProperties", "properties", "items"), nested, strict=True))
        return {name: value for name, value in declared.items() if value is not None}

    def _type(self, kind: str, within: tuple[str, ...]) -> Json:
        outer, _, inner = kind.partition(":")
        if outer == "array":
            return {
                "type": ["array", "null"],
                "items": self._type(inner if inner in _TYPES else f"object:{inner}", within),
            }
        if outer == "object":
            model = inner.removeprefix("object:")
            if model not in within:
                return {"type": ["object", "null"], "x-model": model, "properties": self.columns(model, within)}
            properties = {"id": {"type": ["integer", "null"]}}
            return {
                "type": ["object", "null"],
                "x-model": model,
                "additionalProperties": False,
                "properties": properties,
            }
        declared: Json = {"type": [_TYPES[outer], "null"]}
        return declared | ({"format": _FORMATS[outer]} if outer in _FORMATS else {})


class Schemas:
    """Schemas of the rows of the tables."""

    def __init__(self, endpoints: Path, tables: Path = HERE) -> None:
        self._corrections = Corrections(tables)
        self._models = Models(endpoints, self._corrections)

    @cached_property
    def all(self) -> dict[str, Json]:
        """By stream.

        Raises:
            CorrectionsError: The tables do not fit each other.
        """
        rows: tuple[Row, ...] = (*RESOURCES, *LISTINGS, *JOBS)
        if {row.stream for row in rows} != self._corrections.streams.keys():
            names = {row.stream for row in rows} ^ self._corrections.streams.keys()
            raise CorrectionsError(f"streams of one table only: {', '.join(sorted(names))}")
        schemas = {row.stream: self._of(row) for row in rows}
        if self._corrections.idle:
            raise CorrectionsError(f"fields that no stream has: {', '.join(sorted(self._corrections.idle))}")
        return schemas

    def _of(self, row: Row) -> Json:
        keys = primary_keys(row)
        columns = {**self._before(row), **self._body(row), **self._after(row)}
        missing = [key for key in keys if key not in columns]
        if missing:
            raise CorrectionsError(f"{row.stream} has no {', '.join(missing)} for its key")
        for key in keys:
            columns[key] = {**columns[key], "type": columns[key]["type"][0]}
        return {
            "type": "object",
            "description": self._corrections.streams[row.stream],
            "required": list(keys),
            "additionalProperties": True,
            "properties": columns,
        }

    def _body(self, row: Row) -> dict[str, Json]:
        if row.model:
            return self._models.columns(row.model)
        kind = self._corrections.key_types.get(row.stream, "integer")
        return {
            "id": {"type": [kind, "null"]},
            RAW: {
                "type": ["object", "null"],
                "description": "The record as Ons sends it: its fields are not published.",
            },
        }

    def _before(self, row: Row) -> dict[str, Json]:
        if isinstance(row, Resource):
            return {}
        columns: dict[str, Json] = {}
        if row.hashed:
            columns[KEY] = {
                "type": ["string", "null"],
                "description": f"Ons has no key: a hash of {', '.join(map(snake_case, row.hashed))}.",
            }
        return columns | {column: self._stamped(column) for column in getattr(row, "stamped", ())}

    def _stamped(self, column: str) -> Json:
        day = column.endswith("_start")
        text = "First day of the period that was asked for." if day else "Asked for; not told by the record."
        group = self._corrections.personal_data("(asked for)", {"name": column})
        declared = {
            "type": ["string" if day else "integer", "null"],
            "format": "date" if day else None,
            "x-personal-data": group,
            "description": text,
        }
        return {name: value for name, value in declared.items() if value is not None}

    def _after(self, row: Row) -> dict[str, Json]:
        moment = {"type": ["string", "null"], "format": "date-time"}
        added = {"_ons_synced_at": {**moment, "description": "When the tap began to read, UTC."}}
        if isinstance(row, Resource) and Feed.DELETES in row.feeds:
            text = "When the tap read that Ons had deleted it; then only the key is told."
            added["_sdc_deleted_at"] = {**moment, "description": text}
        return added


def _read(path: Path) -> Json:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is fast
    table: Json = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (both are safe)
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


def main() -> None:
    """Write the schemas of all streams."""
    parser = argparse.ArgumentParser(description="Write the schemas of all streams from the provider's models.")
    specs = Path(os.environ.get("PROVIDER_SPECS") or PROJECT.parent / "shared" / "specs")
    parser.add_argument("endpoints", type=Path, nargs="?", default=specs / "ons" / "endpoints.yaml")
    parser.add_argument("--into", type=Path, default=SCHEMAS, help="folder of the schemas")
    arguments = parser.parse_args()
    for stream, schema in Schemas(arguments.endpoints).all.items():
        (arguments.into / f"{stream}.json").write_text(text_of(schema), encoding="utf-8")


if __name__ == "__main__":
    main()
