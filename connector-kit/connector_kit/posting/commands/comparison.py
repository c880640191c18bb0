"""Compares what the source says, what the ledger knows and what the books hold: pure, over what was read before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from connector_kit.books import identity
from connector_kit.posting.commands.bookings import Amounts, Booking, Bookings, amounts_of, details_of
from connector_kit.posting.commands.rehearsal import Action, Planned
from connector_kit.posting.commands.totals import Totals, totals_of
from connector_kit.posting.held import HeldLine
from connector_kit.posting.ledger import Entry, State

__all__ = ["AGREEING", "Comparison", "Finding", "Verdict", "compare", "names_of_history"]


class Verdict(StrEnum):
    """What was found of one entry."""

    SAME = "same"
    """Source, ledger and books agree."""
    PRESENT = "present"
    """Ledger and books agree; the source does not say what it should be."""
    ADOPTED = "adopted"
    """The books hold something else, and a person has accepted that (`adopt`)."""
    MISSING = "missing"
    """The ledger says that it is booked, and it is not in the books."""
    NOT_BOOKED = "not_booked"
    """The source has it, and it is not in the books."""
    AMOUNT = "amount"
    """Accounts or amounts differ."""
    EDITED = "edited"
    """Another member differs: somebody has changed it."""
    CHANGED = "changed"
    """The source has changed since it was booked."""
    DUPLICATE = "duplicate"
    """It stands in the books more than once."""
    UNKNOWN = "unknown"
    """It is in the books under a name of ours, and the ledger does not know it."""
    FOREIGN = "foreign"
    """Somebody else has booked it in a journal of ours."""
    REJECTED = "rejected"
    """The source has it, and it cannot be booked as it is."""
    IN_DOUBT = "in_doubt"
    """Sent, and not yet known to be booked."""
    NEEDS_HUMAN = "needs_human"
    """The engine waits for a person."""
    UNCHECKED = "unchecked"
    """Nothing says in which period to look."""


AGREEING: Final = {Verdict.SAME, Verdict.PRESENT, Verdict.ADOPTED, Verdict.UNCHECKED}
_UNSURE: Final = {State.SENT, State.IN_DOUBT}
_VERSIONS: Final = 50
"""Of an entry whose ledger is lost, so many contents are looked for."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found of one entry.

    Attributes:
        verdict: What it is.
        stream: Record type.
        key: Business key, if the source has it.
        entity_key: Key in the ledger.
        booking: How the books call it.
        period: Where.
        detail: In what it differs.
        expected: Lines of the source.
        held: Lines in the books.
    """

    verdict: Verdict
    stream: str | None = None
    key: str | None = None
    entity_key: str | None = None
    booking: str | None = None
    period: str | None = None
    detail: str = ""
    expected: Sequence[HeldLine] = field(default=(), repr=False)
    held: Sequence[HeldLine] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What was found of all.

    Attributes:
        findings: Per entry; those that agree too.
        source: Totals of the source.
        ours: Totals of our bookings in the books.
        read: Totals of all lines in the books.
        books: What the provider itself adds up.
        complete: There was a source to compare with.
    """

    findings: Sequence[Finding]
    source: Totals = field(repr=False)
    ours: Totals = field(repr=False)
    read: Totals = field(repr=False)
    books: Totals = field(repr=False)
    complete: bool

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """Entries by what was found."""
        counted = Counter(finding.verdict for finding in self.findings)
        return {verdict: counted[verdict] for verdict in Verdict}


def compare(
    planned: Sequence[Planned],
    entries: Iterable[Entry],
    lines: Sequence[HeldLine],
    books: Totals,
    *,
    periods: set[str],
    adopted: AbstractSet[str] = frozenset(),
) -> Comparison:
    """Compare.

    Args:
        planned: What a run over the source would do; empty without a source.
        entries: The ledger.
        lines: All lines that the books hold in the periods.
        books: What the provider adds up there.
        periods: Periods that were read.
        adopted: Entity keys of what was taken over, and stands in the books as it did then.
    """
    return _Comparing(planned, entries, lines, periods, adopted).result(books)


