"""Master data and all other records: replaced whole by PUT, changed by PATCH, numbered by POST, refused by name."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

Start = Callable[..., Any]
NAME = {"address_type": "postadres", "name": "Één & Zn. — coöperatie"}
MAIL = {"email_addresses": [{"email_address_type": "email", "email_address": "post@voorbeeld.test"}]}
CUSTOMER = {"addresses": [{**NAME, **MAIL, "country_code": "NL"}], "externalid": "CRM-7", "vat": {}}


# Replaced by PUT


def test_a_put_replaces_a_ledger_account_and_members_not_sent_are_lost(minox: Any, payroll: Any) -> None:
    path = "/ledger_account/4000"
    assert minox.get(path).json()["cost_type"]["id"] == 1
    shown = minox.put(path, {"description": "Brutolonen", "vat": {"id": 11}, "memo": {"active": True}}).json()
    assert (shown["cost_type"], shown["vat"]["percentage"], shown["memo"]) == (None, 21, {"active": True})
    assert minox.get(path).json() == shown
    assert minox.book(payroll(cost_center=...)).status_code == 200
    again = minox.put(path, {"description": "Lonen"}).json()
    assert (again["vat"], "memo" in again) == (None, False)
    assert [(write.action, write.key) for write in minox.writes("ledger_account")] == [("replace", "4000")] * 2


def test_what_is_put_can_be_booked_on_and_what_is_blocked_cannot(minox: Any, payroll: Any) -> None:
    lines = payroll(account={"id": "4321"}, cost_center=...)
    assert minox.book(lines).status_code == 400
    assert minox.put("/ledger_account/4321", {"description": "Kantine"}).status_code == 200
    assert minox.book(lines).status_code == 200
    minox.put("/ledger_account/4321", {"description": "Kantine", "blocked": {"active": True, "reason": "Vervallen"}})
    assert "geblokkeerd: Vervallen" in minox.book(lines, uuid4()).json()[0]["message"]
    minox.put("/cost_center/999999999999999", {"description": "Nieuw"})
    assert minox.book(payroll(cost_center={"id": 999999999999999}), uuid4()).status_code == 200
    minox.put("/journal/WKR", {"description": "Werkkosten", "type": "general", "ledger_account_id": 1800})
    assert minox.book([{**line, "journal": {"id": "WKR"}} for line in payroll()], uuid4()).status_code == 200


def test_ledger_accounts_customers_and_suppliers_share_one_number_space(minox: Any) -> None:
    assert minox.put("/ledger_account/10001", {"description": "Kantine"}).status_code == 400
    assert minox.put("/ledger_account/10777", {"description": "Kantine"}).status_code == 200
    answer = minox.post("/customer", {**CUSTOMER, "id": 10777})
    assert (answer.status_code, answer.json()[0]["message"]) == (400, "Nummer 10777 bestaat al")


@pytest.mark.parametrize("path", ["/ledger_account/0", "/ledger_account/1000000", "/journal/LONEN", "/mandate/7"])
def test_keys_have_their_form(minox: Any, path: str) -> None:
    assert minox.put(path, {"description": "x", "customer_id": 1, "type": "general"}).status_code == 400


def test_the_id_in_the_body_is_that_of_the_url(minox: Any) -> None:
    assert minox.put("/cost_type/7", {"id": 8, "description": "Lonen"}).status_code == 400
    assert minox.put("/cost_type/7", {"id": 7, "description": "Lonen"}).status_code == 200


def test_a_ledger_account_with_entries_cannot_be_deleted_unless_the_switch_says_so(
    start_minox: Start, payroll: Any
) -> None:
    for switch, status in (("refuse", 400), ("accept", 204)):
        minox = start_minox(delete_in_use=switch)
        assert minox.delete("/ledger_account/4005").status_code == 204
        assert minox.get("/ledger_account/4005").status_code == 404
        assert minox.delete("/ledger_account/4005").status_code == 404
        minox.book(payroll())
        assert minox.delete("/ledger_account/4000").status_code == status


def test_the_read_shape_of_an_account_can_be_sent_back_without_what_is_empty(minox: Any) -> None:
    shown = minox.get("/ledger_account/4500").json()
    assert minox.put("/ledger_account/4500", shown).status_code == 400
    full = {name: value for name, value in shown.items() if value not in (None, "", [], {})}
    full["blocked"] = {"active": False}
    assert minox.put("/ledger_account/4500", full).json() == shown


# Form


WRONG = {
    "unknown member": ({"name": "x"}, "name is onbekend"),
    "unknown inner member": ({"memo": {"on": True}}, "memo.on is onbekend"),
    "empty text": ({"description": ""}, "description is leeg"),
    "empty object": ({"cost_type": {}}, "cost_type is leeg"),
    "empty list": ({"search": []}, "search is onbekend"),
    "zero id": ({"cost_type": {"id": 0}}, "cost_type.id is leeg"),
    "null": ({"balance": None}, "balance is leeg"),
    "text for a number": ({"year_budget": "12"}, "year_budget heeft een verkeerd type"),
    "number for a truth": ({"allow_free_vat_input": 1}, "allow_free_vat_input heeft een verkeerd type"),
    "scalar for an object": ({"memo": "x"}, "memo heeft een verkeerd type"),
    "unknown VAT code": ({"vat": {"id": 77}}, "77 bestaat niet"),
    "unknown cost type": ({"cost_type": {"id": 9}}, "9 bestaat niet"),
}


@pytest.mark.parametrize(("changes", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_member_is_refused_by_name_and_nothing_changes(minox: Any, changes: Any, said: str) -> None:
    answer = minox.put("/ledger_account/4000", {"description": "Lonen", **changes})
    assert answer.status_code == 400
    assert said in answer.json()[0]["message"]
    assert minox.writes() == []
    assert minox.get("/ledger_account/4000").json()["description"] == "Brutolonen"


@pytest.mark.parametrize("day", ["31-01-2026", "20260131", "2026-13-01", "vandaag"])
def test_dates_are_iso_dates_or_moments(minox: Any, day: str) -> None:
    path = f"/mandate/{uuid4()}"
    [message] = minox.put(path, {"customer_id": 10001, "signing_date": day}).json()
    assert message["message"] == "signing_date is geen datum JJJJ-MM-DD"
    for right in ("2026-01-31", "2026-01-31T00:00:00.000Z"):
        assert minox.put(path, {"customer_id": 10001, "signing_date": right}).status_code == 200


def test_all_problems_of_a_record_are_told_together(minox: Any) -> None:
    messages = minox.put("/ledger_account/4000", {"name": "x", "year_budget": "12"}).json()
    assert [message["message"] for message in messages] == [
        "name is onbekend", "year_budget heeft een verkeerd type", "description ontbreekt",
    ]  # fmt: skip


def test_unknown_and_empty_members_are_switches(start_minox: Start) -> None:
    minox = start_minox(unknown_members="ignore", empty_members="accept")
    body = {"description": "Lonen", "name": "x", "cost_type": {}, "balance": None}
    assert minox.put("/ledger_account/4000", body).status_code == 200


@pytest.mark.parametrize(("member", "value"), [
    ("search", []), ("custom_fields", []), ("payment_term", {}), ("addresses", []), ("externalid", ""),
])  # fmt: skip
def test_empty_members_that_broke_a_live_client_are_refused(minox: Any, member: str, value: Any) -> None:
    assert minox.post("/customer", {**CUSTOMER, member: value}).status_code == 400
    assert minox.patch("/customer/10001", {member: value}).status_code == 400


@pytest.mark.parametrize("empty", [{"id": ""}, {"country_code": ""}, {"www": ""}, {"email_addresses": []}])
def test_empty_members_of_an_address_are_refused(minox: Any, empty: Any) -> None:
    assert minox.post("/customer", {**CUSTOMER, "addresses": [{**NAME, **empty}]}).status_code == 400


# Customers and suppliers


def test_a_customer_gets_the_next_free_number_of_its_journal_and_posting_again_makes_another(minox: Any) -> None:
    first = minox.post("/customer", CUSTOMER, journal_id="VERK")
    second = minox.post("/customer", CUSTOMER)
    assert (first.status_code, first.json()["id"], second.json()["id"]) == (201, 10003, 10004)
    assert minox.post("/supplier", CUSTOMER, journal_id="INK").json()["id"] == 20003
    assert minox.get("/customer/by_externalid/CRM-7").json()["id"] == 10003
    assert [write.action for write in minox.writes("customer")] == ["create", "create"]


def test_a_customer_with_a_number_outside_the_range_or_without_journal_is_refused(minox: Any) -> None:
    assert minox.post("/customer", {**CUSTOMER, "id": 10500}).json()["id"] == 10500
    for number, journal in ((10500, "VERK"), (20500, "VERK"), (10501, "INK"), (10501, "NVT")):
        assert minox.post("/customer", {**CUSTOMER, "id": number}, journal_id=journal).status_code == 400
    del minox.books.administration.journals["VERK"]
    assert minox.post("/customer", CUSTOMER).status_code == 400


def test_customers_are_found_by_externalid_and_by_email_or_are_absent(minox: Any) -> None:
    number = minox.post("/customer", {**CUSTOMER, "externalid": "A/B 7 é"}).json()["id"]
    assert minox.get("/customer/by_email/POST%40voorbeeld.test").json()["id"] == number
    assert minox.get("/customer/by_email/nobody%40voorbeeld.test").status_code == 404
    assert minox.get("/customer/by_externalid/CRM-8").status_code == 404
    assert minox.get("/supplier/by_externalid/CRM-7").status_code == 404
    assert [each["id"] for each in minox.rows("/customer", search="coöperatie")] == [number]


def test_a_patch_merges_and_keeps_what_it_does_not_name(start_minox: Start) -> None:
    changes = {"memo": {"text": "Nieuw"}, "chamber_of_commerce": "90000001"}
    for switch, memo in (("deep", {"active": True, "text": "Nieuw"}), ("shallow", {"text": "Nieuw"})):
        minox = start_minox(patch=switch)
        number = minox.post("/customer", {**CUSTOMER, "memo": {"active": True, "text": "Oud"}}).json()["id"]
        shown = minox.patch(f"/customer/{number}", changes).json()
        assert (shown["memo"], shown["externalid"]) == (memo, "CRM-7")
        assert shown["addresses"][0]["name"] == NAME["name"]
        assert minox.patch("/customer/19999", changes).status_code == 404


def test_answers_to_writes_and_look_ups_are_switches(start_minox: Start) -> None:
    for switch, body in (("record", {"id": 10003, **CUSTOMER}), ("id", {"id": 10003}), ("empty", None)):
        minox = start_minox(post_answer=switch, put_record="empty", lookup_answer="array", lookup_many="newest")
        answer = minox.post("/customer", CUSTOMER)
        assert answer.status_code == 201
        assert (answer.json() if answer.text else None) == body
        minox.post("/customer", CUSTOMER)
        assert [each["id"] for each in minox.get("/customer/by_externalid/CRM-7").json()] == [10004]
        assert minox.patch("/customer/10003", {"language": "nl"}).text == ""
    strict = start_minox(externalid_twice="refuse", lookup_answer="envelope")
    assert [strict.post("/customer", CUSTOMER).status_code for _ in range(2)] == [201, 400]
    assert strict.rows("/customer/by_externalid/CRM-7")[0]["id"] == 10003


# Other records


def test_a_budget_is_keyed_by_what_it_is_for(minox: Any) -> None:
    key = {"cost_type": {"id": 1}, "cost_center": {"id": 110}}
    for amount in ("12000.50", "13000.75"):
        minox.put("/budget", {**key, "year_budget": Decimal(amount)})
    minox.put("/budget", {"cost_type": {"id": 2}, "year_budget": 1})
    assert minox.rows("/budget") == [
        {**key, "year_budget": Decimal("13000.75")},
        {"cost_type": {"id": 2}, "year_budget": 1},
    ]


def test_records_of_the_server_get_a_uuid_and_the_rest_keep_the_clients(minox: Any) -> None:
    made = [minox.post("/accrual", {"description": "Huur", "value": Decimal("10.01")}).json()["id"] for _ in range(2)]
    assert len(set(made)) == 2
    assert all(len(each) == 36 for each in made)
    assert minox.patch(f"/accrual/{made[0]}", {"periods": 12}).json()["description"] == "Huur"
    assert minox.post(f"/accrual/{made[0]}").status_code == 200
    assert minox.delete(f"/accrual/{made[0]}").status_code == 204
    assert [each["id"] for each in minox.rows("/accrual")] == made[1:]
    mandate = str(uuid4())
    minox.put(f"/mandate/{mandate}", {"customer_id": 10001, "signing_city": "'s-Gravenhage"})
    assert minox.put(f"/mandate/{mandate}", {"customer_id": 10001}).json() == {"id": mandate, "customer_id": 10001}


def test_orders_change_type_merge_and_come_back(minox: Any) -> None:
    first, second = str(uuid4()), str(uuid4())
    for key, total in ((first, "10.10"), (second, "0.20")):
        order = {"type": "quotation", "lines": [{"description": total}], "totals": {"total": Decimal(total)}}
        assert minox.put(f"/ordering/{key}", order).status_code == 200
    assert minox.get("/ordering/summary_by_type/quotation").json() == {"type": "quotation", "count": 2, "total": 10.3}
    shown = minox.post(f"/ordering/{first}/transition", {"type": "invoice", "date": "2026-02-01"}).json()
    assert (shown["type"], shown["previous_type"]) == ("invoice", "quotation")
    whole = minox.post("/ordering/merge", {"order_document_ids": [first, second]}).json()
    assert (whole["is_merge"], len(whole["lines"])) == (True, 2)
    assert minox.get(f"/ordering/{first}").status_code == 404
    restored = {"id": first, "type": "quotation"}
    assert minox.post(f"/ordering/{whole['id']}/unmerge", {"restored_documents": [restored]}).json() == [restored]
    task = minox.post("/ordering/transition/bulk", {"order_document_ids": [first], "tag": "t"}).json()
    assert minox.get(f"/ordering/tasks/{task['id']}").json() == task
    assert minox.get(f"{minox.tenant_path}/job/{task['id']}").json() == task
    assert minox.post(f"/ordering/{first}/bulk_delete", {"order_document_ids": [first]}).status_code == 204
    assert minox.rows("/ordering/by_type/quotation") == []


def test_settings_of_recognition_are_kept_per_type(minox: Any) -> None:
    minox.send("PUT", "/ocr/settings", {"automatically_save": True}, type="purchase")
    assert minox.get("/ocr/settings", type="purchase").json() == {"automatically_save": True}
    assert minox.get("/ocr/settings", type="sales").json() == {}


def test_secrets_of_links_and_webhooks_are_never_answered_or_logged(minox: Any) -> None:
    minox.put("/mollie/settings", {"api_token": "geheim-1", "connection_active": True})
    hook = {
        "description": "Posten", "enabled": True, "url": "http://localhost:1/", "retry_in_minutes": 1,
        "bearer": "geheim-2", "notifications": {"receivable": False, "payable": False},
    }  # fmt: skip
    answer = minox.post(f"{minox.tenant_path}/webhook", hook)
    assert "geheim" not in answer.text + minox.get("/mollie/settings").text + repr(minox.sim.log.records())
    assert "geheim" not in repr(minox.writes())


def test_the_demo_books_have_all_kinds_of_journals_and_parties(minox: Any) -> None:
    assert {journal["type"] for journal in minox.rows("/journal")} == {
        "cash", "bank", "opening_balance", "general", "purchase", "sales",
    }  # fmt: skip
    assert [each["id"] for each in minox.rows("/customer")] == [10001, 10002]
    assert [each["id"] for each in minox.rows("/supplier")] == [20001, 20002]
    assert not {10001, 20001} & {each["id"] for each in minox.rows("/ledger_account")}
