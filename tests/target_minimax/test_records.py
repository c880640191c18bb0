"""All streams beside journals: each record once, again after a lost ledger, and changed where that can be done."""

from typing import Any

import pytest
from connector_kit.posting.commands.rehearsal import rehearsal
from target_minimax.sinks import SINKS, accepted_streams
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import Books

DAY = "2026-02-28"
FILE = "JVBERi0="
RECORDS: dict[str, dict[str, Any]] = {
    "suppliers": {
        "key": "S1",
        "name": "Dobavitelj",
        "address": "Ulica 1",
        "postal_code": "1000",
        "city": "Ljubljana",
        "country_code": "SI",
    },
    "items": {"key": "A2", "name": "Ure", "vat_code": "S", "unit": "h", "minimax": {"item_type": "B"}},
    "cost_centers": {"key": "SM2", "name": "Nega"},
    "sales_invoices": {
        "key": "F1",
        "date": DAY,
        "customer": "K1",
        "payment_days": 14,
        "lines": [{"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1", "quantity": 4}],
    },
    "purchase_invoices": {
        "key": "P1",
        "date": DAY,
        "supplier": "L1",
        "number": "R-77",
        "due_date": "2026-03-30",
        "lines": [{"account": "4000", "amount": 100, "vat_amount": 22}],
    },
    "customer_addresses": {"key": "1", "customer": "K1", "name": "Skladišče", "type": "N", "country": "SI"},
    "customer_contacts": {"key": "1", "customer": "K1", "full_name": "Ana Test", "email": "ana@test.example"},
    "customer_bank_accounts": {"key": "1", "customer": "K1", "iban": "SI56 1910 0000 0123 438"},
    "issued_invoice_postings": {
        "key": "1",
        "document_type": "IZT",
        "date": DAY,
        "description": "Dnevni iztržek",
        "issued_invoice_posting_revenues": [{"account": "4700", "amount": 10}],
        "issued_invoice_posting_payment_methods": [{"payment_method": "Cash", "amount": 10}],
    },
    "inbox_items": {
        "key": "1",
        "inbox_type": "PR",
        "inbox_date": DAY,
        "description": "Račun",
        "attachments": [{"attachment_file_name": "a.pdf", "attachment_data": FILE}],
    },
    "documents": {"key": "1", "document_date": DAY, "description": "Pogodba", "customer": "K1"},
    "employees": {
        "key": "1",
        "first_name": "Ana",
        "last_name": "Test",
        "gender": "Z",
        "employment_type": "ZD",
        "tax_number": "12345678",
    },
    "orders": {
        "key": "1",
        "received_issued": "P",
        "customer": "K1",
        "date": DAY,
        "order_rows": [{"item": "A1", "quantity": 1, "price": 10}],
    },
    "stock_entries": {
        "key": "1",
        "stock_entry_type": "L",
        "stock_entry_subtype": "L",
        "date": DAY,
        "stock_entry_rows": [{"item": "A1", "quantity": 1, "warehouse_from": "W1", "warehouse_to": "W2"}],
    },
    "product_groups": {"key": "G1", "code": "G1", "name": "Storitve"},
    "warehouses": {"key": "W3", "code": "W3", "name": "Skladišče"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "suppliers": {"city": "Maribor"},
    "items": {"name": "Ura"},
    "cost_centers": {"name": "Nega 2"},
    "customer_addresses": {"city": "Kranj"},
    "customer_contacts": {"phone_number": "1"},
    "customer_bank_accounts": {"bic": "LJBASI2X"},
    "documents": {"description": "Aneks"},
    "employees": {"city": "Kranj"},
    "orders": {"notes": "x"},
    "stock_entries": {"description": "x"},
    "product_groups": {"name": "Blago"},
    "warehouses": {"name": "Novo"},
}
PATHS = {row.stream: row.resource.path for row in SINKS if row.resource is not None}


def _held(books: Books, stream: str) -> list[dict[str, Any]]:
    path = PATHS[stream]
    parts = [(name, rows) for name, rows in books.minimax.tables.items() if name.endswith(path.rpartition("/")[2])]
    return [row for _, rows in parts for row in rows.values()]


@pytest.mark.parametrize("stream", RECORDS)
def test_a_record_is_written_once_costs_nothing_again_and_survives_a_lost_ledger(books: Books, stream: str) -> None:
    before = len(_held(books, stream))
    ended = books.deliver(stream, RECORDS[stream])
    assert (ended.code, ended.counts.get("success")) == (0, 1), ended.letters
    assert len(_held(books, stream)) == before + 1
    again = books.deliver(stream, RECORDS[stream])
    assert (again.code, again.calls, again.counts["existing"]) == (0, 0, 1)
    for path in books.folder.glob("ledger.sqlite3*"):
        path.unlink()
    again = books.deliver(stream, RECORDS[stream])
    assert (again.code, again.counts.get("existing")) == (0, 1), again.letters
    assert len(_held(books, stream)) == before + 1


@pytest.mark.parametrize("stream", CHANGES)
def test_a_changed_record_is_changed_and_what_it_does_not_say_stays(books: Books, stream: str) -> None:
    books.deliver(stream, RECORDS[stream])
    path = next(name for name in books.minimax.tables if name.endswith(PATHS[stream].rpartition("/")[2]))
    number = max(books.minimax.tables[path])
    books.minimax.tables[path][number]["OfMinimax"] = "stays"
    ended = books.deliver(stream, RECORDS[stream] | CHANGES[stream])
    assert (ended.code, ended.counts.get("updated")) == (0, 1), ended.letters
    assert books.minimax.tables[path][number]["OfMinimax"] == "stays"
    assert len(books.minimax.made("PUT")) == 1


def test_every_stream_of_its_own_is_tested() -> None:
    others = {"journal_entries", "journal_entry_lines", "customers", "attachments", "actions"}
    parts = {"journal_vat_entries", "document_attachments"}
    assert set(RECORDS) == set(accepted_streams) - others - parts


def test_files_and_parts_come_after_what_they_belong_to(books: Books) -> None:
    vat = {"key": "v", "journal_entry": "J1", "vat_book": "PR", "vat_date": DAY, "document": "R-1"}
    rows = [{"vat_rate": "S", "vat_base": 100, "vat": 22}]
    parts = [
        (
            "attachments",
            {"key": "f", "stream": "sales_invoices", "entry_key": "F1", "file_name": "f.pdf", "content": FILE},
        ),
        ("journal_vat_entries", vat | {"vat_entry_rows": rows}),
        (
            "document_attachments",
            {"key": "d", "document": "1", "description": "x", "file_name": "x.pdf", "attachment_data": FILE},
        ),
    ]
    early = books.deliver_all(parts)
    assert early.counts == {"received": 3, "deferred": 3}
    wholes = [
        ("sales_invoices", RECORDS["sales_invoices"]),
        ("documents", RECORDS["documents"]),
        ("journal_entries", {"key": "J1", "date": DAY, "journal": "OP", "lines": _balanced()}),
    ]
    ended = books.deliver_all([*wholes, *parts])
    assert (ended.code, ended.counts["success"]) == (0, 6), ended.letters
    again = books.deliver_all([*wholes, *parts])
    assert (again.calls, again.counts["existing"]) == (0, 6)


def _balanced() -> list[dict[str, Any]]:
    return [{"account": "4700", "debit": 100}, {"account": "2500", "credit": 100}]


ACTIONS = {
    "sales_invoices": ("F1", "issue", "Status", "I"),
    "orders": ("1", "confirm", "Status", "P"),
    "stock_entries": ("1", "confirm", "Status", "P"),
    "issued_invoice_postings": ("1", "issue", "Status", "P"),
    "inbox_items": ("1", "approve", "StatusOfReceivedInvoice", "Odobren"),
}


@pytest.mark.parametrize("stream", ACTIONS)
@pytest.mark.parametrize("wish", [None, "lose after"])
def test_an_action_is_done_once(books: Books, stream: str, wish: str | None) -> None:
    key, name, member, done = ACTIONS[stream]
    lost: list[str] = []

    def once(method: str, path: str) -> str | None:
        if method == "PUT" and wish and not lost:
            lost.append(path)
            return wish
        return None

    books.minimax.interfere = once
    act = {"key": f"{key} {name}", "stream": stream, "entry_key": key, "action": name}
    ended = books.deliver_all([(stream, RECORDS[stream]), ("actions", act)])
    assert ended.code == 0, (ended.error, ended.letters)
    assert [row[member] for row in _held(books, stream)] == [done]
    assert len(books.minimax.made("PUT")) == 1


WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "misspelt": ("orders", {"ordr_rows": 1}, "invalid_field", "ordr_rows"),
    "other country": ("orders", {"customer": "X"}, "unknown_customer", "customer"),
    "no warehouse": (
        "stock_entries",
        {"stock_entry_rows": [{"item": "A1", "quantity": 1}]},
        "missing_field",
        "stock_entry_rows[0].warehouse_to",
    ),
    "payments": (
        "issued_invoice_postings",
        {"issued_invoice_posting_payment_methods": [{"payment_method": "Cash", "amount": 9}]},
        "amount",
        "issued_invoice_posting_payment_methods",
    ),
    "only in Serbia": (
        "purchase_invoices",
        {"minimax": {"date_approved": DAY}},
        "invalid_field",
        "minimax.date_approved",
    ),
    "value": ("employees", {"gender": "F"}, "invalid_field", "gender"),
    "length": ("employees", {"tax_number": "1" * 13}, "invalid_field", "tax_number"),
    "mandatory": ("employees", {"gender": None}, "missing_field", "gender"),
    "no base64": (
        "inbox_items",
        {"attachments": [{"attachment_data": "?"}]},
        "invalid_field",
        "attachments[0].attachment_data",
    ),
    "VAT": (
        "sales_invoices",
        {"lines": [{"account": "1", "amount": 100, "vat_amount": 20, "vat_code": "S", "item": "A1"}]},
        "vat",
        "lines[0].vat_amount",
    ),
    "no item": (
        "sales_invoices",
        {"lines": [{"account": "1", "amount": 100, "vat_amount": 22, "vat_code": "S"}]},
        "missing_field",
        "lines[0].item",
    ),
}


