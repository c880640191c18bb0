from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.faults import Action, Fault
from provider_simulators.inlenersbeloning import ListShape, Right

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL, LEGACY, UNCLASSIFIABLE, NOTHING, TWO = range(5)


def test_the_worlds_companies_are_hirers_and_leading_zeros_stay(hirers_caller: "HirersCaller") -> None:
    partners = hirers_caller.partners()
    companies = [company.name for company in hirers_caller.simulator.world.companies]

    assert [partner["businessName"] for partner in partners][:3] == companies
    assert {len(partner["commerceNumber"]) for partner in partners} == {8}
    assert {partner["commerceNumber"][0] for partner in partners} == {"0"}
    assert len({partner["id"] for partner in partners}) == 5
    assert [len(partner["id"]) for partner in partners] == [36, 6, 36, 36, 36]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer", 401),
        ("Bearer cmp_" + "0" * 64, 401),
        ("Basic b3JnXzpvcmdf", 401),
    ],
)
def test_a_missing_or_unknown_token_is_refused(hirers_caller: "HirersCaller", header: str | None, status: int) -> None:
    hirers_caller.session.headers["Authorization"] = header  # type: ignore[assignment]  # None leaves it out

    assert hirers_caller.get("partner", hirers_caller.company).status_code == status


def test_a_revoked_token_is_refused_from_then_on(hirers_caller: "HirersCaller") -> None:
    assert hirers_caller.get("partner", hirers_caller.company).status_code == 200
    del hirers_caller.simulator.backend.tokens[hirers_caller.settings["token"]]
    assert hirers_caller.get("partner", hirers_caller.company).status_code == 401


def test_an_organisation_token_reads_all_companies_a_company_token_its_own(start_hirers: "StartHirers") -> None:
    whole, one = start_hirers(), start_hirers(credential="company")
    first, second = whole.settings["company_ids"]

    assert (whole.settings["token"][:4], len(whole.settings["token"])) == ("org_", 68)
    assert (one.settings["token"][:4], len(one.settings["token"])) == ("cmp_", 68)
    assert one.settings["company_ids"] == [first]
    assert [whole.get("partner", company).status_code for company in (first, second, "other1")] == [200, 200, 403]
    assert [one.get("partner", company).status_code for company in (first, second)] == [200, 403]


@pytest.mark.parametrize(("ticked", "statuses"), [(Right.PARTNERS, [200, 403]), (Right.REMUNERATION, [403, 200])])
def test_a_right_that_is_not_ticked_is_refused(start_hirers: "StartHirers", ticked: Right, statuses: list[int]) -> None:
    partner = start_hirers().partners()[FULL]["id"]
    caller = start_hirers(rights=frozenset({ticked}))

    assert [
        caller.get("partner", caller.company).status_code,
        caller.remunerations(partner).status_code,
    ] == statuses


@pytest.mark.parametrize(
    ("shape", "ids"),
    [
        (ListShape.ARRAY, lambda body: [each["id"] for each in body]),
        (ListShape.DATA, lambda body: [each["id"] for each in body["data"]]),
        (ListShape.KEYED, lambda body: [key for key, each in body.items() if "id" not in each]),
        (ListShape.IDS, lambda body: body),
        (ListShape.OBJECT, lambda body: [body["id"]]),
    ],
)
def test_a_list_comes_in_the_switched_shape(start_hirers: "StartHirers", shape: ListShape, ids: Any) -> None:
    expected = [partner["id"] for partner in start_hirers().partners()]
    caller = start_hirers(partner_list=shape, remuneration_list=shape)
    (document,) = (start_hirers().remunerations(expected[FULL])).json()

    if shape is not ListShape.OBJECT:
        assert ids(caller.partners()) == expected
    assert ids(caller.remunerations(expected[FULL]).json()) == [document["id"]]


def test_lists_may_have_nothing_but_ids(start_hirers: "StartHirers") -> None:
    assert {tuple(partner) for partner in start_hirers(list_fields="id").partners()} == {("id",)}


@pytest.mark.parametrize(
    ("answer", "status", "body"), [("not_found", 404, None), ("empty", 200, []), ("no_content", 204, None)]
)
def test_a_partner_without_remuneration(start_hirers: "StartHirers", answer: str, status: int, body: Any) -> None:
    caller = start_hirers(without_remuneration=answer)

    response = caller.remunerations(caller.partners()[NOTHING]["id"])

    assert response.status_code == status
    assert body is None or response.json() == body


def test_a_partner_may_share_two_remunerations(hirers_caller: "HirersCaller") -> None:
    headers = hirers_caller.remunerations(hirers_caller.partners()[TWO]["id"]).json()

    assert [header["publishDate"] for header in headers] == [
        "2025-10-26T02:30:00+02:00",
        "2025-10-26T02:15:00+01:00",
    ]


@pytest.mark.parametrize("retry_after", [None, 3])
def test_too_many_requests_get_429(start_hirers: "StartHirers", retry_after: int | None) -> None:
    caller = start_hirers(requests_per_second=2, retry_after=retry_after)

    answers = [caller.get("partner", caller.company) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers.get("Retry-After") == (str(retry_after) if retry_after else None)
    caller.simulator.clock.advance(1)
    assert caller.get("partner", caller.company).status_code == 200


def test_a_login_page_comes_with_200(hirers_caller: "HirersCaller") -> None:
    hirers_caller.simulator.faults.add(Fault(action=Action.STATUS, status=200))

    answer = hirers_caller.get("partner", hirers_caller.company)

    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert hirers_caller.partners()


def test_the_log_has_no_token(hirers_caller: "HirersCaller") -> None:
    hirers_caller.documents()

    assert hirers_caller.settings["token"] not in str(hirers_caller.simulator.log.records())
