"""Customers come into the register once, whatever happens on the way."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.conftest import THREE, Register, customer

CODES = ["K1", "K2", "K3"]
POST: dict[str, Any] = {"method": "POST", "path": "/customers"}
LIST_CALLS = 2
"""Countries and currencies, kept for the next runs."""


def test_customers_are_created_once_and_cost_nothing_afterwards(register: Register) -> None:
    run = register.deliver(*THREE)
    assert (run.code, run.states) == (0, ["1", "2", "3"]), run.stderr
    assert (register.codes, run.counts["success"]) == (CODES, 3)
    assert register.calls == LIST_CALLS + 3 * 3  # the ledger is new: a look-up, a POST and its version each
    run = register.deliver(*THREE)
    assert (run.code, run.counts["existing"], run.states) == (0, 3, ["1", "2", "3"]), run.stderr
    assert (register.codes, register.writes) == (CODES, 3)
    assert register.calls == LIST_CALLS + 3 * 3


def test_after_the_ledger_is_lost_nothing_is_written_again(register: Register) -> None:
    register.deliver(*THREE)
    register.lose_ledger()
    run = register.deliver(*THREE)
    assert (run.code, run.counts["existing"]) == (0, 3), run.stderr
    assert (register.codes, register.writes) == (CODES, 3)


LOST: dict[str, dict[str, Any]] = {
    "reset before": {"action": "reset_before"},
    "reset after": {"action": "reset_after"},
    "server error": {
        "action": "status",
        "status": 502,
        "body": "<html>Bad Gateway</html>",
        "content_type": "text/html",
    },
    "page instead of the answer": {"action": "wrong_json", "body": "<html>ok</html>"},
    "2xx that says no address": {"action": "status", "status": 200, "body": ""},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_customer_whose_answer_fails_is_created_once(register: Register, fault: dict[str, Any]) -> None:
    register.simulator.faults.add(**POST, nth=2, **fault)
    run = register.deliver(*THREE)
    assert (run.code, run.counts["success"]) == (0, 3), run.stderr
    assert register.codes == CODES


def test_what_is_in_doubt_at_the_end_of_a_run_is_looked_up_by_the_next(register: Register) -> None:
    register.simulator.faults.add(action="reset_after", **POST)
    lookups = r"code\(K1\)"
    register.simulator.faults.add(action="status", status=500, method="GET", path=lookups, nth=2, times=None)
    run = register.deliver(THREE[0])
    assert (run.code, run.states) == (11, []), run.stderr
    register.simulator.faults.clear()
    run = register.deliver(THREE[0])
    assert (run.code, run.states) == (0, ["1"]), run.stderr
    assert (register.codes, register.writes) == (["K1"], 1)


@pytest.mark.parametrize("duplicate_status", ["409", "400"])
@pytest.mark.parametrize("messages", ["list", "object"])
def test_a_code_that_somebody_has_used_is_confirmed_only_with_the_same_content(
    open_register: Callable[..., Register], duplicate_status: str, messages: str
) -> None:
    register = open_register(duplicate_status=int(duplicate_status), messages=messages)
    register.deliver(*THREE[:2])
    ledger = str(register.folder / "other.sqlite3")
    for code in ("K1", "K2"):
        register.simulator.faults.add(action="status", status=404, method="GET", path=rf"code\({code}\)")
    # Not there at the look-up, and then the POST is refused: somebody was faster.
    run = register.deliver(THREE[0], customer("K2", city="Utrecht"), ledger=ledger)
    assert (run.code, run.states) == (10, ["1"]), run.stderr
    assert run.counts["success"] == 1
    path = register.folder / "other.sqlite3.dead-letters.jsonl"
    letter = json.loads(path.read_text(encoding="utf-8"))
    assert (letter["key"], letter["code"]) == ("K2", "changed_after_booking")
    assert letter["message"].startswith("customer K2: Minimax holds another content under its code")
    assert run.counts["in_doubt_in_ledger"] == 0
    assert register.codes == ["K1", "K2"]
    assert register.held("K2")["City"] == "Amsterdam"


def test_a_changed_customer_is_changed(register: Register) -> None:
    register.deliver(*THREE)
    run = register.deliver(THREE[0], customer("K2", city="Utrecht"), THREE[2])
    assert (run.code, run.counts["updated"]) == (0, 1), run.stderr
    assert register.held("K2")["City"] == "Utrecht"


def test_a_changed_customer_is_a_reject_where_the_settings_say_so(register: Register) -> None:
    register.deliver(*THREE)
    run = register.deliver(THREE[0], customer("K2", city="Utrecht"), THREE[2], on_changed="reject")
    assert (run.code, run.states) == (10, ["1"]), run.stderr
    (letter,) = register.dead_letters
    assert (letter["key"], letter["code"]) == ("K2", "changed_after_booking")
    assert register.held("K2")["City"] == "Amsterdam"
    assert register.requests("PUT", "") == []


def test_what_people_change_in_minimax_beside_the_content_does_not_matter(register: Register) -> None:
    register.deliver(THREE[0])
    found = register.held("K1")
    register.simulator.backend.touch(register.settings["organisation_id"], found["CustomerId"])
    register.lose_ledger()
    run = register.deliver(THREE[0])
    assert (run.code, run.counts["existing"]) == (0, 1), run.stderr


def test_all_members_arrive(register: Register) -> None:
    full = customer(
        "crm-4711-a-long-key",
        code="K9",
        country_code="SI",
        tax_number="12345678",
        vat_number="SI12345678",
        registration_number="5012345000",
        currency="CZK",
        payment_days=14,
        minimax={"internal_customer_number": "77", "e_invoice_issuing": "EPosta", "website": "https://k9.example"},
    )
    run = register.deliver(full)
    assert run.code == 0, run.stderr
    held = register.held("K9")
    assert held["Name"] == "Zorgbureau crm-4711-a-long-key"
    assert (held["TaxNumber"], held["VATIdentificationNumber"]) == ("12345678", "SI12345678")
    assert (held["RegistrationNumber"], held["ExpirationDays"]) == ("5012345000", 14)
    assert (held["SubjectToVAT"], held["CountryName"], held["Usage"]) == ("D", None, "D")
    assert (held["EInvoiceIssuing"], held["InternalCustomerNumber"]) == ("EPosta", "77")
    assert held["WebSiteURL"] == "https://k9.example"
    assert not register.simulator.log.effects("members_ignored")


@pytest.mark.parametrize("localisation", ["SI", "HR", "RS"])
def test_ids_are_those_of_the_country(open_register: Callable[..., Register], localisation: str) -> None:
    register = open_register(localisation=localisation)
    home = customer("K1", country_code=localisation)
    run = register.deliver(home, customer("K2", currency="CZK"))
    assert run.code == 0, run.stderr
    assert register.held("K1")["Currency"]["Name"] == ("RSD" if localisation == "RS" else "EUR")
    assert (register.held("K1")["CountryName"], register.held("K2")["CountryName"]) == (None, "-")
    assert register.held("K2")["Currency"]["Name"] == "CZK"


@pytest.mark.parametrize("code", ["A/2", "B.02", "K 3", "č1"])
def test_codes_that_cannot_stand_in_an_address_are_found_by_a_search(register: Register, code: str) -> None:
    assert register.deliver(customer("one", code=code)).code == 0
    register.lose_ledger()
    run = register.deliver(customer("one", code=code))
    assert (run.code, run.counts["existing"]) == (0, 1), run.stderr
    assert (register.codes, register.writes) == ([code], 1)


def test_a_small_page_size_of_minimax_does_not_hide_countries(open_register: Callable[..., Register]) -> None:
    register = open_register(page_size_max=100)
    run = register.deliver(*THREE)
    assert (run.code, register.codes) == (0, CODES), run.stderr
