"""Records made of lines at once are the records that the converter makes of their objects."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest
from connector_kit.extract import ExactWriter, PersonalDataPolicy, QuickRecord, QuickRecords, RecordConverter
from hypothesis import given
from hypothesis import strategies as st
from singer_sdk.exceptions import FatalAPIError
from singer_sdk.singerlib import RecordMessage

SCHEMA: Final[dict[str, Any]] = {
    "properties": {
        "id": {"type": "integer", "x-source-name": "id"},
        "last_name": {"type": ["string", "null"], "x-source-name": "lastName"},
        "hours": {"type": ["number", "null"], "x-source-name": "hours"},
        "is_active": {"type": ["boolean", "null"], "x-source-name": "active"},
        "begins_on": {"type": ["string", "null"], "format": "date", "x-source-name": "beginDate"},
        "changed_at": {"type": ["string", "null"], "format": "date-time", "x-source-name": "changedAt"},
        "bsn": {"type": ["string", "null"], "x-source-name": "socialNumber", "x-personal-data": "bsn"},
        "email": {"type": ["string", "null"], "x-source-name": "email", "x-personal-data": "contact"},
        "born_on": {
            "type": ["string", "null"],
            "format": "date",
            "x-source-name": "birthDate",
            "x-personal-data": "contact",
        },
        "address": {
            "type": ["object", "null"],
            "x-source-name": "address",
            "properties": {"city": {"type": ["string", "null"], "x-source-name": "town"}},
        },
    }
}
POLICY: Final = PersonalDataPolicy(pseudonymise=["contact"], key="an invented key")
ADDED: Final = ("2026-11-22T00:00:00.000000Z", None)
USUAL: Final[dict[str, Any]] = {
    "id": 1,
    "lastName": "Groen",
    "hours": Decimal("36.00"),
    "active": True,
    "beginDate": "2026-01-01T00:00:00+01:00",
    "changedAt": "2026-01-01T10:00:00.120+01:00",
    "socialNumber": "000000012",
    "email": "groen@example.test",
    "address": {"town": "Utrecht", "floor": 3},
    "newField": {"innerName": [1, Decimal("2.50")]},
    "birthDate": "1980-01-01",
}
encode = msgspec.json.Encoder(decimal_format="number").encode
decode = msgspec.json.Decoder(float_hook=Decimal).decode


class Lines:
    """Both ways to a record, as a stream takes them."""

    def __init__(self) -> None:
        self.convert = RecordConverter("people", SCHEMA, POLICY, fill=False)
        self.quick = QuickRecords(self.convert, required=["id"], added=("_synced_at", "_deleted_at"))
        for _ in range(2):
            self.record(encode(USUAL))

    def record(self, line: bytes) -> QuickRecord | dict[str, Any]:
        record = self.quick.record(line, ADDED)
        return self.convert(decode(line)) if record is None else record


def written(record: QuickRecord | dict[str, Any]) -> dict[str, Any]:
    """The record in the line that a writer makes of it."""
    line = ExactWriter().serialize_message(RecordMessage("people", record))  # type: ignore[arg-type]  # written likewise
    found: dict[str, Any] = decode(line)["record"]
    return found


def expected(row: dict[str, Any]) -> dict[str, Any]:
    return RecordConverter("people", SCHEMA, POLICY, fill=False)(decode(encode(row)))


def test_a_usual_line_becomes_a_record_at_once() -> None:
    record = Lines().record(encode(USUAL))
    assert isinstance(record, QuickRecord)
    assert written(record) == {**expected(USUAL), "_synced_at": ADDED[0], "_deleted_at": None}
    assert "bsn" not in written(record)
    assert record.plain() == {**expected(USUAL), "_synced_at": ADDED[0], "_deleted_at": None}


def test_what_was_not_sent_is_absent_and_null_stays_null() -> None:
    record = Lines().record(b'{"id":1,"hours":null}')
    assert isinstance(record, QuickRecord)
    assert written(record) == {"id": 1, "hours": None, "_synced_at": ADDED[0], "_deleted_at": None}


@pytest.mark.parametrize(
    "unusual",
    [{"brandNew": 1}, {"lastName": 12}, {"hours": ""}, {"active": "true"}, {"address": {"street": "A"}}],
)
def test_an_unusual_line_is_for_the_converter_and_then_usual(unusual: dict[str, Any]) -> None:
    lines, row = Lines(), {"id": 1, **unusual}
    assert lines.record(encode(row)) == expected(row)
    if unusual.keys() <= {"brandNew", "address"}:
        assert lines.record(encode({"id": 2})) == {"id": 2}  # who knows what else is new
        assert isinstance(lines.record(encode(row)), QuickRecord)


@pytest.mark.parametrize("row", [{"lastName": "Groen"}, {"id": None}])
def test_a_line_without_its_key_is_for_the_converter(row: dict[str, Any]) -> None:
    assert not isinstance(Lines().record(encode(row)), QuickRecord)


def test_a_value_of_another_type_is_an_error_that_names_the_field() -> None:
    with pytest.raises(FatalAPIError, match="field hours is not a number"):
        Lines().record(b'{"id":1,"hours":"many"}')


@pytest.mark.parametrize("line", [b'{"id":1', b"{}}", b'{"id":1,"hours":NaN}', b"\xff"])
def test_a_damaged_line_is_no_json(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|utf|malformed|truncated"):
        Lines().record(line)


def test_fields_that_go_on_being_new_are_never_compiled() -> None:
    lines = Lines()
    for number in range(50):
        assert lines.record(encode({"id": 1, f"field{number}": 1})) == {"id": 1, f"field{number}": 1}


@pytest.mark.parametrize("schema", [{"properties": {"year": {"type": "integer", "x-source-name": "period.year"}}}])
def test_objects_that_are_opened_are_for_the_converter(schema: dict[str, Any]) -> None:
    convert = RecordConverter("people", schema, POLICY, fill=False)
    quick = QuickRecords(convert, required=(), added=())
    for _ in range(3):
        line = b'{"period":{"year":2026}}'
        assert quick.record(line, ()) is None
        assert convert(decode(line)) == {"year": 2026}


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.sampled_from(
        ["2026-01-31", "2026-03-29T02:30:00", "1e5", "1E+3", "NaN", "true", " ", "9999-12-31T23:59:59-12:00"]
    ),
    st.dictionaries(st.sampled_from(["town", "floor", "bsn"]), st.text(max_size=3) | st.none(), max_size=2),
    st.lists(st.integers(), max_size=2),
)


@given(st.lists(st.dictionaries(st.sampled_from([*USUAL, "x", "y_z"]), values), max_size=6))
def test_both_ways_lead_to_the_same_record(rows: list[dict[str, Any]]) -> None:
    lines = Lines()
    converter = RecordConverter("people", SCHEMA, POLICY, fill=False)
    converter(decode(encode(USUAL)))
    for row in rows:
        line = encode(row)
        assert outcome(lambda: lines.record(line)) == outcome(lambda: converter(decode(line)))  # noqa: B023  # called at once


def outcome(make: Callable[[], QuickRecord | dict[str, Any]]) -> dict[str, Any] | str:
    """The record without what was added, or the error."""
    try:
        record = written(make())
    except FatalAPIError as error:
        return str(error)
    return {name: value for name, value in record.items() if not name.startswith("_")}
