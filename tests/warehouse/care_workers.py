"""Hours that care workers wrote in Ons, all invented, as records of the taps; and the files of mappings for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import simplejson
from tap_ons.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.warehouse.paid_workers import Payroll

MARCH, APRIL = (2026, 3), (2026, 4)
SECONDS_OF_AN_HOUR = 3600
STREAMS = ("employees", "presence_logs")
KINDS = ("evening", "worked")


class Care:
    """Records of tap-ons."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {stream: [] for stream in STREAMS}
        self._numbers: Iterator[int] = count(1)

    def employee(self, number: int) -> int:
        self.rows["employees"].append({"id": 40_000 + number, "identification_no": f"P{number}"})
        return 40_000 + number

    def log(self, employee: int, start: str, hours: float, *, hour_type: int = 1, **values: Any) -> None:
        """A log that counts, of so many hours, from a moment in UTC."""
        number = next(self._numbers)
        begins = datetime.fromisoformat(f"{start}+00:00")
        seconds = round(hours * SECONDS_OF_AN_HOUR)
        record = {
            "id": number,
            "employee_object_id": employee,
            "activity_object_id": hour_type,
            "has_real_time": True,
            "start_date": begins.isoformat(),
            "end_date": (begins + timedelta(seconds=seconds)).isoformat(),
            "calculated_worktime_amount": seconds,
            "payment": True,
            "payrolling_activity": True,
            "removed": False,
            "fixed_rate_compensation": False,
            "verified": True,
            "ort_hours": [],
            "_ons_synced_at": "2026-05-01T02:00:00+00:00",
            **values,
        }
        if number % 2:  # Ons may leave out what is false
            record = {name: value for name, value in record.items() if value is not False}
        self.rows["presence_logs"].append(record)

    def messages(self) -> list[str]:
        """As the tap writes them."""
        lines = []
        for stream, records in self.rows.items():
            message = {
                "type": "SCHEMA",
                "stream": stream,
                "schema": SCHEMAS.get_schema(stream),
                "key_properties": ["id"],
            }
            lines.append(simplejson.dumps(message))
            lines += [simplejson.dumps({"type": "RECORD", "stream": stream, "record": record}) for record in records]
        return lines


def irregular(start: str, end: str, percent: float = 22) -> dict[str, Any]:
    return {"start": f"{start}Z", "end": f"{end}Z", "percentage_decimal": percent, "description": "ORT"}


REASONS = {
    302: "the worker is no employee of Ons (ons_workers.csv)",
    303: "hours are not verified in Ons",
    304: "hour type 77 of Ons is not mapped",
    305: "the unit of hour type 6 of Ons is not told",
    306: "a log of Ons has no work time",
    308: "payroll has no hours of the period",
    309: "hour code 2199 has no kind",
    310: "irregular hours of 44.5 % are not mapped",
    311: "irregular hours of 22 % overlap",
    312: "an employee of Ons is more than one worker",
    313: "an employee of Ons is more than one worker",
    314: "the work time that Ons worked out is not that of the times",
    315: "logs of Ons overlap",
    316: "logs of one time are of different kinds",
}
"""Why the hours of these workers cannot be compared in March."""


def worked(payroll: Payroll) -> Care:
    """A care organisation with its payroll; 301 and 320 can be compared."""
    payroll.company("c4", "4")
    care = Care()
    care.log(care.employee(399), "2026-03-01T08:00", 1)  # of nobody whom payroll knows
    first = care.employee(301)
    worker = payroll.worker("c4", 301)
    payroll.hours(worker, MARCH, h2100="14", h2105="7.5", h3041="8")
    care.log(first, "2026-03-02T08:00", 8)
    evening = irregular("2026-03-03T18:00", "2026-03-03T22:00")
    for _ in range(2):  # a group: one time, which Ons divides, and one evening
        care.log(first, "2026-03-03T14:00", 8, ort_hours=[evening], calculated_worktime_amount=4 * 3600)
    care.log(first, "2026-03-04T18:00", 3, ort_hours=[irregular("2026-03-04T18:00", "2026-03-04T20:59:42")])
    care.log(first, "2026-02-28T22:30", 0.5, removed=True)
    care.log(first, "2026-03-05T08:00", 4, fixed_rate_compensation=True)
    care.log(first, "2026-03-05T13:00", 4, payment=False)
    care.log(first, "2026-03-06T13:00", 4, hour_type=20)  # outside
    care.log(first, "2026-03-31T22:30", 5)  # in Amsterdam it is April
    payroll.hours(worker, APRIL, h2100="5")

    for number in REASONS:
        worker = payroll.worker("c4", number)
        if number != 308:
            payroll.hours(worker, MARCH, h2100="4", **({"h2199": "1"} if number == 309 else {}))
        employee = care.employee(number)
        broken: dict[int, dict[str, Any]] = {
            303: {"verified": False},
            304: {"hour_type": 77},
            305: {"hour_type": 6, "has_real_time": False, "duration": 4},
            306: {"end_date": None},
            310: {"ort_hours": [irregular("2026-03-10T18:00", "2026-03-10T19:00", 44.5)]},
            311: {
                "ort_hours": [
                    irregular("2026-03-10T18:00", "2026-03-10T19:00"),
                    irregular("2026-03-10T18:30", "2026-03-10T20:00"),
                ]
            },
            314: {"calculated_worktime_amount": 5 * 3600},
        }
        care.log(employee, "2026-03-10T08:00", 4, **broken.get(number, {}))
        if number == 315:
            care.log(employee, "2026-03-10T11:59", 1)
        if number == 316:
            care.log(employee, "2026-03-10T08:00", 4, hour_type=7)

    # Two employments in Ons are one worker, who wrote in minutes, a day at a time.
    worker = payroll.worker("c4", 320)
    payroll.hours(worker, MARCH, h2100="10.25")
    for number, minutes in ((320, 600), (321, 45)):
        care.log(
            care.employee(number),
            "2026-03-12T00:00",
            0,
            hour_type=5,
            has_real_time=False,
            date=str(date(2026, 3, 12)),
            start_date=None,
            end_date=None,
            duration=minutes,
            calculated_worktime_amount=minutes,
        )
    run = payroll.run("c4", (2026, 5), "may")
    payroll.pay(run, worker, (2026, 5), c1000="1.00")
    payroll.hours(worker, (2026, 5), h2100="1")
    payroll.hours(worker, (2026, 2), h2100="1")
    return care


FILES = {
    "hour_codes": """\
*,3041,yes,,outside
4,2100,yes,,worked
4,2105,no,,evening
4,2199,yes,,
""",
    "ons_workers": """\
company,worker,ons_employee
4,320,P320
4,320,40321
4,313,P312
"""
    + "".join(f"4,{number},P{number}\n" for number in (301, *REASONS) if number != 302),
    "ons_hours": """\
source,code,kind,unit
hour_type,1,worked,seconds
hour_type,5,worked,minutes
hour_type,6,worked,
hour_type,7,evening,
hour_type,20,outside,
irregular,22,evening,
""",
}
"""What is added to the hour codes of the other workers, and the files of Ons."""
