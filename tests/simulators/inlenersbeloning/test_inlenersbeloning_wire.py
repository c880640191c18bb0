"""Shapes, pages, refusals and slowness on the wire."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from provider_simulators.faults import Action
from provider_simulators.inlenersbeloning import ListShape, Paging

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL, LEGACY, UNCLASSIFIABLE, NOTHING, TWO = range(5)


@pytest.mark.parametrize("shape", [ListShape.DATA, ListShape.ITEMS, ListShape.RESULTS, ListShape.RECORDS])
def test_an_envelope_has_the_name_of_the_switch(start_hirers: "StartHirers", shape: ListShape) -> None:
    body = start_hirers(partner_list=shape).partners()

    assert set(body) == {str(shape)}
    assert len(body[str(shape)]) == 5


def test_a_list_may_be_called_by_what_is_in_it(start_hirers: "StartHirers") -> None:
    named = ListShape.NAMED
    caller = start_hirers(partner_list=named, remuneration_list=named, function_list=named, company_list=named)
    partner = caller.partners()["partners"][FULL]["id"]

    assert caller.remunerations(partner).json()["remunerations"]
    assert caller.get("function", caller.company, partner).json()["functions"]
    assert caller.get("company").json()["companies"]


@pytest.mark.parametrize(
    ("fields", "members"),
    [
        ("id", {"id"}),
        ("title", {"id", "title"}),
        ("version", {"id", "lenderVersion", "totalVersions"}),
        ("date", {"id", "publishDate"}),
    ],
)
def test_remunerations_in_lists_have_the_switched_members(
    start_hirers: "StartHirers", fields: str, members: set[str]
) -> None:
    caller = start_hirers(list_fields=fields)
    (row,) = caller.remunerations(caller.partners()[FULL]["id"]).json()

    assert set(row) == members


def test_lists_may_hold_whole_documents(start_hirers: "StartHirers") -> None:
    caller = start_hirers(list_fields="documents")
    partner, remuneration = caller.first(FULL)

    assert caller.remunerations(partner).json() == [caller.document(partner, remuneration)]


@pytest.mark.parametrize(("answer", "body"), [("null", None), ("message", {"message": "No remuneration available"})])
def test_a_partner_without_remuneration_may_be_told_with_200(
    start_hirers: "StartHirers", answer: str, body: Any
) -> None:
    caller = start_hirers(without_remuneration=answer)
    answered = caller.remunerations(caller.partners()[NOTHING]["id"])

    assert (answered.status_code, answered.json()) == (200, body)


def follow(caller: "HirersCaller", paging: Paging) -> list[str]:
    """Ids of all partners, page by page, as the switch tells of the next page."""
    answer = caller.get("partner", caller.company)
    found: list[str] = []
    for _ in range(9):
        body = answer.json()
        found += [row["id"] for row in (body["data"] if isinstance(body, dict) else body)]
        match paging:
            case Paging.LINKS:
                following = body["links"]["next"]
            case Paging.NEXT:
                following = body["next"] and caller.simulator.url + body["next"]
            case Paging.META:
                meta = body["meta"]
                number = meta["current_page"] + 1
                following = number <= meta["last_page"] and f"{answer.url.split('?')[0]}?page={number}"
            case Paging.TOKEN:
                token = body["nextPageToken"]
                following = token and f"{answer.url.split('?')[0]}?pageToken={token}"
            case _:
                following = answer.links.get("next", {}).get("url")
        if not following:
            return found
        answer = caller.session.get(following, timeout=10)
    raise AssertionError("there is no end of pages")


@pytest.mark.parametrize("paging", [Paging.LINKS, Paging.NEXT, Paging.META, Paging.TOKEN, Paging.HEADER])
@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_pages_together_are_the_list(start_hirers: "StartHirers", paging: Paging, size: int) -> None:
    everyone = [row["id"] for row in start_hirers().partners()]

    assert follow(start_hirers(paging=paging, page_size=size), paging) == everyone


def test_a_page_number_may_be_ignored_for_ever(start_hirers: "StartHirers") -> None:
    caller = start_hirers(paging=Paging.IGNORED, page_size=2)
    first, ninth = (caller.get("partner", caller.company, page=page).json() for page in (1, 9))

    assert first["data"] == ninth["data"]
    assert ninth["links"]["next"]


def test_the_next_page_may_be_on_another_host(start_hirers: "StartHirers") -> None:
    body = start_hirers(paging=Paging.ELSEWHERE, page_size=2).partners()

    assert body["links"]["next"].startswith("https://elsewhere.example/api/v6/partner/")


@pytest.mark.parametrize("form", ["seconds", "date", "reset"])
def test_too_many_requests_say_in_some_form_when_to_come_back(start_hirers: "StartHirers", form: str) -> None:
    caller = start_hirers(requests_per_second=1, retry_after=30, retry_after_form=form)
    now = datetime.now(UTC)
    _, refused = (caller.get("partner", caller.company) for _ in range(2))

    assert refused.status_code == 429
    headers = refused.headers
    if form == "seconds":
        assert headers["Retry-After"] == "30"
    elif form == "date":
        assert abs(parsedate_to_datetime(headers["Retry-After"]) - now - timedelta(seconds=30)) < timedelta(seconds=9)
    else:
        assert "Retry-After" not in headers
        assert abs(int(headers["X-RateLimit-Reset"]) - now.timestamp() - 30) < 9


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("message", "application/json"), ("problem", "application/problem+json"), ("html", "text/html"), ("empty", None)],
)
def test_refusals_have_the_switched_body(start_hirers: "StartHirers", form: str, content_type: str | None) -> None:
    caller = start_hirers(refusals=form)
    caller.use("cmp_" + "0" * 64)
    refused = caller.get("partner", caller.company)

    assert refused.status_code == 401
    assert refused.content == b"" if content_type is None else refused.headers["Content-Type"].startswith(content_type)


@pytest.mark.parametrize("switch", [{"escaped": True}, {"gzip": True}, {"content_type": "text/html; charset=UTF-8"}])
def test_json_may_be_written_otherwise_and_says_the_same(start_hirers: "StartHirers", switch: dict[str, Any]) -> None:
    plain, other = start_hirers(), start_hirers(**switch)

    assert other.documents() == plain.documents()
    answer = other.get("remuneration", other.company, *other.first(FULL))
    assert ("text/html" in answer.headers["Content-Type"]) is ("content_type" in switch)
    assert (answer.headers.get("Content-Encoding") == "gzip") is ("gzip" in switch)
    assert answer.content.isascii() is ("escaped" in switch)


def test_a_body_may_dribble_in(start_hirers: "StartHirers") -> None:
    caller = start_hirers(body_seconds=0.3)
    ids = caller.first(FULL)
    began = time.monotonic()

    assert caller.document(*ids)["id"] == ids[1]
    assert time.monotonic() - began >= 0.3


def test_every_answer_may_take_its_time_but_they_wait_together(start_hirers: "StartHirers") -> None:
    caller = start_hirers(latency_seconds=0.5)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as four:
        assert {each.status_code for each in four.map(lambda _: caller.get("company"), range(4))} == {200}

    assert 0.5 <= time.monotonic() - began < 4 * 0.5


def test_a_truncated_document_can_be_planned(hirers_caller: "HirersCaller") -> None:
    ids = hirers_caller.first(FULL)
    hirers_caller.simulator.faults.add(action=Action.WRONG_JSON, path=ids[1], body='{"id": "')

    with pytest.raises(requests.JSONDecodeError):
        hirers_caller.get("remuneration", hirers_caller.company, *ids).json()
    assert hirers_caller.document(*ids)["id"] == ids[1]


def test_a_crowd_has_one_document_each_with_ids_of_its_own(start_hirers: "StartHirers") -> None:
    caller = start_hirers(crowd=20, document_kilobytes=150)
    partners = [row["id"] for row in caller.partners()]
    documents = caller.documents()

    assert len(set(partners)) == len(documents) == 20
    assert [document["company"]["id"] for document in documents] == partners
    assert len({group["id"] for document in documents for group in document["functionGroups"]}) == 20 * 9
    ids = caller.first(0)
    content = caller.get("remuneration", caller.company, *ids).content
    assert 149_000 < len(content) < 152_000
    assert len(caller.simulator.log.requests()) == 1 + 1 + 20 + 20 + 2 + 1
    assert caller.simulator.backend.republish(caller.company, *ids) == documents[0]["lenderVersion"] + 1
    changed = caller.document(*ids)
    assert {name for name in changed if changed[name] != documents[0][name]} >= {"publishDate", "lenderVersion"}
    assert changed["functionGroups"] == documents[0]["functionGroups"]
