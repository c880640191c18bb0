"""Workers of an agency and what payroll paid them, all invented, as records of the taps; and the files of mappings.

The hirers are those of `hirers`, and some more whose conditions can be worked out by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import simplejson
from tap_nmbrs.schemas import SCHEMAS

from tests.warehouse.hirers import Records, Version, hirers

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = {
    "companies": ("company_id",),
    "company_periods": ("company_id",),
    "employees": ("company_id", "employee_id"),
    "employments": ("company_id", "employment_id"),
    "payroll_runs": ("company_id", "year", "payroll_run_id"),
    "payroll_run_wage_codes": ("company_id", "payroll_run_id", "report_no", "line_no"),
    "variable_hours": ("company_id", "employee_id", "year", "period", "hour_component_id"),
    "fixed_hours": ("company_id", "employee_id", "year", "period", "hour_component_id"),
}
MARCH = (2026, 3)


@dataclass(kw_only=True)
class Payroll:
    """Records of tap-nmbrs."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def add(self, stream: str, **values: Any) -> None:
        self.rows.setdefault(stream, []).append(values)

    def company(self, company: str, number: str, period_type: str = "month") -> None:
        self.add("companies", company_id=company, number=number, name=f"Bedrijf {number}")
        self.add("company_periods", company_id=company, period_year=2026, period=3, period_type=period_type)

    def worker(self, company: str, number: int, *, name: str = "", since: str = "2020-01-01", **more: Any) -> str:
        """A worker; the id is the company's and the number, unless there is another name for it."""
        worker = f"{company}-{name or number}"
        self.add("employees", company_id=company, employee_id=worker, employee_number=number)
        self.add(
            "employments",
            company_id=company,
            employee_id=worker,
            employment_id=f"service of {worker}",
            start_date=since,
            **more,
        )
        return worker

    def run(
        self, company: str, period: tuple[int, int], name: str, *, first: int | None = None, **values: Any
    ) -> tuple[str, str]:
        """A payroll run, of one period unless it begins with an earlier one."""
        year, number = period
        run = f"{company}-{name}"
        facts = {"period_start": first or number, "period_end": number, "type": "normal", "locked": True, **values}
        self.add("payroll_runs", company_id=company, year=year, payroll_run_id=run, number=next(self._numbers), **facts)
        return company, run

    def pay(self, run: tuple[str, str], worker: str, period: tuple[int, int], **values: str | None) -> None:
        """What a run worked out for a worker, by wage code (c1000=...)."""
        company, run_id = run
        report = next(self._numbers)
        for line, (code, value) in enumerate(values.items(), start=1):
            self.add(
                "payroll_run_wage_codes",
                company_id=company,
                payroll_run_id=run_id,
                report_no=report,
                line_no=line,
                employee_id=worker,
                year=period[0],
                period=period[1],
                code=code.removeprefix("c"),
                value=None if value is None else Decimal(value),
            )

    def hours(self, worker: str, period: tuple[int, int], *, stream: str = "variable_hours", **hours: str) -> None:
        """Hours by hour code (h2100=...)."""
        for code, amount in hours.items():
            self.add(
                stream,
                company_id=worker.partition("-")[0],
                employee_id=worker,
                year=period[0],
                period=period[1],
                hour_component_id=f"hours {next(self._numbers)}",
                hour_code=int(code.removeprefix("h")),
                hours=Decimal(amount),
            )

    def messages(self) -> list[str]:
        """As the tap writes them."""
        lines = []
        for stream, keys in STREAMS.items():
            message = {"type": "SCHEMA", "stream": stream, "schema": SCHEMAS.get_schema(stream), "key_properties": keys}
            lines.append(simplejson.dumps(message))
            lines += [
                simplejson.dumps({"type": "RECORD", "stream": stream, "record": record}, use_decimal=True)
                for record in self.rows.get(stream, [])
            ]
        return lines


