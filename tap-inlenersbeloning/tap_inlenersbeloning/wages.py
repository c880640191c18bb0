"""The hourly wage of a step, from its salary, to the cent.

The provider gives an hourly wage with every step. This one is computed beside it, by the rule that all recorded steps
follow: the group's own calculation if it has one, else the platform's for the table and the full-time hours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow
from enum import StrEnum
from typing import Any, Final

from tap_inlenersbeloning.containers import items_of
from tap_inlenersbeloning.values import number_in_text

__all__ = ["Method", "Rule", "derive_hour_wages", "rules_of"]

_CENT: Final = Decimal("0.01")
_HUNDRED: Final = Decimal(100)
_CALCULATION: Final = frozenset({"calculationMethod", "calculationValue"})
_WEEKS_OF_A_PERIOD: Final = 4
Row = Mapping[str, Any]


class Method(StrEnum):
    """How an hourly wage follows from a salary, as the provider calls it."""

    DIVIDE = "Divide"
    MULTIPLY = "Multiply"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How the hourly wages of a group follow from its salaries.

    Attributes:
        method: Divide: by hours. Multiply: by percents.
        value: The hours or the percents.
        source: `document` or `default`.
    """

    method: Method
    value: Decimal
    source: str

    def hour_wage(self, salary: Decimal | int) -> Decimal | None:
        """Give the hourly wage in EUR, rounded half up to cents; null for a salary beyond all measure."""
        amount = Decimal(salary)
        try:
            wage = amount / self.value if self.method is Method.DIVIDE else amount * self.value / _HUNDRED
            return wage.quantize(_CENT, ROUND_HALF_UP)
        except (InvalidOperation, DivisionByZero, Overflow):
            return None


def _default(method: Method, value: str) -> Rule:
    return Rule(method=method, value=Decimal(value), source="default")


_DEFAULTS: Final[Mapping[tuple[str, Decimal], tuple[Rule, ...]]] = {
    ("Maandsalaris", Decimal(36)): (_default(Method.DIVIDE, "156"),),
    ("Maandsalaris", Decimal(38)): (_default(Method.MULTIPLY, "0.607"), _default(Method.DIVIDE, "164.67")),
    ("Maandsalaris", Decimal(40)): (_default(Method.DIVIDE, "173.333"),),
    ("4 weken salaris", Decimal(40)): (_default(Method.DIVIDE, "160"),),
}
"""By kind of table and full-time hours of a week; seen in recorded documents. For 38 hours both were seen."""
_METHOD_IDS: Final = {1: Method.MULTIPLY, 2: Method.DIVIDE}


def rules_of(group: Row, working_hours: Any) -> tuple[Rule, ...]:
    """Give the rules that may hold for a function group, the likeliest first; none if nothing fits.

    Args:
        group: The function group, in the provider's spelling.
        working_hours: The document's block workingHours.
    """
    calculations = items_of(group.get("hourWageCalculations") or [], _CALCULATION).rows
    objects = [item.value for item in calculations if isinstance(item.value, Mapping)]
    own = [_calculated(row) for row in objects if row.get("calculationMethod") or row.get("calculationValue")]
    rules = tuple(rule for rule in own if rule is not None)
    if rules or own:
        return rules
    table = group.get("tableType")
    hours = _hours_of_week(working_hours)
    return _DEFAULTS.get((table, hours), ()) if isinstance(table, str) and hours else ()


def derive_hour_wages(steps: Iterable[dict[str, Any]], rules: tuple[Rule, ...]) -> None:
    """Fill in the derived columns of the steps of one group, whose rows are alike.

    Of several rules the one holds that gives most of the hourly wages that were sent; else the first.

    Args:
        steps: Records of `salary_steps`.
        rules: Of their group.
    """
    records = list(steps)
    best = max(rules, key=lambda rule: _hits(rule, records)) if len(rules) > 1 else next(iter(rules), None)
    for record in records:
        salary = record.get("salary")
        record["hour_wage_derived"] = best.hour_wage(salary) if best and salary is not None else None
        record["hour_wage_rule"] = str(best.method) if best else None
        record["hour_wage_rule_value"] = best.value if best else None
        record["hour_wage_rule_source"] = best.source if best else "none"


def _hits(rule: Rule, records: list[dict[str, Any]]) -> int:
    given = ((record.get("salary"), record.get("hour_wage")) for record in records)
    return sum(rule.hour_wage(salary) == wage for salary, wage in given if salary is not None and wage is not None)


def _calculated(calculation: Row) -> Rule | None:
    """Read a calculation of the group; null if it is none that we know."""
    value = _number(calculation.get("calculationValue"))
    named = calculation.get("calculationMethod")
    number = calculation.get("calculationMethodID")
    method = named if named is not None else _METHOD_IDS.get(number) if isinstance(number, int) else None
    if value is None or value <= 0 or method not in tuple(Method):
        return None
    return Rule(method=Method(method), value=value, source="document")


def _hours_of_week(working_hours: Any) -> Decimal | None:
    if not isinstance(working_hours, Mapping):
        return None
    hours = _number(working_hours.get("fullTimeHours"))
    if hours is not None and working_hours.get("fullTimeHoursPer") == "Per 4 weken":
        hours /= _WEEKS_OF_A_PERIOD
    return hours


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        return number_in_text(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    return None
