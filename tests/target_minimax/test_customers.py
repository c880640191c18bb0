"""Customers come into the register once, whatever happens on the way."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.books import COUNTS_PAGES, Books, customer

THREE = tuple(customer(key) for key in ("K1", "K2", "K3"))
CODES = ["K1", "K2", "K3"]
POST: dict[str, Any] = {"method": "POST", "path": "/customers"}
LIST_CALLS = 2
"""Countries and currencies, kept for the next runs."""


@COUNTS_PAGES
def test_customers_are_created_once_and_cost_nothing_afterwards(books: Books) -> None:
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.states) == (0, [1, 2, 3]), ended.log
    assert (books.codes, ended.counts["success"]) == (CODES, 3)
    assert books.calls == LIST_CALLS + 3 * 3  # the ledger is new: a look-up, a POST and its version each
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.counts["existing"], ended.states) == (0, 3, [1, 2, 3]), ended.log
    assert (books.codes, books.writes) == (CODES, 3)
    assert books.calls == LIST_CALLS + 3 * 3


def test_after_the_ledger_is_lost_nothing_is_written_again(books: Books) -> None:
    books.deliver("customers", *THREE)
    books.lose_ledger()
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.counts["existing"]) == (0, 3), ended.log
    assert (books.codes, books.writes) == (CODES, 3)


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
def test_a_customer_whose_answer_fails_is_created_once(books: Books, fault: dict[str, Any]) -> None:
    books.simulator.faults.add(**POST, nth=2, **fault)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, ended.counts["success"]) == (0, 3), ended.log
    assert books.codes == CODES


def test_what_is_in_doubt_at_the_end_of_a_run_is_looked_up_by_the_next(books: Books) -> None:
    books.simulator.faults.add(action="reset_after", **POST)
    lookups = r"code\(K1\)"
    books.simulator.faults.add(action="status", status=500, method="GET", path=lookups, nth=2, times=None)
    ended = books.deliver("customers", THREE[0])
    assert (ended.code, ended.states) == (11, []), ended.log
    books.simulator.faults.clear()
    ended = books.deliver("customers", THREE[0])
    assert (ended.code, ended.states) == (0, [1]), ended.log
    assert (books.codes, books.writes) == (["K1"], 1)


@pytest.mark.parametrize(("duplicate_status", "messages"), [(409, "list"), (400, "object")])
def test_a_code_that_somebody_has_used_is_confirmed_only_with_the_same_content(
    open_books: Callable[..., Books], duplicate_status: int, messages: str
) -> None:
    books = open_books(duplicate_status=duplicate_status, messages=messages)
    books.deliver("customers", *THREE[:2])
    ledger = str(books.folder / "other.sqlite3")
    for code in ("K1", "K2"):
        books.simulator.faults.add(action="status", status=404, method="GET", path=rf"code\({code}\)")
    # Not there at the look-up, and then the POST is refused: somebody was faster.
    ended = books.deliver("customers", THREE[0], customer("K2", city="Utrecht"), ledger=ledger)
    assert (ended.code, ended.states) == (10, [1]), ended.log
    assert ended.counts["success"] == 1
    (letter,) = ended.letters
    assert (letter["key"], letter["code"]) == ("K2", "changed_after_booking")
    assert letter["message"].startswith("customer K2: Minimax holds another content under its code")
    assert "in_doubt_in_ledger" not in ended.counts
    assert books.codes == ["K1", "K2"]
    assert books.customer("K2")["City"] == "Amsterdam"


def test_a_changed_customer_is_changed(books: Books) -> None:
    books.deliver("customers", *THREE)
    ended = books.deliver("customers", THREE[0], customer("K2", city="Utrecht"), THREE[2])
    assert (ended.code, ended.counts["updated"]) == (0, 1), ended.log
    assert books.customer("K2")["City"] == "Utrecht"


def test_a_changed_customer_is_a_reject_where_the_settings_say_so(books: Books) -> None:
    books.deliver("customers", *THREE)
    ended = books.deliver("customers", THREE[0], customer("K2", city="Utrecht"), THREE[2], on_changed="reject")
    assert (ended.code, ended.states) == (10, [1]), ended.log
    (letter,) = ended.letters
    assert (letter["key"], letter["code"]) == ("K2", "changed_after_booking")
    assert books.customer("K2")["City"] == "Amsterdam"
    assert books.requests("PUT", "") == []


def test_what_people_change_in_minimax_beside_the_content_does_not_matter(books: Books) -> None:
    books.deliver("customers", THREE[0])
    found = books.customer("K1")
    books.simulator.backend.touch(books.number, found["CustomerId"])
    books.lose_ledger()
    ended = books.deliver("customers", THREE[0])
    assert (ended.code, ended.counts["existing"]) == (0, 1), ended.log


def test_all_members_arrive(books: Books) -> None:
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
    ended = books.deliver("customers", full)
    assert ended.code == 0, ended.log
    held = books.customer("K9")
    assert held["Name"] == "Zorgbureau crm-4711-a-long-key"
    assert (held["TaxNumber"], held["VATIdentificationNumber"]) == ("12345678", "SI12345678")
    assert (held["RegistrationNumber"], held["ExpirationDays"]) == ("5012345000", 14)
    assert (held["SubjectToVAT"], held["CountryName"], held["Usage"]) == ("D", None, "D")
    assert (held["EInvoiceIssuing"], held["InternalCustomerNumber"]) == ("EPosta", "77")
    assert held["WebSiteURL"] == "https://k9.example"
    assert not books.simulator.log.effects("members_ignored")


@pytest.mark.parametrize("localisation", ["SI", "HR", "RS"])
def test_ids_are_those_of_the_country(open_books: Callable[..., Books], localisation: str) -> None:
    books = open_books(localisation=localisation)
    home = customer("K1", country_code=localisation)
    ended = books.deliver("customers", home, customer("K2", currency="CZK"))
    assert ended.code == 0, ended.log
    assert books.code("Currency", books.customer("K1")["Currency"]) == ("RSD" if localisation == "RS" else "EUR")
    assert (books.customer("K1")["CountryName"], books.customer("K2")["CountryName"]) == (None, "-")
    assert books.code("Currency", books.customer("K2")["Currency"]) == "CZK"


@pytest.mark.parametrize("code", ["A/2", "B.2", "K 3", "č1"])
def test_codes_that_cannot_stand_in_an_address_are_found_by_a_search(books: Books, code: str) -> None:
    assert books.deliver("customers", customer("one", code=code)).code == 0
    books.lose_ledger()
    ended = books.deliver("customers", customer("one", code=code))
    assert (ended.code, ended.counts["existing"]) == (0, 1), ended.log
    assert (books.codes, books.writes) == ([code], 1)


def test_a_small_page_size_of_minimax_does_not_hide_countries(open_books: Callable[..., Books]) -> None:
    books = open_books(page_size_max=100)
    ended = books.deliver("customers", *THREE)
    assert (ended.code, books.codes) == (0, CODES), ended.log
