"""Presence logs: what people did for which client, and when. Nights run on into the next day, whatever clocks do."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import local, midnight, moment
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.tables.catalogues import CLIENT_TIME
from provider_simulators.ons.tables.people import team_of
from provider_simulators.world import Employee

DAY_BEGINS, NIGHT_BEGINS = 8, 23
NIGHT_WORKERS = 6
"""Every so-manieth person works at night."""
MEETING, TRAVEL = 4, 5
WEEK_DAYS_FULL_TIME = 5
SATURDAY, SUNDAY = 5, 6
EVENING, MORNING = 20, 8
WEEKEND_RATE, NIGHT_RATE = Decimal("44.5"), Decimal(22)


def works(person: Employee, day: date) -> bool:
    """Whether somebody is at work on a day; also in weekends."""
    employed = person.started_on <= day and (person.left_on is None or day <= person.left_on)
    return employed and (day.toordinal() * 3 + person.number) % 7 < max(
        1, round(person.part_time * WEEK_DAYS_FULL_TIME)
    )


def begins_at(person: Employee) -> int:
    """The hour at which somebody's shift begins."""
    return NIGHT_BEGINS if person.number % NIGHT_WORKERS == 0 else DAY_BEGINS


def presence_logs_of(organisation: CareOrganisation, person: Employee, day: date) -> Iterator[Record]:
    """A visit, then time without a client; some days a group registration: a log per client, all with one uuid."""
    if not works(person, day) or day > organisation.today:
        return
    turn = day.toordinal() + person.number
    clients = organisation.ids("clients")
    start, middle = local(day, begins_at(person)), local(day, begins_at(person) + 4)
    base = _common(organisation, person, day, turn)
    if turn % 10 == 0:
        together = str(uuid5(NAMESPACE_URL, f"ons/group/{organisation.number}/{turn}/{person.number}"))
        for k in range(2):
            yield (
                base
                | _real_time(start, middle)
                | {
                    "activityObjectId": CLIENT_TIME,
                    "clientObjectId": clients[(turn + k) % len(clients)],
                    "products": [_product(1, 7_200), _product(2, 7_200)],
                    "calculatedWorktimeAmount": 7_200,
                    "uuid": together,
                    "registration": True,
                }
            )
    else:
        yield (
            base
            | _real_time(start, middle)
            | {
                "activityObjectId": 1 + turn % 3,
                "clientObjectId": clients[turn % len(clients)],
                "careOrderObjectId": organisation.ids("care_orders")[turn % len(clients)] if turn % 5 == 0 else None,
                "products": [_product(1 + turn % 3, 14_400)],
                "calculatedWorktimeAmount": 14_400,
                "registration": True,
            }
        )
    if turn % 3 == 0:
        yield (
            base | _duration(day, 5_400) | {"activityObjectId": TRAVEL, "reason": "Reistijd, omweg via Oude Niedorp 🚲"}
        )
    else:
        yield base | _real_time(middle, local(day, begins_at(person) + 8)) | {"activityObjectId": MEETING}


def with_irregular_hours(log: Record) -> Record:
    """The log with its irregular hours (ORT), which Ons works out when asked (vendor OpenAPI, `extended`)."""
    if not log["hasRealTime"]:
        return log
    start, end = (datetime.fromisoformat(log[field]) for field in ("startDate", "endDate"))
    if start.weekday() in (SATURDAY, SUNDAY):
        rate, words = WEEKEND_RATE, "weekend"
    elif start.hour >= EVENING or start.hour < MORNING:
        rate, words = NIGHT_RATE, "avond en nacht"
    else:
        return log
    hours = {
        "start": moment(start),
        "end": moment(end),
        "percentage": int(rate),
        "percentageDecimal": rate,
        "description": f"ORT {words}",
    }
    return log | {"ortHours": [hours]}


def _common(organisation: CareOrganisation, person: Employee, day: date, turn: int) -> Record:
    return {
        "employeeObjectId": organisation.employee_id(person),
        "clientObjectId": None,
        "careOrderObjectId": None,
        "reason": None,
        "action": "create",
        "externalId": None,
        "sourceType": str(2 + turn % 7),
        "clusterObjectId": team_of(organisation, person),
        "registration": False,
        "payment": True,
        "payrollingActivity": turn % 12 != 0,
        "fixedRateCompensation": turn % 29 == 0,
        "removed": turn % 41 == 0,
        "verified": day <= (person.left_on or organisation.verified_until),
        "products": [],
        "ortHours": [],
        "presenceLogLocation": None,
        "presenceLogPermission": {"add_before": True, "add_after": True, "modify": turn % 2 == 0, "remove": False},
        "metadata": {"shortNotice": turn % 17 == 0},
        "uuid": str(uuid5(NAMESPACE_URL, f"ons/log/{organisation.number}/{person.number}/{day}")),
    }


def _real_time(start: datetime, end: datetime) -> Record:
    return {"hasRealTime": True, "date": None, "duration": None, "startDate": moment(start), "endDate": moment(end)}


def _duration(day: date, amount: int) -> Record:
    return {
        "hasRealTime": False,
        "date": midnight(day),
        "duration": amount,
        "startDate": None,
        "endDate": None,
        "calculatedWorktimeAmount": amount,
    }


def _product(hour_type: int, amount: int) -> Record:
    return {
        "activityObjectId": hour_type,
        "duration": amount,
        "quantity": 1,
        "activityDirectOrIndirect": "direct",
        "description": "Persoonlijke verzorging",
        "digitalCare": False,
    }


def worked_days(organisation: CareOrganisation, person: Employee, first: date, last: date) -> list[date]:
    """Days with registered work, both bounds included."""
    span = (min(last, organisation.today) - first).days + 1
    days = (first + timedelta(days=n) for n in range(max(span, 0)))
    return [day for day in days if works(person, day)]