def conditions() -> Records:
    """The hirers of the other questions, and some whose conditions can be worked out."""
    records = hirers()
    for partner, name in (
        ("v1", "Gieterij Vonk"),
        ("v2", "Zorggroep Zuid"),
        ("v3", "Midden & Zn"),
        ("v4", "Enkel"),
        ("v5", "Twee"),
        ("v6", "Twee"),
    ):
        records.add("partners", id=partner, business_name=name)
        records.add("remuneration_index", partner_id=partner, remuneration_id=f"{partner}-r")
    foundry(records)
    care_group(records)
    changed_in_march(records)
    plain(records)
    for partner, title in (("v5", "Wever"), ("v6", "Spinner")):
        version = Version(records=records, partner=partner, remuneration=f"{partner}-r", number=1)
        version.header(start_date="2026-01-01", document_generation="gen2", not_recorded_blocks=[])
        version.scale("g", "A", ("1", "2400.00", "14.00"))
        version.function("g", "f", title)
    return records


def foundry(records: Records) -> None:
    """All kinds of allowances; ADV as a percentage."""
    version = Version(records=records, partner="v1", remuneration="v1-r", number=4)
    version.header(start_date="2026-01-01", document_generation="gen2", not_recorded_blocks=["individualChoiceBudget"])
    version.scale("g", "Schaal B", ("Trede 0", "2600.00", "15.00"), ("Trede 1", "2700.55", "15.58"))
    version.function("g", "gieter", "Gieter")
    version.function("g", "smelter", "Smelter")
    hourly = {"interval": "Hourly", "interval_amount": Decimal(1), "is_described_as_amount": True}
    percent = {"unit": "Percentage", "based_on": "BaseWage"}
    version.allowance("a1", "c", "Nachtdienst", {}, amount=Decimal("37.5"), **percent, **hourly)
    version.allowance("a2", "c", "Hittetoeslag", {}, amount=Decimal("1.255"), unit="Amount", **hourly)
    version.allowance("a3", "c", "Kleding", {}, amount=None, is_described_as_amount=False, description="In overleg")
    version.allowance("a4", "c", "Ploeg", {}, amount=Decimal(10), unit="Percentage", based_on="UsualWage", **hourly)
    version.allowance(
        "a5", "c", "Bereikbaarheid", {}, amount=Decimal(50), unit="Amount", interval="Shift", interval_amount=Decimal(1)
    )
    version.allowance("a6", "c", "Zondag", {}, amount=Decimal(100), **percent, **hourly, function_ids=["smelter"])
    version.component("holiday_allowance", "h", amount=Decimal(8), unit="Percentage", based_on="GrossSalary")
    version.component("working_hours_reduction", "w", amount=Decimal("2.31"), unit="Percentage", based_on="GrossSalary")


def care_group(records: Records) -> None:
    """A choice budget with the holiday allowance in it, and an increase that the steps have in them."""
    version = Version(records=records, partner="v2", remuneration="v2-r", number=1)
    version.header(start_date="2025-06-01", document_generation="gen2", not_recorded_blocks=[])
    version.scale("g", "FWG 35", ("3", "2500.00", "16.03"))
    version.function("g", "zorg", "Verzorgende")
    version.component("budget", "b", amount=Decimal("17.05"), unit="Percentage", based_on="GrossSalary")
    version.component(
        "holiday_allowance",
        "h",
        amount=Decimal(8),
        unit="Percentage",
        based_on="GrossSalary",
        part_of_individual_choice_budget=True,
    )
    version.increase(1, "2026-01-01", "3", "Percentage")
    records.rows["wage_increments"][-1]["has_wage_increments_applied"] = True


def changed_in_march(records: Records) -> None:
    """Two versions; the second begins in the middle of March."""
    for number, start in ((1, "2026-01-01"), (2, "2026-03-16")):
        version = Version(records=records, partner="v3", remuneration="v3-r", number=number)
        version.header(start_date=start, document_generation="gen2", not_recorded_blocks=[])
        version.scale("g", "A", ("1", "2400.00", "14.00"), ("1 ", "2400.00", "14.50"))
        version.function("g", "f", "Sjouwer")


def plain(records: Records) -> None:
    """No allowances; a holiday allowance that may be a fraction; two functions of one name."""
    version = Version(records=records, partner="v4", remuneration="v4-r", number=1)
    version.header(start_date="2026-01-01", document_generation="gen2", not_recorded_blocks=[])
    version.scale("g", "A", ("1", "2400.00", "14.00"), ("leeg", "0.00", None))
    records.rows["salary_steps"][-1]["hour_wage_derived"] = None
    version.function("g", "f", "Plukker")
    version.function("g", "d1", "Dubbel")
    version.function("g", "d2", "Dubbel")
    version.component("holiday_allowance", "h", amount=Decimal("0.08"), unit="Percentage", based_on="GrossSalary")


