"""Records of Minox' own types: read by schema, all problems at once; what is sent, compared and merged."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.customer import Customer
from connector_kit.books.entry_errors import EntryError
from connector_kit.books.identity import client_id, marker
from target_minox import held, records
from target_minox.marked import with_mark
from target_minox.parties import CUSTOMER, document_of

from tests.target_minox.invented_books import master_data

ACCOUNT = {
    "id": 4321,
    "description": "Kantine",
    "vat": {"id": 2, "percentage": 9},
    "cost_type": {"id": 0},
    "memo": None,
    "blocked": {"active": False},
    "isBalance": True,
    "year_budget": "12000.50",
}


def test_all_that_is_wrong_with_a_record_is_told_at_once_in_plain_words() -> None:
    record = {
        "key": "4321",
        "id": 4_000_000,
        "year_budget": "1.2.3",
        "vat": {"id": "zwei", "rate": 9},
        "blocked": {"active": "no"},
        "colour": "Marker-Value",
    }
    with pytest.raises(EntryError) as refused:
        records.read_record("ledger_accounts", record)
    said = str(refused.value)
    for words in (
        "id: must be a number from 1 to 999999",
        "year_budget: must be a number with a decimal point",
        "vat.id: must be a whole number",
        "vat.rate: no such member",
        "blocked.active: must be true or false",
        "colour: no such member",
        "description: is missing",
    ):
        assert words in said, words
    assert "Marker" not in said


def test_what_is_empty_is_not_sent_but_amounts_and_switches_are() -> None:
    record = {
        "key": "4321",
        "description": " Kantine ",
        "memo": {"text": ""},
        "cost_type": {"id": 0},
        "aggregation": None,
        "year_budget": 0,
        "blocked": {"active": False},
    }
    assert records.read_record("ledger_accounts", record).members == {
        "description": "Kantine",
        "year_budget": Decimal(0),
        "blocked": {"active": False},
    }


def test_prices_stay_exact_and_dates_become_days() -> None:
    read = records.read_record("mandates", {"key": "m", "customer_id": 1, "signing_date": "2026-01-05T00:00:00Z"})
    assert read.members["signing_date"] == "2026-01-05"
    read = records.read_record("invoices", {"key": "i", "invoice": {"lines": [{"price": Decimal("61.2550")}]}})
    assert str(read.members["invoice"]["lines"][0]["price"]) == "61.255"


def test_a_record_without_a_key_is_refused() -> None:
    with pytest.raises(EntryError, match="no key"):
        records.read_record("regions", {"description": "Noord"})


def test_what_is_held_can_be_sent_back_with_our_members_in_it() -> None:
    before = held.writable(ACCOUNT, records.schema("ledger_accounts"))
    assert before == {
        "id": 4321,
        "description": "Kantine",
        "vat": {"id": 2},
        "blocked": {"active": False},
        "year_budget": "12000.50",
    }
    assert held.merged(before, {"blocked": {"reason": "oud"}})["blocked"] == {"active": False, "reason": "oud"}


@pytest.mark.parametrize(
    ("ours", "theirs", "equal"),
    [
        ({"a": Decimal("1.50")}, {"a": "1.5", "b": 2}, True),
        ({"a": 7}, {"a": "7"}, True),
        ({"a": "007"}, {"a": "7"}, False),
        ({"a": "2026-01-05"}, {"a": "2026-01-05T00:00:00.000Z"}, True),
        ({"a": "2026-01-05"}, {"a": "2026-01-06T00:00:00.000Z"}, False),
        ({"a": False}, {"a": None}, True),
        ({"a": True}, {}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "id": "x"}]}, True),
        ({"a": [{"b": 1}]}, {"a": []}, False),
        ({"a": "e\u0301"}, {"a": "é"}, False),
        ({"a": "é"}, {"a": "e\u0301"}, True),
        ({"a": 1}, {"a": {"b": 1}}, False),
    ],
)
def test_what_we_say_is_compared_and_nothing_else(ours: Any, theirs: Any, equal: Any) -> None:
    assert held.same(ours, theirs) is equal


def test_a_digest_changes_with_what_people_change_and_not_with_what_minox_adds() -> None:
    schema = records.schema("ledger_accounts")
    digest = held.digest(ACCOUNT, schema)
    assert digest == held.digest(ACCOUNT | {"isBalance": False, "rgs": [1], "aggregation": {}}, schema)
    assert digest != held.digest(ACCOUNT | {"description": "Keuken"}, schema)


def test_a_patch_sends_whole_members_so_that_it_does_not_matter_how_minox_merges() -> None:
    before = {"memo": {"active": True, "text": "oud"}, "name": "x", "weight": 1}
    assert held.changed_members(before, {"memo": {"text": "nieuw"}, "name": "x"}) == {
        "memo": {"active": True, "text": "nieuw"}
    }


def test_the_mark_goes_before_the_ending_of_a_file_s_name() -> None:
    mark = marker("operation")
    assert with_mark({"name": "bon.pdf"}, "name", mark) == {"name": f"bon {mark}.pdf"}
    assert with_mark({}, "explanation", mark) == {"explanation": mark}
    assert client_id("operation").version == 4


def customer(**members: Any) -> dict[str, Any]:
    books = master_data()
    party = Customer.from_record({"key": "crm-1", "name": "Zn."} | members)
    return dict(document_of(party, CUSTOMER, books, journal=None, payment_term=books.payment_term(party.payment_days)))


def test_the_smallest_customer_says_nothing_empty_but_vat() -> None:
    assert customer() == {
        "body": {"vat": {}, "externalid": "crm-1", "addresses": [{"address_type": "postal", "name": "Zn."}]},
        "journal": "VERK",
    }


def test_what_only_minox_knows_is_added_and_checked() -> None:
    document = customer(minox={"sales": {"credit_limit": 5000}, "vat": {"suggested_vat_id": 3}}, vat_number="NL1B01")
    assert document["body"]["sales"] == {"credit_limit": Decimal("5E+3")}
    assert document["body"]["vat"] == {"active": True, "vat_registration_number": "NL1B01", "suggested_vat_id": 3}


def test_all_problems_of_a_record_or_a_customer_are_told_together() -> None:
    with pytest.raises(EntryError) as refused:
        customer(minox={"colour": "red"}, code="ABC", payment_days=17)
    for said in ("no such member", "code: must be a number", "no payment term of that many days"):
        assert said in str(refused.value)
    with pytest.raises(EntryError) as refused:
        records.read_record("cost_types", {"key": "7", "id": "x", "colour": "red", "description": 3.5})
    for said in ("id: must be", "colour: no such member"):
        assert said in str(refused.value).replace("field ", "")


WRONG: dict[str, Callable[[], Any]] = {
    "minox.colour: no such member": lambda: customer(minox={"colour": "red"}),
    "code: must be a number from 1 to 999999": lambda: customer(code="ABC"),
    "both have one number space": lambda: customer(code="4010"),
    "no payment term of that many days": lambda: customer(payment_days=17),
}


@pytest.mark.parametrize(("said", "make"), WRONG.items(), ids=WRONG)
def test_a_customer_that_minox_would_refuse_is_refused_before(said: str, make: Callable[[], Any]) -> None:
    with pytest.raises(EntryError) as refused:
        make()
    assert said in str(refused.value)
