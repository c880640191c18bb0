"""Rosters: who is planned in which shift, visits to clients within it. Planning also knows the days to come."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.ons.diaries.hours import NIGHT_BEGINS, begins_at, works
from provider_simulators.ons.drafting import REMARKS, Record
from provider_simulators.ons.moments import local, moment
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.tables import planning
from provider_simulators.ons.tables.people import team_of
from provider_simulators.world import Employee

PLANNED_AHEAD = timedelta(days=42)


def shift_assignments_of(organisation: CareOrganisation, person: Employee, day: date) -> Iterator[Record]:
    """A person's shift on a day."""
    if not works(person, day) or day > organisation.today + PLANNED_AHEAD:
        return
    team = team_of(organisation, person)
    kind = planning.NIGHT if begins_at(person) == NIGHT_BEGINS else planning.EARLY
    timeline = planning.timeline_of(organisation.ids("teams").index(team), kind)
    turn = day.toordinal() + person.number
    begin = begins_at(person)
    yield {
        "date": day,
        "beginTime": moment(local(day, begin)),
        "endTime": moment(local(day, begin + 8)),
        "shiftId": f"{timeline}@{_version(day)}",
        "shiftName": planning.SHIFTS[kind][2],
        "employeeId": organisation.employee_id(person),
        "employeeLeadingName": person.first_name,
        "employeeName": person.display_name,
        "externalExpertiseProfileId": organisation.ids("educations")[person.number % 4],
        "expertiseProfileName": None,
        "onCall": turn % 13 == 0,
        "timelineShiftId": timeline,
        "teamId": team,
        "unitId": planning.unit_of_team(organisation, team),
        "breakDuration": 30,
        "incidental": turn % 8 == 0,
        "order": 1,
        "startBreakTime": moment(local(day, begin + 4)),
        "stopBreakTime": moment(local(day, begin + 4, 30)),
        "discardedAt": moment(local(day - timedelta(days=2), 10)) if turn % 37 == 0 else None,
    }


def planned_visits_of(
    organisation: CareOrganisation, person: Employee, day: date, *, exportability: bool
) -> Iterator[Record]:
    """Three visits in a shift; the last is not scheduled yet and has a negative duration, as the vendor's sample."""
    if not works(person, day) or day > organisation.today + PLANNED_AHEAD:
        return
    clients, team = organisation.facts("clients"), team_of(organisation, person)
    for k in range(3):
        client = clients[(day.toordinal() + person.number + k) % len(clients)]
        start = local(day, begins_at(person) + 1 + k)
        yield {
            "date": day,
            "calculatedStart": moment(start) if k < 2 else None,  # noqa: PLR2004 (the last of three)
            "totalDuration": 2_700 if k < 2 else -900,  # noqa: PLR2004 (the last of three)
            "travelTimeBefore": 420,
            "gapTimeBefore": 0,
            "firstAfterMidnight": begins_at(person) == NIGHT_BEGINS and k == 0,
            "notes": [REMARKS[(person.number + k) % len(REMARKS)]],
            "plancards": [_plancard(k, exportability=exportability)],
            "plannedAddress": {"city": "Veluwezoom", "street": "Lindelaan", "number": str(k + 1), "zipcode": "1000 AB"},
            "shiftTimelineId": planning.timeline_of(organisation.ids("teams").index(team), planning.EARLY),
            "teamId": team,
            "unitId": planning.unit_of_team(organisation, team),
            "teamName": person.department.description,
            "locationAuthorizations": [{"locationId": organisation.ids("locations")[0]}],
            "clientId": client["id"],
            "clientUuid": client["uuid"],
            "clientCode": client["identificationNo"],
            "clientName": client["name"],
            "clientIsDummy": False,
            "clientBirthDate": client["dateOfBirth"],
            "employeeId": organisation.employee_id(person),
            "employeeUuid": str(uuid5(NAMESPACE_URL, f"ons/moves/{person.number}")),
            "employeeCode": str(person.number),
            "employeeName": person.display_name,
            "employeeIsDummy": False,
        }


def _plancard(k: int, *, exportability: bool) -> Record:
    return {
        "hourTypeId": 1 + k,
        "duration": 1_800,
        "note": REMARKS[k],
        "dayPart": 1,
        "deleted": False,
        "instanceOfType": "PatternRule",
        **({"exportable": k == 0} if exportability else {}),
    }


def roster_slots_of(organisation: CareOrganisation, team: int, day: date, assigned: list[Record]) -> Iterator[Record]:
    """The shifts of a team on a day with who is in them; an open shift has a request for somebody of the flex pool."""
    for kind, code, name, begin, end in planning.SHIFTS:
        timeline = planning.timeline_of(organisation.ids("teams").index(team), kind)
        within = [row for row in assigned if row["timelineShiftId"] == timeline and not row["discardedAt"]]
        slot = f"{timeline}@{day}"
        yield {
            "id": slot,
            "date": day,
            "beginTime": moment(local(day, begin)),
            "beginBreakTime": moment(local(day, begin + 4)),
            "endBreakTime": moment(local(day, begin + 4, 30)),
            "endTime": moment(local(day, end)),
            "note": None,
            "code": code,
            "description": name,
            "shiftId": f"{timeline}@{_version(day)}",
            "externalTeamId": team,
            "locationAuthorizations": [],
            "shiftAssignments": within,
            "flexRequests": [] if within else [_request(organisation, timeline, day, slot)],
            "flexSignups": [],
            "plannedVisits": [],
        }


def _request(organisation: CareOrganisation, timeline: int, day: date, slot: str) -> Record:
    return {
        "id": timeline * 100_000 + day.toordinal() % 100_000,
        "date": day,
        "shiftTimelineId": timeline,
        "shiftId": slot,
        "order": 1,
        "requestedAt": moment(local(organisation.today, 9)),
        "flexSignups": [],
    }


def _version(day: date) -> date:
    return max(version for version in planning.VERSIONS if version <= max(day, planning.VERSIONS[0]))
