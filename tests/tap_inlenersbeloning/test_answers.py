"""Lists and documents in every likely form, and a clear error for any other: never a KeyError, never a silent end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, ListShape
from singer_sdk.exceptions import FatalAPIError
from tap_inlenersbeloning.answers import UnknownShapeError, next_link, record_of, rows_of

from tests.tap_inlenersbeloning.conftest import Settings, always, paths, sync

Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]
A, B = {"id": "a", "businessName": "Bakker"}, {"id": "b", "businessName": "Slager"}
BOTH = [("a", A), ("b", B)]
DOCUMENT = {"id": "r1", "lenderVersion": 1}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("id"), inner, max_size=3),
)


@pytest.mark.parametrize(
    "body",
    [
        [A, B],
        {"data": [A, B]},
        {"items": [A, B]},
        {"results": [A, B]},
        {"records": [A, B], "total": 2},
        {"partners": [A, B]},
        {"data": {"partners": [A, B]}},
        {"a": A, "b": B},
        {"0": A, "2": B},
        {"data": {"a": {"businessName": "Bakker"}, "b": B}},
        [A, None, B, A],
        [{**A, "id": "a"}, B],
    ],
)
def test_a_list_is_read_in_every_likely_form(body: Any) -> None:
    assert rows_of(body, "partners") == BOTH


@pytest.mark.parametrize("body", [["a", "b"], {"data": ["a", "b"]}])
def test_ids_alone_are_a_list_too(body: Any) -> None:
    assert rows_of(body) == [("a", {"id": "a"}), ("b", {"id": "b"})]


def test_a_single_object_is_a_list_of_one_and_a_numeric_id_is_text() -> None:
    assert rows_of(A) == [("a", A)]
    assert rows_of({"id": 7}) == [("7", {"id": 7})]


def test_an_id_may_have_the_name_of_its_thing() -> None:
    assert rows_of([{"partnerId": "a"}, {"uuid": 8}], "partners") == [("a", {"partnerId": "a"}), ("8", {"uuid": 8})]
    assert rows_of({"companyID": "c"}, "companies") == [("c", {"companyID": "c"})]


def test_where_ids_are_not_needed_the_place_stands_for_one() -> None:
    odd = {"id": None, "title": "A"}
    assert rows_of({"data": [odd, None, {"id": "b"}, 0]}, needs_ids=False) == [
        ("#1", odd),
        ("b", {"id": "b"}),
        ("0", {"id": 0}),
    ]


def test_versions_of_one_thing_all_stay_and_the_newest_comes_last() -> None:
    old, new = {"id": "r", "lenderVersion": 2}, {"id": "r", "lenderVersion": "10"}
    assert rows_of([new, {"id": "s"}, old, dict(new)]) == [("r", old), ("r", new), ("s", {"id": "s"})]


@pytest.mark.parametrize("body", [None, [], {}, {"data": []}, {"data": None}, {"data": {}}])
def test_missing_null_and_empty_are_alike(body: Any) -> None:
    assert rows_of(body) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "Jansen", "status": 1}, "found no list in an object with the keys message, status"),
        ({"success": False, "data": []}, "says that it is an error: an object with the keys success, data"),
        ({"errors": {"token": ["Jansen"]}}, "says that it is an error: an object with the keys errors"),
        ([{"name": "Jansen"}], "an item of the list has no id: an object with the keys name"),
        ([["Jansen"]], "an item of the list has no id: "),
        ("Jansen", "expected a list, got text"),
        (5, "expected a list, got a number"),
        ({"Jansen heeft dit": 1}, "found no list in an object with the keys ?"),
    ],
)
def test_any_other_form_is_an_error_that_names_keys_and_no_values(body: Any, words: str) -> None:
    with pytest.raises(UnknownShapeError) as failure:
        rows_of(body)
    assert words in str(failure.value)
    assert "Jansen" not in str(failure.value)


@given(JSON)
def test_whatever_comes_is_read_or_refused(body: Any) -> None:
    for read in (rows_of, record_of):
        with contextlib.suppress(UnknownShapeError):
            read(body)


@pytest.mark.parametrize("body", [DOCUMENT, [DOCUMENT], {"data": DOCUMENT}, {"remuneration": DOCUMENT}])
def test_a_document_may_stand_in_an_envelope(body: Any) -> None:
    assert record_of(body, "remuneration") == DOCUMENT


@pytest.mark.parametrize("body", [{"lenderVersion": 1}, {"data": {"lenderVersion": 1}}, [{"id": 1, "a": 2}]])
def test_a_document_needs_no_id_of_its_own(body: Any) -> None:
    assert record_of(body, "remuneration") in ({"lenderVersion": 1}, {"id": 1, "a": 2})


def test_a_new_block_of_a_document_is_no_envelope() -> None:
    document = {**DOCUMENT, "items": [A, B]}
    assert record_of(document) == document


@pytest.mark.parametrize(
    ("body", "header", "link"),
    [
        ([A], {}, None),
        ([A], {"next": {"url": "/p?page=2"}}, "/p?page=2"),
        ({"data": [A], "next": "/p?page=2"}, {}, "/p?page=2"),
        ({"data": [A], "links": {"next": {"href": "/p?page=2"}}}, {}, "/p?page=2"),
        ({"data": [A], "next_page_url": None, "links": {"next": None}}, {}, None),
        ({"data": [A], "meta": {"current_page": 1, "last_page": 3}}, {}, "?page=2"),
        ({"data": [A], "meta": {"current_page": 3, "last_page": 3}}, {}, None),
        ({"data": [A], "nextPageToken": "a/b"}, {}, "?pageToken=a%2Fb"),
        ({"data": [A], "nextPageToken": None}, {}, None),
    ],
)
def test_a_next_page_is_found(body: Any, header: dict[str, dict[str, str]], link: str | None) -> None:
    assert next_link(body, header) == link


@pytest.mark.parametrize("shape", list(ListShape))
@pytest.mark.parametrize("fields", ["full", "id", "documents"])
def test_the_records_do_not_depend_on_the_form_of_the_lists(hirers: Start, shape: ListShape, fields: str) -> None:
    _, settings = hirers()
    expected = sync(settings, "remunerations").records("remunerations")
    simulator, settings = hirers(partner_list=shape, remuneration_list=shape, list_fields=fields)
    done = sync(settings)
    if shape is ListShape.OBJECT:  # one object cannot be a list of several
        assert {record["id"] for record in done.records("remunerations")} <= {record["id"] for record in expected}
        assert done.records("remunerations")
    else:
        assert done.records("remunerations") == expected
    assert len(done.records("partners")) == sum(path.count("/") == 3 for path in paths(simulator))


def test_a_list_of_whole_documents_is_reduced_to_headers(hirers: Start) -> None:
    simulator, settings = hirers()
    document = {**DOCUMENT, "title": "T", "publisher": {"name": "Jansen"}, "functionGroups": [], "newBlock": {"a": 1}}
    always(simulator, r"/remuneration/[^/]*/[^/]*$", [document])
    for row in sync(settings, "remuneration_index").some("remuneration_index"):
        assert row["title"] == "T"
        assert row["raw"] == {**DOCUMENT, "title": "T", "newBlock": {"a": 1}}


def test_fields_that_nobody_knows_are_kept_as_they_are(hirers: Start) -> None:
    simulator, settings = hirers()
    new = {"id": "p1", "newField": [{"deep": 1.50}], "addresses": [{"city": "Ons Dorp"}], "sbiCodes": []}
    always(simulator, "/partner/", [new])
    for row in sync(settings, "partners").some("partners"):
        assert row["raw"] == new
        assert row["sbi_codes"] is None


def test_a_value_that_does_not_fit_is_null_in_its_column_and_told_once(
    hirers: Start, caplog: pytest.LogCaptureFixture
) -> None:
    simulator, settings = hirers()
    odd = {"id": "p1", "employees": "Jansen en 3 anderen", "businessName": {"nl": "Bakker"}}
    always(simulator, "/partner/", [odd])
    for row in sync(settings, "partners").some("partners"):
        assert (row["employees"], row["business_name"], row["raw"]) == (None, None, odd)
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert sorted(told) == [
        "partners: column business_name is null where the provider's value is not text; raw has it",
        "partners: column employees is null where the provider's value is not a whole number; raw has it",
    ]


def test_numbers_as_text_and_blocks_that_are_empty_lists_are_read(hirers: Start) -> None:
    simulator, settings = hirers()
    document = {"id": 5, "lenderVersion": "3", "title": 7, "publisher": [], "company": None, "startDate": ""}
    always(simulator, "/remuneration/[^/]*/[^/]*/", document)
    for row in sync(settings, "remunerations").some("remunerations"):
        assert (row["lender_version"], row["title"], row["publisher_name"], row["hirer_id"]) == (3, "7", None, None)
        assert row["raw"] == document


def test_pages_are_followed_on_the_own_host_only(hirers: Start) -> None:
    simulator, settings = hirers()
    settings |= {"company_ids": settings["company_ids"][:1]}
    path = f"/api/v6/partner/{settings['company_ids'][0]}"
    always(simulator, r"/partner/[^?]*\?page=2", {"data": [B], "links": {"next": None}})
    always(simulator, r"/partner/", {"data": [A], "links": {"next": f"https://127.0.0.1{path}?page=2"}})
    assert [row["id"] for row in sync(settings, "partners").some("partners")] == ["a", "b"]
    simulator.faults.clear()
    always(simulator, r"/partner/", {"data": [A], "links": {"next": f"https://elsewhere.example{path}?page=2"}})
    with pytest.raises(FatalAPIError, match="the list goes on at another host, which does not get the token"):
        sync(settings, "partners")


def test_a_page_that_repeats_is_an_error_and_not_an_end(hirers: Start) -> None:
    simulator, settings = hirers()
    always(simulator, "/partner/", {"data": [A], "meta": {"current_page": 1, "last_page": 2}})
    with pytest.raises(FatalAPIError, match="the next page repeats the list"):
        sync(settings, "partners")
    simulator.faults.clear()
    always(simulator, "/partner/", {"data": [A], "nextPageToken": "x"})
    with pytest.raises(FatalAPIError, match="the next page repeats the list"):
        sync(settings, "partners")
