"""What is not documented has a switch for each reading."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import MinimaxSwitches
from provider_simulators.minimax.simulator import PORTAL_EVENTS

if TYPE_CHECKING:
    from conftest import StartMinimax

README = Path(__file__).resolve().parents[3] / "simulators" / "README.md"


def test_every_switch_and_event_is_in_the_readme() -> None:
    section = README.read_text(encoding="utf-8").partition("\n## Minimax\n")[2].partition("\n## ")[0]
    names = [each.name for each in fields(MinimaxSwitches)] + list(PORTAL_EVENTS)

    assert [name for name in names if f"`{name}`" not in section] == []


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("full", "{organisation}/customers/{id}?id={id}"),
        ("no_query", "{organisation}/customers/{id}"),
        ("relative", "/SI/API/api/orgs/21001/customers/{id}?id={id}"),
        ("small", "{organisation}/customers/{id}?id={id}"),
        ("public", "https://moj.minimax.si/SI/API/api/orgs/21001/customers/{id}?id={id}"),
    ],
)
def test_a_new_address_is_told_in_several_ways(start_minimax: "StartMinimax", reading: str, expected: str) -> None:
    caller = start_minimax(location=reading)

    headers = caller.post("customers", caller.customer()).headers

    number = caller.get("customers/code(C1)").json()["CustomerId"]
    assert headers["location"] == expected.format(organisation=caller.organisation, id=number)
    assert ("location" in list(headers)) is (reading == "small")


def test_references_may_have_absolute_addresses(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(resource_url="absolute")
    url = caller.get("customers/code(D001)").json()["Country"]["ResourceUrl"]

    assert caller.session.get(url, timeout=10).json()["Code"] == "SI"


@pytest.mark.parametrize(
    ("names", "expected"), [("path", "JournalEntries[0].Account"), ("leaf", "Account"), ("empty", None)]
)
def test_members_are_named_by_path_by_leaf_or_not(start_minimax: "StartMinimax", names: str, expected: Any) -> None:
    caller = start_minimax(property_names=names)
    body = caller.journal()
    body["JournalEntries"][0]["Account"] = None

    assert [each["PropertyName"] for each in caller.post("journals", body).json()] == [expected]


@pytest.mark.parametrize("form", ["list", "object", "data", "aspnet"])
def test_messages_have_several_forms(start_minimax: "StartMinimax", form: str) -> None:
    caller = start_minimax(messages=form)

    body = caller.post("customers", caller.customer(Name=None)).json()

    told = {
        "list": lambda: body[0]["Message"],
        "object": lambda: body["ValidationMessages"][0]["Message"],
        "data": lambda: body["ValidationMessages"][0]["Message"],
        "aspnet": lambda: body["ModelState"]["Name"][0],
    }[form]()
    assert told == "Polje Name je obvezno."


def test_a_reference_to_nothing_may_be_a_server_error(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(bad_reference="server_error")

    assert caller.post("customers", caller.customer(Country={"ID": 99999})).status_code == 500
    assert caller.post("customers", caller.customer(Name=None)).status_code == 400


def test_long_texts_of_unknown_length_are_refused_or_cut_in_silence(start_minimax: "StartMinimax") -> None:
    for reading, status in (("refuse", 400), ("truncate", 201)):
        caller = start_minimax(unpublished_length=20, long_texts=reading)
        answer = caller.post("journals", caller.journal(Description="Plače oktober 2026 #a1b2c3"))
        assert answer.status_code == status
        assert bool(caller.simulator.log.effects("members_truncated")) is (reading == "truncate")
    assert caller.rows("journals")[0]["Description"] == "Plače oktober 2026 #"


def test_organisations_without_the_right_are_listed_and_refuse(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(without_right=frozenset({21002}))
    rows = caller.session.get(f"{caller.settings['api_url']}/api/currentuser/orgs", timeout=10).json()["Rows"]

    assert [row["APIAccess"] for row in rows][:2] == ["D", "N"]
    assert caller.session.get(caller.organisation.replace("21001", "21002"), timeout=10).status_code == 403


def test_a_list_of_invoices_without_their_type(start_minimax: "StartMinimax") -> None:
    assert start_minimax().get("issuedinvoices").status_code == 200
    assert start_minimax(invoice_type_missing="refuse").get("issuedinvoices").status_code == 400


def test_amounts_may_be_worked_out_by_the_server(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(recompute_amounts=True)
    body = caller.invoice()
    body["IssuedInvoiceRows"][0]["Value"] = 1

    number = caller.add("issuedinvoices", body)

    assert caller.get(f"issuedinvoices/{number}").json()["InvoiceValue"] == 122


def test_empty_documents_mandatory_members_and_deletions(start_minimax: "StartMinimax") -> None:
    strict = start_minimax(empty_rows="refuse", delete_status=204)
    assert strict.post("issuedinvoices", strict.invoice(IssuedInvoiceRows=[])).status_code == 400
    assert strict.delete(f"customers/{strict.add('customers', strict.customer())}").status_code == 204
    mild = start_minimax(inferred_mandatory=False, row_version_missing="accept")
    number = mild.add("customers", mild.customer(Address=None))
    assert mild.put(f"customers/{number}", mild.customer(Name="Drugi")).status_code == 200


def test_new_journals_may_be_confirmed_and_references_compared_exactly(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(journal_status="P", reference_filters="exact", unknown_action_status=400)
    number = caller.add("journals", caller.journal())
    assert caller.get(f"journals/{number}").json()["Status"] == "P"
    order = {"ReceivedIssued": "P", "Customer": caller.id("Customer", "D001"), "Reference": "N-10"}
    path = f"orders/{caller.add('orders', order)}"
    assert caller.rows("orders", Reference="N-1") == []
    assert len(caller.rows("orders", Reference="N-10")) == 1
    assert caller.act(path, "dance").status_code == 400


def test_prices_of_items_may_include_vat(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(prices_include_vat=True)

    assert caller.get("items/settings").json() == {"PricesIncludeVAT": "D"}
    assert caller.get("items/pricelists").json()["Rows"][0]["PriceWithVAT"] == 48.5


@pytest.mark.parametrize(("reading", "accept", "kind"), [
    ("json", "", "application/json"), ("xml", "", "application/xml"), ("xml", "*/*", "application/xml"),
    ("xml", "application/json", "application/json"), ("json", "text/xml", "application/xml"),
])  # fmt: skip
def test_who_does_not_ask_for_json_may_get_xml(
    start_minimax: "StartMinimax", reading: str, accept: str, kind: str
) -> None:
    caller = start_minimax(accept_absent=reading)
    caller.session.headers["Accept"] = accept

    answer = caller.get("currencies")

    assert answer.headers["Content-Type"].startswith(kind)
    assert "EUR" in answer.text


def test_the_limit_may_be_told_as_unavailable(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(calls_per_day=1, limit_answer="unavailable")

    assert [caller.get("currencies").status_code for _ in range(2)] == [200, 503]


@pytest.mark.parametrize("length", [1, 3, 30])
def test_the_page_shows_the_register_whatever_codes_may_be(start_minimax: "StartMinimax", length: int) -> None:
    caller = start_minimax(code_length=length)
    caller.post("journals", caller.journal())

    books = caller.session.get(f"{caller.simulator.url}/_simulator/books", timeout=10).json()
    page = caller.session.get(f"{caller.simulator.url}/_simulator/", timeout=10)

    assert [row["Code"] for row in books["customers"] if row["organisation"] == caller.number][:1] == ["D001"]
    balances = [(row["account"], row["balance"]) for row in books["trial_balance"]]
    assert balances == [("1720", -100), ("4000", 100)]
    assert (page.status_code, "D001" in page.text) == (200, True)
    assert caller.post("customers", caller.customer(Code="X" * (length + 1))).status_code == 400
    assert caller.post("customers", caller.customer(Code="X" * length)).status_code == 201
