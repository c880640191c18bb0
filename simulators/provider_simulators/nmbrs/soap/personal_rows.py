"""Who somebody is, as .NET rows: with and without BSN, current and past, and the snapshot of everything current."""

from typing import Any

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.employee_rows import (
    MARITAL_STATUS,
    SALARY_TYPES,
    contact,
    day,
    gender,
    inner,
    started,
)
from provider_simulators.nmbrs.soap.values import Row, nillable
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company, Employee

DUTCH = 1
TELEPHONES = (
    "TelephonePrivate",
    "TelephoneWork",
    "TelephoneMobilePrivate",
    "TelephoneMobileWork",
    "TelephoneOther",
    "EmailPrivate",
    "EmailWork",
)


def past(backend: SoapBackend, entry: Entry, employee: Employee, bsn: str | None) -> Row:
    """PersonalInfo_V2; the call without BSN leaves the element out (inferred: its WSDL is not public)."""
    values = entry.values
    partner, birth = inner(values, "partnerInfo"), inner(values, "birthInfo")
    return {
        "Id": backend.ids.number("personal_info", entry.id),
        "DisplayName": employee.display_name,
        "EmployeeNumber": employee.number,
        "BSN": bsn,
        "Title": None,
        **_name(inner(values, "basicInfo")),
        "Nickname": None,
        "Gender": gender(birth.get("gender")),
        "NationalityCode": DUTCH,
        "PlaceOfBirth": None,
        "CountryOfBirthISOCode": inner(birth, "birthCountry").get("codeISO"),
        "IdentificationNumber": None,
        "IdentificationType": 0,
        "PartnerPrefix": partner.get("partnerPrefix"),
        "PartnerLastName": partner.get("partnerName"),
        **contact(values, *TELEPHONES),
        "BurgerlijkeStaat": MARITAL_STATUS.index(partner.get("maritalStatus", "notSpecified")),
        "Naamstelling": inner(partner, "ascription").get("code", 0),
        "Birthday": nillable(day(birth.get("birthDate"))),
        "CreationDate": entry.created_at,
        **started(entry),
        "DeceasedDate": nillable(day(birth.get("deceasedOn"))),
        **_emergency(inner(values, "emergencyInfo")),
    }


def current(backend: SoapBackend, company: Company, employee: Employee) -> Row | None:
    """The employee's present PersonalInfo of the call per employee: some codes are words there."""
    entries = backend.entries(company, "personal_info", employee=employee)
    if not entries:
        return None
    row = dict(past(backend, entries[-1], employee, bsn_of(backend, company, employee)))
    partner = inner(entries[-1].values, "partnerInfo")
    for name in ("CreationDate", "StartPeriod", "StartYear"):
        del row[name]
    row["BurgerlijkeStaat"] = partner.get("maritalStatus")
    row["Naamstelling"] = inner(partner, "ascription").get("ascription")
    return {"Id": row.pop("Id"), "Number": employee.number, **row}


def bsn_of(backend: SoapBackend, company: Company, employee: Employee) -> str | None:
    """The citizen number, of whoever has given it."""
    entries = backend.entries(company, "private_info", employee=employee)
    return entries[-1].values["BSN"] if entries else None


def snapshot(backend: SoapBackend, company: Company, employee: Employee) -> Row:
    """PersonalInfoContractSalaryAddress: what holds now, in one row, with the BSN."""

    def last(kind: str) -> dict[str, Any]:
        entries = backend.entries(company, kind, employee=employee)
        return entries[-1].values if entries else {}

    info, contract, salary = last("personal_info"), last("contracts"), last("salaries")
    home, birth = last("addresses"), inner(info, "birthInfo")
    by_hour = salary.get("type") == "grossHourlyWage"
    return {
        "EmployeeID": backend.ids.number("employee", employee.id),
        "EmployeeNumber": employee.number,
        "FirstName": employee.first_name,
        "Birthday": nillable(day(birth.get("birthDate"))),
        "Prefix": employee.prefix,
        "LastName": employee.last_name,
        "Gender": gender(birth.get("gender")),
        "BSN": bsn_of(backend, company, employee),
        "City": home.get("city"),
        **contact(info, "TelephoneWork", "TelephoneMobileWork", "EmailWork"),
        "ContractStartDate": nillable(day(contract.get("startDate"))),
        "ContractEndDate": nillable(day(contract.get("endDate"))),
        **contact(info, "EmailPrivate", "TelephonePrivate", "TelephoneMobilePrivate"),
        "SalaryType": nillable(SALARY_TYPES[salary["type"]][1] if salary else None),
        "SalaryValue": nillable(salary.get("value")),
        "Street": home.get("street"),
        "HouseNumber": home.get("houseNumber"),
        "HouseNumberAddition": home.get("houseNumberAddition"),
        "PostCode": home.get("postalCode"),
        "HourlyWage": salary["value"] if by_hour else 0,
        "ContractHours": contract.get("hoursPerWeek") or 0,
    }


def _name(basic: dict[str, Any]) -> Row:
    return {
        "FirstName": basic.get("firstName"),
        "Initials": basic.get("initials"),
        "Prefix": basic.get("prefix"),
        "LastName": basic.get("lastName"),
    }


def _emergency(info: dict[str, Any]) -> Row:
    return {
        "InCaseOfEmergency": info.get("emergencyContact"),
        "InCaseOfEmergencyPhone": info.get("emergencyPhone"),
        "InCaseOfEmergencyRelation": info.get("emergencyRelationship"),
        "TitleAfter": None,
    }
