"""Entries in another currency than that of the country."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.target_minimax.books import Books, entry, line

LINES = (line("1000", "10.00"), line("4190", "20.01", cost_center="110"), line("7690", "-30.01"))
BAD: dict[str, tuple[dict[str, Any], str | None]] = {
    "no rate": ({}, "currency"),
    "both": ({"exchange_rate": "0.9", "domestic_amounts": [1, 1, 2]}, "currency"),
    "rate of nothing": ({"exchange_rate": 0}, "minimax.exchange_rate"),
    "no number": ({"exchange_rate": "x"}, "minimax.exchange_rate"),
    "too few": ({"domestic_amounts": [1, 1]}, "minimax.domestic_amounts"),
    "not balanced": ({"domestic_amounts": [1, 1, 3]}, "minimax.domestic_amounts"),
    "below zero": ({"domestic_amounts": [-1, 1, 0]}, "minimax.domestic_amounts"),
    "no list": ({"domestic_amounts": 5}, "minimax.domestic_amounts"),
}


def _at_home(books: Books) -> list[tuple[Decimal, Decimal]]:
    (journal,) = books.held("Journal")
    rows = journal["JournalEntries"]
    return [(row["DebitInDomesticCurrency"], row["CreditInDomesticCurrency"]) for row in rows]


def test_an_entry_with_a_rate_balances_in_both_currencies(books: Books) -> None:
    record = entry("F1", *LINES, currency="USD", minimax={"exchange_rate": Decimal("0.9251")})
    ended = books.deliver("journal_entries", record)
    assert ended.code == 0, ended.letters
    (journal,) = books.held("Journal")
    assert {books.code("Currency", row["Currency"]) for row in journal["JournalEntries"]} == {"USD"}
    assert [row["Debit"] or -row["Credit"] for row in journal["JournalEntries"]] == [
        Decimal("10.00"),
        Decimal("20.01"),
        Decimal("-30.01"),
    ]
    assert _at_home(books) == [(Decimal("9.25"), 0), (Decimal("18.51"), 0), (0, Decimal("27.76"))]
    assert books.deliver("journal_entries", record).calls == 0
    books.lose_ledger()
    assert books.deliver("journal_entries", record).counts["existing"] == 1


def test_what_rounding_loses_stands_on_the_largest_line(books: Books) -> None:
    lines = (line("1000", "0.05"), line("1000", "0.05"), line("1000", "0.05"), line("7690", "-0.15"))
    ended = books.deliver("journal_entries", entry("F1", *lines, currency="USD", minimax={"exchange_rate": "0.9"}))
    assert ended.code == 0, ended.letters
    assert _at_home(books) == [(Decimal("0.05"), 0)] * 3 + [(0, Decimal("0.15"))]


def test_an_entry_may_say_what_each_line_is_at_home(books: Books) -> None:
    amounts = [Decimal("9.30"), Decimal("18.60"), Decimal("27.90")]
    ended = books.deliver("journal_entries", entry("F1", *LINES, currency="USD", minimax={"domestic_amounts": amounts}))
    assert ended.code == 0, ended.letters
    assert _at_home(books) == [(amounts[0], 0), (amounts[1], 0), (0, amounts[2])]


def test_a_foreign_entry_is_taken_back_in_both_currencies(books: Books) -> None:
    record = entry("F1", *LINES, currency="USD", minimax={"exchange_rate": "0.9251"})
    books.deliver("journal_entries", record)
    ended = books.deliver("journal_entries", record | {"minimax": {"exchange_rate": "0.93"}}, on_changed="reverse")
    assert ended.code == 0, ended.letters
    assert (len(books.held("Journal")), books.organisation.balance("1000")) == (3, Decimal("9.30"))


def test_euros_are_foreign_in_serbia(open_books: Callable[..., Books]) -> None:
    books = open_books(localisation="RS")
    record = entry("F1", currency="EUR", minimax={"exchange_rate": "117.1234"})
    assert books.deliver("journal_entries", record).code == 0
    assert _at_home(books) == [(Decimal("11712.34"), 0), (0, Decimal("11712.34"))]


def test_an_entry_without_amounts_at_home_is_rejected(books: Books) -> None:
    records = [entry(name, *LINES, currency="USD", minimax=own) for name, (own, _) in BAD.items()]
    records.append(entry("at home", *LINES, minimax={"exchange_rate": 1}))
    ended = books.deliver("journal_entries", *records)
    assert [field for _, field in ended.reasons] == [
        *(field for _, field in BAD.values()),
        "minimax.exchange_rate",
    ]
    assert books.writes == 0


@pytest.mark.parametrize("stream", ["sales_invoices", "purchase_invoices"])
def test_invoices_may_be_in_another_currency(books: Books, stream: str) -> None:
    line_ = {"account": "7600", "amount": 100, "vat_amount": 22, "vat_code": "S", "item": "A1"}
    invoice = {"key": "I", "date": "2026-02-28", "payment_days": 14, "lines": [line_], "currency": "USD"}
    ended = books.deliver(stream, invoice | {"customer": "D001", "supplier": "D001", "number": "7"})
    assert ended.code == 0, ended.letters
    (held,) = books.held("IssuedInvoice" if stream == "sales_invoices" else "ReceivedInvoice")
    assert books.code("Currency", held["Currency"]) == "USD"
