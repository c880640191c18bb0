"""Documents drafted from the model of all that was ever seen: filled as a recipe says, the same for the same seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import UUID

import yaml

from provider_simulators.inlenersbeloning.filling import fill
from provider_simulators.inlenersbeloning.hirers import AMSTERDAM, Generation, Hirer, Publication, base36, uuid4_of
from provider_simulators.inlenersbeloning.oddities import QUIRKS
from provider_simulators.inlenersbeloning.wages import WAGE_RULES, WageRule, steps

Document = dict[str, Any]

STOCK_MARK = "5ca1ab1e"
"""First eight digits of the ids in a document that is in stock: whoever shares it puts its own there."""
ONLY_IN_NEWER = (
    "paidBreaks",
    "individualChoiceBudget",
    "sickPay",
    "pensionData",
    "sustainableEmployability",
    "holidayAllowances",
)
"""Blocks that documents up to 2024 do not have (seen)."""
EMPTY_IN_OLDER = (
    "allowances",
    "reimbursementsData",
    "travelExpensesData",
    "paymentsData",
    "leave",
    "employmentConditions",
)
"""Blocks in which documents up to 2024 have no lines, though there were some (seen)."""
ONLY_SEEN_EMPTY = frozenset({"linkedFunctions", "appliedTo", "cumulatesWith", "oneTimePayments"})
AMOUNTS: tuple[int | Decimal, ...] = (
    *(0, 8, 25, 35, 70, 100, 250),
    *map(Decimal, ("0.01", "0.08", "0.607", "3.25", "8.33", "17.05", "201.6", "1250.75")),
)
"""Percent, euros, days and hours alike; some people type 0.08 where they mean 8 %."""
CHOICES = (0, 0, 1, 2, 3, 13)
"""0 is unset in some lists and a first choice in others; the same text has been seen with 0 and 13."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How full a document is.

    Attributes:
        given: Chance of a value where both a value and null were seen.
        imagined: Values stand also where only null or an empty list was seen.
        lines: Fewest and most items of a list; so are the next ones.
        groups: Scales.
        steps: Steps of a scale.
        functions: Functions in a scale.
    """

    given: float = 0.7
    imagined: bool = False
    lines: tuple[int, int] = (0, 3)
    groups: tuple[int, int] = (0, 4)
    steps: tuple[int, int] = (1, 20)
    functions: tuple[int, int] = (0, 6)


RECIPES: Mapping[Generation, Recipe] = MappingProxyType({
    Generation.COMPLETE: Recipe(
        given=1, imagined=True, lines=(2, 3), groups=(4, 4), steps=(14, 20), functions=(2, 4)
    ),
    Generation.VARIED: Recipe(),
    Generation.VARIED_LEGACY: Recipe(groups=(1, 5)),
    Generation.EMPTY: Recipe(given=0, lines=(0, 0), groups=(0, 0)),
    Generation.LARGE: Recipe(given=0.4, lines=(0, 1), groups=(9, 9), steps=(27, 41), functions=(8, 12)),
})  # fmt: skip


def draft(hirer: Hirer, publication: Publication, company: str) -> Document:
    """The newest version of a remuneration, as it is shared with one company of the agency."""
    return _Draft(hirer, publication, company).document()


@cache
def model() -> Document:
    """Every member that was ever seen, to the word that says what it holds."""
    return _read("remuneration.yaml")


@cache
def _words() -> Document:
    return _read("words.yaml")


def _read(name: str) -> Document:
    read: Document = yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return read


class _Draft:
    def __init__(self, hirer: Hirer, publication: Publication, company: str) -> None:
        self._hirer, self._publication = hirer, publication
        self._recipe = RECIPES[publication.generation]
        self._legacy = publication.generation is Generation.VARIED_LEGACY
        key = ("stock",) if publication.stock else (company, hirer.id, publication.at)
        self._chance = Random("/".join(map(str, (*key, publication.generation, publication.seed))))
        self._first_id = uuid4_of(*key, "remuneration")
        self._second, self._numbers, self._texts = int(publication.at.timestamp()), count(1), count(1)
        self._functions: list[str] = []
        self._hours = self._chance.choice((36, 38, 40))

    def document(self) -> Document:
        document: Document = self._of(model(), "")
        self._put_scales(document)
        if self._legacy:
            for name in ONLY_IN_NEWER:
                del document[name]
            for name in EMPTY_IN_OLDER:
                document[name] = _emptied(document[name])
        elif not document["holidayAllowances"]:
            del document["holidayAllowances"]  # the key is missing when there are none (seen)
        if self._publication.kilobytes:
            fill(document, self._publication.kilobytes * 1000)
        return document

    # By the model

    def _of(self, kind: Any, name: str) -> Any:
        if isinstance(kind, dict):
            return self._agreeing({member: self._of(each, member) for member, each in kind.items()})
        if isinstance(kind, list):
            return self._items(kind[0], name)
        unseen = kind.endswith("!") and not self._recipe.imagined
        left_out = kind.endswith("~") and self._chance.random() >= self._recipe.given
        return None if unseen or left_out else self._said(kind.rstrip("~!"))

    def _items(self, kind: Any, name: str) -> list[Any]:
        if name in ("steps", "hourWageCalculations") or (name in ONLY_SEEN_EMPTY and not self._recipe.imagined):
            return []  # the former follow from the rule for wages
        fewest, most = {"functionGroups": self._recipe.groups, "functions": self._recipe.functions}.get(
            name, self._recipe.lines
        )
        if kind == "function_id":
            return self._chance.sample(self._functions, min(most, len(self._functions)))
        items = [self._of(kind, f"{name}[]") for _ in range(self._chance.randint(fewest, most))]
        if name == "functions":
            self._functions += [item["id"] for item in items]
        return items

    def _agreeing(self, made: Document) -> Document:
        """Members that were always seen to agree do so; flags and their lists need not."""
        words = _words()
        if set(made) == {"title", "value"}:
            made["title"] = words["weekday"][made["value"]]
        if "typeTitle" in made:
            made["typeTitle"] = words["allowance_type"][made["typeCode"]]
        if "frequency" in made and made["type"] is not None:
            made["name"] = words["holiday"][made["type"]]
        if made.get("isDescribedAsAmount") is False:
            made["amount"] = 0
        if made.get("appliesToAllFunctions") and not self._recipe.imagined:
            made |= {name: [] for name in ("dependencyFunctions", "linkedFunctions") if name in made}
        return made

    # By the word

    def _said(self, word: str) -> Any:
        own = getattr(self, f"_say_{word}", None)
        return own() if own else self._chance.choice(list(_words()[word]))

    def _say_id(self) -> str:
        if self._legacy:
            return base36(self._second + next(self._numbers))
        made = str(UUID(int=self._chance.getrandbits(128), version=4))
        return STOCK_MARK + made[8:] if self._publication.stock else made

    def _say_text(self) -> str:
        """Short mostly; each one is another, so that each can be found again."""
        text = f"Verzonnen bepaling {next(self._texts)}: geldt voor niemand."
        if self._chance.random() < 1 / 10:
            text += self._chance.choice(QUIRKS) + "en verder."
        return text * self._chance.choice((1, 1, 1, 1, 2, 2, 3, 12))

    def _say_flag(self) -> bool:
        return self._chance.random() < 1 / 2

    def _say_amount(self) -> int | Decimal:
        return self._chance.choice(AMOUNTS)

    def _say_count(self) -> int:
        return self._chance.choice((0, 1, 1, 2, 12))

    def _say_choice_id(self) -> int:
        return self._chance.choice(CHOICES)

    def _say_digits(self) -> str:
        return self._chance.choice(("2", "12", "36", "40"))

    def _say_day(self) -> str:
        return str(self._publication.at.date() + timedelta(days=self._chance.randint(-400, 500)))

    def _say_day_and_month(self) -> str:
        return f"{self._chance.randint(1, 31):02}/{self._chance.randint(1, 12):02}"

    def _say_time(self) -> str:
        return self._chance.choice(("00:00:00", "20:00:00", "06:00:00", "18:30:00"))

    def _say_moment(self) -> str:
        return self._publication.at.astimezone(AMSTERDAM).isoformat(timespec="seconds")

    def _say_version(self) -> int:
        return self._publication.version

    def _say_title(self) -> str:
        own = self._chance.random() < 1 / 4
        return "Beloning groep Verzonnen" if own else f"Inlenersbeloning van {self._hirer.name}"

    def _say_hirer(self) -> str:
        return self._hirer.name

    def _say_hirer_id(self) -> str:
        return self._hirer.id

    def _say_commerce_number(self) -> str:
        return self._hirer.commerce_number

    def _say_employees(self) -> int | None:
        return 250 if self._recipe.imagined else self._hirer.employees

    def _say_house_number(self) -> int:
        return self._chance.choice((1, 12, 345, 20115))

    def _say_sz_code(self) -> int:
        return self._chance.choice((1630, 182, 2))

    def _say_full_time_hours(self) -> int:
        return self._hours

    def _say_allowance_title(self) -> None:
        """Follows from the code, as do the next two."""

    _say_weekday_title = _say_holiday_name = _say_table_type = _say_allowance_title

    def _say_step_title(self) -> str:
        return f"Trede {self._chance.randrange(12)}"

    # Scales

    def _put_scales(self, document: Document) -> None:
        if self._legacy and document["functionGroups"]:  # ids of old documents collide across types (seen)
            document["id"] = base36(self._second)
            group = document["functionGroups"][0]
            group["id"] = document["id"]
            if group["functions"]:
                group["functions"][0]["id"] = document["id"]
        else:
            document["id"] = base36(self._second) if self._legacy else self._first_id
        if not document["functionGroups"]:  # not classifiable (seen)
            document["workingHours"]["fullTimeHours"] = None
            document["baseOrganisationData"] |= {"isClassifiable": False, "unclassifiableFullTimeHours": "40"}
        rules = [rule for rule in WAGE_RULES if rule.hours == self._hours]
        for place, group in enumerate(document["functionGroups"]):
            self._put_scale(group, rules[place % len(rules)])

    def _put_scale(self, group: Document, rule: WageRule) -> None:
        (table, table_id), calculations = rule.table, rule.calculations()
        if self._recipe.imagined:
            calculations = [each | {"appliedTo": self._functions[:1]} for each in calculations]
        group |= {
            "tableType": table,
            "tableTypeID": table_id,
            "hasHourRateCalculationMethods": rule.stated,
            "steps": steps(rule, self._chance.randint(*self._recipe.steps), self._chance),
            "hourWageCalculations": calculations,
        }


def _emptied(block: Document) -> Document:
    return {
        name: [] if isinstance(each, list) else False if isinstance(each, bool) else None if name == "id" else each
        for name, each in block.items()
    }
