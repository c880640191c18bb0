"""`adopt`: what others have booked or changed, before anything is written; and taking it over as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from connector_kit.errors import ExitCode, SettingError
from connector_kit.posting.commands.adopt_report import Seen, report
from connector_kit.posting.commands.candidates import TO_BOOK, candidates, foreign_bookings
from connector_kit.posting.commands.output import output_options, show, watched
from connector_kit.posting.commands.rehearsal import Planned, Rehearsal, rehearsal
from connector_kit.posting.commands.source import Source, input_option
from connector_kit.posting.commands.takeover import CHANGED, Origin, Takeover, exact, judged, store
from connector_kit.posting.commands.target_of import target_of
from connector_kit.posting.ledger import Ledger
from connector_kit.posting.rejection import one_line
from connector_kit.settings import settings_option

__all__ = ["adopt"]


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What the command line asks for."""

    keys: tuple[str, ...]
    everything: bool
    streams: tuple[str, ...]
    booking: str | None

    def check(self, *, yes: bool) -> None:
        if self.everything and self.keys:
            raise click.UsageError("give either --accept or --accept-all")
        if self.everything and not yes:
            raise click.UsageError("--accept-all takes over every exact match at once; if that is meant, add --yes")
        if self.booking is not None and len(self.keys) != 1:
            raise click.UsageError("--booking chooses for one --accept KEY")

    def __bool__(self) -> bool:
        return self.everything or bool(self.keys)


@click.command(
    "adopt",
    help="Say which entries may be in the books already, booked by hand or by another program (alike in period, "
    "journal, amounts and text), and which of ours are there with another content. With --accept they are taken over "
    "as they stand, so that they are not booked again. Writes nothing to the books. Ends with 14 while there are any "
    "that nobody has accepted.",
)
@settings_option
@input_option
@click.option(
    "--accept",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Take over the booking of the entry with this key, as it stands in the books; may be repeated. All of them "
    "or, if one cannot be taken over, none.",
)
@click.option("--accept-all", "everything", is_flag=True, help="Take over every exact match that has no other.")
@click.option("--yes", is_flag=True, help="Yes, --accept-all is meant.")
@click.option("--stream", "streams", multiple=True, metavar="STREAM", help="Keys are of this stream; may be repeated.")
@click.option("--booking", metavar="NUMBER", help="Of several bookings that are like the entry, this one.")
@output_options
@click.pass_context
def adopt(
    context: click.Context,
    *,
    settings: dict[str, Any],
    file: Path | None,
    as_json: bool,
    html: Path | None,
    keys: tuple[str, ...],
    everything: bool,
    yes: bool,
    streams: tuple[str, ...],
    booking: str | None,
) -> int:
    """Match, show, and take over what is accepted."""
    asked = _Wanted(keys=keys, everything=everything, streams=streams, booking=booking)
    asked.check(yes=yes)
    with (
        Source(file) as source,
        watched(source.lines(), "Reading the source") as lines,
        rehearsal(target_of(context), settings, lines) as rehearsed,
    ):
        with rehearsed.locked_ledger() if asked else rehearsed.ledger() as ledger:
            seen = _accepted(_seen(rehearsed, ledger), rehearsed, ledger, asked)
        administration = rehearsed.target.administration()
    place = f"{administration.provider} administration {administration.number}"
    show(report(seen, place), as_json=as_json, html=html)
    return ExitCode.DIFFERENCE if seen.left else ExitCode.OK


def _seen(rehearsed: Rehearsal, ledger: Ledger) -> Seen:
    """Compare what a run would book with what is there and not ours.

    Raises:
        SettingError: The target cannot read what the books hold.
    """
    held = rehearsed.held
    if held is None:
        raise SettingError(f"{rehearsed.target.name} cannot read the lines that the books hold")
    planned = rehearsed.planned
    return Seen(
        created=sum(one.action in TO_BOOK for one in planned),
        found=list(candidates(planned, foreign_bookings(planned, held, ledger))),
        changed=[one for one in planned if one.posting and one.reason and one.reason.code in CHANGED],
    )


def _accepted(seen: Seen, rehearsed: Rehearsal, ledger: Ledger, wanted: _Wanted) -> Seen:
    """Take over what is wanted, all of it or nothing."""
    if not wanted:
        return seen
    chosen = [one.planned for one in exact(seen.found)] if wanted.everything else _chosen(rehearsed.planned, wanted)
    taken = [judged(one, seen.found, ledger, rehearsed.endpoints, booking=wanted.booking) for one in chosen]
    _refuse_twice(taken)
    for one in taken:
        store(one, ledger, rehearsed.endpoints)
    keys = {one.planned.entity_key for one in taken}
    numbers = {one.booking for one in taken}
    return Seen(
        created=seen.created - sum(one.origin is Origin.SOMEBODY for one in taken),
        found=[one for one in seen.found if one.planned.entity_key not in keys and one.booking.number not in numbers],
        changed=[one for one in seen.changed if one.entity_key not in keys],
        taken=taken,
    )


def _chosen(planned: Sequence[Planned], wanted: _Wanted) -> list[Planned]:
    """Find the entries with these keys.

    Raises:
        SettingError: There is none, or more than one.
    """
    of_key: dict[str, dict[object, Planned]] = {}
    for one in planned:
        if one.key in wanted.keys and (not wanted.streams or one.stream in wanted.streams):
            content = (one.stream, one.posting and one.posting.content_hash)
            of_key.setdefault(one.key, {}).setdefault(content, one)
    for key in wanted.keys:
        several = of_key.get(key, {})
        streams = sorted({one.stream for one in several.values()})
        if not several:
            raise SettingError(f"--accept: the source has no such record: {one_line(key)}")
        if len(streams) > 1:
            raise SettingError(
                f"--accept: {one_line(key)}: is in streams {', '.join(streams)}; say which with --stream"
            )
        if len(several) > 1:
            raise SettingError(f"--accept: {one_line(key)}: the source holds it with several contents; deliver one")
    return [next(iter(of_key[key].values())) for key in dict.fromkeys(wanted.keys)]


def _refuse_twice(taken: Sequence[Takeover]) -> None:
    by_booking: dict[str, Takeover] = {}
    for one in taken:
        if one.origin is Origin.SOMEBODY and one.booking:
            other = by_booking.setdefault(one.booking, one)
            if other is not one:
                keys = f"{one_line(other.planned.key)} and {one_line(one.planned.key)}"
                raise SettingError(
                    f"--accept: {keys} are like the same booking {one_line(one.booking)}; accept one of them; "
                    "nothing was taken over"
                )
