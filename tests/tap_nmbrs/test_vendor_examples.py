"""Every stream over the vendor's own examples, as they stand in its OpenAPI document."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tap_nmbrs.rest.auth import SCOPES
from tap_nmbrs.streams import NmbrsStream
from tap_nmbrs.tap import TapNmbrs
from werkzeug import Request, Response
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OPERATIONS = {
    "debtors": "/api/debtors",
    "companies": "/api/companies",
    "employees": "/api/companies/{companyId}/employees",
    "cost_centers": "/api/companies/{companyId}/costCenters",
    "payroll_runs": "/api/companies/{companyId}/runs",
    "payroll_run_journals": "/api/companies/{companyId}/runs/{payrollRunId}/journalscostcenter",
    "journal_entries": "/api/companies/{companyId}/runs/{payrollRunId}/journalscostcenter",
}
DOCUMENT = "/api/documents/{taskId}"
JOURNAL = (
    b"<r><transaction><header><date>20260131</date></header><lines>"
    b"<line><dim1>4000</dim1><dim2>KP10</dim2><value>1.00</value><debitcredit>debit</debitcredit></line>"
    b"<line><dim1>1720</dim1><dim2/><value>1.00</value><debitcredit>credit</debitcredit></line>"
    b"</lines></transaction></r>"
)
"""The vendor gives no example of a document; this is the shape that working clients read."""


@pytest.fixture(scope="module")
def openapi(provider_specs: Path) -> dict[str, Any]:
    text = (provider_specs / "nmbrs" / "nmbrs-rest-openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return document


def resolved(openapi: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        target: Any = openapi
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part


def example(openapi: dict[str, Any], schema: dict[str, Any]) -> Any:
    """The example of a schema, put together from those of its members where it has none of its own."""
    schema = resolved(openapi, schema)
    if "example" in schema:
        return schema["example"]
    match schema.get("type"):
        case "object":
            return {name: example(openapi, member) for name, member in schema["properties"].items()}
        case "array":
            return [example(openapi, schema["items"])]
        case "integer":
            return 2021
        case "boolean":
            return True
    return "2021-11-01T00:00:00Z" if schema.get("format") == "date-time" else "text"


def answers(openapi: dict[str, Any], path: str) -> list[dict[str, Any]]:
    """The examples of an operation's 200 answer."""
    media = openapi["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    examples = [one["value"] for one in media.get("examples", {}).values() if one.get("value")]
    return examples or [example(openapi, media["schema"])]


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """An example whose pagination says what it holds: the vendor's are one page out of many."""
    if "data" in answer:
        paging = {"pageNumber": 1, "totalPages": 1, "totalRecords": len(answer["data"]), "nextPage": None}
        answer = {**answer, "pagination": {**answer.get("pagination", {}), **paging}}
    return answer


@pytest.fixture
def vendor(openapi: dict[str, Any], tmp_path: Path) -> Iterator[Callable[[str, int], Settings]]:
    """Serve one of the examples of a stream's operation, and the first of all others."""
    chosen: dict[str, int] = {}
    templates = {*OPERATIONS.values(), DOCUMENT}
    rules = Map([Rule(path.replace("{", "<").replace("}", ">"), endpoint=path) for path in templates])

    @Request.application
    def application(request: Request) -> Response:
        path, _ = rules.bind_to_environ(request.environ).match()
        if path == DOCUMENT:
            return Response(JOURNAL, mimetype="application/octet-stream")
        answer = whole(answers(openapi, path)[chosen.get(path, 0)])
        return Response(json.dumps(answer), mimetype="application/json")

    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def serve(stream: str, number: int) -> Settings:
        chosen[OPERATIONS[stream]] = number
        return {
            "api_url": f"http://127.0.0.1:{server.server_port}",
            "access_token": "token",
            "subscription_key": "key",
            "start_date": "2021-01-01",
            "requests_per_second": 1000,
        }

    yield serve
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("stream", sorted(OPERATIONS))
def test_the_vendors_examples_become_valid_records(
    openapi: dict[str, Any], vendor: Callable[[str, int], Settings], stream: str
) -> None:
    for number in range(len(answers(openapi, OPERATIONS[stream]))):
        settings = vendor(stream, number)
        done = sync(settings, stream)
        (schema,) = [m["schema"] for m in done.messages if m["type"] == "SCHEMA"]
        records = done.records(stream)
        assert records
        for record in records:
            jsonschema.Draft7Validator(schema).validate(record)
            declared = TapNmbrs(config=settings).streams[stream].schema["properties"].keys()
            assert record.keys() <= declared, f"{stream} has fields that its schema does not declare"
            never_known = {
                "journal",
                "version",
                "fiscal_year",
                "period",
                "raw",
                "cost_unit",
                "cost_center",
                "description",
            }
            assert not {name for name, value in record.items() if value is None} - never_known


def test_every_stream_asks_for_the_scope_that_the_vendor_names(openapi: dict[str, Any]) -> None:
    tap = TapNmbrs(config={"start_date": "2026-01-01"})
    needed = {"offline_access"}
    for name, path in OPERATIONS.items():
        stream = tap.streams[name]
        assert isinstance(stream, NmbrsStream)
        accepted = openapi["paths"][path]["get"]["security"][0]["Bearer"]
        assert stream.scope in accepted
        needed.add(stream.scope)
    needed.add(openapi["paths"][DOCUMENT]["get"]["security"][0]["Bearer"][0])
    assert set(SCOPES) == needed
