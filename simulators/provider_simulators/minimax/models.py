"""The models of Minimax's API, from `models.yaml`: members with their types, lengths and values, per country."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("models.yaml")
REQUIRED = {"!": "documented", "*": "inferred"}
DEFAULTS: Mapping[str, Any] = {"Usage": "D", "AlreadyPaid": "N"}
"""Values of absent members (inferred from the vendor's smallest samples)."""
SAME = {"IssuedInvoiceAttachment": "Attachment", "ReceivedInvoiceAttachment": "Attachment"}
"""Sorts of records that share a model."""
EMPLOYMENT_RS = "Z30 Z45 Z50 P30 I ZADR S PENZ PENZSD NEZAP POL SD NRNIP NRJEP UcenjeKrozRad ZD ZL ZAP DSP DD ZJD"
VALUES_ELSEWHERE: Mapping[tuple[str, str, str], list[str]] = {
    ("RS", "Employee", "EmploymentType"): EMPLOYMENT_RS.split(),
    ("HR", "ReceivedInvoice", "PaymentReferenceType"): ["HR", "RF"],
    ("RS", "ReceivedInvoice", "PaymentReferenceType"): ["RS", "RF"],
}
"""Values that other countries have (the list of Serbia was seen in a client; references are inferred)."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A member of a model.

    Attributes:
        kind: ``string``, ``integer``, ``number``, ``boolean``, ``base64``, ``date``, ``moment``, ``fk``, ``list``,
            ``object`` or ``any``.
        target: What a reference points at, or what a list or an object holds.
        values: The only texts that are accepted; empty: any.
        length: Longest text, where it is known.
        required: ``documented`` by the vendor, ``inferred``, or empty.
        written: ``always``, by ``update`` only, or ``never``.
    """

    name: str
    kind: str
    target: str = ""
    values: frozenset[str] = frozenset()
    length: int | None = None
    required: str = ""
    written: str = "always"


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model: its members in the vendor's order."""

    name: str
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """The member that holds the id; empty where there is none."""
        own = f"{self.name.removesuffix('Model').removesuffix('Search')}Id".lower()
        return next((each.name for each in self.fields if each.name.lower() == own), "")

    def field(self, name: str) -> Field | None:
        """A member."""
        return next((each for each in self.fields if each.name == name), None)


@cache
def models(country: str) -> Mapping[str, Model]:
    """All models of a country's installation, by name."""
    found = {
        name: Model(name=name, fields=tuple(_fields(name, members, country))) for name, members in _loaded().items()
    }
    return {**found, **{name: Model(name=model, fields=found[model].fields) for name, model in SAME.items()}}


def _fields(model: str, members: Mapping[str, str], country: str) -> list[Field]:
    fields = []
    for member, text in members.items():
        kind, *words = text.split()
        flags = {"@": "", "in": "", "<=": ""}
        target = words.pop(0) if kind in ("fk", "list", "object") else ""
        while words:
            word = words.pop(0)
            if word == "in":
                flags["in"] = words.pop(0)
            elif word.startswith(("@", "<=")):
                sign = "@" if word[0] == "@" else "<="
                flags[sign] = word.removeprefix(sign)
            else:
                flags[word] = "yes"
        if flags["@"] and country not in flags["@"].split("|"):
            continue
        name = member.rstrip("!*")
        values = VALUES_ELSEWHERE.get((country, model, name)) or [each for each in flags["in"].split("|") if each]
        fields.append(
            Field(
                name=name,
                kind=kind,
                target=target,
                values=frozenset(values),
                length=int(flags["<="]) if flags["<="] else None,
                required=REQUIRED.get(member[-1], ""),
                written="never" if "(read)" in flags else "update" if "(update)" in flags else "always",
            )
        )
    return fields


@cache
def _loaded() -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(
        FILE.read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 (both are safe loaders)
    )
    return loaded
