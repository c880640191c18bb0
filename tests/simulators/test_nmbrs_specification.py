"""The simulator's answers against the vendor's own OpenAPI document."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from provider_simulators.nmbrs.operations import DOCUMENTS, LISTS, TASK_PATH, TASK_SCOPES
from provider_simulators.nmbrs.parameters import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from provider_simulators.nmbrs.problems import DOC_URL, PROBLEMS
from provider_simulators.nmbrs.scopes import ALL_SCOPES
from provider_simulators.world import World
from referencing import Registry
from referencing.jsonschema import DRAFT4

URI = "urn:vendor-openapi"
OPERATIONS = (*LISTS, *DOCUMENTS)
MORE_THAN_DOCUMENTED = {
    40302: "a missing scope has no code of its own in the document; number inferred",
    40306: "seen live by a working client, not in the document",
}


@pytest.fixture(scope="module")
def vendor_openapi(provider_specs: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(
        (provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml").read_text(encoding="utf-8")
    )
    return document


@pytest.fixture(scope="module")
def vendor_validator(vendor_openapi: dict[str, Any]) -> Any:
    registry = Registry().with_resource(URI, DRAFT4.create_resource(vendor_openapi))

    def errors(path: str, status: int, answer: Any) -> list[str]:
        response = resolved(vendor_openapi, vendor_openapi["paths"][path]["get"]["responses"][str(status)])
        schema = response["content"]["application/json"]["schema"]
        if "$ref" in schema:
            schema = {"$ref": f"{URI}{schema['$ref']}"}
        validator = OAS30Validator(schema, registry=registry, format_checker=oas30_format_checker)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)]

    return errors


def resolved(document: dict[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target = node["$ref"]
        node = document
        for part in target.removeprefix("#/").split("/"):
            node = node[part]
    return node


def calls(world: World, operation: Any) -> Iterator[tuple[str, dict[str, int]]]:
    """Path and query for every company, debtor and run of the world that the operation can be asked for."""
    for company in world.companies:
        for run in company.runs if "{payrollRunId}" in operation.path else company.runs[:1]:
            path = operation.path.format(debtorId=company.debtor_id, companyId=company.id, payrollRunId=run.id)
            yield path, {"year": run.year} if "year" in operation.parameters else {}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_answer_fits_the_vendors_schema(
    start_nmbrs: Any, simulated_world: World, vendor_validator: Any, operation: Any
) -> None:
    caller = start_nmbrs(consent_debtors=("2210",)) if operation.path == "/api/companies" else start_nmbrs()
    for path, query in calls(simulated_world, operation):
        answer = caller.get(path, **query)
        assert answer.status_code == 200, (path, answer.text)
        assert vendor_validator(operation.path, 200, answer.json()) == [], path
        assert "data" not in answer.json() or answer.json()["data"], path


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_the_vendors_by_name_parameters_and_scopes(
    vendor_openapi: dict[str, Any], operation: Any
) -> None:
    item = vendor_openapi["paths"][operation.path]
    get = item["get"]
    parameters = [resolved(vendor_openapi, node) for node in [*item.get("parameters", []), *get["parameters"]]]
    query = [parameter for parameter in parameters if parameter["in"] == "query"]
    assert operation.name == get["operationId"]
    assert set(operation.parameters) == {parameter["name"] for parameter in query}
    assert set(operation.required) == {parameter["name"] for parameter in query if parameter.get("required")}
    assert set(operation.scopes) == set(get["security"][0]["Bearer"])


def test_documents_are_the_vendors(
    nmbrs_caller: Any, simulated_world: World, vendor_openapi: dict[str, Any], vendor_validator: Any
) -> None:
    get = vendor_openapi["paths"][TASK_PATH]["get"]
    assert set(TASK_SCOPES) == set(get["security"][0]["Bearer"])
    run = simulated_world.companies[0].runs[-1]
    start = f"/api/companies/{simulated_world.companies[0].id}/runs/{run.id}/journals"
    answer = nmbrs_caller.get(f"/api/documents/{nmbrs_caller.get(start, year=run.year).json()['taskId']}")
    assert answer.status_code == 202
    assert vendor_validator(TASK_PATH, 202, answer.json()) == []
    assert list(get["responses"]["200"]["content"]) == ["application/octet-stream"]


def test_the_scopes_are_the_vendors(vendor_openapi: dict[str, Any]) -> None:
    flow = vendor_openapi["components"]["securitySchemes"]["Bearer"]["flows"]["authorizationCode"]
    assert set(flow["scopes"]) == ALL_SCOPES


def test_page_sizes_are_the_vendors(vendor_openapi: dict[str, Any]) -> None:
    schema = vendor_openapi["components"]["parameters"]["pageSize"]["schema"]
    assert (schema["default"], schema["maximum"]) == (PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)


def test_the_problems_are_the_vendors(vendor_openapi: dict[str, Any]) -> None:
    examples = {
        example["value"]["code"]: example["value"]
        for response in vendor_openapi["components"]["responses"].values()
        for content in response.get("content", {}).values()
        for example in content.get("examples", {}).values()
    }
    for code, (kind, title, detail) in PROBLEMS.items():
        if code not in MORE_THAN_DOCUMENTED:
            vendors = examples[code]
            assert (kind, title, detail) == (vendors["type"], vendors["title"], vendors["detail"]), code
    assert examples[40101]["docUrl"] == DOC_URL


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/debtors", {"Authorization": "Bearer wrong"}, 401),
        ("/api/debtors?pageSize=101", {}, 400),
        ("/api/companies", {}, 403),
    ],
)
def test_every_refusal_fits_the_vendors_schema(
    nmbrs_caller: Any, vendor_validator: Any, path: str, headers: Any, status: int
) -> None:
    nmbrs_caller.session.headers.update(headers)
    answer = nmbrs_caller.get(path)
    assert answer.status_code == status
    assert vendor_validator(path.partition("?")[0], status, answer.json()) == []


def test_the_comparison_notices_a_wrong_answer(vendor_validator: Any) -> None:
    wrong = {"pagination": {"pageNumber": "1"}, "data": [{"debtorId": "not-a-uuid"}]}
    assert len(vendor_validator("/api/debtors", 200, wrong)) == 2
