"""Works through what earlier runs left behind, without the records: lost writes, half-done corrections."""

import logging
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from connector_kit.posting.corrections import Corrections
from connector_kit.posting.delivery import Delivery
from connector_kit.posting.endpoint import MarkerEndpoint, Reversing, Updating
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.ledger.steps import LOOK_AGAIN, LOOK_AGAIN_REVERSAL, REVERSE, Step, Steps
from connector_kit.posting.lost_writes import LostWrites
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.registrar import Registrar
from connector_kit.posting.strategies import ByMarker, Strategy, Written

__all__ = ["Doubts"]

Document = TypeVar("Document")
logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Doubts(Generic[Document]):
    """Settles what can be settled without the records of one stream.

    Attributes:
        stream: Record type.
        ledger: Open ledger.
        steps: Its open steps.
        endpoint: The provider.
        strategy: How a write is found again.
        delivery: Makes the requests.
        registrar: Stores the ends.
        corrections: Takes back and books again.
        lost: Knows when a write can no longer arrive.
        seen: Steps that this run has looked at, and found nothing twice.
    """

    stream: str
    ledger: Ledger
    steps: Steps
    endpoint: object
    strategy: Strategy[Document]
    delivery: Delivery
    registrar: Registrar[Document]
    corrections: Corrections[Document]
    lost: LostWrites
    seen: set[str] = field(default_factory=set)

    def at_start(self) -> None:
        """Finish what is half done, and look once more where a lost write was made again.

        Raises:
            NotNowError: The calls are used up.
            ConnectorError: The provider cannot be asked.
        """
        for step in self.steps.open(self.stream, REVERSE):
            if entry := self.ledger.entry(step.entity_key):
                self._take_back(entry)
        if isinstance(self.strategy, ByMarker):
            for operation in (LOOK_AGAIN, LOOK_AGAIN_REVERSAL):
                for step in self.steps.open(self.stream, operation):
                    self._look_again(step)

    def at_end(self) -> None:
        """Look up what no record of this run has settled.

        Raises:
            NotNowError: The calls are used up.
            ConnectorError: The provider cannot be asked.
        """
        for entry in self.ledger.in_doubt(self.stream):
            if self.lost.settled(entry.sent_at):
                self._settle(entry)

    def due(self, entry: Entry) -> bool:
        """Whether it is time to look once more at a booking that was written again."""
        return entry.state not in {State.SENT, State.IN_DOUBT} and self.lost.settled(entry.sent_at)

    def looked(self, step: Step, entry: Entry, found: Reply) -> bool:
        """Store that there is no second booking, once none can come any more; whether there is none now."""
        told = found.kind in {OutcomeClass.APPLIED, OutcomeClass.ABSENT} and not found.others
        if told and not (self.lost.watched(step.sent_at) or self.lost.watched(entry.sent_at)):
            self.steps.looked_again(step)
        if told:
            self.seen.add(step.operation_id)
        return told

    def _take_back(self, entry: Entry) -> None:
        result = self.corrections.take_back(entry)
        if not isinstance(result, Entry) and result[1].others:
            logger.error("Duplicate: %s", self.registrar.earlier_twice(entry.stream).reason)

    def _look_again(self, step: Step) -> None:
        entry = self.ledger.entry(step.entity_key)
        if entry is None or not self.due(entry) or not self.lost.settled(step.sent_at):
            return
        found = self._find(step)
        if found.kind is OutcomeClass.APPLIED and found.others:
            logger.error("Duplicate: %s", self.registrar.duplicate(entry, None, found).reason)
        elif found.kind is OutcomeClass.APPLIED and _is_awaited(entry) and step.marker == entry.marker:
            self._confirm(entry, found)  # else that is an earlier booking of the fact, which was taken back since
        self.looked(step, entry, found)

    def _settle(self, entry: Entry) -> None:
        found = self._find(entry)
        match found.kind:
            case OutcomeClass.APPLIED if found.others:
                logger.error("Duplicate: %s", self.registrar.duplicate(entry, None, found).reason)
            case OutcomeClass.APPLIED if entry.booked_hash is None or self.registrar.recognises(entry, found):
                self._confirm(entry, found)
            case OutcomeClass.ABSENT if entry.booked_hash is None and not self.strategy.repeatable:
                if self.lost.proved_absent(entry):
                    self.steps.write_again(entry)

    def _find(self, written: Written | Entry) -> Reply:
        """Look without a record: by the mark, or by the identifier if the endpoint can read one."""
        endpoint = self.endpoint
        if isinstance(self.strategy, ByMarker):
            marked: MarkerEndpoint[Document] = self.strategy.endpoint
            return self.delivery.look(lambda: marked.find(written.marker or "", written.period))
        if isinstance(endpoint, Updating | Reversing) and self.strategy.repeatable:
            number = getattr(written, "provider_id", None) or str(written.client_id)
            return self.delivery.look(lambda: endpoint.recall(number))
        return Reply(kind=OutcomeClass.UNKNOWN)

    def _confirm(self, entry: Entry, found: Reply) -> None:
        self.ledger.advance(
            entry,
            State.CONFIRMED,
            outcome=found.kind,
            status=found.status,
            provider_id=found.provider_id or entry.provider_id,
            # What nobody can compare may be a person's version.
            row_version=found.row_version if self.registrar.recognises(entry, found) else None,
            location=found.location,
        )


def _is_awaited(entry: Entry) -> bool:
    """Whether it is to be written again; and not the booking of an earlier content, which is being corrected."""
    return entry.state is State.INTENT and entry.booked_hash is None
