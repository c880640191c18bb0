"""Columns of ours that follow from the columns of the same row; what was sent stays in its own column."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from tap_inlenersbeloning.codes import code_lists
from tap_inlenersbeloning.values import day_and_month, number_in_text, own_words

__all__ = ["DERIVED", "Derive"]

Record = dict[str, Any]
Derive = Callable[[Record], None]
_AGE: Final = re.compile(r"(\d\d) jaar", re.ASCII)
_UNITS: Final = {"%": "Percentage", "€": "Amount"}


def _number(record: Record, *, column: str, given: str, is_money: bool = False) -> None:
    """Read the number in a text."""
    text = record.get(given)
    record[column] = number_in_text(text, is_money=is_money) if isinstance(text, str) else None


def _day_and_month(record: Record, *, column: str) -> None:
    """Take `DD/MM` apart."""
    record[f"{column}_day"], record[f"{column}_month"] = day_and_month(record.get(column))


def _amount(record: Record) -> None:
    """Give the amount, unless it is a zero that means: not described as an amount."""
    given = record.get("amount_given")
    record["amount"] = None if given == 0 and record.get("is_described_as_amount") is False else given


def _increase(record: Record) -> None:
    """Give value and unit of an increase: amounts are sent as percentages."""
    record["value"] = record.get("percentage_given")
    record["unit"] = _UNITS.get((record.get("increment_type") or "").strip())


def _name(record: Record, *, column: str, given: str) -> None:
    """Give the own words behind the platform's choice for them, else the choice."""
    record[column] = own_words(record.get(given)) or record.get(given)


def _step(record: Record) -> None:
    """Give the name of a step, and the age that it is for."""
    title = record.get("step_title")
    record["step_name"] = record.get("other_step_title") or own_words(title) or title
    age = _AGE.fullmatch(_AGES.get(record.get("age_step_id")) or title or "")
    record["age"] = int(age[1]) if age else None


_AGES: Final[Mapping[Any, str]] = {entry["number"]: code for code, entry in code_lists()["age_step_id"].items()}

DERIVED: Final[Mapping[str, tuple[Derive, ...]]] = {
    "remunerations": (
        partial(_number, column="unclassifiable_full_time_hours", given="unclassifiable_full_time_hours_given"),
    ),
    "function_groups": (partial(_name, column="scale_name", given="code"),),
    "functions": (partial(_name, column="reference_function_name", given="reference_title"),),
    "salary_steps": (_step,),
    "wage_increments": (_increase,),
    "periodicals": (
        partial(_number, column="experience_minimum_amount", given="experience_minimum_amount_given"),
        partial(_number, column="experience_period_amount", given="experience_period_amount_given"),
        partial(_day_and_month, column="experience_date"),
        partial(_day_and_month, column="experience_start_date"),
        partial(_day_and_month, column="performance_date"),
    ),
    "allowance_components": (_amount,),
    "reimbursements": (_amount,),
    "travel_expense_components": (_amount,),
    "payments": (partial(_day_and_month, column="date"),),
    "pensions": (partial(_number, column="franchise_amount", given="franchise", is_money=True),),
}
"""By stream."""
