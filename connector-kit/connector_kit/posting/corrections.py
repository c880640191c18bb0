"""Takes a booking back and books its fact again: both steps are staged before either is sent, and none is forgotten."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, TypeVar

from connector_kit.posting.delivery import Delivery, Patience
from connector_kit.posting.endpoint import Reversing
from connector_kit.posting.ledger import PROVED_ABSENT, Entry, Ledger, State
from connector_kit.posting.ledger.steps import REVERSE, Step, Steps
from connector_kit.posting.lost_writes import LostWrites
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import Posted, Posting
from connector_kit.posting.registrar import Registrar
from connector_kit.posting.rejection import RejectedError
from connector_kit.posting.strategies import Strategy

__all__ = ["Corrections"]

Document = TypeVar("Document")


_ONE_TRY: Final = 2
"""Stages of a step: before, and after."""


class _Taken(Enum):
    """What became of taking a booking back."""

    DONE = auto()
    UNKNOWN = auto()
    UNREADABLE = auto()
    TWICE = auto()
    GONE = auto()
    EDITED = auto()
    REFUSED = auto()
    CLOSED = auto()


@dataclass(frozen=True, kw_only=True)
class Corrections(Generic[Document]):
    """Corrects bookings of one endpoint.

    Attributes:
        ledger: Open ledger.
        steps: Its open steps.
        endpoint: The provider.
        strategy: How a write is found again.
        delivery: Makes the requests.
        registrar: Says what became of it.
        lost: Knows when a write can no longer arrive.
        patience: Bounds.
    """

    ledger: Ledger
    steps: Steps
    endpoint: object
    strategy: Strategy[Document]
    delivery: Delivery
    registrar: Registrar[Document]
    lost: LostWrites
    patience: Patience

    def begin(self, entry: Entry, posting: Posting[Document]) -> Posted | Entry:
        """Stage both steps, and do the first.

        Returns:
            The entry, now to be booked anew; or why not.
        """
        return self.finish(self.steps.stage_correction(entry, **posting.content()), posting)

    def finish(self, entry: Entry, posting: Posting[Document]) -> Posted | Entry:  # noqa: PLR0911  # one table
        """Go on with the first step, wherever it stands."""
        result = self.take_back(entry)
        if isinstance(result, Entry):
            return result
        taken, reply = result
        match taken:
            case _Taken.GONE:
                return self.registrar.gone(posting)
            case _Taken.EDITED:
                return self.registrar.edited(posting, reply)
            case _Taken.REFUSED:
                return self.registrar.refusal(posting, reply)
            case _Taken.CLOSED:
                return self.registrar.closing(posting, reply)
            case _Taken.UNREADABLE:
                return self.registrar.unreadable(posting)
            case _Taken.TWICE:
                return self.registrar.earlier_twice(posting.name)
            case _:
                return self.registrar.unknown(posting)

    def take_back(self, entry: Entry) -> Entry | tuple[_Taken, Reply]:
        """Do the first step; needs no record, so that a half-done correction does not wait for one.

        Returns:
            The entry, now to be booked anew; or what is in the way.
        """
        step = self.steps.of(entry.entity_key, REVERSE)
        endpoint = self.endpoint
        if step is None or not isinstance(endpoint, Reversing):
            return _Taken.UNREADABLE, Reply(kind=OutcomeClass.UNKNOWN)
        held = self.delivery.look(lambda: endpoint.recall(step.provider_id or str(entry.client_id)))
        if held.kind is OutcomeClass.ABSENT:
            return self._given_up(entry, step, _Taken.GONE, held, code="gone_at_provider")
        if held.kind is not OutcomeClass.APPLIED:
            return _Taken.UNREADABLE, held
        if step.state is State.INTENT and held.row_version != entry.row_version:
            self.steps.abandon(entry, code="edited_at_provider")
            return _Taken.EDITED, held
        try:
            document: Document = endpoint.reversal(held)
        except RejectedError as error:
            reply = Reply(kind=OutcomeClass.REFUSED, code=error.code, text=str(error))
            return self._given_up(entry, step, _Taken.REFUSED, reply, code=error.code)
        return self._book_reversal(entry, step, document)

    def _book_reversal(self, entry: Entry, step: Step, document: Document) -> Entry | tuple[_Taken, Reply]:
        if step.state is not State.INTENT or self.ledger.cold:  # a ledger that was lost may have sent it
            found = self.delivery.look(lambda: self.strategy.look(step, document))
            if found.kind is OutcomeClass.APPLIED:
                return self._twice(step, found) if found.others else self._done(entry, step, found)
            if found.kind is not OutcomeClass.ABSENT:
                return _Taken.UNREADABLE, found
            if not self._may_be_written(step):
                return _Taken.UNKNOWN, found
            if step.state is not State.INTENT and not self.strategy.repeatable:
                step = self.steps.advance(step, State.INTENT, outcome=PROVED_ABSENT)
        stages, lost = [step], step.state is not State.INTENT and not self.lost.settled(step.sent_at)

        def once() -> tuple[_Taken, Reply] | None:
            after, result = self._write_and_settle(stages[-1], document)
            stages.append(after)
            return result

        result = self.delivery.repeated(self.patience.writes, lambda result: result is None, once)
        taken, reply = result or (_Taken.UNKNOWN, Reply(kind=OutcomeClass.UNKNOWN))
        if taken is _Taken.DONE:
            return self._done(entry, stages[-1], reply)
        if taken in {_Taken.REFUSED, _Taken.CLOSED}:
            if lost or len(stages) > _ONE_TRY:
                self.steps.advance(stages[-1], State.IN_DOUBT, outcome=reply.kind, status=reply.status)
                return _Taken.UNKNOWN, reply  # an earlier try may still arrive
            code = "closed_period" if taken is _Taken.CLOSED else "refused_by_provider"
            self.steps.abandon(entry, code=code)
        return taken, reply

    def _may_be_written(self, step: Step) -> bool:
        """Whether a second one can no longer come of it, now that it was not found."""
        if self.strategy.repeatable:
            return True
        return self.lost.quarantine_over() if step.state is State.INTENT else self.lost.proved_absent(step)

    def _given_up(self, entry: Entry, step: Step, taken: _Taken, reply: Reply, *, code: str) -> tuple[_Taken, Reply]:
        """Leave the booking as it is, unless what takes it back may have been booked already."""
        if step.state is not State.INTENT:
            return _Taken.UNKNOWN, reply
        self.steps.abandon(entry, code=code)
        return taken, reply

    def _write_and_settle(self, step: Step, document: Document) -> tuple[Step, tuple[_Taken, Reply] | None]:
        """Write once; None if after an unknown outcome it is not there and may be written again at once."""
        step, reply = self.delivery.write(step, lambda: self.strategy.write(step, document), self.steps.advance)
        match reply.kind:
            case OutcomeClass.APPLIED:
                return step, (_Taken.DONE, reply)
            case OutcomeClass.REFUSED:
                return step, (_Taken.REFUSED, reply)
            case OutcomeClass.CLOSED:
                return step, (_Taken.CLOSED, reply)
        step = self.steps.advance(step, State.IN_DOUBT, outcome=reply.kind, status=reply.status)
        found = self.delivery.look(lambda: self.strategy.look(step, document))
        if found.kind is OutcomeClass.APPLIED:
            return step, self._twice(step, found) if found.others else (_Taken.DONE, found)
        again = found.kind is OutcomeClass.ABSENT and self.strategy.repeatable
        return step, None if again else (_Taken.UNKNOWN, found)

    def _twice(self, step: Step, found: Reply) -> tuple[_Taken, Reply]:
        """It is taken back more than once: nothing goes on until a person has removed what is too much."""
        if step.state is not State.NEEDS_HUMAN:
            self.steps.advance(step, State.NEEDS_HUMAN, outcome=found.kind, status=found.status)
        return _Taken.TWICE, found

    def _done(self, entry: Entry, step: Step, reply: Reply) -> Entry:
        confirmed = self.steps.advance(step, State.CONFIRMED, outcome=reply.kind, status=reply.status)
        return self.steps.rebook(entry, confirmed)
