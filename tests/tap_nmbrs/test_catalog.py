"""The discovered catalog is a promise to warehouses: it changes only together with its snapshot."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books import contracts
from connector_kit.extract import PERSONAL_DATA_CLASSES
from singer_sdk.helpers.capabilities import PluginCapabilities
from tap_nmbrs.streams import NmbrsStream
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.tap import TapNmbrs

SNAPSHOT = Path(__file__).with_name("catalog.json")
STREAMS = TapNmbrs(config={"start_date": "2026-01-01"}).streams


def test_the_catalog_is_that_of_the_snapshot() -> None:
    """After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/tap_nmbrs/test_catalog.py."""
    catalog = TapNmbrs(config={"start_date": "2026-01-01"}).catalog_dict
    text = json.dumps(catalog, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert text == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_keys_are_required_and_not_null_and_all_else_may_be_null(name: str) -> None:
    stream, schema = STREAMS[name], SCHEMAS.get_schema(name)
    assert isinstance(stream, NmbrsStream)
    assert set(stream.primary_keys) <= set(schema["required"])
    contract = set(contracts.schema(name)["required"]) if name in contracts.names() else set()
    for field, declaration in schema["properties"].items():
        may_be_null = "null" in declaration["type"]
        assert may_be_null != (field in {*schema["required"], *contract}), f"{name}.{field}"
        assert declaration.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES
    assert schema["additionalProperties"] is True


def test_batches_are_not_offered() -> None:
    assert PluginCapabilities.BATCH not in TapNmbrs.capabilities
    assert "batch_config" not in json.dumps(TapNmbrs.config_jsonschema)


@pytest.mark.parametrize("setting", sorted(TapNmbrs.config_jsonschema["properties"]))
def test_every_setting_is_explained(setting: str) -> None:
    declaration: dict[str, Any] = TapNmbrs.config_jsonschema["properties"][setting]
    assert declaration["title"]
    assert declaration["description"]
