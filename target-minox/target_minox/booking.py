"""From a journal entry to the booking lines of Minox: every check that can be made before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.journal import JournalEntry

from target_minox.booking_line import Line, LineCheck, Notices
from target_minox.masterdata import KINDS_WITHOUT_ENTRIES, FiscalYear, Journal, MasterData

__all__ = ["LINES_MAX", "BookingRules", "Bookkeeper"]

LINES_MAX: Final = 8999
"""A journal page holds at most this many lines of ours; from 9000 on they are Minox' own (vendor help)."""


@dataclass(frozen=True, kw_only=True)
class BookingRules:
    """What the settings say about entries.

    Attributes:
        journal: Code of the journal for entries that name none.
        default_cost_center: For lines without one, on accounts that need one.
        min_booking_date: Nothing is booked before this day.
        lines_max: Most lines of one entry; an entry is never split.
    """

    journal: str | None = None
    default_cost_center: int | None = None
    min_booking_date: date | None = None
    lines_max: int = 2000


class Bookkeeper:
    """Checks entries against the master data of the administration and writes them as booking lines."""

    def __init__(self, books: MasterData, rules: BookingRules) -> None:
        self.books = books
        self.rules = rules
        self._notices = Notices()

    def lines(self, entry: JournalEntry) -> list[Line]:
        """Turn an entry into the lines of one batch, in the order of the entry.

        Raises:
            EntryError: With code and field of the first problem; the message names all of them.
        """
        problems = Problems()
        journal = self._journal(entry, problems)
        year = self._fiscal_year(entry, problems)
        shared = {
            "document_date": entry.date.isoformat(),
            "journal": {"id": journal.code if journal else None},
            "period": {"id": year and _period(entry, year, problems), "fiscal_year": year and year.year},
            "entry_number": _entry_number(entry, problems),
        }
        self._check_entry(entry, problems)
        lines = [
            present(shared | self._line(entry, journal, index, problems).members()) for index in range(len(entry.lines))
        ]
        if problems:
            raise problems.combined(entry.key)
        return lines

    def _line(self, entry: JournalEntry, journal: Journal | None, index: int, problems: Problems) -> LineCheck:
        return LineCheck(
            entry=entry,
            index=index,
            journal=journal,
            books=self.books,
            default_cost_center=self.rules.default_cost_center,
            problems=problems,
            notices=self._notices,
        )

    def _journal(self, entry: JournalEntry, problems: Problems) -> Journal | None:
        code = entry.journal or self.rules.journal
        if code is None:
            problems.add("unknown_journal", "journal", "names no journal, and the setting journal is empty")
            return None
        journal = self.books.journals.get(code)
        if journal is None:
            problems.add("unknown_journal", "journal", f"journal {code} does not exist in the administration")
        elif journal.kind in KINDS_WITHOUT_ENTRIES:
            problems.add("invalid_field", "journal", f"journal {code} is of kind {journal.kind}, it takes no entries")
        return journal

    def _fiscal_year(self, entry: JournalEntry, problems: Problems) -> FiscalYear | None:
        administration, name = self.books.administration, entry.fiscal_year
        year = administration.year_of(entry.date) if name is None else administration.year(name)
        if year is None and name is None:
            problems.add("unknown_fiscal_year", "date", f"no fiscal year of the administration holds {entry.date}")
        elif year is None:
            problems.add("unknown_fiscal_year", "fiscal_year", f"fiscal year {name} does not exist")
        elif not year.start <= entry.date <= year.end:
            problems.add("date_outside_period", "date", f"{entry.date} is not in fiscal year {year.year}")
        return year

    def _check_entry(self, entry: JournalEntry, problems: Problems) -> None:
        earliest, currency = self.rules.min_booking_date, self.books.administration.currency
        if earliest is not None and entry.date < earliest:
            problems.add("closed_period", "date", f"{entry.date} is before the setting min_booking_date, {earliest}")
        if entry.currency != currency:
            problems.add(
                "currency", "currency", f"{entry.currency}, but the administration keeps its books in {currency}"
            )
        count, most = len(entry.lines), min(self.rules.lines_max, LINES_MAX)
        if count > most:
            problems.add("invalid_field", "lines", f"{count} lines, at most {most}; an entry is never split")


def present(members: Mapping[str, Any]) -> Line:
    """Leave out what is empty, recursively: Minox refuses empty texts, zero ids and objects without members.

    Amounts stay, because both sides are sent and one of them is 0.
    """
    kept: Line = {}
    for name, value in members.items():
        member = present(value) if isinstance(value, Mapping) else value
        if member or name in {"debit", "credit"}:
            kept[name] = member
    return kept


def _period(entry: JournalEntry, year: FiscalYear, problems: Problems) -> int | None:
    """The period of the entry, or the one that holds its date; never 0."""
    last = year.number_of_periods
    derived = year.period_of(entry.date) if year.start <= entry.date <= year.end else None
    if entry.period is None:
        return derived
    if not 1 <= entry.period <= last:
        problems.add("unknown_period", "period", f"fiscal year {year.year} has periods 1 to {last}, not {entry.period}")
    elif derived is not None and derived != entry.period:
        problems.add("date_outside_period", "date", f"{entry.date} is in period {derived}, not in {entry.period}")
    return entry.period


def _entry_number(entry: JournalEntry, problems: Problems) -> int | None:
    """The voucher number (boekstuknummer), the one thing that an entry may say to Minox only."""
    members = dict(entry.provider_fields.get("minox", {}))
    value = members.pop("entry_number", None)
    for name in sorted(members):
        problems.add("invalid_field", f"minox.{name}", "no such member of a journal entry")
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    problems.add("invalid_field", "minox.entry_number", "must be a whole number above zero")
    return None
