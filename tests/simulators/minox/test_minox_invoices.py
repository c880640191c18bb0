"""Invoices as bookings: customers and suppliers, VAT, open items, payment, the attached document."""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

Start = Callable[..., Any]
BATCH = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
D = Decimal
ITEM = "/receivable/account/10001/invoice/26000417"


def mirrored(lines: list[dict[str, Any]], account: str) -> list[dict[str, Any]]:
    """A purchase invoice from a sales invoice."""
    swapped = [{**line, "journal": {"id": "INK"}, "debit": line["credit"], "credit": line["debit"]} for line in lines]
    return [{**swapped[0], "account": {"id": account}}, *swapped[1:]]


# Customers, suppliers, journals


def test_a_sales_invoice_makes_a_receivable_and_the_balance_stands_on_the_collective_account(
    minox: Any, sales: Any
) -> None:
    assert minox.book(sales(due_date="2026-03-05", payment_term={"id": 30})).status_code == 200
    [item] = minox.rows("/receivable", status="open")
    assert item == minox.get(ITEM).json() | {"total": D(121), "balance": D(121), "paid": D(0)}
    assert (item["account_id"], item["invoice_number"], item["total"], item["balance"]) == (10001, 26000417, 121, 121)
    assert (item["invoice_date"], item["due_date"]) == ("2026-02-03T00:00:00.000Z", "2026-03-05T00:00:00.000Z")
    assert (minox.books.balance("10001"), minox.books.balance("1300")) == (D(121), D(121))
    rows = {row["account"]["id"]: row["debit"] - row["credit"] for row in minox.rows("/report/trialbalance/2026")}
    assert rows == {"1300": D(121), "8100": D(-121)}


def test_a_purchase_invoice_makes_a_payable(minox: Any, sales: Any) -> None:
    assert minox.book(mirrored(sales(), "20001")).status_code == 200
    [item] = minox.rows("/payable")
    assert (item["type"], item["account_id"], item["total"]) == ("payable", 20001, 121)
    assert minox.rows("/receivable") == []
    assert minox.books.balance("1600") == D(-121)


@pytest.mark.parametrize(("account", "journal"), [("10001", "INK"), ("20001", "VERK")])
def test_customers_do_not_belong_in_purchases_nor_suppliers_in_sales(
    minox: Any, sales: Any, account: str, journal: str
) -> None:
    lines = [{**line, "journal": {"id": journal}} for line in sales()]
    [message] = minox.book([{**lines[0], "account": {"id": account}}, lines[1]]).json()
    assert message["message"] == f"Regel 1: account.id mag niet in dagboek {journal}"
    assert minox.books.batches == {}


@pytest.mark.parametrize("kind", ["supplier", "ledger_account"])
def test_the_kind_of_an_account_may_be_left_out_but_not_be_wrong(minox: Any, sales: Any, kind: str) -> None:
    first, second = sales()
    assert minox.book([{**first, "account": {"id": "10001", "type": kind}}, second]).status_code == 400
    assert minox.book([{**first, "account": {"id": "10001"}}, second]).status_code == 200


def test_a_blocked_customer_takes_nothing(minox: Any, sales: Any) -> None:
    minox.patch("/customer/10001", {"blocked": {"active": True, "reason": "Incasso"}})
    assert "geblokkeerd: Incasso" in minox.book(sales()).json()[0]["message"]


def test_sales_invoices_without_a_number_get_the_next_and_keep_it_when_replaced(minox: Any, sales: Any) -> None:
    minox.book(sales(), uuid4())
    [first, second] = minox.book(sales(invoice_number=...)).json()
    assert first["invoice_number"] == second["invoice_number"] == 26000418
    [again, _] = minox.book(sales("99.00", invoice_number=...)).json()
    assert again["invoice_number"] == 26000418
    assert len(minox.rows("/receivable")) == 2


# VAT


