"""What is sent to Minox for an entry, and what is refused before anything is sent."""

import json
import logging
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.journal import EntryError, JournalLine
from connector_kit.posting.wire_json import write_json
from target_minox.booking import BookingRules, Bookkeeper
from target_minox.open_periods import ClosedPeriods

from tests.target_minox.invented_books import bookkeeper, credit, debit, entry, master_data


def test_a_payroll_entry_becomes_the_documented_lines() -> None:
    lines = bookkeeper().lines(
        entry(
            debit("4000", description="Run 17 Brutoloon", cost_center="100"),
            credit("1720", description="Run 17 Netto loon"),
        )
    )
    assert lines == [
        {
            "account": {"id": "4000", "scheme": "MINOX", "type": "ledger_account"},
            "debit": Decimal("2500.00"),
            "credit": 0,
            "document_date": "2026-01-31",
            "journal": {"id": "LOON"},
            "period": {"id": 1, "fiscal_year": 2026},
            "description": "Run 17 Brutoloon",
            "cost_center": {"id": 100},
        },
        {
            "account": {"id": "1720", "scheme": "MINOX", "type": "ledger_account"},
            "debit": 0,
            "credit": Decimal("2500.00"),
            "document_date": "2026-01-31",
            "journal": {"id": "LOON"},
            "period": {"id": 1, "fiscal_year": 2026},
            "description": "Run 17 Netto loon",
        },
    ]


def test_amounts_reach_the_wire_to_the_cent() -> None:
    lines = bookkeeper().lines(entry(debit("4010", "12345678901234567.89"), credit("1720", "12345678901234567.89")))
    body = write_json(lines)
    assert b'"debit":12345678901234567.89,"credit":0' in body
    assert [line["account"]["id"] for line in json.loads(body)] == ["4010", "1720"]


@pytest.mark.parametrize("empty", [None, "", {}, 0])
def test_nothing_empty_is_sent_but_the_other_side_of_a_line(empty: Any) -> None:
    def walk(value: Any, name: str = "") -> None:
        assert value != empty or name in {"debit", "credit"}, name
        for member, inner in value.items() if isinstance(value, dict) else ():
            walk(inner, member)

    for line in bookkeeper().lines(entry(description="Lonen")):
        walk(line)
        assert {"debit", "credit"} <= line.keys()


def test_the_description_falls_back_to_entry_reference_and_key() -> None:
    def described(**members: Any) -> str:
        text: str = bookkeeper().lines(entry(**members))[0]["description"]
        return text

    assert described(description="Lonen januari", reference="Run 17") == "Lonen januari"
    assert described(reference="Run 17") == "Run 17"
    assert described() == "run-17"


def test_the_journal_of_the_entry_wins_over_the_setting() -> None:
    assert bookkeeper(journal=None).lines(entry(journal="LOON"))[0]["journal"] == {"id": "LOON"}
    assert bookkeeper(journal="INK").lines(entry(journal="LOON"))[0]["journal"] == {"id": "LOON"}


def test_the_period_follows_from_the_date_when_the_entry_has_none() -> None:
    def period(day: date) -> Any:
        return bookkeeper().lines(entry(date=day))[0]["period"]

    assert period(date(2026, 12, 31)) == {"id": 12, "fiscal_year": 2026}
    assert period(date(2025, 12, 31)) == {"id": 4, "fiscal_year": 2025}


def test_a_year_with_unknown_boundaries_is_sent_without_a_period() -> None:
    long_year = {"fiscal_year": 2026, "number_of_periods": 12, "start_date": "2025-11-01", "end_date": "2026-12-31"}
    keeper = Bookkeeper(master_data(fiscal_years=[long_year]), BookingRules(journal="LOON"))
    assert keeper.lines(entry())[0]["period"] == {"fiscal_year": 2026}


def test_a_broken_fiscal_year_counts_its_periods_from_its_start() -> None:
    broken = {"fiscal_year": 2026, "number_of_periods": 12, "start_date": "2025-07-01", "end_date": "2026-06-30"}
    keeper = Bookkeeper(master_data(fiscal_years=[broken]), BookingRules(journal="LOON"))
    assert keeper.lines(entry())[0]["period"] == {"id": 7, "fiscal_year": 2026}