def paid() -> Payroll:
    """Three companies: one by the month, one in four-week periods, and one with a worker of the same number."""
    payroll = Payroll()
    payroll.company("c1", "1")
    payroll.company("c2", "2", "4-weeks")
    payroll.company("c3", "3")
    march = payroll.run("c1", MARCH, "march")
    decided(payroll, march)
    undecided(payroll, march)
    four_weeks = payroll.run("c2", MARCH, "four weeks")
    for number in (201, 202):
        worker = payroll.worker("c2", number)
        payroll.hours(worker, MARCH, h2100="152")
        payroll.pay(four_weeks, worker, MARCH, c1000="2100.00")
    other = payroll.run("c2", (2026, 4), "four weeks more")
    payroll.pay(other, "c2-201", (2026, 4), c1000="2128.00", c4200="1.00")
    payroll.hours("c2-201", (2026, 4), h2100="152")
    same = payroll.run("c3", MARCH, "march")
    worker = payroll.worker("c3", 101)
    payroll.pay(same, worker, MARCH, c1000="1.00")
    return payroll


def decided(payroll: Payroll, march: tuple[str, str]) -> None:
    """101 and 119 at the foundry, 118 in care, 120 without allowances."""
    worker = payroll.worker("c1", 101)
    payroll.hours(worker, MARCH, h2100="120.25", h2105="31.5", h2190="-2", h3050="12.75")
    payroll.hours(worker, MARCH, stream="fixed_hours", h2100="8")
    payroll.pay(
        march,
        worker,
        MARCH,
        c1000="2400.10",
        c1190="150.00",
        c1195="16.01",
        c4200="189.00",
        c4300="55.00",
        c9000="2000.00",
    )
    bonus = payroll.run("c1", MARCH, "extra")
    payroll.pay(bonus, "101", MARCH, c1000="50.00")  # by number
    gone = payroll.run("c1", MARCH, "gone", _sdc_deleted_at="2026-04-01T00:00:00+00:00")
    payroll.pay(gone, worker, MARCH, c1000="999.00")

    worker = payroll.worker("c1", 118)
    payroll.hours(worker, MARCH, h2100="100.10")
    payroll.pay(march, worker, MARCH, c1000="1604.60", c4250="273.58")

    worker = payroll.worker("c1", 119, since="2026-03-09")
    payroll.hours(worker, MARCH, h2100="40")
    payroll.pay(march, worker, MARCH, c1000="600.00", c4200="48.00", c4300="13.86")

    worker = payroll.worker("c1", 120)
    payroll.hours(worker, MARCH, h2100="10", h2105="5")
    payroll.pay(march, worker, MARCH, c1000="210.00")


REASONS = {
    102: ("no placement in the period", "all"),
    103: ("more than one placement in the period", "all"),
    104: ("the placement is for a part of the period only", "all"),
    105: ("two versions in one period", "all"),
    106: ("the hirer is not known, or shares no pay conditions", "all"),
    107: ("the hirer has no function of this name", "all"),
    108: ("the scale has no step of this name", "hours"),
    109: ("payroll has no hours of the period", "hours"),
    110: ("hour code 2777 is not mapped", "hours"),
    111: ("wage code 7777 is not mapped", "all"),
    112: ("payroll names a worker that is not known, or fits several", "all"),
    114: ("the function is in no scale", "hours"),
    115: ("the step has no hourly wage", "hours"),
    116: ("the hirer has more than one function of this name", "all"),
    117: ("the version applies to a part of the period only", "all"),
    122: ("more than one hirer fits", "all"),
    121: ("the placement fits more than one worker", "all"),
}
"""Why nothing, or nothing that needs hours, can be decided of these workers in March."""