class _Comparing:
    def __init__(
        self,
        planned: Sequence[Planned],
        entries: Iterable[Entry],
        lines: Sequence[HeldLine],
        periods: set[str],
        adopted: AbstractSet[str],
    ) -> None:
        self._lines = lines
        self._adopted = adopted
        self._accepted: dict[str, Sequence[HeldLine]] = {}
        self._periods = periods
        self._rejected = [one for one in planned if one.action is Action.REJECT and not one.posting]
        self._source: dict[str, Planned] = {}
        for one in planned:
            if one.posting and (one.action is not Action.REJECT or one.posting.entity_key not in self._source):
                self._source[one.posting.entity_key] = one
        self._entries = {entry.entity_key: entry for entry in entries}
        self._bookings = Bookings(lines)
        self._ours: dict[int, Booking] = {}

    def result(self, books: Totals) -> Comparison:
        findings = [*self._of_ledger(), *self._of_source()]
        findings += self._of_others()
        return Comparison(
            findings=findings,
            source=totals_of(chain.from_iterable(map(self._wanted, self._source))),
            ours=totals_of(chain.from_iterable(booking.lines for booking in self._ours.values())),
            read=totals_of(self._lines),
            books=books,
            complete=bool(self._source),
        )

    def _of_ledger(self) -> Iterator[Finding]:
        for entry in self._entries.values():
            source = self._source.get(entry.entity_key)
            found = self._take(_names(entry))
            self._take(names_of_history(entry))
            yield from self._of_entry(entry, source, found)

    def _of_entry(self, entry: Entry, source: Planned | None, found: list[Booking]) -> Iterator[Finding]:
        about: dict[str, Any] = {"stream": entry.stream, "entity_key": entry.entity_key}
        about |= {"period": entry.period, **_about(source), **_about_booking(found)}
        if entry.state in _UNSURE:
            seen = "it is in the books" if found else "it is not in the periods that were read"
            yield Finding(verdict=Verdict.IN_DOUBT, detail=seen, **about)
        elif len(found) > 1:
            yield Finding(verdict=Verdict.DUPLICATE, detail=f"{len(found)} bookings have its name", **about)
        elif entry.state is State.CONFIRMED:
            yield self._of_booked(entry, source, found, about)
        elif entry.state is State.NEEDS_HUMAN:
            yield Finding(verdict=Verdict.NEEDS_HUMAN, **about)
        elif found:
            detail = f"the ledger says {entry.state}"
            yield Finding(verdict=Verdict.UNKNOWN, detail=detail, **about)
        elif source and _counts(source):
            yield Finding(verdict=Verdict.NOT_BOOKED, detail=f"the ledger says {entry.state}", **about)

    def _of_booked(self, entry: Entry, source: Planned | None, found: list[Booking], about: dict[str, Any]) -> Finding:
        if not found:
            was_read = about["period"] in self._periods
            return Finding(verdict=Verdict.MISSING if was_read else Verdict.UNCHECKED, **about)
        if source is None or source.posting is None:
            return Finding(verdict=Verdict.PRESENT, **about)
        held = found[0].lines
        accepted = entry.entity_key in self._adopted and entry.content_hash == source.posting.content_hash
        details = details_of(source.lines, held)
        if accepted and (details or amounts_of(source.lines) != amounts_of(held)):
            self._accepted[entry.entity_key] = held
            detail = _difference(source.lines, held) if not details else ", ".join(details)
            return Finding(verdict=Verdict.ADOPTED, detail=detail, **about)
        if amounts_of(source.lines) != amounts_of(held):
            as_booked = source.posting.content_hash in {entry.content_hash, entry.booked_hash}
            verdict = Verdict.AMOUNT if as_booked else Verdict.CHANGED
            return Finding(verdict=verdict, detail=_difference(source.lines, held), **about)
        return Finding(verdict=Verdict.EDITED if details else Verdict.SAME, detail=", ".join(details), **about)

    def _of_source(self) -> Iterator[Finding]:
        """What the source has and the ledger does not."""
        for rejected in self._rejected:
            detail = rejected.reason.message if rejected.reason else ""
            yield Finding(verdict=Verdict.REJECTED, stream=rejected.stream, key=rejected.key, detail=detail)
        for entity_key, source in self._source.items():
            if entity_key in self._entries or not _counts(source):
                continue
            found = self._take(_all_names(entity_key))
            about = {"entity_key": entity_key, **_about(source), **_about_booking(found)}
            verdict = Verdict.UNKNOWN if found else Verdict.NOT_BOOKED
            yield Finding(verdict=verdict, detail="the ledger does not know it", **about)

    def _of_others(self) -> Iterator[Finding]:
        """What is in the books and not ours: it may be one of ours a second time."""
        known: dict[Amounts, Mapping[str, Any]] = {amounts_of(booking.lines): {} for booking in self._ours.values()}
        known |= {amounts_of(one.lines): _about(one) for one in self._source.values() if _counts(one)}
        places = {(booking.period, booking.journal) for booking in self._ours.values()}
        places |= {(line.period, line.journal) for one in self._source.values() for line in one.lines}
        for booking in self._bookings:
            if id(booking) in self._ours:
                continue
            about = _about_booking([booking])
            if (amounts := amounts_of(booking.lines)) in known:
                detail = "the same accounts and amounts as an entry of ours"
                yield Finding(verdict=Verdict.DUPLICATE, detail=detail, **{**known[amounts], **about})
            elif (booking.period, booking.journal) in places:
                yield Finding(verdict=Verdict.FOREIGN, **about)

    def _wanted(self, entity_key: str) -> Sequence[HeldLine]:
        """What should be in the books: what the source says, or what a person has accepted in its place."""
        return self._accepted.get(entity_key) or self._source[entity_key].lines

    def _take(self, names: Iterable[str | None]) -> list[Booking]:
        found = self._bookings.named(names)
        self._ours |= {id(booking): booking for booking in found}
        return found


