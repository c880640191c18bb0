"""The table of operations against the collected facts about the API."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from target_minox.operations import OPERATIONS, SCOPES, Operation


@pytest.fixture(scope="session")
def minox_endpoints(provider_specs: Path) -> list[dict[str, Any]]:
    with (provider_specs / "minox" / "endpoints.yaml").open(encoding="utf-8") as file:
        endpoints: list[dict[str, Any]] = yaml.safe_load(file)["operations"]
    return endpoints


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_exists_with_its_scope(operation: Operation, minox_endpoints: list[dict[str, Any]]) -> None:
    found = [
        known for known in minox_endpoints if (known["method"], known["path"]) == (operation.method, operation.path)
    ]
    assert [known["scope"] or "" for known in found] == [operation.scope]


def test_names_and_requests_are_unique_and_only_one_operation_writes() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)
    assert [operation.name for operation in OPERATIONS if operation.method in {"PUT", "PATCH", "DELETE"}] == ["booking"]


def test_the_readme_names_every_scope_and_operation() -> None:
    readme = (Path(__file__).parents[2] / "target-minox" / "README.md").read_text(encoding="utf-8")
    for operation in OPERATIONS:
        path = re.sub(r"^/tenant/\{tenant_id\}(/administration/\{administration_id\})?", "", operation.path)
        assert f"`{operation.method} {path}`" in readme
    assert " ".join(SCOPES) in readme
