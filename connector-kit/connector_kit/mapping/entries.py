"""A journal of the source, record by record, as a record of the books contract.

Works on records, not on `JournalEntry`: what cannot be booked (unbalanced, no account, a broken amount) has to reach
the target, which rejects it with a reason. Nothing is dropped and nothing is rounded.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from connector_kit.books.money import money
from connector_kit.books.values import calendar_date, text_or_none, whole_number
from connector_kit.mapping.grouping import grouped
from connector_kit.mapping.tables import AccountRow
from connector_kit.mapping.templates import Template, shortened

__all__ = ["EntryMapping", "GroupLines", "Record", "Tally"]

Record = dict[str, Any]
GroupLines = Literal["none", "account", "account_and_cost_center"]


@dataclass(kw_only=True)
class Tally:
    """What a run has mapped; unmapped codes with the number of their lines."""

    entries: int = 0
    lines: int = 0
    lines_written: int = 0
    fallbacks: int = 0
    without_account: int = 0
    unmapped_accounts: Counter[str] = field(default_factory=Counter)
    unmapped_cost_centers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class EntryMapping:
    """The mapping of one bookkeeping package.

    Attributes:
        accounts: Ledger accounts by their code at the source; empty: the codes are those of the books.
        cost_centers: Cost centers by their code at the source; unknown ones stay.
        fallback_account: Ledger account for lines that have none.
        unmapped_to_fallback: Whether the fallback is also for accounts that are not in the table.
        default_cost_center: Cost center for lines that have none, on `cost_center_accounts` only.
        cost_center_accounts: Ledger accounts of the books that are kept by cost center; `4*` means all that begin so.
        journal: Journal to book in, whatever the source says.
        group_lines: Which lines of one side become one.
        description: Template of the entry's description.
        line_description: Template of the lines' descriptions.
        description_length_max: Longest description; longer ones are cut visibly.
    """

    accounts: Mapping[str, AccountRow] = field(default_factory=dict)
    cost_centers: Mapping[str, str] = field(default_factory=dict)
    fallback_account: str | None = None
    unmapped_to_fallback: bool = False
    default_cost_center: str | None = None
    cost_center_accounts: tuple[str, ...] = ()
    journal: str | None = None
    group_lines: GroupLines = "none"
    description: Template | None = None
    line_description: Template | None = None
    description_length_max: int | None = None

    def map(self, record: Mapping[str, Any], tally: Tally) -> Record:
        """Give the record in the codes of the books; members that are not understood stay as they are."""
        entry = _converted(record, _ENTRY_FORMS)
        if self.journal is not None:
            entry["journal"] = self.journal
        fields = entry | {"entry_description": entry.get("description")}
        entry |= self._description(self.description, entry, fields)
        tally.entries += 1
        if isinstance(entry.get("lines"), list):
            entry["lines"] = self._lines(entry["lines"], fields, tally)
        return entry

    def _lines(self, items: list[Any], fields: Record, tally: Tally) -> list[Any]:
        lines = [self._line(item, tally) if isinstance(item, Mapping) else item for item in items]
        tally.lines += len(lines)
        if self.group_lines != "none":
            by_cost_center = self.group_lines == "account_and_cost_center"
            lines = grouped(lines, by_cost_center=by_cost_center, length_max=self.description_length_max)
        tally.lines_written += len(lines)
        return [
            line | self._description(self.line_description, line, fields | line) if isinstance(line, dict) else line
            for line in lines
        ]

    def _line(self, item: Mapping[str, Any], tally: Tally) -> Record:
        line: Record = {"account": None, "description": None} | _converted(item, _LINE_FORMS)
        row = self._account(line["account"], tally)
        line["cost_center"] = self._cost_center(line.get("cost_center"), row, tally)
        if row is not None:
            line["account"] = row.account
            line["description"] = line["description"] or row.description
        return line

    def _account(self, source: object, tally: Tally) -> AccountRow | None:
        """Give what an account of the source is in the books; None if there is nothing to say about it."""
        if source is not None and not isinstance(source, str):
            return None
        if source is not None:
            if source in self.accounts:
                return self.accounts[source]
            if self.accounts:
                tally.unmapped_accounts[source] += 1
            if not self.unmapped_to_fallback:
                return AccountRow(account=source)
        if self.fallback_account is None:
            tally.without_account += 1
            return None
        tally.fallbacks += 1
        return AccountRow(account=self.fallback_account)

    def _cost_center(self, source: object, row: AccountRow | None, tally: Tally) -> object:
        if isinstance(source, str):
            if self.cost_centers and source not in self.cost_centers:
                tally.unmapped_cost_centers[source] += 1
            return self.cost_centers.get(source, source)
        if source is not None or row is None:
            return source
        return row.cost_center or (self.default_cost_center if self._needs_cost_center(row.account) else None)

    def _needs_cost_center(self, account: str) -> bool:
        return any(
            account.startswith(pattern[:-1]) if pattern.endswith("*") else account == pattern
            for pattern in self.cost_center_accounts
        )

    def _description(self, template: Template | None, members: Record, fields: Record) -> Record:
        """Give the member to change; empty if the description is not text."""
        text = members.get("description") if template is None else template.fill(fields)
        if not isinstance(text, str):
            return {}
        return {"description": shortened(text, length_max=self.description_length_max)}


def _iso_date(value: object) -> str | None:
    day = calendar_date(value)
    return None if day is None else day.isoformat()


_ENTRY_FORMS: Final[Mapping[str, Callable[[object], Any]]] = {
    "key": text_or_none,
    "date": _iso_date,
    "journal": text_or_none,
    "description": text_or_none,
    "reference": text_or_none,
    "currency": text_or_none,
    "fiscal_year": whole_number,
    "period": whole_number,
    "version": text_or_none,
}
_LINE_FORMS: Final[Mapping[str, Callable[[object], Any]]] = {
    "account": text_or_none,
    "debit": money,
    "credit": money,
    "description": text_or_none,
    "cost_center": text_or_none,
    "cost_unit": text_or_none,
    "customer": text_or_none,
    "supplier": text_or_none,
    "employee": text_or_none,
    "vat_code": text_or_none,
    "invoice_number": text_or_none,
    "due_date": _iso_date,
}


def _converted(members: Mapping[str, Any], forms: Mapping[str, Callable[[object], Any]]) -> Record:
    """Bring the contract's members into its form; what cannot be converted stays, for the target to refuse."""
    result = dict(members)
    for name in forms.keys() & result.keys():
        with suppress(ValueError):
            result[name] = forms[name](result[name])
    return result
