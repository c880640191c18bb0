"""The discovered catalog is a promise to warehouses: it changes only together with its snapshot."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books import contracts
from connector_kit.extract import PERSONAL_DATA_CLASSES
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from singer_sdk.helpers.capabilities import PluginCapabilities
from tap_nmbrs.document_streams import DOCUMENT_OPERATIONS
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.schemas import SCHEMAS
from tap_nmbrs.tap import TapNmbrs

SNAPSHOT = Path(__file__).with_name("catalog.json")
DEFAULT = {"start_date": "2026-01-01"}
EVERYTHING = {**DEFAULT, "include_personal_data": sorted(LEFT_OUT_BY_DEFAULT)}
STREAMS = TapNmbrs(config=EVERYTHING).streams
ASKED_FOR = {operation.stream for operation in (*OPERATIONS, *DOCUMENT_OPERATIONS) if operation.personal_data}


def test_the_catalog_is_that_of_the_snapshot() -> None:
    """With all classes of personal data. After a wanted change: UPDATE_SNAPSHOTS=1 pytest tests/tap_nmbrs/test_catalog.py."""
    catalog = TapNmbrs(config=EVERYTHING).catalog_dict
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(catalog, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    # As values: the order of keys is the SDK's, and differs between its versions.
    assert json.loads(json.dumps(catalog)) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_unasked_the_catalog_lacks_what_is_left_out_by_default_and_nothing_else() -> None:
    unasked = TapNmbrs(config=DEFAULT).streams
    assert STREAMS.keys() - unasked.keys() == ASKED_FOR
    for name, stream in unasked.items():
        declared = STREAMS[name].schema["properties"]
        left_out = {field for field, one in declared.items() if one.get("x-personal-data") in LEFT_OUT_BY_DEFAULT}
        assert stream.schema["properties"].keys() == declared.keys() - left_out


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_keys_are_required_and_not_null_and_all_else_may_be_null(name: str) -> None:
    stream, schema = STREAMS[name], SCHEMAS.get_schema(name)
    assert set(stream.primary_keys) <= set(schema["required"])
    contract = set(contracts.schema(name)["required"]) if name in contracts.names() else set()
    for field, declaration in schema["properties"].items():
        may_be_null = "null" in declaration["type"]
        assert may_be_null != (field in {*schema["required"], *contract}), f"{name}.{field}"
        assert declaration.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES
    assert schema["additionalProperties"] is True


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_record_says_whose_it_is(name: str) -> None:
    of_the_account = {"user_info", "countries", "end_contract_reasons"}
    properties = SCHEMAS.get_schema(name)["properties"]
    assert name in of_the_account or {"company_id", "debtor_id"} & properties.keys()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.stream)
def test_what_a_row_says_of_its_stream_is_in_the_catalog(operation: Any) -> None:
    stream = STREAMS[operation.stream]
    metadata = stream.metadata.root
    assert metadata.selected_by_default == operation.selected
    assert stream.primary_keys == operation.primary_keys
    if operation.since:
        assert operation.since.field in stream.schema["properties"]
    if operation.parent:
        assert operation.parent.key in STREAMS[operation.parent.stream].schema["properties"]
        assert operation.parent.key in SCHEMAS.get_schema(operation.stream)["required"]


def test_streams_of_special_personal_data_and_of_one_call_per_employee_are_not_selected_unasked() -> None:
    """Citizen numbers, health, children, amounts of pay, and what costs a call per employee and period."""
    for operation in OPERATIONS:
        classes = {one.get("x-personal-data") for one in SCHEMAS.get_schema(operation.stream)["properties"].values()}
        about_pay = "wage" in classes and operation.stream != "lease_cars"
        of_each_employee = operation.parent is not None and operation.parent.stream == "employees"
        if operation.personal_data or operation.stream == "children" or about_pay or of_each_employee:
            assert not operation.selected, operation.stream


def test_batches_are_not_offered() -> None:
    assert PluginCapabilities.BATCH not in TapNmbrs.capabilities
    assert "batch_config" not in json.dumps(TapNmbrs.config_jsonschema)


@pytest.mark.parametrize("setting", sorted(TapNmbrs.config_jsonschema["properties"]))
def test_every_setting_is_explained(setting: str) -> None:
    declaration: dict[str, Any] = TapNmbrs.config_jsonschema["properties"][setting]
    assert declaration["title"]
    assert declaration["description"]
