"""Journal entries that come line by line, as SQL gives them; an entry is one only when all its lines are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Self

from connector_kit.books.entry_errors import EntryError, InvalidFieldError, MissingFieldError, Problems
from connector_kit.books.money import ZERO, MoneyError, money, total
from connector_kit.books.records import members_of
from connector_kit.books.values import text_or_none, whole_number

__all__ = ["ENTRY_MEMBERS", "LINE_MEMBERS", "EntryLine", "entry_record", "is_complete"]

ENTRY_MEMBERS: Final = (
    "date",
    "journal",
    "entry_description",
    "reference",
    "currency",
    "fiscal_year",
    "period",
    "version",
)
"""What each line repeats of its entry; `entry_description` is the entry's text, `description` the line's."""
LINE_MEMBERS: Final = (
    "account",
    "debit",
    "credit",
    "description",
    "cost_center",
    "cost_unit",
    "customer",
    "supplier",
    "employee",
    "vat_code",
    "invoice_number",
    "due_date",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One line, with the control figures of its entry.

    Attributes:
        entry_key: Business key of the entry that it belongs to.
        line_no: Its place in the entry, from 1.
        line_count: How many lines the entry has.
        entry_total: Sum of the debit side of the entry.
        entry: What it says about the entry (members of `journal_entries`), as delivered.
        line: What it says itself (members of a line), as delivered.
    """

    entry_key: str
    line_no: int
    line_count: int
    entry_total: Decimal
    entry: Mapping[str, Any] = field(repr=False)
    line: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a record of the books contract `journal_entry_lines`.

        Raises:
            EntryError: Names the entry's key and all fields that are wrong.
        """
        members = members_of(record, _CONTROL)
        key = members["entry_key"]
        problems = Problems(
            MissingFieldError(f"no {name.replace('_', ' ')}", field=name)
            for name, value in members.items()
            if value is None
        )
        if problems:
            raise problems.joined(key)
        if not 1 <= members["line_no"] <= members["line_count"]:
            raise InvalidFieldError("is not a place from 1 to line_count", entry=key, field="line_no")
        objects = {
            name: value for name, value in record.items() if isinstance(value, Mapping) and name not in LINE_MEMBERS
        }
        entry = objects | {name: record[name] for name in ENTRY_MEMBERS if name in record}
        return cls(**members, entry=entry, line={name: record[name] for name in LINE_MEMBERS if name in record})


def is_complete(lines: Sequence[EntryLine]) -> bool:
    """Whether there are as many different lines as the first of them says."""
    return bool(lines) and len({line.line_no for line in lines}) >= lines[0].line_count


def entry_record(lines: Sequence[EntryLine]) -> dict[str, Any]:
    """Assemble the record of `journal_entries` from all lines of one entry, in the order of their numbers.

    A line that was delivered twice, equal both times, counts once.

    Raises:
        EntryError: The lines contradict each other, or the control count or control total is not met.
    """
    first = lines[0]
    by_number: dict[int, EntryLine] = {}
    for line in lines:
        if by_number.setdefault(line.line_no, line) != line:
            raise _contradiction(first, "line_no", f"line {line.line_no} was delivered with two contents")
        if (line.line_count, line.entry_total) != (first.line_count, first.entry_total):
            raise _contradiction(first, "entry_total", "the lines name different control figures")
        if line.entry != first.entry:
            raise _contradiction(first, "date", "the lines say different things about their entry")
    if len(by_number) != first.line_count:
        raise _contradiction(first, "line_count", f"{len(by_number)} of {first.line_count} lines have come")
    ordered = [dict(by_number[number].line) for number in sorted(by_number)]
    if _debit(first.entry_key, ordered) != first.entry_total:
        raise _contradiction(first, "entry_total", "the debit side does not add up to it")
    entry = dict(first.entry)
    if "entry_description" in entry:
        entry["description"] = entry.pop("entry_description")
    return {"key": first.entry_key, **entry, "lines": ordered}


def _contradiction(line: EntryLine, name: str, message: str) -> EntryError:
    return EntryError(message, entry=line.entry_key, field=name, code="incomplete_entry")


def _debit(key: str, lines: Sequence[Mapping[str, Any]]) -> Decimal:
    """The debit side, to which negative credits belong."""
    amounts = []
    for index, line in enumerate(lines, start=1):
        try:
            debit, credit = (money(line.get(side) or 0) for side in ("debit", "credit"))
        except MoneyError as error:
            raise InvalidFieldError(f"line {index}: {error}", entry=key, field="debit") from None
        amounts += [max(debit, ZERO), max(-credit, ZERO)]
    return total(amounts)


_CONTROL: Final = {
    "entry_key": text_or_none,
    "line_no": whole_number,
    "line_count": whole_number,
    "entry_total": lambda value: None if value is None else money(value),
}
