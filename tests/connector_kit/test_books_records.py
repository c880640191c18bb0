"""Parties, items, cost centers, invoices, attachments and loose lines: the contract says what their classes read."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import fastjsonschema
import pytest
from connector_kit.books import contracts
from connector_kit.books.attachment import Attachment
from connector_kit.books.entry_errors import EntryError
from connector_kit.books.entry_lines import ENTRY_MEMBERS, LINE_MEMBERS, EntryLine, entry_record, is_complete
from connector_kit.books.invoice import InvoiceLine, PurchaseInvoice, SalesInvoice
from connector_kit.books.journal import JournalEntry, JournalLine
from connector_kit.books.masterdata import CostCenter, Item
from connector_kit.books.party import Supplier

INVOICE: dict[str, Any] = {
    "key": "crm-9",
    "number": "26000417",
    "date": "2026-02-03",
    "customer": "10005",
    "total": Decimal("121.00"),
    "lines": [{"account": "8000", "amount": 100, "vat_amount": Decimal("21.00")}, {"account": "8000", "amount": 0}],
    "minox": {"entry_number": 7},
}
SIMPLEST: dict[type, dict[str, Any]] = {
    Supplier: {"key": "K", "name": "N"},
    CostCenter: {"key": "K", "name": "N"},
    Item: {"key": "K", "name": "N"},
    Attachment: {"key": "K", "entry_key": "E", "file_name": "f.pdf", "content": "JVBERi0="},
    SalesInvoice: INVOICE,
    PurchaseInvoice: {**{k: v for k, v in INVOICE.items() if k != "customer"}, "supplier": "20001"},
}
CONTRACTS = {
    Supplier: "suppliers",
    CostCenter: "cost_centers",
    Item: "items",
    Attachment: "attachments",
    SalesInvoice: "sales_invoices",
    PurchaseInvoice: "purchase_invoices",
}


@pytest.mark.parametrize("record_class", CONTRACTS, ids=CONTRACTS.get)
def test_the_contract_has_the_fields_of_the_class_and_takes_the_simplest_record(record_class: Any) -> None:
    schema = contracts.schema(CONTRACTS[record_class])
    names = {one.name for one in fields(record_class)} - {"provider_fields"}
    if "party" in names:
        names = names - {"party"} | {record_class.party_field}
        assert set(schema["properties"]["lines"]["items"]["properties"]) == {one.name for one in fields(InvoiceLine)}
    assert set(schema["properties"]) == names
    fastjsonschema.compile(schema)(SIMPLEST[record_class])
    assert record_class.from_record(SIMPLEST[record_class]).key


def test_an_invoice_adds_up_and_leaves_out_lines_without_an_amount() -> None:
    invoice = SalesInvoice.from_record(INVOICE)
    assert (invoice.number, invoice.party, invoice.gross) == ("26000417", "10005", Decimal("121.00"))
    assert [line.gross for line in invoice.lines] == [Decimal("121.00")]
    assert dict(invoice.provider_fields) == {"minox": {"entry_number": 7}}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"customer": " "}, "missing_field", "customer"),
        ({"date": None}, "missing_field", "date"),
        ({"lines": []}, "no_lines", "lines"),
        ({"total": "120.99"}, "invalid_field", "total"),
        ({"lines": [{"account": "8000", "amount": "1.005"}]}, "invalid_field", "lines[0].amount"),
        ({"lines": [{"account": None, "amount": 1}]}, "missing_account", "lines[0].account"),
        ({"lines": [{"account": "8000"}]}, "missing_field", "lines[0].amount"),
    ],
)
def test_an_invoice_that_cannot_be_booked_is_refused_by_field(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EntryError) as refused:
        SalesInvoice.from_record(INVOICE | changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_all_wrong_fields_of_a_record_are_named_at_once() -> None:
    lines = [{"account": "4000", "debit": "1.005"}, {"account": None, "credit": 1}]
    with pytest.raises(EntryError) as refused:
        JournalEntry.from_record({"key": "K", "date": "31-01-2026", "currency": "€", "lines": lines})
    said = str(refused.value)
    assert all(name in said for name in ("date", "currency", "lines[0].debit", "lines[1].account"))


def test_an_attachment_is_its_bytes() -> None:
    attachment = Attachment.from_record(SIMPLEST[Attachment])
    assert (attachment.content, attachment.stream, attachment.media_type) == (
        b"%PDF-",
        "journal_entries",
        "application/pdf",
    )
    with pytest.raises(EntryError, match="must be base64 text"):
        Attachment.from_record(SIMPLEST[Attachment] | {"content": "no base64!"})


def loose(line_no: int, /, **changes: Any) -> EntryLine:
    side = "debit" if line_no == 1 else "credit"
    record = {"entry_key": "run-1", "line_no": line_no, "line_count": 2, "entry_total": 10, "date": "2026-01-31"}
    return EntryLine.from_record(record | {"account": str(4000 + line_no), side: "10.00"} | changes)


def test_the_members_of_loose_lines_are_those_of_entry_and_line() -> None:
    schema = contracts.schema("journal_entry_lines")
    control = {"entry_key", "line_no", "line_count", "entry_total"}
    assert set(schema["properties"]) == {*control, *ENTRY_MEMBERS, *LINE_MEMBERS}
    assert set(LINE_MEMBERS) == {one.name for one in fields(JournalLine)}
    entry_members = {one.name for one in fields(JournalEntry)} - {"key", "lines", "description", "provider_fields"}
    assert set(ENTRY_MEMBERS) == entry_members | {"entry_description"}


def test_loose_lines_become_an_entry_when_all_have_come_in_any_order() -> None:
    lines = [loose(2, entry_description="Lonen"), loose(1, entry_description="Lonen")]
    assert not is_complete(lines[:1])
    assert not is_complete([lines[0], lines[0]])
    assert is_complete(lines)
    record = entry_record([*lines, lines[0]])
    assert (record["key"], record["description"]) == ("run-1", "Lonen")
    assert [line["account"] for line in record["lines"]] == ["4001", "4002"]
    assert JournalEntry.from_record(record).total == Decimal(10)


def test_a_negative_credit_counts_in_the_control_total() -> None:
    assert entry_record([loose(1, debit=None, credit="-10.00"), loose(2)])["lines"][0]["credit"] == "-10.00"


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([loose(1), loose(2, entry_total=11)], "entry_total"),
        ([loose(1, entry_total=11), loose(2, entry_total=11)], "entry_total"),
        ([loose(1), loose(1, debit="9.00"), loose(2)], "line_no"),
        ([loose(1), loose(2, date="2026-02-01")], "date"),
        ([loose(1)], "line_count"),
    ],
)
def test_loose_lines_that_contradict_their_control_figures_are_no_entry(lines: list[EntryLine], field: str) -> None:
    with pytest.raises(EntryError) as refused:
        entry_record(lines)
    assert (refused.value.code, refused.value.field) == ("incomplete_entry", field)


def test_a_loose_line_names_all_that_it_lacks() -> None:
    with pytest.raises(EntryError, match=r"no line count.*no entry total") as refused:
        EntryLine.from_record({"entry_key": "run-1", "line_no": 1})
    assert (refused.value.entry, refused.value.field) == ("run-1", "line_count")
    with pytest.raises(EntryError, match="place from 1"):
        loose(3)
