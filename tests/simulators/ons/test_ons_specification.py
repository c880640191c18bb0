"""Answers against the field lists that were read from the vendor's schemas."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from provider_simulators.ons.backend import RESOURCES, Resource

if TYPE_CHECKING:
    from conftest import StartOns

FORMS: dict[str, Any] = {
    "int64": lambda value: type(value) is int,
    "int32": lambda value: type(value) is int,
    "bool": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "date": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\d", value),
    "datetime": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0[12]:00", value),
}


@pytest.fixture(scope="module")
def ons_specification(provider_specs: Path) -> dict[str, Any]:
    return yaml.load(
        (provider_specs / "ons" / "endpoints.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )


def fields_of(specification: dict[str, Any], model: str) -> Iterator[tuple[str, str]]:
    described = specification["models"][model]
    if "extends" in described:
        yield from fields_of(specification, described["extends"])
    yield from ((field["name"], field["type"]) for field in described["fields"])


def faults(specification: dict[str, Any], model: str, record: dict[str, Any]) -> Iterator[str]:
    types = dict(fields_of(specification, model))
    for name, value in record.items():
        kind = types.get(name)
        if kind is None:
            yield f"{model}.{name} is unknown"
        elif value is not None and ":" in kind:
            for each in value if isinstance(value, list) else [value]:
                yield from faults(specification, kind.partition(":")[2], each)
        elif value is not None and not FORMS[kind](value):
            yield f"{model}.{name} is no {kind}"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_records_have_the_fields_and_types_of_the_vendors_schemas(
    start_ons: "StartOns", ons_specification: dict[str, Any], resource: Resource
) -> None:
    for sparse in (True, False):
        records = start_ons(sparse=sparse).data(resource.name).json()[resource.list_key]
        assert records
        found = [fault for record in records for fault in faults(ons_specification, resource.model, record)]
        assert found == []


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_paths_models_and_list_keys_are_the_vendors(ons_specification: dict[str, Any], resource: Resource) -> None:
    (described,) = (each for each in ons_specification["xstream"]["resources"] if each["resource"] == resource.name)

    assert (described["model"], described["json_list_key"]) == (resource.model, resource.list_key)
    assert described["data"] == f"/v0/xstream/{resource.name}/data"