@pytest.mark.parametrize(("switch", "balances"), [
    ("gross", {"8000": D(-100), "1520": D(-21), "1300": D(121)}),
    ("net", {"8000": D(-121), "1520": D("-25.41"), "1300": D("146.41")}),
    ("none", {"8000": D(-121), "1520": D(0), "1300": D(121)}),
])  # fmt: skip
def test_vat_follows_from_the_ledger_account(
    start_minox: Start, sales: Any, switch: str, balances: dict[str, Decimal]
) -> None:
    minox = start_minox(vat_amounts=switch)
    assert minox.book(sales(revenue="8000")).status_code == 200
    assert {account: minox.books.balance(account) for account in balances} == balances
    assert sum((row.debit - row.credit for row in minox.books.trial_balance(2026)), D(0)) == 0
    sent = [(line.draft.debit, line.draft.credit) for line in minox.books.lines() if not line.automatic]
    assert sent == [(D(121), D(0)), (D(0), D(121))]


def test_vat_is_rounded_half_up_to_the_cent_and_always_adds_up(minox: Any, sales: Any) -> None:
    for cents in range(1, 60):
        minox.book(sales(f"0.{cents:02}", revenue="8000"), uuid4())
    total = sum((D(cents) / 100 for cents in range(1, 60)), D(0))
    assert minox.books.balance("8000") + minox.books.balance("1520") == -total
    assert minox.books.balance("8000").as_tuple().exponent == -2


def test_a_line_may_name_its_vat_or_none(minox: Any, sales: Any) -> None:
    first, second = sales(revenue="8000")
    for vat, account in (({"id": 2}, "-9.99"), ({"id": 1, "amount": D("20.00")}, "-20.00"), ({"id": 0}, "0")):
        minox.book([first, {**second, "vat": vat}])
        assert minox.books.balance("1520") == D(account)
    minox.book([first, {**second, "vat": {}}])
    assert minox.books.balance("1520") == D("-21.00")


# Payment


def test_a_payment_in_the_portal_makes_the_item_paid_and_guards_its_batch(minox: Any, sales: Any) -> None:
    minox.book(sales())
    minox.sim.portal.pay(99998, 10001, 26000417, "21.50")
    item = minox.rows("/receivable")[0]
    assert (item["total"], item["paid"], item["balance"]) == (D(121), D("21.50"), D("99.50"))
    for answer in (minox.book(sales("120.00")), minox.delete(f"/transaction_line_batch/{BATCH}")):
        assert (answer.status_code, answer.json()[0]["message"]) == (400, "Factuur 26000417 is (deels) betaald")
    minox.sim.portal.pay(99998, 10001, 26000417, "99.50")
    assert minox.rows("/receivable", status="open") == []
    assert minox.books.balance("1100") == D(121)
    assert minox.rows("/receivable")[0]["balance"] == 0


def test_paid_items_may_be_replaced_when_the_switch_says_so(start_minox: Start, sales: Any) -> None:
    minox = start_minox(paid_items="accept")
    minox.book(sales())
    minox.sim.portal.pay(99998, 10001, 26000417, "121.00")
    assert minox.book(sales("120.00")).status_code == 200
    assert minox.rows("/receivable")[0]["balance"] == -1


def test_paying_a_supplier_goes_the_other_way(minox: Any, sales: Any) -> None:
    minox.book(mirrored(sales(), "20001"))
    minox.sim.portal.pay(99998, 20001, 26000417, "121.00")
    assert minox.rows("/payable")[0]["balance"] == 0
    assert minox.books.balance("1100") == D(-121)


def test_an_open_item_takes_changes_but_no_amounts(minox: Any, sales: Any) -> None:
    minox.book(sales())
    changes = {"memo": "Uitstel", "due_date": "2026-05-01T00:00:00.000Z", "blocked": 1, "total": D(1), "paid": D(121)}
    shown = minox.patch(ITEM, changes).json()
    assert (shown["memo"], shown["blocked"], shown["total"], shown["paid"]) == ("Uitstel", 1, 121, 0)
    assert minox.get(ITEM).json() == shown
    assert minox.patch(ITEM, {"remark": "x"}).status_code == 400
    assert minox.patch("/receivable/account/10001/invoice/1", {"memo": "x"}).status_code == 404
    assert minox.get("/payable/account/10001/invoice/26000417").status_code == 404
    [write] = minox.writes("receivable")
    assert (write.key, write.action) == ("10001/26000417", "change")


