"""Runs of the engine that only look: what is found is stored in the ledger, and nothing is written to the books."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from connector_kit.errors import SettingError
from connector_kit.posting.allowance import NotNowError
from connector_kit.posting.commands.derived import NotingSink, derived
from connector_kit.posting.commands.look_ups import Written
from connector_kit.posting.ledger import Binding, Entry, Ledger, State
from connector_kit.posting.ledger.database import ledger_database
from connector_kit.posting.outcome import OutcomeClass
from connector_kit.posting.posting import Posted, Posting, Result
from connector_kit.posting.rejection import Rejection
from connector_kit.posting.strategies import strategy
from connector_kit.posting.target import BooksTarget

__all__ = ["LookingTarget", "RebuildingTarget", "ResolvingTarget", "rebuilding", "resolving"]

_NO_WRITES: Final = {"limit": 0, "state_after": "confirmed"}
"""With these settings a run defers whatever it would write."""
_VERSIONS_MAX: Final = 50


class LookingTarget(BooksTarget):
    """Comes before the target's own class: passes on no STATE and keeps no dead letters, as nothing is booked."""

    _posting: Posting[Any] | None = None

    def prepared(self, posting: Posting[Any], fact: Any) -> None:
        """Take note of what is on its way."""
        del fact
        self._posting = posting

    def settle(
        self,
        stream: str,
        posted: Posted,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Settle it; what is only not written because nothing is written is not worth a word."""
        if posted.result is Result.DEFERRED and posted.reason and posted.reason.code == "limit_reached":
            self.tally.settle(stream, Result.DEFERRED, 1 if records is None else len(records))
        else:
            super().settle(stream, posted, content_hash=content_hash, records=records)

    def reject(
        self,
        stream: str,
        rejection: Rejection,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Say it; the next run that gets the record rejects it."""
        del content_hash
        self.logger.warning("Would be rejected in stream %s, %s: %s", stream, rejection.code, rejection.message)
        self.tally.settle(stream, Result.FAIL, 1 if records is None else len(records))

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        """Nothing was booked."""


class ResolvingTarget(LookingTarget):
    """Works through the records, if there are any, then through what earlier runs have left.

    Attributes:
        before: Entries that were not settled when it began.
        after: Those that are not settled now.
    """

    before = 0
    after = 0

    def process_endofpipe(self) -> None:
        """All records, if there were any, have been looked up."""
        self._start()
        self.after = self.resolve_doubts()
        self.posters.clear()  # they have had their end
        super().process_endofpipe()

    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        if not ledger_database(target).exists():
            raise SettingError(f"ledger: {target} is not there, so nothing is known to be in doubt; name the right one")
        ledger = super()._open_ledger(target, binding, witness)
        self.before = ledger.unresolved()
        return ledger


class RebuildingTarget(LookingTarget):
    """Fills the ledger from the books.

    Attributes:
        complete: The source has everything that was ever booked, so afterwards the ledger knows the books.
        unsure: Records of which the provider did not say what it holds.
        different: Records under whose name it holds something else.
        warm: The ledger knows the books now.
    """

    complete = False
    unsure = 0
    different = 0
    warm = False
    endpoints: dict[str, Any]

    def __init__(self, **options: Any) -> None:
        self.endpoints = {}
        super().__init__(**options)

    def settle(
        self,
        stream: str,
        posted: Posted,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Settle it, and remember whether that is certain."""
        deferred = posted.result is Result.DEFERRED and not (posted.reason and posted.reason.code == "limit_reached")
        self.unsure += deferred or posted.result is Result.IN_DOUBT
        super().settle(stream, posted, content_hash=content_hash, records=records)

    def reject(
        self,
        stream: str,
        rejection: Rejection,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """What stands there under our name with another content must not be written over by the next run."""
        posting = self._posting
        entry = posting and self.ledger.entry(posting.entity_key)
        if posting and entry and entry.state is State.INTENT and rejection.code == "changed_after_booking":
            try:
                rebooked = self._is_rebooked(entry, posting)
            except NotNowError as stop:
                posted = Posted(result=Result.DEFERRED, reason=stop.reason(posting.name))
                self.settle(stream, posted, content_hash=content_hash, records=records)
                return
            if rebooked:
                self.settle(stream, Posted(result=Result.EXISTING), content_hash=content_hash, records=records)
                return
            self.ledger.advance(entry, State.NEEDS_HUMAN, code="different_at_provider")
            self.different += 1
        super().reject(stream, rejection, content_hash=content_hash, records=records)

    def _is_rebooked(self, entry: Entry, posting: Posting[Any]) -> bool:
        """Whether the record stands there as a later content of the fact: taken back once, and booked again."""
        way = strategy(self.endpoints[posting.stream])
        for version in range(2, _VERSIONS_MAX):
            written = Written.of(posting, version=version)
            reply = way.look(written, posting.document)
            if reply.kind is not OutcomeClass.APPLIED or reply.others:
                return False
            if way.same(posting.document, reply):
                self.ledger.advance(
                    entry,
                    State.CONFIRMED,
                    outcome=reply.kind,
                    version=version,
                    operation_id=written.operation_id,
                    client_id=written.client_id,
                    marker=written.marker,
                    provider_id=reply.provider_id,
                    row_version=reply.row_version,
                    location=reply.location,
                )
                return True
        return False

    def process_endofpipe(self) -> None:
        """All records have been looked up."""
        self._start()
        self.warm = self.complete and not self.unsure
        if self.warm:
            self.ledger.store.set_meta(cold="no")
        super().process_endofpipe()

    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        return Ledger.open(target, binding=binding, run=self._run, witness=witness, rebuild=True)


class _RebuildingSink(NotingSink):
    """Comes before the sink's own class: lets the target look by itself."""

    def endpoint(self) -> Any:
        """The true one."""
        endpoint = super().endpoint()  # type: ignore[safe-super]  # the sink's own class comes next
        cast("RebuildingTarget", self.books).endpoints[self.contract] = endpoint
        return endpoint


def resolving(plugin: type[BooksTarget], settings: Mapping[str, Any]) -> ResolvingTarget:
    """Derive a target that looks up what is in doubt."""
    target: ResolvingTarget = derived(plugin, ResolvingTarget, NotingSink)(config={**settings, **_NO_WRITES})
    return target


def rebuilding(plugin: type[BooksTarget], settings: Mapping[str, Any], *, complete: bool) -> RebuildingTarget:
    """Derive a target that fills the ledger."""
    target: RebuildingTarget = derived(plugin, RebuildingTarget, _RebuildingSink)(config={**settings, **_NO_WRITES})
    target.complete = complete
    return target
