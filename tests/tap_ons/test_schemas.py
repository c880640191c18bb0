"""Schemas against the provider's models, and the catalog against its snapshot."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES
from tap_ons.client import OnsStream
from tap_ons.schemas import SCHEMAS
from tap_ons.streams import RESOURCES, Resource
from tap_ons.tap import TapOns

SNAPSHOT = Path(__file__).with_name("catalog.json")
TYPES = {"int64": "integer", "int32": "integer", "double": "number", "bool": "boolean"}
FORMATS = {"date": "date", "datetime": "date-time"}
DAYS = {"beginDate", "endDate"}
"""Sent as date-times, but days: local midnights (vendor documentation)."""
CLASSES = {"free": "free_text", "gender": "special"}
"""The models' classes of personal data that have another name here."""
STRICTER = {"mobilePhoneNumber": "contact"}
"""Fields that the models call never set, classified in case they ever are."""


@cache
def specification(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((folder / "ons" / "endpoints.yaml").read_text(), Loader=yaml.CSafeLoader)
    return content


def fields(models: dict[str, Any], name: str) -> dict[str, Any]:
    model = models[name]
    inherited = fields(models, model["extends"]) if "extends" in model else {}
    return {**inherited, **{field["name"]: field for field in model["fields"]}}


def by_source(schema: dict[str, Any]) -> dict[str, Any]:
    return {field.get("x-source-name", name): field for name, field in schema["properties"].items()}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.stream)
def test_a_schema_has_the_fields_of_the_providers_model(resource: Resource, provider_specs: Path) -> None:
    compare(specification(provider_specs)["models"], resource.model, dict(SCHEMAS.get_schema(resource.stream)))


def compare(models: dict[str, Any], model: str, schema: dict[str, Any]) -> None:
    declared, expected = by_source(schema), fields(models, model)
    assert declared.keys() == expected.keys()
    for name, field in expected.items():
        kind, _, inner = field["type"].partition(":")
        declaration = declared[name]
        assert TYPES.get(kind, kind if inner else "string") in declaration["type"], name
        assert declaration.get("format") == ("date" if name in DAYS else FORMATS.get(kind)), name
        (personal,) = field.get("pii") or [None]
        assert declaration.get("x-personal-data") == STRICTER.get(name, CLASSES.get(personal, personal)), name
        if inner:
            compare(models, inner, declaration if kind == "object" else declaration["items"])


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.stream)
def test_a_stream_reads_the_path_of_its_resource(resource: Resource, provider_specs: Path) -> None:
    known = {row["resource"]: row for row in specification(provider_specs)["xstream"]["resources"]}[resource.name]
    stream = TapOns(config={}).streams[resource.stream]
    assert isinstance(stream, OnsStream)
    assert stream.path == known["data"]
    assert list(stream.primary_keys) == known["key"]
    assert resource.model == known["model"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.stream)
def test_keys_are_required_and_not_null_and_all_else_may_be_null(resource: Resource) -> None:
    schema = SCHEMAS.get_schema(resource.stream)
    assert schema["required"] == ["id"]
    assert schema["additionalProperties"] is True
    for name, declaration in schema["properties"].items():
        assert ("null" in declaration["type"]) == (name != "id"), name
        assert declaration.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES


def test_the_catalog_is_that_of_the_snapshot() -> None:
    """After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/tap_ons/test_schemas.py."""
    text = json.dumps(TapOns(config={}).catalog_dict, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


def test_the_readme_has_a_row_for_every_stream_and_every_setting() -> None:
    readme = (Path(__file__).parents[2] / "tap-ons" / "README.md").read_text(encoding="utf-8")
    names = [resource.stream for resource in RESOURCES] + list(TapOns.config_jsonschema["properties"])
    built_in = {"stream_maps", "stream_map_config", "faker_config", "flattening_enabled", "batch_config"}
    rows = {line.split("`")[1] for line in readme.splitlines() if line.startswith("| `")}
    assert {name for name in names if not name.startswith("flattening")} - built_in <= rows
