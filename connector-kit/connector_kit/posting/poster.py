"""Books a document exactly once at endpoints that know it by an identity of ours.

Every step is on disk before the next one begins: intent, sent, and then what became of it. What is not known is
looked up under that identity before anything is written again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.posting.delivery import Delivery, Patience
from connector_kit.posting.endpoint import ClientIdEndpoint
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import Posted, Posting, Result
from connector_kit.posting.rejection import one_line

__all__ = ["ClientIdPoster", "UnreliableProviderError"]

Document = TypeVar("Document")

_CHANGED: Final = "changed_after_booking"


class UnreliableProviderError(ConnectorError):
    """Several writes in a row have an unknown outcome: going on would only make more of them."""

    exit_code = ExitCode.IN_DOUBT


class ClientIdPoster(Generic[Document]):
    """Books documents of one stream, one at a time.

    Args:
        ledger: Open ledger of the administration.
        endpoint: The provider.
        interruption: Guards requests and waits against signals.
        provider: Name for messages.
        login_command: What to run when the provider does not accept the login any more.
        patience: Bounds.
        now: Clock.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        endpoint: ClientIdEndpoint[Document],
        interruption: Interruption,
        provider: str,
        login_command: str,
        patience: Patience | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._ledger = ledger
        self._endpoint = endpoint
        self._provider = provider
        self._patience = patience or Patience()
        self._now = now or (lambda: datetime.now(UTC))
        self._delivery = Delivery(
            ledger=ledger,
            endpoint=endpoint,
            interruption=interruption,
            provider=provider,
            login_command=login_command,
            patience=self._patience,
        )
        self._delivered: dict[str, tuple[str, Posted]] = {}
        self._doubts_in_a_row = 0

    def post(self, posting: Posting[Document]) -> Posted:
        """Book a document unless it is booked already.

        Raises:
            LoginRequiredError: The provider does not accept the login.
            SettingError: It accepts the login, but not for this.
            UnreachableError: It cannot be reached, or keeps asking to wait.
            Interrupted: A signal came; what was under way is stored as it is known.
        """
        delivered_hash, delivered = self._delivered.get(posting.entity_key, (None, None))
        if delivered and delivered_hash != posting.content_hash:
            message = f"{posting.name}: was delivered with two contents in one run; deliver one of them"
            return Posted.rejected("conflicting_versions", message)
        if delivered and delivered.result is Result.FAIL:
            return delivered
        posted = self._post(posting)
        self._delivered[posting.entity_key] = (posting.content_hash, posted)
        self._doubts_in_a_row = self._doubts_in_a_row + 1 if posted.result is Result.IN_DOUBT else 0
        return posted

    def check_provider(self) -> None:
        """End the run when outcomes have been unknown too often in a row; call it once the last one is counted.

        Raises:
            UnreliableProviderError: They have.
        """
        if self._doubts_in_a_row >= self._patience.doubts_in_a_row:
            raise UnreliableProviderError(
                f"{self._doubts_in_a_row} entries in a row are in doubt, {self._provider} does not work as it should; "
                "run again later, then they are looked up"
            )

    def _post(self, posting: Posting[Document]) -> Posted:
        entry = self._ledger.entry(posting.entity_key)
        if entry is None:
            entry = self._ledger.intend(
                posting.entity_key,
                stream=posting.stream,
                content_hash=posting.content_hash,
                mapping_version=posting.mapping_version,
            )
            return self._look_then_write(entry, posting) if self._ledger.cold else self._write(entry, posting)
        if entry.state is not State.CONFIRMED:
            return self._look_then_write(entry, posting)
        if entry.content_hash == posting.content_hash:
            return Posted(result=Result.EXISTING)
        if entry.mapping_version == posting.mapping_version:
            return _changed(posting)
        return self._compare(entry, posting)

    def _compare(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Another version of the mapping wrote it: the provider tells whether the content is another one."""
        found = self._delivery.read(entry, posting)
        if self._holds(posting, found):
            self._confirm(entry, posting, found)
            return Posted(result=Result.EXISTING)
        return _changed(posting) if found.kind is OutcomeClass.APPLIED else self._not_readable(posting)

    def _look_then_write(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Go on with an entry that may be booked: the look-up decides, never the ledger alone."""
        was_sent = entry.state in {State.SENT, State.IN_DOUBT}
        same_content = entry.content_hash == posting.content_hash
        found = self._delivery.read(entry, posting)
        if self._holds(posting, found):
            self._confirm(entry, posting, found)
            return Posted(result=Result.SUCCESS if was_sent else Result.EXISTING)
        match found.kind:
            case OutcomeClass.APPLIED:
                ours = same_content or posting.kind.shared_identity
                return self._other_content(entry, posting) if was_sent and ours else _changed(posting)
            case OutcomeClass.ABSENT if was_sent and not same_content and not self._settled(entry):
                message = f"{posting.name}: an earlier content of it may still arrive; run again later"
                return Posted.in_doubt("earlier_version_in_doubt", message)
            case OutcomeClass.ABSENT:
                return self._write(entry, posting)
            case _:
                return self._not_readable(posting)

    def _write(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Write, and where the outcome is unknown look up and write the same again, a few times."""
        steps = [entry]

        def once() -> Posted | None:
            after, posted = self._write_and_settle(steps[-1], posting)
            steps.append(after)
            return posted

        posted = self._delivery.repeated(self._patience.writes, lambda posted: posted is None, once)
        message = f"{posting.name}: nobody knows yet whether it is booked; the next run looks it up"
        return posted or Posted.in_doubt("unknown_outcome", message)

    def _write_and_settle(self, entry: Entry, posting: Posting[Document]) -> tuple[Entry, Posted | None]:
        """Write once and settle what became of it; None if after an unknown outcome it is provably not there."""
        entry, reply = self._delivery.write(entry, posting)
        if reply.kind is OutcomeClass.APPLIED:
            return self._confirm(entry, posting, reply), Posted(result=Result.SUCCESS)
        if reply.kind is OutcomeClass.REFUSED:
            return entry, self._reject(entry, posting, reply)
        entry = self._ledger.advance(entry, State.IN_DOUBT, outcome=reply.kind, status=reply.status)
        found = self._delivery.read(entry, posting)
        if self._holds(posting, found):
            return self._confirm(entry, posting, found), Posted(result=Result.SUCCESS)
        if found.kind is OutcomeClass.ABSENT:
            return entry, self._reject(entry, posting, reply) if reply.kind is OutcomeClass.CONFLICT else None
        return entry, self._other_content(entry, posting) if found.kind is OutcomeClass.APPLIED else self._not_readable(
            posting
        )

    def _holds(self, posting: Posting[Document], found: Reply) -> bool:
        return found.kind is OutcomeClass.APPLIED and self._endpoint.same(posting.document, found)

    def _confirm(self, entry: Entry, posting: Posting[Document], reply: Reply) -> Entry:
        return self._ledger.advance(
            entry,
            State.CONFIRMED,
            outcome=reply.kind,
            status=reply.status,
            provider_id=reply.provider_id,
            content_hash=posting.content_hash,
            mapping_version=posting.mapping_version,
        )

    def _reject(self, entry: Entry, posting: Posting[Document], reply: Reply) -> Posted:
        code = "refused_by_provider"
        self._ledger.advance(entry, State.REJECTED, outcome=reply.kind, status=reply.status, code=code)
        said = f"HTTP {reply.status}, message {one_line(reply.code)}" if reply.code else f"HTTP {reply.status}"
        return Posted.rejected(
            code,
            f"{posting.name}: {self._provider} refuses it ({said}); its words stand in the dead letters",
            provider_code=reply.code,
            provider_text=reply.text,
        )

    def _other_content(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Something else is there after a write of ours: a doubt, unless others may have put it there."""
        if posting.kind.shared_identity:
            self._ledger.advance(entry, State.REJECTED, code=_CHANGED)
            return _changed(posting)
        code = "different_at_provider"
        self._ledger.advance(entry, State.IN_DOUBT, code=code)
        message = f"{posting.name}: {self._provider} holds another content under its identifier {entry.client_id}"
        return Posted.in_doubt(code, message)

    def _not_readable(self, posting: Posting[Document]) -> Posted:
        message = f"{posting.name}: {self._provider} does not say whether it is booked; the next run looks it up"
        return Posted.in_doubt("look_up_failed", message)

    def _settled(self, entry: Entry) -> bool:
        return self._now() - entry.updated_at > self._patience.settle


def _changed(posting: Posting[Document]) -> Posted:
    return Posted.rejected(_CHANGED, f"{posting.name}: {posting.kind.changed}")
