"""Books a document exactly once at endpoints that take an identifier of ours.

Every step is on disk before the next one begins: intent, sent, and then what became of it. What is not known is
looked up under the identifier before anything is written again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Generic, NoReturn, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from connector_kit.errors import ConnectorError, ExitCode, LoginRequiredError, SettingError, UnreachableError
from connector_kit.posting.endpoint import ClientIdEndpoint
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.interruption import Interrupted, Interruption
from connector_kit.posting.ledger import Entry, Ledger, State
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.rejection import Rejection

__all__ = ["ClientIdPoster", "Patience", "Posted", "Posting", "Result", "UnreliableProviderError"]

Document = TypeVar("Document")

_before_read = failpoint("poster.before_read")
_after_read = failpoint("poster.after_read")
_before_write = failpoint("poster.before_write")
_after_write = failpoint("poster.after_write")


class UnreliableProviderError(ConnectorError):
    """Several writes in a row have an unknown outcome: going on would only make more of them."""

    exit_code = ExitCode.IN_DOUBT


class Result(StrEnum):
    """What became of a delivered record; the names under which it is counted."""

    SUCCESS = "success"
    EXISTING = "existing"
    FAIL = "fail"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, kw_only=True)
class Posting(Generic[Document]):
    """A document to be booked.

    Attributes:
        key: Business key, for messages.
        entity_key: Which business fact it is (`identity.entity_key`).
        stream: Record type.
        content_hash: Whether it changed (`identity.content_hash` of the document).
        mapping_version: Version of the mapping that made the document.
        document: What the endpoint writes.
    """

    key: str
    entity_key: str
    stream: str
    content_hash: str
    mapping_version: str
    document: Document


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What became of a posting; a FAIL has its reason, and so may an IN_DOUBT."""

    result: Result
    rejection: Rejection | None = None


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often and how long one run tries.

    Attributes:
        tries: Requests that did not get through or were told to wait (429), per step.
        writes: Writes of one document, each after a look-up that found nothing.
        first_wait_seconds: First pause; the next ones double.
        longest_wait_seconds: Longest pause, also if the provider asks for more.
        doubts_in_a_row: Documents in doubt one after the other that end the run.
        settle: How long a write of unknown outcome may still arrive; other content for the same key waits for it.
    """

    tries: int = 6
    writes: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 180.0
    doubts_in_a_row: int = 3
    settle: timedelta = timedelta(minutes=15)


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
        self._interruption = interruption
        self._provider = provider
        self._login_command = login_command
        self._patience = patience or Patience()
        self._now = now or (lambda: datetime.now(UTC))
        self._delivered: dict[str, tuple[str, Posted]] = {}
        self._doubts_in_a_row = 0

    def post(self, posting: Posting[Document]) -> Posted:
        """Book a document unless it is booked already.

        Raises:
            LoginRequiredError: The provider does not accept the login.
            SettingError: It accepts the login, but not for this.
            UnreachableError: It cannot be reached, or keeps asking to wait.
            UnreliableProviderError: Too many unknown outcomes in a row.
            Interrupted: A signal came; what was under way is stored as it is known.
        """
        delivered_hash, delivered = self._delivered.get(posting.entity_key, (None, None))
        if delivered and delivered_hash != posting.content_hash:
            return _rejected("conflicting_versions", f"entry {posting.key}: came with two contents in one run")
        if delivered and delivered.result is Result.FAIL:
            return delivered
        posted = self._post(posting)
        self._delivered[posting.entity_key] = (posting.content_hash, posted)
        self._count_doubts(posted)
        return posted

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
        reply = self._read(entry)
        if self._holds(posting, reply):
            self._confirm(entry, posting, reply)
            return Posted(result=Result.EXISTING)
        return _changed(posting) if reply.kind is OutcomeClass.APPLIED else self._not_readable(posting)

    def _look_then_write(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Go on with an entry that may be booked: the look-up decides, never the ledger alone."""
        was_sent = entry.state in {State.SENT, State.IN_DOUBT}
        reply = self._read(entry)
        if self._holds(posting, reply):
            self._confirm(entry, posting, reply)
            return Posted(result=Result.SUCCESS if was_sent else Result.EXISTING)
        same_content = entry.content_hash == posting.content_hash
        match reply.kind:
            case OutcomeClass.APPLIED if was_sent and same_content:
                return self._other_content(entry, posting)
            case OutcomeClass.APPLIED:
                return _changed(posting)
            case OutcomeClass.ABSENT if was_sent and not same_content and not self._settled(entry):
                return _in_doubt(
                    "earlier_version_in_doubt",
                    f"entry {posting.key}: an earlier content of it may still arrive; run again later",
                )
            case OutcomeClass.ABSENT:
                return self._write(entry, posting)
            case _:
                return self._not_readable(posting)

    def _write(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Write, and where the outcome is unknown look up and write the same again, a few times."""
        rounds = self._retrying(self._patience.writes, lambda posted: posted is None)
        posted: Posted | None = rounds(self._write_once, posting)
        return posted or _in_doubt("unknown_outcome", f"entry {posting.key}: nobody knows yet whether it is booked")

    def _write_once(self, posting: Posting[Document]) -> Posted | None:
        """Write and settle what became of it; None if it is provably absent after an unknown outcome."""
        entry, reply = self._send(posting)
        match reply.kind:
            case OutcomeClass.APPLIED:
                self._confirm(entry, posting, reply)
                return Posted(result=Result.SUCCESS)
            case OutcomeClass.REFUSED:
                return self._reject(entry, posting, reply)
        entry = self._ledger.advance(entry, State.IN_DOUBT, outcome=reply.kind, status=reply.status)
        found = self._read(entry)
        if self._holds(posting, found):
            self._confirm(entry, posting, found)
            return Posted(result=Result.SUCCESS)
        match found.kind:
            case OutcomeClass.APPLIED:
                return self._other_content(entry, posting)
            case OutcomeClass.ABSENT if reply.kind is OutcomeClass.CONFLICT:
                return self._reject(entry, posting, reply)
            case OutcomeClass.ABSENT:
                return None
            case _:
                return self._not_readable(posting)

    def _send(self, posting: Posting[Document]) -> tuple[Entry, Reply]:
        """Make the write request until the provider has looked at it."""
        reply: Reply = self._retrying(self._patience.tries, _is_to_repeat)(self._send_once, posting)
        entry = self._known(posting)
        if reply.kind in _STOPPING:
            self._stop(reply)
        return entry, reply

    def _send_once(self, posting: Posting[Document]) -> Reply:
        entry = self._known(posting)
        changes = {"content_hash": posting.content_hash, "mapping_version": posting.mapping_version}
        entry = self._ledger.advance(entry, State.SENT, **changes)
        _before_write()
        try:
            with self._interruption.network():
                reply = self._endpoint.write(entry.client_id, posting.document)
        except Interrupted:
            self._ledger.advance(entry, State.IN_DOUBT, outcome="interrupted")
            raise
        except ConnectorError:
            self._ledger.advance(entry, State.INTENT, outcome=OutcomeClass.NOT_SENT)
            raise
        _after_write()
        if reply.kind in _STOPPING:
            self._ledger.advance(entry, State.INTENT, outcome=reply.kind, status=reply.status)
        return reply

    def _read(self, entry: Entry) -> Reply:
        """Look up what the provider holds; looking again does no harm."""
        reply: Reply = self._retrying(self._patience.tries, _is_to_read_again)(self._read_once, entry)
        if reply.kind in _STOPPING:
            self._stop(reply)
        return reply

    def _read_once(self, entry: Entry) -> Reply:
        _before_read()
        with self._interruption.network():
            reply = self._endpoint.read(entry.client_id)
        _after_read()
        return reply

    def _known(self, posting: Posting[Document]) -> Entry:
        entry = self._ledger.entry(posting.entity_key)
        assert entry is not None  # stored before the first step
        return entry

    def _holds(self, posting: Posting[Document], reply: Reply) -> bool:
        return reply.kind is OutcomeClass.APPLIED and self._endpoint.same(posting.document, reply)

    def _confirm(self, entry: Entry, posting: Posting[Document], reply: Reply) -> None:
        self._ledger.advance(
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
        return _rejected(
            code,
            f"entry {posting.key}: {self._provider} refuses it (HTTP {reply.status}, message {reply.code or 'without code'})",
            provider_code=reply.code,
            provider_text=reply.text,
        )

    def _other_content(self, entry: Entry, posting: Posting[Document]) -> Posted:
        code = "different_at_provider"
        self._ledger.advance(entry, State.IN_DOUBT, code=code)
        return _in_doubt(code, f"entry {posting.key}: {self._provider} holds another content under its identifier")

    def _not_readable(self, posting: Posting[Document]) -> Posted:
        return _in_doubt("look_up_failed", f"entry {posting.key}: {self._provider} does not say whether it is booked")

    def _settled(self, entry: Entry) -> bool:
        return self._now() - entry.updated_at > self._patience.settle

    def _count_doubts(self, posted: Posted) -> None:
        self._doubts_in_a_row = self._doubts_in_a_row + 1 if posted.result is Result.IN_DOUBT else 0

    def check_reliable(self) -> None:
        """End the run when the provider's answers have been unknown too often in a row; call after counting.

        Raises:
            UnreliableProviderError: They have.
        """
        if self._doubts_in_a_row >= self._patience.doubts_in_a_row:
            raise UnreliableProviderError(
                f"{self._doubts_in_a_row} entries in a row are in doubt, {self._provider} does not work as it should; "
                "run again later, then they are looked up"
            )

    def _retrying(self, tries: int, again: Callable[[Any], bool]) -> Retrying:
        return Retrying(
            retry=retry_if_result(again),
            stop=stop_after_attempt(tries),
            wait=self._pause,
            sleep=self._interruption.wait,
            retry_error_callback=_last_result,
        )

    def _pause(self, state: RetryCallState) -> float:
        asked = _last_result(state)
        if isinstance(asked, Reply) and asked.retry_after is not None:
            return min(asked.retry_after, self._patience.longest_wait_seconds)
        longest = self._patience.longest_wait_seconds
        return wait_exponential(multiplier=self._patience.first_wait_seconds, max=longest)(state)

    def _stop(self, reply: Reply) -> NoReturn:
        match reply.kind:
            case OutcomeClass.LOGIN:
                raise LoginRequiredError(
                    f"{self._provider} does not accept the login (HTTP {reply.status}); run: {self._login_command}"
                )
            case OutcomeClass.FORBIDDEN:
                raise SettingError(
                    f"{self._provider} does not allow this login to write here (HTTP {reply.status}); check the scopes, "
                    "the tenant and the administration in the settings"
                )
            case OutcomeClass.TRY_LATER:
                raise UnreachableError(f"{self._provider} keeps asking to wait (HTTP {reply.status}); run again later")
            case _:
                raise UnreachableError(f"{self._provider} cannot be reached; check api_url and the network")


_STOPPING: Final = {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER, OutcomeClass.LOGIN, OutcomeClass.FORBIDDEN}
"""Nothing was booked, and once the tries are used up nothing else can be booked either."""


def _is_to_repeat(reply: Reply) -> bool:
    return reply.kind in {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER}


def _is_to_read_again(reply: Reply) -> bool:
    return reply.kind in {OutcomeClass.NOT_SENT, OutcomeClass.TRY_LATER, OutcomeClass.UNKNOWN}


def _last_result(state: RetryCallState) -> Any:
    assert state.outcome is not None  # called after a try
    return state.outcome.result()


def _changed(posting: Posting[Any]) -> Posted:
    return _rejected(
        "changed_after_booking",
        f"entry {posting.key}: was booked with another content; book the difference as a new entry",
    )


def _rejected(code: str, message: str, *, provider_code: str | None = None, provider_text: str | None = None) -> Posted:
    rejection = Rejection(code=code, message=message, provider_code=provider_code, provider_text=provider_text)
    return Posted(result=Result.FAIL, rejection=rejection)


def _in_doubt(code: str, message: str) -> Posted:
    return Posted(result=Result.IN_DOUBT, rejection=Rejection(code=code, message=message))
