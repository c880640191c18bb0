"""Documents against the field list, and the tolerant schema, that were made from recorded answers."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_schema_validator import OAS31Validator
from provider_simulators.inlenersbeloning.drafts import draft, model
from provider_simulators.inlenersbeloning.encoding import compact
from provider_simulators.inlenersbeloning.hirers import Generation, every_kind
from provider_simulators.inlenersbeloning.operations import INVITATION_PATHS, OPERATIONS, Operation

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

SPELLINGS = {"version": "version"}
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


@pytest.fixture(scope="module")
def hirers_schema(provider_specs: Path) -> dict[str, Any]:
    path = provider_specs / "inlenersbeloning" / "remuneration.observed.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def schema_paths(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """All paths below a schema, with `[]` for the items of a list."""
    for name, each in schema.get("properties", {}).items():
        inner = f"{path}.{name}".lstrip(".")
        yield inner
        yield from schema_paths(each, inner)
    if "items" in schema:
        yield f"{path}[]"
        yield from schema_paths(schema["items"], f"{path}[]")


def value_paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths at which a document has a value; an empty list or text is none."""
    if value is None or value in ([], ""):
        return
    if path:
        yield path
    if isinstance(value, dict):
        for name, each in value.items():
            yield from value_paths(each, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from value_paths(each, f"{path}[]")


def specified(path: str) -> str:
    """Our path in the specification's spelling."""
    return re.sub(r"<(\w+)>", lambda found: f"{{{SPELLINGS.get(found[1], f'{found[1]}Id')}}}", path)


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


def test_documents_fit_the_observed_schema(hirers_caller: "HirersCaller", hirers_schema: dict[str, Any]) -> None:
    validator = OAS31Validator(hirers_schema)

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

    assert specified(route.path.removeprefix("/api/v6")) == hirers_specification[name]["path"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_unconfirmed_paths_are_the_guesses(operation: Operation, hirers_specification: dict[str, Any]) -> None:
    known = hirers_specification[operation.name]

    assert [specified(path) for path in operation.paths] == known.get("path_candidates", [known["path"]])


def test_invitations_would_go_where_they_are_guessed(hirers_specification: dict[str, Any]) -> None:
    candidates = hirers_specification["send_invitation"]["path_candidates"]

    assert [specified(path) for path in INVITATION_PATHS] == candidates


def test_every_path_that_was_ever_seen_has_a_value_in_a_generated_document(
    hirers_schema: dict[str, Any], start_hirers: "StartHirers"
) -> None:
    known = set(schema_paths(hirers_schema))
    assert len(known) == 624 + 24  # the latter are items of lists that were only seen empty
    given: set[str] = set()
    for document in start_hirers(hirers="every_kind").documents():
        given |= set(value_paths(document))

    assert known - given == set()


def test_one_document_alone_has_a_value_at_every_path(hirers_schema: dict[str, Any]) -> None:
    hirer = next(hirer for hirer in every_kind() if hirer.publications[0].generation is Generation.COMPLETE)
    document = draft(hirer, hirer.publications[0], "r50800")

    assert set(schema_paths(hirers_schema)) - set(value_paths(document)) == set()


def test_the_model_has_no_other_paths_than_those_seen(
    hirers_schema: dict[str, Any], hirers_specification: dict[str, Any]
) -> None:
    fields = hirers_specification["get_remuneration"]["response"]["fields"]
    listed = {field["path"] for field in fields} | set(schema_paths(hirers_schema))
    unlisted = set(value_paths(model())) - listed

    assert {path for path in unlisted if not path.startswith("paymentsData.oneTimePayments[].")} == set()


def test_drafted_documents_without_oddities_fit_the_observed_schema(hirers_schema: dict[str, Any]) -> None:
    validator = OAS31Validator(hirers_schema)
    plain = [hirer for hirer in every_kind() if not hirer.publications[0].oddities]
    assert len(plain) == 10

    for hirer in plain:
        document = json.loads(compact(draft(hirer, hirer.publications[0], "r50800")))
        assert [error.json_path for error in validator.iter_errors(document)] == [], hirer.name
