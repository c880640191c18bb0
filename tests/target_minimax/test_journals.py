"""Entries become journals once, whatever happens on the way."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.identity import marker_is_valid
from connector_kit.posting.commands.rehearsal import rehearsal
from target_minimax.target import TargetMinimax

from tests.target_minimax.books import CHANGES_A_JOURNAL, Books, entry, line

CENTER = "110"
"""Code of an analytic of every simulated organisation."""


def test_an_entry_becomes_a_journal_with_ids_for_codes_and_our_mark(books: Books) -> None:
    lines = (
        line("4190", "100.50", cost_center=CENTER),
        line("1200", "-100.50", customer="D001", due_date="2026-03-15"),
    )
    ended = books.deliver("journal_entries", entry("PAY-1", *lines, description="Plače II"))
    assert (ended.code, ended.counts) == (0, {"received": 1, "success": 1}), ended.letters
    (journal,) = books.held("Journal")
    *words, mark = journal["Description"].split()
    assert (" ".join(words), marker_is_valid(mark)) == ("Plače II", True)
    assert journal["Status"] == books.simulator.switches.journal_status
    first, second = journal["JournalEntries"]
    assert [books.code("Account", row["Account"]) for row in (first, second)] == ["4190", "1200"]
    assert (first["Debit"], second["CreditInDomesticCurrency"]) == (Decimal("100.50"), Decimal("100.50"))
    assert str(second["DueDate"]) == "2026-03-15"
    assert (books.code("Analytic", first["Analytic"]), books.code("Customer", second["Customer"])) == (CENTER, "D001")
    assert not books.simulator.log.effects("members_ignored")


def test_a_new_journal_costs_two_calls_and_an_unchanged_one_none(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-0"))  # the ledger is not new any more
    ended = books.deliver("journal_entries", *(entry(f"PAY-{n}") for n in range(10)))
    assert (ended.counts["success"], ended.counts["existing"]) == (9, 1)
    assert ended.calls <= 9 * 2 + 9  # a new ledger looks for each once
    again = books.deliver("journal_entries", *(entry(f"PAY-{n}") for n in range(10)))
    assert (again.calls, again.counts["existing"]) == (0, 10)


@pytest.mark.parametrize("fault", ["reset_before", "reset_after"])
def test_a_journal_whose_answer_is_lost_is_booked_once(books: Books, fault: str) -> None:
    books.simulator.disturb("AddJournal", fault)
    for _ in range(3):
        ended = books.deliver("journal_entries", entry("PAY-1"))
    assert ended.code == 0, ended.error
    assert len(books.held("Journal")) == 1


CHANGED = entry("PAY-1", line("1000", "120.00"), line("7690", "-120.00"))


def _debits(journal: dict[str, Any]) -> list[Decimal]:
    return [row["Debit"] for row in journal["JournalEntries"]]


@CHANGES_A_JOURNAL
def test_a_changed_entry_is_rejected_with_what_differs_unless_it_may_be_updated(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    ended = books.deliver("journal_entries", CHANGED)
    assert ended.code == 10
    assert (ended.letters[0]["code"], list(ended.letters[0]["differences"])) == (
        "changed_after_booking",
        ["JournalEntries"],
    )
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert (ended.code, ended.counts["updated"]) == (0, 1), ended.letters
    (journal,) = books.held("Journal")
    assert _debits(journal) == [120, 0]


@CHANGES_A_JOURNAL
def test_lines_of_a_changed_entry_stay_the_same_rows_so_that_its_vat_entries_keep_theirs(books: Books) -> None:
    rows = [{"vat_rate": "S", "vat_base": Decimal("100.00"), "vat": Decimal("22.00")}]
    vat = {"vat_book": "IR", "document": "R-1", "journal_entry_external_id": "1", "vat_entry_rows": rows}
    own = {"vat_entries": [vat]}
    books.deliver("journal_entries", entry("PAY-1", minimax=own))
    (before,) = books.held("Journal")
    more = (line("1000", "120.00"), line("7690", "-100.00"), line("7690", "-20.00"))
    ended = books.deliver("journal_entries", entry("PAY-1", *more, minimax=own), on_changed="update")
    assert (ended.code, ended.counts["updated"]) == (0, 1), ended.letters
    (after,) = books.held("Journal")
    ids = [[row["JournalEntryId"] for row in journal["JournalEntries"]] for journal in (before, after)]
    assert (ids[1][:2], len(ids[1])) == (ids[0], 3)
    assert [one["JournalEntry"] for one in after["VatEntries"]] == [ids[0][0]]
    assert after["VatEntries"][0]["VatEntryId"] == before["VatEntries"][0]["VatEntryId"]
    fewer = (line("1000", "70.00"), line("7690", "-70.00"))
    ended = books.deliver("journal_entries", entry("PAY-1", *fewer, minimax=own), on_changed="update")
    assert len(books.held("Journal")[0]["JournalEntries"]) == 2


def test_what_a_person_has_edited_is_never_overwritten(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    (journal,) = books.held("Journal")
    books.edit("Journal", journal["JournalId"], Description=f"mine {journal['Description']}")
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert (ended.code, ended.letters[0]["code"]) == (10, "edited_at_provider")
    assert books.made("PUT") == []


@CHANGES_A_JOURNAL
def test_an_edit_between_our_look_and_our_change_is_never_overwritten(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    (journal,) = books.held("Journal")
    books.simulator.incidents.add(
        "edit_journal", "UpdateJournal", administration=books.number, journal=journal["JournalId"], Description="mine"
    )
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert (ended.code, ended.letters[0]["code"]) == (10, "edited_at_provider")
    (journal,) = books.held("Journal")
    assert (_debits(journal), journal["JournalEntries"][0]["Description"]) == ([100, 0], "mine")


def test_a_confirmed_journal_is_not_changed(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    (journal,) = books.held("Journal")
    books.simulator.portal.confirm_journal(books.number, journal["JournalId"])
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert (ended.code, ended.letters[0]["code"]) == (10, "edited_at_provider")
    assert books.made("PUT") == []


def test_a_changed_entry_can_be_taken_back_and_booked_anew(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"))
    ended = books.deliver("journal_entries", CHANGED, on_changed="reverse")
    assert ended.code == 0, ended.letters
    assert (books.organisation.balance("1000"), books.organisation.balance("7690")) == (120, -120)
    assert len(books.held("Journal")) == 3


RULES: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown account": (line("1", "100"), "unknown_account", "lines[0].account"),
    "no customer": (line("1200", "100"), "account_rule", "lines[0].customer"),
    "no analytic": (line("4190", "100"), "account_rule", "lines[0].cost_center"),
    "no employee": (line("1650", "100"), "account_rule", "lines[0].employee"),
    "wrong side": (line("2600", "100"), "account_rule", "lines[0].debit"),
    "customer forbidden": (
        line("4190", "100", customer="D001", cost_center=CENTER),
        "account_rule",
        "lines[0].customer",
    ),
    "closed account": (line("9900", "100"), "account_rule", "lines[0].account"),
    "unused account": (line("8999", "100"), "account_rule", "lines[0].account"),
    "ended account": (line("8998", "100"), "account_rule", "lines[0].account"),
    "unknown customer": (line("1000", "100", customer="X9"), "unknown_customer", "lines[0].customer"),
    "unknown employee": (line("1650", "100", employee="999"), "unknown_employee", "lines[0].employee"),
    "two analytics": (line("1000", "100", cost_center=CENTER, cost_unit="X"), "invalid_field", "lines[0].cost_unit"),
    "VAT on a line": (line("1000", "100", vat_code="S"), "vat", "lines[0].vat_code"),
}


def test_what_breaks_a_rule_is_rejected_before_anything_is_sent(books: Books) -> None:
    records = [entry(name, bad, line("1000", "-100")) for name, (bad, _, _) in RULES.items()]
    records.append(entry("no type", journal=None))
    records.append(entry("unknown type", journal="ZZ"))
    records.append(entry("not balanced", line("1000", "100"), line("7690", "-99.99")))
    records.append(entry("too long", description="x" * 231))
    ended = books.deliver("journal_entries", *records)
    reasons = {letter["key"]: (letter["code"], letter["field"]) for letter in ended.letters}
    assert reasons == {name: (code, field) for name, (_, code, field) in RULES.items()} | {
        "no type": ("missing_field", "journal"),
        "unknown type": ("unknown_journal_type", "journal"),
        "not balanced": ("unbalanced", None),
        "too long": ("invalid_field", "description"),
    }
    assert books.made("POST") == []


def test_all_problems_of_an_entry_are_named_together(books: Books) -> None:
    bad = (line("1", "100"), line("1200", "100"), line("4190", "-200"))
    (letter,) = books.deliver("journal_entries", entry("J", *bad, journal="ZZ")).letters
    for part in ("journal", "lines[0].account", "lines[1].customer", "lines[2].cost_center"):
        assert part in letter["message"]


def test_lines_that_come_one_by_one_become_one_journal(books: Books) -> None:
    whole = {
        "entry_key": "PAY-1",
        "date": "2026-02-28",
        "journal": "OP",
        "line_count": 2,
        "entry_total": Decimal("100.00"),
    }
    lines = [line("1000", "100.00"), line("7690", "-100.00")]
    records = [whole | {"line_no": place} | one for place, one in enumerate(lines, start=1)]
    ended = books.deliver("journal_entry_lines", *records)
    assert ended.code == 0, ended.letters
    assert len(books.held("Journal")) == 1


def test_vat_entries_go_with_the_journal(books: Books) -> None:
    vat = {
        "vat_book": "IR",
        "document": "R-1",
        "journal_entry_external_id": "1",
        "vat_entry_rows": [{"vat_rate": "S", "vat_base": Decimal("100.00"), "vat": Decimal("22.00")}],
    }
    ended = books.deliver("journal_entries", entry("D-1", minimax={"vat_entries": [vat]}))
    assert ended.code == 0, ended.letters
    (journal,) = books.held("Journal")
    (held,) = journal["VatEntries"]
    assert held["JournalEntry"] == journal["JournalEntries"][0]["JournalEntryId"]
    assert held["VatEntryRows"][0]["VatBase"] == 100


def test_the_budget_stops_cleanly_and_the_next_run_goes_on(books: Books) -> None:
    records = [entry(f"PAY-{n}") for n in range(4)]
    ended = books.deliver("journal_entries", *records, budget_day=12)
    assert ended.counts.get("deferred", 0) > 0
    assert ended.calls <= 12
    ended = books.deliver("journal_entries", *records, budget_day=1000)
    assert ended.code == 0, ended.error
    assert len(books.held("Journal")) == 4


@CHANGES_A_JOURNAL
def test_journal_rows_of_the_month_are_counted_and_entries_beyond_them_wait(books: Books) -> None:
    records = [entry(f"PAY-{n}") for n in range(3)]
    ended = books.deliver("journal_entries", *records, journal_rows_month=5)
    assert (ended.code, ended.counts["success"], ended.counts["deferred"]) == (12, 2, 1), ended.error
    assert "journal_rows_spent" in ended.log
    assert "4 of 5 are written" in ended.log
    assert len(books.held("Journal")) == 2
    changed = CHANGED | {"key": "PAY-0"}
    ended = books.deliver("journal_entries", changed, *records[1:], on_changed="update", journal_rows_month=8)
    assert (ended.code, ended.counts) == (0, {"received": 3, "success": 1, "existing": 1, "updated": 1}), ended.error
    assert books.simulator.backend.budget.journal_rows(books.number) == 8
    ended = books.deliver("journal_entries", entry("PAY-9"), journal_rows_month=8)
    assert (ended.code, len(books.made("POST"))) == (12, 3)


def test_a_plan_knows_that_rows_are_used_up_and_counts_none(books: Books) -> None:
    books.deliver("journal_entries", entry("PAY-1"), journal_rows_month=3)
    messages = books.messages([("journal_entries", entry(f"PAY-{n}")) for n in (1, 2)])
    with rehearsal(TargetMinimax, books.config(journal_rows_month=3), messages) as played:
        assert [str(one.action) for one in played.planned] == ["skip", "defer"]
    assert books.deliver("journal_entries", entry("PAY-2"), journal_rows_month=4).code == 0


@CHANGES_A_JOURNAL
def test_an_entry_whose_version_could_not_be_read_is_changed_once_it_was_read(books: Books) -> None:
    books.simulator.disturb("GetJournal", "status", status=500, times=None)
    ended = books.deliver("journal_entries", entry("PAY-1"))
    assert (ended.code, ended.counts["success"]) == (0, 1)
    books.simulator.faults.clear()
    looked = books.deliver("journal_entries", entry("PAY-1"), on_changed="update")
    assert (looked.calls, looked.counts["existing"]) == (1, 1)
    assert books.deliver("journal_entries", entry("PAY-1"), on_changed="update").calls == 0
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert (ended.code, ended.counts.get("updated")) == (0, 1), ended.letters
    assert _debits(books.held("Journal")[0]) == [120, 0]


def test_an_entry_whose_version_was_never_read_and_that_a_person_has_edited_is_not_changed(books: Books) -> None:
    books.simulator.disturb("GetJournal", "status", status=500, times=None)
    books.deliver("journal_entries", entry("PAY-1"))
    books.simulator.faults.clear()
    (journal,) = books.held("Journal")
    books.simulator.portal.edit_journal(books.number, journal["JournalId"], Debit=Decimal(99))
    ended = books.deliver("journal_entries", CHANGED, on_changed="update")
    assert ended.code == 10
    assert books.made("PUT") == []


@pytest.mark.parametrize("country", ["HR", "RS"])
def test_ids_and_currency_are_those_of_the_country(open_books: Callable[..., Books], country: str) -> None:
    books = open_books(localisation=country)
    assert books.deliver("journal_entries", entry("PAY-1")).code == 0
    (journal,) = books.held("Journal")
    used = {books.code("Currency", row["Currency"]) for row in journal["JournalEntries"]}
    assert used == {"RSD" if country == "RS" else "EUR"}


def test_what_minimax_holds_can_be_compared_line_by_line(books: Books) -> None:
    lines = (line("4190", "10.00", cost_center=CENTER), line("1000", "-10.00"))
    books.deliver("journal_entries", entry("PAY-1", *lines), entry("LATER", *lines, date="2026-03-01"))
    journal = books.held("Journal")[0]
    messages = books.messages([("journal_entries", entry("PAY-1"))])
    with rehearsal(TargetMinimax, books.config(), messages) as played:
        assert played.held is not None
        held = list(played.held.lines("2026-02"))
        balance = played.held.trial_balance("2026-02")
        (planned,) = played.planned
    assert {(one.account, one.debit, one.credit, one.cost_center, one.journal) for one in held} == {
        ("4190", Decimal("10.00"), Decimal("0.00"), CENTER, "OP"),
        ("1000", Decimal("0.00"), Decimal("10.00"), None, "OP"),
    }
    assert {one.booking for one in held} == {str(journal["JournalId"])}
    assert balance["4190"].debit == Decimal("10.00")
    assert [(one.account, one.period) for one in planned.lines] == [("1000", "2026-02"), ("7690", "2026-02")]
