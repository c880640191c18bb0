"""The three installations of Minimax: one code base, different addresses, languages, currencies and ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from provider_simulators.minimax.texts import Country, Text, texts_of


@dataclass(frozen=True, kw_only=True)
class VatHistory:
    """A VAT rate: its ids, and its percentages by the day from which they hold.

    Attributes:
        percentage_ids: In an id space of their own (seen), one per percentage.
    """

    code: str
    id: int
    percents: tuple[tuple[date, Decimal], ...]
    percentage_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Localisation:
    """An installation.

    Attributes:
        currency: Code of the home currency.
        zone: Times without zone are presumably in it (inferred).
        texts: Messages, with ``{field}`` and ``{length}``.
        country_ids: Ids by ISO code; they differ per installation (seen).
        currency_ids: The same for currencies.
        vat: Rates: percentages by law; ids of the standard ones were seen in Slovenia and Serbia.
        journal_types: Codes: all that the help of Croatia names, some that clients have seen elsewhere.
        language: Of the user.
    """

    country: Country
    currency: str
    zone: ZoneInfo
    texts: Mapping[Text, str]
    country_ids: Mapping[str, int]
    currency_ids: Mapping[str, int]
    vat: tuple[VatHistory, ...]
    journal_types: tuple[str, ...]
    language: str


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


def _vat(code: str, number: int, first_percentage: int, *percents: tuple[str, str]) -> VatHistory:
    return VatHistory(
        code=code,
        id=number,
        percents=tuple((date.fromisoformat(since), Decimal(percent)) for since, percent in percents),
        percentage_ids=tuple(range(first_percentage - len(percents) + 1, first_percentage + 1)),
    )


ALWAYS = "2000-01-01"
_VAT_SI = (
    _vat("S", 36, 62, (ALWAYS, "20"), ("2013-07-01", "22")),
    _vat("Z", 37, 65, (ALWAYS, "8.5"), ("2013-07-01", "9.5")),
    _vat("P", 38, 66, (ALWAYS, "8")),
    _vat("0", 39, 67, ("2020-01-01", "5")),
    _vat("O", 40, 68, (ALWAYS, "0")),
    _vat("N", 41, 69, (ALWAYS, "0")),
)
_VAT_HR = (
    _vat("S", 11, 33, (ALWAYS, "22"), ("2009-08-01", "23"), ("2012-03-01", "25")),
    _vat("Z", 12, 35, (ALWAYS, "10"), ("2014-01-01", "13")),
    _vat("0", 14, 36, ("2013-01-01", "5")),
    _vat("O", 15, 37, (ALWAYS, "0")),
    _vat("N", 16, 38, (ALWAYS, "0")),
)
_VAT_RS = (
    _vat("S", 4, 6, (ALWAYS, "18"), ("2012-10-01", "20")),
    _vat("Z", 5, 9, (ALWAYS, "8"), ("2014-01-01", "10")),
    _vat("O", 7, 12, (ALWAYS, "0")),
    _vat("N", 8, 13, (ALWAYS, "0")),
)
FOREIGN_VAT = {"AT": "20", "BE": "21", "DE": "19", "HR": "25", "IT": "22", "NL": "21", "SI": "22"}
"""Standard rates abroad, for ``countryID``."""
_TYPES_SI = "IR PR DI OTV BB BL OP TE TR"
_TYPES_HR = "BD BI BK BL PDV PDVP DI DD FT IR OP OS PS UR PRPR SP TRG TR TROS ZAL ZAT ZK ZT"
_TYPES_RS = "BT IR PR DI OP PS TR"

LOCALISATIONS: Mapping[Country, Localisation] = {
    Country.SI: Localisation(
        country=Country.SI,
        currency="EUR",
        zone=ZoneInfo("Europe/Ljubljana"),
        texts=texts_of(Country.SI),
        country_ids=_numbered(_COUNTRIES, {"SI": 192}, "SI"),
        currency_ids=_numbered(_CURRENCIES, {"EUR": 7}, "SI"),
        vat=_VAT_SI,
        journal_types=tuple(_TYPES_SI.split()),
        language="sl",
    ),
    Country.HR: Localisation(
        country=Country.HR,
        currency="EUR",
        zone=ZoneInfo("Europe/Zagreb"),
        texts=texts_of(Country.HR),
        country_ids=_numbered(_COUNTRIES, {}, "HR"),
        currency_ids=_numbered(_CURRENCIES, {}, "HR"),
        vat=_VAT_HR,
        journal_types=tuple(_TYPES_HR.split()),
        language="hr",
    ),
    Country.RS: Localisation(
        country=Country.RS,
        currency="RSD",
        zone=ZoneInfo("Europe/Belgrade"),
        texts=texts_of(Country.RS),
        country_ids=_numbered(_COUNTRIES, {"RS": 3}, "RS"),
        currency_ids=_numbered(_CURRENCIES, {"RSD": 2, "CZK": 7}, "RS"),
        vat=_VAT_RS,
        journal_types=tuple(_TYPES_RS.split()),
        language="sr",
    ),
}
