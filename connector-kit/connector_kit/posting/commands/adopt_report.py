"""How it is shown what others have booked or changed, and what of it was taken over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector_kit.posting.commands.candidates import Candidate, Likeness
from connector_kit.posting.commands.rehearsal import Planned
from connector_kit.posting.commands.report import Column, Report, Row, Section, Tone
from connector_kit.posting.commands.takeover import Origin, Takeover

__all__ = ["Seen", "report"]

_TONES: Final = {Likeness.SAME: Tone.BAD, Likeness.AMOUNTS: Tone.BAD, Likeness.TOTAL: Tone.WARN}
_MEANING: Final = {
    Likeness.SAME: "period, journal, accounts, amounts and text",
    Likeness.AMOUNTS: "period, accounts and amounts",
    Likeness.TOTAL: "period and total",
}
_TAKEN: Final = {
    Origin.SOMEBODY: "somebody else's booking is ours now",
    Origin.EDITED: "stays as it stands in the books",
    Origin.SETTLED: "nothing to do, the ledger knows it so",
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was found.

    Attributes:
        created: How many entries a run would book.
        found: Bookings of others that are like some of them.
        changed: Entries that are booked under our name with another content.
        taken: What was taken over.
    """

    created: int
    found: Sequence[Candidate]
    changed: Sequence[Planned]
    taken: Sequence[Takeover] | None = None

    @property
    def left(self) -> bool:
        """Whether something could still be taken over."""
        return bool(self.found or self.changed)


def report(seen: Seen, place: str) -> Report:
    """Show it."""
    return Report(
        title=f"What may be booked already: {place}",
        verdict=_verdict(seen),
        tone=Tone.BAD if seen.left else Tone.GOOD,
        sections=[*([] if seen.taken is None else [_taken_section(seen.taken)]), *_sections(seen)],
        data={
            "to_book": seen.created,
            "candidates": [_candidate(one) for one in seen.found],
            "changed": [_changed(one) for one in seen.changed],
            "accepted": [_taken(one) for one in seen.taken or ()],
        },
    )


def _verdict(seen: Seen) -> str:
    said = []
    if seen.taken is not None:
        count = sum(one.origin is not Origin.SETTLED for one in seen.taken)
        said.append(f"{count} of {len(seen.taken)} bookings taken over, nothing written to the books.")
    entries = len({one.planned.entity_key for one in seen.found})
    if seen.found:
        said.append(f"{entries} of {seen.created} entries to book may be in the books already.")
    else:
        said.append(f"None of the {seen.created} entries to book is like a booking of somebody else.")
    if seen.changed:
        said.append(f"{len(seen.changed)} are booked with another content.")
    if seen.left:
        said.append("What is right as it stands is taken over with --accept KEY.")
    return " ".join(said)


def _sections(seen: Seen) -> list[Section]:
    titles = ("key", "stream", "period", "booking", "alike in")
    found = [
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
        for one in seen.found
    ]
    return [
        Section(
            title="Possible existing bookings",
            columns=(*(Column(title=title) for title in titles), Column(title="amount", numeric=True)),
            rows=found,
            empty="No booking of somebody else is like an entry to book.",
        ),
        Section(
            title="Booked with another content",
            columns=tuple(Column(title=title) for title in ("key", "stream", "reason")),
            rows=[
                Row(cells=(one.key, one.stream, one.reason.message if one.reason else None), tone=Tone.WARN)
                for one in seen.changed
            ],
        ),
    ]


def _taken_section(taken: Sequence[Takeover]) -> Section:
    return Section(
        title="Taken over",
        columns=tuple(Column(title=title) for title in ("key", "stream", "booking", "what")),
        rows=[
            Row(cells=(one.planned.key, one.planned.stream, one.booking, _TAKEN[one.origin]), tone=Tone.GOOD)
            for one in taken
        ],
        empty="Nothing was an exact match without another.",
    )


def _candidate(one: Candidate) -> Mapping[str, Any]:
    return {
        "stream": one.planned.stream,
        "key": one.planned.key,
        "period": one.booking.period,
        "booking": one.booking.name,
        "number": one.booking.number,
        "journal": one.booking.journal,
        "date": one.booking.date,
        "likeness": str(one.likeness),
        "amount": one.booking.amount,
    }


def _changed(one: Planned) -> Mapping[str, Any]:
    return {
        "stream": one.stream,
        "key": one.key,
        "code": one.reason and one.reason.code,
        "message": one.reason and one.reason.message,
    }


def _taken(one: Takeover) -> Mapping[str, Any]:
    return {
        "stream": one.planned.stream,
        "key": one.planned.key,
        "booking": one.booking,
        "origin": str(one.origin),
    }
