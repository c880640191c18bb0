"""Operations whose paths nobody has confirmed, and what tokens may do."""

import base64
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import Right
from provider_simulators.inlenersbeloning.operations import OPERATIONS, Operation

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL, LEGACY, UNCLASSIFIABLE, NOTHING, TWO = range(5)
GUESSED = [operation for operation in OPERATIONS if operation.switch]


def answers(caller: "HirersCaller", operation: Operation) -> list[int]:
    """Statuses at all paths that an operation might have."""
    partner, remuneration = caller.first(LEGACY)
    function = caller.document(partner, remuneration)["functionGroups"][0]["functions"][0]["id"]
    ids = {"company": caller.company, "partner": partner, "remuneration": remuneration, "function": function}
    statuses = []
    for path in operation.paths:
        filled = path
        for name, value in {**ids, "version": "2"}.items():
            filled = filled.replace(f"<{name}>", value)
        statuses.append(caller.session.get(caller.settings["api_url"] + filled, timeout=10).status_code)
    return statuses


@pytest.mark.parametrize("operation", GUESSED, ids=lambda operation: operation.name)
def test_an_operation_is_where_the_switch_says_or_nowhere(operation: Operation, start_hirers: "StartHirers") -> None:
    by_query = 1 if operation.name == "get_remuneration_version" else None
    for place in range(len(operation.paths)):
        there = answers(start_hirers(**{operation.switch or "": place}), operation)
        expected = [200 if each in (place, by_query) else 404 for each in range(len(operation.paths))]
        assert there == expected  # `?version=` where it means nothing gives the newest
    nowhere = answers(start_hirers(**{operation.switch or "": None}), operation)
    assert set(nowhere) == ({404, 200} if by_query else {404})


@pytest.mark.parametrize("path", [0, 1, 2])
def test_older_versions_can_be_read_where_they_are(start_hirers: "StartHirers", path: int) -> None:
    caller = start_hirers(version_path=path)
    partner, remuneration = caller.first(LEGACY)

    def version(number: int) -> Any:
        parts = ("remuneration", caller.company, partner, remuneration)
        if path == 1:
            return caller.get(*parts, version=number)
        return caller.get(*parts, *(() if path == 0 else ("version",)), str(number))

    newest, third = version(7).json(), version(3).json()
    assert (newest["lenderVersion"], newest["totalVersions"]) == (7, 7)
    assert (third["lenderVersion"], third["totalVersions"], third["id"]) == (3, 7, remuneration)
    assert third["publishDate"] < newest["publishDate"]
    assert [version(number).status_code for number in (0, 8)] == [404, 404]


