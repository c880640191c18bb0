"""A few hirers, all invented, as records of the tap: what the questions about pay conditions are asked of.

- Bakkerij Ooms: three versions. 2025 in an old document; 2026 with two functions; July 2026 with new ids everywhere.
- Delta Zorg: not classifiable, so no scales; shares two remunerations.
- Eendracht: shares nothing. Fabels: shared one until 15 March 2026, whose ids are all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import simplejson
from tap_inlenersbeloning.schemas import SCHEMAS

COMPANY = "k1"
DELETED_AT = {"_sdc_deleted_at": {"type": ["string", "null"], "format": "date-time"}}
NOT_RECORDED_IN_2025 = [
    *("allowances", "reimbursementsData", "travelExpensesData", "paymentsData", "leave", "employmentConditions"),
    *(
        "paidBreaks",
        "individualChoiceBudget",
        "holidayAllowances",
        "sickPay",
        "pensionData",
        "sustainableEmployability",
    ),
]
BLOCKS = {
    "allowance_component": "allowances",
    "holiday_allowance": "holidayAllowances",
    "budget": "individualChoiceBudget",
    "budget_item": "individualChoiceBudget",
    "fixed": "paymentsData",
    "wage_increment": "wageIncrements",
    "retroactive_wage_increment": "wageIncrements",
    "vacation_days": "leave",
    "working_hours_reduction": "leave",
}

STREAMS = (
    *("partners", "remuneration_index", "remunerations", "function_groups", "functions", "salary_steps"),
    *("hour_wage_calculations", "unclassifiable_functions", "wage_increments", "allowances", "allowance_components"),
    *("allowance_weekdays", "sick_pay", "remuneration_components"),
)


@dataclass(kw_only=True)
class Records:
    """Records of the tap, in the order of their streams."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, stream: str, **values: Any) -> None:
        self.rows.setdefault(stream, []).append({"company_id": COMPANY, **values})

    def messages(self) -> list[str]:
        """As the tap writes them: every stream that the questions read, with or without records."""
        lines = []
        for stream in STREAMS:
            schema = SCHEMAS.get_schema(stream)
            added = DELETED_AT if stream in {"partners", "remuneration_index", "remunerations"} else {}
            message = {
                "type": "SCHEMA",
                "stream": stream,
                "schema": {**schema, "properties": {**schema["properties"], **added}},
                "key_properties": schema["required"],
            }
            lines.append(simplejson.dumps(message))
            lines += [
                simplejson.dumps({"type": "RECORD", "stream": stream, "record": record}, use_decimal=True)
                for record in self.rows.get(stream, [])
            ]
        return lines


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of one remuneration."""

    records: Records
    partner: str
    remuneration: str
    number: int

    @property
    def keys(self) -> dict[str, Any]:
        return {
            "partner_id": self.partner,
            "remuneration_id": self.remuneration,
            "lender_version": self.number,
        }

    def header(self, **values: Any) -> None:
        self.records.add(
            "remunerations", partner_id=self.partner, id=self.remuneration, lender_version=self.number, **values
        )

    def scale(self, group: str, name: str, *steps: tuple[str, str, str | None]) -> None:
        """A scale by the month, with (name, salary, hourly wage) of its steps."""
        self.records.add(
            "function_groups", **self.keys, id=group, scale_name=name, table_type="Maandsalaris", position=1
        )
        for index, (step, salary, wage) in enumerate(steps, start=1):
            derived = (Decimal(salary) / Decimal("173.333")).quantize(Decimal("0.01"))
            self.records.add(
                "salary_steps",
                **self.keys,
                function_group_id=group,
                index=index,
                step_name=step,
                age=int(step.split()[0]) if step.endswith("jaar") else None,
                salary=Decimal(salary),
                hour_wage=Decimal(wage) if wage else None,
                hour_wage_derived=derived,
            )

    def function(self, group: str, function: str, title: str, **values: Any) -> None:
        self.records.add("functions", **self.keys, function_group_id=group, id=function, title=title, **values)

    def component(self, kind: str, key: str, raw: dict[str, Any] | None = None, **values: Any) -> None:
        self.records.add(
            "remuneration_components",
            **self.keys,
            block=BLOCKS[kind],
            kind=kind,
            component_key=key,
            raw={"id": key, **(raw or {})},
            **values,
        )

    def allowance(self, allowance: str, component: str, name: str, raw: dict[str, Any], **values: Any) -> None:
        self.records.add("allowances", **self.keys, id=allowance, name=name)
        self.records.add(
            "allowance_components",
            **self.keys,
            allowance_id=allowance,
            id=component,
            applicable_time_from=raw.get("applicableTimeFrom"),
            applicable_time_to=raw.get("applicableTimeTo"),
        )
        for position, day in enumerate(raw.get("days", []), start=1):
            self.records.add(
                "allowance_weekdays",
                **self.keys,
                allowance_id=allowance,
                allowance_component_id=component,
                position=position,
                value=day,
            )
        self.component("allowance_component", f"{allowance}/{component}", raw, name=name, **values)

    def increase(
        self, position: int, day: str, value: str, unit: str, *, retroactive: bool = False, **more: Any
    ) -> None:
        kind = "retroactive_wage_increment" if retroactive else "wage_increment"
        self.records.add(
            "wage_increments",
            **self.keys,
            is_retroactive=retroactive,
            position=position,
            date=day,
            value=Decimal(value),
            unit=unit,
        )
        self.component(kind, f"#{position}", date=day, amount=Decimal(value), unit=unit, **more)


def bakery_2025(records: Records) -> None:
    version = Version(records=records, partner="p1", remuneration="r1", number=1)
    version.header(
        title="Inlenersbeloning van Ooms",
        start_date="2025-01-01",
        publish_date="2024-12-01T09:00:00+00:00",
        document_generation="gen1",
        not_recorded_blocks=NOT_RECORDED_IN_2025,
        full_time_hours=Decimal(40),
        full_time_hours_per="Per week",
        cla="BAKKERSBEDRIJF",
    )
    version.scale("g1", "Schaal 7", ("Trede 1", "2500.00", "14.42"), ("Trede 2", "2600.00", "15.00"))
    version.function("g1", "f1", "Bakker")


def bakery_2026(records: Records) -> None:
    version = Version(records=records, partner="p1", remuneration="r1", number=2)
    version.header(
        title="Inlenersbeloning van Ooms",
        start_date="2026-01-01",
        publish_date="2026-02-01T09:00:00+00:00",  # published after it began
        document_generation="gen2",
        not_recorded_blocks=["pensionData"],
        full_time_hours=Decimal(38),
        full_time_hours_per="Per week",
        cla="BAKKERSBEDRIJF",
    )
    version.scale(
        "g1",
        "Schaal 7",
        ("17 jaar", "1500.00", "8.65"),
        ("Trede 1", "2575.50", "14.86"),
        ("Trede 2", "2650.00", None),
    )
    version.scale("g2", "Eigen schaal A", ("Start", "2400.00", "13.85"))
    version.function("g1", "f1", "Bakker", working_hours="32-40")
    version.function("g2", "f2", "Inpakker")
    evening = {"amount": Decimal(25), "applicableTimeFrom": "20:00:00", "applicableTimeTo": "06:00:00"}
    version.allowance(
        "a1",
        "c1",
        "Avonddienst",
        evening | {"days": ["Monday", "Holiday"]},
        amount=Decimal(25),
        amount_given=Decimal(25),
        unit="Percentage",
        based_on="GrossSalary",
        interval="Hourly",
        interval_amount=Decimal(1),
        is_described_as_amount=True,
        function_ids=["f1"],
    )
    version.allowance(
        "a2",
        "c2",
        "Koudetoeslag",
        {"amount": 0, "description": "Volgens\r\nhet reglement \x02"},
        amount=None,
        amount_given=Decimal(0),
        is_described_as_amount=False,
        description="Volgens\r\nhet reglement \x02 \U0001d5ef",
        function_ids=[],
    )
    version.component(
        "holiday_allowance",
        "h1",
        {"amount": 8},
        amount=Decimal(8),
        unit="Percentage",
        part_of_individual_choice_budget=True,
    )
    version.component("budget", "b1", {"amount": Decimal("17.05")}, amount=Decimal("17.05"), unit="Percentage")
    version.component(
        "budget_item",
        "b1i1",
        {"amount": Decimal("9.05")},
        name="Dertiende maand",
        amount=Decimal("9.05"),
        unit="Percentage",
    )


def bakery_from_july(records: Records) -> None:
    """All ids are new; the same things are raised, added and removed."""
    version = Version(records=records, partner="p1", remuneration="r1", number=3)
    version.header(
        title="Inlenersbeloning van Ooms, herzien",
        start_date="2026-07-01",
        publish_date="2026-06-01T09:00:00+00:00",
        document_generation="gen2",
        not_recorded_blocks=[],
        full_time_hours=Decimal(38),
        full_time_hours_per="Per week",
        cla="BAKKERSBEDRIJF",
    )
    version.scale(
        "g7",
        "Schaal 7",
        ("Trede 1", "2575.50", "14.86"),
        ("Trede 2", "2700.00", "15.58"),
        ("Trede 3", "2800.00", "16.15"),
    )
    version.scale("g8", "Eigen schaal A", ("Start", "2400.00", "13.85"))
    version.function("g7", "f7", "Bakker", working_hours="32-40")
    version.function("g8", "f8", "Inpakker")
    version.allowance(
        "a7",
        "c7",
        "Avonddienst",
        {"amount": Decimal("27.50"), "applicableTimeFrom": "21:00:00", "applicableTimeTo": "06:00:00"},
        amount=Decimal("27.50"),
        amount_given=Decimal("27.50"),
        unit="Percentage",
        function_ids=["f7"],
    )
    version.component("holiday_allowance", "h7", {"amount": Decimal("8.33")}, amount=Decimal("8.33"), unit="Percentage")
    version.component("fixed", "q7", {"amount": 250}, amount=Decimal(250), unit="Amount", date="31/12")
    version.increase(1, "2026-10-01", "3", "Percentage")
    version.increase(2, "2026-10-01", "35", "Amount", function_ids=["f7"])
    version.increase(1, "2026-04-01", "2", "Percentage", retroactive=True)


def hirers() -> Records:
    """All of them."""
    records = Records()
    for partner, name in (("p1", "Bakkerij Ooms"), ("p2", "Delta Zorg"), ("p3", "Eendracht"), ("p4", "Fabels")):
        records.add("partners", id=partner, business_name=name)
    records.add("partners", id="p5", business_name="Gone", _sdc_deleted_at="2026-02-02T00:00:00+00:00")
    bakery_2025(records)
    bakery_2026(records)
    bakery_from_july(records)
    for remuneration in ("r2", "r3"):
        version = Version(records=records, partner="p2", remuneration=remuneration, number=1)
        version.header(
            title="Inlenersbeloning van Ooms",
            publish_date="2026-01-10T23:30:00+00:00",
            document_generation="gen2",
            not_recorded_blocks=[],
            is_classifiable=False,
            unclassifiable_full_time_hours=Decimal(36),
            unclassifiable_full_time_hours_per="Per week",
        )
        version.component("holiday_allowance", "h", {"amount": 8}, amount=Decimal(8), unit="Percentage")
    records.add("unclassifiable_functions", **version.keys, position=1, title="Verzorgende", description="Anders")
    gone = Version(records=records, partner="p4", remuneration="same", number=4)
    gone.header(start_date="2026-01-01", document_generation="gen2", _sdc_deleted_at="2026-03-15T06:00:00+00:00")
    gone.scale("same", "A", ("1", "2000.00", "11.54"))
    gone.function("same", "same", "Monteur")
    for partner, remuneration in (("p1", "r1"), ("p2", "r2"), ("p2", "r3"), ("p3", ""), ("p4", "")):
        records.add("remuneration_index", partner_id=partner, remuneration_id=remuneration)
    records.add(
        "remuneration_index", partner_id="p4", remuneration_id="same", _sdc_deleted_at="2026-03-15T06:00:00+00:00"
    )
    return records
