"""Entries become journals once, whatever happens on the way."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books.identity import marker_is_valid
from connector_kit.posting.commands.rehearsal import rehearsal
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import Books, entry, line
from tests.target_minimax.small_minimax import organisation, serving


def test_an_entry_becomes_a_journal_with_ids_for_codes_and_our_mark(books: Books) -> None:
    lines = (line("4000", "100.50", cost_center="SM1"), line("1200", "-100.50", customer="K1", due_date="2026-03-15"))
    ended = books.deliver("journal_entries", entry("PAY-1", *lines, description="Plače februar"))
    assert (ended.code, ended.counts) == (0, {"received": 1, "success": 1}), ended.letters
    (journal,) = books.minimax.held("journals")
    *words, mark = journal["Description"].split()
    assert (" ".join(words), marker_is_valid(mark)) == ("Plače februar", True)
    first, second = journal["JournalEntries"]
    codes = {row["AccountId"]: row["Code"] for row in books.minimax.held("accounts")}
    assert [codes[row["Account"]["ID"]] for row in (first, second)] == ["4000", "1200"]
    assert (first["Debit"], second["CreditInDomesticCurrency"]) == (100.5, 100.5)
    assert (second["DueDate"], second["Customer"]["ID"]) == (
        "2026-03-15",
        books.minimax.held("customers")[0]["CustomerId"],
    )


def test_a_new_journal_costs_two_calls_and_an_unchanged_one_none(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-0"))  # the ledger is not new any more
    ended = books.deliver("journal_entries", *(entry(f"PAY-{n}") for n in range(10)))
    assert (ended.counts["success"], ended.counts["existing"]) == (9, 1)
    assert ended.calls <= 9 * 2 + 9  # a new ledger looks for each once
    again = books.deliver("journal_entries", *(entry(f"PAY-{n}") for n in range(10)))
    assert (again.calls, again.counts["existing"]) == (0, 10)


@pytest.mark.parametrize("wish", ["lose before", "lose after"])
def test_a_journal_whose_answer_is_lost_is_booked_once(books: Books, wish: str) -> None:
    lost: list[str] = []

    def once(method: str, path: str) -> str | None:
        if method == "POST" and not lost:
            lost.append(path)
            return wish
        return None

    books.minimax.interfere = once
    for _ in range(3):
        ended = books.deliver("journal_entries", entry("PAY-1"))
    assert ended.code == 0, ended.error
    assert len(books.minimax.held("journals")) == 1


def test_a_changed_entry_is_rejected_with_what_differs_unless_it_may_be_updated(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    changed = entry("PAY-1", line("4700", "120.00"), line("2500", "-120.00"))
    ended = books.deliver("journal_entries", changed)
    assert ended.code == 10
    assert (ended.letters[0]["code"], list(ended.letters[0]["differences"])) == (
        "changed_after_booking",
        ["JournalEntries"],
    )
    ended = books.deliver("journal_entries", changed, on_changed="update")
    assert (ended.code, ended.counts["updated"]) == (0, 1), ended.letters
    (journal,) = books.minimax.held("journals")
    assert [row["Debit"] for row in journal["JournalEntries"]] == [120, 0]


def test_what_a_person_has_edited_is_never_overwritten(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    (number,) = books.minimax.tables["journals"]
    text = books.minimax.held("journals")[0]["Description"]
    books.minimax.edit("journals", number, Description=f"mine {text}")
    changed = entry("PAY-1", line("4700", "120.00"), line("2500", "-120.00"))
    ended = books.deliver("journal_entries", changed, on_changed="update")
    assert (ended.code, ended.letters[0]["code"]) == (10, "edited_at_provider")
    assert books.minimax.made("PUT") == []


def test_an_edit_between_our_look_and_our_change_is_never_overwritten(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    (number,) = books.minimax.tables["journals"]

    def faster(method: str, path: str) -> None:  # as the hook wants it
        if method == "PUT":
            books.minimax.edit("journals", number, JournalDate="2026-02-27")

    books.minimax.interfere = faster
    changed = entry("PAY-1", line("4700", "120.00"), line("2500", "-120.00"))
    ended = books.deliver("journal_entries", changed, on_changed="update")
    assert (ended.code, ended.letters[0]["code"]) == (10, "edited_at_provider")
    (journal,) = books.minimax.held("journals")
    assert journal["JournalEntries"][0]["Debit"] == 100


def test_a_changed_entry_can_be_taken_back_and_booked_anew(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    changed = entry("PAY-1", line("4700", "120.00"), line("2500", "-120.00"))
    ended = books.deliver("journal_entries", changed, on_changed="reverse")
    assert ended.code == 0, ended.letters
    sums: dict[int, Decimal] = {}
    for journal in books.minimax.held("journals"):
        for row in journal["JournalEntries"]:
            number = row["Account"]["ID"]
            sums[number] = sums.get(number, Decimal(0)) + Decimal(str(row["Debit"])) - Decimal(str(row["Credit"]))
    assert sorted(sums.values()) == [-120, 120]
    assert len(books.minimax.held("journals")) == 3


RULES: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown account": (line("1", "100"), "unknown_account", "lines[0].account"),
    "no customer": (line("1200", "100"), "account_rule", "lines[0].customer"),
    "no analytic": (line("4000", "100"), "account_rule", "lines[0].cost_center"),
    "wrong side": (line("2600", "100"), "account_rule", "lines[0].debit"),
    "customer forbidden": (line("2600", "100", customer="K1"), "account_rule", "lines[0].debit"),
    "closed account": (line("9999", "100"), "account_rule", "lines[0].account"),
    "unknown customer": (line("4700", "100", customer="X9"), "unknown_customer", "lines[0].customer"),
    "VAT on a line": (line("4700", "100", vat_code="S"), "vat", "lines[0].vat_code"),
}


def test_what_breaks_a_rule_is_rejected_before_anything_is_sent(books: Books) -> None:
    records = [entry(name, bad, line("2500", "-100")) for name, (bad, _, _) in RULES.items()]
    records.append(entry("no type", journal=None))
    records.append(entry("foreign", currency="USD"))
    ended = books.deliver("journal_entries", *records)
    reasons = {letter["key"]: (letter["code"], letter["field"]) for letter in ended.letters}
    assert reasons == {name: (code, field) for name, (_, code, field) in RULES.items()} | {
        "no type": ("missing_field", "journal"),
        "foreign": ("currency", "currency"),
    }
    assert books.minimax.made("POST") == []


def test_lines_that_come_one_by_one_become_one_journal(books: Books) -> None:
    whole = {
        "entry_key": "PAY-1",
        "date": "2026-02-28",
        "journal": "OP",
        "line_count": 2,
        "entry_total": Decimal("100.00"),
    }
    lines = [line("4700", "100.00"), line("2500", "-100.00")]
    records = [whole | {"line_no": place} | one for place, one in enumerate(lines, start=1)]
    ended = books.deliver("journal_entry_lines", *records)
    assert ended.code == 0, ended.letters
    assert len(books.minimax.held("journals")) == 1


def test_vat_entries_go_with_the_journal(books: Books) -> None:
    vat = {
        "vat_book": "IR",
        "document": "R-1",
        "journal_entry_external_id": "1",
        "vat_entry_rows": [{"vat_rate": "S", "vat_base": Decimal("100.00"), "vat": Decimal("22.00")}],
    }
    ended = books.deliver("journal_entries", entry("D-1", minimax={"vat_entries": [vat]}))
    assert ended.code == 0, ended.letters
    (journal,) = books.minimax.held("journals")
    assert journal["VatEntries"][0]["JournalEntryExternalId"] == journal["JournalEntries"][0]["ExternalId"]
    assert journal["VatEntries"][0]["VatEntryRows"][0]["VatBase"] == 100


def test_the_budget_stops_cleanly_and_the_next_run_goes_on(books: Books) -> None:
    records = [entry(f"PAY-{n}") for n in range(4)]
    ended = books.deliver("journal_entries", *records, budget_day=12)
    assert ended.counts.get("deferred", 0) > 0
    assert ended.calls <= 12
    ended = books.deliver("journal_entries", *records, budget_day=1000)
    assert ended.code == 0, ended.error
    assert len(books.minimax.held("journals")) == 4


@pytest.fixture
def open_books(tmp_path: Path) -> Iterator[Callable[[str], Books]]:
    with ExitStack() as running:

        def start(country: str) -> Books:
            minimax = running.enter_context(serving(organisation(country)))
            return Books(minimax, tmp_path, {"localisation": country})

        yield start


@pytest.mark.parametrize("country", ["HR", "RS"])
def test_ids_and_currency_are_those_of_the_country(open_books: Callable[[str], Books], country: str) -> None:
    books = open_books(country)
    assert books.deliver("journal_entries", entry("PAY-1")).code == 0
    (journal,) = books.minimax.held("journals")
    currencies = {row["CurrencyId"]: row["Code"] for row in books.minimax.held("currencies")}
    used = {currencies[row["Currency"]["ID"]] for row in journal["JournalEntries"]}
    assert used == {"RSD" if country == "RS" else "EUR"}


def test_what_minimax_holds_can_be_compared_line_by_line(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1", line("4000", "10.00", cost_center="SM1"), line("2500", "-10.00")))
    (journal,) = books.minimax.held("journals")
    for row in journal["JournalEntries"]:
        head = {"Journal": {"ID": journal["JournalId"]}, "JournalType": journal["JournalType"]}
        books.minimax.add("journals/journal-entries", **head, JournalDate="2026-02-28T00:00:00", **row)
    books.minimax.add("journals/journal-entries", JournalDate="2026-03-01T00:00:00")  # a filter that is ignored
    messages = books.messages([("journal_entries", entry("PAY-1"))])
    with rehearsal(TargetMinimax, books.config(), messages) as played:
        assert played.held is not None
        lines = list(played.held.lines("2026-02"))
        balance = played.held.trial_balance("2026-02")
        (planned,) = played.planned
    assert {(one.account, one.debit, one.credit, one.cost_center, one.journal) for one in lines} == {
        ("4000", Decimal("10.00"), Decimal("0.00"), "SM1", "OP"),
        ("2500", Decimal("0.00"), Decimal("10.00"), None, "OP"),
    }
    assert {one.booking for one in lines} == {str(journal["JournalId"])}
    assert balance["4000"].debit == Decimal("10.00")
    assert [(one.account, one.period) for one in planned.lines] == [("4700", "2026-02"), ("2500", "2026-02")]
