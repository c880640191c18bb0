"""The table of operations, and the settings that correct it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from connector_kit.errors import SettingError
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, ListShape, Paging
from singer_sdk.exceptions import FatalAPIError
from tap_inlenersbeloning.operations import OPERATIONS, operations_of
from tap_inlenersbeloning.record_paths import RecordsPath
from tap_inlenersbeloning.table import STREAMS

from tests.tap_inlenersbeloning.conftest import Settings, always, sync

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]


def test_the_table_is_that_of_the_specification(provider_specs: Any) -> None:
    text = (provider_specs / "inlenersbeloning" / "endpoints.yaml").read_text(encoding="utf-8")
    endpoints = {row["name"]: row for row in yaml.safe_load(text)["endpoints"]}
    own = {name: operations_of({"paths": {name: endpoints[name]["path"]}})[name] for name in map(_name, OPERATIONS)}
    for operation in OPERATIONS:
        assert operation.path == own[operation.name].path
        assert endpoints[operation.name]["method"] == "GET"
        assert operation.confirmed == (
            endpoints[operation.name].get("path_confidence", endpoints[operation.name]["confidence"]) == "C"
        )
        for path in endpoints[operation.name].get("path_candidates", ()):
            assert operations_of({"paths": {operation.name: path}})


def _name(operation: Any) -> str:
    return str(operation.name)


def test_there_is_no_operation_that_sends_anything() -> None:
    assert not [operation for operation in OPERATIONS if "invit" in operation.name + operation.path]
    for path in ("/invitation/{company_id}", "/INVITE/{company_id}", "/x/uitnodiging/{company_id}"):
        with pytest.raises(SettingError, match="does not call the invitation endpoint"):
            operations_of({"paths": {"list_partners": path}})


@pytest.mark.parametrize("switches", [{}, {"hirers": "every_kind"}, {"version_path": None, "pdf_path": None}])
def test_the_invitation_endpoint_is_never_called(hirers: Start, switches: dict[str, Any]) -> None:
    simulator, settings = hirers(**switches)
    sync(settings, *(declaration.name for declaration in STREAMS))
    assert simulator.log.effects("invitation_called") == []
    assert {request["method"] for request in simulator.log.requests()} == {"GET"}
    assert not [request for request in simulator.log.requests() if "invit" in request["path"]]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("partner/{companyId}", "expected a path below api_url such as /partner/{company_id}"),
        ("https://elsewhere.example/{companyId}", "expected a path below api_url"),
        ("/../{companyId}", "expected a path below api_url"),
        ("/partner/{companyId", "its braces do not match"),
        ("/partner", "expected the placeholders company_id"),
        ("/partner/{companyId}/{partnerId}", "expected the placeholders company_id"),
        ("/partner/{}", "expected the placeholders company_id"),
        (5, "expected a path below api_url"),
    ],
)
def test_a_path_that_cannot_work_is_named(path: Any, words: str) -> None:
    with pytest.raises(SettingError) as failure:
        operations_of({"paths": {"list_partners": path}})
    assert str(failure.value).startswith("setting paths.list_partners: ")
    assert words in str(failure.value)


def test_another_version_of_the_api_is_a_setting(hirers: Start) -> None:
    _, settings = hirers(api_path="/rest/v7")
    assert settings["api_url"].endswith("/rest/v7")
    assert sync(settings).some("salary_steps")


def test_records_may_be_anywhere_that_a_setting_says(hirers: Start) -> None:
    simulator, settings = hirers()
    settings["company_ids"] = settings["company_ids"][:1]
    always(simulator, "/partner/", {"message": "ok", "answer": {"page": [{"relation": {"id": "p", "x": 1}}]}})
    with pytest.raises(FatalAPIError, match="found no list in an object with the keys message, answer"):
        sync(settings, "partners")
    paths = {"list_partners": "$.answer.page[*].relation"}
    assert [row["id"] for row in sync({**settings, "records_paths": paths}, "partners").some("partners")] == ["p"]
    with pytest.raises(FatalAPIError, match=r"setting records_paths\.list_partners finds nothing in an object with"):
        sync({**settings, "records_paths": {"list_partners": "$.elsewhere"}}, "partners")


@pytest.mark.parametrize(
    ("expression", "body", "found"),
    [
        ("$.a.b[*]", {"a": {"b": [1, 2]}}, [1, 2]),
        ("$.a.b[*]", {"a": {"b": []}}, []),
        ("$.a.b[*]", {"a": {"b": None}}, []),
        ("$.a.b[*]", {"a": {"c": []}}, None),
        ("$.a", {"a": {"x": {}}}, {"x": {}}),
        ("$.a", {"b": 1}, None),
        ("$[*]", [1], [1]),
        ("$.a", None, []),
        ("a[*].b", {"a": [{"b": 1}, {"b": 2}]}, [1, 2]),
    ],
)
def test_a_path_finds_what_is_there_and_tells_nothing_from_not_there(expression: str, body: Any, found: Any) -> None:
    assert RecordsPath(expression).find(body) == found


@pytest.mark.parametrize("paging", [Paging.LINKS, Paging.NEXT, Paging.META, Paging.TOKEN, Paging.HEADER])
def test_pages_are_followed_however_they_are_told(hirers: Start, paging: Paging) -> None:
    _, whole = hirers(crowd=7)
    shape = ListShape.DATA
    _, settings = hirers(crowd=7, paging=paging, page_size=3, partner_list=shape, remuneration_list=shape)
    expected = sync(whole, "partners").some("partners")
    assert len(expected) == 8
    assert sync(settings, "partners").records("partners") == expected


@pytest.mark.parametrize("paging", [Paging.IGNORED, Paging.ELSEWHERE])
def test_pages_that_cannot_be_read_are_an_error_and_not_an_end(hirers: Start, paging: Paging) -> None:
    _, settings = hirers(crowd=7, paging=paging, page_size=3, partner_list=ListShape.DATA)
    with pytest.raises(FatalAPIError, match=r"the next page repeats the list|the list goes on at another host"):
        sync(settings, "partners")
