"""Every list over the vendor's own answers, as they stand in its OpenAPI document."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from connector_kit.extract import snake_case
from connector_kit.extract.personal_data import LEFT_OUT_BY_DEFAULT
from tap_nmbrs.rest.documents import DOCUMENTS
from tap_nmbrs.rest.operations import OPERATIONS, RestOperation
from tap_nmbrs.schemas import SCHEMAS
from werkzeug import Request, Response
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BROKEN = {
    "functions": "the list stands under functions, not under data",
    "wage_codes": "data is an object, and the wage codes have no name in it",
}
"""Examples that contradict the document itself."""
NOT_SENT = re.compile(r"soap\.|_sdc_")
"""Sources of columns that the REST API does not fill: those of the other API, and our own."""
NAMED = {"year": 2021, "endYear": 2021, "employeeType": "payroll"}
"""Values that decide what is asked for next."""


@pytest.fixture(scope="module")
def openapi(provider_specs: Path) -> dict[str, Any]:
    text = (provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


@dataclass(frozen=True)
class Vendor:
    """What the vendor's document says about reading."""

    openapi: dict[str, Any]

    @property
    def reads(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Path and description of every read, by its name."""
        return {
            item["get"]["operationId"]: (path, item["get"])
            for path, item in self.openapi["paths"].items()
            if "get" in item
        }

    def scopes(self, operation_id: str) -> list[str]:
        accepted: list[str] = self.reads[operation_id][1]["security"][0]["Bearer"]
        return accepted

    def parameters(self, operation_id: str) -> dict[str, dict[str, Any]]:
        path, read = self.reads[operation_id]
        declared = [*self.openapi["paths"][path].get("parameters", []), *read.get("parameters", [])]
        return {one["name"]: one for one in map(self.resolved, declared)}

    def answers(self, operation_id: str) -> list[dict[str, Any]]:
        """A whole answer as the schema describes it, and the examples; what these leave out comes from the schema."""
        answer = self.resolved(self.reads[operation_id][1]["responses"]["200"])
        media = answer["content"]["application/json"]
        described = self.example(media["schema"])
        given = [one["value"] for one in media.get("examples", {}).values() if one.get("value")]
        return [described, *(completed(one, described) for one in given)]

    def example(self, schema: dict[str, Any]) -> Any:
        """An answer as the schema describes it, with a value for every member."""
        schema = self.resolved(schema)
        match schema.get("type"):
            case "object" if "properties" in schema:
                return {name: self.member(name, part) for name, part in schema["properties"].items()}
            case "array":
                return [self.example(schema["items"])]
            case "integer" | "number":
                return 4
            case "boolean":
                return True
        if "enum" in schema:
            return schema["enum"][0]
        return {"date-time": "2021-04-01T00:00:00Z", "date": "2021-04-01"}.get(schema.get("format", ""), "1")

    def member(self, name: str, schema: dict[str, Any]) -> Any:
        return NAMED[name] if name in NAMED else self.example(schema)

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in part or "allOf" in part:
            if "allOf" in part:
                (part,) = part["allOf"]
                continue
            target: Any = self.openapi
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            part = target
        return part


def completed(given: Any, described: Any) -> Any:
    """An example with the members that it leaves out."""
    if isinstance(given, dict) and isinstance(described, dict):
        known = {snake_case(name) for name in given}
        left_out = {name: value for name, value in described.items() if snake_case(name) not in known}
        return {**left_out, **{name: completed(value, described.get(name)) for name, value in given.items()}}
    if isinstance(given, list) and isinstance(described, list):
        return [completed(one, described[0]) for one in given]
    return given


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer whose pagination says what it holds: the vendor's are one page out of many."""
    if isinstance(answer.get("data"), list):
        paging = {"pageNumber": 1, "totalPages": 1, "totalRecords": len(answer["data"]), "nextPage": None}
        answer = {**answer, "pagination": {**answer.get("pagination", {}), **paging}}
    return answer


@pytest.fixture(scope="module")
def vendor(openapi: dict[str, Any]) -> Vendor:
    return Vendor(openapi)


@pytest.fixture
def serve(vendor: Vendor) -> Iterator[Callable[[RestOperation, int], Settings]]:
    """Answer an operation with one of its answers, and all others with their first."""
    chosen: dict[str, int] = {}
    reads = {path: name for name, (path, _) in vendor.reads.items()}
    rules = Map([Rule(path.replace("{", "<").replace("}", ">"), endpoint=path) for path in reads])

    @Request.application
    def application(request: Request) -> Response:
        path, _ = rules.bind_to_environ(request.environ).match()
        unknown = request.args.keys() - vendor.parameters(reads[path]).keys()
        if unknown:
            return Response(f"unknown parameters: {sorted(unknown)}", status=400)
        answer = vendor.answers(reads[path])[chosen.get(reads[path], 0)]
        if request.args.get("year", str(NAMED["year"])) != str(NAMED["year"]):
            answer = {**answer, "data": []}
        answer = whole(answer)
        return Response(json.dumps(answer), mimetype="application/json")

    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def start(operation: RestOperation, number: int) -> Settings:
        chosen[operation.operation_id] = number
        return {
            "api_url": f"http://127.0.0.1:{server.server_port}",
            "access_token": "token",
            "subscription_key": "key",
            "start_date": "2021-04-01",
            "requests_per_second": 1000,
            "include_personal_data": sorted(LEFT_OUT_BY_DEFAULT),
        }

    yield start
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.stream)
def test_the_vendors_answers_become_valid_records_and_every_column_is_filled_by_one(
    vendor: Vendor, serve: Callable[[RestOperation, int], Settings], operation: RestOperation
) -> None:
    stream, schema = operation.stream, SCHEMAS.get_schema(operation.stream)
    answers = len(vendor.answers(operation.operation_id))
    filled: set[str] = set()
    for number in range(1 if stream in BROKEN else answers):
        records = sync(serve(operation, number), stream).records(stream)
        assert records
        assert len({tuple(record[key] for key in operation.primary_keys) for record in records}) == len(records)
        for record in records:
            jsonschema.Draft7Validator(schema).validate(record)
            assert record.keys() <= schema["properties"].keys(), f"{stream} has fields that its schema does not declare"
            filled |= {name for name, value in record.items() if value is not None}
    sources = {name: field.get("x-source-name", name) for name, field in schema["properties"].items()}
    assert filled == {name for name, source in sources.items() if not NOT_SENT.match(source)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.stream)
