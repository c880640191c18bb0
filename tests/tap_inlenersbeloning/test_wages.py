"""Hourly wages by the rule that all recorded steps follow, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tap_inlenersbeloning.wages import derive_hour_wages, rules_of

MONTH, FOUR_WEEKS = "Maandsalaris", "4 weken salaris"


def derived(
    group: dict[str, Any], salary: Any, *, hours: Any = None, per: Any = "Per week", given: Any = None
) -> tuple[Any, Any, Any, Any]:
    record: dict[str, Any] = {"salary": salary, "hour_wage": given}
    derive_hour_wages([record], rules_of(group, {"fullTimeHours": hours, "fullTimeHoursPer": per}))
    names = ("hour_wage_derived", "hour_wage_rule", "hour_wage_rule_value", "hour_wage_rule_source")
    return tuple(record[name] for name in names)  # type: ignore[return-value]  # there are four


def calculation(method: Any, value: Any, **more: Any) -> dict[str, Any]:
    return {"hourWageCalculations": [{"calculationMethod": method, "calculationValue": value, **more}]}


@pytest.mark.parametrize(
    ("group", "salary", "wage"),
    [
        (calculation("Divide", 156), 2500, "16.03"),
        (calculation("Divide", 160), Decimal("2575.50"), "16.10"),
        (calculation("Divide", Decimal("173.333")), 3000, "17.31"),
        (calculation("Multiply", Decimal("0.607")), 2500, "15.18"),
        (calculation("Multiply", Decimal("0.607")), 3000, "18.21"),
        (calculation(None, 156, calculationMethodID=2), 2500, "16.03"),
        (calculation("Divide", "156"), 2500, "16.03"),
        ({"hourWageCalculations": {"a": {"calculationMethod": "Divide", "calculationValue": 156}}}, 2500, "16.03"),
    ],
)
def test_the_calculation_of_the_group_is_followed(group: dict[str, Any], salary: Any, wage: str) -> None:
    found, rule, _, source = derived({**group, "tableType": MONTH}, salary, hours=36)
    assert found == Decimal(wage)
    assert rule in ("Divide", "Multiply")
    assert source == "document"


@pytest.mark.parametrize(
    ("table", "hours", "per", "rule", "wage"),
    [
        (MONTH, 36, "Per week", "Divide 156", "16.03"),
        (MONTH, Decimal("36.0"), None, "Divide 156", "16.03"),
        (MONTH, 38, "Per week", "Multiply 0.607", "15.18"),
        (MONTH, 40, "Gemiddeld op jaarbasis", "Divide 173.333", "14.42"),
        (FOUR_WEEKS, 40, "Per week", "Divide 160", "15.63"),
        (FOUR_WEEKS, 160, "Per 4 weken", "Divide 160", "15.63"),
        (MONTH, "40", "Per week", "Divide 173.333", "14.42"),
    ],
)
def test_without_a_calculation_the_platforms_own_is_followed(
    table: str, hours: Any, per: Any, rule: str, wage: str
) -> None:
    group = {"tableType": table, "hourWageCalculations": []}
    method, value = rule.split()
    assert derived(group, 2500, hours=hours, per=per) == (Decimal(wage), method, Decimal(value), "default")


def test_for_38_hours_the_wages_that_were_sent_tell_which_rule_holds() -> None:
    group = {"tableType": MONTH}
    assert derived(group, 3000, hours=38, given=Decimal("18.21"))[1:3] == ("Multiply", Decimal("0.607"))
    assert derived(group, 3000, hours=38, given=Decimal("18.22"))[1:3] == ("Divide", Decimal("164.67"))


@pytest.mark.parametrize(
    ("group", "hours"),
    [
        ({"tableType": MONTH}, 37),
        ({"tableType": MONTH}, None),
        ({"tableType": "Weeksalaris"}, 40),
        ({"tableType": [MONTH]}, 40),
        ({}, 40),
        ({"tableType": FOUR_WEEKS}, 36),
        ({"tableType": MONTH, **calculation("Raden", 156)}, 40),
        ({"tableType": MONTH, **calculation("Divide", -1)}, 40),
    ],
)
def test_where_no_rule_fits_nothing_is_derived_and_it_says_so(group: dict[str, Any], hours: Any) -> None:
    assert derived(group, 2500, hours=hours) == (None, None, None, "none")


def test_a_calculation_that_nobody_filled_in_is_none() -> None:
    group = {"tableType": MONTH, **calculation(None, 0)}
    assert derived(group, 2500, hours=36)[3] == "default"


def test_a_step_without_salary_has_no_derived_wage() -> None:
    assert derived({"tableType": MONTH}, None, hours=36)[0] is None


def test_half_a_cent_is_rounded_up() -> None:
    assert derived(calculation("Divide", 1000), 1005)[0] == Decimal("1.01")
    assert derived(calculation("Divide", 1000), 1015)[0] == Decimal("1.02")


def test_of_several_calculations_the_one_holds_that_gives_what_was_sent() -> None:
    group = {
        "hourWageCalculations": [
            {"calculationMethod": "Divide", "calculationValue": 160},
            {"calculationMethod": "Divide", "calculationValue": 156},
        ]
    }
    assert derived(group, 2500, given=Decimal("16.03"))[2] == 156
    assert derived(group, 2500, given=Decimal("1.00"))[2] == 160


def test_a_salary_beyond_all_measure_breaks_nothing() -> None:
    assert derived(calculation("Divide", 156), Decimal("1E+400"))[0] is None