@pytest.mark.parametrize(
    ("day", "period"),
    [(date(2026, 1, 28), 1), (date(2026, 1, 29), 2), (date(2026, 12, 30), 13), (date(2026, 12, 31), 13)],
)
def test_thirteen_periods_are_four_weeks_each_and_the_last_takes_the_rest(day: date, period: int) -> None:
    year = {"fiscal_year": 2026, "number_of_periods": 13, "start_date": "2026-01-01", "end_date": "2026-12-31"}
    keeper = Bookkeeper(master_data(fiscal_years=[year]), BookingRules(journal="LOON"))
    assert keeper.lines(entry(date=day))[0]["period"] == {"id": period, "fiscal_year": 2026}


def test_customers_and_suppliers_are_booked_on_by_their_number() -> None:
    lines = bookkeeper(journal="VERK").lines(
        entry(
            debit("1300", customer="10005", invoice_number="26000417", due_date=date(2026, 3, 5)),
            credit("4010"),
        )
    )
    assert lines[0]["account"] == {"id": "10005", "scheme": "MINOX", "type": "customer"}
    assert lines[0]["invoice_number"] == 26000417
    assert lines[0]["due_date"] == "2026-03-05"


def test_the_default_cost_center_is_only_for_accounts_that_need_one() -> None:
    lines = bookkeeper(default_cost_center=200).lines(entry(debit("4000"), credit("1720")))
    assert lines[0]["cost_center"] == {"id": 200}
    assert "cost_center" not in lines[1]


def test_a_voucher_number_is_taken_from_the_members_for_minox() -> None:
    assert bookkeeper().lines(entry(provider_fields={"minox": {"entry_number": 12}}))[0]["entry_number"] == 12


REFUSED: dict[str, tuple[dict[str, Any], tuple[JournalLine, ...], str, str]] = {
    "unknown journal": ({"journal": "XX"}, (), "unknown_journal", "journal"),
    "journal that takes no entries": ({"journal": "BANK"}, (), "invalid_field", "journal"),
    "unknown account": ({}, (debit("4010"), credit("9999")), "unknown_account", "lines[1].account"),
    "account with a leading zero": ({}, (debit("04010"), credit("1720")), "unknown_account", "lines[0].account"),
    "account that is no number": ({}, (debit("LOON"), credit("1720")), "unknown_account", "lines[0].account"),
    "blocked account": ({}, (debit("4010"), credit("1799")), "blocked_account", "lines[1].account"),
    "unknown cost center": (
        {},
        (debit("4000", cost_center="300"), credit("1720")),
        "unknown_cost_center",
        "lines[0].cost_center",
    ),
    "no cost center": ({}, (debit("4000"), credit("1720")), "cost_center_required", "lines[0].cost_center"),
    "no such fiscal year": ({"fiscal_year": 2019}, (), "unknown_fiscal_year", "fiscal_year"),
    "date in no fiscal year": ({"date": date(2031, 1, 1)}, (), "unknown_fiscal_year", "date"),
    "date in another fiscal year": ({"fiscal_year": 2025}, (), "date_outside_period", "date"),
    "date in another period": ({"period": 2}, (), "date_outside_period", "date"),
    "no such period": ({"period": 13}, (), "unknown_period", "period"),
    "period zero": ({"period": 0}, (), "unknown_period", "period"),
    "foreign currency": ({"currency": "USD"}, (), "currency", "currency"),
    "invoice number with letters": (
        {},
        (debit("4010", invoice_number="F12"), credit("1720")),
        "invalid_field",
        "lines[0].invoice_number",
    ),
    "invoice number of nine digits": (
        {},
        (debit("4010", invoice_number="123456789"), credit("1720")),
        "invalid_field",
        "lines[0].invoice_number",
    ),
    "unknown VAT code": ({}, (debit("4010", vat_code="9"), credit("1720")), "invalid_field", "lines[0].vat_code"),
    "customer in a purchase journal": (
        {"journal": "INK"},
        (debit("1300", customer="10005"), credit("4010")),
        "invalid_field",
        "lines[0].customer",
    ),
    "supplier in a sales journal": (
        {"journal": "VERK"},
        (debit("4010"), credit("1600", supplier="20005")),
        "invalid_field",
        "lines[1].supplier",
    ),
    "account beyond the numbers that there are": (
        {},
        (debit("1000000"), credit("1720")),
        "unknown_account",
        "lines[0].account",
    ),
    "customer beyond them": (
        {"journal": "VERK"},
        (debit("1300", customer="1000000"), credit("4010")),
        "unknown_account",
        "lines[0].customer",
    ),
    "supplier that is a ledger account": (
        {},
        (debit("4010"), credit("1600", supplier="1720")),
        "unknown_account",
        "lines[1].supplier",
    ),
    "unknown member for minox": ({"provider_fields": {"minox": {"colour": 1}}}, (), "invalid_field", "minox.colour"),
    "too many lines": ({}, (debit("4010", "1.00"),) * 20 + (credit("1720", "20.00"),), "invalid_field", "lines"),
}


