"""What was never seen before is told, by names and never by values that a person may have typed."""

from __future__ import annotations

import json

from connector_kit.extract import PersonalDataPolicy
from tap_inlenersbeloning.codes import code_list_records, code_lists
from tap_inlenersbeloning.documents import DOCUMENT_STREAMS, DocumentKeys, DocumentReader
from tap_inlenersbeloning.drift import Drift

DOCUMENT = {
    "id": "r1",
    "lenderVersion": 1,
    "surprise": {"Jan Jansen": 1},
    "Jan Jansen met spaties": 1,
    "paidBreaks": {
        "items": [
            {"id": "b", "interval": "Fortnightly", "basedOn": "Jan Jansen", "amount": "veel"},
            {"interval": "Fortnightly", "basedOn": "GrossSalary", "amount": 5},
        ]
    },
    "workingHours": {"fullTimeHoursPer": "Anders, namelijk... zoals Jan het wil"},
    "bsn": 123456782,
}


def drift_of(document: dict[str, object]) -> Drift:
    drift = Drift()
    reader = DocumentReader(PersonalDataPolicy(), streams=[s.name for s in DOCUMENT_STREAMS], drift=drift)
    list(reader.records(document, DocumentKeys(company_id="c", partner_id="p", remuneration_id="r1")))
    return drift


def test_new_fields_codes_forms_and_keys_are_counted() -> None:
    assert drift_of(DOCUMENT).report() == {
        "documents": {"gen2": 1},
        "fields": [{"path": "?", "count": 1}, {"path": "surprise", "count": 1}],
        "codes": [
            {"list": "based_on", "code": "(own words)", "count": 1},
            {"list": "full_time_hours_per", "code": "(own words)", "count": 1},
            {"list": "interval", "code": "Fortnightly", "count": 2},
        ],
        "values": [{"path": "paidBreaks.items[].amount", "expected": "a number", "count": 1}],
        "keys": [{"stream": "paid_breaks", "id": "missing", "count": 1}],
        "personal_data_left_out": [{"path": "bsn", "class": "bsn", "count": 1}],
    }


def test_the_line_and_the_report_tell_no_values() -> None:
    drift = drift_of(DOCUMENT)
    line = drift.line()
    assert line is not None
    assert "\n" not in line
    assert "interval: Fortnightly" in line
    for told in (line, json.dumps(drift.report())):
        assert "Jan" not in told
        assert "veel" not in told
        assert "123456782" not in told


def test_what_is_known_is_no_drift() -> None:
    allowance = {"id": "a", "typeCode": "Overtime", "name": "eigen naam", "allowanceComponents": None}
    drift = drift_of({"id": "r1", "lenderVersion": 1, "allowances": {"allowances": [allowance]}})
    assert drift.line() is None
    assert drift.report()["documents"] == {"gen1": 1}


def test_own_words_behind_the_choice_for_them_are_known() -> None:
    drift = Drift()
    drift.code("holiday_type", "Anders namelijk... de verjaardag van Jan")
    drift.code("periodical_experience_criteria", "Anders, namelijk... naar wens")
    assert [entry["list"] for entry in drift.report()["codes"]] == ["holiday_type"]


def test_a_report_does_not_grow_without_end() -> None:
    drift = Drift()
    for number in range(5_000):
        drift.field(f"veld{number}")
    assert len(drift.report()["fields"]) == 1_000
    line = drift.line()
    assert line is not None
    assert len(line) < 500


def test_every_code_is_a_record_with_what_is_known_of_it() -> None:
    records = list(code_list_records())
    assert len({(record["list"], record["code"]) for record in records}) == len(records) > 150
    by_key = {(record["list"], record["code"]): record for record in records}
    assert by_key["weekday", "Monday"]["label"] == "Maandag"
    assert by_key["function_group_step_id", "Trede 3"]["number"] == 12
    assert by_key["age_step_id", "17 jaar"]["number"] == 70
    assert by_key["allowance_type_code", "ShiftWork"]["is_seen"] is False
    assert code_lists()["interval"]["Hourly"] == {"label": None, "number": None, "seen": True}