def test_a_credit_note_and_a_deleted_batch_leave_nothing_open(minox: Any, sales: Any) -> None:
    credit, key = [{**line, "debit": line["credit"], "credit": line["debit"]} for line in sales()], uuid4()
    minox.book(sales())
    minox.book(credit, key)
    assert minox.rows("/receivable", status="open") == []
    minox.delete(f"/transaction_line_batch/{key}")
    minox.delete(f"/transaction_line_batch/{BATCH}")
    assert minox.rows("/receivable") == []


def test_a_structured_invoice_finds_its_open_item(minox: Any, sales: Any) -> None:
    key = str(uuid4())
    minox.put(f"/invoice/{key}", {"invoice_number": 26000417, "relation_number": 10001, "invoice": {"reference": "R"}})
    assert minox.get(f"/invoice/{key}/open_item").status_code == 404
    minox.book(sales())
    assert minox.get(f"/invoice/{key}/open_item").json()["balance"] == 121
    assert len(minox.rows("/invoice/open_item")) == 1


# The document of a batch


def test_a_document_is_sent_as_base64_once_and_read_as_bytes(minox: Any, sales: Any) -> None:
    content = bytes(range(256))
    text = base64.encodebytes(content)
    assert minox.attach(BATCH, text).status_code == 404
    minox.book(sales())
    assert minox.attach(BATCH, text).status_code == 201
    answer = minox.get(f"/transaction_line_batch/{BATCH}/blob")
    assert (answer.content, answer.headers["Content-Type"]) == (content, "application/octet-stream")
    assert minox.attach(BATCH, text).status_code == 400
    [line, _] = minox.get(f"/transaction_line_batch/{BATCH}").json()
    assert minox.get(ITEM).json()["document_id"] == f"{line['document_id']}.pdf"
    minox.delete(f"/transaction_line_batch/{BATCH}/blob")
    assert minox.get(f"/transaction_line_batch/{BATCH}/blob").status_code == 404
    assert [write.action for write in minox.writes("transaction_line_batch_blob")] == ["create", "delete"]


def test_what_is_no_base64_or_has_no_name_is_refused(minox: Any, sales: Any) -> None:
    minox.book(sales())
    for text, part, name in ((b"%PDF-1.4", "data", "a.pdf"), (b"", "data", "a.pdf"), (b"AAAA", "file", "a.pdf")):
        assert minox.attach(BATCH, text, part, name).status_code == 400
    assert minox.post(f"/transaction_line_batch/{BATCH}/blob", {"data": "AAAA"}).status_code == 415
    assert minox.books.attachments == {}


def test_a_second_document_replaces_the_first_when_the_switch_says_so(start_minox: Start, sales: Any) -> None:
    minox = start_minox(second_attachment="replace")
    minox.book(sales())
    assert [minox.attach(BATCH, text).status_code for text in (b"AAAA", b"BBBB")] == [201, 201]
    assert minox.get(f"/transaction_line_batch/{BATCH}/blob").content == base64.b64decode(b"BBBB")
    minox.delete(f"/transaction_line_batch/{BATCH}")
    assert minox.books.attachments == {}


# Switches of booking


def test_closing_periods_and_kept_entry_numbers_are_switches(start_minox: Start, payroll: Any) -> None:
    closing = [{**line, "period": {"id": 14, "fiscal_year": 2026}} for line in payroll()]
    assert start_minox().book(closing).status_code == 400
    minox = start_minox(closing_periods=2, replace_keeps_entry_number=True)
    assert minox.book(closing, uuid4()).status_code == 200
    assert sum(row.debit for row in minox.books.trial_balance(2026)) == D("2500.10")
    numbers = [minox.book(payroll(amount)).json()[0]["entry_number"] for amount in ("1.00", "2.00")]
    assert numbers == [2, 2]