def test_what_minimax_would_lose_or_refuse_is_rejected_before_it_is_sent(books: Books) -> None:
    for name, (stream, change, code, field) in WRONG.items():
        ended = books.deliver(stream, RECORDS[stream] | change)
        assert [(letter["code"], letter["field"]) for letter in ended.letters] == [(code, field)], name
    assert books.minimax.made("POST") == []


def test_in_croatia_an_invoice_needs_an_employee(books: Books) -> None:
    ended = books.deliver("sales_invoices", RECORDS["sales_invoices"], localisation="HR")
    assert (ended.letters[0]["code"], ended.letters[0]["field"]) == ("missing_field", "employee")
    people = [("employees", RECORDS["employees"]), ("sales_invoices", RECORDS["sales_invoices"])]
    assert books.deliver_all(people, localisation="HR", default_employee="12345678").code == 0


def test_an_invoice_draft_costs_one_call_and_a_thousand_customers_cost_their_pages(books: Books) -> None:
    for number in range(1000):
        books.minimax.add("customers", Code=f"C{number}", Name="x")
    books.deliver("sales_invoices", RECORDS["sales_invoices"])
    books.minimax.calls.clear()
    books.deliver_all(
        [("sales_invoices", RECORDS["sales_invoices"] | {"key": f"G{n}", "customer": f"C{n * 49}"}) for n in range(20)],
    )
    lists = [path for path in books.minimax.made("GET") if path == "customers"]
    singles = [path for path in books.minimax.made("GET") if path.startswith("customers/code")]
    assert (len(lists), len(singles) <= 3) == (4, True)
    assert len(books.minimax.made("POST")) == 20


