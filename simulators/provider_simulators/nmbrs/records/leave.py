"""Leave and absence: requests, balances, parental leave, and the dossiers of who was ill."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from provider_simulators.nmbrs.records.catalogues import LEAVE_GROUPS
from provider_simulators.nmbrs.records.drafting import Draft, Person, Values, midnight


def _leave_requests(person: Person) -> Iterator[Draft]:
    """A summer holiday each year, a pending request, a rejected one, hours bought, and hours that expired in July."""
    if not person.on_payroll:
        return
    employee, year = person.employee, person.today.year
    for holiday in (date(year - 1, 7, 20), date(year, 7, 19)):
        yield from _request(person, holiday, days=12, status="approved", kind="takeUp")
    yield from _request(person, date(year, 7, 1), days=0, status="approved", kind="expired")
    if employee.number % 3 == 0:
        yield from _request(person, date(year, 12, 24), days=3, status="pending", kind="takeUp")
    if employee.number % 5 == 0:
        yield from _request(person, date(year, 5, 4), days=1, status="rejected", kind="takeUp")
    if employee.number % 4 == 0:
        yield from _request(person, date(year, 1, 10), days=0, status="approved", kind="buildUp", group=1)


def _request(person: Person, start: date, *, days: int, status: str, kind: str, group: int = 0) -> Iterator[Draft]:
    if person.employee.left_on and start > person.employee.left_on:
        return
    created = person.office_hours(min(start - timedelta(days=60), person.today - timedelta(days=4)))
    values = {
        "leaveGroupId": person.id("leave_groups", group),
        "status": status,
        "type": kind,
        "startDate": start,
        "endDate": start + timedelta(days=days),
        "hours": Decimal("7.20") * max(days, 1),
    }
    changed = created if status == "pending" else created + timedelta(days=2, minutes=13)
    yield Draft(values=values, created_at=created, changed_at=changed)


def _leave_balances(person: Person) -> Iterator[Draft]:
    """One per leave group; a balance may be below zero."""
    if person.on_payroll:
        for group in range(len(LEAVE_GROUPS)):
            balance = Decimal(person.chance.randrange(-800, 16000)) / 100
            values = {"leaveGroupId": person.id("leave_groups", group), "leaveBalance": balance}
            yield Draft(values=values, created_at=person.employee.created_at)


def _parental_leaves(person: Person) -> Iterator[Draft]:
    if not person.on_payroll or person.employee.number % 8 != 1:
        return
    for year in (person.today.year - 1, person.today.year):
        start = date(year, 9, 1)
        if person.employee.left_on and start > person.employee.left_on:
            return
        values = {
            "parentalLeaveType": {"code": "BOV", "description": "Betaald ouderschapsverlof"},
            "startBalance": Decimal("324.00"),
            "taxSequenceNumber": 1 if year == person.today.year else None,
            "startDate": start,
            "endDate": None if year == person.today.year else date(year, 12, 31),
        }
        yield Draft(values=values, created_at=person.office_hours(start - timedelta(days=40)))


def _absences(person: Person) -> Iterator[Draft]:
    """One in three was ill: a closed dossier of last winter, or an open one with a partial recovery."""
    if not person.on_payroll or person.employee.number % 3 != 1:
        return
    still_ill = person.employee.number % 9 == 1 and person.employee.left_on is None
    start = person.today - timedelta(days=75) if still_ill else date(person.today.year - 1, 2, 3)
    dossier = person.own_id(0)
    recovering = start + timedelta(days=21)
    absences = [
        _absence(person, uuid5(dossier, "0"), 100, start, recovering - timedelta(days=1)),
        _absence(person, uuid5(dossier, "1"), 50, recovering, None if still_ill else start + timedelta(days=41)),
    ]
    values = {
        "absenceDossierType": "Ziek" if still_ill else "Ziek door ongeval",
        "absenceCause": "",
        "caseManager": "H. Brûlart",
        "mobilityIssues": False,
        "employeeAbsences": absences,
    }
    changed = max(absence["changedAt"] for absence in absences)
    yield Draft(values=values, created_at=absences[0]["createdAt"], changed_at=changed)


def _absence(person: Person, absence_id: UUID, percentage: int, start: date, end: date | None) -> Values:
    created = person.office_hours(start)
    return {
        "absenceId": absence_id,
        "percentage": percentage,
        "startDate": midnight(start),
        "registrationStartDate": midnight(start),
        "endDate": midnight(end) if end else None,
        "registrationEndDate": midnight(end) if end else None,
        "remark": "",
        "createdAt": created,
        "changedAt": person.office_hours(end) if end else created,
    }


MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    "leave_requests": _leave_requests,
    "leave_balances": _leave_balances,
    "parental_leaves": _parental_leaves,
    "absences": _absences,
}
