"""What to do next with a record: pure judgement over what the ledger says, what the record says and what was found."""

from dataclasses import dataclass
from enum import StrEnum

from connector_kit.posting.ledger import State

__all__ = ["Content", "Found", "Move", "Situation", "first_move", "next_move"]


class Move(StrEnum):
    """What to do next."""

    WRITE = "write"
    """Book it."""
    LOOK = "look"
    """See what the provider holds, then judge again."""
    CONFIRM = "confirm"
    """It is there as it should be."""
    EXISTING = "existing"
    """Nothing: it is booked as it is."""
    STALE = "stale"
    """Nothing: something newer is known."""
    CHANGED = "changed"
    """It is booked with another content: do what the setting says."""
    CHANGED_AS_FOUND = "changed_as_found"
    """A lost write of another content has arrived: store that, then as CHANGED."""
    READ_VERSION = "read_version"
    """It is booked as it is, but its version was never read: look once, so that it can be changed later."""
    FINISH = "finish"
    """Go on with a correction that is half done."""
    REPEAT_UPDATE = "repeat_update"
    """A lost update has not arrived: make it again."""
    WAIT = "wait"
    """A lost write may still arrive; a later run looks."""
    QUARANTINE = "quarantine"
    """The ledger is new, or an older copy: what another one has sent may still arrive."""
    FOREIGN = "foreign"
    """Something else is there that no write of ours in the ledger explains."""
    DIFFERENT = "different"
    """Something else is there after a write of ours."""
    EDITED = "edited"
    """A person has changed what we booked."""
    GONE = "gone"
    """What we booked is not there any more."""
    DUPLICATE = "duplicate"
    """It is there more than once: a person must decide."""
    UNREADABLE = "unreadable"
    """The provider does not say what is there."""


class Content(StrEnum):
    """The record beside the newest content in the ledger."""

    SAME = "same"
    OTHER = "other"
    REMAPPED = "remapped"
    """Another document, perhaps only because the mapping is another one."""


class Found(StrEnum):
    """What a look-up has found."""

    ABSENT = "absent"
    SAME = "same"
    """What we would write."""
    AS_BOOKED = "as_booked"
    """Something else, which is what we booked last."""
    AS_SENT = "as_sent"
    """What we sent last, of which nobody knew whether it had arrived."""
    OTHER = "other"
    MANY = "many"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the judgement looks at.

    Attributes:
        state: State of the newest operation; None for a fact that the ledger does not know.
        content: The record beside it.
        booked: The provider is known to hold an earlier content, which the newest operation changes.
        reversing: The newest operation takes the booking back, to book it again.
        older: The source says that this is an older version than the one in the ledger.
        settled: A write that was lost can no longer arrive.
        cold: The ledger does not know the history of the books.
        quarantined: What a lost ledger has sent may still arrive, and writing it again makes a second booking.
        repeatable: Writing the same again makes no second booking.
        looks_first: Others make such things too: look before the first write.
        proved_absent: It was not there before either, a good while ago.
        unread: It may have to be changed, and its version was never read.
    """

    state: State | None
    content: Content = Content.SAME
    booked: bool = False
    reversing: bool = False
    older: bool = False
    settled: bool = True
    cold: bool = False
    quarantined: bool = False
    repeatable: bool = True
    looks_first: bool = False
    proved_absent: bool = False
    unread: bool = False

    @property
    def sent(self) -> bool:
        """Whether it may be there without our knowing."""
        return self.state in {State.SENT, State.IN_DOUBT}


def first_move(case: Situation) -> Move:  # noqa: PLR0911  # one table
    """Judge what the ledger and the record say."""
    match case.state:
        case None if case.quarantined:
            return Move.QUARANTINE
        case None:
            return Move.LOOK if case.cold or case.looks_first else Move.WRITE
        case _ if case.older:
            return Move.STALE
        case _ if case.reversing:
            return Move.FINISH
        case State.CONFIRMED if case.unread and case.content is Content.SAME:
            return Move.READ_VERSION
        case State.CONFIRMED:
            return {Content.SAME: Move.EXISTING, Content.REMAPPED: Move.LOOK, Content.OTHER: Move.CHANGED}[case.content]
        case State.SENT | State.IN_DOUBT:
            return Move.LOOK if case.settled or case.repeatable else Move.WAIT
        case State.NEEDS_HUMAN:
            return Move.LOOK
        case _ if case.booked:
            return Move.CHANGED
        case _:
            return Move.LOOK if case.cold or case.looks_first else Move.WRITE


def next_move(case: Situation, found: Found) -> Move:  # noqa: PLR0911  # one table
    """Judge what was found."""
    match found:
        case Found.UNKNOWN:
            return Move.UNREADABLE
        case Found.MANY:
            return Move.DUPLICATE
        case Found.SAME:
            return Move.CONFIRM
        case Found.ABSENT:
            return _when_absent(case)
        case Found.AS_BOOKED if case.sent and case.booked:
            if case.content is Content.SAME:
                return Move.REPEAT_UPDATE
            return Move.CHANGED if case.settled else Move.WAIT
        case Found.AS_SENT if case.sent and case.content is not Content.SAME:
            return Move.CHANGED_AS_FOUND if case.settled else Move.WAIT
        case Found.AS_SENT if case.sent:
            return Move.CONFIRM
        case _:
            return _when_other(case)


def _when_absent(case: Situation) -> Move:
    if case.booked or case.state is State.CONFIRMED:
        return Move.GONE
    if case.sent and not case.repeatable:
        return _unless_quarantined(case) if case.proved_absent else Move.WAIT
    if case.sent and not case.settled and case.content is not Content.SAME:
        return Move.WAIT
    return _unless_quarantined(case)


def _unless_quarantined(case: Situation) -> Move:
    return Move.QUARANTINE if case.quarantined else Move.WRITE


def _when_other(case: Situation) -> Move:
    if case.state is State.CONFIRMED:
        return Move.CHANGED
    if case.sent or case.state is State.NEEDS_HUMAN:
        if case.booked:
            return Move.EDITED
        return Move.CHANGED_AS_FOUND if case.sent and case.content is not Content.SAME else Move.DIFFERENT
    return Move.FOREIGN
