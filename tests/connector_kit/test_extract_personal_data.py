from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from connector_kit.errors import SettingError
from connector_kit.extract import PERSONAL_DATA_CLASSES, PersonalDataPolicy, RecordConverter
from hypothesis import given
from hypothesis import strategies as st

BSN = "999900018"


def field(personal_data_class: str, **more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], "x-personal-data": personal_data_class, **more}


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "bsn": field("bsn"),
        "illness": field("health"),
        "last_name": field("name"),
        "born_on": field("birth", format="date"),
        "salary": {"type": ["number", "null"], "x-personal-data": "wage"},
        "home": {"type": "object", "properties": {"street": field("address"), "note": field("special")}},
    },
}
ROW = {
    "id": "1",
    "BSN": BSN,
    "illness": "flu",
    "lastName": "Doe",
    "bornOn": "1990-01-01T00:00:00Z",
    "salary": 1,
    "home": {"street": "Main", "note": "x"},
}


def record(policy: PersonalDataPolicy, row: dict[str, Any] = ROW) -> dict[str, Any]:
    return RecordConverter("people", SCHEMA, policy)(row)


def test_citizen_number_health_and_special_data_are_left_out_by_default() -> None:
    policy = PersonalDataPolicy()
    shown = record(policy)
    assert shown.keys() == {"id", "last_name", "born_on", "salary", "home"}
    assert shown["home"] == {"street": "Main"}
    visible = policy.schema(SCHEMA)["properties"]
    assert visible.keys() == shown.keys()
    assert visible["home"]["properties"].keys() == {"street"}


def test_what_a_setting_asks_for_passes() -> None:
    assert record(PersonalDataPolicy(include=["bsn"]))["bsn"] == BSN


def test_a_pseudonym_is_stable_keyed_and_different_per_class() -> None:
    def shown(key: str) -> dict[str, Any]:
        return record(PersonalDataPolicy(pseudonymise=["bsn", "name", "birth", "wage"], key=key))

    first, again, other = shown("k1"), shown("k1"), shown("k2")
    assert first == again
    for name in ("bsn", "last_name", "born_on", "salary"):
        assert first[name] != other[name]
        assert len(first[name]) == 32
    assert BSN not in str(first)
    assert (
        record(PersonalDataPolicy(pseudonymise=["name"], key="k"), {"id": "1", "lastName": None})["last_name"] is None
    )
    declared = PersonalDataPolicy(pseudonymise=["wage", "birth"], key="k").schema(SCHEMA)["properties"]
    assert declared["salary"]["type"] == ["string", "null"]
    assert "format" not in declared["born_on"]


@given(st.text(min_size=1, max_size=200), st.text(), st.sampled_from(PERSONAL_DATA_CLASSES))
def test_a_pseudonym_is_the_keyed_hash_of_class_and_value(key: str, value: str, personal_data_class: str) -> None:
    policy = PersonalDataPolicy(pseudonymise=[personal_data_class], key=key)
    told = f"{personal_data_class}\0{value}".encode()
    expected = hmac.new(key.encode(), told, hashlib.sha256).hexdigest()[:32]
    assert policy.pseudonym(value, personal_data_class) == policy.pseudonyms(personal_data_class)(value) == expected


def test_a_pseudonym_does_not_depend_on_how_a_day_was_written() -> None:
    policy = PersonalDataPolicy(pseudonymise=["birth"], key="k")
    as_day = record(policy, {"id": "1", "bornOn": "1990-01-01"})
    assert record(policy)["born_on"] == as_day["born_on"]


def test_an_undeclared_citizen_number_is_pseudonymised_with_the_declared_ones() -> None:
    shown = record(PersonalDataPolicy(pseudonymise=["bsn"], key="k"), {"id": "1", "BSN": BSN, "partnerBSN": BSN})
    assert shown["partner_bsn"] == shown["bsn"] != BSN


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(SettingError, match="setting include_personal_data: unknown class salary; classes are name, "):
        PersonalDataPolicy(include=["salary"])
    with pytest.raises(SettingError, match="setting pseudonym_key is missing"):
        PersonalDataPolicy(pseudonymise=["name"])


@pytest.mark.parametrize("personal_data_class", PERSONAL_DATA_CLASSES)
def test_every_class_can_be_pseudonymised(personal_data_class: str) -> None:
    schema = {"type": "object", "properties": {"it": field(personal_data_class)}}
    policy = PersonalDataPolicy(pseudonymise=[personal_data_class], key="k")
    shown = RecordConverter("people", schema, policy)({"it": "value"})
    assert shown["it"] not in {"value", None}
