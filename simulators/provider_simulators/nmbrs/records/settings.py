"""Payroll settings of employees: wage tax, social insurance, labour agreement, lease car, cost centers."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from provider_simulators.nmbrs.records.drafting import Draft, Person, Values, period_value
from provider_simulators.world import PeriodType

PERIOD_TABLES = {PeriodType.MONTH: "Month", PeriodType.FOUR_WEEKS: "4Week", PeriodType.WEEK: "Week"}
LABOUR_AGREEMENTS = (("254", "Afbouw"), ("3100", "Zorg & welzijn"), ("0417", "Kleinmetaal"))


def _wage_tax_settings(person: Person) -> Iterator[Draft]:
    """At the start, and for one in five again this January."""
    if not person.on_payroll:
        return
    employee = person.employee
    foreign = employee.number % 10 == 6  # noqa: PLR2004 (one in ten)
    values: Values = {
        "wageTax": True,
        "wageTaxRebate": employee.number % 3 != 0,
        "singleElderlyDiscount": False,
        "colorTable": "White",
        "periodTable": PERIOD_TABLES[person.company.period_type],
        "incomeType": "15",
        "specialAnnualSalaryRate": employee.salary * 12 if foreign else None,
        "specialTable": None,
        "differentSpecialRate": "",
        # The object and its member have one name (vendor OpenAPI).
        "Calc30PercentRuling": {
            "Calc30PercentRuling": "Reduced salary" if foreign else "None",
            "endPeriod": 12 if foreign else 0,
            "endYear": person.today.year + 2 if foreign else 0,
        },
    }
    yield _setting(person, values, employee.started_on)
    if employee.number % 5 == 0:
        yield _setting(person, {**values, "wageTaxRebate": False}, date(person.today.year, 1, 1))


def _labour_agreements(person: Person) -> Iterator[Draft]:
    if person.on_payroll:
        number, description = LABOUR_AGREEMENTS[person.employee.number % len(LABOUR_AGREEMENTS)]
        agreement = uuid5(NAMESPACE_URL, f"labour-agreement/{number}")
        values = {"labourAgreementId": agreement, "number": number, "description": description}
        yield _setting(person, values, person.employee.started_on)


def _svw_settings(person: Person) -> Iterator[Draft]:
    """Social insurance (sociale verzekeringswetten)."""
    if not person.on_payroll:
        return
    employee = person.employee
    values: Values = {
        "employeeId": employee.id,
        "ZW": True,
        "WW": True,
        "waoWia": True,
        "natureOfEmployment": "1 - Schriftelijke arbeidsovereenkomst",
        "phaseClassification": "",
        "taxSequenceNumber": 1,
        "codeZvw": "K - Normaal tarief werkgeversheffing",
        "incomeRelatedContributionZvw": "",
        "influenceObligedInsurance": "A",
        "CAO": {"code": 254, "CAODescription": "Afbouw"},
    }
    if employee.number % 7 == 1:
        values["wageCostBenefit"] = {
            "code": 3,
            "description": "LKV oudere werknemer",
            "endPeriod": 12,
            "endYear": person.today.year + 1,
        }
        values["hirerCAO"] = {"code": 417, "CAODescription": "Kleinmetaal"}
    yield _setting(person, values, employee.started_on)


def _lease_cars(person: Person) -> Iterator[Draft]:
    """One in six drives; the record changed when the car's price did."""
    employee = person.employee
    if not person.on_payroll or employee.number % 6 != 3:  # noqa: PLR2004 (one in six)
        return
    start = date(person.today.year - 1, 3, 1)
    values = {
        "brand": "Fjordvagn",
        "model": None,
        "contractLeaseCompany": "Lease & Zn.",
        "contractNumber": f"L-{employee.number:05}",
        "contractDuration": 48,
        "leasingPriceMonth": Decimal("512.35"),
        "maxMileage": 30000,
        "priceMoreMileage": Decimal("0.07"),
        "priceLessMileage": Decimal("0.03"),
        "firstRegistrationDate": start - timedelta(days=20),
        "co2Emissions": 0,
        "licensePlate": f"XX-{employee.number:03}-X",
        "catalogValue": Decimal(27500),
        "startDate": start,
        "endDate": employee.left_on,
        "reasonNoContribution": {"reasonNumber": 0, "reason": "n/a"},
        "contributionPrivatePercentage": {"contributionNumber": 12, "contributionPercentage": "12%"},
        "contributionPrivateUse": Decimal("25.00"),
        "contributionNotDeductible": Decimal(0),
    }
    created = person.office_hours(start - timedelta(days=3))
    yield Draft(values=values, created_at=created, changed_at=created + timedelta(days=200))


def _cost_centers(person: Person) -> Iterator[Draft]:
    """All on one cost center, or, for one in seven, 60 to 40 on two."""
    if not person.works:
        return
    employee, company = person.employee, person.company
    others = [center for center in company.cost_centers[:-1] if center is not employee.cost_center]
    shared = employee.number % 7 == 0
    parts = [(employee.cost_center, Decimal(60) if shared else Decimal(100))]
    parts += [(others[0], Decimal(40))] if shared else []
    unit = employee.cost_unit
    for index, (center, percentage) in enumerate(parts):
        values = {
            "costCenters": {"costCenterId": center.id, "code": center.code, "description": center.description},
            "costUnits": {"costUnitId": unit.id, "code": unit.code, "description": unit.description},
            "percentage": percentage,
            "default": index == 0,
        }
        yield _setting(person, values, employee.started_on)


def _setting(person: Person, values: Values, since: date) -> Draft:
    period = period_value(person.period_at(since))
    return Draft(values={**values, "period": period}, created_at=person.office_hours(since - timedelta(days=8)))


MAKERS: Mapping[str, Callable[[Person], Iterator[Draft]]] = {
    "wage_tax_settings": _wage_tax_settings,
    "labour_agreements": _labour_agreements,
    "svw_settings": _svw_settings,
    "lease_cars": _lease_cars,
    "cost_centers": _cost_centers,
}
