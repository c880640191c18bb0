"""What is sent to Minox for an invoice, and what is refused before anything is sent."""

from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.entry_errors import EntryError
from connector_kit.books.invoice import PurchaseInvoice, SalesInvoice
from target_minox.booking import BookingRules, Bookkeeper
from target_minox.invoices import PURCHASE, SALES, AmountBasis, lines_of
from target_minox.masterdata import AdministrationInfo, MasterData

from tests.target_minox.invented_books import ADMINISTRATION, COST_CENTERS, JOURNALS

pytestmark = pytest.mark.usefixtures("in_one_process")

ACCOUNTS = [
    {"id": 8000, "vat": {"id": 1}},
    {"id": 8100},
    {"id": 4600, "vat": {"id": 2}},
    {"id": 4300},
    {"id": 1500},
    {"id": 1510},
]
VAT = [{"id": 1, "account_id": "1500"}, {"id": 2, "account_id": "1510"}, {"id": 3}]
LINE = {"account": "8000", "amount": 100, "vat_amount": 21}
SALE: dict[str, Any] = {
    "key": "si-1",
    "number": "26000417",
    "date": "2026-02-03",
    "due_date": "2026-03-05",
    "customer": "10005",
    "lines": [LINE],
}
PURCHASED: dict[str, Any] = {
    "key": "pi-1",
    "number": "GZ-2026-00417",
    "date": "2026-02-04",
    "supplier": "20001",
    "lines": [{"account": "4300", "amount": "50.00"}],
}


def keeper() -> Bookkeeper:
    books = MasterData.from_records(
        AdministrationInfo.from_record(ADMINISTRATION),
        journals=JOURNALS,
        ledger_accounts=ACCOUNTS,
        cost_centers=COST_CENTERS,
        read_vat_codes=lambda: VAT,
        read_payment_terms=lambda: [{"id": 8, "days": 30}, {"id": 3, "days": 30}, {"id": 9, "days": 14}],
    )
    return Bookkeeper(books, BookingRules())


def sale(basis: str = "gross", **changes: Any) -> list[dict[str, Any]]:
    invoice = SalesInvoice.from_record(SALE | changes)
    return lines_of(invoice, SALES, keeper(), journal=None, basis=AmountBasis(basis))


def purchase(basis: str = "gross", **changes: Any) -> list[dict[str, Any]]:
    invoice = PurchaseInvoice.from_record(PURCHASED | changes)
    return lines_of(invoice, PURCHASE, keeper(), journal=None, basis=AmountBasis(basis))


def amounts(lines: list[dict[str, Any]]) -> list[tuple[str, Decimal, Decimal]]:
    return [(line["account"]["id"], line["debit"], line["credit"]) for line in lines]


def test_a_sales_invoice_becomes_the_documented_lines() -> None:
    assert sale() == [
        {
            "account": {"id": "10005", "scheme": "MINOX", "type": "customer"},
            "debit": Decimal("121.00"),
            "credit": 0,
            "document_date": "2026-02-03",
            "due_date": "2026-03-05",
            "invoice_number": 26000417,
            "journal": {"id": "VERK"},
            "period": {"id": 2, "fiscal_year": 2026},
            "description": "Factuur 26000417",
        },
        {
            "account": {"id": "8000", "scheme": "MINOX", "type": "ledger_account"},
            "debit": 0,
            "credit": Decimal("121.00"),
            "document_date": "2026-02-03",
            "invoice_number": 26000417,
            "journal": {"id": "VERK"},
            "period": {"id": 2, "fiscal_year": 2026},
            "description": "Factuur 26000417",
        },
    ]


