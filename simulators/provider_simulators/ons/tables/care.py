"""Clients, their care, contacts, locations and files."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.ons.drafting import REMARKS, Record
from provider_simulators.ons.moments import clock_time, local, midnight, moment
from provider_simulators.ons.organisation import CareOrganisation, Plan
from provider_simulators.ons.tables.people import address

NAMES = ("Grünewald", "O'Brien", "Çelik", "de Boer", "van 't Hof", "Nguyễn", "Østergaard", "Müller-Lindt", "El Amrani")
FIRST_NAMES = ("Zoë", "Jurriën", "Fatima", "Noëlle", "Björn", "Anaïs", "Theo", "Siebrich")
CITIZEN_NUMBERS = 999_900_000
"""Invented citizen numbers start with 9999: that range is not given out."""


def _nth(number: int, every: int) -> bool:
    """Whether it is the last of every so many."""
    return number % every == every - 1


def clients(organisation: CareOrganisation) -> Iterator[Record]:
    """Clients; some are protected, some have died."""
    for n in range(organisation.client_count):
        first, last = FIRST_NAMES[n % len(FIRST_NAMES)], NAMES[n % len(NAMES)]
        yield {
            "firstName": first,
            "givenName": first,
            "lastName": last,
            "birthName": last,
            "name": f"{first[0]}. {last}",
            "initials": f"{first[0]}.",
            "identificationNo": f"C-{n + 1:05}",
            "dateOfBirth": date(1930 + n % 60, 1 + n % 12, 1 + n % 28),
            "preferredNameType": str(n % 4),
            "deathDate": midnight(organisation.today - timedelta(days=40)) if _nth(n, 17) else None,
            "religion": "rooms-katholiek" if n % 5 == 0 else None,
            "civilStatus": n % 10,
            "secretClient": _nth(n, 13),
            "uuid": str(uuid5(NAMESPACE_URL, f"ons/{organisation.number}/client/{n}")),
        }


def care_allocations(organisation: CareOrganisation) -> Iterator[Record]:
    """A care period per client, and an earlier one for every third."""
    for n, client in enumerate(organisation.ids("clients")):
        began = date(organisation.today.year - 2, 1 + n % 12, 1)
        if n % 3 == 0:
            yield _allocation(client, began - timedelta(days=200), began - timedelta(days=20), "DISMISS")
        left = organisation.today - timedelta(days=40) if _nth(n, 17) else None
        yield _allocation(client, began, left, "DEATH" if left else "IN_CARE")


def _allocation(client: int, begin: date, end: date | None, reason: str) -> Record:
    return {
        "clientId": client,
        "beginDate": begin,
        "endDate": end,
        "comments": REMARKS[client % len(REMARKS)],
        "destination": "NVT",
        "reason": reason,
        "reasonTemporary": "NVT",
    }


def _periods(organisation: CareOrganisation, client: Record) -> Record:
    return {
        "careAllocations": [
            allocation
            for allocation in organisation.records("care_allocations")
            if allocation["clientId"] == client["id"]
        ]
    }


def location_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    """Where each client is looked after."""
    places = organisation.ids("locations")
    for n, client in enumerate(organisation.ids("clients")):
        yield {
            "clientObjectId": client,
            "locationObjectId": places[1 + n % (len(places) - 1)],
            "beginDate": date(organisation.today.year - 2, 1 + n % 12, 1),
            "beginTime": clock_time(10 + n % 6),
            "endDate": None,
            "endTime": None,
            "locationAssignmentType": "WAITING_LIST" if _nth(n, 11) else "MAIN",
        }


def care_arrangements(organisation: CareOrganisation) -> Iterator[Record]:
    """Norms per part of the day; days of the week as text."""
    for n, client in enumerate(organisation.ids("clients")):
        yield {
            "clientObjectId": client,
            "teamObjectId": 0 if n % 4 == 0 else organisation.ids("teams")[1],
            "normMorning": 180,
            "mornings": "1 2 3 4 5",
            "afternoons": "",
            "evenings": "6 7",
            "nights": "",
        }


def client_absences(organisation: CareOrganisation) -> Iterator[Record]:
    """Absences of some clients; the last of them is not over."""
    reasons = organisation.records("client_absence_reasons")
    for n, client in enumerate(organisation.ids("clients")[::4]):
        begin = organisation.today - timedelta(days=90 - n)
        yield {
            "clientId": client,
            "clientAbsenceReason": reasons[n % len(reasons)],
            "beginDate": midnight(begin),
            "endDate": midnight(begin + timedelta(days=7)) if n % 3 else None,
        }


def relations(organisation: CareOrganisation) -> Iterator[Record]:
    """Family of clients, with a citizen number inside (deprecated, yet there)."""
    kinds = organisation.records("client_contact_relation_types")
    relatives = organisation.records("personal_relation_types")
    for n, client in enumerate(organisation.ids("clients")):
        kind, relative = kinds[n % len(kinds)], relatives[n % len(relatives)]
        yield {
            "name": f"Familie {NAMES[n % len(NAMES)]}",
            "lastName": NAMES[n % len(NAMES)],
            "clientObjectId": client,
            "bsn": {"id": 900 + n, "clientId": client, "number": str(CITIZEN_NUMBERS + n), "idNumber": f"SPECI{n:04}"},
            "clientContactRelationType": kind,
            "clientContactRelationTypeObjectId": kind["id"],
            "personalRelationType": relative,
            "personalRelationTypeObjectId": relative["id"],
            "organization": None,
            "comments": REMARKS[n % len(REMARKS)],
        }


def _whole_relation(organisation: CareOrganisation, relation: Record) -> Record:
    return {"bsn": organisation.drafts.record("Bsn", relation["id"], relation["bsn"])}


def addresses(owner: str, field: str, person_type: str) -> "list[Plan]":
    """Addresses of clients or of their relations."""

    def facts(organisation: CareOrganisation) -> Iterator[Record]:
        for n, identifier in enumerate(organisation.ids(owner)):
            yield address(person_type, n) | {field: identifier, "endDate": None}

    name, model = {
        "clients": ("client_addresses", "ClientAddress"),
        "relations": ("client_contact_relation_addresses", "ClientContactRelationAddress"),
    }[owner]
    return [Plan(name=name, model=model, ids=500_000 + 10_000 * int(person_type), facts=facts)]


def client_employee_relations(organisation: CareOrganisation) -> Iterator[Record]:
    """The first responsible carer of each client."""
    carers, (kind, *_) = organisation.ids("employees"), organisation.records("client_employee_relation_types")
    for n, client in enumerate(organisation.ids("clients")):
        yield {
            "relationName": kind["name"],
            "relationType": kind,
            "relationTypeId": kind["id"],
            "validFrom": midnight(date(organisation.today.year - 1, 1 + n % 12, 1)),
            "validTo": None if n % 5 else midnight(organisation.today),
            "clientId": client,
            "employeeId": carers[n % len(carers)],
            **({"updatedAt": None} if _nth(n, 7) else {}),
        }


def documents(organisation: CareOrganisation) -> Iterator[Record]:
    """Names of files; what is in them has no place here."""
    for n, client in enumerate(organisation.ids("clients")[::2]):
        yield {
            "clientObjectId": client,
            "description": f"Zorgplan {n + 1}",
            "fileName": f"zorgplan-{n + 1} (définitief).pdf",
            "status": (2, 2, 6, 3)[n % 4],
            "tags": ["zorgplan"],
        }


def reports(organisation: CareOrganisation) -> Iterator[Record]:
    """Reports of visits: medical free text."""
    for n, client in enumerate(organisation.ids("clients")):
        day = organisation.today - timedelta(days=n % 60)
        yield {
            "reportingDate": moment(local(day, 9 + n % 8, 30)),
            "comment": f"Wond ziet er rustig uit. {REMARKS[n % len(REMARKS)]}",
            "clientId": client,
            "reportTypeId": 101,
            "reportEntries": [
                {"name": "heartRate", "value": "72", "format": "%d", "unit": "bpm", "displayName": "Pols"}
            ],
            "soapReportEntries": [
                {
                    "soapPart": "subjective",
                    "confidential": False,
                    "content": REMARKS[n % len(REMARKS)],
                    "expertiseProfileIds": [],
                    "expertiseGroupIds": [],
                }
            ],
            "episodeIds": [n + 1],
        }


def groups(organisation: CareOrganisation) -> Iterator[Record]:
    """Day care; one group is archived."""
    for n, name in enumerate(("Huiskamer Noord", "Wandelclub", "Eetgroep (gestopt)")):
        yield {
            "name": name,
            "archived": n == 2,  # noqa: PLR2004 (the last of the three)
            "employeeIds": organisation.ids("employees")[: n + 1],
            "activityIds": organisation.ids("hour_types")[:2],
            "recurrenceType": "single",
            "expiresAfter": midnight(date(2026, 3, 29)) if n else None,
        }


def treatment_groups(organisation: CareOrganisation) -> Iterator[Record]:
    """Treatment groups; names can name a condition."""
    for n, name in enumerate(("Rouwverwerking", "Leefstijl")):
        yield {
            "name": name,
            "startMoment": organisation.today.replace(month=1 + n, day=1),
            "archivedAt": moment(local(organisation.today, 9) - timedelta(days=30)) if n else None,
        }


PLANS = (
    Plan(name="clients", model="Client", ids=50_000, facts=clients, embed=_periods),
    Plan(name="care_allocations", model="CareAllocation", ids=410_000, facts=care_allocations),
    Plan(name="location_assignments", model="LocationAssignment", ids=420_000, facts=location_assignments),
    Plan(name="care_arrangements", model="CareArrangement", ids=430_000, facts=care_arrangements),
    Plan(name="client_absences", model="ClientAbsence", ids=440_000, facts=client_absences),
    Plan(name="relations", model="ClientContactRelation", ids=450_000, facts=relations, embed=_whole_relation),
    *addresses("clients", "clientId", "1"),
    *addresses("relations", "clientContactRelationId", "3"),
    Plan(
        name="client_employee_relations",
        model="nexus.ClientEmployeeRelation",
        ids=460_000,
        facts=client_employee_relations,
    ),
    Plan(name="documents", model="Document", ids=470_000, facts=documents),
    Plan(name="reports", model="dossier.Report", ids=480_000, facts=reports),
    Plan(name="groups", model="groupcare.Group", ids=6_100, facts=groups),
    Plan(name="groepsplanning_groups", model="groepsplanning.Group", ids=6_200, facts=treatment_groups),
)
