"""A journal entry that does not balance cannot be constructed, and a refusal says where, not what."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.entry_errors import Problems
from connector_kit.books.journal import EntryError, JournalEntry, JournalLine, UnbalancedEntryError
from hypothesis import given
from hypothesis import strategies as st

amounts = st.integers(1, 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


def record(*lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    balanced = ({"account": "4000", "debit": Decimal("100.00")}, {"account": "1720", "credit": Decimal("100.00")})
    return {"key": "2026-01/7", "date": "2026-01-31", "lines": list(lines or balanced)} | members


def refusal(entry: dict[str, Any]) -> EntryError:
    with pytest.raises(EntryError) as caught:
        JournalEntry.from_record(entry)
    return caught.value


def test_a_record_becomes_an_entry() -> None:
    entry = JournalEntry.from_record(
        record(
            {"account": "0400", "debit": "1289.12", "cost_center": "KP10", "description": " Brutoloon "},
            {"account": 1720, "debit": None, "credit": Decimal("1289.12"), "due_date": "2026-02-15"},
            reference=17,
            fiscal_year="2026",
            period=1,
            minox={"entry_number": 3},
            unknown="ignored",
        )
    )
    assert entry.date == date(2026, 1, 31)
    assert entry.total == Decimal("1289.12")
    assert [line.account for line in entry.lines] == ["0400", "1720"]
    assert entry.lines[0].description == "Brutoloon"
    assert entry.lines[1].due_date == date(2026, 2, 15)
    assert (entry.reference, entry.fiscal_year, entry.period, entry.currency) == ("17", 2026, 1, "EUR")
    assert dict(entry.provider_fields) == {"minox": {"entry_number": 3}}
    assert JournalEntry.from_record(entry.to_record()) == entry


@given(st.lists(amounts, min_size=1, max_size=20))
def test_a_balanced_entry_is_read_and_written_without_change(debits: list[Decimal]) -> None:
    lines = [{"account": "4000", "debit": amount} for amount in debits]
    entry = JournalEntry.from_record(record(*lines, {"account": "1720", "credit": sum(debits)}))
    assert entry.total == sum(debits)
    assert JournalEntry.from_record(entry.to_record()) == entry


@given(st.lists(amounts, min_size=1, max_size=20))
def test_negative_amounts_are_those_of_the_other_side(debits: list[Decimal]) -> None:
    total = sum(debits)
    plain = [{"account": "4000", "debit": amount} for amount in debits] + [{"account": "1720", "credit": total}]
    swapped = [{"account": "4000", "credit": -amount} for amount in debits] + [{"account": "1720", "debit": -total}]
    assert JournalEntry.from_record(record(*swapped)) == JournalEntry.from_record(record(*plain))


@given(st.lists(amounts, min_size=1, max_size=8), st.integers(-(10**6), 10**6).filter(bool))
def test_a_cent_too_much_is_refused_and_named(debits: list[Decimal], cents: int) -> None:
    difference = Decimal(cents).scaleb(-2)
    lines = [{"account": "4000", "debit": amount} for amount in [*debits, Decimal(10**6)]]
    error = refusal(record(*lines, {"account": "1720", "credit": sum(debits) + 10**6 - difference}))
    assert isinstance(error, UnbalancedEntryError)
    assert error.difference == difference
    side = "debit exceeds credit" if cents > 0 else "credit exceeds debit"
    assert str(error) == f"entry 2026-01/7: {side} by {abs(difference)}"


def test_an_unbalanced_entry_cannot_be_constructed_either() -> None:
    lines = (JournalLine(account="4000", debit=Decimal(5)), JournalLine(account="1720", credit=Decimal("4.99")))
    with pytest.raises(UnbalancedEntryError, match=r"entry K: debit exceeds credit by 0\.01"):
        JournalEntry(key="K", date=date(2026, 1, 31), lines=lines)


@pytest.mark.parametrize(
    "members",
    [{}, {"debit": 1, "credit": 1}, {"debit": -1}, {"debit": Decimal("0.001")}, {"debit": 1, "account": ""}],
)
def test_a_line_has_one_positive_side_and_an_account(members: dict[str, Any]) -> None:
    with pytest.raises(EntryError):
        JournalLine(**({"account": "4000"} | members))


def test_lines_without_an_amount_are_left_out() -> None:
    empty = {"account": None, "debit": 0, "credit": Decimal("0.000")}
    entry = JournalEntry.from_record(record(empty, *record()["lines"], empty))
    assert len(entry.lines) == 2


@pytest.mark.parametrize(
    ("entry", "code", "field"),
    [
        (record(key=None), "missing_key", "key"),
        (record(key="  "), "missing_key", "key"),
        (record(key=1.5), "invalid_field", "key"),
        (record(date=None), "missing_field", "date"),
        (record(date="31-01-2026"), "invalid_field", "date"),
        (record(date="2026-02-30"), "invalid_field", "date"),
        (record(date="2026-01-31T23:00:00Z"), "invalid_field", "date"),
        (record(date=20260131), "invalid_field", "date"),
        (record(period="one"), "invalid_field", "period"),
        (record(currency="euro"), "invalid_field", "currency"),
        (record(description=["x"]), "invalid_field", "description"),
        (record(description="\ud800"), "invalid_field", "description"),
        (record(lines=[]), "no_lines", "lines"),
        (record(lines=None), "no_lines", "lines"),
        (record(lines="x"), "invalid_field", "lines"),
        (record({"account": "1", "debit": 0}), "no_lines", "lines"),
        (record({"account": "1", "debit": 1}, "x"), "invalid_field", "lines[1]"),  # type: ignore[arg-type]
        (record({"account": "1", "debit": 1}, {"account": None, "credit": 1}), "missing_account", "lines[1].account"),
        (record({"account": "1"}), "missing_field", "lines[0].debit"),
        (record({"account": "1", "debit": 1.1}), "invalid_field", "lines[0].debit"),
        (record({"account": "1", "debit": 1, "credit": 1}), "invalid_field", "lines[0].credit"),
        (record({"account": "1", "debit": 1, "credit": "1,5"}), "invalid_field", "lines[0].credit"),
        (record({"account": "1", "debit": 1, "due_date": "soon"}), "invalid_field", "lines[0].due_date"),
    ],
)
def test_a_refusal_has_a_code_and_names_the_field(entry: dict[str, Any], code: str, field: str) -> None:
    error = refusal(entry)
    assert (error.code, error.field) == (code, field)
    assert error.entry == (None if field == "key" else "2026-01/7")
    assert "\n" not in str(error)


def test_a_missing_account_names_the_line_as_people_count() -> None:
    error = refusal(record({"account": "1", "debit": 1}, {"account": " ", "credit": 1}))
    assert str(error) == "entry 2026-01/7, lines[1].account: line 2 has no ledger account"


@pytest.mark.parametrize(
    "broken",
    [
        {"debit": "4711.999"},
        {"debit": 4711, "credit": 4711},
        {"debit": 4711, "due_date": "123456782"},
        {"debit": 4711, "account": None},
    ],
)
def test_a_refusal_shows_no_description_and_no_amount(broken: dict[str, Any]) -> None:
    line = {"account": "4000", "description": "Jansen 123456782"} | broken
    text = str(refusal(record(line, description="Jansen 123456782")))
    assert not [secret for secret in ("Jansen", "123456782", "4711") if secret in text]


def test_a_key_cannot_break_or_flood_a_log_line() -> None:
    text = str(refusal(record(key="a\nb\x1b[31m\u202e" + "x" * 5000, date=None)))
    assert text.isprintable()
    assert len(text) < 300


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 29),
        datetime(2026, 3, 29, tzinfo=UTC),
        "2026-03-29",
        "2026-03-29T00:00:00",
        "2026-03-29T00:00:00+01:00",
        "2026-03-29 00:00:00.000Z",
    ],
)
def test_a_midnight_keeps_its_day(day: object) -> None:
    assert JournalEntry.from_record(record(date=day)).date == date(2026, 3, 29)


def test_an_entry_does_not_change_with_the_record_it_came_from() -> None:
    provider_fields = {"entry_number": 3}
    source = record(minox=provider_fields)
    entry = JournalEntry.from_record(source)
    source["minox"] = {}
    source["lines"].clear()
    assert entry.provider_fields["minox"] == {"entry_number": 3}
    assert len(entry.lines) == 2
    assert isinstance(hash(entry), int)


def test_the_same_problem_of_many_lines_is_said_once() -> None:
    problems = Problems()
    for index in range(20):
        problems.add("unknown_account", f"lines[{index}].account", "ledger account 9 does not exist")
    problems.add("unknown_journal", "journal", "does not exist")

    error = problems.combined("k")

    assert str(error) == (
        "entry k, lines[0].account: ledger account 9 does not exist "
        "(also lines[1].account, lines[2].account, lines[3].account and 16 more); journal: does not exist"
    )
    assert error.code == "unknown_account"
