"""Remuneration documents: invented content in the shape of recorded answers (seen in a working client)."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from random import Random
from typing import Any

from provider_simulators.inlenersbeloning import arrangements
from provider_simulators.inlenersbeloning.hirers import Generation, Hirer, Publication, base36, uuid4_of
from provider_simulators.inlenersbeloning.wages import CENT, number

Document = dict[str, Any]

HOURS_OF_MONTH = {36: Decimal(156), 40: Decimal("173.333")}
"""Hours by which a month's salary is divided, per hours of a week (verified on all recorded steps, to the cent)."""
HIDDEN_CHARACTERS = "Zie bijlage\r\n\tartikel 4\x02 en \N{MATHEMATICAL BOLD CAPITAL A}\N{NARROW NO-BREAK SPACE}%  "
"""What recorded free texts contain: line ends of Windows, tabs, a control character, letters beyond 16 bits."""
LONG_TEXT = "De voorwaarden zijn verzonnen en gelden voor niemand.\n" * 140


def header(hirer: Hirer) -> Document:
    """A partner as a list shows it (inferred; id and businessName are seen in a working client)."""
    return _company(hirer) | {"type": "Inlener"}


def recorded(hirer: Hirer, publication: Publication, company: str) -> Document:
    """The newest version of a remuneration of a kind that was recorded, as it is shared with one company of the agency.

    Args:
        hirer: Who shares it.
        publication: Its generation, moment and version.
        company: Id of the agency's company.
    """
    maker = _Maker(hirer=hirer, publication=publication, ids=_Ids(hirer, publication, company))
    document = maker.document()
    if publication.generation is Generation.LEGACY:
        return document | arrangements.legacy_blocks(maker.ids)
    return document | arrangements.blocks(maker.ids, functions=maker.function_ids(document), text=HIDDEN_CHARACTERS)


class _Ids:
    """Ids of one document. In older ones document, first function group and first function share theirs (seen)."""

    def __init__(self, hirer: Hirer, publication: Publication, company: str) -> None:
        self._legacy = publication.generation is Generation.LEGACY
        self._key = (company, hirer.id, publication.at.isoformat())
        self._second = int(publication.at.timestamp())

    def __call__(self, kind: str, number: int = 0) -> str:
        if self._legacy:
            return base36(self._second + number)
        return uuid4_of(*self._key, kind, number)


@dataclass(frozen=True, kw_only=True)
class _Maker:
    hirer: Hirer
    publication: Publication
    ids: _Ids

    def document(self) -> Document:
        published = self.publication.at
        classifiable = self.publication.generation is not Generation.UNCLASSIFIABLE
        groups = list(self._function_groups()) if classifiable else []
        return {
            "id": self.ids("remuneration"),
            "title": f"Inlenersbeloning van {self.hirer.name}",
            "intermediaryID": None,
            # Before or after the day of publishing: both were recorded.
            "startDate": str(published.date() + timedelta(days=21 if published.year % 2 else -45)),
            "publishDate": published.isoformat(timespec="seconds"),
            "lenderVersion": self.publication.version,
            "totalVersions": self.publication.version,
            "company": _company(self.hirer),
            "publisher": self._publisher(),
            "baseOrganisationData": _base_organisation_data(classifiable=classifiable),
            "workingHours": {
                "fullTimeHours": self._hours() if classifiable else None,
                "fullTimeHoursPer": "Per week" if classifiable else None,
                "fullTimeHoursPerID": 0,
                "workingHoursComments": None,
                "wHRRegulationID": 0,
                "singleRegulationTypeID": 0,
                "whrApplytoPayTypesID": 0,
            },
            "functionGroups": groups,
            "wageIncrements": _wage_increments(self.publication),
        }

    def function_ids(self, document: Document) -> list[str]:
        return [function["id"] for group in document["functionGroups"] for function in group["functions"]]

    def _hours(self) -> int:
        return 36 if self.publication.generation is Generation.LEGACY else 40

    def _publisher(self) -> Document:
        if self.publication.generation is Generation.LEGACY:
            return dict.fromkeys(("name", "email", "function", "phone"))
        return {
            "name": "Sjöerd van 't Eikenrode",
            "email": "sjoerd@hirer.example",
            "function": "HR-adviseur",
            "phone": "010-0000 123",
        }

    def _function_groups(self) -> Any:
        numbers = count(1)
        chance = Random(self.hirer.name)
        rule = self.publication.generation is Generation.FULL
        for index, code in enumerate(("7", "Anders, namelijk... Eigen schaal A")):
            lowest = Decimal(chance.randrange(2400, 2900))
            yield {
                "id": self.ids("function group", index),
                "code": code,
                "codeID": 0,
                "tableType": "Maandsalaris",
                "tableTypeID": 1,
                "hasHourRateCalculationMethods": rule,
                "hasCustomHourRateCalculationMethods": rule,
                "steps": [self._step(lowest, step) for step in range(1, 6)],
                "functions": [
                    self._function(0 if index + position == 0 else next(numbers) + 1, title)
                    for position, title in enumerate(("Magazijnmedewerker", "Heftruckchauffeur (m/v/x)"))
                ],
                "hourWageCalculations": [_divide(HOURS_OF_MONTH[self._hours()])] if rule else [],
            }

    def _step(self, lowest: Decimal, index: int) -> Document:
        salary = lowest + (index - 1) * Decimal("75.50")
        wage = (salary / HOURS_OF_MONTH[self._hours()]).quantize(CENT, ROUND_HALF_UP)
        return {
            "index": index,
            "stepTitle": f"Trede {index}",
            "otherStepTitle": None,
            "salary": number(salary),
            "hourWage": number(wage),
            "functionGroupStepID": 9 + index,
            "ageStepID": None,
        }

    def _function(self, place: int, title: str) -> Document:
        return {
            "id": self.ids("function", place),
            "title": title,
            "referenceTitle": title,
            "referenceTitleDropdownID": 0,
            "workingHours": ("-", "0", "36", "32-40")[place % 4],
            "workingHoursComments": None,
            "serviceType": "Normale dienst",
            "serviceTypeID": 1,
            "startingStepType": "Anders. Conform de beschrijving in de toelichting.",
            "startingStepTypeID": 3,
            "functionStartingStep": None,
            "functionStartingStepIndex": None,
            "scalesComment": LONG_TEXT if place == 0 else None,
        }


