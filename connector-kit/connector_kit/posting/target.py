"""A Singer target that books every record exactly once, or says why not."""

import logging
import re
import sys
import time
import uuid
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TextIO

from singer_sdk import Sink, Target
from singer_sdk.helpers.capabilities import PluginCapabilities
from singer_sdk.plugin_base import PluginBase

from connector_kit.books.identity import Administration
from connector_kit.calls import log_requests
from connector_kit.errors import SettingError
from connector_kit.posting.allowance import Allowance, NotNowError, Writes
from connector_kit.posting.budget import Budget
from connector_kit.posting.dead_letters import DeadLetters
from connector_kit.posting.delivery import Patience
from connector_kit.posting.entry_lines import EntryLines, EntryLinesSink
from connector_kit.posting.held import HeldBooks
from connector_kit.posting.interruption import Interrupted, Interruption
from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.meter import Meter
from connector_kit.posting.posting import Posted, Result
from connector_kit.posting.reader import BooksReader, InputError
from connector_kit.posting.rejection import Rejection, entry_name
from connector_kit.posting.sink import BooksSink, EntrySink
from connector_kit.posting.state import StateGate
from connector_kit.posting.summary import DeferredRecordsError, Tally, tell_summary, verdict
from connector_kit.posting.target_settings import SETTINGS, limits, settle
from connector_kit.posting.transport import counting

if TYPE_CHECKING:
    from connector_kit.posting.poster import Poster

__all__ = ["SDK_HOOKS", "BooksSink", "BooksTarget", "EntrySink"]

_SAID_AT_MOST: Final = 20
"""Deferred records of one kind that are named in the log."""
SDK_HOOKS: Final = (
    "_handle_termination",
    "_process_activate_version_message",
    "_process_batch_message",
    "_process_record_message",
    "_process_schema_message",
    "_process_state_message",
)
"""Private names of the SDK's Target that are overridden here (and `reader.SDK_HOOKS`); a test tells when one goes."""


