"""The schemas of the lists are made from the vendor's document; what is ours in them is complete."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from connector_kit.extract import PERSONAL_DATA_CLASSES
from tap_nmbrs.rest.operations import OPERATIONS, RestOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).parents[2] / "tap-nmbrs" / "scripts" / "generate_schemas.py"
COMMITTED = PROGRAM.parents[1] / "tap_nmbrs" / "schemas"
HAND_MADE = {
    "annual_statements",
    "journal_entries",
    "labour_agreements",
    "partners",
    "payroll_run_journals",
    "payroll_run_payments",
    "payroll_run_wage_codes",
    "payslips",
    "performance_reviews",
    "run_requests",
    "wage_tax_payments",
    "wage_tax_returns",
}
"""Made of documents, or given by the SOAP API only."""
generator = importlib.import_module("tap-nmbrs.scripts.generate_schemas")


def generate(specs: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(specs / "nmbrs" / "nmbrs-rest-openapi.yaml"), "--into", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_committed_schemas_are_what_the_generator_makes(provider_specs: Path, tmp_path: Path) -> None:
    ended = generate(provider_specs, tmp_path)
    assert ended.returncode == 0, ended.stderr
    made = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.json")}
    assert made.keys() == {operation.stream for operation in OPERATIONS}
    assert made == {name: (COMMITTED / f"{name}.json").read_text(encoding="utf-8") for name in made}


def test_all_other_schemas_are_known_to_be_made_by_hand() -> None:
    by_hand = {path.stem for path in COMMITTED.glob("*.json")} - {operation.stream for operation in OPERATIONS}
    assert by_hand <= HAND_MADE


@pytest.mark.parametrize("path", sorted(COMMITTED.glob("*.json")), ids=lambda path: path.stem)
def test_every_schema_is_open_described_and_knows_its_classes(path: Path) -> None:
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert schema.get("additionalProperties", True) is True
    for name, field in fields(schema):
        assert field.get("x-personal-data", "name") in PERSONAL_DATA_CLASSES, name
        assert field.get("format") in {None, "date", "date-time"}, name
        assert "enum" not in field, name


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from fields(field.get("items", field))


def marked(specs: Path) -> set[tuple[str, tuple[str, ...]]]:
    """What the inventory of the vendor's operations marks as personal data: operation, and path in a row."""
    text = (specs / "nmbrs" / "endpoints.yaml").read_text(encoding="utf-8")
    inventory = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        (operation["id"], tuple(field["name"].replace("[]", "").split(".")[1:]))
        for operation in inventory["rest"]["operations"]
        for field in operation.get("response_fields", ())
        if "personal_data" in field
    }


def classed(operation: RestOperation, document: Any, corrections: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Operation and path in a row of every field that has a class."""
    schema = json.loads((COMMITTED / f"{operation.stream}.json").read_text(encoding="utf-8"))
    for leaf in document.leaves(operation):
        field = schema["properties"][corrections.column(operation.stream, leaf.path)]
        inside = field.get("items", {}).get("properties", {})
        with_class = [
            (*leaf.path, *item.path)
            for item in leaf.schema.get("items", ())
            if "x-personal-data" in inside[corrections.column(operation.stream, item.path)]
        ]
        if "x-personal-data" in field:
            with_class.append(leaf.path)
        for depth in range(len(operation.inner) + 1):
            yield from ((operation.operation_id, (*operation.inner[:depth], *path)) for path in with_class)


def test_every_field_that_is_marked_as_personal_data_has_a_class(provider_specs: Path) -> None:
    document = generator.Document(provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml")
    corrections = generator.Corrections(PROGRAM.with_name("corrections.yaml"))
    ours = {field for operation in OPERATIONS for field in classed(operation, document, corrections)}
    read = {operation.operation_id for operation in OPERATIONS}
    wanted = {(operation_id, path) for operation_id, path in marked(provider_specs) if operation_id in read}
    assert len(wanted) > 70
    assert wanted - ours == set()


def test_a_column_without_a_class_does_not_pass(provider_specs: Path, tmp_path: Path) -> None:
    text = PROGRAM.with_name("corrections.yaml").read_text(encoding="utf-8")
    without = tmp_path / "corrections.yaml"
    without.write_text(text.replace(", last_name", ""), encoding="utf-8")
    document = generator.Document(provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml")
    (employees,) = [operation for operation in OPERATIONS if operation.stream == "employees"]
    with pytest.raises(generator.CorrectionsError, match=r"employees\.last_name has no class"):
        generator.schema_of(employees, document, generator.Corrections(without))


def test_every_correction_of_a_type_has_a_reason() -> None:
    table = yaml.safe_load(PROGRAM.with_name("corrections.yaml").read_text(encoding="utf-8"))
    by_stream = [field for stream in table["streams"].values() for field in stream.get("fields", {}).values()]
    for correction in (*table["types"].values(), *by_stream):
        assert correction.get("reason") or not correction.keys() & {"type", "format"}
