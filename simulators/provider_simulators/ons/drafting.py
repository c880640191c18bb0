"""Fills the fields that no maker says, by name and type: a value that is the same for the same record every time."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5
from zlib import crc32

from provider_simulators.ons.moments import clock_time, local, midnight, moment
from provider_simulators.ons.schema import NEVER, Model, models

Record = dict[str, Any]

EPOCH = date(2024, 1, 1)
CITIES = ("Veluwezoom", "'s-Gravenmoer", "Oude Niedorp", "Sint Annaparochie", "Wijk en Aalburg")
STREETS = ("Lindelaan", "Burgemeester van Rijnplein", "Hoofdstraat", "Café-erf", "Zuiderzeeweg")
REMARKS = (
    "Belt graag vóór tien uur",
    "Cliënt is blij verrast 🌷",
    "Sleutel bij de buren, coördinatie loopt",
    "Überweisung geregeld; één afspraak per week",
    'Zei: "prima" en ging\nweer verder',
)
"""Free text with diacritics, emoji, quotes and line breaks, as people type it."""

TEXTS: Final[Sequence[tuple[str, Callable[[str, int], str]]]] = (
    ("uuid", lambda field, n: str(uuid5(NAMESPACE_URL, f"ons/{field}/{n}"))),
    ("phone|^fax", lambda _, n: f"06-0000{n % 10_000:04}"),
    ("countrycode", lambda _, __: "+31"),
    ("mail", lambda field, n: f"{field.lower()}{n}@example.org"),
    ("zip", lambda _, n: f"{1000 + n % 9000} AB"),
    ("city|hometown", lambda _, n: CITIES[n % len(CITIES)]),
    ("street", lambda _, n: STREETS[n % len(STREETS)]),
    ("country|nationality", lambda _, __: "NL"),
    ("language", lambda _, __: "nl"),
    ("iban", lambda _, n: f"NL00ONSB{n:010}"),
    ("^bic$", lambda _, __: "ONSBNL2U"),
    ("agb|instellings?code|^provider$", lambda _, n: f"{n % 100_000_000:08}"),
    ("uzovi|zorgkantoor|gemeentecode|costcenter|code", lambda _, n: f"{n % 10_000:04}"),
    ("colorhex", lambda _, n: f"#{n * 7919 % 0xFFFFFF:06X}"),
    ("comment|note|reason|remark|description|access|content|message", lambda _, n: REMARKS[n % len(REMARKS)]),
    ("gender", lambda _, n: "FM"[n % 2]),
    ("^type$|typestring|nametype|status", lambda _, n: str(n % 4)),
    ("number|identif|nummer|^skn$", lambda _, n: f"{n:06}"),
)
BEGINS, ENDS = re.compile("begin|start|from", re.IGNORECASE), re.compile("end|stop|until|^validTo$", re.IGNORECASE)
PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), make) for pattern, make in TEXTS)
HIDDEN_BEHIND = 3
"""Two of three periods are open: they have no end."""


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """Makes records of a model.

    Attributes:
        links: Name of a foreign key to the ids that it may have.
        changed_at: When the so-manieth record was last touched, before the simulator started.
    """

    links: Callable[[str], Sequence[int] | None]
    changed_at: Callable[[int], datetime]

    def record(self, model: str | None, number: int, facts: Mapping[str, Any]) -> Record:
        """A record with all fields of its model, made up but for the facts; without a model, the facts."""
        if model is None:
            return dict(facts)
        described = models()[model]
        drafted = {
            field: facts[field] if field in facts else self._value(described, field, kind, number)
            for field, kind in described.fields.items()
        }
        return drafted | dict(facts)

    def _value(self, model: Model, field: str, kind: str, number: int) -> Any:
        n = number + crc32(f"{model.name}.{field}".encode()) % 97
        if kind == NEVER:
            return None
        if kind in ("int32", "int64"):
            return self._integer(field, n)
        if kind in ("date", "datetime"):
            return self._when(field, kind, number, n)
        if kind.startswith("array"):
            return []
        if field in model.nested:
            return self.record(model.nested[field], n, {})
        return _PLAIN.get(kind, _choice)(field, kind, n)

    def _integer(self, field: str, n: int) -> int | None:
        links = self.links(field)
        if links is not None:
            return links[n % len(links)] if links else None
        return None if field.lower().endswith("id") else n % 7

    def _when(self, field: str, kind: str, number: int, n: int) -> str | date | None:
        if field in ("createdAt", "updatedAt"):
            touched = self.changed_at(number)
            return moment(touched) if kind == "datetime" else touched.date()
        day = EPOCH + timedelta(days=3 * (number % 200))
        if ENDS.search(field):
            if number % HIDDEN_BEHIND:
                return None
            day += timedelta(days=400)
        elif not BEGINS.search(field):
            return day if kind == "date" else moment(local(day, 8 + n % 10, n % 60))
        return day if kind == "date" else midnight(day)


def _text(field: str, _kind: str, n: int) -> str:
    return next((make(field, n) for pattern, make in PATTERNS if pattern.search(field)), f"{field} {n}")


def _choice(_field: str, kind: str, n: int) -> str | None:
    choices = kind.split("|")
    return choices[n % len(choices)] if kind != "any" else None


_PLAIN: Final[Mapping[str, Callable[[str, str, int], Any]]] = {
    "string": _text,
    "bool": lambda _, __, n: n % 2 == 0,
    "time": lambda _, __, n: clock_time(7 + n % 12, 15 * (n % 4)),
    "double": lambda _, __, n: Decimal(n % 50) / 4,
}
