"""The long table: every arrangement once, with what is needed to compare."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connector_kit.extract import PersonalDataPolicy
from tap_inlenersbeloning.documents import DOCUMENT_STREAMS, DocumentKeys, DocumentReader
from tap_inlenersbeloning.drift import Drift

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [stream.name for stream in DOCUMENT_STREAMS]


def lines(document: dict[str, Any]) -> list[dict[str, Any]]:
    reader = DocumentReader(PersonalDataPolicy(), streams=["remuneration_components"], drift=Drift())
    keys = DocumentKeys(company_id="c1", partner_id="p1", remuneration_id="r1")
    return [record for _, record in reader.records(document, keys)]


def test_every_arrangement_of_a_full_document_is_a_line(provider_specs: Path) -> None:
    path = provider_specs / "inlenersbeloning" / "samples_synthetic" / "remuneration_gen2_full.json"
    document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    found = lines(document)
    kinds = [line["kind"] for line in found]
    assert sorted(kinds) == sorted([
        *("allowance_component", "reimbursement", "travel_expense_component", "paid_break", "budget", "budget_item"),
        *("wage_increment", "wage_increment", "retroactive_wage_increment", "periodical", "holiday_allowance"),
        *("sick_pay_amount", "pension", "pension_arrangement", "sustainable_employability", "mandatory_education"),
        *("employment_condition", "public_holiday", "fixed", "one_time", "variable", "anniversary"),
        *("additional_security", "working_hours_reduction", "vacation_days", "special_leave"),
        *("additional_parental_leave", "mandatory_leave"),
    ])  # fmt: skip
    by_kind = {line["kind"]: line for line in found}
    ikb, item = by_kind["budget"], by_kind["budget_item"]
    assert (ikb["amount"], ikb["unit"], ikb["based_on"], ikb["interval"]) == (
        Decimal("17.05"),
        "Percentage",
        "GrossSalary",
        "Yearly",
    )
    assert (item["block"], item["stream"]) == ("individualChoiceBudget", "icb_items")
    assert by_kind["vacation_days"]["part_of_individual_choice_budget"] is False
    assert by_kind["public_holiday"]["type_label"] == "Nieuwjaarsdag"
    assert by_kind["mandatory_education"]["unit"] == "RequiredTime"
    assert by_kind["retroactive_wage_increment"]["raw"] == document["wageIncrements"]["retroactiveIncrementData"][0]
    assert by_kind["allowance_component"]["function_ids"] == ["022948c5-525d-4bfb-b5cf-80ea08ef692e"]


def test_a_component_has_the_name_of_its_allowance_and_an_allowance_without_components_is_a_line() -> None:
    allowances = [
        {
            "id": "a",
            "name": "Avonddienst",
            "typeCode": "Irregular",
            "conditions": "na achten",
            "allowanceComponents": [{"id": "x", "amount": 25}, {"amount": 50, "conditions": "na elven"}],
        },
        {"allowanceComponents": [{"id": "x", "amount": 10}], "id": "b/c", "name": "Nacht"},
        {"id": "d", "name": "Overwerk", "typeCode": "Overtime", "allowanceComponents": []},
    ]
    found = lines({"allowances": {"allowances": allowances}})
    shown = [(x["kind"], x["component_key"], x["id"], x["name"], x["amount"], x["conditions"]) for x in found]
    assert shown == [
        ("allowance_component", "a/x", "x", "Avonddienst", 25, "na achten"),
        ("allowance_component", "a/#2", None, "Avonddienst", 50, "na elven"),
        ("allowance_component", "b%2Fc/x", "x", "Nacht", 10, None),
        ("allowance", "d", "d", "Overwerk", None, None),
    ]
    assert found[3]["type_label"] == "Overwerk toeslag"


def test_a_budget_that_is_not_there_is_no_line() -> None:
    assert lines({"individualChoiceBudget": {"id": None, "hasIndividualChoiceBudget": False, "amount": 0}}) == []
    assert len(lines({"individualChoiceBudget": {"hasIndividualChoiceBudget": False, "amount": 8}})) == 1
    assert len(lines({"individualChoiceBudget": {"hasIndividualChoiceBudget": True, "amount": None}})) == 1


def test_a_row_that_is_no_object_is_kept_in_its_line() -> None:
    (line,) = lines({"holidayAllowances": ["acht procent"]})
    assert line["raw"] == {"$": "acht procent", "id": "acht procent"}
