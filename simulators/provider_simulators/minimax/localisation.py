"""The three installations of Minimax: one code base, different addresses, languages, currencies and ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo


class Country(StrEnum):
    """Whose installation it is."""

    SI = "SI"
    HR = "HR"
    RS = "RS"


class Text(StrEnum):
    """Messages that come in the country's language (no real examples are public: all are invented)."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    UNKNOWN_REFERENCE = "unknown_reference"
    DUPLICATE = "duplicate"
    LIMIT = "limit"


@dataclass(frozen=True, kw_only=True)
class Localisation:
    """An installation.

    Attributes:
        currency: Code of the home currency.
        zone: Times without zone are presumably in it (inferred).
        texts: Messages, with ``{field}`` and ``{length}``.
        country_ids: Ids by ISO code; they differ per installation (seen).
        currency_ids: The same for currencies.
    """

    country: Country
    currency: str
    zone: ZoneInfo
    texts: Mapping[Text, str]
    country_ids: Mapping[str, int]
    currency_ids: Mapping[str, int]


_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRY_NAMES = {
    "AT": "Avstrija", "BE": "Belgija", "DE": "Nemčija", "HR": "Hrvaška", "IT": "Italija", "NL": "Nizozemska",
    "RS": "Srbija", "SI": "Slovenija",
}  # fmt: skip
"""Names of a few; the others are named after their codes."""
_CURRENCIES = (
    "AUD BAM BGN BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW MKD MXN MYR NOK NZD PHP PLN RON RSD "
    "RUB SEK SGD THB TRY UAH USD ZAR"
)
CURRENCIES_OF_COUNTRIES = {"CH": "CHF", "CZ": "CZK", "DK": "DKK", "GB": "GBP", "PL": "PLN", "RS": "RSD", "US": "USD"}
_EURO_COUNTRIES = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV ME MT NL PT SI SK"


def currency_of(country: str) -> str | None:
    """Currency of a country, where the list knows it."""
    return "EUR" if country in _EURO_COUNTRIES.split() else CURRENCIES_OF_COUNTRIES.get(country)


def _numbered(codes: str, known: Mapping[str, int], seed: str) -> dict[str, int]:
    """Ids from 1 in an order of the installation's own, with the ones that clients have seen in their places."""
    others = [code for code in codes.split() if code not in known]
    Random(seed).shuffle(others)
    free = (number for number in range(1, 1000) if number not in known.values())
    return {**known, **dict(zip(others, free, strict=False))}


_SI = {
    Text.REQUIRED: "Polje {field} je obvezno.",
    Text.TOO_LONG: "Vrednost polja {field} je predolga (največ {length} znakov).",
    Text.INVALID: "Vrednost polja {field} ni veljavna.",
    Text.UNKNOWN_REFERENCE: "Zapis v polju {field} ne obstaja.",
    Text.DUPLICATE: "Stranka s to šifro že obstaja.",
    Text.LIMIT: "Presežena je omejitev števila klicev.",
}
_HR = {
    Text.REQUIRED: "Polje {field} je obavezno.",
    Text.TOO_LONG: "Vrijednost polja {field} je preduga (najviše {length} znakova).",
    Text.INVALID: "Vrijednost polja {field} nije važeća.",
    Text.UNKNOWN_REFERENCE: "Zapis u polju {field} ne postoji.",
    Text.DUPLICATE: "Stranka s tom šifrom već postoji.",
    Text.LIMIT: "Prekoračeno je ograničenje broja poziva.",
}
_RS = {
    Text.REQUIRED: "Polje {field} je obavezno.",
    Text.TOO_LONG: "Vrednost polja {field} je predugačka (najviše {length} znakova).",
    Text.INVALID: "Vrednost polja {field} nije važeća.",
    Text.UNKNOWN_REFERENCE: "Zapis u polju {field} ne postoji.",
    Text.DUPLICATE: "Stranka sa ovom šifrom već postoji.",
    Text.LIMIT: "Prekoračeno je ograničenje broja poziva.",
}

LOCALISATIONS: Mapping[Country, Localisation] = {
    Country.SI: Localisation(
        country=Country.SI,
        currency="EUR",
        zone=ZoneInfo("Europe/Ljubljana"),
        texts=_SI,
        country_ids=_numbered(_COUNTRIES, {"SI": 192}, "SI"),
        currency_ids=_numbered(_CURRENCIES, {"EUR": 7}, "SI"),
    ),
    Country.HR: Localisation(
        country=Country.HR,
        currency="EUR",
        zone=ZoneInfo("Europe/Zagreb"),
        texts=_HR,
        country_ids=_numbered(_COUNTRIES, {}, "HR"),
        currency_ids=_numbered(_CURRENCIES, {}, "HR"),
    ),
    Country.RS: Localisation(
        country=Country.RS,
        currency="RSD",
        zone=ZoneInfo("Europe/Belgrade"),
        texts=_RS,
        country_ids=_numbered(_COUNTRIES, {"RS": 3}, "RS"),
        currency_ids=_numbered(_CURRENCIES, {"RSD": 2, "CZK": 7}, "RS"),
    ),
}
