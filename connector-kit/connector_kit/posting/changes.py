"""Records that are booked with another content: left, rejected, updated, or reversed and booked again."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from connector_kit.posting.corrections import Corrections
from connector_kit.posting.delivery import Delivery, Patience
from connector_kit.posting.endpoint import Reversing, Updating
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.ledger.steps import ADOPT
from connector_kit.posting.lost_writes import LostWrites
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import OnChanged, Posted, Posting, Result
from connector_kit.posting.registrar import Registrar
from connector_kit.posting.strategies import Strategy

__all__ = ["UPDATE", "Changes"]

Document = TypeVar("Document")

UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Changes(Generic[Document]):
    """Does what the setting `on_changed` says.

    Attributes:
        ledger: Open ledger.
        endpoint: The provider.
        strategy: How a write is found again.
        delivery: Makes the requests.
        registrar: Stores the ends.
        corrections: Takes back and books again.
        lost: Knows when a write can no longer arrive.
        patience: Bounds.
        on_changed: What to do.
    """

    ledger: Ledger
    endpoint: object
    strategy: Strategy[Document]
    delivery: Delivery
    registrar: Registrar[Document]
    corrections: Corrections[Document]
    lost: LostWrites
    patience: Patience
    on_changed: OnChanged

    def apply(self, entry: Entry, posting: Posting[Document]) -> Posted | Entry:
        """Deal with a record whose earlier content is booked.

        Returns:
            What became of it; or the entry that is now to be booked anew.
        """
        remapped = entry.mapping_version != posting.mapping_version
        if entry.operation == ADOPT and remapped and self.on_changed is not OnChanged.SKIP:
            return self._reject(entry, posting)  # perhaps nothing is new but the mapping
        match self.on_changed:
            case OnChanged.SKIP:
                return Posted(result=Result.EXISTING)
            case OnChanged.UPDATE if isinstance(self.endpoint, Updating):
                return self._update(self.endpoint, entry, posting)
            case OnChanged.REVERSE if isinstance(self.endpoint, Reversing):
                return self._reverse(entry, posting)
            case _:
                return self._reject(entry, posting)

    @property
    def need_versions(self) -> bool:
        """Whether what is booked may have to be changed, which takes its version."""
        updates = self.on_changed is OnChanged.UPDATE and isinstance(self.endpoint, Updating)
        return updates or (self.on_changed is OnChanged.REVERSE and isinstance(self.endpoint, Reversing))

    def repeat(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Make a lost update again that has not arrived."""
        if not isinstance(self.endpoint, Updating):
            return self.registrar.unknown(posting)
        return self._send(self.endpoint, entry, posting)

    def _reject(self, entry: Entry, posting: Posting[Document]) -> Posted:
        if not self.registrar.explains:
            return self.registrar.changed(posting)
        held = self.delivery.look(lambda: self.look(entry, posting))
        if self._holds(posting, held):
            self.registrar.confirm(entry, posting, held)
            return Posted(result=Result.EXISTING)
        return self.registrar.changed(posting, held)

    def look(self, entry: Entry, posting: Posting[Document]) -> Reply:
        """Read what was booked: under the provider's own identifier, where it can be."""
        if isinstance(self.endpoint, Updating | Reversing) and entry.provider_id:
            return self.endpoint.recall(entry.provider_id)
        return self.strategy.look(entry, posting.document)

    def _update(self, endpoint: Updating[Document], entry: Entry, posting: Posting[Document]) -> Posted:
        if self.lost.may_replace(entry):
            return self.registrar.waiting(posting)
        held = self.delivery.look(lambda: self.look(entry, posting))
        booked = self._as_booked(entry, posting, held)
        if isinstance(booked, Posted):
            return booked
        return self._send(endpoint, self.ledger.intend_again(booked, UPDATE, **posting.content()), posting)

    def _send(self, endpoint: Updating[Document], entry: Entry, posting: Posting[Document]) -> Posted:
        """Update, and where the outcome is unknown look and do the same again, a few times."""
        number = entry.provider_id or str(entry.client_id)
        steps, fingerprint = [entry], self.registrar.fingerprint(posting)

        def store(before: Entry, state: State, /, **said: Any) -> Entry:
            more: dict[str, Any] = {"fingerprint": fingerprint} if state is State.SENT else {}
            return self.ledger.advance(before, state, **said, **more)

        def once() -> Posted | None:
            sent, reply = self.delivery.write(
                steps[-1], lambda: endpoint.update(number, entry.row_version, posting.document), store
            )
            after, posted = self._settle(sent, posting, reply)
            steps.append(after)
            return posted

        posted = self.delivery.repeated(self.patience.writes, lambda posted: posted is None, once)
        return posted or self.registrar.unknown(posting)

    def _settle(self, entry: Entry, posting: Posting[Document], reply: Reply) -> tuple[Entry, Posted | None]:  # noqa: PLR0911  # one table
        match reply.kind:
            case OutcomeClass.APPLIED:
                return self.registrar.confirm(entry, posting, reply), Posted(result=Result.UPDATED)
            case OutcomeClass.REFUSED:
                return entry, self.registrar.refused(entry, posting, reply)
            case OutcomeClass.CLOSED:
                return entry, self.registrar.closed(entry, posting, reply)
        doubted = self.ledger.advance(entry, State.IN_DOUBT, outcome=reply.kind, status=reply.status)
        found = self.delivery.look(lambda: self.look(doubted, posting))
        if self._holds(posting, found):
            return self.registrar.confirm(doubted, posting, found), Posted(result=Result.UPDATED)
        match found.kind:
            case OutcomeClass.APPLIED if found.row_version != entry.row_version:
                return doubted, self.registrar.edited(posting, found, doubted)
            case OutcomeClass.APPLIED if reply.kind is OutcomeClass.CONFLICT:
                return doubted, self.registrar.refused(doubted, posting, reply)
            case OutcomeClass.APPLIED:
                return doubted, None
            case OutcomeClass.ABSENT:
                return doubted, self.registrar.gone(posting, doubted)
            case _:
                return doubted, self.registrar.unreadable(posting)

    def _reverse(self, entry: Entry, posting: Posting[Document]) -> Posted | Entry:
        held = self.delivery.look(lambda: self.look(entry, posting))
        booked = self._as_booked(entry, posting, held)
        return booked if isinstance(booked, Posted) else self.corrections.begin(booked, posting)

    def _as_booked(self, entry: Entry, posting: Posting[Document], held: Reply) -> Posted | Entry:  # noqa: PLR0911  # one table
        """What we booked last, if it is what is there; else nothing may be changed."""
        if self._holds(posting, held):
            self.registrar.confirm(entry, posting, held)
            return Posted(result=Result.EXISTING)
        match held.kind:
            case OutcomeClass.ABSENT:
                return self.registrar.gone(posting)
            case OutcomeClass.APPLIED if entry.row_version is None and self.registrar.recognises(entry, held):
                return self.ledger.advance(entry, entry.state, outcome=held.kind, row_version=held.row_version)
            case OutcomeClass.APPLIED if entry.row_version is None or held.row_version is None:
                return self.registrar.changed(posting, held)
            case OutcomeClass.APPLIED if held.others or held.row_version != entry.row_version:
                return self.registrar.edited(posting, held)
            case OutcomeClass.APPLIED:
                return entry
            case _:
                return Posted.deferred("look_up_failed", f"{posting.name}: cannot be read now; run again later")

    def _holds(self, posting: Posting[Document], held: Reply) -> bool:
        return held.kind is OutcomeClass.APPLIED and not held.others and self.strategy.same(posting.document, held)
