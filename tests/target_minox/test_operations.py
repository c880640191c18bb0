"""The table of operations and that of streams against the collected facts about the API."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from target_minox import records
from target_minox.operations import OPERATIONS, Operation
from target_minox.sinks import SINKS, Row, scopes

ROOT = Path(__file__).parents[2] / "target-minox"
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADMINISTRATION = "/tenant/{tenant_id}/administration/{administration_id}"


@pytest.fixture(scope="session")
def minox_specification(provider_specs: Path) -> dict[str, Any]:
    with (provider_specs / "minox" / "endpoints.yaml").open(encoding="utf-8") as file:
        specification: dict[str, Any] = yaml.safe_load(file)
    return specification


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_exists_with_its_scope(operation: Operation, minox_specification: dict[str, Any]) -> None:
    found = [
        known
        for known in minox_specification["operations"]
        if (known["method"], known["path"]) == (operation.method, operation.path)
    ]
    assert [(known["scope"] or "").partition(" ")[0] for known in found] == [operation.scope]
    assert operation.is_published is not any("published" in (known["scope"] or "") for known in found)


def test_names_and_requests_are_unique_and_every_operation_is_used() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)
    writes = {operation for operation in OPERATIONS if operation.method != "GET"}
    used = {operation for row in SINKS for operation in row.operations}
    assert {operation.name for operation in writes - used} == {"inspection of the token"}


def test_the_readme_names_every_operation_that_a_run_asks_and_the_least_scopes_of_payroll() -> None:
    for operation in OPERATIONS:
        path = re.sub(r"^/tenant/\{tenant_id\}(/administration/\{administration_id\})?", "", operation.path)
        assert f"`{operation.method} {path}`" in README, operation.name
    assert " ".join(scopes(["journal_entries"])) in README


def test_scopes_are_those_of_the_streams_and_unpublished_ones_are_asked_for_by_name_only() -> None:
    assert "customer:write" not in scopes(["journal_entries"])
    assert {"customer:write", "document:write"} <= set(scopes())
    assert not {"journal:write", "budget:write", "vat:write"} & set(scopes())
    assert "budget:write" in scopes(["budgets"])


@pytest.mark.parametrize("row", SINKS, ids=lambda row: row.stream)
def test_every_stream_has_its_row_in_the_readme(row: Row) -> None:
    write = row.operations[0]
    path = write.path.removeprefix(ADMINISTRATION)
    assert re.search(rf"^\| `{row.stream}` \| `{write.method} {re.escape(path)}`", section("Streams"), re.MULTILINE)


def writing(specification: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for known in specification["operations"]:
        if known["method"] != "GET":
            yield known["id"], f"{known['method']} {known['path'].removeprefix(ADMINISTRATION)}"


def test_every_writing_operation_is_a_stream_s_or_stands_in_the_coverage_table(
    minox_specification: dict[str, Any],
) -> None:
    used = {f"{one.method} {one.path.removeprefix(ADMINISTRATION)}" for row in SINKS for one in row.operations}
    coverage = section("Coverage")
    for name, request in writing(minox_specification):
        listed = re.search(rf"^\|.*`{re.escape(request)}`.*\| .{{10,}} \|$", coverage, re.MULTILINE)
        assert (request in used) != bool(listed), f"{name}: {request}"


def test_the_schemas_are_those_of_the_collected_facts(minox_specification: dict[str, Any]) -> None:
    generator = runpy.run_path(str(ROOT / "scripts" / "generate_schemas.py"))
    texts = {stream: generator["text"](stream, minox_specification["schemas"]) for stream in generator["STREAMS"]}
    files = {file.stem: file.read_text(encoding="utf-8") for file in generator["FOLDER"].glob("*.json")}
    assert [stream for stream in {*texts, *files} if texts.get(stream) != files.get(stream)] == [], "run: make schemas"
    assert all(records.schema(stream)["title"] == stream for stream in files)
