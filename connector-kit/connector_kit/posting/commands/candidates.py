"""Bookings of somebody else that are like entries of the source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from connector_kit.books.money import total
from connector_kit.posting.commands.bookings import Booking, Bookings, amounts_of
from connector_kit.posting.commands.comparison import names_of_history
from connector_kit.posting.commands.ledger_rows import entries_of
from connector_kit.posting.commands.rehearsal import Action, Planned
from connector_kit.posting.held import HeldBooks
from connector_kit.posting.ledger import Ledger

__all__ = ["TO_BOOK", "Candidate", "Likeness", "candidates", "foreign_bookings"]

TO_BOOK: Final = frozenset({Action.CREATE, Action.DEFER})
"""What a run would book, now or later: while a ledger is new some targets wait before they book anything."""


class Likeness(StrEnum):
    """How much a booking is like an entry of the source."""

    SAME = "same"
    """Period, journal, accounts, amounts and a text."""
    AMOUNTS = "amounts"
    """Period, accounts and amounts."""
    TOTAL = "total"
    """Period and total; the lines are divided otherwise."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A booking that may be an entry of the source which a run would book.

    Attributes:
        planned: The entry.
        booking: The booking.
        likeness: How much they are alike.
    """

    planned: Planned
    booking: Booking = field(repr=False)
    likeness: Likeness


def foreign_bookings(planned: Iterable[Planned], held: HeldBooks, ledger: Ledger) -> Bookings:
    """Read what the books hold in the periods that would be booked in, and the ledger does not know as ours.

    Raises:
        ConnectorError: The books cannot be read.
    """
    periods = {line.period for one in planned if one.action in TO_BOOK for line in one.lines}
    ours: set[str | None] = set()
    for entry in entries_of(ledger):
        ours |= {entry.provider_id, str(entry.client_id), entry.marker}
        if entry.version > 1:
            ours.update(names_of_history(entry))
    lines = (line for period in sorted(periods) for line in held.lines(period))
    return Bookings(line for line in lines if not {line.booking, line.mark} & (ours - {None}))


def candidates(planned: Iterable[Planned], bookings: Bookings) -> Iterator[Candidate]:
    """Find the bookings that are like entries, the likest of each entry."""
    by_amounts: dict[object, list[Booking]] = {}
    by_total: dict[object, list[Booking]] = {}
    for booking in bookings:
        by_amounts.setdefault(amounts_of(booking.lines), []).append(booking)
        by_total.setdefault((booking.period, booking.amount), []).append(booking)
    for one in planned:
        if one.action in TO_BOOK and one.lines:
            like = by_amounts.get(amounts_of(one.lines), [])
            whole = (one.lines[0].period, total(line.debit for line in one.lines))
            for booking in like or by_total.get(whole, []):
                likeness = _likeness(one, booking) if like else Likeness.TOTAL
                yield Candidate(planned=one, booking=booking, likeness=likeness)


def _likeness(planned: Planned, booking: Booking) -> Likeness:
    journals = {line.journal for line in planned.lines}
    texts = {line.text for line in planned.lines if line.text}
    same_journal = booking.journal in journals or None in {booking.journal, *journals}
    same_text = bool(texts & booking.texts) or not texts
    return Likeness.SAME if same_journal and same_text else Likeness.AMOUNTS
