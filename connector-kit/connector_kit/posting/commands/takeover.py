"""Takes bookings over as they stand in the books: the ledger says that they are ours, and nothing is written there.

A booking that somebody else has made becomes the booking of an entry, so it is never made again. A booking of ours that
a person has changed stays as that person has left it, for this content of the source; a new content is judged against
the version that was taken over.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from connector_kit.books import identity
from connector_kit.errors import SettingError
from connector_kit.posting.commands.candidates import TO_BOOK, Candidate, Likeness
from connector_kit.posting.commands.look_ups import Written, asked
from connector_kit.posting.commands.rehearsal import Action, Planned
from connector_kit.posting.endpoint import Reversing, Updating
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.ledger.steps import ADOPT, LOOK_AGAIN_REVERSAL, REVERSE, Steps
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import Posting
from connector_kit.posting.rejection import one_line
from connector_kit.posting.strategies import ByClientId, strategy

__all__ = ["ADOPTED", "CHANGED", "Origin", "Takeover", "exact", "judged", "look_at_own", "store"]

ADOPTED: Final = "adopted"
"""Outcome in the log: a person has said that this booking is the fact."""
CHANGED: Final = frozenset({"changed_after_booking", "edited_at_provider", "different_at_provider"})
"""Reasons for which a record is not booked that end when the booking is taken over."""
_BOOKED: Final = {Action.SKIP, Action.UPDATE}


class Origin(StrEnum):
    """What is taken over."""

    SOMEBODY = "somebody"
    """A booking that somebody else has made."""
    EDITED = "edited"
    """A booking under our name that is not as the source has it."""
    SETTLED = "settled"
    """Nothing: it is taken over already, or is as we booked it."""


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """One entry whose booking is taken over.

    Attributes:
        planned: The entry.
        origin: What is taken over.
        entry: What the ledger says of it.
        held: What the books hold.
    """

    planned: Planned
    origin: Origin
    entry: Entry | None = field(repr=False)
    held: Reply = field(repr=False)

    @property
    def booking(self) -> str | None:
        """How the books call it."""
        return self.held.provider_id or (self.entry.provider_id if self.entry else None)


class _RefusedError(SettingError):
    def __init__(self, key: object, why: str) -> None:
        super().__init__(f"--accept: {one_line(key)}: {why}; nothing was taken over")


def exact(found: Sequence[Candidate]) -> list[Candidate]:
    """Those that are alike in everything, of which neither the entry nor the booking has another."""
    entries = Counter(one.planned.entity_key for one in found)
    bookings = Counter(one.booking.name for one in found)
    return [
        one
        for one in found
        if one.likeness is Likeness.SAME
        and entries[one.planned.entity_key] == bookings[one.booking.name] == 1
        and one.booking.number is not None
    ]


def judged(
    planned: Planned, found: Iterable[Candidate], ledger: Ledger, endpoints: Mapping[str, Any], *, booking: str | None
) -> Takeover:
    """Say what would be taken over for an entry.

    Args:
        planned: The entry.
        found: Bookings of others that are like entries.
        ledger: The ledger, locked.
        endpoints: The true endpoints of the record types.
        booking: Which one, where there are several.

    Raises:
        SettingError: It cannot be taken over, or not without being told more.
    """
    posting = planned.posting
    if posting is None:
        raise _RefusedError(planned.key, planned.reason.message if planned.reason else "cannot be read")
    entry = ledger.entry(posting.entity_key)
    if entry is not None:
        _refuse_unsettled(planned, entry, Steps(ledger))
    if planned.action in TO_BOOK and (entry is None or planned.action is Action.CREATE or entry.booked_hash is None):
        like = [one for one in found if one.planned is planned and booking in {None, one.booking.number}]
        return _of_somebody(planned, entry, like, endpoints[posting.stream])
    if booking is not None:
        raise _RefusedError(planned.key, "is booked under our name, so --booking does not choose for it")
    return _of_ours(planned, posting, entry, endpoints[posting.stream])


def _refuse_unsettled(planned: Planned, entry: Entry, steps: Steps) -> None:
    if entry.state in {State.SENT, State.IN_DOUBT}:
        raise _RefusedError(planned.key, "nobody knows yet what became of our own write; run `resolve` first")
    if entry.operation == REVERSE and entry.state is not State.CONFIRMED:
        raise _RefusedError(planned.key, "a correction of it is half done; run again, so that it is finished")
    if steps.of(entry.entity_key, LOOK_AGAIN_REVERSAL):
        raise _RefusedError(planned.key, "its reversal may be there twice; run again, so that it is looked at")


def _of_somebody(planned: Planned, entry: Entry | None, like: Sequence[Candidate], endpoint: Any) -> Takeover:
    key = planned.key
    if entry is not None and entry.booked_hash is not None:
        raise _RefusedError(key, "was booked while this was looked at; run again")
    if not like:
        raise _RefusedError(key, "the books hold nothing that is like it")
    if len(like) > 1:
        names = ", ".join(one_line(one.booking.name) for one in like)
        raise _RefusedError(key, f"{len(like)} bookings are like it ({names}); say which with --booking")
    number = like[0].booking.number
    if number is None:
        raise _RefusedError(key, "the books give the booking no identifier by which it could be known again")
    held = Reply(kind=OutcomeClass.APPLIED, provider_id=number)
    if isinstance(endpoint, Updating | Reversing):
        held = _there(key, asked(lambda: endpoint.recall(number)))
    return Takeover(planned=planned, origin=Origin.SOMEBODY, entry=entry, held=held)


def _of_ours(planned: Planned, posting: Posting[Any], entry: Entry | None, endpoint: Any) -> Takeover:
    reason = planned.reason
    if planned.action not in _BOOKED and (reason is None or reason.code not in CHANGED):
        raise _RefusedError(planned.key, reason.message if reason else "is not booked")
    held = _there(planned.key, look_at_own(entry, posting, endpoint))
    settled = entry is not None and _is_settled(entry, posting, held, endpoint)
    return Takeover(planned=planned, origin=Origin.SETTLED if settled else Origin.EDITED, entry=entry, held=held)


def look_at_own(entry: Entry | None, posting: Posting[Any], endpoint: Any) -> Reply:
    """Read what stands under our name: by the provider's identifier, where that can be."""
    number = entry.provider_id if entry else None
    if number and isinstance(endpoint, Updating | Reversing):
        return asked(lambda: endpoint.recall(number))
    return asked(lambda: strategy(endpoint).look(entry or Written.of(posting), posting.document))


