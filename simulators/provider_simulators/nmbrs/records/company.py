"""A company's own records: where it is, whom to call, and what it declares and pays."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal

from provider_simulators.nmbrs.records.drafting import Draft, Office, Values, midnight, period_value
from provider_simulators.nmbrs.records.iban import BANK, iban
from provider_simulators.nmbrs.records.organisation import department_value, functions_of
from provider_simulators.world.periods import Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DECLARED_DAYS_AFTER = timedelta(days=12)


def _addresses(office: Office) -> Iterator[Draft]:
    for kind, street in (("companyAddress", "Façadeplein"), ("postAddress", "Postbus")):
        values = {
            "isDefault": kind == "companyAddress",
            "street": street,
            "houseNumber": str(office.chance.randrange(1, 200)),
            "houseNumberAddition": None,
            "postalCode": "1234 AB",
            "city": "Oosterschild",
            "stateProvince": None,
            "countryISOCode": "NL",
            "period": period_value(office.period_at(_start(office))),
            "type": kind,
        }
        yield Draft(values=values, created_at=office.office_hours(_start(office)))


def _bank_accounts(office: Office) -> Iterator[Draft]:
    """Accounts have no id."""
    for since in (_start(office), date(office.today.year, 4, 1)):
        number = office.chance.randrange(10**9)
        values = {
            "bankAccountNumber": str(number),
            "IBAN": iban(number),
            "BIC": f"{BANK}NL2A",
            "bankName": "Simulatiebank",
            "period": period_value(office.period_at(since)),
        }
        yield Draft(values=values, created_at=office.office_hours(since))


def _contact_persons(office: Office) -> Iterator[Draft]:
    functions = functions_of(office.company.debtor_id)
    people = (("Zoë Stroopwaard", "female", "020 555 0101"), (None, None, None))
    for index, (name, gender, phone) in enumerate(people):
        values: Values = {
            "email": f"contact{index + 1}@bedrijf{office.company.number}.example",
            "name": name,
            "gender": gender,
            "department": department_value(office.company.departments[index]),
            "function": functions[index],
            "phoneNumber": phone,
            "mobilePhoneNumber": None,
            "isDefault": index == 0,
        }
        yield Draft(values=values, created_at=office.office_hours(_start(office)))


def _schedules(office: Office) -> Iterator[Draft]:
    """The normal schedule, and one without a moment of creation."""
    for number, hours in enumerate((Decimal("7.2"), Decimal(6)), 1):
        week = [*[hours] * 5, Decimal(0), Decimal(0)]
        values = {
            "scheduleNumber": number,
            "scheduleCalcMethod": {"calcMethod": number, "calcMethodDescription": ("Uren", "Dagen")[number - 1]},
            "hours": {
                f"{day}{suffix}": amount for suffix in ("", "2") for day, amount in zip(WEEKDAYS, week, strict=True)
            },
        }
        values |= {"createdAt": None} if number > 1 else {}
        yield Draft(values=values, created_at=office.office_hours(_start(office)))


def _svw_settings(office: Office) -> Iterator[Draft]:
    """Premium percentages of the company, anew each January."""
    for year in (office.today.year - 1, office.today.year):
        since = (year, 1)
        values = {
            "ownRiskDifWGA": False,
            "ownRiskHealthCare": False,
            "AOF": "Low",
            "diffWGAWn": Decimal(0),
            "diffWGAWg": Decimal("0.71") + year % 5,
            "zwWg": Decimal("0.48"),
            "sector": {"sectorCode": "035", "description": "Gezondheid"},
            "CAO": {"CAOCode": "0254", "description": "Afbouw"},
            "period": period_value(since),
        }
        yield Draft(values=values, created_at=office.office_hours(date(year - 1, 12, 15)), period=since)


def _fixed_wage_components(office: Office) -> Iterator[Draft]:
    """One that goes on, one that ended in this year's second period, one that will end in next year's."""
    year = office.today.year
    start = (year - 1, 1)
    for code, end in ((5100, None), (5110, (year, 2)), (5120, (year + 1, 2))):
        values: Values = {"code": code, "value": Decimal("15.75"), "startPeriod": period_value(start)}
        values |= {"endPeriod": period_value(end)} if end else {}
        created = office.office_hours(date(start[0], 1, 3))
        yield Draft(values=values, created_at=created, period=start)


def _variable_wage_components(office: Office) -> Iterator[Draft]:
    for period in office.periods():
        if period.number % 3 == 0:
            key = (period.year, period.number)
            values = {"code": 5200, "value": Decimal("-120.00"), "period": period_value(key)}
            yield Draft(values=values, created_at=office.office_hours(period.first), period=key)


def _work_costs(office: Office) -> Iterator[Draft]:
    """The work-related costs scheme (werkkostenregeling)."""
    for period in office.periods():
        key = (period.year, period.number)
        wage = Decimal(office.chance.randrange(2_000_000, 9_000_000)) / 100
        base = (wage * Decimal("0.0192")).quantize(Decimal("0.01"))
        values = {
            "period": period_value(key),
            "workCostPayroll": Decimal("310.40"),
            "workCostFinancial": Decimal(0),
            "fiscalWage": wage,
            "workCostAvailable": base - Decimal("310.40"),
            "workCostBase": base,
            "workCostToPay": Decimal(0),
            "workCostEstimated": base,
            "workCostPaid": Decimal(0),
        }
        yield Draft(values=values, created_at=midnight(period.first), period=key)


def _wage_taxes(office: Office) -> Iterator[Draft]:
    """A return for each past period, the last one not sent yet, and in spring one that corrects the year before."""
    for serial, period in enumerate(_past(office), 1):
        values = _declaration(office, period, serial) | {
            "totalGeneral": office.chance.randrange(1_000, 90_000),
            "paymentReference": f"9999 9999 {period.year % 100:02}{period.number:02} {serial:04}",
            "periodStart": period.first,
            "periodEnd": period.last,
        }
        corrects = period.number == 4  # noqa: PLR2004 (once a year, in spring)
        values["correctionPeriodStart"] = date(period.year - 1, 1, 1) if corrects else None
        values["correctionPeriodEnd"] = date(period.year - 1, 12, 31) if corrects else None
        yield _declared(period, values)


def _pension_exports(office: Office) -> Iterator[Draft]:
    for serial, period in enumerate(_past(office), 1):
        corrects = period.number == 4  # noqa: PLR2004 (once a year, in spring)
        values = _declaration(office, period, serial)
        values["correctionStartDate"] = date(period.year - 1, 12, 1) if corrects else None
        values["correctionEndDate"] = date(period.year - 1, 12, 31) if corrects else None
        yield _declared(period, values)


def _past(office: Office) -> Iterator[Period]:
    return (period for period in office.periods() if period.last < office.today)


def _declaration(office: Office, period: Period, serial: int) -> Values:
    sent_on = period.last + DECLARED_DAYS_AFTER
    is_sent = sent_on < office.today - timedelta(days=14)
    return {
        "serialNumber": serial,
        "period": period.number,
        "year": period.year,
        "status": "Verzonden" if is_sent else "Aangemaakt",
        "sentAt": office.office_hours(sent_on) if is_sent else None,
    }


def _declared(period: Period, values: Values) -> Draft:
    return Draft(values=values, created_at=midnight(period.last), period=(period.year, period.number))


def _start(office: Office) -> date:
    return date(office.today.year - 3, 1, 4)


MAKERS: Mapping[str, Callable[[Office], Iterator[Draft]]] = {
    "company_addresses": _addresses,
    "company_bank_accounts": _bank_accounts,
    "company_contact_persons": _contact_persons,
    "company_schedules": _schedules,
    "company_svw_settings": _svw_settings,
    "company_fixed_wage_components": _fixed_wage_components,
    "company_variable_wage_components": _variable_wage_components,
    "work_costs": _work_costs,
    "wage_taxes": _wage_taxes,
    "pension_exports": _pension_exports,
}
