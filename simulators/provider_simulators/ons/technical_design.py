"""The Technical Design of a connector: which endpoints it is granted, and which fields of which models it sees."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from provider_simulators.ons.drafting import Record
from provider_simulators.ons.schema import models


@dataclass(frozen=True, kw_only=True)
class TechnicalDesign:
    """What a connector may read (vendor's documentation).

    Attributes:
        granted: Endpoints by name (an xstream resource, or an operation) or by path; None is all.
        hidden_fields: Fields that are not selected: `Employee.dateOfBirth`, in nested models too. The name of a model
            that others extend works for all of them: `Person.dateOfBirth`.
    """

    granted: frozenset[str] | None = None
    hidden_fields: frozenset[str] = frozenset()

    def allows(self, names: Iterable[str]) -> bool:
        """Whether an endpoint with these names is granted."""
        return self.granted is None or not self.granted.isdisjoint(names)


class Shown:
    """Leaves out of records what is not selected, and what lists leave out.

    Args:
        hidden_fields: As in a design.
        sparse: Leave out what is null, false, 0 or an empty list (the vendor's list samples do so), never an `id`.
        nested_filter: A nested model with a hidden field loses that field only, or is left out whole.
    """

    def __init__(
        self, hidden_fields: frozenset[str], *, sparse: bool, nested_filter: Literal["fields", "object"]
    ) -> None:
        self._hidden_fields = hidden_fields
        self._sparse = sparse
        self._whole = nested_filter == "object"
        self._plans = cache(self._plan)

    def one(self, model: str) -> Callable[[Record], Record]:
        """What shows a record of this model."""
        hidden, nested = self._plans(model)
        if not hidden and not nested and not self._sparse:
            return dict
        return lambda record: self._record(record, model)

    def _plan(self, model: str) -> tuple[frozenset[str], dict[str, str]]:
        described = models()[model]
        hidden = {
            field
            for field in described.fields
            for each in described.lineage
            if f"{each}.{field}" in self._hidden_fields
        }
        if self._whole:
            partly = {name for name, nested in described.nested.items() if nested != model and self._touches(nested)}
            hidden |= partly
        nested = {name: inner for name, inner in described.nested.items() if name not in hidden}
        return frozenset(hidden), nested

    def _touches(self, model: str) -> bool:
        lineage = models()[model].lineage
        return any(field.rpartition(".")[0] in lineage for field in self._hidden_fields)

    def _record(self, record: Record, model: str) -> Record:
        hidden, nested = self._plans(model)
        return {
            name: self._nested(value, nested[name]) if name in nested and value else value
            for name, value in record.items()
            if name not in hidden and (not self._sparse or value or value == "" or name == "id")
        }

    def _nested(self, value: Any, model: str) -> Any:
        if isinstance(value, list):
            return [self._record(each, model) for each in value]
        return self._record(value, model)
