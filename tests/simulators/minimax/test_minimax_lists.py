"""Lists: envelope and pages; members and types against the vendor's."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from provider_simulators.minimax.customers import MEMBERS, READ_ONLY

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

FORMS: dict[str, Any] = {
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "string": lambda value: isinstance(value, str),
    "fk": lambda value: set(value) == {"ID", "Name", "ResourceUrl"},
}


@pytest.fixture(scope="module")
def minimax_specification(provider_specs: Path) -> dict[str, Any]:
    return yaml.load(
        (provider_specs / "minimax" / "endpoints.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )


def test_pages_are_told_in_an_envelope_and_end_empty(minimax_caller: "MinimaxCaller") -> None:
    pages = [minimax_caller.get("countries", SortField="Code", CurrentPage=number).json() for number in range(1, 5)]

    assert [len(page["Rows"]) for page in pages] == [100, 100, 49, 0]
    assert {(page["TotalRows"], page["PageSize"]) for page in pages} == {(249, 100)}
    assert [page["CurrentPageNumber"] for page in pages] == [1, 2, 3, 4]
    codes = [row["Code"] for page in pages for row in page["Rows"]]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize(("largest", "given"), [(None, 300), (200, 200)])
def test_a_page_size_is_honoured_or_cut_and_told(
    start_minimax: "StartMinimax", largest: int | None, given: int
) -> None:
    page = start_minimax(page_size_max=largest).get("countries", PageSize=300).json()

    assert (page["PageSize"], len(page["Rows"])) == (given, min(given, 249))


def test_search_is_loose_and_order_may_be_descending(minimax_caller: "MinimaxCaller") -> None:
    for code in ("A1", "A10", "B1"):
        assert minimax_caller.post("customers", minimax_caller.customer(Code=code)).status_code == 201

    found = minimax_caller.get("customers", SearchString="a1", SortField="Code", Order="D").json()

    assert [row["Code"] for row in found["Rows"]] == ["A10", "A1"]
    assert found["TotalRows"] == 2


def test_unknown_parameters_are_ignored_and_everything_comes_back(minimax_caller: "MinimaxCaller") -> None:
    everything = minimax_caller.get("customers").json()

    assert minimax_caller.get("customers", Code="nobody", page=7).json() == everything
    (effect,) = minimax_caller.simulator.log.effects("parameters_ignored")
    assert effect["parameters"] == ["Code", "page"]


@pytest.mark.parametrize("parameter", ["CurrentPage", "PageSize"])
@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_a_page_that_is_no_number_is_refused(minimax_caller: "MinimaxCaller", parameter: str, value: str) -> None:
    assert minimax_caller.get("customers", **{parameter: value}).status_code == 400


@pytest.mark.parametrize(
    ("path", "model"),
    [("customers", "CustomerSearch"), ("countries", "Country"), ("currencies", "Currency")],
)
def test_rows_have_the_vendors_members_and_types(
    minimax_caller: "MinimaxCaller", minimax_specification: dict[str, Any], path: str, model: str
) -> None:
    rows = minimax_caller.get(path, PageSize=300).json()["Rows"]

    assert rows
    assert sorted({fault for row in rows for fault in faults(row, minimax_specification, model)}) == []


def test_a_customer_has_the_vendors_members_and_types(
    minimax_caller: "MinimaxCaller", minimax_specification: dict[str, Any]
) -> None:
    record = minimax_caller.get("customers/code(D001)").json()

    assert list(faults(record, minimax_specification, "Customer")) == []
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", record["RecordDtModified"])


def test_organisations_have_the_vendors_members(
    minimax_caller: "MinimaxCaller", minimax_specification: dict[str, Any]
) -> None:
    url = f"{minimax_caller.settings['api_url']}/api/currentuser/orgs"

    for row in minimax_caller.session.get(url, timeout=10).json()["Rows"]:
        assert list(faults(row, minimax_specification, "UserOrganisation")) == []


def test_lengths_and_values_that_are_checked_are_the_vendors(minimax_specification: dict[str, Any]) -> None:
    described = {field["name"]: field for field in minimax_specification["models"]["Customer"]["fields"]}

    assert [member.name for member in MEMBERS] == [name for name in described if name not in READ_ONLY]
    for member in MEMBERS:
        field = described[member.name]
        assert member.length == field.get("max_length"), member.name
        assert sorted(member.values or ()) == sorted(field.get("enum", ())), member.name
        assert not member.required or field["required"] in ("documented", "inferred")


def test_operations_are_the_vendors(minimax_caller: "MinimaxCaller", minimax_specification: dict[str, Any]) -> None:
    documented = {
        (each["id"], each["method"], re.sub(r"{\w+}", "{}", each["path"]))
        for each in minimax_specification["operations"]
    }
    simulated = {
        (route.operation, route.method, re.sub(r"<[\w:]+>", "{}", route.path.removeprefix("/SI/API")))
        for route in minimax_caller.simulator.routes()
        if route.operation not in ("token", "no_such_path") and not route.path.endswith("code()")
    }

    assert len(simulated) == 10
    assert simulated <= documented


def faults(record: dict[str, Any], specification: dict[str, Any], model: str) -> list[str]:
    """Members that are unknown or missing, and values of another type."""
    types = {field["name"]: field["type"] for field in specification["models"][model]["fields"]}
    found = [f"{name} is missing or unknown" for name in sorted(types.keys() ^ record.keys())]
    return found + [
        f"{name} is no {types[name]}"
        for name, value in record.items()
        if name in types and value is not None and not FORMS[types[name]](value)
    ]
