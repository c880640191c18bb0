"""Lists of an organisation's own choice: types, categories, agreements, profiles, holidays, free fields."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.organisation import CareOrganisation, Plan

CLIENT_TIME = 12
"""Hour type of a log with several timed products: the real ones are in its products (vendor OpenAPI)."""
HOUR_TYPES = (
    (1, "Persoonlijke verzorging", "PV", True, False),
    (2, "Verpleging", "VP", True, False),
    (3, "Begeleiding individueel", "BI", True, False),
    (4, "Teamoverleg", "0040", False, False),
    (5, "Reistijd", "0050", False, True),
    (6, "Scholing", "0060", False, False),
    (CLIENT_TIME, "Cliënttijd", "012", True, False),
    (20, "Slaapdienst (vervallen)", "0200", False, False),
)
ACCOUNT_TYPES = (
    ("Vakantie-uren", "VAK", "Vacation", "none", 60),
    ("PLB-uren", "PLB", "Vacation", "plb", 60),
    ("LFB-uren", "LFB", "Vacation", "lfb", 12),
    ("Compensatie-uren", "CMP", "Compensation", "none", None),
)
HOLIDAYS = ((1, 1, "Nieuwjaarsdag"), (4, 27, "Koningsdag"), (12, 25, "Eerste kerstdag"), (12, 26, "Tweede kerstdag"))
EXPENSE_TYPES = (("Kilometers dienstreis", "km", 23), ("Woon-werk", "km", 19), ("Maaltijd", "days", 0))
FREE_FIELDS = (("Maat bedrijfskleding", 0), ("Aantal sleutels", 1), ("BHV", 2), ("Einddatum VOG", 3))
FREE_VALUES = ("L, liefst ruim 👕", "2", "true", "2027-02-28")


def hour_types(_organisation: CareOrganisation) -> Iterator[Record]:
    """Hour types; ids are the vendor's where they mean something."""
    for identifier, description, code, direct, travel in HOUR_TYPES:
        yield {
            "id": identifier,
            "description": description,
            "identificationNo": code,
            "activityGroupObjectId": 1 + identifier % 3,
            "active": "vervallen" not in description,
            "payrolling": True,
            "direct": direct,
            "travelTime": travel,
            "activityType": "Payrolling",
        }


def account_types(_organisation: CareOrganisation) -> Iterator[Record]:
    """Leave accounts."""
    for priority, (name, code, kind, sub_type, months) in enumerate(ACCOUNT_TYPES, 1):
        yield {
            "name": name,
            "importCode": code,
            "type": kind,
            "subType": sub_type,
            "priority": priority,
            "expirationMonths": months,
            "startDate": date(2018, 1, 1),
            "endDate": None,
        }


def expense_types(_organisation: CareOrganisation) -> Iterator[Record]:
    """Kilometers and meals."""
    for name, unit, cents in EXPENSE_TYPES:
        yield {"name": name, "unit": unit, "compensationInCents": cents, "removed": False}


def holidays(organisation: CareOrganisation) -> Iterator[Record]:
    """Public holidays of last year, this year and the next."""
    for year in range(organisation.today.year - 1, organisation.today.year + 2):
        for month, day, name in HOLIDAYS:
            yield {"name": name, "date": date(year, month, day), "compensationMinutes": 432}


def collective_agreement_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    """Everybody under an agreement, with switches of their own."""
    agreements = organisation.ids("collective_agreements")
    for n, person in enumerate(organisation.people, 1):
        keys = ("ORT_COMPENSATE_IN_TIME", "OVERTIME_COMPENSATE_IN_TIME")
        yield {
            "employeeId": organisation.employee_id(person),
            "collectiveAgreementId": agreements[n % len(agreements)],
            "beginDate": person.started_on,
            "endDate": person.left_on,
            "settings": [
                {
                    "id": 2 * n + index,
                    "collectiveAgreementAssignmentId": n,
                    "key": key,
                    "value": "true" if (n + index) % 2 else "false",
                }
                for index, key in enumerate(keys)
            ],
        }


def collective_agreement_rules(organisation: CareOrganisation) -> Iterator[Record]:
    """Two periods of rules per agreement."""
    turn = date(organisation.today.year, 1, 1)
    for agreement in organisation.ids("collective_agreements"):
        yield {
            "collectiveAgreementId": agreement,
            "beginDate": date(2020, 1, 1),
            "endDate": date(turn.year - 1, 12, 31),
        }
        yield {"collectiveAgreementId": agreement, "beginDate": turn, "endDate": None}


def free_field_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    """Values of free fields of employees: always text."""
    definitions = organisation.ids("free_field_definitions")
    for n, carrier in enumerate(organisation.ids("employees")):
        index = n % len(FREE_VALUES)
        yield {
            "carrierObjectId": carrier,
            "freeFieldDefinitionObjectId": definitions[index],
            "value": FREE_VALUES[index],
        }