class BooksTarget(Target):
    """Base of the targets; run it with `console.program`.

    Adds the settings of `target_settings`.
    """

    accepted_streams: ClassVar[Mapping[str, type[BooksSink[Any, Any] | EntryLinesSink]]]
    """Streams and who books them; any other stream is refused."""
    patience: ClassVar[Patience] = Patience()
    """How often and how long a run tries."""

    message_reader_class = BooksReader
    capabilities: ClassVar[list[Any]] = [
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

    ledger: Ledger
    """Open from before `preflight` to the end of the run."""
    budget: Budget
    """The provider's calls, counted as they leave; `correct` it with what its answers say."""

    def __init__(self, **options: Any) -> None:
        self.interruption = Interruption()  # before super(), which installs the signal handlers
        super().__init__(**options)
        self.max_parallelism = 1
        self.tally = Tally()
        self.posters: dict[str, Poster[Any]] = {}
        self._run = uuid.uuid4().hex
        self._began = time.monotonic()
        self._state = StateGate()
        self._open = ExitStack()
        self._started = False
        self._dead_letters: DeadLetters
        self._meter: Meter
        self._raw_record: Mapping[str, Any] = {}
        self._writes = Writes(self.config.get("limit"))
        self._deferred: Counter[str] = Counter()
        self._entry_lines: dict[str, EntryLines] = {}

    # What a target says about its provider

    @abstractmethod
    def administration(self) -> Administration:
        """Where this run books, from the settings alone.

        Raises:
            SettingError: They are wrong.
        """

    @abstractmethod
    def base_url(self) -> str:
        """The provider's API; the ledger is bound to it."""

    def preflight(self) -> None:
        """Prove that everything is right before the first write: login, administration, master data.

        Called once, under the lock, before input is read.

        Raises:
            ConnectorError: Something is not right; nothing has been written.
        """

    def held_books(self) -> HeldBooks | None:
        """What the provider holds, for plan, reconcile and adopt; None if it cannot be read by line.

        Called after `preflight`.
        """
        return None

    # What sinks use

    def reject(
        self,
        stream: str,
        rejection: Rejection,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Settle the record under way as rejected: dead letter first, then log, count and STATE.

        Args:
            stream: Its stream.
            rejection: Why.
            content_hash: Its content, as far as it was read.
            records: These instead of the record under way: they were booked as one.
        """
        raw = self._keep(stream, rejection, content_hash, records)
        self.logger.warning("Rejected %s: %s", rejection.code, rejection.message)
        if self.config["on_reject"] == "hold":
            self._state.hold()
        self.tally.settle(stream, Result.FAIL, len(raw))

    def settle(
        self,
        stream: str,
        posted: Posted,
        *,
        content_hash: str | None = None,
        records: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Settle the record under way (or `records`, which were booked as one) as the poster says."""
        reason = posted.reason
        if posted.result is Result.FAIL and reason:
            self.reject(stream, reason, content_hash=content_hash, records=records)
            return
        if posted.result in {Result.IN_DOUBT, Result.DEFERRED} and reason:
            known = self._deferred[reason.code]
            self._deferred[reason.code] += posted.result is Result.DEFERRED
            level = logging.DEBUG if known >= _SAID_AT_MOST else logging.WARNING
            self.logger.log(level, "%s %s: %s", posted.result.label, reason.code, reason.message)
            if self.config["state_after"] == "durable":
                self._keep(stream, reason, content_hash, records)
            else:
                self._state.hold()
        self.tally.settle(stream, posted.result, 1 if records is None else len(records))

    def _keep(
        self, stream: str, reason: Rejection, content_hash: str | None, records: Sequence[Mapping[str, Any]] | None
    ) -> Sequence[Mapping[str, Any]]:
        raw = [self._raw_record] if records is None else records
        for record in raw:
            self._dead_letters.add(
                reason, at=datetime.now(UTC), stream=stream, record=record, content_hash=content_hash
            )
        return raw

    def raw_record(self) -> Mapping[str, Any]:
        """The record under way, as it was delivered."""
        return self._raw_record

    def entry_lines(self, sink: EntryLinesSink) -> EntryLines:
        """The incomplete entries of a stream: STATE waits for them, and at the end they are reported.

        Shared by all sinks of a stream: a changed SCHEMA makes a new sink.
        """
        return self._entry_lines.setdefault(sink.stream_name, EntryLines(sink))

    def poster_options(self) -> dict[str, Any]:
        """What all posters of the run share."""
        return {
            "ledger": self.ledger,
            "interruption": self.interruption,
            "provider": self.administration().provider,
            "login_command": f"{self.name} login --config <settings file>",
            "patience": replace(self.patience, settle=settle(self.config)),
            "allowance": Allowance(
                meter=self._meter, writes=self._writes, refusals_max=self.patience.refusals_in_a_row
            ),
        }

    def resolve_doubts(self) -> int:
        """Work through what earlier runs have left, for all streams and without records; afterwards count what remains.

        Raises:
            ConnectorError: The provider cannot be asked.
        """
        self._start()
        with self.interruption.busy():
            self._end_posters({sink_class.contract for sink_class in self.accepted_streams.values()})
        return self.ledger.unresolved()

    def _end_posters(self, contracts: set[str]) -> None:
        """Finish what can be finished without records, also of record types of which none were delivered."""
        for stream, sink_class in self.accepted_streams.items():
            if sink_class.contract in contracts - self.posters.keys():
                _ = sink_class(self, stream, {"properties": {}}, ["key"]).poster
        for poster in self.posters.values():
            poster.end()

    @property
    def dead_letters_file(self) -> Path:
        """Where rejected records stand."""
        return self._dead_letters_file(self._ledger_target(self.administration())[1])

    @property
    def identity_secret(self) -> bytes:
        """Secret of the entity keys."""
        return str(self.config.get("identity_secret") or "").encode()

    # The run

    @classmethod
    def invoke(  # type: ignore[override]  # as the SDK's Target does
        cls,
        *,
        about: bool = False,
        about_format: str | None = None,
        config: Any = None,
        file_input: TextIO | None = None,
    ) -> None:
        """Run the target as its command line says."""
        PluginBase.invoke.__func__(cls, about=about, about_format=about_format)  # type: ignore[attr-defined]  # not Target's
        cls.print_version(print_fn=cls.logger.info)
        settings, from_environment = (config.config, config.parse_env) if config else ({}, False)
        cls(config=settings, parse_env_config=from_environment).run(file_input)

    def run(self, file_input: TextIO | None = None) -> None:
        """Book all input; nothing but STATE goes to stdout.

        Raises:
            SystemExit: With 143 or 130 after a signal.
            ConnectorError: Records were rejected or are in doubt, or the run broke off.
        """
        try:
            self._state = StateGate(sys.stdout)
            with redirect_stdout(sys.stderr):
                try:
                    self._start()
                    self.listen(file_input)
                finally:
                    self._close()
            self.interruption.check()
        except Interrupted as stop:
            self.logger.warning("The run was %s; the next run goes on after the last STATE", stop)
            raise SystemExit(stop.exit_code) from None

    def process_endofpipe(self) -> None:
        """All input is read: close, and report what needs a person."""
        self._start()
        super().process_endofpipe()
        with self.interruption.busy():
            for lines in self._entry_lines.values():
                lines.end()
            self._end_posters(self.ledger.unfinished_streams())
        unresolved = self.ledger.unresolved()
        self._close()
        if error := verdict(
            self.tally,
            unresolved=unresolved,
            deferred=self._deferred,
            letters=self._dead_letters.path,
            held=self._state.held,
        ):
            raise error

    def _start(self) -> None:
        if self._started:
            return
        with self.interruption.busy():
            administration = self.administration()
            binding = Binding(administration=administration, base_url=self.base_url(), secret=self.identity_secret)
            target, file = self._ledger_target(administration)
            witness = Path(f"{file}.witness")
            self.ledger = self._open.enter_context(self._open_ledger(target, binding, witness))
            self._dead_letters = self._open.enter_context(self._open_dead_letters(self._dead_letters_file(file)))
            self.budget = Budget(self.ledger.store, limits(self.config), now=self.ledger.now)
            self._meter = Meter(self.budget, shielded=self.interruption.shielded)
            self._open.enter_context(counting(self._meter))
            self._started = True
            with self.interruption.network():
                self._prove_all_right()

    def _prove_all_right(self) -> None:
        try:
            self.preflight()
        except NotNowError as stop:
            raise DeferredRecordsError(f"nothing is booked in this run: {stop}") from None

    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        return Ledger.open(target, binding=binding, run=self._run, witness=witness)

    def _open_dead_letters(self, file: Path) -> DeadLetters:
        return DeadLetters(file, run=self._run)

    def _dead_letters_file(self, ledger_file: Path) -> Path:
        return Path(self.config.get("dead_letters") or f"{ledger_file}.dead-letters.jsonl").expanduser()

    def _close(self) -> None:
        """Close what is open and say what became of the records; a second call does nothing."""
        self.interruption.defer()
        if self._started:
            self._started = False
            tell_summary(
                self.logger,
                self.tally,
                run=self._run,
                in_doubt=self.ledger.unresolved(),
                calls=self._meter.made,
                calls_left=self.budget.left(),
                seconds=time.monotonic() - self._began,
            )
            log_requests(self._meter.made)
        self._open.close()

    def _ledger_target(self, administration: Administration) -> tuple[str, Path]:
        """Where the ledger is, and beside which file its companions are: the ledger itself if it is a file."""
        parts = (administration.provider, administration.tenant, administration.number)
        name = "-".join(re.sub(r"[^A-Za-z0-9]+", "_", part) for part in parts)
        usual = Path("var") / "ledgers" / f"{name}.sqlite3"
        target = str(self.config.get("ledger") or usual)
        return target, usual.with_suffix("") if "://" in target else Path(target).expanduser()

    # Messages

    def get_sink_class(self, stream_name: str) -> type[Sink]:
        """Who books a stream.

        Raises:
            SettingError: Nobody does.
        """
        if stream_name not in self.accepted_streams:
            raise SettingError(
                f"stream {stream_name!r} is not booked by {self.name}; deselect it, or map it to one of: "
                f"{', '.join(sorted(self.accepted_streams))}"
            )
        return self.accepted_streams[stream_name]

    def _process_schema_message(self, message_dict: dict[str, Any]) -> None:
        self._start()
        with self.interruption.busy():
            super()._process_schema_message(message_dict)

    def _process_record_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"stream", "record"})
        self._start()
        with self.interruption.busy():
            stream, self._raw_record = message_dict["stream"], message_dict["record"]
            if not isinstance(self._raw_record, Mapping):
                raise InputError(f"stream {stream!r} has a record that is no object; the run stops here")
            if stream not in self.mapper.stream_maps:
                self._reject_before_schema(stream)
                return
            for stream_map in self.mapper.stream_maps[stream]:
                record = stream_map.transform(dict(self._raw_record))
                if record is not None:
                    self.tally.receive(stream_map.stream_alias)
                    sink = self.get_sink(stream_map.stream_alias, record=record)
                    sink.process_record(record, {})
                    sink.record_counter_metric.increment()
                    self._state.go_on(waiting=self._waiting)

    def _reject_before_schema(self, stream: str) -> None:
        self.get_sink_class(stream)
        self.tally.receive(stream)
        name = entry_name(self._raw_record.get("key"), self.accepted_streams[stream].kind.noun)
        message = f"{name}: came before the SCHEMA of stream {stream}; the tap must send that first"
        self.reject(stream, Rejection(code="record_before_schema", message=message))

    def _process_state_message(self, message_dict: dict[str, Any]) -> None:
        self._assert_line_requires(message_dict, requires={"value"})
        with self.interruption.busy():
            self._state.pass_on(message_dict["value"], waiting=self._waiting)

    def _waiting(self) -> bool:
        """Whether records that came before are not settled: lines of entries that are not complete."""
        return any(lines.open for lines in self._entry_lines.values())

    def _process_activate_version_message(self, message_dict: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        self.logger.debug("ACTIVATE_VERSION is ignored: what is gone at the source stays in the books")

    def _process_batch_message(self, message_dict: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        raise InputError("BATCH messages are not booked; let the tap send records")

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the SDK's hook
        self.interruption.handle(signum)

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the settings that every bookkeeping target has, and none of the SDK's that mean nothing here."""
        for name, setting in SETTINGS["properties"].items():
            config_jsonschema["properties"].setdefault(name, setting)
        PluginBase.append_builtin_config.__func__(cls, config_jsonschema)  # type: ignore[attr-defined]  # not Target's
