"""Values out of documents: numbers in text, days, yes and no; nothing is true by accident."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_inlenersbeloning.values import READERS, Reading, day_and_month, number_in_text, own_words

TEXT, NUMBER, INTEGER = READERS["string", None][1], READERS["number", None][1], READERS["integer", None][1]
BOOLEAN, TEXTS = READERS["boolean", None][1], READERS["array", None][1]
DAY, MOMENT = READERS["string", "date"][1], READERS["string", "date-time"][1]


def whole(value: Any) -> Reading:
    return Reading(value, is_whole=True)


def kept(value: Any) -> Reading:
    """The original is kept beside it."""
    return Reading(value, is_whole=False)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"),
        (" 40 ", "40"),
        ("-5", "-5"),
        ("8.33", "8.33"),
        ("0,607", "0.607"),
        ("0.607", "0.607"),
        ("18.500,-", "18500"),
        ("18500,--", "18500"),
        ("€ 1.234,56", "1234.56"),
        ("€1.234", "1234"),
        ("1.234,56 euro", "1234.56"),
        ("EUR 17", "17"),
        ("1.234.567", "1234567"),
        ("1 234,5", "1234.5"),
        ("1,234.56", "1234.56"),
        ("8 %", "8"),
        ("2\u00a0500,00", "2500.00"),
    ],
)
def test_a_text_that_is_a_number_is_read(text: str, number: str) -> None:
    assert number_in_text(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "€", "18.500", "173,333", "32-40", "12 uur", "1e3", "NaN", "Infinity", "٣", "1.2.3", "9" * 61],
)
def test_a_text_that_may_be_something_else_is_no_number(text: str) -> None:
    assert number_in_text(text) is None


def test_of_money_a_single_dot_stands_before_thousands() -> None:
    assert number_in_text("18.500", is_money=True) == Decimal(18500)
    assert number_in_text("18.50", is_money=True) == Decimal("18.5")


@pytest.mark.parametrize(
    ("value", "answer", "is_whole"),
    [
        (True, True, True),
        (False, False, True),
        ("true", True, False),
        ("false", False, False),
        ("Ja", True, False),
        ("nee ", False, False),
        (1, True, False),
        (0, False, False),
        ("1", None, False),
        ("onwaar", None, False),
        ("", None, False),
        (2, None, False),
        (Decimal("0.5"), None, False),
        ([False], None, False),
        ([], None, False),
        ({"value": "false"}, False, False),
        ({"value": {"value": True}}, None, False),
    ],
)
def test_nothing_is_true_by_accident(value: Any, answer: Any, is_whole: Any) -> None:
    reading = BOOLEAN(value)
    assert reading.value is answer
    assert reading.is_whole is is_whole


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        (12, whole(12)),
        (Decimal("8.33"), whole(Decimal("8.33"))),
        ("8,33", kept(Decimal("8.33"))),
        ("tien", kept(None)),
        (True, kept(None)),
        ({"value": "8.5"}, kept(Decimal("8.5"))),
        ([1], kept(None)),
    ],
)
def test_a_number_is_exact_or_the_original_is_kept(value: Any, reading: Reading) -> None:
    assert NUMBER(value) == reading


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        (Decimal("8.0"), whole(8)),
        (Decimal("8.5"), kept(None)),
        ("12", kept(12)),
        (Decimal("1E+400"), kept(None)),
        (2**63, kept(None)),
        (2**63 - 1, whole(2**63 - 1)),
        (False, kept(None)),
    ],
)
def test_a_whole_number_is_whole(value: Any, reading: Reading) -> None:
    assert INTEGER(value) == reading


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        ("a\x02\r\n\U0001d400 ", whole("a\x02\r\n\U0001d400 ")),
        ("", whole("")),
        (12, whole("12")),
        (Decimal("1E+2"), whole("100")),
        (True, kept("true")),
        ({"value": "Other", "otherValue": "eigen"}, kept("Other")),
        ([], kept(None)),
    ],
)
def test_a_text_stays_as_it_is(value: Any, reading: Reading) -> None:
    assert TEXT(value) == reading


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        ("2026-01-31", whole("2026-01-31")),
        ("2026-01-31T00:00:00", kept("2026-01-31")),
        ("31-01-2026", kept("2026-01-31")),
        ("1/2/2026", kept("2026-02-01")),
        ("2026-02-30", kept(None)),
        ("01/09", kept(None)),
        ("", kept(None)),
        (20260131, kept(None)),
    ],
)
def test_a_day_is_a_day_or_the_original_is_kept(value: Any, reading: Reading) -> None:
    assert DAY(value) == reading


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2025-10-26T02:30:00+02:00", "2025-10-26T00:30:00.000000Z"),
        ("2025-10-26T02:15:00+01:00", "2025-10-26T01:15:00.000000Z"),
        ("2026-07-01T12:00:00", "2026-07-01T10:00:00.000000Z"),
        ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00.000000Z"),
        ("0001-01-01T00:00:00+02:00", None),
        ("gisteren", None),
    ],
)
def test_moments_are_utc_and_texts_in_order_of_time(value: str, moment: str | None) -> None:
    assert MOMENT(value).value == moment


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        (["a", "b"], whole(["a", "b"])),
        ([], whole(None)),
        ({}, whole(None)),
        ([1, None, "b"], whole(["1", "b"])),
        ([{"id": "a", "title": "x"}], kept(["a"])),
        ({"id": "a"}, kept(["a"])),
        ("a", kept(["a"])),
        ([["a"]], kept(None)),
    ],
)
def test_a_list_of_ids_has_many_forms(value: Any, reading: Reading) -> None:
    assert TEXTS(value) == reading


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("31/12", (31, 12)),
        ("1/9", (1, 9)),
        ("29/02", (29, 2)),
        ("01-09-2026", (1, 9)),
        ("2026-12-31", (31, 12)),
        ("12/31", (None, None)),
        ("eind december", (None, None)),
        (None, (None, None)),
        (3112, (None, None)),
    ],
)
def test_a_day_without_year_is_taken_apart(text: Any, found: tuple[int | None, int | None]) -> None:
    assert day_and_month(text) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anders, namelijk... Eigen schaal A", "Eigen schaal A"),
        ("Anders namelijk...", None),
        ("Anders, namelijk…schaal\nB", "schaal\nB"),
        ("7", None),
        (None, None),
    ],
)
def test_own_words_are_found_behind_the_choice_for_them(text: Any, words: str | None) -> None:
    assert own_words(text) == words


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)
        | st.text(max_size=30),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["value", "id", "x"]), x, max_size=3),
    )
)
def test_no_value_breaks_a_reader(value: Any) -> None:
    for _, read, _ in READERS.values():
        assert isinstance(read(value), Reading)
