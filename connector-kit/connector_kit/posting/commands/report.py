"""What a command found, apart from how it is shown: on a terminal, as a page, or for machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = ["Cell", "Column", "Report", "Row", "Section", "Tone", "shown"]

Cell = str | int | Decimal | date | None


class Tone(StrEnum):
    """How a row or a verdict is to be taken."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        title: Heading.
        numeric: Amounts and counts, to the right.
        short: Words that are never long, kept in one line.
    """

    title: str
    numeric: bool = False
    short: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: as many cells as the section has columns."""

    cells: tuple[Cell, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table with its heading.

    Attributes:
        title: Heading.
        columns: Its columns.
        rows: Its rows; a section without rows says `empty`.
        empty: What is said instead of a table without rows; nothing: the section is left out.
        folded: It is long and says nothing new: shown on the page only when asked for, and not on the terminal.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str = ""
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a command found.

    Attributes:
        title: What was looked at.
        verdict: The result in a sentence.
        tone: How good that is.
        facts: Numbers that belong to the whole, by name.
        sections: Tables, the most important first.
        data: All of it for machines.
        entries: More for machines, under `entries`: too many to hold them in memory.
    """

    title: str
    verdict: str
    tone: Tone
    facts: Mapping[str, Cell] = field(default_factory=dict)
    sections: Sequence[Section] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    entries: Iterable[Mapping[str, Any]] | None = None

    def shown_sections(self) -> Iterable[Section]:
        """The sections that have something to say."""
        return (section for section in self.sections if section.rows or section.empty)


def shown(cell: Cell) -> str:
    """Write a cell for people: amounts with thousands and two decimals, one line whatever the text holds."""
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:,.2f}"
        case int():
            return f"{cell:,}"
        case date():
            return cell.isoformat()
        case _:
            return "".join(letter if letter.isprintable() else " " for letter in cell)
