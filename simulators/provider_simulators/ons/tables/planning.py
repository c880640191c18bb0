"""Planning: units, members, shifts, expertises of its own, availabilities."""

from collections.abc import Iterator
from datetime import date, timedelta

from provider_simulators.ons.drafting import REMARKS, Record
from provider_simulators.ons.moments import clock_time
from provider_simulators.ons.organisation import CareOrganisation, Plan

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EARLY, LATE, NIGHT = range(3)
SHIFTS = ((EARLY, "V", "Vroege dienst", 7, 15), (LATE, "L", "Láte dienst", 15, 23), (NIGHT, "N", "Nachtdienst", 23, 31))
"""Begin and end as hours of the day on which they start: a night ends at 31, seven o'clock on the next."""
AVAILABILITY_TYPES = (
    ("Ziek", "Z", "sick", False, "SickLeave"),
    ("Vakantie", "VA", "vacation", False, "Vacation"),
    ("Scholing", "SCH", "training", False, "Training"),
    ("Beschikbaar", "B", "available", True, None),
)
TIMELINE_IDS = 200
VERSIONS = (date(2014, 4, 11), date(2026, 3, 29))
HIDDEN_EVERY, NEGATIVE_EVERY = 19, 20
MOVES_EMPLOYEE_IDS = 900_000
"""Planning has employee ids of its own."""


def units(organisation: CareOrganisation) -> Iterator[Record]:
    """A unit per team, and one without a team."""
    teams = organisation.facts("teams")
    for n, team in enumerate([*teams, None]):
        yield {
            "code": team["externCode"] if team else "FLEX",
            "name": team["name"] if team else "Flexpool",
            "unitId": None,
            "parentUnitId": None,
            "externalId": team["id"] if team else None,
            "validFrom": date(2018, 7, 1),
            "validTo": None,
            "flexUnitId": None,
            "nexusGroupUuid": "",
            "unitType": n % 3,
        }


def unit_of_team(organisation: CareOrganisation, team: int) -> int:
    """The unit of a team; the one without a team when there is none."""
    units_ = organisation.facts("units")
    return int(next((unit["id"] for unit in units_ if unit["externalId"] == team), units_[-1]["id"]))


def memberships(organisation: CareOrganisation) -> Iterator[Record]:
    """Who is planned in which unit."""
    for n, assignment in enumerate(organisation.facts("team_assignments")):
        yield {
            "unitId": unit_of_team(organisation, assignment["teamObjectId"]),
            "externalEmployeeId": assignment["employeeObjectId"],
            "movesEmployeeId": MOVES_EMPLOYEE_IDS + n,
            "externalId": assignment["id"],
            "validFrom": assignment["beginDate"],
            "validTo": assignment["endDate"],
            "hidden": n % HIDDEN_EVERY == 1,
        }


def expertise_profiles(organisation: CareOrganisation) -> Iterator[Record]:
    """Planning's copy of the expertises."""
    for profile in organisation.facts("educations"):
        yield {"externalId": profile["id"], "name": profile["description"], "hidden": False, "parent": None}


def shifts(organisation: CareOrganisation) -> Iterator[Record]:
    """Shifts of each team in two versions: the id is text, the number before the @ stays, the date is the version."""
    for n, team in enumerate(organisation.ids("teams")):
        for kind, code, name, begin, end in SHIFTS:
            timeline = timeline_of(n, kind)
            for index, valid_from in enumerate(VERSIONS):
                yield {
                    "id": f"{timeline}@{valid_from}",
                    "code": code,
                    "description": f"{name} 🌙" if kind == NIGHT else name,
                    "teamId": team,
                    "timelineId": timeline,
                    "validFrom": valid_from,
                    "validTo": VERSIONS[1] - timedelta(days=1) if index == 0 else None,
                    **dict.fromkeys(WEEKDAYS, True),
                    "startTimes": _times(begin, folded=index == 0),
                    "stopTimes": _times(end % 24, folded=index == 0),
                    "breakType": 1 if kind != NIGHT else 0,
                    "breakLength": 30 if kind != NIGHT else 0,
                    "startBreakTimes": "[null,null,null,null,null,null,null]",
                    "stopBreakTimes": "[null,null,null,null,null,null,null]",
                    "dayPart": (1, 3, 0)[kind],
                }


def timeline_of(team_index: int, kind: int) -> int:
    """What stays the same over a shift's versions."""
    return TIMELINE_IDS + 10 * team_index + kind


def _times(hour: int, *, folded: bool) -> str:
    """Seven moments as a serialised YAML list in a text, on lines or on one line (vendor OpenAPI's samples)."""
    entries = [f"- 2000-01-01 {hour:02}:00:00.000000000 +01:00"] * 7
    return " ".join(["---", *entries]) if folded else "\n".join(["---", *entries, ""])


def availability_types(organisation: CareOrganisation) -> Iterator[Record]:
    """Kinds of absence, and availability itself."""
    hour_types = organisation.ids("hour_types")
    for n, (name, short, key, available, payrolling) in enumerate(AVAILABILITY_TYPES):
        yield {
            "name": name,
            "abbreviation": short,
            "key": key,
            "available": available,
            "forEmployees": True,
            "forClients": n == 1,
            "externalHourTypeId": hour_types[-1 - n],
            "defaultPayrollingType": payrolling,
        }


def availabilities(organisation: CareOrganisation) -> Iterator[Record]:
    """Absences of people, once or weekly; some have no end, one duration is negative as in the vendor's sample."""
    kinds = organisation.ids("availability_types")
    for n, person in enumerate(organisation.people):
        team = organisation.facts("team_assignments")[n]["teamObjectId"]
        begin = organisation.today - timedelta(days=5 * (n % 30))
        recurring = n % 4 == 3  # noqa: PLR2004 (one of four)
        yield {
            "start": clock_time(9) if recurring else None,
            "stop": clock_time(12) if recurring else None,
            "duration": -3_600 if n % NEGATIVE_EVERY == 1 else 10_800 if recurring else 0,
            "validFrom": begin,
            "validTo": None if n % 6 == 0 else begin + timedelta(days=4),
            "recurrenceType": "recurring" if recurring else "whole_period",
            "cycleBase": begin,
            "cycleInterval": 7 if recurring else 1,
            "cycleOffset": n % 7 if recurring else 0,
            "unitId": unit_of_team(organisation, team),
            "availabilityTypeId": kinds[n % len(kinds)],
            "comment": REMARKS[n % len(REMARKS)] if n % 2 else None,
            "peopleType": "Employee",
            "peopleExternalId": organisation.employee_id(person),
        }


PLANS = (
    Plan(name="units", model="moves.Unit", ids=9_100, facts=units),
    Plan(name="memberships", model="moves.Membership", ids=810_000, facts=memberships),
    Plan(name="expertise_profiles", model="moves.ExpertiseProfile", ids=9_200, facts=expertise_profiles),
    Plan(name="shifts", model="moves.Shift", ids=0, facts=shifts),
    Plan(name="availability_types", model="moves.AvailabilityType", ids=9_300, facts=availability_types),
    Plan(name="availabilities", model="moves.Availability", ids=820_000, facts=availabilities),
)