def test_a_code_that_cannot_stand_in_an_address_is_found_all_the_same(books: Books) -> None:
    for number in range(700):
        books.minimax.add("items", Code=f"C/{number}", Title="x")
    lines = [{"account": "1", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "C/650"}]
    ended = books.deliver("sales_invoices", RECORDS["sales_invoices"] | {"lines": lines})
    assert ended.code == 0, ended.letters
    assert not [path for path in books.minimax.made("GET") if path.startswith("items/code")]


def test_a_plan_knows_what_comes_before_and_writes_nothing(books: Books) -> None:
    customer = RECORDS["suppliers"] | {"key": "crm-9", "code": "K9"}
    address = {"key": "1", "customer": "K9", "name": "x"}
    invoice = RECORDS["sales_invoices"] | {"customer": "K9"}
    file = {"key": "f", "stream": "sales_invoices", "entry_key": "F1", "file_name": "f.pdf", "content": FILE}
    parts = [
        ("customers", customer),
        ("customer_addresses", address),
        ("sales_invoices", invoice),
        ("attachments", file),
    ]
    with rehearsal(TargetMinimax, books.config(), books.messages(parts)) as played:
        actions = [str(one.action) for one in played.planned]
    assert actions == ["create"] * 4
    assert books.minimax.made("POST") == []
    ended = books.deliver_all(parts)
    assert (ended.code, ended.counts["success"]) == (0, 4), ended.letters


def test_what_is_left_to_people_is_not_set_back_by_a_change(books: Books) -> None:
    record = RECORDS["suppliers"]
    books.deliver("suppliers", record)
    number = max(books.minimax.tables["customers"])
    books.minimax.edit("customers", number, EInvoiceIssuing="EPosta")
    for path in books.folder.glob("ledger.sqlite3*"):
        path.unlink()
    assert books.deliver("suppliers", record).counts["existing"] == 1
    ended = books.deliver("suppliers", record | {"city": "Maribor"})
    assert ended.counts["updated"] == 1, ended.letters
    held = books.minimax.tables["customers"][number]
    assert (held["City"], held["EInvoiceIssuing"]) == ("Maribor", "EPosta")


def test_tax_numbers_do_not_stand_in_the_file_of_codes(books: Books) -> None:
    books.minimax.add("employees", TaxNumber="87654321", FirstName="B", LastName="C")
    invoice = RECORDS["sales_invoices"] | {"minimax": {"employee": "87654321"}}
    assert books.deliver("sales_invoices", invoice).code == 0
    (path,) = books.folder.glob("*-code-lists.json")
    text = path.read_text(encoding="utf-8")
    assert "87654321" not in text
    assert "A1" in text
    assert path.stat().st_mode & 0o77 == 0
