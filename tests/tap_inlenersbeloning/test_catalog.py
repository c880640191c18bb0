"""The discovered catalog is a promise to warehouses: it changes only together with its snapshot."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from connector_kit.extract import PERSONAL_DATA_CLASSES
from singer_sdk.helpers.capabilities import PluginCapabilities
from tap_inlenersbeloning.schemas import SCHEMAS
from tap_inlenersbeloning.table import STREAMS
from tap_inlenersbeloning.tap import TapInlenersbeloning

from tests.tap_inlenersbeloning.conftest import TAP

SNAPSHOT = Path(__file__).with_name("catalog.json")
README = Path(__file__).resolve().parents[2] / "tap-inlenersbeloning" / "README.md"


def test_the_catalog_is_that_of_the_snapshot() -> None:
    """After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/tap_inlenersbeloning/test_catalog.py."""
    catalog = TapInlenersbeloning(config={}, validate_config=False).catalog_dict
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(catalog, indent=2) + "\n", encoding="utf-8")
    # As values: the order of keys is the SDK's, and differs between its versions.
    assert json.loads(json.dumps(catalog)) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_discovery_needs_no_network_and_no_settings() -> None:
    ended = subprocess.run([str(TAP), "--discover"], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0
    assert [stream["tap_stream_id"] for stream in json.loads(ended.stdout)["streams"]] == [s.name for s in STREAMS]


@pytest.mark.parametrize("declaration", STREAMS, ids=lambda declaration: declaration.name)
def test_keys_are_required_and_not_null_and_all_else_may_be_null(declaration: Any) -> None:
    schema = declaration.schema
    assert set(declaration.primary_keys) == set(schema["required"])
    assert schema["description"]
    for name, declared in schema["properties"].items():
        assert ("null" in declared["type"]) != (name in declaration.primary_keys), name
        assert declared.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES
        assert set(declared.get("x-personal-data-in", {}).values()) <= set(PERSONAL_DATA_CLASSES)
    for name in ("raw", "_extra"):
        if name in schema["properties"]:
            assert schema["properties"][name]["additionalProperties"] is True


def test_a_field_has_the_same_class_as_a_column_and_inside_the_document() -> None:
    properties = SCHEMAS.get_schema("remunerations")["properties"]
    columns = {d["x-source-name"]: d["x-personal-data"] for d in properties.values() if "x-personal-data" in d}
    assert columns
    inside = properties["raw"]["x-personal-data-in"]
    for path, personal_data_class in columns.items():
        places = (path, f"*.{path.rpartition('.')[2]}", *accumulate(path.split("."), "{}.{}".format))
        assert personal_data_class in [inside[place] for place in places if place in inside], path


def test_batches_are_not_offered() -> None:
    assert PluginCapabilities.BATCH not in TapInlenersbeloning.capabilities
    assert "batch_config" not in json.dumps(TapInlenersbeloning.config_jsonschema)


def test_the_tables_of_the_readme_are_those_that_the_program_writes() -> None:
    tables = importlib.import_module("tap-inlenersbeloning.scripts.readme_tables")
    text = README.read_text(encoding="utf-8")
    assert tables.filled(text) == text, "run: make schemas"


def test_the_readme_has_a_row_for_every_stream_with_its_key() -> None:
    section = README.read_text(encoding="utf-8").partition("## Streams")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \|[^|]*\|([^|]*)\|", section, re.MULTILINE)
    assert {name: tuple(re.findall(r"`([a-z_]+)`", keys)) for name, keys in rows} == {
        declaration.name: declaration.primary_keys for declaration in STREAMS
    }
