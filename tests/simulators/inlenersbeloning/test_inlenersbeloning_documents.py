from collections import Counter
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning.hirers import LEGACY as PUBLISHED_LONG_AGO

if TYPE_CHECKING:
    from conftest import HirersCaller, StartHirers

FULL, LEGACY, UNCLASSIFIABLE, NOTHING, TWO = range(5)
ONLY_IN_NEWER = {"paidBreaks", "individualChoiceBudget", "sickPay", "pensionData", "sustainableEmployability"}


def first_document(caller: "HirersCaller", place: int) -> Any:
    partner = caller.partners()[place]["id"]
    header = caller.remunerations(partner).json()[0]
    return caller.get("remuneration", caller.company, partner, header["id"]).json()


def test_generations_differ_in_their_blocks(hirers_caller: "HirersCaller") -> None:
    full, legacy, unclassifiable = (first_document(hirers_caller, place) for place in range(3))

    assert set(full) - set(legacy) == ONLY_IN_NEWER | {"holidayAllowances"}
    assert set(full) - set(unclassifiable) == {"holidayAllowances"}
    assert unclassifiable["functionGroups"] == []
    assert unclassifiable["workingHours"]["fullTimeHours"] is None
    assert unclassifiable["baseOrganisationData"]["unclassifiableFullTimeHours"] == "40"


def test_in_older_documents_ids_collide_across_types(hirers_caller: "HirersCaller") -> None:
    legacy, full = first_document(hirers_caller, LEGACY), first_document(hirers_caller, FULL)

    for document, alike in ((legacy, 1), (full, 3)):
        group = document["functionGroups"][0]
        assert len({document["id"], group["id"], group["functions"][0]["id"]}) == alike
    published = datetime.fromisoformat(legacy["publishDate"])
    assert int(legacy["id"], 36) == int(published.timestamp())
    functions = [function["id"] for group in legacy["functionGroups"] for function in group["functions"]]
    assert max(Counter(functions).values()) == 1


def test_hour_wages_follow_from_salaries_to_the_cent(hirers_caller: "HirersCaller") -> None:
    checked = 0
    for document in hirers_caller.documents():
        hours = {36: "156", 40: "173.333", None: "0"}[document["workingHours"]["fullTimeHours"]]
        for group in document["functionGroups"]:
            for step in group["steps"]:
                wage = Decimal(str(step["salary"])) / Decimal(hours)
                assert Decimal(str(step["hourWage"])) == wage.quantize(Decimal("0.01"), ROUND_HALF_UP)
                checked += 1
    assert checked == 40


def test_functions_that_arrangements_depend_on_exist(hirers_caller: "HirersCaller") -> None:
    full = first_document(hirers_caller, FULL)
    functions = {function["id"] for group in full["functionGroups"] for function in group["functions"]}
    (component,) = full["allowances"]["allowances"][0]["allowanceComponents"]

    assert component["dependencyFunctions"]
    assert functions.issuperset(component["dependencyFunctions"])


def test_flags_do_not_match_their_lists_and_texts_have_odd_characters(hirers_caller: "HirersCaller") -> None:
    full = first_document(hirers_caller, FULL)
    (component,) = full["allowances"]["allowances"][0]["allowanceComponents"]

    assert (full["paymentsData"]["hasVariablePayments"], full["paymentsData"]["variablePayments"]) == (True, [])
    assert (full["leave"]["hasHoliday"], bool(full["leave"]["holidays"])) == (False, True)
    assert all(text in component["conditions"] for text in ("\r\n", "\t", "\x02", "\U0001d400"))
    assert len(full["functionGroups"][0]["functions"][0]["scalesComment"]) > 7000


def test_a_new_version_keeps_the_id_and_raises_the_version(hirers_caller: "HirersCaller") -> None:
    before = first_document(hirers_caller, FULL)
    simulator, partner = hirers_caller.simulator, before["company"]["id"]

    assert simulator.backend.republish(hirers_caller.company, partner, before["id"]) == 3

    after = first_document(hirers_caller, FULL)
    assert (after["id"], after["lenderVersion"], after["totalVersions"]) == (before["id"], 3, 3)
    assert after["publishDate"] == "2026-11-15T13:00:00+01:00"
    assert after["wageIncrements"]["incrementData"] != before["wageIncrements"]["incrementData"]
    assert after["functionGroups"] == before["functionGroups"]


def test_a_withdrawn_remuneration_is_gone_from_list_and_detail(hirers_caller: "HirersCaller") -> None:
    document = first_document(hirers_caller, FULL)
    partner = document["company"]["id"]

    hirers_caller.simulator.backend.withdraw(hirers_caller.company, partner, document["id"])

    assert hirers_caller.remunerations(partner).status_code == 404
    detail = hirers_caller.get("remuneration", hirers_caller.company, partner, document["id"])
    assert detail.status_code == 404
    assert hirers_caller.simulator.log.effects("withdrawn")


@pytest.mark.parametrize(("change", "status"), [("withdrawn", 404), ("republished", 200)])
def test_a_remuneration_may_change_between_list_and_detail(
    start_hirers: "StartHirers", change: str, status: int
) -> None:
    caller = start_hirers(after_list=change)
    partner = caller.partners()[FULL]["id"]
    (listed,) = caller.remunerations(partner).json()

    detail = caller.get("remuneration", caller.company, partner, listed["id"])

    assert detail.status_code == status
    assert not detail.ok or detail.json()["lenderVersion"] == listed["lenderVersion"] + 1
    assert len(caller.simulator.log.effects(change if change == "withdrawn" else "published")) == 1


def test_a_hirer_may_start_to_share_what_was_published_years_ago(hirers_caller: "HirersCaller") -> None:
    partner = hirers_caller.partners()[NOTHING]["id"]

    hirers_caller.simulator.backend.publish(hirers_caller.company, partner, PUBLISHED_LONG_AGO)

    (header,) = hirers_caller.remunerations(partner).json()
    assert header["publishDate"] == "2024-02-12T14:46:58+01:00"


def test_documents_may_have_members_nobody_has_seen(start_hirers: "StartHirers") -> None:
    full = first_document(start_hirers(extra_fields=True), FULL)

    assert "payTransparency" in full
    assert "tradeName" in full["company"]
    assert all("escoCode" in group for group in full["functionGroups"])


def test_types_may_be_loose(start_hirers: "StartHirers") -> None:
    strict, loose = first_document(start_hirers(), FULL), first_document(start_hirers(loose_types=True), FULL)

    assert loose["baseOrganisationData"]["hasCLA"] == "true"
    assert loose["functionGroups"][0]["steps"][1]["salary"] == str(strict["functionGroups"][0]["steps"][1]["salary"])


def test_a_sync_is_one_call_and_one_per_partner_and_remuneration(hirers_caller: "HirersCaller") -> None:
    assert len(hirers_caller.documents()) == 5
    assert len(hirers_caller.simulator.log.requests()) == 1 + 5 + 5