def test_a_purchase_invoice_is_mirrored_and_keeps_the_last_eight_digits_of_its_number() -> None:
    lines = purchase()
    assert amounts(lines) == [("20001", 0, Decimal("50.00")), ("4300", Decimal("50.00"), 0)]
    assert [line["invoice_number"] for line in lines] == [2600417, 2600417]
    assert lines[0]["description"] == "Inkoopfactuur GZ-2026-00417"
    assert lines[0]["journal"] == {"id": "INK"}
    assert purchase(description="Verf")[0]["description"] == "GZ-2026-00417 Verf"
    assert purchase(description="Verf", number="417")[0]["description"] == "Verf"


def test_a_credit_note_swaps_the_sides() -> None:
    lines = sale(lines=[{"account": "8000", "amount": -100, "vat_amount": -21}])
    assert amounts(lines) == [("10005", 0, Decimal("121.00")), ("8000", Decimal("121.00"), 0)]


def test_vat_may_be_lines_of_their_own_one_per_code() -> None:
    rows = [
        {"account": "8100", "amount": "100.00", "vat_amount": "21.00", "vat_code": "1"},
        {"account": "8100", "amount": "10.00", "vat_amount": "2.10", "vat_code": "1"},
        {"account": "8100", "amount": "50.00", "vat_amount": "4.50", "vat_code": "2"},
    ]
    assert amounts(sale("net_with_vat", lines=rows)) == [
        ("10005", Decimal("187.60"), 0),
        ("8100", 0, Decimal("100.00")),
        ("8100", 0, Decimal("10.00")),
        ("8100", 0, Decimal("50.00")),
        ("1500", 0, Decimal("23.10")),
        ("1510", 0, Decimal("4.50")),
    ]


def test_payment_days_choose_due_date_and_payment_term() -> None:
    first, second = sale(due_date=None, payment_days=30)
    assert (first["due_date"], first["payment_term"]) == ("2026-03-05", {"id": 3})
    assert "payment_term" not in second
    assert "payment_term" not in sale(due_date=None, payment_days=21)[0]


def test_an_invoice_without_a_number_is_numbered_by_minox() -> None:
    assert "invoice_number" not in sale(number=None)[0]


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "VAT that would be lost": ({"lines": [LINE | {"account": "8100"}]}, "vat", "lines[0].vat_amount"),
    "journal of another kind": ({"journal": "LOON"}, "invalid_field", "journal"),
    "unknown journal": ({"journal": "XX"}, "unknown_journal", "journal"),
    "number that is no number": ({"number": "F-1"}, "invalid_field", "total.invoice_number"),
    "customer that is a ledger account": ({"customer": "4300"}, "unknown_account", "total.customer"),
    "unknown account": ({"lines": [LINE | {"account": "9"}]}, "unknown_account", "lines[0].account"),
    "foreign currency": ({"currency": "USD"}, "currency", "currency"),
}


@pytest.mark.parametrize(("changes", "code", "field"), REFUSED.values(), ids=REFUSED)
def test_an_invoice_that_minox_would_book_wrongly_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(EntryError) as refused:
        sale(**changes)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_all_problems_of_an_invoice_are_told_together() -> None:
    with pytest.raises(EntryError) as refused:
        sale(journal="LOON", currency="USD", lines=[LINE | {"account": "9"}])
    assert all(word in str(refused.value) for word in ("journal LOON", "USD", "account 9"))


def test_net_amounts_on_accounts_with_a_vat_code_and_vat_without_a_code_are_refused() -> None:
    with pytest.raises(EntryError, match="carries a VAT code"):
        sale("net_with_vat", lines=[LINE | {"vat_code": "1"}])
    with pytest.raises(EntryError, match="says where VAT goes"):
        sale("net_with_vat", lines=[LINE | {"account": "8100"}])
    with pytest.raises(EntryError, match="no ledger account"):
        sale("net_with_vat", lines=[LINE | {"account": "8100", "vat_code": "3"}])


def test_a_purchase_invoice_needs_a_number_with_digits() -> None:
    for number in (None, "GZ", "000"):
        with pytest.raises(EntryError) as refused:
            purchase(number=number)
        assert refused.value.field == "number"
