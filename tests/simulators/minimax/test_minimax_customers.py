from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.faults import Action, Fault
from provider_simulators.minimax import Country

if TYPE_CHECKING:
    from conftest import MinimaxCaller, StartMinimax

CONCURRENCY = "Concurrency error - record changed by another action (RowVersion)"


def created_id(answer: Any) -> int:
    assert answer.status_code == 201, answer.text
    return int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])


def test_a_created_customer_is_told_by_its_address_only(minimax_caller: "MinimaxCaller") -> None:
    answer = minimax_caller.post("customers", minimax_caller.customer())

    number = created_id(answer)
    assert answer.content == b""
    assert answer.headers["Location"] == f"{minimax_caller.organisation}/customers/{number}?id={number}"
    saved = minimax_caller.get(f"customers/{number}").json()
    assert (saved["Code"], saved["Name"], saved["Usage"], saved["ExpirationDays"]) == ("C1", "Kupec Ž", "D", 0)
    assert saved["Country"]["Name"] == "Nizozemska"
    assert saved["Country"]["ResourceUrl"] == f"/api/orgs/21001/countries/{saved['Country']['ID']}"
    assert saved["TaxNumber"] is None
    assert saved["RecordDtModified"].startswith("2026-11-15T13:00:0")
    assert len(saved["RowVersion"]) == 12
    (effect,) = minimax_caller.simulator.log.effects("record_written")
    assert (effect["organisation"], effect["record_kind"], effect["key"]) == (21001, "Customer", number)


def test_a_code_finds_exactly_one_customer_or_404(minimax_caller: "MinimaxCaller") -> None:
    created_id(minimax_caller.post("customers", minimax_caller.customer(Code="Ab 1")))

    assert minimax_caller.get("customers/code(Ab 1)").json()["Code"] == "Ab 1"
    for absent in ("ab 1", "Ab", ""):
        answer = minimax_caller.get(f"customers/code({absent})")
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (404, "application/json")


@pytest.mark.parametrize("code", ["11870%2F2", "B.02"])
def test_the_web_server_itself_refuses_codes_with_a_slash_or_a_dot(minimax_caller: "MinimaxCaller", code: str) -> None:
    answer = minimax_caller.get(f"customers/code({code})")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html")


@pytest.mark.parametrize("status", [409, 400])
def test_a_code_is_unique_in_its_organisation(start_minimax: "StartMinimax", status: int) -> None:
    caller = start_minimax(duplicate_status=status)
    created_id(caller.post("customers", caller.customer()))

    answer = caller.post("customers", caller.customer(Name="Drugi"))

    assert answer.status_code == status
    assert [message["PropertyName"] for message in answer.json()] == ["Code"]
    assert len(caller.simulator.log.effects("record_written")) == 1
    elsewhere = caller.organisation.replace("/21001", "/21002")
    assert caller.session.post(f"{elsewhere}/customers", json=caller.customer(), timeout=10).status_code == 201


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *((name, None) for name in ("Name", "Address", "PostalCode", "City", "Country", "Currency", "SubjectToVAT")),
        ("EInvoiceIssuing", ""),
        ("EInvoiceIssuing", "Pigeon"),
        ("SubjectToVAT", "X"),
        ("Usage", "J"),
        ("Name", "x" * 251),
        ("PostalCode", "1" * 31),
        ("Code", "C" * 11),
        ("Name", ["Kupec"]),
        ("Country", {"ID": 99999}),
        ("Country", {"Code": "SI"}),
        ("Currency", "EUR"),
        ("ExpirationDays", "soon"),
        ("RebatePercent", "NaN"),
        ("RebatePercent", True),
    ],
)
def test_a_member_that_does_not_do_is_named(minimax_caller: "MinimaxCaller", member: str, value: Any) -> None:
    answer = minimax_caller.post("customers", minimax_caller.customer(**{member: value}))

    assert answer.status_code == 400
    assert [message["PropertyName"] for message in answer.json()] == [member]
    assert not minimax_caller.simulator.log.effects("record_written")


