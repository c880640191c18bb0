"""Ons' models: which fields there are, of which type, and which of them hold a model of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

NEVER = "never"
"""Type of a deprecated field that is never set."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model of the vendor OpenAPI.

    Attributes:
        name: The vendor's: `payroll.Contract`.
        lineage: Its name and those of the models that it extends: a field may be selected under each.
        fields: Name to type, those of the extended models first; types as `models.yaml` explains them.
        nested: Fields that hold a model, or a list of them, by that model's name.
    """

    name: str
    lineage: tuple[str, ...]
    fields: Mapping[str, str]
    nested: Mapping[str, str]


@cache
def models() -> Mapping[str, Model]:
    """All models by name."""
    text = Path(__file__).with_name("models.yaml").read_text(encoding="utf-8")
    tables = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    return MappingProxyType({name: _model(name, tables) for name in tables})


def fields_of(model: str | None) -> Mapping[str, str]:
    """Name to type of a model's fields; of records that the vendor does not describe only the id is known."""
    return models()[model].fields if model else {"id": "int64"}


def _model(name: str, tables: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Model:
    lineage = tuple(_lineage(name, tables))
    fields = {field: kind for each in reversed(lineage) for field, kind in tables[each]["fields"].items()}
    nested = {field: kind.partition(":")[2] for field, kind in fields.items()}
    return Model(
        name=name,
        lineage=lineage,
        fields=MappingProxyType(fields),
        nested=MappingProxyType({field: model for field, model in nested.items() if model in tables}),
    )


def _lineage(name: str, tables: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    while name:
        yield name
        name = str(tables[name].get("extends", ""))
