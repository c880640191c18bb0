"""Scales and their steps: how an hourly wage follows from a salary (verified on all recorded steps, to the cent)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

Document = dict[str, Any]

CENT = Decimal("0.01")
OTHER = "Anders, namelijk..."
MONTH, FOUR_WEEKS = ("Maandsalaris", 1), ("4 weken salaris", 2)
AGE_STEPS = {16: 66, 17: 70, 18: 67, 19: 68, 20: 69}
"""Ids of the steps for the young, by age."""
FIRST_STEP, FIRST_YEAR = 9, 174
NAMED_STEPS = 10
"""The platform's list goes so far; steps above have names of the hirer's own."""


@dataclass(frozen=True, kw_only=True)
class WageRule:
    """How hourly wages of a scale are worked out.

    Attributes:
        hours: Full-time hours a week that it goes with.
        value: Hours of a period to divide by, or percent of the salary.
        stated: Whether the document tells it; without, the platform has a rule of its own.
        multiply: Percent, not hours.
        table: What salaries are for, and the id of that choice.
    """

    hours: int
    value: Decimal
    stated: bool = True
    multiply: bool = False
    table: tuple[str, int] = MONTH

    def hour_wage(self, salary: Decimal) -> Decimal:
        """An hour's wage in euros."""
        wage = salary * self.value / 100 if self.multiply else salary / self.value
        return wage.quantize(CENT, ROUND_HALF_UP)

    def fits(self, step: Document) -> bool:
        """Whether the step's wage follows from its salary by this rule."""
        return self.hour_wage(Decimal(step["salary"])) == Decimal(step["hourWage"])

    def calculations(self) -> list[Document]:
        """As documents state it."""
        method = ("Multiply", 1, "Procent", 1) if self.multiply else ("Divide", 2, "Uren", 2)
        names = ("calculationMethod", "calculationMethodID", "calculationType", "calculationTypeID")
        stated = dict(zip(names, method, strict=True)) | {"calculationValue": number(self.value), "appliedTo": []}
        return [stated] if self.stated else []


WAGE_RULES = (
    WageRule(hours=36, value=Decimal(156)),
    WageRule(hours=36, value=Decimal(156), stated=False),
    WageRule(hours=38, value=Decimal("0.607"), multiply=True),
    WageRule(hours=38, value=Decimal("164.67"), stated=False),
    WageRule(hours=40, value=Decimal("173.333")),
    WageRule(hours=40, value=Decimal("173.333"), stated=False),
    WageRule(hours=40, value=Decimal(160), table=FOUR_WEEKS),
)


def number(value: Decimal) -> int | Decimal:
    """As the API writes amounts: whole ones without decimals."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def steps(rule: WageRule, length: int, chance: Random) -> list[Document]:
    """So many steps with rising salaries: those for the young first, then years of service, then own names."""
    young = chance.randint(0, min(len(AGE_STEPS), length // 3))
    salary = Decimal(chance.randrange(1900, 2900))
    made = []
    for index, (title, other, step_id, age_id) in enumerate(_titles(length, young, chance), start=1):
        made.append(
            {
                "index": index,
                "stepTitle": title,
                "otherStepTitle": other,
                "salary": number(salary),
                "hourWage": number(rule.hour_wage(salary)),
                "functionGroupStepID": step_id,
                "ageStepID": age_id,
            }
        )
        salary += chance.choice((Decimal("75.50"), Decimal("61.47"), Decimal(40), Decimal("112.05")))
    return made


def _titles(length: int, young: int, chance: Random) -> Iterator[tuple[str, str | None, int | None, int | None]]:
    name, first_id = chance.choice((("Trede", FIRST_STEP), ("Functiejaren", FIRST_YEAR)))
    for age in sorted(AGE_STEPS)[len(AGE_STEPS) - young :]:
        yield f"{age} jaar", None, None, AGE_STEPS[age]
    named = min(NAMED_STEPS, max(length - young - 1, 0))
    for place in range(named):
        yield f"{name} {place}", None, first_id + place, None
    for place in range(length - young - named):
        yield OTHER, chance.choice((f"de5lta {place}", f"Uitloop {place}", f"Periodiek {place} (oud)")), None, None
