"""Who manages what at a debtor: functions, managers, case managers, the accountant's contact, tags. All invented."""

from functools import cache
from uuid import UUID, uuid5

from provider_simulators.nmbrs.records.drafting import Values
from provider_simulators.world import Debtor, Department

FUNCTIONS = ("Medewerker", "Teamleider", "Adviseur", "Planner", "Assistent-medewerker")
_MANAGERS = (("Anouk", "van der Bakkerij", "Female"), ("Jurriën", "Müllerhof", "Male"), ("Chloé", "d'Août", "Female"))
_CASE_MANAGERS = (("Hélène", "Brûlart", "Female"), ("Ömer", "Çelikbaş", "Male"))


@cache
def functions_of(debtor_id: UUID) -> tuple[Values, ...]:
    """The debtor's functions: schema Function."""
    return tuple(
        {"functionId": uuid5(debtor_id, f"function/{code}"), "code": code, "description": description}
        for code, description in enumerate(FUNCTIONS, 1)
    )


@cache
def managers_of(debtor_id: UUID) -> tuple[Values, ...]:
    """The debtor's managers, without department and function: schema Manager."""
    return tuple(
        {"managerId": uuid5(debtor_id, f"manager/{number}"), **_contact(number, *name)}
        for number, name in enumerate(_MANAGERS, 1)
    )


@cache
def case_managers_of(debtor_id: UUID) -> tuple[Values, ...]:
    """The debtor's absence case managers, without department and function; one has no telephone number."""
    people = [
        {"caseManagerId": uuid5(debtor_id, f"case-manager/{number}"), **_contact(number, *name)}
        for number, name in enumerate(_CASE_MANAGERS, 1)
    ]
    people[-1] |= {"phoneNumber": None, "fax": None}
    return tuple(people)


def department_value(department: Department) -> Values:
    """A department without its creation and managers."""
    return {
        "departmentId": department.id,
        "code": department.code,
        "description": department.description,
    }


def manager_basics(manager: Values) -> Values:
    """What a department and an employee say of a manager."""
    return {name: manager[name] for name in ("managerId", "firstName", "lastName", "email")}


def placed(person: Values, debtor: Debtor) -> Values:
    """A manager with department and function."""
    number = person["number"]
    department = debtor.departments[number % len(debtor.departments)]
    functions = functions_of(debtor.id)
    return {
        **person,
        "department": department_value(department),
        "function": functions[number % len(functions)],
    }


def accountant_contact(debtor: Debtor) -> Values:
    """Whom the debtor calls at the payroll office."""
    return {"name": "Loïs Roggeveld", "phoneNumber": "0800 555 01", "email": f"klant{debtor.number}@loon.example"}


def tags(debtor: Debtor) -> list[Values]:
    """Tags; the number is text."""
    return [
        {"tagNumber": f"0{number}", "description": text}
        for number, text in enumerate(("Zorg", "Vierwekelijks", f"Klant {debtor.number}"), 1)
    ]


def user_account(owner: UUID, debtor_id: UUID, name: str, kind: str) -> Values:
    """A login of the self-service."""
    return {
        "userAccountId": uuid5(owner, "user-account"),
        "userAccountType": kind,
        "email": f"{uuid5(owner, 'mailbox').hex[:8]}@login.example",
        "name": name,
        "debtorId": debtor_id,
        "tenantId": uuid5(debtor_id, "tenant"),
        "language": "nl-NL",
    }


def _contact(number: int, first_name: str, last_name: str, gender: str) -> Values:
    return {
        "number": number,
        "firstName": first_name,
        "lastName": last_name,
        "gender": gender,
        "phoneNumber": f"0800 555 1{number}",
        "cellphone": f"06 555 000 1{number}",
        "fax": "",
        "email": f"manager{number}@bedrijf.example",
    }
