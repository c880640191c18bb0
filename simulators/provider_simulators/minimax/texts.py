"""Messages in the three languages. No real examples are public: all are invented."""

from collections.abc import Mapping
from enum import StrEnum


class Country(StrEnum):
    """Whose installation it is."""

    SI = "SI"
    HR = "HR"
    RS = "RS"


class Text(StrEnum):
    """What a message is about."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    INVALID = "invalid"
    UNKNOWN_REFERENCE = "unknown_reference"
    DUPLICATE = "duplicate"
    LIMIT = "limit"
    UNBALANCED = "unbalanced"
    ONE_SIDE = "one_side"
    POSTING = "posting"
    FORBIDDEN = "forbidden"
    HOME_NAME = "home_name"
    VAT_PERCENT = "vat_percent"
    PAYMENTS = "payments"
    IN_USE = "in_use"
    STATE = "state"
    CLOSED = "closed"
    EXTERNAL_ID = "external_id"


_TEXTS: Mapping[Text, tuple[str, str, str]] = {
    Text.REQUIRED: (
        "Polje {field} je obvezno.", "Polje {field} je obavezno.", "Polje {field} je obavezno.",
    ),
    Text.TOO_LONG: (
        "Vrednost polja {field} je predolga (največ {length} znakov).",
        "Vrijednost polja {field} je preduga (najviše {length} znakova).",
        "Vrednost polja {field} je predugačka (najviše {length} znakova).",
    ),
    Text.INVALID: (
        "Vrednost polja {field} ni veljavna.", "Vrijednost polja {field} nije važeća.",
        "Vrednost polja {field} nije važeća.",
    ),
    Text.UNKNOWN_REFERENCE: (
        "Zapis v polju {field} ne obstaja.", "Zapis u polju {field} ne postoji.", "Zapis u polju {field} ne postoji.",
    ),
    Text.DUPLICATE: (
        "Zapis s to šifro že obstaja.", "Zapis s tom šifrom već postoji.", "Zapis sa ovom šifrom već postoji.",
    ),
    Text.LIMIT: (
        "Presežena je omejitev števila klicev.", "Prekoračeno je ograničenje broja poziva.",
        "Prekoračeno je ograničenje broja poziva.",
    ),
    Text.UNBALANCED: (
        "Temeljnica ni uravnotežena: vsota v breme in v dobro se ne ujemata.",
        "Temeljnica nije uravnotežena: duguje i potražuje nisu jednaki.",
        "Nalog za knjiženje nije u ravnoteži: duguje i potražuje nisu jednaki.",
    ),
    Text.ONE_SIDE: (
        "Vnesite znesek v breme ali v dobro.", "Unesite iznos na dugovnu ili potražnu stranu.",
        "Unesite iznos na dugovnu ili potražnu stranu.",
    ),
    Text.POSTING: (
        "Na konto ni dovoljeno knjižiti na tej strani.", "Na konto nije dozvoljeno knjiženje na toj strani.",
        "Na konto nije dozvoljeno knjiženje na toj strani.",
    ),
    Text.FORBIDDEN: (
        "Polje {field} tukaj ni dovoljeno.", "Polje {field} ovdje nije dozvoljeno.",
        "Polje {field} ovde nije dozvoljeno.",
    ),
    Text.HOME_NAME: (
        "Za domačo državo naziv države ni dovoljen.", "Za domaću državu naziv države nije dozvoljen.",
        "Za domaću državu naziv države nije dozvoljen.",
    ),
    Text.VAT_PERCENT: (
        "Odstotek DDV se ne ujema s stopnjo na dan dokumenta.", "Postotak PDV-a ne odgovara stopi na dan dokumenta.",
        "Procenat PDV-a ne odgovara stopi na dan dokumenta.",
    ),
    Text.PAYMENTS: (
        "Plačila niso enaka vsoti prihodkov in davkov.", "Plaćanja nisu jednaka zbroju prihoda i poreza.",
        "Plaćanja nisu jednaka zbiru prihoda i poreza.",
    ),
    Text.IN_USE: (
        "Zapisa ni mogoče brisati, ker je uporabljen.", "Zapis se ne može obrisati jer se koristi.",
        "Zapis nije moguće obrisati jer se koristi.",
    ),
    Text.STATE: (
        "V tem stanju sprememba ni mogoča.", "U ovom stanju promjena nije moguća.",
        "U ovom stanju izmena nije moguća.",
    ),
    Text.CLOSED: (
        "Obdobje je zaključeno.", "Razdoblje je zaključeno.", "Period je zaključen.",
    ),
    Text.EXTERNAL_ID: (
        "Vrstica z oznako {field} ne obstaja.", "Redak s oznakom {field} ne postoji.",
        "Stavka sa oznakom {field} ne postoji.",
    ),
}  # fmt: skip


def texts_of(country: Country) -> Mapping[Text, str]:
    """All messages in a country's language, with ``{field}`` and ``{length}``."""
    place = list(Country).index(country)
    return {text: languages[place] for text, languages in _TEXTS.items()}