def _there(key: object, held: Reply) -> Reply:
    if held.kind is OutcomeClass.ABSENT:
        raise _RefusedError(key, "is not in the books any more")
    if held.kind is not OutcomeClass.APPLIED:
        raise _RefusedError(key, "the books do not say what they hold of it; run again later")
    if held.others:
        numbers = ", ".join(one_line(number) for number in (held.provider_id, *held.others))
        raise _RefusedError(key, f"is in the books more than once ({numbers}); remove all but one by hand")
    return held


def _is_settled(entry: Entry | None, posting: Posting[Any], held: Reply, endpoint: Any) -> bool:
    if entry is None or entry.state is not State.CONFIRMED:
        return bool(strategy(endpoint).same(posting.document, held))  # the next run finds it so
    if entry.content_hash != posting.content_hash or entry.row_version != held.row_version:
        return False
    adopted = entry.row_version is not None or entry.operation == ADOPT
    return adopted or bool(strategy(endpoint).same(posting.document, held))


def store(takeover: Takeover, ledger: Ledger, endpoints: Mapping[str, Any]) -> None:
    """Store that the booking is the fact; the log of attempts says when, and in which run."""
    posting = takeover.planned.posting
    if takeover.origin is Origin.SETTLED or posting is None:
        return
    held, key, content = takeover.held, posting.entity_key, posting.content()
    entry = takeover.entry or ledger.intend(key, stream=posting.stream, **content)
    named: dict[str, Any] = {
        "provider_id": held.provider_id or entry.provider_id,
        "row_version": held.row_version,
        "location": held.location or entry.location,
    }
    if takeover.origin is Origin.SOMEBODY and isinstance(strategy(endpoints[posting.stream]), ByClientId):
        with suppress(ValueError):  # then the number is not one that could have been ours
            named["client_id"] = uuid.UUID(held.provider_id)
    ledger.advance(
        entry,
        State.CONFIRMED,
        outcome=ADOPTED,
        status=held.status,
        operation=ADOPT,
        operation_id=identity.operation_id(key, version=entry.version, operation=ADOPT),
        **named,
        **content,
    )