@pytest.mark.parametrize(("status", "shape"), [(422, "list"), (409, "object")])
def test_status_and_shape_of_messages_are_switches(start_minimax: "StartMinimax", status: int, shape: str) -> None:
    caller = start_minimax(validation_status=status, messages=shape)

    answer = caller.post("customers", caller.customer(Name=None, City=None))

    assert answer.status_code == status
    messages = answer.json() if shape == "list" else answer.json()["ValidationMessages"]
    assert [message["PropertyName"] for message in messages] == ["Name", "City"]


@pytest.mark.parametrize(
    ("country", "text"), [(Country.SI, "obvezno"), (Country.HR, "obavezno"), (Country.RS, "predugačka")]
)
def test_messages_are_in_the_countrys_language(start_minimax: "StartMinimax", country: Country, text: str) -> None:
    caller = start_minimax(localisation=country)

    answer = caller.post("customers", caller.customer(Name=None, City="x" * 300))

    assert text in " ".join(message["Message"] for message in answer.json())


def test_unknown_members_are_ignored_without_a_word(minimax_caller: "MinimaxCaller") -> None:
    body = minimax_caller.customer(Email="x@example.org", TaxNo="NL1")

    number = created_id(minimax_caller.post("customers", body))

    assert not {"Email", "TaxNo"} & set(minimax_caller.get(f"customers/{number}").json())
    assert [effect["members"] for effect in minimax_caller.simulator.log.effects("members_ignored")] == [
        ["Email", "TaxNo"]
    ]


def test_numbers_in_texts_are_accepted(minimax_caller: "MinimaxCaller") -> None:
    body = minimax_caller.customer(RebatePercent="2.50", ExpirationDays="14", TaxNumber=12345678)
    body["Country"]["ID"] = str(body["Country"]["ID"])

    saved = minimax_caller.get(f"customers/{created_id(minimax_caller.post('customers', body))}").json()

    assert (saved["RebatePercent"], saved["ExpirationDays"], saved["TaxNumber"]) == (2.5, 14, "12345678")


def test_codes_as_long_as_the_vendors_samples_are_a_switch(start_minimax: "StartMinimax") -> None:
    caller = start_minimax(code_length=30)

    assert caller.post("customers", caller.customer(Code="C" * 30)).status_code == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(minimax_caller: "MinimaxCaller", body: bytes) -> None:
    url = f"{minimax_caller.organisation}/customers"

    assert minimax_caller.session.post(url, data=body, timeout=10).status_code == 400


def test_a_customer_is_replaced_whole_with_its_row_version(minimax_caller: "MinimaxCaller") -> None:
    number = created_id(minimax_caller.post("customers", minimax_caller.customer(WebSiteURL="https://example.org")))
    before = minimax_caller.get(f"customers/{number}").json()

    changed = minimax_caller.customer(Name="Drugo ime", RowVersion=before["RowVersion"])
    assert minimax_caller.put(f"customers/{number}", changed).status_code == 200

    after = minimax_caller.get(f"customers/{number}").json()
    assert (after["Name"], after["WebSiteURL"]) == ("Drugo ime", None)
    assert after["RowVersion"] != before["RowVersion"]
    assert minimax_caller.put(f"customers/{number}", after).status_code == 200


@pytest.mark.parametrize("status", [409, 400])
def test_a_stale_or_missing_row_version_is_refused_with_the_documented_sentence(
    start_minimax: "StartMinimax", status: int
) -> None:
    caller = start_minimax(concurrency_status=status)
    number = created_id(caller.post("customers", caller.customer()))
    stale = caller.get(f"customers/{number}").json()
    caller.simulator.backend.touch(21001, number)

    for body in (stale | {"Name": "Zastarelo"}, caller.customer()):
        answer = caller.put(f"customers/{number}", body)
        assert answer.status_code == status
        assert [message["Message"] for message in answer.json()] == [CONCURRENCY]
    assert caller.get(f"customers/{number}").json()["Name"] == "Kupec Ž"


