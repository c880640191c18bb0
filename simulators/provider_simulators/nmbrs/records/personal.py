"""Records about who somebody is: names, BSN, addresses, bank accounts, children, place in the organisation."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.nmbrs.records.catalogues import EXTRA_FIELDS
from provider_simulators.nmbrs.records.drafting import Draft, Person, Values, midnight, period_value
from provider_simulators.nmbrs.records.iban import iban
from provider_simulators.nmbrs.records.organisation import (
    department_value,
    functions_of,
    manager_basics,
    managers_of,
    user_account,
)
from provider_simulators.world import Employee, names

STREETS = ("Waterhoenlaan", "Lange Réunion", "'t Zand", "Molenstraat", "Façadeplein")
CITIES = (("1234 AB", "Oosterschild"), ("5678CD", "Noordzeë"), ("9876 ZX", "Waddenkust"))
ACCOUNT_TYPES = ("standard", "bankAccount1", "salarySavings")


def basic_info(employee: Employee) -> Values:
    """Schema EmployeeBasicInfo."""
    return {
        "employeeNumber": employee.number,
        "firstName": employee.first_name,
        "firstNameInFull": None,
        "prefix": employee.prefix,
        "initials": employee.initials,
        "lastName": employee.last_name,
        "employeeType": employee.type,
    }


def _personal_info(person: Person) -> Iterator[Draft]:
    """One record, and a second one for whoever changed their name or status."""
    employee, chance = person.employee, person.chance
    values = {
        "basicInfo": basic_info(employee),
        "birthInfo": _birth_info(person),
        "contactInfo": _contact_info(person),
        "partnerInfo": {
            "partnerPrefix": None,
            "partnerName": None,
            "ascription": {"code": 1, "ascription": "Eigen naam"},
            "maritalStatus": "unmarried",
        },
        "emergencyInfo": {"emergencyContact": None, "emergencyPhone": None, "emergencyRelationship": None},
        "period": period_value(person.period_at(employee.started_on)),
    }
    yield Draft(values=values, created_at=employee.created_at)
    if employee.number % 6 == 0:
        married_on = date(person.today.year, 2, 14)
        partner = {
            "partnerPrefix": chance.choice(names.PREFIXES),
            "partnerName": chance.choice(names.LAST_NAMES),
            "ascription": {"code": 3, "ascription": "Naam partner - eigen naam"},
            "maritalStatus": "married",
        }
        emergency = {
            "emergencyContact": partner["partnerName"],
            "emergencyPhone": "06 555 000 99",
            "emergencyRelationship": "Partner",
        }
        later = {"partnerInfo": partner, "emergencyInfo": emergency}
        later["period"] = period_value(person.period_at(married_on))
        yield Draft(values={**values, **later}, created_at=person.office_hours(married_on))


def _birth_info(person: Person) -> Values:
    chance = person.chance
    country = {"codeISO": "NL", "description": "The Netherlands"}
    born = date(person.today.year - chance.randrange(19, 66), chance.randrange(1, 13), chance.randrange(1, 29))
    return {
        "birthDate": midnight(born),
        "birthCountry": country,
        "nationality": {"codeISO": "NL", "description": "Dutch"},
        "deceasedOn": None,
        "gender": chance.choice(("female", "male", "unspecified", "unknown", None)),
    }


def _contact_info(person: Person) -> Values:
    number = person.employee.number
    return {
        "privateEmail": f"prive{number}@thuis.example",
        "businessEmail": f"medewerker{number}@bedrijf.example" if person.works else None,
        "businessPhone": None,
        "businessMobilePhone": f"06 555 {number:05}" if number % 4 == 0 else None,
        "privatePhone": "",
        "privateMobilePhone": f"06 556 {number:05}",
        "otherPhone": None,
    }


def _private_info(person: Person) -> Iterator[Draft]:
    if person.works:
        yield Draft(values={"BSN": person.employee.bsn}, created_at=person.employee.created_at)


def _addresses(person: Person) -> Iterator[Draft]:
    """A home address; some moved house, some have their post elsewhere."""
    employee = person.employee
    yield _address(person, "homeAddress", employee.started_on)
    if employee.number % 5 == 1:
        yield _address(person, "homeAddress", date(person.today.year, 6, 1))
    if employee.number % 9 == 0:
        yield _address(person, "postAddress", employee.started_on)


def _address(person: Person, kind: str, since: date) -> Draft:
    chance = person.chance
    postal_code, city = chance.choice(CITIES)
    values = {
        "isDefault": kind == "homeAddress",
        "type": kind,
        "street": chance.choice(STREETS),
        "houseNumber": str(chance.randrange(1, 300)),
        "houseNumberAddition": chance.choice((None, "", "A", "bis")),
        "postalCode": postal_code,
        "city": city,
        "stateProvince": None,
        "countryISOCode": "NL",
        "period": period_value(person.period_at(since)),
    }
    return Draft(values=values, created_at=person.office_hours(since - timedelta(days=10)))


def _bank_accounts(person: Person) -> Iterator[Draft]:
    """Whoever is paid has a standard account; one in seven also saves."""
    if not person.on_payroll:
        return
    employee = person.employee
    for kind in ACCOUNT_TYPES[: 3 if employee.number % 7 == 0 else 1]:
        number = person.chance.randrange(10**9)
        values = {
            "number": str(number),
            "description": "",
            "IBAN": iban(number),
            "city": person.chance.choice(CITIES)[1],
            "name": employee.display_name,
            "bankAccountType": kind,
        }
        yield Draft(values=values, created_at=employee.created_at)


def _children(person: Person) -> Iterator[Draft]:
    """Children have no id; twins differ by name only."""
    twins = person.employee.number % 10 == 5  # noqa: PLR2004 (one in ten)
    for index in range(2 if twins else person.employee.number % 3 if person.works else 0):
        first_name = names.FIRST_NAMES[(person.employee.number + index) % len(names.FIRST_NAMES)]
        values = {
            "name": person.employee.last_name,
            "firstName": first_name,
            "initials": f"{first_name[0]}.",
            "gender": person.chance.choice(("female", "male", "unspecified", "unknown")),
            "birthday": date(2015, 3, 9) if twins else date(2012 + index, 5, 20) if index == 0 else None,
        }
        yield Draft(values=values, created_at=person.employee.created_at)


def _user_accounts(person: Person) -> Iterator[Draft]:
    """Who works here logs in; one in four never did."""
    employee = person.employee
    if person.works and employee.number % 4:
        kind = "manager" if employee.number % 8 == 1 else "employee"
        account = user_account(employee.id, person.company.debtor_id, employee.display_name, kind)
        yield Draft(values=account, created_at=employee.created_at)


def _extra_fields(person: Person) -> Iterator[Draft]:
    """Free fields; every value is text, whatever its type."""
    number = person.employee.number
    texts = {
        "text": "maat M – blauw",  # noqa: RUF001 (a dash, on purpose: texts that are not ASCII)
        "decimal": str(Decimal(number) / 4),
        "number": str(number),
        "date": f"{person.today.year - 1}-05-01",
        "yesNo": "true",
        "textDate": None,
    }
    for index, (name, kind) in enumerate(EXTRA_FIELDS):
        if person.works and (number + index) % 3 == 0:
            field = {"extraFieldId": person.id("extra_field_settings", index), "name": name, "extraFieldType": kind}
            start = midnight(person.employee.started_on) if index % 2 else None
            values = {"extraField": field, "value": texts[kind], "startDate": start}
            yield Draft(values=values, created_at=person.employee.created_at)


def _departments(person: Person) -> Iterator[Draft]:
    """The department; one in four came from another one this January."""
    if not person.works:
        return
    employee = person.employee
    now = department_value(employee.department)
    if employee.number % 4 == 0:
        before = department_value(person.company.departments[employee.number % len(person.company.departments)])
        yield _placing(person, before, employee.started_on)
        yield _placing(person, now, date(person.today.year, 1, 1))
    else:
        yield _placing(person, now, employee.started_on)


def _functions(person: Person) -> Iterator[Draft]:
    """A function; one in five has none."""
    functions = functions_of(person.company.debtor_id)
    if person.works and person.employee.number % 5:
        yield _placing(person, functions[person.employee.number % len(functions)], person.employee.started_on)


def _managers(person: Person) -> Iterator[Draft]:
    managers = managers_of(person.company.debtor_id)
    if person.works:
        manager = manager_basics(managers[person.employee.number % len(managers)])
        yield _placing(person, manager, person.employee.started_on)


def _placing(person: Person, values: Values, since: date) -> Draft:
    period = {"period": period_value(person.period_at(since))}
    return Draft(values={**values, **period}, created_at=person.office_hours(since - timedelta(days=5)))


MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    "personal_info": _personal_info,
    "private_info": _private_info,
    "addresses": _addresses,
    "bank_accounts": _bank_accounts,
    "children": _children,
    "user_accounts": _user_accounts,
    "extra_fields": _extra_fields,
    "departments": _departments,
    "functions": _functions,
    "managers": _managers,
}
