"""What the store holds of an employee, as .NET rows. Names, order and types: vendor WSDL v2.1 unless said otherwise."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from provider_simulators.nmbrs.soap.backend import SoapBackend
from provider_simulators.nmbrs.soap.values import EMPTY_DATE, Row, nillable
from provider_simulators.nmbrs.store import Entry

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERCENT = Decimal(100)

SALARY_TYPES = {
    "grossFulltimeSalary": (1, "Bruto_Salaris_Fulltime"),
    "grossParttimeSalary": (2, "Bruto_Salaris_Partime"),
    "grossHourlyWage": (3, "Bruto_Uurloon"),
    "netParttimeSalaryInclWageComp": (4, "Netto_Salaris_Partime_incl_looncomp"),
    "netParttimeSalaryExclWageComp": (5, "Netto_Salaris_Partime_excl_looncomp"),
    "netHourlyWageExclWageComp": (6, "Netto_Uurloon_excl_looncomp"),
    "employerCosts": (7, "Werkgverslasten"),
    "netHourlyWageInclWageComp": (8, "Netto_Uurloon_incl_looncomp"),
}
"""REST's names to the WSDL's, with their place in the WSDL's list: the bulk calls answer the place (inferred)."""

ADDRESS_TYPES = {
    "homeAddress": "HomeAddress",
    "postAddress": "PostAddress",
    "absenceAddress": "AbsenceAddress",
    "holidaysAddress": "HolidaysAddress",
    "weekendAddress": "WeekendAddress",
    "workAddress": "HomeAddress",
}
"""REST's names to the WSDL's, which knows no address at work."""

MARITAL_STATUS = (
    "notSpecified",
    "unmarried",
    "married",
    "divorced",
    "widowWidower",
    "livingTogether",
    "registeredPartner",
)
"""BurgerlijkeStaat by its number (inferred)."""

FIELD_OF_CONTACT = {
    "TelephonePrivate": "privatePhone",
    "TelephoneWork": "businessPhone",
    "TelephoneMobilePrivate": "privateMobilePhone",
    "TelephoneMobileWork": "businessMobilePhone",
    "TelephoneOther": "otherPhone",
    "EmailPrivate": "privateEmail",
    "EmailWork": "businessEmail",
}


def day(value: date | datetime | None) -> date | None:
    """A date that the store may hold as midnight UTC: a day has no zone."""
    return value.date() if isinstance(value, datetime) else value


def gender(text: str | None) -> str:
    """REST's gender in the WSDL's words."""
    return text if text in ("male", "female") else "undefined"


