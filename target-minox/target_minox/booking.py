"""From a journal entry to the booking lines of Minox: every check that can be made before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from connector_kit.books.entry_errors import Problems
from connector_kit.books.journal import JournalEntry

from target_minox.booking_line import FindParty, Line, LineCheck, Notices, number_only
from target_minox.masterdata import KINDS_WITHOUT_ENTRIES, FiscalYear, Journal, MasterData
from target_minox.open_periods import ClosedPeriods, period_text

__all__ = ["LINES_MAX", "BookingRules", "Bookkeeper"]

LINES_MAX: Final = 8999
"""A journal page holds at most this many lines of ours; from 9000 on they are Minox' own (vendor help)."""


@dataclass(frozen=True, kw_only=True)
class BookingRules:
    """What the settings say about entries.

    Attributes:
        journal: Code of the journal for entries that name none.
        default_cost_center: For lines without one, on accounts that need one.
        lines_max: Most lines of one entry; an entry is never split.
        closed: Which periods are closed.
        correction_periods: How many periods after the last one of a year an entry may name.
        strict_vat: Lines of a memorial on accounts with a VAT code are refused, because Minox would split them.
        truncate_descriptions: Descriptions are cut where they may be too long.
    """

    journal: str | None = None
    default_cost_center: int | None = None
    lines_max: int = 2000
    closed: ClosedPeriods = field(default_factory=ClosedPeriods)
    correction_periods: int = 0
    strict_vat: bool = False
    truncate_descriptions: bool = False


class Bookkeeper:
    """Checks entries against the master data of the administration and writes them as booking lines.

    Args:
        books: The master data.
        rules: What the settings say.
        find_party: Gives the number of a customer or supplier.
    """

    def __init__(self, books: MasterData, rules: BookingRules, find_party: FindParty = number_only) -> None:
        self.books = books
        self.rules = rules
        self._find_party = find_party
        self.notices = Notices()

    def lines(
        self,
        entry: JournalEntry,
        *,
        problems: Problems | None = None,
        names: Sequence[str] = (),
        more: Mapping[int, Line] | None = None,
    ) -> list[Line]:
        """Turn an entry into the lines of one batch, in the order of the entry.

        That its period is closed is no problem of an entry by itself, for it may be booked already, or be booked later;
        it is named beside others.

        Args:
            entry: What is to be booked.
            problems: What was found before.
            names: How messages name the lines, where that is not `lines[0]` and so on.
            more: Members that a line has beside those of the entry, by its place.

        Raises:
            EntryError: With code and field of the first problem; the message names all of them.
        """
        problems = Problems() if problems is None else problems
        journal = self._journal(entry, problems)
        year = self._fiscal_year(entry, problems)
        shared = {
            "document_date": entry.date.isoformat(),
            "journal": {"id": journal.code if journal else None},
            "period": {"id": year and self._period(entry, year, problems), "fiscal_year": year and year.year},
            "entry_number": _entry_number(entry, problems),
        }
        self._check_entry(entry, problems)
        lines = [
            present(
                shared
                | self._line(entry, journal, index, problems, names).members()
                | (more.get(index, {}) if more else {})
            )
            for index in range(len(entry.lines))
        ]
        if problems:
            if closed := self.rules.closed.before(entry.date):
                problems.add("closed_period", "date", closed)
            raise problems.joined(entry.key)
        return lines

    def period_of(self, when: date, fiscal_year: int | None, period: int | None) -> str | None:
        """Fiscal year and period, such as `2026-01`, of something that is booked on a day."""
        administration = self.books.administration
        year = administration.year_of(when) if fiscal_year is None else administration.year(fiscal_year)
        place = period or (year.period_of(when) if year and year.start <= when <= year.end else None)
        return period_text(year.year, place) if year else None

    def _line(  # what a line depends on
        self, entry: JournalEntry, journal: Journal | None, index: int, problems: Problems, names: Sequence[str]
    ) -> LineCheck:
        return LineCheck(
            entry=entry,
            index=index,
            journal=journal,
            books=self.books,
            default_cost_center=self.rules.default_cost_center,
            strict_vat=self.rules.strict_vat,
            truncate=self.rules.truncate_descriptions,
            find_party=self._find_party,
            name=names[index] if names else f"lines[{index}]",
            problems=problems,
            notices=self.notices,
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

    def _period(self, entry: JournalEntry, year: FiscalYear, problems: Problems) -> int | None:
        """The period of the entry, or the one that holds its date; never 0."""
        last = year.number_of_periods
        derived = year.period_of(entry.date) if year.start <= entry.date <= year.end else None
        if entry.period is None:
            return derived
        if last < entry.period <= last + self.rules.correction_periods:
            return entry.period
        if not 1 <= entry.period <= last:
            text = f"fiscal year {year.year} has periods 1 to {last}, not {entry.period}"
            problems.add("unknown_period", "period", text)
        elif derived is not None and derived != entry.period:
            problems.add("date_outside_period", "date", f"{entry.date} is in period {derived}, not in {entry.period}")
        return entry.period

    def _check_entry(self, entry: JournalEntry, problems: Problems) -> None:
        currency = self.books.administration.currency
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