def test_a_code_may_be_kept_but_not_taken_from_another(minimax_caller: "MinimaxCaller") -> None:
    created_id(minimax_caller.post("customers", minimax_caller.customer(Code="C1")))
    number = created_id(minimax_caller.post("customers", minimax_caller.customer(Code="C2")))
    saved = minimax_caller.get(f"customers/{number}").json()

    assert minimax_caller.put(f"customers/{number}", saved | {"Code": "C1"}).status_code == 409
    assert minimax_caller.put(f"customers/{number}", saved).status_code == 200


def test_what_a_put_answers_differs_from_call_to_call(minimax_caller: "MinimaxCaller") -> None:
    number = created_id(minimax_caller.post("customers", minimax_caller.customer()))

    answers = []
    for _ in range(3):
        body = minimax_caller.get(f"customers/{number}").json()
        answers.append(minimax_caller.put(f"customers/{number}", body).text[:1])

    assert answers == ["", "[", "{"]


def test_unknown_customers_are_not_found(minimax_caller: "MinimaxCaller") -> None:
    assert minimax_caller.get("customers/1").status_code == 404
    assert minimax_caller.put("customers/1", minimax_caller.customer()).status_code == 404


def test_an_answer_that_is_lost_after_the_customer_was_created(minimax_caller: "MinimaxCaller") -> None:
    minimax_caller.simulator.faults.add(Fault(action=Action.RESET_AFTER, method="POST", path="/customers"))

    with pytest.raises(OSError):
        minimax_caller.post("customers", minimax_caller.customer())

    assert minimax_caller.get("customers/code(C1)").status_code == 200


def test_a_customer_is_deleted_unless_it_is_used(minimax_caller: "MinimaxCaller") -> None:
    number = created_id(minimax_caller.post("customers", minimax_caller.customer()))
    contact = minimax_caller.add(f"customers/{number}/contacts", {"FullName": "Bine Vzorec"})
    entries = [minimax_caller.entry("1200", 10, Customer={"ID": number}), minimax_caller.entry("7600", 0, 10)]
    journal = minimax_caller.add("journals", minimax_caller.journal(*entries))

    assert minimax_caller.delete(f"customers/{number}").status_code == 400
    assert minimax_caller.delete(f"journals/{journal}").status_code == 200
    assert minimax_caller.delete(f"customers/{number}").content == b""
    assert minimax_caller.get(f"customers/{number}").status_code == 404
    assert minimax_caller.get(f"customers/{number}/contacts/{contact}").status_code == 404
    assert minimax_caller.post("customers", minimax_caller.customer()).status_code == 201


def test_what_belongs_to_a_customer_is_found_under_it_only(minimax_caller: "MinimaxCaller") -> None:
    one, two = (minimax_caller.id("Customer", code)["ID"] for code in ("D001", "D002"))
    contact = minimax_caller.add(f"customers/{one}/contacts", {"FullName": "Bine", "Email": "Bine@Example.org"})

    assert minimax_caller.get(f"customers/{two}/contacts/{contact}").status_code == 404
    assert minimax_caller.rows(f"customers/{two}/contacts") == []
    (row,) = minimax_caller.rows("contacts", Email="bine@")
    assert (row["ContactId"], row["Customer"]["ID"]) == (contact, one)
    assert row["Customer"]["ResourceUrl"] == f"/api/orgs/21001/customers/{one}"
    assert minimax_caller.post("customers/1/contacts", {"FullName": "Bine"}).status_code == 404


def test_the_page_shows_organisations_and_customers(minimax_caller: "MinimaxCaller") -> None:
    created_id(minimax_caller.post("customers", minimax_caller.customer()))
    books = minimax_caller.session.get(f"{minimax_caller.simulator.url}/_simulator/books", timeout=10).json()

    assert books["organisations"][0]["calls_used"] == 1
    assert "C1" in [row["Code"] for row in books["customers"]]
