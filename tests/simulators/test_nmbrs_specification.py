"""The simulator's answers against the vendor's own OpenAPI document."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.operations import DOCUMENTS, LISTS, TASK_PATH, TASK_SCOPES
from provider_simulators.nmbrs.parameters import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX
from provider_simulators.nmbrs.problems import DOC_URL, PROBLEMS
from provider_simulators.nmbrs.scopes import ALL_SCOPES, CONNECTOR_SCOPES
from provider_simulators.world import World
from referencing import Registry
from referencing.jsonschema import DRAFT4

NOT_EVERYBODY_HAS = {
    "getFixedHourComponentsByEmployee",
    "getVariableHourComponentsByEmployee",
    "GetFixedDaysByEmployee",
    "GetVariableWorkedDays",
    "getEmployeesInPayrollRun",
}
URI = "urn:vendor-openapi"
OPERATIONS = (*LISTS, *DOCUMENTS)
MORE_THAN_DOCUMENTED = {
    40302: "a missing scope has no code of its own in the document; number inferred",
    40305: "in a working client, not in the document",
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
        found = [error for error in validator.iter_errors(answer) if not is_nullable_null(error)]
        return [f"{error.json_path}: {error.message}" for error in found]

    return errors


def resolved(document: dict[str, Any], node: Any) -> Any:
    while "$ref" in node:
        target = node["$ref"]
        node = document
        for part in target.removeprefix("#/").split("/"):
            node = node[part]
    return node


def is_nullable_null(error: Any) -> bool:
    """The document says nullable beside an enum that does not list null: it means that null may come."""
    return error.validator == "enum" and error.instance is None and bool(error.schema.get("nullable"))


def unknown_names(document: dict[str, Any], schema: Any, answer: Any, where: str = "$") -> list[str]:
    """Members of an answer that the vendor's schema does not have, at any depth."""
    schema = resolved(document, schema)
    for part in schema.get("allOf", ()):
        schema = {**schema, **resolved(document, part)}
    if isinstance(answer, list):
        return [name for each in answer for name in unknown_names(document, schema["items"], each, f"{where}[]")]
    if not isinstance(answer, dict):
        return []
    known = schema.get("properties", {})
    unknown = [f"{where}.{name}" for name in answer if name not in known]
    for name in answer.keys() & known.keys():
        unknown += unknown_names(document, known[name], answer[name], f"{where}.{name}")
    return unknown


def calls(backend: NmbrsBackend, operation: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and query for what the operation can be asked for: of every company, and of one employee, run or return."""
    for company in backend.world.companies:
        wage_tax, table = (backend.store.of(company.id, kind)[0] for kind in ("wage_taxes", "salary_tables"))
        for employee, run in zip(company.employees, company.runs, strict=False):
            ids = {
                "debtorId": company.debtor_id,
                "companyId": company.id,
                "employeeId": employee.id,
                "payrollRunId": run.id,
                "wageTaxId": wage_tax.id,
                "salaryTableId": table.id,
                "salaryTableVersionId": table.values["versions"][-1]["versionId"],
                "subscriptionName": "hire",
                "Year": 2026,
            }
            # Everybody at once for the whole company; one after the other where the path names one.
            year = wage_tax.values["year"] if "{wageTaxId}" in operation.path else run.year
            by_year = "year" in operation.parameters and not {"period", "changedFrom"} & set(operation.parameters)
            yield operation.path.format(**ids), {"year": year} if by_year else {}
            if not {"{employeeId}", "{payrollRunId}"} & set(re.findall(r"{\w+}", operation.path)):
                break


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_answer_fits_the_vendors_schema(
    start_nmbrs: Any, vendor_openapi: dict[str, Any], vendor_validator: Any, operation: Any
) -> None:
    caller = start_nmbrs(consent_debtors=("2210",)) if operation.path == "/api/companies" else start_nmbrs()
    response = vendor_openapi["paths"][operation.path]["get"]["responses"]["200"]
    schema = resolved(vendor_openapi, response)["content"]["application/json"]["schema"]
    filled = False
    for path, query in calls(caller.simulator.backend, operation):
        paging = {"pageSize": 100} if "pageSize" in operation.parameters else {}
        answer = caller.get(path, **query, **paging)
        assert answer.status_code == 200, (path, answer.text)
        assert vendor_validator(operation.path, 200, answer.json()) == [], path
        assert unknown_names(vendor_openapi, schema, answer.json()) == [], path
        filled = filled or bool(answer.json().get("data", True))
        assert filled or operation.name in NOT_EVERYBODY_HAS, path
    assert filled


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_member_that_the_vendor_documents_occurs(
    start_nmbrs: Any, vendor_openapi: dict[str, Any], operation: Any
) -> None:
    caller = start_nmbrs(consent_debtors=("2210",)) if operation.path == "/api/companies" else start_nmbrs()
    response = vendor_openapi["paths"][operation.path]["get"]["responses"]["200"]
    schema = resolved(vendor_openapi, response)["content"]["application/json"]["schema"]
    missing = set(names_of(vendor_openapi, schema))
    for path, query in calls(caller.simulator.backend, operation):
        paging = {"pageSize": 100} if "pageSize" in operation.parameters else {}
        missing -= set(names_in(caller.get(path, **query, **paging).json()))
    assert missing == set()


def names_of(document: dict[str, Any], schema: Any, where: str = "$") -> Iterator[str]:
    """Paths of all members that a schema knows."""
    schema = resolved(document, schema)
    for part in schema.get("allOf", ()):
        schema = {**schema, **resolved(document, part)}
    for name, each in schema.get("properties", {}).items():
        yield f"{where}.{name}"
        yield from names_of(document, each, f"{where}.{name}")
    if "items" in schema:
        yield from names_of(document, schema["items"], f"{where}[]")


def names_in(answer: Any, where: str = "$") -> Iterator[str]:
    """Paths of all members of an answer."""
    if isinstance(answer, dict):
        for name, each in answer.items():
            yield f"{where}.{name}"
            yield from names_in(each, f"{where}.{name}")
    if isinstance(answer, list):
        for each in answer:
            yield from names_in(each, f"{where}[]")


def test_all_reads_of_the_vendor_are_simulated(vendor_openapi: dict[str, Any]) -> None:
    reads = {path for path, item in vendor_openapi["paths"].items() if "get" in item}
    assert len(reads) == 84
    assert {operation.path for operation in OPERATIONS} | {TASK_PATH} == reads


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


def test_the_seeded_consent_covers_every_read(vendor_openapi: dict[str, Any]) -> None:
    wanted = {
        scope
        for item in vendor_openapi["paths"].values()
        if "get" in item
        for scope in item["get"]["security"][0]["Bearer"]
        if scope.endswith(".read") or item["get"]["security"][0]["Bearer"] == [scope]
    }
    assert set(CONNECTOR_SCOPES) == wanted | {"offline_access"}
    assert "employee.info" in wanted


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