def free_field_definitions(organisation: CareOrganisation) -> Iterator[Record]:
    """Free fields of employees."""
    categories = organisation.ids("free_field_categories")
    for n, (name, kind) in enumerate(FREE_FIELDS):
        yield {"categoryObjectId": categories[1], "name": name, "freeFieldType": kind, "sequenceNumber": n}


def workday_norms(organisation: CareOrganisation) -> Iterator[Record]:
    """How many days everybody is to work in four weeks: settings of the past and of now."""
    turn = date(organisation.today.year, 1, 1)
    for person in organisation.people:
        norm = {
            "employeeObjectId": organisation.employee_id(person),
            "normPeriod": 4,
            "optOut": person.number % 9 == 0,
            "workdayNorm": int(20 * person.part_time),
            "workdayNormTotal": int(20 * person.part_time),
            "claDefault": person.number % 2 == 0,
            "startDate": max(person.started_on, turn),
            "endDate": person.left_on,
        }
        if person.started_on < turn:
            yield norm | {"startDate": person.started_on, "endDate": date(turn.year - 1, 12, 31)}
        if person.left_on is None or person.left_on >= turn:
            yield norm


def _named(field: str, *names: str) -> Callable[[CareOrganisation], Iterable[Record]]:
    return lambda _organisation: [{field: name} for name in names]


def _weeksheet_profiles(_organisation: CareOrganisation) -> Iterator[Record]:
    for n, description in enumerate(("Standaard", "Alleen indirect"), 1):
        policies = {"directProfilePolicy": {"id": n, "type": 0}, "indirectProfilePolicy": {"id": 10 + n, "type": 1}}
        yield {"description": description, **policies}


def _whole_policies(organisation: CareOrganisation, profile: Record) -> Record:
    return {
        field: organisation.drafts.record("ProfilePolicy", profile["id"], profile[field])
        for field in ("directProfilePolicy", "indirectProfilePolicy")
    }


def _categories(_organisation: CareOrganisation) -> Iterator[Record]:
    for carrier, name in enumerate(("Activiteit", "Medewerker", "Cliënt")):
        yield {"carrierType": carrier, "name": name}


def _product_assignments(organisation: CareOrganisation) -> Iterator[Record]:
    products = organisation.ids("products")
    for rank, hour_type in enumerate(organisation.ids("hour_types")[:3]):
        yield {
            "productId": products[rank],
            "declarableProductId": products[rank],
            "hourTypeId": hour_type,
            "rank": rank,
            "debtorId": None,
            "endDate": None,
            "percentage": 100,
        }


PLANS = (
    Plan(name="hour_types", model="HourType", ids=0, facts=hour_types),
    Plan(
        name="hour_type_categories",
        model="HourTypeCategory",
        ids=0,
        facts=_named("description", "Directe zorg", "Indirecte tijd", "Reizen"),
    ),
    Plan(
        name="hour_type_product_assignments",
        model="HourTypeProductAssignment",
        ids=7_100,
        facts=_product_assignments,
    ),
    Plan(name="account_types", model="payroll.AccountType", ids=7_200, facts=account_types),
    Plan(name="expense_types", model="expense.ExpenseType", ids=7_300, facts=expense_types),
    Plan(name="holidays", model="payroll.holiday.Holiday", ids=7_400, facts=holidays),
    Plan(
        name="collective_agreements",
        model="payroll.CollectiveAgreement",
        ids=7_500,
        facts=lambda _organisation: [{"name": name} for name in ("Cao VVT", "Cao Gehandicaptenzorg")],
    ),
    Plan(
        name="collective_agreement_assignments",
        model="payroll.CollectiveAgreementAssignment",
        ids=370_000,
        facts=collective_agreement_assignments,
    ),
    Plan(
        name="collective_agreement_rules",
        model="payroll.CollectiveAgreementRule",
        ids=7_600,
        facts=collective_agreement_rules,
    ),
    Plan(
        name="weeksheet_profiles",
        model="WeeksheetProfile",
        ids=7_700,
        facts=_weeksheet_profiles,
        embed=_whole_policies,
    ),
    Plan(name="workday_norms", model="ons_administration.WorkdayNormSettingsModel", ids=380_000, facts=workday_norms),
    Plan(name="free_field_categories", model="FreeFieldCategory", ids=7_800, facts=_categories),
    Plan(name="free_field_definitions", model="FreeFieldDefinition", ids=7_900, facts=free_field_definitions),
    Plan(name="free_field_assignments", model="FreeFieldAssignment", ids=390_000, facts=free_field_assignments),
)
