"""Schemas and codes are what the generator makes of the specification and our table of corrections."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES
from tap_inlenersbeloning.blocks import DOCUMENT_STREAMS
from tap_inlenersbeloning.schemas import SCHEMAS

TAP = Path(__file__).resolve().parents[2] / "tap-inlenersbeloning"
PACKAGE = TAP / "tap_inlenersbeloning"


@pytest.fixture(scope="module")
def generator() -> Any:
    spec = importlib.util.spec_from_file_location("remuneration_schemas", TAP / "scripts" / "generate_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_the_schemas_are_those_that_the_generator_writes(generator: Any, provider_specs: Path) -> None:
    """After a wanted change: make schemas."""
    schemas = generator.Schemas(provider_specs / "inlenersbeloning")
    for stream, schema in schemas.all.items():
        written = (PACKAGE / "schemas" / f"{stream}.json").read_text(encoding="utf-8")
        assert written == generator.text_of(schema), stream
    assert (PACKAGE / "codes.json").read_text(encoding="utf-8") == generator.codes_text(schemas.codes)


def test_every_observed_path_has_a_column(generator: Any, provider_specs: Path) -> None:
    schemas = generator.Schemas(provider_specs / "inlenersbeloning")
    observed = set(schemas._observed.leaves())
    assert len(observed) > 450
    assert observed <= schemas.held


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s["properties"]["leave"]["properties"].update(nieuw=LIST), "no stream holds the list leave.nieuw"),
        (lambda s: s["properties"]["leave"]["properties"].update(nieuw={}), "leave.nieuw has the types null only"),
        (lambda s: s["properties"]["company"]["properties"].pop("employees"), None),
        (lambda s: s["properties"]["company"]["properties"].pop("phoneNumber"), None),
        (lambda s: s["properties"]["workingHours"]["properties"].pop("wHRRegulationID"), "fields that no stream has"),
    ],
)
def test_the_generator_refuses_what_the_tables_do_not_know(
    generator: Any, provider_specs: Path, tmp_path: Path, change: Any, message: str | None
) -> None:
    for name in ("remuneration.observed.schema.json", "codelists.yaml"):
        shutil.copy(provider_specs / "inlenersbeloning" / name, tmp_path)
    path = tmp_path / "remuneration.observed.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")
    if message is None:
        assert generator.Schemas(tmp_path).all
        return
    with pytest.raises(generator.CorrectionsError, match=message):
        _ = generator.Schemas(tmp_path).all


LIST = {"type": ["array", "null"], "items": {"type": ["object", "null"], "properties": {"a": {"type": ["string"]}}}}


@pytest.mark.parametrize("stream", DOCUMENT_STREAMS, ids=lambda stream: stream.name)
def test_keys_are_required_and_not_null_and_all_else_may_be_null(stream: Any) -> None:
    schema = SCHEMAS.get_schema(stream.name)
    assert list(stream.primary_keys) == schema["required"]
    assert schema["description"]
    for name, declared in schema["properties"].items():
        assert isinstance(declared["type"], str) == (name in stream.primary_keys), name
        assert declared.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES


def test_a_field_has_the_same_class_as_a_column_and_inside_the_document() -> None:
    inside = SCHEMAS.get_schema("remunerations")["properties"]["raw"]["x-personal-data-in"]
    for stream in DOCUMENT_STREAMS:
        for source in stream.sources:
            for declared in SCHEMAS.get_schema(stream.name)["properties"].values():
                if "x-source-name" not in declared:
                    continue
                path = f"{source.path}.{declared['x-source-name']}".removeprefix(".").replace("[]", "")
                ways = [path, f"*.{path.rpartition('.')[2]}"]
                ways += [path[: -len(tail)] for tail in (f".{path.rpartition('.')[2]}",)]
                assert next((inside[way] for way in ways if way in inside), None) == declared.get("x-personal-data"), (
                    path
                )


def test_the_readme_names_columns_that_there_are_and_all_that_are_ours() -> None:
    section = (TAP / "README.md").read_text(encoding="utf-8").partition("**Resolved beside")[2].partition("**Drift")[0]
    resolved = set()
    for streams, columns, beside in re.findall(r"^\| (`.*?) \| (`.*?) \|(.*?)\|", section, re.MULTILINE):
        for stream in re.findall(r"`(\w+)`", streams):
            properties = SCHEMAS.get_schema(stream)["properties"]
            names = {(stream, column) for column in re.findall(r"`(\w+)`", columns)}
            assert {column for _, column in names} | set(re.findall(r"`(\w+)`", beside)) <= properties.keys()
            resolved |= names
    corrections = yaml.safe_load((TAP / "scripts" / "corrections.yaml").read_text(encoding="utf-8"))
    ours = {(stream, column) for stream, columns in corrections["ours"].items() for column in columns}
    told_elsewhere = {"document_generation", "has_extended_blocks", "not_recorded_blocks", "publish_date_given"}
    told_elsewhere |= {"personal_data_left_out"}
    assert {(s, c) for s, c in ours if c not in told_elsewhere} <= resolved
