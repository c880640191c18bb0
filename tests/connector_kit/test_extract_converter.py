from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from connector_kit.extract import PersonalDataPolicy, RecordConverter, snake_case
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.exceptions import FatalAPIError

OPEN = PersonalDataPolicy()


def converter(policy: PersonalDataPolicy = OPEN, *, more: dict[str, Any] | None = None, **properties: Any) -> Any:
    return RecordConverter("people", {"type": "object", "properties": properties, **(more or {})}, policy)


def text(**more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], **more}


NUMBER = {"type": ["number", "null"]}
DAY = text(format="date")
MOMENT = text(format="date-time")


@pytest.mark.parametrize(
    ("provider", "ours"),
    [
        ("employeeId", "employee_id"),
        ("BSN", "bsn"),
        ("IBAN", "iban"),
        ("SVWSettingsId", "svw_settings_id"),
        ("EmployeeLeaveRequests", "employee_leave_requests"),
        ("Calc30PercentRuling", "calc30_percent_ruling"),
        ("waoWia", "wao_wia"),
        ("employeeBSN", "employee_bsn"),
        ("firstNameInFull", "first_name_in_full"),
        ("invalid-params", "invalid_params"),
        ("already_snake", "already_snake"),
        ("--", "--"),
    ],
)
def test_names_become_snake_case_with_acronyms_as_words(provider: str, ours: str) -> None:
    assert snake_case(provider) == ours


@given(st.text(alphabet="aBcDBSN_-9 ", min_size=1, max_size=20))
def test_snake_case_is_a_fixed_point(name: str) -> None:
    assert snake_case(snake_case(name)) == snake_case(name)


def test_declared_fields_are_renamed_and_always_present() -> None:
    convert = converter(employee_id=text(), odd=text(**{"x-source-name": "someThingElse"}))
    assert convert({"employeeId": "1"}) == {"employee_id": "1", "odd": None}
    assert convert({"odd": "y", "someThingElse": "x"}) == {"employee_id": None, "odd": "x", "odd_2": "y"}


def test_without_filling_a_record_holds_only_what_was_sent() -> None:
    inner = {"type": ["object", "null"], "properties": {"a": text(), "b": text()}}
    schema = {"type": "object", "properties": {"id": text(), "name": text(), "inner": inner}}
    convert = RecordConverter("people", schema, OPEN, fill=False)
    assert convert({"id": "1", "inner": {"b": None}}) == {"id": "1", "inner": {"b": None}}
    assert convert({"id": "2", "name": None}) == {"id": "2", "name": None}


def test_a_field_nobody_declared_is_kept_in_snake_case_at_any_depth() -> None:
    record = converter(id=text())({"id": "1", "newThing": {"innerThing": [{"deepThing": 1}]}})
    assert record == {"id": "1", "new_thing": {"inner_thing": [{"deep_thing": 1}]}}


def test_a_closed_schema_drops_what_it_does_not_declare() -> None:
    assert converter(more={"additionalProperties": False}, id=text())({"id": "1", "newThing": 2}) == {"id": "1"}


def test_two_unknown_fields_with_one_name_are_both_kept() -> None:
    record = converter(id=text())({"id": "1", "newThing": 2, "new_thing": 3, "Id": 4})
    assert record == {"id": "1", "new_thing": 2, "new_thing_2": 3, "id_2": 4}