def undecided(payroll: Payroll, march: tuple[str, str]) -> None:
    """A worker for every reason."""
    for number in REASONS:
        worker = payroll.worker("c1", number)
        wages = {"c1000": "2100.00"} | ({"c7777": "12.00"} if number == 111 else {})
        payroll.pay(march, str(number) if number == 112 else worker, MARCH, **wages)
        if number != 109:
            payroll.hours(worker, MARCH, h2100="140", **({"h2777": "3"} if number == 110 else {}))
    payroll.worker("c1", 112, name="another")
    payroll.worker("c3", 121)
    # Corrections: run 7 to 9 on one period, and on all three; an open run.
    for month in (7, 8, 9, 10):
        for number in (118, 119):
            payroll.hours(f"c1-{number}", (2026, month), h2100="100")
        run = payroll.run("c1", (2026, month), f"month {month}", locked=month != 10)
        payroll.pay(run, "c1-118", (2026, month), c1000="1603.00", c4250="273.31")
        payroll.pay(run, "c1-119", (2026, month), c1000="1500.00")
    correction = payroll.run("c1", (2026, 9), "correction", first=7, type="twk")
    payroll.pay(correction, "c1-118", (2026, 9), c1000="-3.00")
    for month in (7, 8, 9):
        payroll.pay(correction, "c1-119", (2026, month), c1000="1.00")
    # The bakery: in 2025 little is recorded; in August the steps may lack an increase.
    worker = payroll.worker("c1", 130)
    for period in ((2025, 12), (2026, 8)):
        run = payroll.run("c1", period, f"bakery {period}")
        payroll.hours(worker, period, h2100="100")
        payroll.pay(run, worker, period, c1000="1500.00")
        if period == (2025, 12):
            payroll.pay(run, payroll.worker("c1", 131), period, c1000="1500.00")


FILES = {
    "placements": """\
company,worker,hirer,job,step,from_date,until_date
1,101,Gieterij Vonk,Gieter,trede 1,2026-01-01,
1,103,Gieterij Vonk,Gieter,Trede 0,2026-01-01,2026-03-15
1,103,Gieterij Vonk,Smelter,Trede 0,2026-03-16,
1,104,Gieterij Vonk,Gieter,Trede 0,2026-03-02,
1,105,Midden & Zn,Sjouwer,1,2026-01-01,
1,106,Onbekend,Gieter,Trede 0,2026-01-01,
1,107,Gieterij Vonk,Bakker,Trede 0,2026-01-01,
1,108,Gieterij Vonk,Gieter,Trede 9,2026-01-01,
1,109,Gieterij Vonk,Gieter,Trede 0,2026-01-01,
1,110,Gieterij Vonk,Gieter,Trede 0,2026-01-01,
1,111,Gieterij Vonk,Gieter,Trede 0,2026-01-01,
1,131,Bakkerij Ooms,Inpakker,Start,2025-01-01,
1,114,Delta Zorg,Verzorgende,1,2026-01-01,
1,115,Enkel,Plukker,leeg,2026-01-01,
1,116,Enkel,Dubbel,1,2026-01-01,
1,117,Fabels,Monteur,1,2026-01-01,
1,118,k1/v2,zorg,3,2026-01-01,
c1,c1-119,v1,Gieter,Trede 0,2026-03-09,
1,120,Enkel,Plukker,1,2026-01-01,
*,121,Enkel,Plukker,1,2026-01-01,
1,130,Bakkerij Ooms,Bakker,Trede 1,2025-01-01,
2,201,Enkel,Plukker,1,2026-01-01,
2,202,Enkel,Plukker,1,2026-01-01,
1,122,Twee,Wever,1,2026-01-01,
1,999,Enkel,Plukker,1,2026-01-01,
""",
    "wage_codes": """\
company,code,topic,allowance
*,1000,wage,
*,1190,allowance,Nachtdienst
*,1195,allowance,hittetoeslag
*,4200,outside,
1,4200,holiday_allowance,
*,4250,individual_choice_budget,
*,4300,working_time_reduction,
*,9000,outside,
""",
    "hour_codes": """\
company,code,wage,allowance,kind
*,2100,yes,,
*,2105,yes,Nachtdienst,
*,2190,no,Nachtdienst,
*,3050,no,a2/c,
""",
    "bases": "hirer,topic,base\n*,holiday_allowance,wage\nGieterij Vonk,working_time_reduction,wage\n",
    "periods": "company,year,period,first_day,last_day\n2,2026,4,2026-03-23,2026-04-19\n",
    "ons_workers": "company,worker,ons_employee\n",
    "ons_hours": "source,code,kind,unit\n",
}
