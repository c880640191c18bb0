"""Money is exact or refused."""

from decimal import Context, Decimal, FloatOperation, localcontext
from typing import Any

import pytest
from connector_kit.books.money import MoneyError, canonical, money, total
from hypothesis import given
from hypothesis import strategies as st

cents = st.integers(-(10**19), 10**19)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0, "0.00"),
        (100, "100.00"),
        ("1234.5", "1234.50"),
        (" -0.01 ", "-0.01"),
        ("1E+2", "100.00"),
        (Decimal("1E+2"), "100.00"),
        (Decimal("1.2300"), "1.23"),
        (Decimal("-0"), "0.00"),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
    ],
)
def test_an_amount_is_read_exactly(value: Any, amount: str) -> None:
    assert str(money(value)) == amount


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        True,
        None,
        b"1",
        "",
        "1,50",
        "1.234,50",
        "1_000",
        "٣",
        "NaN",
        "Infinity",
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("0.001"),
        "0.005",
        Decimal("1E+20"),
        Decimal("1E-999999"),
        Decimal("1E+999999"),
    ],
)
def test_what_is_no_exact_amount_is_refused(value: Any) -> None:
    with pytest.raises(MoneyError):
        money(value)


def test_a_refusal_does_not_repeat_the_amount() -> None:
    with pytest.raises(MoneyError) as caught:
        money("4711.123")
    assert "4711" not in str(caught.value)


def test_a_currency_without_cents_has_its_own_scale() -> None:
    assert money("1200.0", scale=0) == 1200
    with pytest.raises(MoneyError, match="more than 0 decimals"):
        money("1200.5", scale=0)


@given(cents)
def test_the_form_of_an_amount_is_one(value: int) -> None:
    amount = Decimal(value).scaleb(-2, Context(prec=60))
    forms = [amount, amount * 10 / 10, money(str(amount)), Decimal(f"{amount}000")]
    assert {canonical(form) for form in forms} == {format(money(amount), "f")}


def test_numbers_that_are_no_amounts_keep_their_decimals() -> None:
    assert canonical(Decimal("0.1250")) == "0.125"
    assert canonical(Decimal("-0.000")) == "0.00"


@given(st.lists(cents, max_size=30))
def test_a_total_is_exact_whatever_the_decimal_context_of_the_caller(values: list[int]) -> None:
    amounts = [Decimal(value).scaleb(-2, Context(prec=60)) for value in values]
    with localcontext(Context(prec=3)):
        assert canonical(total(amounts)) == canonical(Decimal(sum(values)).scaleb(-2, Context(prec=60)))


def test_floats_trap_wherever_the_caller_arms_the_trap() -> None:
    with localcontext() as context:
        context.traps[FloatOperation] = True
        assert money("0.10") + money(2) == Decimal("2.10")
        assert canonical(total([money("1E+2"), money("-0.01")])) == "99.99"
