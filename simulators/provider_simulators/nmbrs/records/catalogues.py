"""What a company chooses from: hour codes, wage codes, leave groups, salary tables, free fields, templates."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from provider_simulators.nmbrs.records.drafting import Draft, Office, Values, period_value
from provider_simulators.world.runs import WAGE_CODES

HOUR_CODES = ((2100, "Gewerkte uren"), (2190, "Overuren"), (3041, "Betaald verlof"), (3043, None))
LEAVE_GROUPS = (
    ("Vakantie", "Vakantie-uren"),
    ("ADV", "Arbeidsduurverkorting"),
    ("Bijzonder", "Bijzonder verlof à la carte"),
)
EXTRA_FIELDS = (
    ("Maat werkkleding", "text"),
    ("Toeslag", "decimal"),
    ("Kastnummer", "number"),
    ("VOG geldig tot", "date"),
    ("Rijbewijs", "yesNo"),
    ("Opmerking", "textDate"),
)
TABLE = {"tableCode": 751, "tableName": "Bedrijfscatering & thuiszorg"}
OLD_TABLE = {"tableCode": 12, "tableName": "Oude tabel (vervallen)"}
SCALES = (("A", "Aanloopschaal"), ("B 1", "Schaal B, eerste groep"), ("C", "Schaal C"))
STEPS = 4
TABLE_SINCE = ((2019, 10), (2024, 1))
DOCUMENT_TYPES = ("Loonstrook", "Contract", "Identiteitsbewijs")
DOCUMENT_FOLDERS = ("Persoonlijk", "Verzuim")
TEMPLATES = ("Standaard medewerker", "Stagiair")

COUNTRIES: tuple[Values, ...] = (
    {"codeISO": "NL", "country": "The Netherlands", "nationality": "Dutch"},
    {"codeISO": "BE", "country": "Belgium", "nationality": "Belgian"},
    {"codeISO": "CW", "country": "Curaçao", "nationality": "Curaçaoan"},
    {"codeISO": "DE", "country": "Germany", "nationality": "German"},
    {"codeISO": "PL", "country": "Poland", "nationality": "Polish"},
    {"codeISO": "SE", "country": "Sweden", "nationality": "Swedish"},
    {"codeISO": "TR", "country": "Turkey", "nationality": "Turkish"},
)
"""Some of them: names and number are invented after ISO 3166."""

END_CONTRACT_REASONS: tuple[Values, ...] = (
    {"code": 1, "reason": "Einde arbeidsovereenkomst voor bepaalde tijd"},
    {"code": 20, "reason": "Opzegging door werknemer"},
    {"code": 99, "reason": "Overig"},
)

_LONG_AGO = datetime(2020, 1, 2, 9, 30, tzinfo=UTC)


def _hour_codes(_: Office) -> Iterator[Draft]:
    for code, description in HOUR_CODES:
        yield Draft(values={"code": code, "description": description}, created_at=_LONG_AGO)


def _wage_models(office: Office) -> Iterator[Draft]:
    """Two models; the second one is empty."""
    codes = [
        {
            "wageCodeId": office.id("wage_codes", index),
            "code": code,
            "description": description,
            "continuityType": ("fixed", "variable", "both")[index % 3],
        }
        for index, (code, description) in enumerate(WAGE_CODES.items())
    ]
    yield Draft(values={"number": 1, "name": "Looncomponenten", "wageCodes": codes}, created_at=_LONG_AGO)
    yield Draft(values={"number": 2, "name": "Réserve", "wageCodes": []}, created_at=_LONG_AGO)


def _leave_groups(_: Office) -> Iterator[Draft]:
    for group, description in LEAVE_GROUPS:
        yield Draft(values={"group": group, "description": description}, created_at=_LONG_AGO)


def _salary_tables(office: Office) -> Iterator[Draft]:
    """A table with two versions, each with its whole content, and one without any; `versions` is not in the list."""
    numbers = enumerate(TABLE_SINCE)
    versions = [_version(office, number, year=year, month=month) for number, (year, month) in numbers]
    period = {"period": period_value(TABLE_SINCE[-1])}
    yield Draft(values={**TABLE, **period, "versions": versions}, created_at=_LONG_AGO)
    yield Draft(values={**OLD_TABLE, "period": period_value(TABLE_SINCE[0]), "versions": []}, created_at=_LONG_AGO)


def _version(office: Office, number: int, *, year: int, month: int) -> Values:
    base = Decimal(2000 + 150 * number)
    scales = [
        {
            "scaleId": office.id("scales", index) if number else None,
            "scaleCode": code,
            "scaleDescription": description,
            "steps": [_step(office, number, index, step, base + 200 * index + 75 * step) for step in range(STEPS)],
        }
        for index, (code, description) in enumerate(SCALES)
    ]
    return {
        "versionId": office.id("salary_table_versions", number),
        "version": number + 1,
        "year": year,
        "month": month,
        "scales": scales,
    }


def _step(office: Office, version: int, scale: int, step: int, month: Decimal) -> Values:
    return {
        "stepId": office.id("steps", scale * 10 + step) if version else None,
        "stepCode": str(step),
        "stepDescription": f"Trede {step}",
        "amountMonth": month,
        "amountFourWeeks": (month * 12 / 13).quantize(Decimal("0.01")),
        "amountWeek": Decimal(0),
        "amountHour": None,
    }


def _named(*names: str, label: str) -> Callable[[Office], Iterator[Draft]]:
    def make(_: Office) -> Iterator[Draft]:
        for name in names:
            yield Draft(values={label: name}, created_at=_LONG_AGO)

    return make


def _extra_field_settings(_: Office) -> Iterator[Draft]:
    for name, kind in EXTRA_FIELDS:
        yield Draft(values={"name": name, "extraFieldType": kind}, created_at=_LONG_AGO)


MAKERS: Mapping[str, Callable[[Office], Iterator[Draft]]] = {
    "hour_codes": _hour_codes,
    "wage_models": _wage_models,
    "leave_groups": _leave_groups,
    "salary_tables": _salary_tables,
    "extra_field_settings": _extra_field_settings,
    "default_templates": _named(*TEMPLATES, label="description"),
    "document_types": _named(*DOCUMENT_TYPES, label="name"),
    "document_folders": _named(*DOCUMENT_FOLDERS, label="name"),
}