def test_path_parameters_and_scope_are_those_of_the_vendor(vendor: Vendor, operation: RestOperation) -> None:
    path, _ = vendor.reads[operation.operation_id]
    places = [part for part in path.split("/") if part.startswith("{")]
    ours = [part for part in operation.path.split("/") if part.startswith("{")]
    assert len(places) == len(ours)
    for place, name in zip(places, ours, strict=True):
        path = path.replace(place, name)
    assert operation.path == path
    parameters = vendor.parameters(operation.operation_id)
    assert operation.scope in vendor.scopes(operation.operation_id)
    assert operation.paged == ("pageNumber" in parameters)
    asked = {*operation.parameters, *([operation.since.parameter] if operation.since else [])}
    asked |= {"none": set(), "year": {"year"}, "period": {"year", "period"}}[operation.window.value]
    assert {name for name in asked if f"{{{name}}}" not in operation.path} <= parameters.keys()
    required = {name for name, one in parameters.items() if one.get("required") and one["in"] == "query"}
    assert required <= asked


def test_a_list_is_asked_for_by_the_narrowest_scope_that_the_vendor_accepts(vendor: Vendor) -> None:
    asked = {row.operation_id: row.scope for row in OPERATIONS} | {d.operation_id: d.scope for d in DOCUMENTS.values()}
    for operation_id, scope in asked.items():
        accepted = vendor.scopes(operation_id)
        assert scope in accepted
        assert scope.endswith(".read") or not any(other.endswith(".read") for other in accepted)


def test_a_list_whose_scope_may_write_is_not_selected_unasked() -> None:
    assert [row.stream for row in OPERATIONS if row.selected and not row.scope.endswith(".read")] == []
