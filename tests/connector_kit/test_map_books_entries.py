"""What the mapping does to entries: nothing is dropped, nothing is rounded."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.books.journal import JournalEntry
from connector_kit.errors import SettingError
from connector_kit.mapping.entries import EntryMapping, GroupLines, Tally
from connector_kit.mapping.tables import AccountRow
from connector_kit.mapping.templates import ENTRY_PLACEHOLDERS, LINE_PLACEHOLDERS, Template, joined, shortened
from hypothesis import given
from hypothesis import strategies as st

amounts = st.integers(-(10**12), 10**12).map(lambda cents: Decimal(cents).scaleb(-2))
lines = st.fixed_dictionaries(
    {"account": st.sampled_from(["4000", "4010", "1720"]), "amount": amounts, "credit_side": st.booleans()},
    optional={
        "cost_center": st.sampled_from(["10", "20", None]),
        "cost_unit": st.sampled_from(["A", None]),
        "description": st.sampled_from(["Salary", "Holiday pay", " "]),
        "invoice_number": st.sampled_from(["1", "2"]),
    },
)


def entry(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"key": "run-17", "date": "2026-01-31", "lines": list(items)} | members


def mapped(record: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return EntryMapping(**settings).map(record, Tally())


def drawn(line: dict[str, Any]) -> dict[str, Any]:
    """A line of a source, whose amount may stand on either side with either sign."""
    side = "credit" if line["credit_side"] else "debit"
    return {name: value for name, value in line.items() if name not in {"amount", "credit_side"}} | {
        side: line["amount"]
    }


def sums(items: list[dict[str, Any]], *names: str) -> dict[tuple[Any, ...], Decimal]:
    """Totals by account and more, debit and credit apart; what is zero does not count."""
    result: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for line in items:
        amount = Decimal(line.get("debit") or 0) - Decimal(line.get("credit") or 0)
        result[(amount < 0, *(line.get(name) for name in names))] += amount
    return {key: amount for key, amount in result.items() if amount}


@given(st.lists(lines, max_size=25), st.sampled_from(["account", "account_and_cost_center"]))
def test_grouping_preserves_the_totals(drawn_lines: list[dict[str, Any]], group_lines: GroupLines) -> None:
    source = [drawn(line) for line in drawn_lines]
    result = mapped(entry(*source), group_lines=group_lines)["lines"]
    names = ["account", "invoice_number"]
    names += ["cost_center", "cost_unit"] if group_lines == "account_and_cost_center" else []
    assert sums(result, *names) == sums(source, *names)
    keys = [(line["debit"] == 0 and line["credit"] > 0, *(line[name] for name in names)) for line in result]
    assert len(keys) == len(set(keys))


@given(st.lists(lines, min_size=1, max_size=25), st.sampled_from(["none", "account", "account_and_cost_center"]))
def test_a_balanced_entry_stays_balanced(drawn_lines: list[dict[str, Any]], group_lines: GroupLines) -> None:
    source = [drawn(line) for line in drawn_lines]
    balance = sum(sums(source).values())
    record = entry(
        *source, {"account": "1720", "credit": balance}, {"account": "1", "debit": 1}, {"account": "1", "credit": 1}
    )
    plain = JournalEntry.from_record(record)
    grouped = JournalEntry.from_record(mapped(record, group_lines=group_lines))
    assert grouped.total == plain.total


def test_grouping_keeps_what_all_lines_of_a_group_share() -> None:
    shared = {"account": "4000", "employee": "7", "cost_center": "10"}
    result = mapped(
        entry(
            shared | {"debit": "1.10", "description": "Salary", "raw": {"a": 1}},
            shared | {"debit": "2.20", "description": "Holiday pay", "employee": "8"},
            shared | {"debit": "3.30", "description": "Salary"},
        ),
        group_lines="account",
    )["lines"]
    assert result == [
        {
            "account": "4000",
            "debit": Decimal("6.60"),
            "credit": Decimal("0.00"),
            "description": "Salary, Holiday pay",
            "cost_center": "10",
            "cost_unit": None,
            "employee": None,
            "customer": None,
            "supplier": None,
            "vat_code": None,
            "invoice_number": None,
            "due_date": None,
        }
    ]


def test_an_entry_with_a_line_that_is_not_understood_is_not_grouped() -> None:
    source = [{"account": "4000", "debit": Decimal(1)}, {"account": "4000", "debit": Decimal("0.005")}]
    assert len(mapped(entry(*source), group_lines="account")["lines"]) == 2


def test_accounts_are_found_by_text_with_leading_zeros_and_without_blanks() -> None:
    accounts = {"0400": AccountRow(account="04000"), "400": AccountRow(account="4001")}
    codes = [" 0400 ", "400", 400, "4000"]
    result = mapped(entry(*({"account": code, "debit": 1} for code in codes)), accounts=accounts)
    assert [line["account"] for line in result["lines"]] == ["04000", "4001", "4001", "4000"]


@pytest.mark.parametrize(
    ("to_fallback", "expected"), [(False, ["40", "9999", "2990", "2990"]), (True, ["40", "2990", "2990", "2990"])]
)
def test_the_fallback_is_for_missing_accounts_and_for_unmapped_ones_if_asked(
    *, to_fallback: bool, expected: list[str]
) -> None:
    tally = Tally()
    mapping = EntryMapping(
        accounts={"4": AccountRow(account="40")}, fallback_account="2990", unmapped_to_fallback=to_fallback
    )
    record = entry(*({"account": code, "debit": 1} for code in ["4", "9999", None, " "]), {"debit": 1})
    assert [line["account"] for line in mapping.map(record, tally)["lines"]] == [*expected, "2990"]
    assert tally.fallbacks == (4 if to_fallback else 3)
    assert tally.unmapped_accounts == {"9999": 1}


def test_a_default_cost_center_goes_to_the_accounts_kept_by_cost_center_only() -> None:
    result = mapped(
        entry(
            {"account": "4000", "debit": 1},
            {"account": "4000", "debit": 1, "cost_center": "KP10"},
            {"account": "4100", "debit": 1},
            {"account": "1720", "credit": 3},
            {"account": "0720", "debit": 1},
        ),
        accounts={"4100": AccountRow(account="4100", cost_center="500"), "0720": AccountRow(account="7200")},
        cost_centers={"KP10": "110"},
        default_cost_center="999",
        cost_center_accounts=("4*", "7200"),
    )
    assert [line.get("cost_center") for line in result["lines"]] == ["999", "110", "500", None, "999"]


def test_members_that_the_mapping_does_not_know_stay() -> None:
    record = entry({"account": "4000", "debit": 1, "raw": {"x": 1}}, minox={"entry_number": 3})
    result = mapped(record)
    assert result["minox"] == {"entry_number": 3}
    assert result["lines"][0]["raw"] == {"x": 1}


def test_the_record_that_came_in_is_not_changed() -> None:
    record = entry({"account": " 0400", "debit": "1"})
    mapped(record, accounts={"0400": AccountRow(account="4000")}, journal="LOON", group_lines="account")
    assert record == entry({"account": " 0400", "debit": "1"})


def test_a_template_leaves_nothing_behind_for_a_missing_field() -> None:
    template = Template("{{Run}} {reference} {description}", placeholders=ENTRY_PLACEHOLDERS, setting="t")
    assert template.fill({"reference": 17, "description": "  Januari "}) == "{Run} 17 Januari"
    assert template.fill({}) == "{Run}"
    assert Template("{period}", placeholders=ENTRY_PLACEHOLDERS, setting="t").fill({}) is None


@pytest.mark.parametrize(
    "text", ["{name}", "{}", "{date:%Y}", "{key!r}", "{key.__class__}", "{key[0]}", "{key", "key}"]
)
def test_a_wrong_template_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(SettingError, match=r"^description_template: "):
        Template(text, placeholders=ENTRY_PLACEHOLDERS, setting="description_template")


def test_a_line_without_description_does_not_take_that_of_the_entry() -> None:
    template = Template("{reference}: {description}", placeholders=LINE_PLACEHOLDERS, setting="t")
    items = [{"account": None, "debit": 1}, {"account": "1720", "credit": 1, "description": "Net"}]
    result = mapped(entry(*items, reference="17", description="January"), line_description=template)
    assert [line["description"] for line in result["lines"]] == ["17:", "17: Net"]
    assert result["description"] == "January"


def test_descriptions_are_joined_as_far_as_they_fit() -> None:
    texts = ["Salary", "Holiday pay", "Salary", "Pension", "Travel"]
    assert joined(texts, length_max=None) == "Salary, Holiday pay, Pension, Travel"
    assert joined(texts, length_max=30) == "Salary, Holiday pay, +2"
    assert joined(texts, length_max=10) == "Salary, +3"
    assert joined([], length_max=10) is None
    assert shortened("Salary of January", length_max=10) == "Salary..."


@given(st.lists(st.text(min_size=1, max_size=30), max_size=12), st.integers(10, 60))
def test_no_description_is_longer_than_allowed(descriptions: list[str], length_max: int) -> None:
    record = entry(*({"account": "4000", "debit": 1, "description": text} for text in descriptions))
    result = mapped(record, group_lines="account", description_length_max=length_max)
    assert all(len(line["description"] or "") <= length_max for line in result["lines"])
