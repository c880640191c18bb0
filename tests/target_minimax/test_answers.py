"""Minimax' answers in all shapes that are known or feared."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from target_minimax.answers import AnswerError, created_id, messages_of, page_of, speaks_of_limit
from target_minimax.held import same
from target_minimax.operations import FILTERS

SCRIPT = Path(__file__).parents[2] / "target-minimax" / "scripts" / "generate_models.py"

MESSAGES: dict[str, tuple[Any, list[str | None]]] = {
    "list": ([{"Message": "a", "PropertyName": "Code"}, {"Message": "b", "PropertyName": ""}], ["Code", None]),
    "object with a list": ({"Data": None, "ValidationMessages": [{"Message": "a", "PropertyName": "Name"}]}, ["Name"]),
    "object": ({"Message": "a", "MessageDetail": "b"}, [None]),
    "object with a state": ({"Message": "a", "ModelState": {"customer.Code": ["b"]}}, [None, "Code"]),
    "text": ("a", [None]),
    "nothing": (None, []),
    "something else": ({"error": 1}, []),
}


@pytest.mark.parametrize(("body", "members"), MESSAGES.values(), ids=MESSAGES)
def test_messages_are_found_in_every_shape(body: Any, members: list[str | None]) -> None:
    found = messages_of(body)
    assert [message.member for message in found] == members


def test_the_words_of_minimax_stay_out_of_logs() -> None:
    (message,) = messages_of([{"Message": "Jansen-Marker", "PropertyName": "Name"}])
    assert message.text == "Jansen-Marker"
    assert "Marker" not in repr(message)


LOCATIONS = {
    "https://moj.minimax.si/SI/API/api/orgs/1/customers/7299224?id=7299224": "7299224",
    "/api/orgs/1/customers/7299224": "7299224",
    "https://x/customers/7299224/?id=1": "7299224",
    "https://x/customers/new?id=5": "5",
    "https://x/customers/": None,
    "": None,
}


@pytest.mark.parametrize(("location", "number"), LOCATIONS.items())
def test_the_id_of_a_new_record_is_in_its_address(location: str, number: str | None) -> None:
    assert created_id({"Location": location}) == number


@pytest.mark.parametrize("body", [None, [], {"Rows": 1, "TotalRows": 1}, {"Rows": [1], "TotalRows": 1}, {"Rows": []}])
def test_what_is_no_page_is_an_error_and_no_empty_list(body: Any) -> None:
    with pytest.raises(AnswerError):
        page_of(body)


def test_a_refusal_for_lack_of_calls_is_told_from_one_for_lack_of_a_right() -> None:
    assert speaks_of_limit("Presežena je omejitev števila klicev.".encode())
    assert not speaks_of_limit(b'{"Message": "Authorization has been denied for this request."}')


def test_what_the_record_does_not_say_is_minimax_own() -> None:
    document = {"Code": "K1", "City": "Zagreb", "Country": {"ID": 7}, "Usage": "D", "ExpirationDays": 14}
    held = {**document, "Country": {"ID": 7, "Name": "x"}, "TaxNumber": "1"}
    assert same(document, held)
    assert not same(document, held | {"Country": {"ID": 8}})
    assert not same(document, held | {"Country": None})
    assert not same(document, held | {"ExpirationDays": 30})


def test_our_filters_are_known_to_minimax(provider_specs: Path) -> None:
    described = yaml.safe_load((provider_specs / "minimax" / "endpoints.yaml").read_text(encoding="utf-8"))
    known = {
        one["path"].removeprefix("/api/orgs/{organisationId}/"): {part["name"] for part in one.get("parameters", ())}
        for one in described["operations"]
        if one["method"] == "GET"
    }
    for path, filters in FILTERS.items():
        assert set(filters) <= known[path], path


def test_the_models_are_those_of_the_specification(provider_specs: Path) -> None:
    generator = runpy.run_path(str(SCRIPT))
    assert generator["FILE"].read_text(encoding="utf-8") == generator["text"](provider_specs)