def inner(values: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in a record, empty when the record does not have it."""
    return values.get(name) or {}


def started(entry: Entry) -> Row:
    """The period from which a record holds, or the year in which it was made."""
    period = inner(entry.values, "period")
    return {"StartPeriod": period.get("period", 1), "StartYear": period.get("year", entry.created_at.year)}


def absences(backend: SoapBackend, entry: Entry) -> list[Row]:
    """The absences of a dossier, without their employee: schema Absence."""
    return [
        {
            "AbsenceId": backend.ids.number("absence", each["absenceId"]),
            "Comment": each.get("remark") or None,
            "Percentage": each["percentage"],
            "Start": day(each["startDate"]),
            "RegistrationStartDate": nillable(day(each.get("registrationStartDate"))),
            "End": nillable(day(each.get("endDate"))),
            "RegistrationEndDate": nillable(day(each.get("registrationEndDate"))),
            "Dossier": entry.values.get("absenceDossierType"),
            "Dossiernr": backend.ids.number("absence_dossier", entry.id),
        }
        for each in entry.values["employeeAbsences"]
    ]


def address(backend: SoapBackend, entry: Entry) -> Row:
    """EmployeeAddress_V2; nothing is known of an end."""
    values, start = entry.values, started(entry)
    return {
        "Id": backend.ids.number("address", entry.id),
        **start,
        "EndPeriod": nillable(None),
        "EndYear": nillable(None),
        "Street": values.get("street"),
        "HouseNumber": values.get("houseNumber"),
        "HouseNumberAddition": values.get("houseNumberAddition"),
        "PostalCode": values.get("postalCode"),
        "City": values.get("city"),
        "StateProvince": values.get("stateProvince"),
        "CreationDate": entry.created_at,
        "CountryISOCode": values.get("countryISOCode"),
        "Type": ADDRESS_TYPES[values.get("type", "homeAddress")],
    }


def child(backend: SoapBackend, entry: Entry) -> Row:
    """Child; an unknown birthday is .NET's empty date."""
    values = entry.values
    return {
        "Id": backend.ids.number("child", entry.id),
        "Name": values.get("name"),
        "FirstName": values.get("firstName"),
        "Initials": values.get("initials"),
        "Gender": gender(values.get("gender")),
        "Birthday": day(values.get("birthday")) or EMPTY_DATE,
    }


def contract(backend: SoapBackend, entry: Entry) -> Row:
    """EmployeeContract, with the three fields that v3 has more (seen in a working client)."""
    values = entry.values
    return {
        "ContractID": backend.ids.number("contract", values.get("contractId", entry.id)),
        "CreationDate": entry.created_at,
        "StartDate": nillable(day(values.get("startDate"))),
        "TrialPeriod": nillable(day(values.get("trialPeriod"))),
        "EndDate": nillable(day(values.get("endDate"))),
        "EmployementType": 1,
        "EmploymentSequenceTaxId": 1,
        "Indefinite": nillable(values.get("indefinite")),
        "PhaseClassification": nillable(None),
        "WrittenContract": nillable(values.get("writtenContract")),
        "HoursPerWeek": nillable(values.get("hoursPerWeek")),
    }


def cost_center(backend: SoapBackend, entry: Entry) -> Row:
    """EmployeeCostCenter; the percentage is a part of 1 (seen in a working client)."""
    center, unit = entry.values["costCenters"], entry.values.get("costUnits")
    return {
        "Id": backend.ids.number("employee_cost_center", entry.id),
        "CostCenter": {
            "Code": center["code"],
            "Description": center["description"],
            "Id": backend.ids.number("cost_center", center["costCenterId"]),
        },
        "Kostensoort": unit and {"Code": unit["code"], "Description": unit["description"]},
        "Percentage": entry.values.get("percentage", PERCENT) / PERCENT,
        "Default": entry.values.get("default", False),
    }


def department(backend: SoapBackend, entry: Entry) -> Row:
    """Department_V2."""
    values = entry.values
    return {
        "Id": backend.ids.number("department", values["departmentId"]),
        "Code": values["code"],
        "Description": values.get("description"),
        "CreationDate": entry.created_at,
        **started(entry),
    }


def employment(backend: SoapBackend, entry: Entry) -> Row:
    """Employment."""
    values = entry.values
    return {
        "EmploymentId": backend.ids.number("employment", entry.id),
        "CreationDate": entry.created_at,
        "StartDate": nillable(day(values.get("startDate"))),
        "EndDate": nillable(day(values.get("endDate"))),
        "InitialStartDate": nillable(day(values.get("seniorityDate"))),
    }


def function(backend: SoapBackend, entry: Entry) -> Row:
    """EmployeeFunction."""
    values = entry.values
    return {
        "RecordId": backend.ids.number("employee_function", entry.id),
        "Function": {
            "Id": backend.ids.number("function", values["functionId"]),
            "Code": values["code"],
            "Description": values.get("description"),
        },
        "CreationDate": entry.created_at,
        **started(entry),
    }


def lease_car(backend: SoapBackend, entry: Entry) -> Row:
    """EmployeeLeaseCar; FirstResgistrationDate is the WSDL's spelling, an open end is .NET's empty date."""
    values = entry.values
    contribution = inner(values, "contributionPrivatePercentage")
    reason = inner(values, "reasonNoContribution")
    return {
        "Id": backend.ids.number("lease_car", entry.id),
        "Brand": values.get("brand"),
        "Model": values.get("model"),
        "AdditionPercentage": contribution.get("contributionPercentage"),
        "ContractLeaseCompany": values.get("contractLeaseCompany"),
        "ContractNumber": values.get("contractNumber"),
        "ContractDuration": values.get("contractDuration") or 0,
        "LeasingPriceMonth": values.get("leasingPriceMonth") or 0,
        "MaxMileage": values.get("maxMileage") or 0,
        "PriceMoreMileage": values.get("priceMoreMileage") or 0,
        "PriceLessMileage": values.get("priceLessMileage") or 0,
        "FirstResgistrationDate": day(values.get("firstRegistrationDate")) or EMPTY_DATE,
        "CO2Emissions": values.get("co2Emissions") or 0,
        "LicensePlate": values.get("licensePlate"),
        "CatalogValue": values.get("catalogValue") or 0,
        "StartDate": day(values.get("startDate")) or EMPTY_DATE,
        "EndDate": day(values.get("endDate")) or EMPTY_DATE,
        "ReasonNoContribution": reason.get("reasonNumber") or 0,
        "ContributionPrivatePercentage": contribution.get("contributionNumber") or 0,
        "ContributionPrivateUse": values.get("contributionPrivateUse") or 0,
        "ContributionNotDeductible": values.get("contributionNotDeductible") or 0,
    }


def salary(backend: SoapBackend, entry: Entry) -> Row:
    """Salary_V2: the type is a number here."""
    values = entry.values
    return {
        "ID": backend.ids.number("salary", entry.id),
        "Value": values["value"],
        "Type": SALARY_TYPES[values["type"]][0],
        "SalaryTable": _salary_table(values.get("salaryTable")),
        "StartDate": day(values["startDate"]),
        "CreationDate": entry.created_at,
    }


def named_salary(entry: Entry) -> Row:
    """Salary, as the calls per employee have it: the type is a text."""
    values = entry.values
    return {
        "Value": values["value"],
        "Type": SALARY_TYPES[values["type"]][1],
        "SalaryTable": _salary_table(values.get("salaryTable")),
        "StartDate": day(values["startDate"]),
    }


def _salary_table(table: dict[str, Any] | None) -> Row | None:
    """SalaryTableEmployee; REST's salaries say nothing of the values of scale and step."""
    if table is None:
        return None
    scale, step = table["scale"], table["step"]
    return {
        "Code": table["tableCode"],
        "Description": table["tableName"],
        "Schaal": {
            "Scale": scale["scaleCode"],
            "SchaalDescription": scale["scaleDescription"],
            "ScaleValue": 0,
            "ScalePercentageMax": 0,
            "ScalePercentageMin": 0,
        },
        "Trede": {"Step": step["stepCode"], "StepDescription": step["stepDescription"], "StepValue": 0},
    }


def schedule(backend: SoapBackend, entry: Entry) -> Row:
    """Schedule_V2; the part-time percentage is a part of 1 (seen in a working client)."""
    values = entry.values
    weeks = (("week1", ""), ("week2", "2"))
    return {
        "Id": backend.ids.number("schedule", entry.id),
        **{f"Hours{each}{end}": inner(values, week).get(f"hours{each}", 0) for week, end in weeks for each in WEEKDAYS},
        "ParttimePercentage": values.get("parttimePercentage", PERCENT) / PERCENT,
        "StartDate": day(values["startDate"]),
        "CreationDate": entry.created_at,
    }


def svw_setting(backend: SoapBackend, entry: Entry) -> Row:
    """The field set of v3 (seen in a working client, spelling included): coded texts are cut to their code."""
    values, cao = entry.values, inner(entry.values, "CAO")
    benefit = inner(values, "wageCostBenefit")
    return {
        "Id": backend.ids.number("employee_svw", entry.id),
        "CreateDate": entry.created_at,
        **started(entry),
        "InfluenceObligedInsuranced": values.get("influenceObligedInsurance"),
        "Wao_Wia": values.get("waoWia", False),
        "Ww": values.get("WW", False),
        "Zw": values.get("ZW", False),
        "IncomeRelatedContributionZvw": values.get("incomeRelatedContributionZvw"),
        "CodeZvw": _code(values.get("codeZvw")),
        "EmploymentType": _code(values.get("natureOfEmployment")),
        "PhaseClassification": values.get("phaseClassification"),
        "EmploymentSequenceTaxId": values.get("taxSequenceNumber") or 0,
        "CAO": {"CAOId": 1, "CAOCode": cao.get("code") or 0, "CAODescription": cao.get("CAODescription")},
        "RiskGroup": {"RiskGroupId": 0, "RiskGroupCode": 0, "RiskGroupDescription": None},
        "Sector": {"SectorId": 35, "SectorCode": 35, "SectorDescription": "Gezondheid"},
        "WageCostBenefit": {
            "WageCostBenefitCode": benefit.get("code") or 0,
            "EndPeriod": nillable(benefit.get("endPeriod")),
            "EndYear": nillable(benefit.get("endYear")),
        },
    }


def _code(text: str | None) -> str | None:
    return text and text.partition(" ")[0]


def contact(values: dict[str, Any], *names: str) -> Row:
    """Telephone numbers and e-mail addresses, in the order asked for."""
    info = inner(values, "contactInfo")
    return {name: info.get(FIELD_OF_CONTACT[name]) for name in names}
