"""A run that is played, not made: the target's own engine on a copy of its ledger, before endpoints that write nothing.

Whatever the engine would do with a record it does here, so a plan cannot differ from the run that follows it, as long
as source, mapping and provider stay the same.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TextIO, cast

from connector_kit.books.journal import JournalEntry
from connector_kit.posting.budget import Budget, Window
from connector_kit.posting.calls_beside import counted_beside
from connector_kit.posting.commands.derived import NotingSink, derived
from connector_kit.posting.commands.ledger_copy import copy_of_ledger
from connector_kit.posting.commands.rehearsed import Script, rehearsed
from connector_kit.posting.dead_letters import DeadLetters
from connector_kit.posting.held import HeldBooks, HeldLine, lines_of_entry
from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.posting import Posted, Posting, Result
from connector_kit.posting.rejection import Rejection
from connector_kit.posting.summary import DeferredRecordsError, InDoubtError, RecordsRejectedError
from connector_kit.posting.target import BooksTarget
from connector_kit.posting.target_settings import limits
from connector_kit.posting.transport import writing_forbidden

__all__ = ["Action", "Planned", "Rehearsal", "rehearsal"]


class Action(StrEnum):
    """What a run would do with a record."""

    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    REJECT = "reject"
    IN_DOUBT = "in_doubt"
    DEFER = "defer"
    STALE = "stale"


_ACTIONS: Final = {
    Result.SUCCESS: Action.CREATE,
    Result.UPDATED: Action.UPDATE,
    Result.EXISTING: Action.SKIP,
    Result.FAIL: Action.REJECT,
    Result.IN_DOUBT: Action.IN_DOUBT,
    Result.DEFERRED: Action.DEFER,
    Result.STALE: Action.STALE,
}
_UNBOUNDED: Final = dict.fromkeys(("limit", "budget_day", "budget_month", "budget_errors"))
"""Settings that let a run do less than there is to do, such as it is declared or set; a plan says all of it."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One record and what would become of it.

    Attributes:
        stream: Record type.
        key: Business key; None if it has none.
        action: What a run would do.
        posting: The document on its way; None if none could be made.
        lines: How it would look in the books; nothing for what has no lines.
        reason: Why it is rejected, deferred or in doubt.
    """

    stream: str
    key: str | None
    action: Action
    posting: Posting[Any] | None = field(default=None, repr=False)
    lines: Sequence[HeldLine] = field(default=(), repr=False)
    reason: Rejection | None = None

    @property
    def entity_key(self) -> str | None:
        """Which fact it is in the ledger."""
        return self.posting.entity_key if self.posting else None


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """How a run was played.

    Attributes:
        target: The target that played it; its ledger is closed, its connection is not.
        planned: What would become of each record, in the order of delivery; empty if it was taken one by one.
        endpoints: The true endpoints, by record type.
        calls: Requests that the run would make.
        settings: Settings of the target.
        ledger_target: Where the true ledger is.
        binding: What it belongs to.
        witness: File that remembers it.
    """

    target: BooksTarget
    planned: Sequence[Planned]
    endpoints: Mapping[str, Any] = field(repr=False)
    calls: int
    settings: Mapping[str, Any] = field(repr=False)
    ledger_target: str
    binding: Binding
    witness: Path

    @property
    def held(self) -> HeldBooks | None:
        """What the provider holds, where the target can read it."""
        return self.target.held_books()

    def ledger(self) -> Ledger:
        """Open the true ledger to read it."""
        return Ledger.open(self.ledger_target, binding=self.binding, run="", witness=self.witness, read_only=True)

    def locked_ledger(self) -> Ledger:
        """Open the true ledger to write it, as a run does; one that is not there is made.

        Raises:
            ConnectorError: A run is under way, or the ledger cannot be trusted.
        """
        return Ledger.open(self.ledger_target, binding=self.binding, run=uuid.uuid4().hex, witness=self.witness)

    def calls_left(self) -> tuple[int, int] | None:
        """Requests that the budget of a day still allows, and in a whole day; None without a budget."""
        budgets = list(limits(self.settings))
        whole = next((limit.calls for limit in budgets if limit.window is Window.DAY), None)
        with self.ledger() as ledger:
            left = Budget(ledger.store, budgets, now=ledger.now).left()
        return None if left is None else (left, left if whole is None else whole)


@contextmanager
def rehearsal(
    plugin: type[BooksTarget],
    settings: Mapping[str, Any],
    messages: TextIO,
    *,
    taking: Callable[[Planned], None] | None = None,
) -> Iterator[Rehearsal]:
    """Play the run of a target over Singer messages; nothing can be written meanwhile, nor in the block.

    Args:
        plugin: The target.
        settings: Its settings, checked.
        messages: The source.
        taking: Takes what would become of a record as soon as it is known; else all of it is kept.

    Raises:
        ConnectorError: The run would break off, or cannot begin.
    """
    with writing_forbidden() as traffic, ExitStack() as beside:
        with _quiet():
            target: _RehearsingTarget = derived(plugin, _RehearsingTarget, _RehearsingSink)(config={**settings})
            target.taking = taking or target.planned.append
            target.count_calls = lambda ledger: beside.enter_context(counted_beside(ledger, limits(settings)))
            with suppress(DeferredRecordsError, InDoubtError, RecordsRejectedError):  # how a whole run ends
                target.run(messages)
        yield Rehearsal(
            target=target,
            planned=target.planned,
            endpoints=target.endpoints,
            calls=traffic.requests + target.script.writes + target.script.looks,
            settings=settings,
            ledger_target=target.ledger_target,
            binding=target.binding,
            witness=target.witness,
        )


class _NoDeadLetters(DeadLetters):
    """Takes nothing: a rehearsal leaves no trace."""

    def __init__(self) -> None:
        self.path = Path()

    def close(self) -> None:
        """Nothing is open."""


class _RehearsingTarget(BooksTarget):
    """Comes before the target's own class: keeps a list where that one books."""

    ledger_target: str
    binding: Binding
    witness: Path
    taking: Callable[[Planned], None]
    count_calls: Callable[[str], None]
    """Counts them from now on in this ledger, also those that come after the run."""

    def __init__(self, **options: Any) -> None:
        self.script = Script()
        self.endpoints: dict[str, Any] = {}
        self.planned: list[Planned] = []
        self._prepared: tuple[Posting[Any], Any] | None = None
        super().__init__(**options)

    @property
    def config(self) -> Mapping[str, Any]:
        """Its settings without what would bound the run."""
        return {**super().config, **_UNBOUNDED}

    def prepared(self, posting: Posting[Any], fact: Any) -> None:
        """Remember what is on its way."""
        self._prepared = (posting, fact)

    def settle(
        self,
        stream: str,
        posted: Posted,
        *,
        content_hash: str | None = None,  # noqa: ARG002  # the posting has it
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """List the record instead of settling it."""
        self._plan(stream, _ACTIONS[posted.result], posted.reason, records)
        self.tally.settle(stream, posted.result, 1 if records is None else len(records))

    def reject(
        self,
        stream: str,
        rejection: Rejection,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """List the record instead of rejecting it."""
        posted = Posted(result=Result.FAIL, reason=rejection)
        self.settle(stream, posted, content_hash=content_hash, records=records)

    def _plan(
        self,
        stream: str,
        action: Action,
        reason: Rejection | None,
        records: Sequence[Mapping[str, Any]] | None,
    ) -> None:
        posting, fact = self._prepared or (None, None)
        self._prepared = None
        record = records[0] if records else self.raw_record()
        key = posting.key if posting else record.get("key") or record.get("entry_key")
        self.taking(
            Planned(
                stream=stream,
                key=None if key is None else str(key),
                action=action,
                posting=posting,
                lines=self._lines(posting, fact) if posting else (),
                reason=reason,
            )
        )

    def _lines(self, posting: Posting[Any], fact: Any) -> Sequence[HeldLine]:
        if held := self.held_books():
            return held.expected(posting)
        return lines_of_entry(fact) if isinstance(fact, JournalEntry) else ()

    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        self.ledger_target, self.binding, self.witness = target, binding, witness
        self.count_calls(target)
        return copy_of_ledger(target, binding=binding, run=self._run, witness=witness)

    def _open_dead_letters(self, file: Path) -> DeadLetters:  # noqa: ARG002  # as the target's own
        return _NoDeadLetters()

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        """Nothing is booked, so no STATE is passed on."""


class _RehearsingSink(NotingSink):
    """Comes before the sink's own class: its endpoint writes nothing."""

    def endpoint(self) -> Any:
        """The true one, with the rehearsal before it."""
        endpoint = super().endpoint()  # type: ignore[safe-super]  # the sink's own class comes next
        books = cast("_RehearsingTarget", self.books)
        books.endpoints[self.contract] = endpoint
        return rehearsed(endpoint, books.script)


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out the story of the run: it is none. Warnings and errors stay."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