@pytest.mark.parametrize(("changes", "lines", "code", "member"), REFUSED.values(), ids=REFUSED)
def test_what_minox_cannot_book_is_refused_with_code_and_field(
    changes: dict[str, Any], lines: tuple[JournalLine, ...], code: str, member: str
) -> None:
    keeper = bookkeeper(lines_max=20)
    with pytest.raises(EntryError) as caught:
        keeper.lines(entry(*lines, **changes))
    assert (caught.value.code, caught.value.field, caught.value.entry) == (code, member, "run-17")
    assert str(caught.value).startswith(f"entry run-17, {member}: ")
    assert "\n" not in str(caught.value)


def test_all_problems_of_an_entry_are_named_and_the_first_decides() -> None:
    with pytest.raises(EntryError) as caught:
        bookkeeper().lines(entry(debit("8888"), credit("1799"), journal="XX", period=14))
    assert caught.value.code == "unknown_journal"
    for said in (
        "journal XX",
        "periods 1 to 12, not 14",
        "lines[0].account: ledger account 8888",
        "account 1799 is bl",
    ):
        assert said in str(caught.value)


def test_odd_but_bookable_things_are_said_once_per_run(caplog: pytest.LogCaptureFixture) -> None:
    keeper = bookkeeper()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            keeper.lines(
                entry(debit("4600", description="x" * 41), credit("1720", cost_center="100", description="Netto"))
            )
    assert len(caplog.messages) == 3
    assert all("Entry run-17, lines[" in message for message in caplog.messages)
    assert not any("xxx" in message or "Netto" in message for message in caplog.messages)


def test_long_descriptions_are_cut_if_the_settings_say_so() -> None:
    text = bookkeeper(truncate_descriptions=True).lines(entry(description="x" * 41))[0]["description"]
    assert text == "x" * 37 + "..."


def test_accounts_that_carry_a_vat_code_may_be_refused() -> None:
    with pytest.raises(EntryError, match="splits VAT off") as refused:
        bookkeeper(strict_vat=True).lines(entry(debit("4600"), credit("1720")))
    assert (refused.value.code, refused.value.field) == ("vat", "lines[0].vat_code")


def test_correction_periods_are_taken_as_far_as_the_settings_say() -> None:
    assert bookkeeper(correction_periods=1).lines(entry(period=13))[0]["period"] == {"id": 13, "fiscal_year": 2026}
    with pytest.raises(EntryError, match="periods 1 to 12"):
        bookkeeper(correction_periods=1).lines(entry(period=14))


def test_a_closed_period_is_named_beside_other_problems_and_is_none_by_itself() -> None:
    closed = ClosedPeriods(earliest=date(2026, 2, 1))
    assert bookkeeper(closed=closed).lines(entry())[0]["document_date"] == "2026-01-31"
    with pytest.raises(EntryError) as caught:
        bookkeeper(closed=closed).lines(entry(journal="XX"))
    assert caught.value.code == "unknown_journal"
    assert "date: 2026-01-31 is before the setting min_booking_date, 2026-02-01" in str(caught.value)


def test_a_customer_may_be_named_by_the_key_under_which_it_was_delivered() -> None:
    keeper = Bookkeeper(master_data(), BookingRules(journal="VERK"), lambda _, code: {"crm-7": 10007}.get(code))
    assert keeper.lines(entry(debit("1300", customer="crm-7"), credit("4010")))[0]["account"]["id"] == "10007"
    with pytest.raises(EntryError, match="there is no customer 10008 in Minox"):
        keeper.lines(entry(debit("1300", customer="10008"), credit("4010")))