def _divide(hours: Decimal) -> Document:
    return {
        "calculationMethod": "Divide",
        "calculationMethodID": 2,
        "calculationType": "Uren",
        "calculationTypeID": 2,
        "calculationValue": number(hours),
        "appliedTo": [],
    }


def _company(hirer: Hirer) -> Document:
    return {
        "id": hirer.id,
        "businessName": hirer.name,
        "commerceNumber": hirer.commerce_number,
        "legalForm": "Besloten Vennootschap",
        "sbiCodes": ["62010", "78202"],
        "employees": hirer.employees,
        "phoneNumber": "010-0000 000",
        "addresses": [
            {
                "type": "bezoekadres",
                "street": "Verzonnenkade",
                "houseNumber": 12345,
                "houseNumberAddition": None,
                "postalCode": "1234AB",
                "city": "Nergenshuizen",
                "country": "Nederland",
            }
        ],
    }


def _base_organisation_data(*, classifiable: bool) -> Document:
    flags = ("ProprietaryRemuneration", "FunctionExists", "ComparableFunction", "FunctionRemuneration")
    return {
        "isClassifiable": classifiable,
        "szCode": 1630,
        "hasAffiliatedBranch": True,
        "affiliatedBranch": "Verzonnen nijverheid",
        "affiliatedBranchID": 0,
        "hasPayroll": False,
        "hasCLA": True,
        "claType": "Bedrijfstak CAO",
        "isCLAApplicable": True,
        "cla": "VERZONNEN NIJVERHEID",
        "subCLA": None,
        "companyCLAName": None,
        **{f"has{flag}": True for flag in flags},
        "hasRemunerationExists": True,
        "unclassifiableFullTimeHours": None if classifiable else "40",
        "unclassifiableFullTimeHoursPer": None if classifiable else "per week",
        "unclassifiableFunctions": []
        if classifiable
        else [{"title": "Adviseur", "description": "Werkt zonder functiegroep."}],
    }


def _wage_increments(publication: Publication) -> Document:
    """Increases; a later version raises the percentage. They are not sorted, and one date has percent and euros."""
    increments = (
        ("%", 1, 2 + publication.version, "2026-07-01"),
        ("€", 2, 35, "2026-01-01"),
        ("%", 1, 0, "2026-01-01"),
    )
    return {
        "hasWageIncrements": True,
        "hasRetroactiveWageIncrements": False,
        "hasYouthScales": False,
        "youthApplication": None,
        "youthApplicationID": 0,
        "otherYouthApplication": None,
        "youthScalesDisclaimer": None,
        "isEligibleForIncrement": False,
        "incrementData": [
            {
                "incrementType": kind,
                "incrementTypeID": kind_id,
                "percentage": amount,
                "date": day,
                "explanation": None,
                "hasWageIncrementsApplied": False,
                "appliesToAllFunctions": True,
                "linkedFunctions": [],
            }
            for kind, kind_id, amount, day in increments
        ],
        "retroactiveIncrementData": [],
        "periodicalData": [],
    }
