"""`adopt`: what may be booked already, by hand or by another program, before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import click

from connector_kit.books.money import total
from connector_kit.errors import ExitCode, SettingError
from connector_kit.posting.commands.bookings import Booking, Bookings, amounts_of
from connector_kit.posting.commands.ledger_rows import entries_of
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.rehearsal import Action, Planned, Rehearsal, rehearsal
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.target_of import target_of
from connector_kit.settings import settings_option

__all__ = ["Candidate", "Likeness", "adopt", "candidates"]


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


_TONES: Final = {Likeness.SAME: Tone.BAD, Likeness.AMOUNTS: Tone.BAD, Likeness.TOTAL: Tone.WARN}
_MEANING: Final = {
    Likeness.SAME: "period, journal, accounts, amounts and text",
    Likeness.AMOUNTS: "period, accounts and amounts",
    Likeness.TOTAL: "period and total",
}


def candidates(planned: Iterable[Planned], bookings: Bookings) -> Iterator[Candidate]:
    """Find the bookings that are like entries, the likest of each entry."""
    by_amounts: dict[object, list[Booking]] = {}
    by_total: dict[object, list[Booking]] = {}
    for booking in bookings:
        by_amounts.setdefault(amounts_of(booking.lines), []).append(booking)
        by_total.setdefault((booking.period, booking.amount), []).append(booking)
    for one in planned:
        if one.action is Action.CREATE and one.lines:
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


def _found(rehearsed: Rehearsal) -> list[Candidate]:
    """Compare what a run would book with what is there and not ours.

    Raises:
        SettingError: The target cannot read what the books hold.
    """
    held = rehearsed.held
    if held is None:
        raise SettingError(f"{rehearsed.target.name} cannot read the lines that the books hold")
    periods = {line.period for one in rehearsed.planned if one.action is Action.CREATE for line in one.lines}
    with rehearsed.ledger() as ledger:
        ours = {
            name for entry in entries_of(ledger) for name in (entry.provider_id, str(entry.client_id), entry.marker)
        }
    lines = (line for period in sorted(periods) for line in held.lines(period))
    others = (line for line in lines if not {line.booking, line.mark} & ours - {None})
    return list(candidates(rehearsed.planned, Bookings(others)))


@click.command(
    "adopt",
    help="Say which entries may be in the books already, before the first run. Somebody may have booked them by hand "
    "or by another program: matched by period, journal, amounts and text. Writes nothing. Ends with 14 "
    "if there are any.",
)
@settings_option
@input_option
@output_options
@click.pass_context
def adopt(
    context: click.Context, *, settings: dict[str, Any], file: Path | None, as_json: bool, html: Path | None
) -> int:
    """Match and show."""
    with (
        Source(file) as source,
        watched(source.lines(), "Reading the source") as lines,
        rehearsal(target_of(context), settings, lines) as rehearsed,
    ):
        found = _found(rehearsed)
        created = sum(one.action is Action.CREATE for one in rehearsed.planned)
        administration = rehearsed.target.administration()
    place = f"{administration.provider} administration {administration.number}"
    show(_report(found, created, place), as_json=as_json, html=html)
    return ExitCode.DIFFERENCE if found else ExitCode.OK


def _report(found: Sequence[Candidate], created: int, place: str) -> Report:
    entries = len({one.planned.key for one in found})
    return Report(
        title=f"What may be booked already: {place}",
        verdict=f"{entries} of {created} entries to book may be in the books already."
        if found
        else f"None of the {created} entries to book is like a booking of somebody else.",
        tone=Tone.BAD if found else Tone.GOOD,
        sections=[
            Section(
                title="Possible existing bookings",
                columns=(
                    *(Column(title=title) for title in ("key", "stream", "period", "booking", "alike in")),
                    Column(title="amount", numeric=True),
                ),
                rows=[
                    Row(
                        cells=(
                            one.planned.key,
                            one.planned.stream,
                            one.booking.period,
                            one.booking.name,
                            _MEANING[one.likeness],
                            one.booking.amount,
                        ),
                        tone=_TONES[one.likeness],
                    )
                    for one in found
                ],
                empty="None.",
            )
        ],
        data={
            "to_book": created,
            "candidates": [
                {
                    "stream": one.planned.stream,
                    "key": one.planned.key,
                    "period": one.booking.period,
                    "booking": one.booking.name,
                    "journal": one.booking.journal,
                    "date": one.booking.date,
                    "likeness": str(one.likeness),
                    "amount": one.booking.amount,
                }
                for one in found
            ],
        },
    )
