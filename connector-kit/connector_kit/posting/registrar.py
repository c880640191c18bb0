"""Stores what became of a record, and says it in words that may be logged."""

from typing import Any, Generic, TypeVar

from connector_kit.posting.allowance import Allowance
from connector_kit.posting.endpoint import Explaining, Recognising
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import Posted, Posting
from connector_kit.posting.rejection import one_line

__all__ = ["Registrar"]

Document = TypeVar("Document")


class Registrar(Generic[Document]):
    """Writes the end of each operation into the ledger.

    Args:
        ledger: Open ledger.
        endpoint: The provider, which may be able to say in what contents differ.
        provider: Name for messages.
        allowance: Learns what was refused.
    """

    def __init__(self, *, ledger: Ledger, endpoint: object, provider: str, allowance: Allowance) -> None:
        self._ledger = ledger
        self._explaining = endpoint if isinstance(endpoint, Explaining) else None
        self._recognising = endpoint if isinstance(endpoint, Recognising) else None
        self._provider = provider
        self._allowance = allowance

    def confirm(self, entry: Entry, posting: Posting[Document], reply: Reply) -> Entry:
        """The provider has it."""
        self._allowance.accepted()
        named: dict[str, Any] = {
            "provider_id": reply.provider_id or entry.provider_id,
            "location": reply.location or entry.location,
            "row_version": reply.row_version,
            "fingerprint": self.fingerprint(posting) if reply.row_version is None else None,
        }
        return self._ledger.advance(
            entry, State.CONFIRMED, outcome=reply.kind, status=reply.status, **named, **posting.content()
        )

    def refused(self, entry: Entry, posting: Posting[Document], reply: Reply) -> Posted:
        """The provider will not take it."""
        code = _own_code(reply) or "refused_by_provider"
        if _own_code(reply) is None:
            self._allowance.refused(reply.status, reply.code)
        self._ledger.advance(entry, State.REJECTED, outcome=reply.kind, status=reply.status, code=code)
        return self.refusal(posting, reply)

    def refusal(self, posting: Posting[Document], reply: Reply) -> Posted:
        """Say that the provider will not take it, or that we do not even ask it to."""
        if code := _own_code(reply):
            return Posted.rejected(code, f"{posting.name}: {reply.text}")
        said = f"HTTP {reply.status}, message {one_line(reply.code)}" if reply.code else f"HTTP {reply.status}"
        return Posted.rejected(
            "refused_by_provider",
            f"{posting.name}: {self._provider} refuses it ({said}); its words stand in the dead letters",
            provider_code=reply.code,
            provider_text=reply.text,
        )

    def closed(self, entry: Entry, posting: Posting[Document], reply: Reply) -> Posted:
        """Its period is closed."""
        code = "closed_period"
        self._ledger.advance(entry, State.DEFERRED, outcome=reply.kind, status=reply.status, code=code)
        return self.closing(posting, reply)

    def closing(self, posting: Posting[Document], reply: Reply) -> Posted:
        """Say that its period is closed."""
        if code := _own_code(reply):
            return Posted.deferred(code, f"{posting.name}: {reply.text}")
        message = f"its period is closed at {self._provider}; open it and run again, or correct the date at the source"
        return Posted.deferred("closed_period", f"{posting.name}: {message}")

    def unknown(self, posting: Posting[Document]) -> Posted:
        """Say that nobody knows."""
        message = f"{posting.name}: nobody knows yet whether it is booked; a later run looks it up"
        return Posted.in_doubt("unknown_outcome", message)

    def unreadable(self, posting: Posting[Document]) -> Posted:
        """Say that the provider does not tell."""
        message = f"{posting.name}: {self._provider} does not say whether it is booked; the next run looks it up"
        return Posted.in_doubt("look_up_failed", message)

    def waiting(self, posting: Posting[Document]) -> Posted:
        """Say that a lost write may still arrive."""
        message = f"{posting.name}: an earlier content of it may still arrive; run again later"
        return Posted.in_doubt("earlier_version_in_doubt", message)

    def quarantined(self, posting: Posting[Document]) -> Posted:
        """Say that what a lost ledger has sent may still arrive."""
        message = "the ledger is new, and what an earlier one has sent may still arrive; run again later"
        return Posted.deferred("quarantine", f"{posting.name}: {message}")

    def duplicate(self, entry: Entry, posting: Posting[Document] | None, found: Reply) -> Posted:
        """It is there more than once; nothing is deleted."""
        code = "duplicate_at_provider"
        self._ledger.advance(entry, State.NEEDS_HUMAN, outcome=found.kind, status=found.status, code=code)
        ids = ", ".join(one_line(number) for number in (found.provider_id, *found.others) if number)
        name = posting.name if posting else entry.stream
        message = f"{name}: {self._provider} holds it {1 + len(found.others)} times ({ids}); remove all but one by hand"
        return Posted.in_doubt(code, message)

    def earlier_twice(self, name: str) -> Posted:
        """Say that a reversal, or a booking that was taken back since, is there more than once."""
        held = f"{self._provider} holds its reversal, or an earlier booking of it, more than once"
        message = f"{name}: {held}; remove what is too much by hand"
        return Posted.in_doubt("duplicate_at_provider", message)

    def different(self, entry: Entry, posting: Posting[Document], found: Reply) -> Posted:
        """Something else is there after a write of ours: a person must look, unless others may have put it there."""
        if posting.kind.shared_identity:
            self._ledger.advance(entry, State.REJECTED, code="changed_after_booking")
            return self.changed(posting, found)
        code = "different_at_provider"
        self._ledger.advance(entry, State.NEEDS_HUMAN, outcome=found.kind, status=found.status, code=code)
        held = found.provider_id or entry.client_id
        message = f"{posting.name}: {self._provider} holds another content under its identifier {one_line(held)}"
        return Posted.in_doubt(code, message)

    def edited(self, posting: Posting[Document], held: Reply, entry: Entry | None = None) -> Posted:
        """A person has changed it; an update that was lost ends here."""
        how = "by hand"
        if entry is not None:
            how = "by hand, or by an update whose answer was lost"
            self._ledger.advance(entry, State.REJECTED, outcome=OutcomeClass.CONFLICT, code="edited_at_provider")
        message = f"{posting.name}: was changed {how} at {self._provider}, so it is left as it is there"
        return Posted.rejected("edited_at_provider", message, differences=self._differences(posting, held))

    def gone(self, posting: Posting[Document], entry: Entry | None = None) -> Posted:
        """A person has removed it; an update that was lost ends here."""
        if entry is not None:
            self._ledger.advance(entry, State.REJECTED, outcome=OutcomeClass.ABSENT, code="gone_at_provider")
        message = f"{posting.name}: was booked, and was removed by hand at {self._provider}, so it is left out there"
        return Posted.rejected("gone_at_provider", message)

    def changed(self, posting: Posting[Document], held: Reply | None = None) -> Posted:
        """Say that it is booked with another content."""
        differences = self._differences(posting, held) if held else None
        message = f"{posting.name}: {posting.kind.changed}"
        return Posted.rejected("changed_after_booking", message, differences=differences)

    @property
    def explains(self) -> bool:
        """Whether the provider's copy says in what a record differs."""
        return self._explaining is not None

    def fingerprint(self, posting: Posting[Document]) -> str | None:
        """By what it will be known again when its record says something else, or is not there."""
        return self._recognising.fingerprint(posting.document) if self._recognising else None

    def recognises(self, entry: Entry, held: Reply) -> bool:
        """Whether what was found is what we sent last."""
        one = held.kind is OutcomeClass.APPLIED and not held.others
        if not one or entry.fingerprint is None or self._recognising is None:
            return False
        return self._recognising.recognises(entry.fingerprint, held)

    def _differences(self, posting: Posting[Document], held: Reply) -> Any:
        if self._explaining is None or held.kind is not OutcomeClass.APPLIED:
            return None
        return self._explaining.differences(posting.document, held)


def _own_code(reply: Reply) -> str | None:
    """Why an endpoint has not even asked the provider, in our words; its text may be logged then."""
    return reply.code if reply.status is None and reply.text else None
