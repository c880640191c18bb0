"""Plannen & Roosteren: units, roster slots, shift assignments, visits, schedules."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from provider_simulators.ons.diaries.hours import worked_days
from provider_simulators.ons.diaries.rosters import planned_visits_of, roster_slots_of
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.endpoints.endpoint import Ask, Endpoint
from provider_simulators.ons.moments import AMSTERDAM, day_of, instant, local, moment, overlaps
from provider_simulators.ons.parameters import date_time, day, flag, needed, possible
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.schema import models

PLANNING = "/v0/plannen_roosteren"
AN_HOUR, A_DAY, SIX_WEEKS = timedelta(hours=1), timedelta(days=1), timedelta(weeks=6)
TEAM_TYPES = ("Extramuraal", "Intramuraal", "WMO")
PERIOD = needed(day, "from", "to")
INCLUDE = possible(str, "include") + possible(flag, "apply_mutations")
UNIT = possible(str, "team_id") + possible(int, "unit_id")


def _days(ask: Ask) -> list[date]:
    """The days of the asked window; the end is exclusive (vendor OpenAPI)."""
    first, until = ask.window("from", "to", inclusive=False)
    return [first + timedelta(days=n) for n in range((until - first).days)]


def _team(unit: Record) -> Record:
    """A planning unit in the words of `moves.Team`: richer than the bulk resource, and keyed by `unitId`."""
    known = {
        "unitId": unit["id"],
        "name": unit["name"],
        "parentUnitId": unit["parentUnitId"],
        "teamId": unit["externalId"],
        "validFrom": unit["validFrom"],
        "validTo": unit["validTo"],
        "active": unit["validTo"] is None,
        "teamType": TEAM_TYPES[(unit["unitType"] or 0) % len(TEAM_TYPES)],
        "isFlexUnit": unit["externalId"] is None,
        "isRosterUnit": True,
        "additionalFlexUnitIds": [],
        "flexSignupVisibility": "show_names",
        "whoMakesFlexAssignments": "all_units",
    }
    return dict.fromkeys(models()["moves.Team"].fields) | known


def _asked_team(ask: Ask) -> int | None:
    """The team of the asked unit or team; None for a unit without a team.

    Raises:
        RefusedError: 400 when neither is asked for or the team is no number, 404 when it is unknown.
    """
    if ask["unit_id"] is not None:
        external: int | None = ask.customer.known("units", ask["unit_id"])["externalId"]
        return external
    if ask["team_id"] is None:
        raise RefusedError(400, "Either team_id or unit_id is needed", field="unit_id")
    if not ask["team_id"].isdigit():
        raise RefusedError(400, "Could not parse request parameter", field="team_id")
    return int(ask.customer.known("teams", int(ask["team_id"]))["id"])


def _slots(ask: Ask, team: int, days: list[date]) -> Iterator[Record]:
    diary = ask.customer.diaries["shift_assignments"]
    members = {row["employeeObjectId"] for row in ask.store["team_assignments"] if row["teamObjectId"] == team}
    assigned = [row for each in members for row in diary.between(each, days[0], days[-1] + A_DAY)] if days else []
    for each in days:
        todays = [row for row in assigned if row["date"] == each]
        for slot in roster_slots_of(ask.organisation, team, each, todays):
            yield slot | {
                "plannedVisits": _visits_of(ask, [row["employeeId"] for row in slot["shiftAssignments"]], each)
            }


def _visits_of(ask: Ask, employees: list[int], each: date) -> list[Record]:
    people = [person for employee in employees if (person := ask.organisation.person.get(employee))]
    return [
        visit for person in people for visit in planned_visits_of(ask.organisation, person, each, exportability=False)
    ]


def _roster_slots(ask: Ask) -> list[Record]:
    team = _asked_team(ask)
    return [] if team is None else list(_slots(ask, team, _days(ask)))


def _on_call(ask: Ask) -> list[Record]:
    team = _asked_team(ask)
    slots = [] if team is None else _slots(ask, team, [ask["date"]])
    on_call = ((slot, [row for row in slot["shiftAssignments"] if row["onCall"]]) for slot in slots)
    return [slot | {"shiftAssignments": rows} for slot, rows in on_call if rows]


def _roster_slot(ask: Ask) -> Record:
    """The id is text, though it is declared a number (vendor OpenAPI)."""
    _, _, text = ask["slot"].partition("@")
    try:
        each = day(text)
    except ValueError as error:
        raise RefusedError(400, "Could not parse request parameter", field="id") from error
    for team in ask.store["teams"]:
        for slot in _slots(ask, team["id"], [each]):
            if slot["id"] == ask["slot"]:
                return slot
    raise RefusedError(404, "Resource not found")


def _span(ask: Ask) -> tuple[datetime, datetime]:
    local_time = ask.switches.since_zone == "amsterdam"
    begin, end = (instant(ask[name], naive_is_local=local_time) for name in ("start_datetime", "end_datetime"))
    if end < begin:
        raise RefusedError(400, "The period ends before it begins", field="end_datetime")
    return begin, end


def _starting(ask: Ask) -> Iterator[Record]:
    begin, end = _span(ask)
    first, last = begin.astimezone(AMSTERDAM).date(), end.astimezone(AMSTERDAM).date()
    diary = ask.customer.diaries["shift_assignments"]
    for employee in ask.store["employees"]:
        for row in diary.between(employee["id"], first, last + A_DAY):
            if begin <= datetime.fromisoformat(row["beginTime"]) < end:
                yield row


def _starting_between(ask: Ask) -> list[Record]:
    """At most an hour; the end is exclusive (vendor OpenAPI)."""
    begin, end = _span(ask)
    if end - begin > AN_HOUR:
        raise RefusedError(400, "The period is longer than one hour", field="end_datetime")
    return list(_starting(ask))


def _working(ask: Ask) -> Record:
    return {"employeeIds": sorted({row["employeeId"] for row in _starting(ask)})}


def _planned_visits(ask: Ask) -> list[Record]:
    person = ask.organisation.person.get(ask["employee_id"])
    exportability = "exportability" in (ask["include"] or "").split(",")
    return [
        visit
        for each in _days(ask)
        if person
        for visit in planned_visits_of(ask.organisation, person, each, exportability=exportability)
    ]


def _visits_to_client(ask: Ask) -> list[Record]:
    return [
        visit
        for each in _days(ask)
        for visit in _visits_of(ask, [row["id"] for row in ask.store["employees"]], each)
        if visit["clientId"] == ask["client_id"]
    ]


def _clients_of_unit(ask: Ask) -> list[Record]:
    """At most six weeks; from last to next Monday when nothing is asked (vendor OpenAPI)."""
    monday = ask.today - timedelta(days=ask.today.weekday())
    first, last = ask["from"] or monday, ask["to"] or monday + timedelta(weeks=1)
    if last < first or last - first > SIX_WEEKS:
        raise RefusedError(400, "At most six weeks", field="to")
    team = ask.customer.known("units", ask["unit_id"])["externalId"]
    members = [row["employeeObjectId"] for row in ask.store["team_assignments"] if row["teamObjectId"] == team]
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    found = {visit["clientId"] for each in days for visit in _visits_of(ask, members, each)}
    return [{"id": client, "externalId": client} for client in sorted(found)]


def _absences(ask: Ask, employee: int, each: date) -> Iterator[Record]:
    kinds = {row["id"]: row for row in ask.store["availability_types"]}
    for row in ask.store["availabilities"]:
        if row["peopleExternalId"] == employee and overlaps(row["validFrom"], row["validTo"], each, each):
            yield row | {"kind": kinds.get(row["availabilityTypeId"], {})}


def _schedule(ask: Ask) -> Record:
    include = (ask["include"] or "").split(",")
    return {
        "employeeId": ask["employee_id"],
        "from": ask["from"],
        "to": ask["to"],
        "employeeScheduleDays": [
            {"date": each, "employeeScheduleItems": list(_items(ask, each, include))} for each in _days(ask)
        ],
    }


def _items(ask: Ask, each: date, include: list[str]) -> Iterator[Record]:
    """One of the five parts each (vendor OpenAPI)."""
    diary = ask.customer.diaries["shift_assignments"]
    for row in diary.between(ask["employee_id"], each, each + A_DAY):
        slots = roster_slots_of(ask.organisation, row["teamId"], each, [row])
        own = (slot for slot in slots if slot["shiftAssignments"])
        yield from ({"rosterSlot": slot, "displayCategory": "working"} for slot in own)
    if "unavailability" not in include:
        return
    for row in _absences(ask, ask["employee_id"], each):
        if not row["kind"].get("available"):
            occurrence = {
                "timelineId": row["id"],
                "date": each,
                "employeeId": ask["employee_id"],
                "typeName": row["kind"].get("name"),
                "typeAbbreviation": row["kind"].get("abbreviation"),
                "allDay": row["start"] is None,
                "beginTime": moment(local(each)),
                "endTime": moment(local(each, 24)),
                "note": row["comment"],
            }
            yield {"unavailabilityOccurrence": occurrence, "displayCategory": "not-working"}


def _roster(ask: Ask) -> list[Record]:
    """Without ids."""
    diary = ask.customer.diaries["shift_assignments"]
    return [
        {
            "date": each,
            "availabilities": [
                {"startTime": moment(local(each)), "stopTime": moment(local(each, 24)), "name": row["kind"].get("name")}
                for row in _absences(ask, ask["employee_id"], each)
            ],
            "shiftAssignments": [
                {"startTime": row["beginTime"], "stopTime": row["endTime"], "name": row["shiftName"]}
                for row in diary.between(ask["employee_id"], each, each + A_DAY)
            ],
        }
        for each in _days(ask)
    ]


def _planning(ask: Ask) -> Record:
    """Visits of a day with names and addresses of clients."""
    return {
        "eventGroups": [
            {
                "startsAt": visit["calculatedStart"],
                "duration": visit["totalDuration"],
                "client": {
                    "externalId": visit["clientId"],
                    "identificationNo": visit["clientCode"],
                    "name": visit["clientName"],
                },
                "notes": visit["notes"],
                "planCards": [{"duration": card["duration"]} for card in visit["plancards"]],
            }
            for visit in _visits_of(ask, [ask["employee_id"]], ask["date"])
        ]
    }


def _hours_report(ask: Ask) -> Record:
    """A snapshot; labels are Dutch."""
    person = ask.organisation.person.get(ask["employee_id"])
    monday = ask.today - timedelta(days=ask.today.weekday())
    minutes = 480 * len(worked_days(ask.organisation, person, monday, ask.today)) if person else 0
    worked = {"name": "worked_hours", "label": "Gewerkte uren", "minutes": minutes, "link": None, "description": None}
    return {
        "employeeId": ask["employee_id"],
        "segments": [{"name": "current", "label": "Deze week", "categories": [worked]}],
    }


def _agenda(ask: Ask) -> list[Record]:
    """Meetings of the planned days; only what is needed to tell them apart is known of this list."""
    diary = ask.customer.diaries["shift_assignments"]
    rows = diary.between(ask["employee_id"], *ask.window("from", "to", inclusive=False))
    return [{"id": f"{row['id']}@{row['date']}", "begin": row["beginTime"], "end": row["endTime"]} for row in rows]


def _care_tasks(ask: Ask) -> list[Record]:
    first, until = ask.window("from", "to", inclusive=False)
    until = min(until, ask.today + SIX_WEEKS)
    first = max(first, day_of(ask.today - SIX_WEEKS) or first)
    client = ask["client_id"]
    days = [first + timedelta(days=n) for n in range(max((until - first).days, 0))]
    return [{"id": f"{client}@{each}", "clientId": client, "date": each} for each in days if each.weekday() == 0]


EMPLOYEE = f"{PLANNING}/employees/{{employee_id}}"
ENDPOINTS = (
    Endpoint(
        name="planning_units",
        path=f"{PLANNING}/units",
        model="moves.Team",
        list_key="teams",
        answer=lambda ask: [_team(unit) for unit in ask.store["units"]],
    ),
    Endpoint(
        name="planning_unit",
        path=f"{PLANNING}/units/{{unit_id}}",
        model="moves.Team",
        list_key=None,
        answer=lambda ask: _team(ask.customer.known("units", ask["unit_id"])),
    ),
    Endpoint(
        name="planning_unit_clients",
        path=f"{PLANNING}/units/{{unit_id}}/clients",
        model="moves.Client",
        list_key="clients",
        answer=_clients_of_unit,
        query=possible(day, "from", "to"),
    ),
    Endpoint(
        name="roster_slots",
        path=f"{PLANNING}/roster_slots",
        model="moves.RosterSlot",
        list_key="rosterSlots",
        answer=_roster_slots,
        query=UNIT + PERIOD,
    ),
    Endpoint(
        name="roster_slots_on_call",
        path=f"{PLANNING}/roster_slots/on_call",
        model="moves.RosterSlot",
        list_key="rosterSlots",
        answer=_on_call,
        query=UNIT + needed(day, "date"),
    ),
    Endpoint(
        name="roster_slot",
        path=f"{PLANNING}/roster_slots/{{slot}}",
        model="moves.RosterSlot",
        list_key=None,
        answer=_roster_slot,
    ),
    Endpoint(
        name="working_employee_report",
        path=f"{PLANNING}/working_employee_report",
        model="moves.WorkingEmployeeReport",
        list_key=None,
        answer=_working,
        query=needed(date_time, "start_datetime", "end_datetime"),
    ),
    Endpoint(
        name="employee_schedules",
        path=f"{PLANNING}/employee_schedules/by_employee_id/{{employee_id}}",
        model="moves.EmployeeSchedule",
        list_key=None,
        answer=_schedule,
        query=PERIOD + INCLUDE,
    ),
    Endpoint(
        name="employee_roster",
        path=f"{EMPLOYEE}/roster",
        model="moves.EmployeeRosterDay",
        list_key="employeeRosterDays",
        answer=_roster,
        query=PERIOD,
    ),
    Endpoint(
        name="employee_planning",
        path=f"{EMPLOYEE}/planning",
        model="moves.EmployeePlanning",
        list_key=None,
        answer=_planning,
        query=needed(day, "date"),
    ),
    Endpoint(
        name="hours_report",
        path=f"{EMPLOYEE}/hours_report",
        model="moves.EmployeeHoursReport",
        list_key=None,
        answer=_hours_report,
    ),
    Endpoint(
        name="shift_assignments",
        path=f"{PLANNING}/shift_assignments/starting_between",
        model="moves.ShiftAssignment",
        list_key="shiftAssignments",
        answer=_starting_between,
        query=needed(date_time, "start_datetime", "end_datetime"),
    ),
    Endpoint(
        name="planned_visits",
        path=f"{PLANNING}/planned_visits/by_employee_id/{{employee_id}}",
        model="moves.PlannedVisit",
        list_key="plannedVisits",
        answer=_planned_visits,
        query=PERIOD + INCLUDE,
    ),
    Endpoint(
        name="planned_visits_by_client",
        path=f"{PLANNING}/planned_visits/by_client_id/{{client_id}}",
        model="moves.PlannedVisit",
        list_key="plannedVisits",
        answer=_visits_to_client,
        query=PERIOD + INCLUDE,
    ),
    Endpoint(
        name="agenda_occurrences",
        path="/v0/agenda/employees/{employee_id}/agenda_occurrences",
        model=None,
        list_key="agendaOccurrences",
        answer=_agenda,
        query=PERIOD,
    ),
    Endpoint(
        name="care_task_occurrences",
        path="/v0/taken/clients/{client_id}/care_task_occurrences",
        model=None,
        list_key="careTaskOccurrences",
        answer=_care_tasks,
        query=PERIOD,
    ),
)
