"""Batches: booked, replaced, removed, refused; what stands in the books afterwards."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

Start = Callable[..., Any]
BATCH = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
D = Decimal


def test_a_batch_is_booked_numbered_and_read_back(minox: Any, payroll: Any) -> None:
    answer = minox.book(payroll())
    assert answer.status_code == 200
    cost, net = answer.json()
    assert minox.get(f"/transaction_line_batch/{BATCH}").json() == [cost, net]
    assert (cost["account"]["id"], cost["debit"], cost["cost_center"]) == (
        "4000",
        2500.1,
        {"id": 110, "description": "Kantoor"},
    )
    assert cost["batch_id"] == BATCH
    assert cost["description"] == "Brutoloon Noëlle & Zn."
    assert [line["journal"]["line_number"] for line in (cost, net)] == [1, 2]
    assert cost["id"] != net["id"]
    assert cost["entry_number"] == net["entry_number"] == 1
    assert minox.books.balance("4000") == D("2500.10")
    assert minox.books.balance("1720") == D("-2500.10")
    [effect] = minox.saved()
    facts = {"tenant": 480001, "administration": 99998, "batch_id": BATCH, "lines": 2, "replaced": False}
    assert effect.items() >= {**facts, "debit": "2500.10", "credit": "2500.10"}.items()


def test_the_same_id_again_replaces_and_another_id_books_again(minox: Any, payroll: Any) -> None:
    minox.book(payroll("100.00"))
    minox.book(payroll("90.00"))
    assert minox.books.balance("4000") == D("90.00")
    assert len(minox.books.batches) == 1
    minox.book(payroll("90.00"), uuid4())
    assert minox.books.balance("4000") == D("180.00")
    assert [effect["replaced"] for effect in minox.saved()] == [False, True, False]


def test_a_batch_can_be_removed_and_is_then_absent(minox: Any, payroll: Any) -> None:
    minox.book(payroll())
    assert minox.delete(f"/transaction_line_batch/{BATCH}").status_code == 204
    assert minox.books.balance("4000") == 0
    for answer in (minox.get(f"/transaction_line_batch/{BATCH}"), minox.delete(f"/transaction_line_batch/{BATCH}")):
        assert answer.status_code == 404
    assert len(minox.sim.log.effects("batch_deleted")) == 1


def test_what_is_left_out_is_derived_from_the_date(minox: Any, payroll: Any) -> None:
    [first, _] = minox.book(payroll(period=..., document_date="2025-12-28")).json()
    assert first["period"] == {"id": 12, "fiscal_year": 2025, "description": "Periode 12"}


def test_the_line_that_a_live_client_sends_is_accepted_and_its_rest_goes_to_the_contra_account(minox: Any) -> None:
    line = {
        "account": {"id": "2990"},
        "credit": 0,
        "debit": D("12.40"),
        "journal": {"id": "MEMO"},
        "period": {"fiscal_year": 2026},
        "description": "Één regel",
        "vat": {},
    }
    [answer] = minox.book([line]).json()
    assert answer["document_date"] == "2026-11-15"
    assert minox.books.balance("2990") == D("12.40")
    assert minox.books.balance("1800") == D("-12.40")
    lines = minox.get("/year/2026/transaction_lines").json()["collection"]
    assert [(line["account"]["id"], line["journal"]["line_number"]) for line in lines] == [("2990", 1), ("1800", 9000)]


@pytest.mark.parametrize(("switch", "in_batch", "in_list"), [("list", 1, 2), ("batch", 2, 2), ("hidden", 1, 1)])
def test_where_contra_lines_show_is_a_switch(
    start_minox: Start, payroll: Any, switch: str, in_batch: int, in_list: int
) -> None:
    minox = start_minox(contra_lines=switch)
    minox.book(payroll()[:1])
    assert len(minox.get(f"/transaction_line_batch/{BATCH}").json()) == in_batch
    assert len(minox.get("/year/2026/transaction_lines").json()["collection"]) == in_list
    assert minox.books.balance("1810") == D("-2500.10")


# Every change to the first line of a good batch that must be refused, with the field that the message names.
REFUSED = {
    "unknown account": ({"account": {"id": "4999"}}, "account.id"),
    "account that is no number": ({"account": {"id": "04000"}}, "account.id"),
    "account as a number": ({"account": {"id": 4000}}, "account.id"),
    "customer": ({"account": {"id": "4000", "type": "customer"}}, "account.id"),
    "wrong scheme": ({"account": {"id": "4000", "scheme": "OTHER"}}, "account.scheme"),
    "no account": ({"account": ...}, "account.id"),
    "empty account": ({"account": {}}, "account"),
    "blocked account": ({"account": {"id": "4990"}}, "account.id"),
    "unknown journal": ({"journal": {"id": "NVT"}}, "journal.id"),
    "no journal": ({"journal": ...}, "journal.id"),
    "unknown cost center": ({"cost_center": {"id": 999}}, "cost_center.id"),
    "no cost center on a cost account": ({"cost_center": ...}, "cost_center"),
    "empty cost center": ({"cost_center": {}}, "cost_center"),
    "null cost center": ({"cost_center": None}, "cost_center"),
    "cost center as text": ({"cost_center": {"id": "110"}}, "cost_center.id"),
    "unknown VAT code": ({"vat": {"id": 77}}, "vat.id"),
    "VAT amount without code": ({"vat": {"amount": D("1.00")}}, "vat.amount"),
    "unknown payment term": ({"payment_term": {"id": 8}}, "payment_term.id"),
    "empty payment term": ({"payment_term": {}}, "payment_term"),
    "unknown fiscal year": ({"period": {"fiscal_year": 2031}}, "period.fiscal_year"),
    "unknown period": ({"period": {"id": 14, "fiscal_year": 2026}}, "period.id"),
    "period zero": ({"period": {"id": 0, "fiscal_year": 2026}}, "period.id"),
    "empty period": ({"period": {}}, "period"),
    "date in another year": ({"document_date": "2025-12-31"}, "document_date"),
    "date in no year": ({"document_date": "2019-12-31", "period": ...}, "document_date"),
    "Dutch date": ({"document_date": "31-01-2026"}, "document_date"),
    "date without dashes": ({"document_date": "20260131"}, "document_date"),
    "impossible date": ({"document_date": "2026-02-30"}, "document_date"),
    "empty date": ({"document_date": ""}, "document_date"),
    "Dutch due date": ({"due_date": "31-01-2026"}, "due_date"),
    "both sides": ({"credit": D("2500.10")}, "debet als credit"),
    "neither side": ({"debit": 0}, "geen bedrag"),
    "negative": ({"debit": D("-2500.10")}, "debit"),
    "three decimals": ({"debit": D("2500.101")}, "debit"),
    "amount as text": ({"debit": "2500.10"}, "debit"),
    "no credit": ({"credit": ...}, "credit"),
    "no description": ({"description": ...}, "description"),
    "empty description": ({"description": ""}, "description"),
    "invoice number as text": ({"invoice_number": "F-1"}, "invoice_number"),
    "long invoice number": ({"invoice_number": 123456789}, "invoice_number"),
    "entry number zero": ({"entry_number": 0}, "entry_number"),
    "negative entry number": ({"entry_number": -3}, "entry_number"),
    "foreign currency": ({"currency": {"id": "USD"}}, "currency.id"),
    "unknown member": ({"reference": "Run 17"}, "reference"),
    "unknown inner member": ({"period": {"id": 1, "year": 2026}}, "period.year"),
}


@pytest.mark.parametrize(("changes", "named"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_line_is_refused_by_name_and_nothing_is_booked(
    minox: Any, payroll: Any, changes: Any, named: str
) -> None:
    answer = minox.book(payroll(**changes))
    assert answer.status_code == 400
    [message] = answer.json()
    assert message.keys() == {"message_code", "message_type", "message"}
    assert message["message_code"].startswith("SIM")
    assert message["message"].startswith("Regel 1")
    assert named in message["message"]
    assert minox.books.batches == {}
    assert minox.saved() == []


ACCEPTED = {
    "empty VAT": {"vat": {}},
    "known VAT": {"vat": {"id": 11, "amount": D("0.10")}},
    "null description": {"description": None},
    "own currency": {"currency": {"id": "EUR"}},
    "due date, term, invoice": {"due_date": "2026-03-02", "payment_term": {"id": 30}, "invoice_number": 26000417},
    "entry number": {"entry_number": 17},
    "trailing zeros": {"debit": D("2500.1000")},
    "whole number": {"debit": 2500},
    "date in another period": {"document_date": "2026-02-14"},
    "no date": {"document_date": ...},
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_a_right_line_is_booked(minox: Any, payroll: Any, changes: Any) -> None:
    answer = minox.book(payroll(**changes))
    assert answer.status_code == 200, answer.text
    assert len(minox.books.batches) == 1


def test_every_wrong_line_gets_its_message(minox: Any, payroll: Any) -> None:
    good, net = payroll()
    wrong = {**good, "account": {"id": "1"}, "journal": {"id": "X"}}
    messages = minox.book([good, wrong, net, {**net, "debit": D("-1"), "credit": 0}]).json()
    assert [message["message"][:7] for message in messages] == ["Regel 2", "Regel 2", "Regel 4"]


@pytest.mark.parametrize("body", ["", "[", "{}", "[]", '"lines"', "[1]", '[{"debit": NaN}]'])
def test_a_body_that_is_no_array_of_lines_is_refused(minox: Any, body: str) -> None:
    answer = minox.put(f"/transaction_line_batch/{BATCH}", body)
    assert answer.status_code == 400
    assert isinstance(answer.json(), list)


def test_a_refused_replacement_leaves_the_earlier_batch(minox: Any, payroll: Any) -> None:
    minox.book(payroll("100.00"))
    assert minox.book(payroll("90.00", account={"id": "4999"})).status_code == 400
    assert minox.books.balance("4000") == D("100.00")


@pytest.mark.parametrize(
    "batch", ["run-17", "7D444840-9DC0-11D1-B245-5FFDCE74FAD2", "{7d444840-9dc0-41d1-b245-5ffdce74fad2}"]
)
def test_a_batch_id_must_be_a_uuid_of_version_4(minox: Any, payroll: Any, batch: str) -> None:
    assert minox.book(payroll(), batch).status_code == 400


def test_other_readings_are_switches(start_minox: Start, payroll: Any) -> None:
    lenient = start_minox(require_uuid4=False, account_id_as_text=False, put_answer="empty", batch_answer="envelope")
    answer = lenient.book(payroll(account={"id": 4000}), "7d444840-9dc0-11d1-b245-5ffdce74fad2")
    assert (answer.status_code, answer.text) == (204, "")
    read = lenient.get("/transaction_line_batch/7d444840-9dc0-11d1-b245-5ffdce74fad2").json()
    assert [line["account"]["id"] for line in read["collection"]] == ["4000", "1720"]
    strict = start_minox(accept_unbalanced=False, date_outside_period="reject")
    assert strict.book(payroll()[:1]).status_code == 400
    assert strict.book(payroll(document_date="2026-02-14")).status_code == 400
    assert strict.book(payroll()).status_code == 200
    dated = start_minox(answer_dates="date_time", line_messages="error")
    [line, _] = dated.book(payroll()).json()
    assert line["document_date"] == "2026-01-31T00:00:00.000Z"
    assert line["messages"][0]["message_type"] == "Fout"


def test_a_closed_period_takes_nothing_and_gives_nothing_back(minox: Any, payroll: Any) -> None:
    minox.book(payroll("100.00"))
    minox.sim.backend.close_period(99998, 2026, 1)
    february = {"period": {"id": 2, "fiscal_year": 2026}}
    assert minox.book(payroll(), uuid4()).status_code == 400
    moved = [{**line, **february} for line in payroll("90.00")]
    assert minox.book(moved).status_code == 400
    assert minox.delete(f"/transaction_line_batch/{BATCH}").status_code == 400
    assert minox.books.balance("4000") == D("100.00")
    assert minox.book(moved, uuid4()).status_code == 200
    minox.sim.backend.close_year(99998, 2026)
    assert minox.book(moved, uuid4()).status_code == 400


def test_entry_numbers_and_line_numbers_count_on_per_journal(minox: Any, payroll: Any) -> None:
    minox.book(payroll(), uuid4())
    [second, _] = minox.book(payroll(), uuid4()).json()
    assert (second["entry_number"], second["journal"]["line_number"]) == (2, 3)
    memo = [{**line, "journal": {"id": "MEMO"}} for line in payroll()]
    [other, _] = minox.book(memo, uuid4()).json()
    assert (other["entry_number"], other["journal"]["line_number"]) == (1, 1)


def test_a_page_holds_8999_lines(minox: Any, payroll: Any) -> None:
    lines = payroll("0.01") * 4500
    answer = minox.book(lines).json()
    places = [(line["journal"]["page_number"], line["journal"]["line_number"]) for line in answer]
    assert places[8998:] == [(1, 8999), (2, 1)]
    assert minox.books.balance("4000") == D("45.00")


def test_a_broken_year_starts_in_july(minox: Any, payroll: Any) -> None:
    lines = [{name: value for name, value in line.items() if name != "period"} for line in payroll()]
    [line, _] = minox.put(f"/tenant/480001/administration/90701/transaction_line_batch/{BATCH}", lines).json()
    assert (line["period"]["fiscal_year"], line["period"]["id"]) == (2025, 7)
