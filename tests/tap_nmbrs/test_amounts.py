"""Amounts as text: whatever the signs mean for sure is read, the rest refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tap_nmbrs.amounts import AmbiguousAmountError, AmountError, decimal_mark, read_amount, sole_decimal_mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1'234", "1234"),
        ("0.125", "0.125"),
        ("1000.000", "1000.000"),
        ("12.5", "12.5"),
        (".50", "0.50"),
        ("+7", "7"),
        ("12,50-", "-12.50"),
        ("- 12,50", "-12.50"),
        ("\u221212,50", "-12.50"),
        ("\u20ac 12,50", "12.50"),
        ("12,50 \u20ac", "12.50"),
        ("-0.00", "0"),
        ("-", "0"),
        (None, "0"),
    ],
)
def test_an_amount_is_read_whatever_its_separators(text: str | None, expected: str) -> None:
    found = read_amount(text)
    assert found == Decimal(expected)
    assert not (found == 0 and found.is_signed())


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3",
        "1,23,456",
        "1.234,5,6",
        "12.34.56",
        "1e5",
        "NaN",
        "ten",
        "10.",
        "--1",
        "-1-",
        "\u0663",
        "1 2",
        "(10.00)",
        "10,-",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text)


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from([".", ","]))
def test_three_digits_behind_one_separator_are_decimals_or_thousands_as_the_document_says(
    before: int, behind: int, separator: str
) -> None:
    text = f"{before}{separator}{behind:03}"
    with pytest.raises(AmbiguousAmountError):
        read_amount(text)
    assert decimal_mark(text) is None
    assert read_amount(text, separator) == Decimal(f"{before}.{behind:03}")
    assert read_amount(text, {".": ",", ",": "."}[separator]) == before * 1000 + behind


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.sampled_from([(".", ","), (",", "."), ("'", "."), (" ", ","), ("", "."), ("", ",")]),
)
def test_what_was_written_is_read_to_the_cent(amount: Decimal, signs: tuple[str, str]) -> None:
    thousands, decimal = signs
    whole, cents = f"{abs(amount):,.2f}".split(".")
    text = f"{'-' if amount < 0 else ''}{whole.replace(',', thousands)}{decimal}{cents}"
    assert read_amount(text) == amount
    assert decimal_mark(text) == decimal


def test_a_document_whose_amounts_disagree_has_no_decimal_sign() -> None:
    assert sole_decimal_mark(["1.234", "0,50", "-", None, "x"]) == ","
    assert sole_decimal_mark(["1.50", "1,50"]) is None
    assert sole_decimal_mark(["1.234", "7"]) is None
