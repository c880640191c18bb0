"""The long table: every arrangement line of every block, made of the record that its own stream has."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tap_inlenersbeloning.blocks import DocumentStream, Source

__all__ = ["Components"]

Record = dict[str, Any]

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "type_code": ("type_code", "occasion", "type", "sick_pay_year", "compensation_type", "eligible_type"),
    "type_label": ("type_code_label", "occasion_label", "type_label"),
    "type_other": ("type_other", "occasion_other"),
    "amount": ("amount", "value", "duration_amount"),
    "amount_given": ("amount_given", "percentage_given", "amount", "duration_amount"),
    "unit": ("amount_type", "unit", "duration_unit"),
    "unit_other": ("amount_type_other", "duration_unit_other"),
    "based_on": ("based_on",),
    "based_on_other": ("based_on_other",),
    "interval_amount": ("interval_amount",),
    "interval": ("interval",),
    "date": ("date",),
    "is_described_as_amount": ("is_described_as_amount",),
    "is_proportional": ("is_proportional",),
    "proportional_based_on": ("proportional_based_on",),
    "part_of_individual_choice_budget": ("is_part_of_individual_choice_budget",),
    "applies_to_all_functions": ("applies_to_all_functions",),
    "function_ids": ("dependency_functions", "linked_functions"),
    "description": ("description", "explanation", "periodicals"),
    "conditions": ("conditions",),
}
"""Columns of the long table, and where a stream has them; of several that it has, the first that is not null."""
_INHERITED: Final = ("name", "type_code", "type_label", "type_other", "conditions")
"""What a line takes from the one that it is in, if it has none itself."""


class Components:
    """Makes the lines of one list.

    Args:
        stream: Whose rows they are.
        source: The list.
        columns: Columns of the stream.
        declared: Columns of the long table.
    """

    def __init__(self, stream: DocumentStream, source: Source, columns: Iterable[str], declared: Iterable[str]) -> None:
        own = set(columns)
        found = {name: [c for c in candidates if c in own] for name, candidates in _COLUMNS.items()}
        self._first = [(name, there[0]) for name, there in found.items() if there]
        self._others = [(name, there[1:]) for name, there in found.items() if len(there) > 1]
        self._empty: Record = dict.fromkeys(declared) | {
            "block": source.block,
            "kind": stream.component_of(source),
            "stream": stream.name,
        }
        self._is_budget = stream.name == "individual_choice_budgets"

    def line(self, keys: Mapping[str, Any], record: Record, raw: Mapping[str, Any], within: Record | None) -> Record:
        """Make a line; its `component_key` and `id` are still open.

        Args:
            keys: Of the remuneration.
            record: What the stream has.
            raw: The row, in the provider's spelling.
            within: The line that it is in.
        """
        line = {**self._empty, **keys}
        for name, column in self._first:
            line[name] = record[column]
        for name, columns in self._others:
            if line[name] is None:
                line[name] = next((record[column] for column in columns if record[column] is not None), None)
        if within is not None:
            for name in _INHERITED:
                if line[name] is None:
                    line[name] = within[name]
        line["raw"] = raw
        return line

    def is_line(self, record: Record) -> bool:
        """Tell whether a row is an arrangement: a budget that is not there has a row in its own stream only."""
        return not self._is_budget or record["has_individual_choice_budget"] is True or bool(record["amount"])
