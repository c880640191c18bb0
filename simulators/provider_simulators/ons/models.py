"""The world's care organisation in the words of Ons: locations, teams, employees, contract types.

Fields are those of the vendor's schemas; only members that Ons would fill are given.
"""

from datetime import date, datetime, time
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from provider_simulators.world import Company, Employee, EmployeeType, World

Record = dict[str, Any]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LOCATION_IDS, TEAM_IDS, EMPLOYEE_IDS, CONTRACT_TYPE_IDS = 20_000, 3_000, 40_000, 100
ROOT = 0
NOT_YET_EMPLOYED = (EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT)
EXTERNALS = (EmployeeType.EXTERNAL, EmployeeType.FORMER_EXTERNAL)
CONTRACT_TYPES = (
    ("Vaste uren", "01", False, False),
    ("Oproepkracht 0-uren", "007", True, False),
    ("Min-max contract", "12", False, False),
    ("Vakantiekracht (vervallen)", "099", True, True),
)
CARE_COMPANY = 1
"""The world's second company is a home care organisation; a world with one company has that one cared for."""


def care_company(world: World) -> Company | None:
    """The company whose care administration this is; None in a world without companies."""
    return next(reversed(world.companies[: CARE_COMPANY + 1]), None)


def locations(company: Company) -> list[Record]:
    """A tree of two levels: the organisation, and a location per cost center."""
    began = _midnight(date(2018, 7, 1))
    root = {
        "id": LOCATION_IDS,
        "beginDate": began,
        "endDate": None,
        "identificationNo": "000",
        "name": company.name,
        "materializedPath": str(LOCATION_IDS),
        "intramuralLocation": False,
        "capacity": 0,
        "costCenter": None,
        "parentObjectId": ROOT,
        "createdAt": began,
        "updatedAt": began,
    }
    return [
        root,
        *(
            root
            | {
                "id": LOCATION_IDS + index,
                "endDate": _midnight(date(2025, 10, 26)) if center is company.cost_centers[-1] else None,
                "identificationNo": f"{index:03}",
                "name": f"Locatie {center.description}",
                "materializedPath": f"{LOCATION_IDS}.{LOCATION_IDS + index}",
                "intramuralLocation": index % 2 == 0,
                "capacity": 12 * (index % 3),
                "costCenter": center.code,
                "parentObjectId": LOCATION_IDS,
            }
            for index, center in enumerate(company.cost_centers, 1)
        ),
    ]


def teams(company: Company) -> list[Record]:
    """The company's departments under one team for all; without timestamps, as the vendor's schema."""
    root = {
        "id": TEAM_IDS,
        "beginDate": _midnight(date(2018, 7, 1)),
        "endDate": None,
        "externCode": None,
        "identificationNo": "0",
        "name": company.name,
        "poolTeam": False,
        "costCenterNumber": None,
        "parentObjectId": ROOT,
        "addresses": [],
    }
    centers = company.cost_centers
    return [
        root,
        *(
            root
            | {
                "id": TEAM_IDS + department.code,
                "externCode": f"{department.code:04}",
                "identificationNo": str(department.code),
                "name": department.description,
                "poolTeam": department is company.departments[-1],
                "costCenterNumber": centers[department.code % len(centers)].code,
                "parentObjectId": TEAM_IDS,
            }
            for department in company.departments
        ),
    ]


def employees(company: Company) -> list[Record]:
    """Who works or worked there; applicants are no employees in Ons."""
    people = [person for person in company.employees if person.type not in NOT_YET_EMPLOYED]
    return [_employee(person) for person in people]


def contract_types() -> list[Record]:
    """Kinds of contract; one is removed, which is a flag and no deletion. Import codes have leading zeros."""
    return [
        {
            "id": CONTRACT_TYPE_IDS + index,
            "name": name,
            "importCode": code,
            "payHoursDirectly": paid_directly,
            "removed": removed,
        }
        for index, (name, code, paid_directly, removed) in enumerate(CONTRACT_TYPES, 1)
    ]


def _employee(person: Employee) -> Record:
    identifier = EMPLOYEE_IDS + person.number
    full_name = f"{person.first_name} {' '.join(filter(None, (person.prefix, person.last_name)))}"
    return {
        "id": identifier,
        "firstName": person.first_name,
        "name": full_name,
        "identificationNo": str(person.number),
        "dateOfBirth": _birth_date(person),
        "preferredNameType": "0",
        "lastName": " ".join(filter(None, (person.prefix, person.last_name))),
        "birthName": person.last_name,
        "partnerName": None,
        "initials": person.initials,
        "prefix": person.prefix,
        "birthNamePrefix": person.prefix,
        "gender": "FM"[person.number % 2],
        "emailAddress": f"medewerker{person.number}@example.org",
        "workMobilePhone": f"06-0000{person.number:04}",
        "unknownEmployee": False,
        "verifiedUntilDate": person.left_on,
        "uuid": str(uuid5(person.id, "ons")),
        "employeePrivacySettings": {
            "employeeObjectId": identifier,
            "shareBirthDay": False,
            "sharePrivateEmailAddress": False,
            "sharePrivateTelephoneNumber": False,
            "shareResidence": person.number % 2 == 0,
        },
        "type": int(person.type in EXTERNALS),
        "teamName": person.department.description,
        "createdAt": moment(person.created_at),
        "updatedAt": moment(person.created_at),
    }


def _birth_date(person: Employee) -> date:
    """Some day, decades before the first working day."""
    return person.started_on.replace(year=person.started_on.year - 22 - person.number % 37, day=1)


def _midnight(day: date) -> str:
    """Local midnight with its offset (vendor OpenAPI): in UTC it lies on the day before."""
    return moment(datetime.combine(day, time(), AMSTERDAM))


def moment(value: datetime) -> str:
    """A date-time with three decimals and Amsterdam's offset (vendor OpenAPI)."""
    return value.astimezone(AMSTERDAM).isoformat(timespec="milliseconds")
