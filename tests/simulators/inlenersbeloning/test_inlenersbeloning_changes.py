"""What hirers do while the simulator runs, from this process and from another one."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
import requests
from provider_simulators.inlenersbeloning import Generation, Publication
from provider_simulators.inlenersbeloning.editions import raise_salaries
from provider_simulators.inlenersbeloning.hirers import FULL as PUBLISHED_THIS_YEAR
from provider_simulators.inlenersbeloning.hirers import LEGACY as PUBLISHED_LONG_AGO

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL, LEGACY, UNCLASSIFIABLE, NOTHING, TWO = range(5)


def listed(caller: "HirersCaller", partner: str) -> list[Any]:
    answer = caller.remunerations(partner)
    return answer.json() if answer.status_code == 200 else []


def test_every_kind_of_document_can_be_republished(start_hirers: "StartHirers") -> None:
    caller = start_hirers(hirers="every_kind")
    backend = caller.simulator.backend

    for partner, share in backend.shares[caller.company].items():
        for identifier, remuneration in share.remunerations.items():
            before, version = remuneration.text(), remuneration.version
            assert backend.republish(caller.company, partner, identifier) == version + 1
            assert remuneration.text() != before
            assert remuneration.document(version) is not None


def test_salaries_go_up_and_hourly_wages_follow_the_rule(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    before = hirers_caller.document(partner, remuneration)
    hirers_caller.simulator.backend.republish(hirers_caller.company, partner, remuneration, raise_salaries)
    after = hirers_caller.document(partner, remuneration)

    for old, new in zip(before["functionGroups"], after["functionGroups"], strict=True):
        for step, raised in zip(old["steps"], new["steps"], strict=True):
            salary = Decimal(str(raised["salary"]))
            assert salary == (Decimal(str(step["salary"])) * Decimal("1.02")).quantize(Decimal("0.01"))
            wage = (salary / Decimal("173.333")).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert Decimal(str(raised["hourWage"])) == wage


def test_a_document_may_change_and_say_nothing_of_it(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    header, document = listed(hirers_caller, partner), hirers_caller.document(partner, remuneration)

    hirers_caller.simulator.backend.amend(hirers_caller.company, partner, remuneration)

    assert listed(hirers_caller, partner) == header
    changed = hirers_caller.document(partner, remuneration)
    assert {name for name in document if document[name] != changed[name]} == {"wageIncrements"}


def test_what_was_withdrawn_may_come_back_as_it_was(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    document = hirers_caller.document(partner, remuneration)
    backend = hirers_caller.simulator.backend

    backend.withdraw(hirers_caller.company, partner, remuneration)
    assert listed(hirers_caller, partner) == []
    backend.restore(hirers_caller.company, partner, remuneration)

    assert hirers_caller.document(partner, remuneration) == document


def test_a_new_partner_may_share_what_is_years_old(hirers_caller: "HirersCaller") -> None:
    backend, company = hirers_caller.simulator.backend, hirers_caller.company
    partner = backend.add_partner(company, "later gekomen")

    assert partner in [row["id"] for row in hirers_caller.partners()]
    assert [row["publishDate"] for row in listed(hirers_caller, partner)] == ["2024-02-12T14:46:58+01:00"]
    varied = Publication(generation=Generation.VARIED, at=PUBLISHED_LONG_AGO.at)
    other = backend.add_partner(company, "nog een", PUBLISHED_THIS_YEAR, varied)
    assert len(listed(hirers_caller, other)) == 2


def test_a_partner_that_goes_may_return(hirers_caller: "HirersCaller") -> None:
    backend, company = hirers_caller.simulator.backend, hirers_caller.company
    partner, remuneration = hirers_caller.first(FULL)

    share = backend.remove_partner(company, partner)
    assert partner not in [row["id"] for row in hirers_caller.partners()]
    assert hirers_caller.get("remuneration", company, partner, remuneration).status_code == 404
    backend.shares[company][partner] = share

    assert listed(hirers_caller, partner)


def test_a_race_can_be_run_before_any_read(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    backend, seen = hirers_caller.simulator.backend, []

    def race(operation: str, ids: dict[str, str]) -> None:
        seen.append((operation, ids))
        if operation == "get_remuneration":
            backend.before_read = lambda _operation, _ids: None
            backend.withdraw(ids["company"], ids["partner"], ids["remuneration"])

    backend.before_read = race
    assert listed(hirers_caller, partner)
    answer = hirers_caller.get("remuneration", hirers_caller.company, partner, remuneration)

    assert answer.status_code == 404
    assert [operation for operation, _ in seen] == ["list_remunerations", "get_remuneration"]


def test_another_process_can_do_the_same(hirers_caller: "HirersCaller") -> None:
    partner, remuneration = hirers_caller.first(FULL)
    ids = {"company": hirers_caller.company, "partner": partner, "identifier": remuneration}

    def control(action: str, **arguments: Any) -> requests.Response:
        return requests.post(f"{hirers_caller.simulator.url}/_control/{action}", json=arguments, timeout=10)

    assert control("republish", **ids).json() == {"result": 3}
    assert control("republish", change="salaries", **ids).json() == {"result": 4}
    assert hirers_caller.document(partner, remuneration)["lenderVersion"] == 4
    assert control("amend", **ids).ok
    assert control("withdraw", **ids).ok
    assert listed(hirers_caller, partner) == []
    assert control("restore", **ids).ok
    assert control("publish", company=hirers_caller.company, partner=partner).ok
    assert len(listed(hirers_caller, partner)) == 2
    added = control("add_partner", company=hirers_caller.company, name="van buiten").json()["result"]
    assert control("remove_partner", company=hirers_caller.company, partner=added).json() == {"result": added}
    assert control("republish", **ids, change="other").status_code == 400
    assert control("withdraw", company="zzzzzz").status_code == 400
    assert control("revoke", token=hirers_caller.settings["token"]).json() == {"result": "org_"}
    assert hirers_caller.get("partner", hirers_caller.company).status_code == 401
    assert hirers_caller.settings["token"] not in str(hirers_caller.simulator.log.records())


@pytest.mark.parametrize("fields", ["id", "title"])
def test_lists_without_version_or_date_hide_a_new_version(start_hirers: "StartHirers", fields: str) -> None:
    caller = start_hirers(list_fields=fields)
    partner, remuneration = caller.first(FULL)
    before = listed(caller, partner)

    caller.simulator.backend.republish(caller.company, partner, remuneration)

    assert listed(caller, partner) == before