def test_a_version_in_the_query_is_ignored_where_it_means_nothing(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(LEGACY)
    answer = hirers_caller.get("remuneration", hirers_caller.company, partner, remuneration, version=3)

    assert answer.json()["lenderVersion"] == 7


def test_what_was_republished_here_can_be_read_as_it_was(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    before = hirers_caller.document(partner, remuneration)
    hirers_caller.simulator.backend.republish(hirers_caller.company, partner, remuneration)

    old = hirers_caller.get("remuneration", hirers_caller.company, partner, remuneration, "2").json()

    assert old == before | {"totalVersions": 3}


def test_only_so_many_versions_are_kept(start_hirers: "StartHirers") -> None:
    caller = start_hirers(versions_kept=2)
    parts = ("remuneration", caller.company, *caller.first(LEGACY))

    assert [caller.get(*parts, str(number)).status_code for number in (4, 5, 6, 7)] == [404, 200, 200, 200]


@pytest.mark.parametrize("line_breaks", [False, True])
@pytest.mark.parametrize("form", ["text", "string", "object"])
def test_a_pdf_comes_as_base64(start_hirers: "StartHirers", form: str, *, line_breaks: bool) -> None:
    caller = start_hirers(pdf=form, pdf_line_breaks=line_breaks, pdf_member="content")
    answer = caller.get("remuneration", caller.company, *caller.first(FULL), "pdf")
    text = answer.text if form == "text" else answer.json()
    text = text["content"] if form == "object" else text

    assert ("\r\n" in text) is line_breaks
    content = base64.b64decode(text)
    assert content.startswith(b"%PDF-1.4")
    assert content.endswith(b"%%EOF\n")
    assert f"Remuneration {caller.first(FULL)[1]} version 2".encode() in content


def test_a_pdf_may_have_five_megabytes(start_hirers: "StartHirers") -> None:
    caller = start_hirers(pdf_bytes=5_000_000)
    answer = caller.get("remuneration", caller.company, *caller.first(FULL), "pdf")

    assert len(base64.b64decode(answer.json())) >= 5_000_000


def test_functions_are_those_of_the_documents(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    groups = hirers_caller.document(partner, remuneration)["functionGroups"]
    functions = [function for group in groups for function in group["functions"]]

    listed = hirers_caller.get("function", hirers_caller.company, partner).json()
    one = hirers_caller.get("function", hirers_caller.company, partner, functions[1]["id"]).json()

    assert [row["id"] for row in listed] == [function["id"] for function in functions]
    assert one == functions[1]
    assert hirers_caller.get("function", hirers_caller.company, partner, "zzzzzz").status_code == 404


def test_companies_are_those_of_the_token(start_hirers: "StartHirers") -> None:
    whole, one = start_hirers(), start_hirers(credential="company")

    assert [row["id"] for row in whole.get("company").json()] == whole.settings["company_ids"]
    assert [row["id"] for row in one.get("company").json()] == one.settings["company_ids"]


def test_one_partner_is_as_in_the_list(hirers_caller: "HirersCaller") -> None:
    for row in hirers_caller.partners():
        assert hirers_caller.get("partner", hirers_caller.company, row["id"]).json() == row
    assert hirers_caller.get("partner", hirers_caller.company, "zzzzzz").status_code == 404


def test_every_right_opens_its_own_operations(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    function = hirers_caller.document(partner, remuneration)["functionGroups"][0]["functions"][0]["id"]
    company = hirers_caller.company
    calls = {
        Right.PARTNERS: ("partner", company),
        Right.PARTNER: ("partner", company, partner),
        Right.REMUNERATION: ("remuneration", company, partner, remuneration),
        Right.PDF: ("remuneration", company, partner, remuneration, "pdf"),
        Right.FUNCTIONS: ("function", company, partner),
        Right.FUNCTION: ("function", company, partner, function),
        Right.COMPANIES: ("company",),
    }
    for right in calls:
        token = hirers_caller.simulator.backend.add_token(company, {right}, name=right)
        hirers_caller.use(token.value)
        opened = {each for each, path in calls.items() if hirers_caller.get(*path).status_code == 200}
        assert opened == {right}
    assert set(calls) == set(Right) - {Right.INVITATION}


def test_each_company_may_have_a_token_of_its_own(start_hirers: "StartHirers") -> None:
    caller = start_hirers(credential="companies")
    first, second = caller.settings["companies"]

    assert {"company_id", "token", "name"} == set(first) == set(second)
    assert first["token"] != second["token"]
    for own, other in ((first, second), (second, first)):
        caller.use(own["token"])
        assert caller.get("partner", own["company_id"]).status_code == 200
        assert caller.get("partner", other["company_id"]).status_code == 403


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["invitation", "invite"])
@pytest.mark.parametrize("token", ["known", "unknown"])
def test_a_call_for_an_invitation_is_noted_and_sends_nothing(
    hirers_caller: "HirersCaller", method: str, path: str, token: str
) -> None:
    if token == "unknown":
        hirers_caller.use("cmp_" + "0" * 64)
    url = f"{hirers_caller.settings['api_url']}/{path}/{hirers_caller.company}"
    assert hirers_caller.effects("invitation_called") == []

    answer = hirers_caller.session.request(method, url, json={"email": "x@hirer.example"}, timeout=10)

    assert answer.status_code == (201 if token == "known" else 401)
    (noted,) = hirers_caller.effects("invitation_called")
    assert (noted["method"], noted["path"]) == (method, f"/api/v6/{path}/{hirers_caller.company}")
    assert "x@hirer.example" not in str(hirers_caller.simulator.log.records())


def test_other_operations_are_not_simulated(hirers_caller: "HirersCaller") -> None:
    assert hirers_caller.get("invoice", hirers_caller.company).status_code == 501
    assert hirers_caller.effects("not_simulated")


def test_the_api_may_start_elsewhere(start_hirers: "StartHirers") -> None:
    caller = start_hirers(api_path="/api/v7")

    assert caller.settings["api_url"].endswith("/api/v7")
    assert len(caller.documents()) == 5
