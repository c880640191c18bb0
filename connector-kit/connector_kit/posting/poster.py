"""Books records exactly once at one endpoint: judges, acts, and leaves each step on disk before the next one begins."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from connector_kit.errors import ConnectorError, ExitCode
from connector_kit.posting.allowance import Allowance, NotNowError
from connector_kit.posting.changes import Changes
from connector_kit.posting.corrections import Corrections
from connector_kit.posting.delivery import Delivery, Patience
from connector_kit.posting.doubts import Doubts
from connector_kit.posting.endpoint import Endpoint
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.judgement import Content, Found, Move, Situation, first_move, next_move
from connector_kit.posting.known import Known
from connector_kit.posting.ledger import NOT_OURS, Entry, Ledger, State
from connector_kit.posting.ledger.steps import LOOK_AGAIN, LOOK_AGAIN_REVERSAL, REVERSE, Step, Steps
from connector_kit.posting.lost_writes import LostWrites
from connector_kit.posting.meter import Meter
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.posting import OnChanged, Posted, Posting, Result
from connector_kit.posting.registrar import Registrar
from connector_kit.posting.source_versions import is_older
from connector_kit.posting.strategies import strategy

__all__ = ["Poster", "UnreliableProviderError"]

Document = TypeVar("Document")

_KNOWN_AT_MOST: Final = 1_000_000
"""Booked records that are kept in memory, at some twenty bytes each; the others are read one by one."""
_NOTHING_FOUND: Final = Reply(kind=OutcomeClass.UNKNOWN)


class UnreliableProviderError(ConnectorError):
    """Several writes in a row have an unknown outcome: going on would only make more of them."""

    exit_code = ExitCode.IN_DOUBT


class Poster(Generic[Document]):
    """Books records of one type, one at a time.

    Args:
        ledger: Open ledger of the administration.
        endpoint: The provider.
        interruption: Guards requests and waits against signals.
        provider: Name for messages.
        login_command: What to run when the provider does not accept the login any more.
        stream: Record type.
        patience: Bounds.
        allowance: How many requests may be made.
        on_changed: What to do with records that are booked with another content.
        now: Clock; by default that of the ledger.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        endpoint: Endpoint[Document],
        interruption: Interruption,
        provider: str,
        login_command: str,
        stream: str = "journal_entries",
        patience: Patience | None = None,
        allowance: Allowance | None = None,
        on_changed: OnChanged = OnChanged.REJECT,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._ledger = ledger
        self._provider = provider
        self._patience = patience or Patience()
        self._strategy = strategy(endpoint)
        self._steps = Steps(ledger)
        self._lost = LostWrites(ledger, settle=self._patience.settle, now=now or ledger.now)
        allowance = allowance or Allowance(meter=Meter(), refusals_max=self._patience.refusals_in_a_row)
        self._delivery = Delivery(
            interruption=interruption,
            allowance=allowance,
            provider=provider,
            login_command=login_command,
            patience=self._patience,
        )
        self._registrar: Registrar[Document] = Registrar(
            ledger=ledger, endpoint=endpoint, provider=provider, allowance=allowance
        )
        tools: dict[str, Any] = {
            "ledger": ledger,
            "endpoint": endpoint,
            "strategy": self._strategy,
            "delivery": self._delivery,
            "registrar": self._registrar,
        }
        self._corrections: Corrections[Document] = Corrections(
            steps=self._steps, lost=self._lost, patience=self._patience, **tools
        )
        self._changes: Changes[Document] = Changes(
            corrections=self._corrections, lost=self._lost, patience=self._patience, on_changed=on_changed, **tools
        )
        self._doubts: Doubts[Document] = Doubts(
            stream=stream, steps=self._steps, corrections=self._corrections, lost=self._lost, **tools
        )
        self._stream = stream
        self._look_again: dict[str, Step] = {}
        self._earlier_twice: set[str] = set()
        self._known = Known()
        self._doubts_in_a_row = 0

    def begin(self) -> None:
        """Finish what earlier runs left half done; call it before the first record.

        Raises:
            ConnectorError: The provider cannot be asked.
        """
        self._unless_spent(self._doubts.at_start)
        looks = self._steps.open(self._stream, LOOK_AGAIN) + self._steps.open(self._stream, LOOK_AGAIN_REVERSAL)
        unseen = [step for step in looks if step.operation_id not in self._doubts.seen]
        self._look_again = {step.entity_key: step for step in unseen if self._is_newest(step)}
        self._earlier_twice = {step.entity_key for step in unseen if step not in self._look_again.values()}
        versioned = self._changes.need_versions
        self._known = Known(self._ledger.booked(self._stream, limit=_KNOWN_AT_MOST, versioned=versioned))

    def end(self) -> None:
        """Look up what is still in doubt and can be looked up without its record; call it after the last one.

        Raises:
            ConnectorError: The provider cannot be asked.
        """
        self._unless_spent(self._doubts.at_end)

    def post(self, posting: Posting[Document]) -> Posted:
        """Book a document unless it is booked already.

        Raises:
            LoginRequiredError: The provider does not accept the login.
            SettingError: It accepts the login, but not for this.
            UnreachableError: It cannot be reached, or keeps asking to wait.
            Interrupted: A signal came; what was under way is stored as it is known.
        """
        key, known, unknown = posting.entity_key, self._known, self._delivery.unknown
        if known.other_content(key, posting.content_hash):
            if not known.is_ordered(key, posting.source_version):
                message = f"{posting.name}: was delivered with two contents in one run; deliver one of them"
                return Posted.rejected("conflicting_versions", message)
        elif refused := known.refused(key):
            return refused
        if known.is_booked(key, posting.content_hash, posting.source_version) and key not in self._look_again:
            posted = Posted(result=Result.EXISTING)
        else:
            posted = self._unless_not_now(posting)
        known.remember(key, posting.content_hash, posted, source_version=posting.source_version)
        self._count_doubts(posted, since=unknown)
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

    def _count_doubts(self, posted: Posted, *, since: int) -> None:
        """Count those in a row that come of requests without an outcome, and not those that only wait."""
        if posted.result is not Result.IN_DOUBT:
            self._doubts_in_a_row = 0
        elif self._delivery.unknown > since:
            self._doubts_in_a_row += 1

    # One record

    def _post(self, entry: Entry | None, posting: Posting[Document]) -> Posted:
        case = self._situation(entry, posting)
        move = first_move(case)
        if entry is None:
            if move is Move.QUARANTINE:
                return self._registrar.quarantined(posting)
            entry = self._ledger.intend(posting.entity_key, stream=posting.stream, **posting.content())
        if entry.state is State.NEEDS_HUMAN and entry.entity_key in self._earlier_twice:
            return self._registrar.earlier_twice(posting.name)
        if entry.entity_key in self._look_again and self._doubts.due(entry):
            return self._look_once_more(move, entry, posting, case)
        return self._judge(move, entry, posting, case)

    def _judge(self, move: Move, entry: Entry, posting: Posting[Document], case: Situation) -> Posted:
        if move is not Move.LOOK:
            return self._act(move, entry, posting, case, _NOTHING_FOUND)
        never_sent = entry.sent_at is None  # and without a call left to write, a look tells nothing that helps
        found = self._delivery.look(lambda: self._look(entry, posting), recovers=not never_sent)
        return self._act(next_move(case, self._found(entry, posting, found)), entry, posting, case, found)

    def _look_once_more(self, move: Move, entry: Entry, posting: Posting[Document], case: Situation) -> Posted:
        """See whether a lost write has arrived after it was made again."""
        found = self._delivery.look(lambda: self._strategy.look(entry, posting.document))
        if self._doubts.looked(self._look_again[entry.entity_key], entry, found):
            del self._look_again[entry.entity_key]
        if found.kind is OutcomeClass.APPLIED and found.others:
            move = Move.DUPLICATE
        elif move is Move.LOOK or (move is Move.WRITE and found.kind is not OutcomeClass.ABSENT):
            move = next_move(case, self._found(entry, posting, found))
        return self._act(move, entry, posting, case, found)

    def _act(self, move: Move, entry: Entry, posting: Posting[Document], case: Situation, found: Reply) -> Posted:
        actions: dict[Move, Callable[[], Posted]] = {
            Move.WRITE: lambda: self._write(entry, posting),
            Move.CONFIRM: lambda: self._confirm(entry, posting, case, found),
            Move.EXISTING: lambda: self._existing(entry, posting),
            Move.STALE: lambda: Posted(result=Result.STALE),
            Move.CHANGED: lambda: self._change(entry, posting),
            Move.CHANGED_AS_FOUND: lambda: self._change_as_found(entry, posting, found),
            Move.READ_VERSION: lambda: self._read_version(entry, posting),
            Move.FINISH: lambda: self._go_on(self._corrections.finish(entry, posting), posting),
            Move.REPEAT_UPDATE: lambda: self._changes.repeat(entry, posting),
            Move.WAIT: lambda: self._wait(posting, case, found, entry),
            Move.QUARANTINE: lambda: self._registrar.quarantined(posting),
            Move.FOREIGN: lambda: self._registrar.changed(posting, found),
            Move.DIFFERENT: lambda: self._registrar.different(entry, posting, found),
            Move.EDITED: lambda: self._registrar.edited(posting, found, entry),
            Move.GONE: lambda: self._registrar.gone(posting, None if case.state is State.CONFIRMED else entry),
            Move.DUPLICATE: lambda: self._registrar.duplicate(entry, posting, found),
            Move.UNREADABLE: lambda: self._registrar.unreadable(posting),
        }
        return actions[move]()

    def _situation(self, entry: Entry | None, posting: Posting[Document]) -> Situation:
        always: dict[str, Any] = {
            "cold": self._ledger.cold,
            "quarantined": not self._strategy.repeatable and not self._lost.quarantine_over(),
            "looks_first": self._strategy.looks_first,
        }
        if entry is None:
            return Situation(state=None, repeatable=self._strategy.repeatable, **always)
        booked = entry.booked_hash is not None and entry.state is not State.CONFIRMED
        return Situation(
            state=entry.state,
            content=_content(entry, posting),
            booked=booked,
            reversing=entry.operation == REVERSE and booked,
            older=is_older(posting.source_version, entry.source_version),
            settled=self._lost.settled(entry.sent_at),
            repeatable=self._strategy.repeatable or booked,
            unread=entry.row_version is None and self._changes.need_versions,
            **always,
        )

    def _look(self, entry: Entry, posting: Posting[Document]) -> Reply:
        if entry.booked_hash is not None and entry.state is not State.NEEDS_HUMAN:
            return self._changes.look(entry, posting)
        return self._strategy.look(entry, posting.document)

    def _found(self, entry: Entry, posting: Posting[Document], found: Reply) -> Found:  # noqa: PLR0911  # one table
        match found.kind:
            case OutcomeClass.ABSENT:
                return Found.ABSENT
            case OutcomeClass.APPLIED if found.others:
                return Found.MANY
            case OutcomeClass.APPLIED if self._strategy.same(posting.document, found):
                return Found.SAME
            case OutcomeClass.APPLIED if entry.booked_hash and found.row_version == entry.row_version is not None:
                return Found.AS_BOOKED
            case OutcomeClass.APPLIED if self._registrar.recognises(entry, found):
                return Found.AS_SENT
            case OutcomeClass.APPLIED:
                return Found.OTHER
            case _:
                return Found.UNKNOWN

    # What may come of it

    def _existing(self, entry: Entry, posting: Posting[Document]) -> Posted:
        if is_older(entry.source_version, posting.source_version):
            self._ledger.advance(entry, State.CONFIRMED, source_version=posting.source_version)
        return Posted(result=Result.EXISTING)

    def _read_version(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Learn the version of what is booked, once; what is not as we booked it is a person's."""
        try:
            found = self._delivery.look(lambda: self._changes.look(entry, posting), recovers=False)
        except NotNowError:
            return Posted(result=Result.EXISTING)
        if found.kind is OutcomeClass.APPLIED and found.others:
            return self._registrar.duplicate(entry, posting, found)
        gone = found.kind is OutcomeClass.ABSENT and self._lost.settled(entry.sent_at)
        if found.kind is OutcomeClass.APPLIED or gone:
            ours = not gone and (
                self._strategy.same(posting.document, found) or self._registrar.recognises(entry, found)
            )
            version = (found.row_version or NOT_OURS) if ours else NOT_OURS
            entry = self._ledger.advance(entry, State.CONFIRMED, outcome=found.kind, row_version=version)
        return self._existing(entry, posting)

    def _confirm(self, entry: Entry, posting: Posting[Document], case: Situation, found: Reply) -> Posted:
        self._registrar.confirm(entry, posting, found)
        if case.booked:
            return Posted(result=Result.UPDATED if case.sent else Result.EXISTING)
        return _booked(entry) if case.sent else Posted(result=Result.EXISTING)

    def _change(self, entry: Entry, posting: Posting[Document]) -> Posted:
        return self._go_on(self._changes.apply(entry, posting), posting)

    def _change_as_found(self, entry: Entry, posting: Posting[Document], found: Reply) -> Posted:
        ours = self._registrar.recognises(entry, found)
        if posting.kind.shared_identity and not ours:
            return self._registrar.different(entry, posting, found)
        named: dict[str, Any] = {
            "provider_id": found.provider_id or entry.provider_id,
            "row_version": found.row_version if ours else None,
        }
        arrived = self._ledger.advance(entry, State.CONFIRMED, outcome=found.kind, **named)
        return self._change(arrived, posting)

    def _go_on(self, result: Posted | Entry, posting: Posting[Document]) -> Posted:
        """Book anew what was taken back, if it was."""
        if not isinstance(result, Entry):
            return result
        case = self._situation(result, posting)
        return self._judge(first_move(case), result, posting, case)

    def _wait(self, posting: Posting[Document], case: Situation, found: Reply, entry: Entry) -> Posted:
        if found.kind is OutcomeClass.ABSENT and not self._strategy.repeatable and self._lost.proved_absent(entry):
            return self._write(self._steps.write_again(entry), posting)
        same = case.content is Content.SAME
        return self._registrar.unknown(posting) if same else self._registrar.waiting(posting)

    def _write(self, entry: Entry, posting: Posting[Document]) -> Posted:
        """Write; where that is harmless look after an unknown outcome and write the same again, a few times."""
        steps = [entry]

        def once() -> Posted | None:
            after, posted = self._write_and_settle(steps[-1], posting)
            steps.append(after)
            return posted

        posted = self._delivery.repeated(self._patience.writes, lambda posted: posted is None, once)
        return posted or self._registrar.unknown(posting)

    def _write_and_settle(self, entry: Entry, posting: Posting[Document]) -> tuple[Entry, Posted | None]:
        """Write once and settle what became of it; None if after an unknown outcome it may be written again."""

        def store(before: Entry, state: State, /, **said: Any) -> Entry:
            more = posting.content() | {"fingerprint": self._registrar.fingerprint(posting)}
            return self._ledger.advance(before, state, **said, **(more if state is State.SENT else {}))

        entry, reply = self._delivery.write(entry, lambda: self._strategy.write(entry, posting.document), store)
        match reply.kind:
            case OutcomeClass.APPLIED:
                return self._registrar.confirm(entry, posting, reply), _booked(entry)
            case OutcomeClass.REFUSED:
                return entry, self._registrar.refused(entry, posting, reply)
            case OutcomeClass.CLOSED:
                return entry, self._registrar.closed(entry, posting, reply)
        entry = self._ledger.advance(entry, State.IN_DOUBT, outcome=reply.kind, status=reply.status)
        found = self._delivery.look(lambda: self._strategy.look(entry, posting.document))
        if found.kind is OutcomeClass.ABSENT and reply.kind is OutcomeClass.CONFLICT:
            return entry, self._registrar.refused(entry, posting, reply)
        case = Situation(state=State.IN_DOUBT, settled=False, repeatable=self._strategy.repeatable)
        move = next_move(case, self._found(entry, posting, found))
        return entry, None if move is Move.WRITE else self._act(move, entry, posting, case, found)

    # Between records

    def _is_newest(self, step: Step) -> bool:
        """Whether a step is about the newest booking of its fact, and not about one that was taken back since."""
        entry = self._ledger.entry(step.entity_key)
        return entry is not None and entry.marker == step.marker

    def _unless_not_now(self, posting: Posting[Document]) -> Posted:
        try:
            return self._post(self._ledger.entry(posting.entity_key), posting)
        except NotNowError as stop:
            return self._not_now(posting, stop)

    def _not_now(self, posting: Posting[Document], stop: NotNowError) -> Posted:
        reason = stop.reason(posting.name)
        entry = self._ledger.entry(posting.entity_key)
        doubtful = entry is not None and entry.state in {State.SENT, State.IN_DOUBT}
        return Posted(result=Result.IN_DOUBT if doubtful else Result.DEFERRED, reason=reason)

    def _unless_spent(self, work: Callable[[], None]) -> None:
        try:
            work()
        except NotNowError:
            return  # what is not looked up now stays as it is, and is counted as unresolved


def _booked(entry: Entry) -> Posted:
    """What is booked anew after it was taken back, was there before with another content."""
    return Posted(result=Result.UPDATED if entry.version > 1 else Result.SUCCESS)


def _content(entry: Entry, posting: Posting[Any]) -> Content:
    if entry.content_hash == posting.content_hash:
        return Content.SAME
    return Content.OTHER if entry.mapping_version == posting.mapping_version else Content.REMAPPED
