"""Employees, their contracts, wages, teams, addresses and accounts."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid5

from provider_simulators.ons.drafting import CITIES, REMARKS, STREETS, Record
from provider_simulators.ons.moments import local, midnight, moment
from provider_simulators.ons.organisation import CareOrganisation, Plan
from provider_simulators.world import Employee, EmployeeType

LOCATION_IDS, TEAM_IDS, CONTRACT_TYPE_IDS = 20_000, 3_000, 100
BANK_ACCOUNT_IDS = 800_000
"""More than the id of whose account it is."""
ROOT = 0
EXTERNALS = (EmployeeType.EXTERNAL, EmployeeType.FORMER_EXTERNAL)
FULL_TIME_HOURS = 36
CONTRACT_TYPES = (
    ("Vaste uren", "01", False, False),
    ("Oproepkracht 0-uren", "007", True, False),
    ("Min-max contract", "12", False, False),
    ("Vakantiekracht (vervallen)", "099", True, True),
)
EXPERTISES = ("Verzorgende IG", "Verpleegkundige niveau 5", "Helpende plus", "Coördinator zorg")


def locations(organisation: CareOrganisation) -> list[Record]:
    """A tree of two levels: the organisation, and a location per cost center."""
    company = organisation.company
    if company is None:
        return []
    began = midnight(date(2018, 7, 1))
    root: Record = {
        "id": _own(organisation, LOCATION_IDS),
        "beginDate": began,
        "endDate": None,
        "identificationNo": "000",
        "name": company.name,
        "materializedPath": str(_own(organisation, LOCATION_IDS)),
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
                "id": root["id"] + index,
                "endDate": midnight(date(2025, 10, 26)) if center is company.cost_centers[-1] else None,
                "identificationNo": f"{index:03}",
                "name": f"Locatie {center.description}",
                "materializedPath": f"{root['id']}.{root['id'] + index}",
                "intramuralLocation": index % 2 == 0,
                "capacity": 12 * (index % 3),
                "costCenter": center.code,
                "parentObjectId": root["id"],
            }
            for index, center in enumerate(company.cost_centers, 1)
        ),
    ]


def teams(organisation: CareOrganisation) -> list[Record]:
    """The company's departments under one team for all; without timestamps, as the vendor's schema."""
    company = organisation.company
    if company is None:
        return []
    root: Record = {
        "id": _own(organisation, TEAM_IDS),
        "beginDate": midnight(date(2018, 7, 1)),
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
                "id": root["id"] + department.code,
                "externCode": f"{department.code:04}",
                "identificationNo": str(department.code),
                "name": department.description,
                "poolTeam": department is company.departments[-1],
                "costCenterNumber": centers[department.code % len(centers)].code,
                "parentObjectId": root["id"],
            }
            for department in company.departments
        ),
    ]


def team_of(organisation: CareOrganisation, person: Employee) -> int:
    """The team in which somebody works."""
    return _own(organisation, TEAM_IDS) + person.department.code


def contract_types(_organisation: CareOrganisation) -> list[Record]:
    """Kinds of contract; one is removed, which is a flag and no deletion. Import codes have leading zeros."""
    return [
        {"name": name, "importCode": code, "payHoursDirectly": paid_directly, "removed": removed}
        for name, code, paid_directly, removed in CONTRACT_TYPES
    ]


def employees(organisation: CareOrganisation) -> list[Record]:
    """The people of the company."""
    return [_employee(organisation, person) for person in organisation.people]


def _employee(organisation: CareOrganisation, person: Employee) -> Record:
    identifier = organisation.employee_id(person)
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
        "partnerNamePrefix": None,
        "initials": person.initials,
        "prefix": person.prefix,
        "birthNamePrefix": person.prefix,
        "gender": "FM"[person.number % 2],
        "emailAddress": f"medewerker{person.number}@example.org",
        "workMobilePhone": f"06-0000{person.number:04}",
        "unknownEmployee": False,
        "verifiedUntilDate": person.left_on or organisation.verified_until,
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


def contracts(organisation: CareOrganisation) -> Iterator[Record]:
    """One contract for most; every fourth person had another one in the first half year."""
    types = organisation.ids("contract_types")
    for person in organisation.people:
        hours = person.part_time * FULL_TIME_HOURS
        contract = {
            "employeeId": organisation.employee_id(person),
            "fixed": hours,
            "var": hours / 4 if person.number % 5 == 0 else hours * 0,
            "contractTypeId": types[person.number % 3],
            "beginDate": person.started_on,
            "endDate": person.left_on,
        }
        changed = person.started_on + timedelta(days=182)
        if person.number % 4 == 0 and (person.left_on is None or changed < person.left_on):
            yield contract | {"endDate": changed - timedelta(days=1), "fixed": hours / 2}
            contract = contract | {"beginDate": changed}
        yield contract


def hourly_wages(organisation: CareOrganisation) -> Iterator[Record]:
    """A wage a year from the salary of full time, in cents an hour."""
    for person in organisation.people:
        last = person.left_on or organisation.today
        for year in range(max(person.started_on.year, organisation.today.year - 2), last.year + 1):
            end = date(year, 12, 31)
            yield {
                "employeeId": organisation.employee_id(person),
                "wageInCents": int(person.salary * 1200 / 52 / FULL_TIME_HOURS) - 40 * (organisation.today.year - year),
                "beginDate": max(person.started_on, date(year, 1, 1)),
                "endDate": min(end, person.left_on or end) if year < last.year or person.left_on else None,
            }


def team_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    """Everybody in the team of their department."""
    for person in organisation.people:
        yield {
            "beginDate": person.started_on,
            "endDate": person.left_on,
            "employeeObjectId": organisation.employee_id(person),
            "teamObjectId": team_of(organisation, person),
        }


def users(organisation: CareOrganisation) -> Iterator[Record]:
    """An account each."""
    for person in organisation.people:
        login = f"{person.initials}{person.last_name}{person.number}".replace(".", "").lower()
        yield {
            "uuid": str(uuid5(person.id, "ons-user")),
            "userName": login,
            "employeeObjectId": organisation.employee_id(person),
            "employeeName": person.display_name,
            "teamObjectId": team_of(organisation, person),
            "teamName": person.department.description,
            "mobilePhone": None,
            "ssoId": f"{login}@example.org",
            "roles": [{"id": 1, "name": "Medewerker"}],
            "teamAccess": "All",
            "locationAccess": "All",
        }


def employee_addresses(organisation: CareOrganisation) -> Iterator[Record]:
    """Where they live."""
    for person in organisation.people:
        yield address("2", person.number) | {
            "employeeId": organisation.employee_id(person),
            "beginDate": person.started_on,
            "endDate": person.left_on,
        }


def bank_accounts(organisation: CareOrganisation) -> Iterator[Record]:
    """Where the wage goes. Who left before last year has none any more."""
    for person in organisation.people:
        if person.left_on is None or person.left_on.year >= organisation.today.year - 1:
            yield {
                "id": BANK_ACCOUNT_IDS + organisation.employee_id(person),
                "nameOfOwner": f"{person.initials} {person.last_name}",
                "creditBankAccount": True,
            }


def address(person_type: str, number: int) -> Record:
    """What addresses of clients, employees and relations have in common."""
    return {
        "homeNumber": 1 + number % 180,
        "homeNumberExtension": "A-bis" if number % 9 == 0 else None,
        "street": STREETS[number % len(STREETS)],
        "city": CITIES[number % len(CITIES)],
        "type": "1",
        "typeString": "Woonadres",
        "personType": person_type,
        "residenceAccessInfo": f"Sleutelkastje {number % 10_000:04} 🔑" if number % 3 == 0 else None,
        "situationDescription": REMARKS[number % len(REMARKS)],
    }


def educations(organisation: CareOrganisation) -> Iterator[Record]:
    """Expertises (deskundigheden) of Administration."""
    hour_types = organisation.ids("hour_types")
    for index, name in enumerate(EXPERTISES):
        yield {"description": name, "visible": True, "hourTypeIds": hour_types[: 2 + index]}


def expertise_profile_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    """Who has which; moments, unlike all other assignments."""
    profiles = organisation.ids("educations")
    for person in organisation.people:
        yield {
            "startTime": midnight(person.started_on),
            "endTime": moment(local(person.left_on, 23, 59)) if person.left_on else None,
            "employeeObjectId": organisation.employee_id(person),
            "expertiseProfileObjectId": profiles[person.number % len(profiles)],
        }


def expertise_groups(organisation: CareOrganisation) -> Iterator[Record]:
    """Two groups, the second under the first."""
    yield {"parentObjectid": ROOT, "name": "Verpleging en verzorging", "endDate": None}
    yield {"parentObjectid": _own(organisation, 5_701), "name": "Coördinatie", "endDate": None}


def _members(organisation: CareOrganisation, group: Record) -> Record:
    profiles = organisation.records("educations")
    return {"expertiseProfiles": profiles[:3] if group["parentObjectid"] == ROOT else profiles[3:]}


def _own(organisation: CareOrganisation, number: int) -> int:
    return organisation.number * 1_000_000 + number


def _birth_date(person: Employee) -> date:
    """Some day, decades before the first working day."""
    return person.started_on.replace(year=person.started_on.year - 22 - person.number % 37, day=1)


PLANS = (
    Plan(name="locations", model="Location", ids=LOCATION_IDS, facts=locations),
    Plan(name="teams", model="Team", ids=TEAM_IDS, facts=teams),
    Plan(name="contract_types", model="payroll.ContractType", ids=CONTRACT_TYPE_IDS, facts=contract_types),
    Plan(name="employees", model="Employee", ids=0, facts=employees),
    Plan(name="contracts", model="payroll.Contract", ids=310_000, facts=contracts),
    Plan(name="hourly_wages", model="payroll.HourlyWage", ids=320_000, facts=hourly_wages),
    Plan(name="team_assignments", model="TeamAssignment", ids=330_000, facts=team_assignments),
    Plan(name="responsibilities", model="User", ids=340_000, facts=users),
    Plan(name="employee_addresses", model="EmployeeAddress", ids=350_000, facts=employee_addresses),
    Plan(name="employee_bank_accounts", model="BankAccount", ids=0, facts=bank_accounts),
    Plan(name="educations", model="ExpertiseProfile", ids=5_500, facts=educations),
    Plan(
        name="expertise_profile_assignments",
        model="ExpertiseProfileAssignment",
        ids=360_000,
        facts=expertise_profile_assignments,
    ),
    Plan(name="expertise_groups", model="ExpertiseGroup", ids=5_700, facts=expertise_groups, embed=_members),
)
