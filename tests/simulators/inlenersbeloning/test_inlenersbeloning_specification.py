"""Documents against the field list, and the tolerant schema, that were made from recorded answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

if TYPE_CHECKING:
    from conftest import HirersCaller

FORMS: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "unknown(null only)": (),
}


@pytest.fixture(scope="module")
def hirers_specification(provider_specs: Path) -> dict[str, dict[str, Any]]:
    described = yaml.safe_load((provider_specs / "inlenersbeloning" / "endpoints.yaml").read_text(encoding="utf-8"))
    return {each["name"]: each for each in described["endpoints"]}


def faults(value: Any, fields: dict[str, dict[str, Any]], path: str = "") -> Iterator[str]:
    """Members that nobody has recorded, and values of another type than recorded."""
    field = fields.get(path) if path else {"type": "object"}
    if field is None:
        yield f"{path} is unknown"
    elif value is None:
        if not field.get("nullable", True):
            yield f"{path} is null"
    elif not isinstance(value, FORMS[field["type"]]) or (isinstance(value, bool) and field["type"] != "boolean"):
        yield f"{path} is no {field['type']}"
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from faults(each, fields, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from faults(each, fields, f"{path}[]")


def test_documents_have_the_recorded_members_and_types(
    hirers_caller: "HirersCaller", hirers_specification: dict[str, Any]
) -> None:
    fields = {each["path"]: each for each in hirers_specification["get_remuneration"]["response"]["fields"]}
    documents = hirers_caller.documents()

    assert len(documents) == 5
    assert sorted({fault for document in documents for fault in faults(document, fields)}) == []


def test_documents_fit_the_observed_schema(hirers_caller: "HirersCaller", provider_specs: Path) -> None:
    path = provider_specs / "inlenersbeloning" / "remuneration.observed.schema.json"
    validator = OAS31Validator(json.loads(path.read_text(encoding="utf-8")))

    for document in hirers_caller.documents():
        assert [error.json_path for error in validator.iter_errors(document)] == []


def test_lists_have_the_likely_members(hirers_caller: "HirersCaller", hirers_specification: dict[str, Any]) -> None:
    partner, *_ = hirers_caller.partners()
    (header,) = hirers_caller.remunerations(partner["id"]).json()

    for name, row in (("list_partners", partner), ("list_remunerations", header)):
        assert set(row) == {each["name"] for each in hirers_specification[name]["response"]["fields"]}


@pytest.mark.parametrize("name", ["list_partners", "list_remunerations", "get_remuneration"])
def test_paths_are_those_of_the_working_client(
    hirers_caller: "HirersCaller", hirers_specification: dict[str, Any], name: str
) -> None:
    (route,) = (route for route in hirers_caller.simulator.routes() if route.operation == name)
    path = route.path.removeprefix("/api/v6")
    for ours, theirs in (("company", "companyId"), ("partner", "partnerId"), ("remuneration", "remunerationId")):
        path = path.replace(f"<{ours}>", f"{{{theirs}}}")

    assert path == hirers_specification[name]["path"]
