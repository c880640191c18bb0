"""What becomes of a document: keys, columns that are resolved in the open, what has no column, personal data."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.extract import PersonalDataPolicy
from tap_inlenersbeloning.documents import DOCUMENT_STREAMS, DocumentKeys, DocumentReader, lender_version
from tap_inlenersbeloning.drift import Drift

Document = dict[str, Any]
NAMES = [stream.name for stream in DOCUMENT_STREAMS]
KEYS = DocumentKeys(company_id="c1", partner_id="p1", remuneration_id="r1")


class Converted:
    """The records of a document, and what was noted."""

    def __init__(self, document: Document, streams: list[str] | None = None, **policy: Any) -> None:
        self.drift = Drift()
        reader = DocumentReader(PersonalDataPolicy(**policy), streams=streams or NAMES, drift=self.drift)
        self.all = list(reader.records(document, KEYS))

    def rows(self, stream: str) -> list[dict[str, Any]]:
        return [record for name, record in self.all if name == stream]

    def row(self, stream: str) -> dict[str, Any]:
        (record,) = self.rows(stream)
        return record

    @property
    def header(self) -> dict[str, Any]:
        return self.row("remunerations")

    @property
    def report(self) -> dict[str, Any]:
        return self.drift.report()


def groups(*found: Any) -> Document:
    return {"id": "r1", "lenderVersion": 3, "functionGroups": list(found)}


def steps(*found: Any) -> list[dict[str, Any]]:
    return Converted(groups({"id": "g", "steps": list(found)})).rows("salary_steps")


# Keys


def test_child_rows_carry_the_keys_of_all_they_are_in() -> None:
    row = Converted(groups({"id": "g", "steps": [{"index": 1}]})).row("salary_steps")
    keys = {
        "company_id": "c1",
        "partner_id": "p1",
        "remuneration_id": "r1",
        "lender_version": 3,
        "function_group_id": "g",
        "index": 1,
    }
    assert row.items() >= keys.items()


def test_a_row_without_id_has_its_place_as_key_and_a_double_one_a_number_behind_it() -> None:
    found = Converted(groups({"id": "g"}, {"code": "7"}, {"id": "g", "steps": [{"index": 1}]}, {"id": ""}, {"id": 5}))
    rows = found.rows("function_groups")
    assert [row["id"] for row in rows] == ["g", "#2", "g#2", "#4", "5"]
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["_extra"] for row in rows] == [None, None, {"id": "g"}, {"id": ""}, None]
    assert found.row("salary_steps")["function_group_id"] == "g#2"
    assert {entry["id"]: entry["count"] for entry in found.report["keys"]} == {"missing": 2, "double": 1}


def test_a_step_without_number_or_with_a_double_one_has_its_place() -> None:
    rows = steps({"index": 1}, {}, {"index": 1}, {"index": "4"}, {"index": "vijf"})
    assert [row["index"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["_extra"] for row in rows] == [None, None, {"index": 1}, {"index": "4"}, {"index": "vijf"}]


@pytest.mark.parametrize(
    ("version", "key"), [(3, 3), ("4", 4), (None, 0), ("nieuw", 0), (True, 0), (Decimal("2.0"), 2)]
)
def test_the_version_is_a_number_in_the_key_whatever_was_sent(version: Any, key: int) -> None:
    document = {"id": "r1", "lenderVersion": version, "functionGroups": [{"id": "g"}]}
    found = Converted(document)
    assert found.header["lender_version"] == found.row("function_groups")["lender_version"] == key
    assert lender_version(document) == key
    assert (found.header["_extra"] is None) == (type(version) in (int, Decimal, type(None)))


def test_an_id_other_than_the_listed_one_is_kept() -> None:
    header = Converted({"id": "other", "lenderVersion": 1}).header
    assert header["id"] == "r1"
    assert header["_extra"] == {"id": "other"}


# Lists in odd forms


@pytest.mark.parametrize(
    "odd",
    [
        {"a": {"id": "x"}, "b": {"id": "y"}},
        {"x": {"code": "7"}, "y": {"code": "8"}},
        {"data": [{"id": "x"}, {"id": "y"}], "meta": {"total": 2}},
        ["x", "y"],
        [None, {"id": "x"}, None, {"id": "y"}],
    ],
)
def test_rows_are_found_in_whatever_form_a_list_comes(odd: Any) -> None:
    assert [row["id"] for row in Converted({"functionGroups": odd}).rows("function_groups")] == ["x", "y"]


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_missing_null_and_empty_are_the_same(nothing: Any) -> None:
    names = ["functionGroups", "leave", "sickPay", "holidayAllowances", "company", "allowances"]
    document = {"id": "r1", **dict.fromkeys(names, nothing)}
    found = Converted(document)
    assert [name for name, _ in found.all] == ["remunerations"]
    assert found.header["_extra"] is None
    assert found.report["fields"] == found.report["values"] == []


def test_a_block_that_is_its_list_has_rows() -> None:
    found = Converted(
        {"allowances": [{"id": "a", "typeCode": "Overtime"}], "holidayAllowances": {"id": "h", "amount": 8}}
    )
    assert found.row("allowances")["type_code_label"] == "Overwerk toeslag"
    assert found.row("holiday_allowances")["amount"] == 8


# What has no column


def test_what_no_column_holds_is_in_extra_of_the_nearest_row_in_the_providers_spelling() -> None:
    document = {
        "nieuwBlok": {"a": [1]},
        "leave": {
            "newList": [{"id": 1}],
            "vacationDays": [{"id": "v", "amountType": {"value": "Days", "perJaar": True}, "leeg": None}],
        },
    }
    found = Converted(document)
    assert found.header["_extra"] == {"nieuwBlok": {"a": [1]}, "leave": {"newList": [{"id": 1}]}}
    row = found.row("leave_arrangements")
    assert row["_extra"] == {"amountType": {"perJaar": True}, "leeg": None}
    assert [entry["path"] for entry in found.report["fields"]] == [
        "leave.newList",
        "leave.vacationDays[].amountType.perJaar",
        "leave.vacationDays[].leeg",
        "nieuwBlok",
    ]


def test_a_value_of_another_type_is_null_and_kept() -> None:
    row = Converted(
        {"paidBreaks": {"items": [{"id": "b", "amount": "een kwartier", "appliesToAllFunctions": "false"}]}}
    ).row("paid_breaks")
    assert row["amount"] is None
    assert row["applies_to_all_functions"] is False
    assert row["_extra"] == {"amount": "een kwartier", "appliesToAllFunctions": "false"}


def test_a_code_that_lost_its_object_has_its_column() -> None:
    row = Converted(
        {"paidBreaks": {"items": [{"id": "b", "amountType": "Minutes", "basedOn": {"value": "Fixed"}}]}}
    ).row("paid_breaks")
    assert row["amount_type"] == "Minutes"
    assert row["based_on"] == "Fixed"
    assert row["_extra"] == {"amountType": "Minutes", "basedOn": {"value": "Fixed"}}


def test_retroactive_increases_have_the_same_columns_and_keep_their_own_names() -> None:
    increase = {
        "retroactivePercentage": 2,
        "retroactiveDate": "2025-04-01",
        "date": "2025-05-01",
        "retroactiveNieuw": 1,
    }
    row = Converted({"wageIncrements": {"retroactiveIncrementData": [increase]}}).row("wage_increments")
    assert (row["is_retroactive"], row["value"], row["date"]) == (True, 2, "2025-05-01")
    assert row["_extra"] == {"retroactiveDate": "2025-04-01", "retroactiveNieuw": 1}


# Resolved in the open


def test_a_zero_that_is_not_described_as_an_amount_is_none() -> None:
    lines = [
        {"id": "a", "isDescribedAsAmount": False, "amount": 0},
        {"id": "b", "isDescribedAsAmount": True, "amount": 0},
        {"id": "c", "isDescribedAsAmount": False, "amount": 5},
        {"id": "d", "isDescribedAsAmount": "false", "amount": Decimal("0.00")},
    ]
    found = Converted({"reimbursementsData": {"reimbursements": lines}})
    for stream in ("reimbursements", "remuneration_components"):
        assert [row["amount"] for row in found.rows(stream)] == [None, 0, 5, None]
        assert [row["amount_given"] for row in found.rows(stream)] == [0, 0, 5, 0]


@pytest.mark.parametrize(("kind", "unit"), [("%", "Percentage"), ("€", "Amount"), ("punten", None), (None, None)])
def test_an_increase_has_a_value_and_a_unit(kind: Any, unit: str | None) -> None:
    increase = {"incrementType": kind, "percentage": 35}
    row = Converted({"wageIncrements": {"incrementData": [increase]}}).row("wage_increments")
    assert (row["value"], row["unit"], row["percentage_given"]) == (35, unit, 35)


def test_names_to_show_are_the_own_words_where_there_are_any() -> None:
    group = {
        "id": "g",
        "code": "Anders, namelijk... Schaal X",
        "functions": [{"id": "f", "referenceTitle": "Timmerman"}],
        "steps": [
            {"index": 1, "stepTitle": "Anders, namelijk...", "otherStepTitle": "de5lta 15"},
            {"index": 2, "ageStepID": 70},
        ],
    }
    found = Converted(groups(group))
    assert found.row("function_groups")["scale_name"] == "Schaal X"
    assert found.row("functions")["reference_function_name"] == "Timmerman"
    assert [(row["step_name"], row["age"]) for row in found.rows("salary_steps")] == [("de5lta 15", None), (None, 17)]


def test_texts_with_numbers_and_days_are_taken_apart_beside_the_text() -> None:
    document = {
        "baseOrganisationData": {"unclassifiableFullTimeHours": "40"},
        "wageIncrements": {"periodicalData": [{"experiencePeriodAmount": "12", "experienceDate": "01/07"}]},
        "paymentsData": {"fixedPayments": [{"id": "f", "date": "31/12"}]},
        "pensionData": {"items": [{"id": "p", "franchise": "18.500,-"}, {"id": "q", "franchise": "18.500 per jaar"}]},
    }
    found = Converted(document)
    header, periodical, payment = found.header, found.row("periodicals"), found.row("payments")
    assert (header["unclassifiable_full_time_hours"], header["unclassifiable_full_time_hours_given"]) == (40, "40")
    assert (periodical["experience_period_amount"], periodical["experience_period_amount_given"]) == (12, "12")
    assert (periodical["experience_date_day"], periodical["experience_date_month"]) == (1, 7)
    assert (payment["date"], payment["date_day"], payment["date_month"]) == ("31/12", 31, 12)
    assert [row["franchise_amount"] for row in found.rows("pensions")] == [18500, None]


def test_the_moment_of_publication_is_utc_beside_what_was_sent() -> None:
    header = Converted({"publishDate": "2025-10-26T02:15:00+01:00"}).header
    assert header["publish_date"] == "2025-10-26T01:15:00.000000Z"
    assert header["publish_date_given"] == "2025-10-26T02:15:00+01:00"


def test_days_of_the_week_are_rows_and_codes_of_the_component() -> None:
    days = [{"title": "Maandag", "value": "Monday"}, {"title": "Feestdagen", "value": "Holiday"}]
    allowance = {"id": "a", "allowanceComponents": [{"id": "c", "weekdays": days}]}
    found = Converted({"allowances": {"allowances": [allowance]}}, ["allowance_components"])
    assert found.row("allowance_components")["weekdays"] == ["Monday", "Holiday"]
    assert found.rows("allowance_weekdays") == []


# Generations


def test_an_old_document_says_what_it_could_not_record() -> None:
    old = {
        "allowances": {"id": None, "hasAllowances": False, "allowances": []},
        "reimbursementsData": {"id": None, "reimbursements": [{"id": "r"}]},
        "leave": {"vacationDays": [], "holidayCount": None},
    }
    header = Converted(old).header
    assert (header["document_generation"], header["has_extended_blocks"]) == ("gen1", False)
    assert {"allowances", "leave", "sickPay", "holidayAllowances"} <= set(header["not_recorded_blocks"])
    assert "reimbursementsData" not in header["not_recorded_blocks"]


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_empty_blocks_do_not_make_an_old_document_a_new_one(nothing: Any) -> None:
    assert Converted({"holidayAllowances": nothing, "sickPay": nothing}).header["document_generation"] == "gen1"


def test_in_a_new_document_no_rows_means_none() -> None:
    blocks = ["allowances", "reimbursementsData", "travelExpensesData", "paymentsData", "leave", "employmentConditions"]
    more = ["paidBreaks", "individualChoiceBudget", "sickPay", "pensionData", "sustainableEmployability"]
    new = {name: {"id": None} for name in [*blocks, *more]}
    header = Converted(new).header
    assert (header["document_generation"], header["not_recorded_blocks"]) == ("gen2", None)
    del new["sickPay"]
    assert Converted(new).header["not_recorded_blocks"] == ["sickPay"]


# Selection


@pytest.mark.parametrize("name", NAMES)
def test_each_stream_alone_has_the_records_that_it_has_among_all(name: str) -> None:
    allowance = {"id": "a", "name": "Avond", "allowanceComponents": [{"id": "c", "weekdays": [{"value": "Monday"}]}]}
    document = {
        **groups({"id": "g", "steps": [{"index": 1, "salary": 2500}], "functions": [{"id": "f"}]}),
        "allowances": {"allowances": [allowance]},
        "individualChoiceBudget": {"hasIndividualChoiceBudget": True, "amount": 17, "items": [{"id": "i"}]},
        "company": {"addresses": [{"city": "Utrecht"}]},
    }
    alone = Converted(document, [name])
    assert {found for found, _ in alone.all} <= {name}
    assert alone.rows(name) == Converted(document).rows(name)


def test_a_document_is_not_changed_by_reading_it() -> None:
    document = groups({"id": "g", "steps": [{"index": "1", "x": [1]}]})
    text = json.dumps(document)
    Converted(document, pseudonymise=["free_text"], key="k")
    assert json.dumps(document) == text


# Personal data

PERSON = {"name": "Markeerder", "email": "m@hirer.example", "phone": "06", "function": "hoofd", "mobiel": "0612345678"}
PRIVATE: Document = {
    "id": "r1",
    "publisher": PERSON,
    "company": {"phoneNumber": "030", "addresses": [{"street": "Markeerlaan", "houseNumber": 12, "wijk": "Markeerwijk"}]},
    "functionGroups": [{"id": "g", "functions": [{"id": "f", "workingHours": "bel Markeerder", "toelichting": "vraag Markeerder"}]}],
    "allowances": {"allowances": [{"id": "a", "conditions": "bel Markeerder"}]},
    "pensionData": {"items": [{"id": "p", "franchise": "18.500,-", "remark": ["Markeerder"]}]},
}  # fmt: skip


def test_a_name_that_says_secret_or_citizen_number_never_passes_unasked_and_is_told() -> None:
    document = {
        "bsn": "123456782",
        "publisher": {**PERSON, "burgerServiceNummer": "123456782"},
        "allowances": {"allowances": [{"id": "a", "apiKey": "geheim", "deep": [{"password": "geheim"}]}]},
    }
    found = Converted(document)
    text = json.dumps(found.all, default=str)
    assert "123456782" not in text
    assert "geheim" not in text
    paths = [
        "allowances.allowances.apiKey",
        "allowances.allowances.deep.password",
        "bsn",
        "publisher.burgerServiceNummer",
    ]
    assert found.header["personal_data_left_out"] == paths
    assert [entry["path"] for entry in found.report["personal_data_left_out"]] == paths
    asked = Converted(document, include=["bsn", "secret"])
    assert asked.header["personal_data_left_out"] is None
    assert asked.header["raw"] == document
    assert asked.row("allowances")["_extra"] == {"apiKey": "geheim", "deep": [{"password": "geheim"}]}


def test_what_is_pseudonymised_is_so_everywhere() -> None:
    classes = ["name", "contact", "identifier", "address", "free_text"]
    found = Converted(PRIVATE, pseudonymise=classes, key="pepper-and-salt")
    assert "Markeer" not in json.dumps(found.all, default=str)
    header, raw = found.header, found.header["raw"]
    for member in ("name", "email", "phone", "function"):
        assert header[f"publisher_{member}"] == raw["publisher"][member] != PERSON[member]
        assert len(raw["publisher"][member]) == 32
    assert header["_extra"]["publisher"]["mobiel"] == raw["publisher"]["mobiel"] != PERSON["mobiel"]
    address = found.row("hirer_addresses")
    assert address["street"] == raw["company"]["addresses"][0]["street"]
    assert len(address["house_number"]) == 32
    (line,) = [row for row in found.rows("remuneration_components") if row["kind"] == "allowance"]
    assert line["conditions"] == line["raw"]["conditions"] == found.row("allowances")["conditions"]
    assert found.row("pensions")["franchise_amount"] is None
    assert (header["id"], found.row("function_groups")["id"]) == ("r1", "g")


def test_without_a_wish_everything_passes() -> None:
    found = Converted(PRIVATE)
    assert found.header["raw"] is PRIVATE
    assert found.row("hirer_addresses")["house_number"] == "12"
    assert found.header["personal_data_left_out"] is None