@pytest.mark.parametrize(
    "name", ["BSN", "employeeBsn", "burgerServiceNummer", "password", "apiToken", "clientSecret", "api_key"]
)
def test_an_unknown_field_that_sounds_like_a_citizen_number_or_secret_is_dropped(name: str) -> None:
    record = converter(id=text(), raw={"type": ["object", "null"]})(
        {
            "id": "1",
            name: "999900018",
            "other": {name: "999900018"},
            "raw": {"keepMe": 1, "list": [{name: "999900018"}]},
        }
    )
    assert record == {"id": "1", "raw": {"keepMe": 1, "list": [{}]}, "other": {}}


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2021-11-01", "2021-11-01"),
        ("2021-11-01T00:00:00Z", "2021-11-01"),
        ("2021-11-01T00:00:00", "2021-11-01"),
        ("2021-11-01T00:00:00+02:00", "2021-11-01"),
        ("2021-10-31T23:00:00Z", "2021-11-01"),
        ("2021-06-30T22:00:00Z", "2021-07-01"),
        ("2021-11-01T13:45:00Z", "2021-11-01"),
        ("0001-01-01T00:00:00", "0001-01-01"),
        ("0001-01-01T01:00:00+02:00", "0001-01-01"),
    ],
)
def test_a_day_is_never_shifted(sent: str, day: str) -> None:
    assert converter(day=DAY)({"day": sent}) == {"day": day}


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2025-02-05T14:54:06.267Z", "2025-02-05T14:54:06.267000Z"),
        ("2025-02-05T14:54:06Z", "2025-02-05T14:54:06.000000Z"),
        ("2025-02-05T14:54:06+01:00", "2025-02-05T13:54:06.000000Z"),
        ("2025-07-05T14:54:06", "2025-07-05T12:54:06.000000Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_moments_have_one_form_whose_text_order_is_time_order(sent: str, moment: str) -> None:
    assert converter(at=MOMENT)({"at": sent}) == {"at": moment}


def test_amounts_are_exact() -> None:
    convert = converter(amount=NUMBER, count={"type": ["integer", "null"]})
    assert convert({"amount": Decimal("1234567890123.45"), "count": 3})["amount"] == Decimal("1234567890123.45")
    assert convert({"amount": "0.10", "count": "12"}) == {"amount": Decimal("0.10"), "count": 12}
    assert type(convert({"amount": 7})["amount"]) is Decimal


@pytest.mark.parametrize(
    ("declared", "value", "expected"),
    [
        (NUMBER, "salary 12", "a number"),
        (NUMBER, True, "a number"),
        (NUMBER, Decimal("NaN"), "a finite number"),
        (NUMBER, 1.5, "a number"),
        ({"type": "integer"}, Decimal("1.5"), "a whole number"),
        (DAY, "salary", "a date"),
        (MOMENT, 5, "a date with time"),
        ({"type": ["boolean", "null"]}, "yes", "true or false"),
        (text(), {"a": 1}, "text"),
        ({"type": "array", "items": text()}, "x", "a list"),
        ({"type": "object", "properties": {}}, "x", "an object"),
    ],
)
def test_a_value_of_another_type_stops_with_the_name_of_the_field_and_not_its_value(
    declared: dict[str, Any], value: object, expected: str
) -> None:
    with pytest.raises(FatalAPIError, match=rf"^people: field secret_field is not {expected}; ") as failure:
        converter(secret_field=declared)({"secretField": value})
    assert "salary" not in str(failure.value)


@pytest.mark.parametrize(
    "declared", [NUMBER, {"type": ["integer", "null"]}, DAY, MOMENT, {"type": ["boolean", "null"]}]
)
def test_an_empty_text_where_a_value_is_declared_is_null(declared: dict[str, Any]) -> None:
    assert converter(field=declared)({"field": ""}) == {"field": None}
    assert converter(field=text())({"field": ""}) == {"field": ""}
    with pytest.raises(FatalAPIError, match="is not a list"):
        converter(field={"type": "array", "items": text()})({"field": ""})


def test_nested_objects_and_lists_are_converted_too() -> None:
    inner = {"type": "object", "properties": {"paid_on": DAY, "amount": NUMBER}}
    convert = converter(lines={"type": "array", "items": inner})
    assert convert({"lines": [{"paidOn": "2026-01-31T00:00:00Z", "amount": 1}]}) == {
        "lines": [{"paid_on": "2026-01-31", "amount": Decimal(1)}]
    }
    with pytest.raises(FatalAPIError, match=r"field lines\.amount is not a number"):
        convert({"lines": [{"amount": "x"}]})


def test_a_value_of_another_type_becomes_null_where_the_stream_keeps_it_elsewhere() -> None:
    told: list[tuple[str, str]] = []
    properties = {"started": DAY, "contract": {"type": "object", "properties": {"hours": NUMBER}}, "name": text()}
    convert = RecordConverter(
        "people", {"properties": properties}, OPEN, on_misfit=lambda field, expected: told.append((field, expected))
    )
    source = {"started": "soon", "contract": {"hours": "many"}, "name": "A"}
    assert convert(source) == {"started": None, "contract": None, "name": "A"}
    assert told == [("started", "a date"), ("contract.hours", "a number")]


SCALE = converter(
    id=text(),
    period_year={"type": ["integer", "null"], "x-source-name": "period.year"},
    period={"type": ["integer", "null"], "x-source-name": "period.period"},
    scale=text(**{"x-source-name": "salaryTable.scale.scaleCode"}),
    table=text(**{"x-source-name": "salaryTable.tableName"}),
)
NOTHING = {"period_year": None, "period": None, "scale": None, "table": None}


def test_members_of_nested_objects_become_columns() -> None:
    record = SCALE(
        {
            "id": "1",
            "period": {"year": 2026, "period": 4},
            "salaryTable": {"scale": {"scaleCode": "A"}, "tableName": "Catering"},
        }
    )
    assert record == {"id": "1", "period_year": 2026, "period": 4, "scale": "A", "table": "Catering"}


@pytest.mark.parametrize("absent", [{}, {"salaryTable": None}, {"salaryTable": {"scale": None}}, {"salaryTable": {}}])
def test_an_object_that_is_null_or_missing_gives_null_columns(absent: dict[str, Any]) -> None:
    assert SCALE({"id": "1", **absent}) == {"id": "1", **NOTHING}


def test_unknown_members_of_an_opened_object_are_kept_under_its_path() -> None:
    source = {"id": "1", "salaryTable": {"tableVersion": "2019-10-M", "scale": {"maxStep": {"someCode": 3}}}}
    kept = {"salary_table_table_version": "2019-10-M", "salary_table_scale_max_step": {"some_code": 3}}
    assert SCALE(source) == {"id": "1", **NOTHING, **kept}


def test_an_unknown_member_of_an_opened_object_takes_nobodys_column() -> None:
    record = converter(a_b=text(), a_c=text(**{"x-source-name": "a.c"}))({"aB": "own", "a": {"b": "inner", "c": "x"}})
    assert record == {"a_b": "own", "a_c": "x", "a_b_2": "inner"}


def test_a_plain_value_in_place_of_an_object_goes_to_the_column_of_its_name() -> None:
    assert SCALE({"id": "1", "period": 4}) == {"id": "1", **NOTHING, "period": 4}


def test_a_plain_value_in_place_of_an_object_without_such_a_column_is_an_error_that_names_it() -> None:
    with pytest.raises(FatalAPIError, match=r"field salaryTable\.scale is not an object"):
        SCALE({"id": "1", "salaryTable": {"scale": "A"}})


def test_a_citizen_number_in_an_opened_object_is_left_out_declared_or_not() -> None:
    convert = converter(
        id=text(),
        number=text(**{"x-source-name": "person.taxNumber", "x-personal-data": "bsn"}),
        name=text(**{"x-source-name": "person.name"}),
    )
    assert convert({"id": "1", "person": {"taxNumber": "9", "BSN": "9", "name": "x"}}) == {"id": "1", "name": "x"}


def test_a_member_of_an_opened_object_can_be_pseudonymised() -> None:
    policy = PersonalDataPolicy(pseudonymise=["family"], key="pepper")
    declared = text(**{"x-source-name": "partner.name", "x-personal-data": "family"})
    record = converter(policy, partner_name=declared)({"partner": {"name": "x"}})
    assert len(record["partner_name"]) == 32


def test_threads_that_meet_a_new_field_together_give_it_one_name() -> None:
    for _ in range(50):
        convert = converter(id=text())
        with ThreadPoolExecutor(8) as pool:
            records = list(pool.map(convert, [{"newThing": number} for number in range(16)]))
        assert {frozenset(record) for record in records} == {frozenset({"id", "new_thing"})}
