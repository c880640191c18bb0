"""Master data as lists, a page at a time; limits; strictness."""

import time
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from provider_simulators.minox import MinoxSwitches
from provider_simulators.switching import SwitchError, switches_from

Start = Callable[..., Any]


def pages(minox: Any, path: str, **params: str) -> list[dict[str, Any]]:
    found = [minox.get(path, **params).json()]
    while following := found[-1]["links"].get("next"):
        found.append(minox.session.get(following, timeout=10).json())
    return found


def test_the_chart_comes_in_pages_linked_by_url(minox: Any) -> None:
    chart = pages(minox, "/ledger_account")
    assert len(chart) == 2
    assert len(chart[0]["collection"]) == 50
    numbers = [account["id"] for page in chart for account in page["collection"]]
    assert numbers == sorted(set(numbers))
    assert {1720, 2990, 4000} <= set(numbers)


def test_a_page_token_goes_into_the_next_parameter(start_minox: Start) -> None:
    minox = start_minox(list_links="token", page_size=3)
    first = minox.get("/journal").json()
    second = minox.get("/journal", next=first["links"]["next"]).json()
    assert [journal["id"] for journal in second["collection"]] == ["MEMO", "LOON", "INK"]
    assert minox.get("/journal", next="made-up").status_code == 400


def test_a_page_can_be_asked_by_its_number(start_minox: Start) -> None:
    minox = start_minox(page_size=3)
    assert [each["id"] for each in minox.rows("/journal", currentpage="2")] == ["MEMO", "LOON", "INK"]
    assert minox.rows("/journal", currentpage="9", status="x") == []
    assert minox.get("/journal", currentpage="0").status_code == 400


def test_lists_may_be_bare_or_without_links(start_minox: Start) -> None:
    bare = start_minox(lists="bare").get("/ledger_account").json()
    whole = start_minox(list_links="absent").get("/ledger_account").json()
    assert whole == {"links": {}, "collection": bare}
    assert len(bare) > 50


def test_every_company_has_books_with_its_kind_of_periods(minox: Any) -> None:
    [page] = pages(minox, "/tenant/480001/administration")
    books = {each["id"]: each for each in page["collection"]}
    assert set(books) == {99998, 1002, 1003, 90701}
    assert [books[number]["number_of_periods"] for number in (99998, 1002, 1003)] == [12, 12, 13]
    assert [year["fiscal_year"] for year in books[99998]["fiscal_years"]] == [2024, 2025, 2026]
    broken = books[90701]["fiscal_years"]
    assert [(year["start_date"], year["end_date"]) for year in broken[1:]] == [
        ("2025-07-01", "2026-06-30"),
        ("2026-07-01", "2027-06-30"),
    ]


@pytest.mark.parametrize("number", [99998, 1003, 90701])
def test_periods_follow_each_other_through_a_year(minox: Any, number: int) -> None:
    year = minox.sim.backend.books(number).administration.fiscal_years[2026]
    days = [date.fromordinal(day) for day in range(year.start.toordinal(), year.end.toordinal() + 1)]
    found = [year.period_of(day) for day in days]
    assert (found[0], found[-1]) == (1, year.periods)
    assert all(later - earlier in (0, 1) for earlier, later in pairwise(found))


def test_every_account_of_payroll_and_its_cost_center_is_there(minox: Any) -> None:
    world = minox.sim.world
    for company in world.companies:
        books = minox.sim.backend.books(company.books_number).administration
        assert {int(account.number) for account in world.ledger_accounts} <= set(books.accounts)
        assert {center.books_number for center in company.cost_centers} == set(books.cost_centers)


def test_what_is_not_simulated_says_so(minox: Any) -> None:
    assert minox.get("/bank_statement").status_code == 501
    assert minox.put("/vat/1", {}).status_code == 501


def test_unknown_query_parameters_are_refused(minox: Any) -> None:
    answer = minox.get("/ledger_account", page="2")
    assert answer.status_code == 400
    assert "page" in answer.json()[0]["message"]


def test_five_per_second_then_429_until_the_next_second(start_minox: Start) -> None:
    minox = start_minox(rate_limit="per_second")
    answers = [minox.get("/journal") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    assert answers[5].headers["Retry-After"] == "1"
    minox.sim.clock.advance(1)
    assert minox.get("/journal").status_code == 200


def test_twenty_per_window_then_two_minutes(start_minox: Start) -> None:
    minox = start_minox(rate_limit="window")
    answers = [minox.get("/journal") for _ in range(21)]
    assert answers[19].status_code == 200
    assert (answers[20].status_code, answers[20].headers["Retry-After"]) == (429, "120")
    left = int(answers[20].headers["x-rate-limit-reset"]) / 1000 - time.time()
    assert 100 < left <= 121
    minox.sim.clock.advance(120)
    assert minox.get("/journal").status_code == 200


def test_the_native_payroll_link_is_off_until_somebody_switches_it_on(minox: Any) -> None:
    assert minox.get("/nmbrs/settings").json() == {"connection_active": False}
    assert minox.get("/loket.nl/settings").json() == {"connection": {"active": False}}
    answer = minox.put("/nmbrs/settings", {"connection_active": True, "journal_id": "LOON", "api_token": "geheim"})
    assert answer.json() == {"connection_active": True, "journal_id": "LOON"}
    assert minox.sim.backend.links(99998).is_active("nmbrs")
    assert not minox.sim.backend.links(1002).is_active("nmbrs")
    assert minox.delete("/nmbrs/settings").status_code == 204
    minox.sim.backend.save_link(99998, "loket.nl", {"connection": {"active": True}})
    assert minox.get("/loket.nl/settings").json() == {"connection": {"active": True}}
    assert [effect["active"] for effect in minox.sim.log.effects("payroll_link_saved")] == [True, False, True]


def test_unknown_settings_of_the_native_link_are_refused(minox: Any) -> None:
    assert minox.put("/nmbrs/settings", {"active": True}).status_code == 400
    assert minox.put("/loket.nl/settings", {"connection": {"on": True}}).status_code == 400


def test_switches_can_be_set_by_name() -> None:
    settings = [
        "refresh=static",
        "not_linked_status=404",
        "page_size=3",
        "require_uuid4=no",
        "scopes=vat:read,item:read",
    ]
    assert switches_from(MinoxSwitches, settings) == MinoxSwitches(
        refresh="static", not_linked_status=404, page_size=3, require_uuid4=False, scopes=("vat:read", "item:read")
    )
    with pytest.raises(SwitchError, match="switch refresh: 'sometimes' does not fit"):
        switches_from(MinoxSwitches, ["refresh=sometimes"])


def test_the_readme_names_every_switch() -> None:
    text = (Path(__file__).parents[3] / "simulators" / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Minox\n")[2]
    assert [field.name for field in fields(MinoxSwitches) if f"`{field.name}`" not in section] == []