def _counts(planned: Planned) -> bool:
    """Whether lines tell that it belongs in the books; also what is rejected only because it is there otherwise."""
    return bool(planned.lines)


def _names(entry: Entry) -> list[str | None]:
    return [entry.provider_id, str(entry.client_id), entry.marker]


def names_of_history(entry: Entry) -> Iterator[str]:
    """All names that its bookings so far may have, those included that were taken back."""
    return _all_names(entry.entity_key, versions=entry.version)


def _all_names(entity_key: str, *, versions: int = _VERSIONS) -> Iterator[str]:
    """All names under which its operations may stand in the books, corrections included."""
    for version in range(1, versions + 1):
        for operation in ("create", "update", "reverse"):
            operation_id = identity.operation_id(entity_key, version=version, operation=operation)
            yield str(identity.client_id(operation_id))
            yield identity.marker(operation_id)


def _about(source: Planned | None) -> dict[str, Any]:
    if source is None:
        return {}
    period = {"period": source.lines[0].period} if source.lines else {}
    return {"stream": source.stream, "key": source.key, "expected": source.lines, **period}


def _about_booking(found: Sequence[Booking]) -> dict[str, Any]:
    if not found:
        return {}
    return {"booking": found[0].name, "period": found[0].period, "held": found[0].lines}


def _difference(expected: Sequence[HeldLine], held: Sequence[HeldLine]) -> str:
    """Name the accounts that differ; the amounts stand in the totals and in the lines."""
    ours, theirs = totals_of(expected), totals_of(held)
    places = sorted(place for place in {*ours, *theirs} if ours.get(place) != theirs.get(place))
    if not places:
        return "the lines are divided otherwise"
    return "; ".join(f"account {account} in {period}" for period, account in places[:5])
