"""One seed from its first run to rest: runs, deaths and disasters, as a machine would see them."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector_kit.errors import ConnectorError
from connector_kit.posting.failpoints import watched
from connector_kit.posting.ledger import Binding, Ledger

from tests.simulation.books import Books
from tests.simulation.clock import Clock
from tests.simulation.network import WRITE_FAULTS, Chaos, Killed, Network
from tests.simulation.scenario import LATEST, SETTLE, Fact, Scenario
from tests.simulation.target import ADMINISTRATION, BASE_URL, SECRET, SimulatedSharedTarget, SimulatedTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path


KILLED = -9
SETTINGS_WRONG = 16
LOGIN = 13
_LOGGERS = ("target-simulated", "connector_kit")
_SCHEMA = {"type": "SCHEMA", "stream": "journal_entries", "schema": {"properties": {}}, "key_properties": ["key"]}
Image = dict[str, bytes]
_new_ledger: Image = {}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended.

    Attributes:
        code: Exit code; `KILLED` if the process died.
        delivered: Positions of the source's log that were delivered.
        positions: STATE that was written.
        logged: What stands in the log.
        writes: Changes of the books, whoever made them.
        written: Those of them that requests of this run have made.
        calls: Requests that were made.
        began: When it began.
    """

    code: int
    delivered: Sequence[int]
    positions: Sequence[int]
    logged: str = field(repr=False)
    writes: int
    written: int
    calls: int
    began: datetime = field(repr=False)

    @property
    def summary(self) -> dict[str, Any] | None:
        lines = [line for line in self.logged.splitlines() if line.startswith("Summary {")]
        return json.loads(lines[-1].partition(" ")[2]) if lines else None


class World:
    """Source, target and books of one seed.

    Args:
        scenario: What the seed stands for.
        folder: An empty folder, best one in memory.
    """

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.scenario = scenario
        self.folder = folder
        self.ledger_file = folder / "books.sqlite3"
        self.clock = Clock()
        visible_after = SETTLE * 0.2 * scenario.random.random()
        self.books = Books(self.clock.now, versioned=scenario.versioned, visible_after=visible_after)
        self.network = Network(self.books, self.clock)
        self.log: list[Fact] = []
        """All that the source has had to say so far."""
        self.state = 0
        self.ledger_was_lost = False
        self.passed: set[str] = set()
        """Failpoints."""
        self._passes = 0
        self._images: list[Image] = []
        self._ledger: Ledger | None = None

    def settle_in(self) -> None:
        """Make the ledger well before the first run, so that this is not spent in quarantine."""
        if not _new_ledger:  # the same in all worlds
            binding = Binding(administration=ADMINISTRATION, base_url=BASE_URL)
            Ledger.open(self.ledger_file, binding=binding, run="first", now=self.clock.now).close()
            _new_ledger.update(self._image())
        self._restore(_new_ledger)
        self.clock.advance(SETTLE * 1.1)

    # The source

    def newest(self) -> dict[str, Fact]:
        """Each fact as the source knows it."""
        return {fact.key: fact for fact in self.log}

    def due(self, state: int) -> list[int]:
        """Positions that a tap delivers after a STATE: all of them if it says versions, else each fact once."""
        last = {fact.key: position for position, fact in enumerate(self.log, start=1)}
        positions = range(state + 1, len(self.log) + 1)
        return [p for p in positions if self.scenario.told or last[self.log[p - 1].key] == p]

    def messages(self, positions: Sequence[int], *, states: float, again: float = 0.0, shuffled: bool = False) -> str:
        """The lines that the target reads.

        Args:
            positions: What is delivered.
            states: Share of the records that are followed by STATE.
            again: Share of the records that come twice.
            shuffled: In any order; then STATE comes at the end only.
        """
        draw = self.scenario.random
        order = draw.sample(positions, len(positions)) if shuffled else positions
        lines: list[Any] = [_SCHEMA]
        for position in order:
            record = {"type": "RECORD", "stream": "journal_entries", "record": self.log[position - 1].record()}
            lines += [record] * (2 if draw.random() < again else 1)
            if not shuffled and draw.random() < states:
                lines.append(_state(position))
        lines.append(_state(len(self.log)))
        return "".join(json.dumps(line).replace('"#', "").replace('#"', "") + "\n" for line in lines)

    # A run

    def run(self, messages: str, positions: Sequence[int], chaos: Chaos, **settings: Any) -> Ended:
        """Run the target once, as Meltano would; if it dies, the disk keeps what it had at that moment."""
        self.network.begin_run(chaos)
        began = self.clock.now()
        writes, calls = len(self.books.log), len(self.network.calls)
        out, self._passes = io.StringIO(), 0
        image: list[Image] = []

        def passing(name: str) -> None:
            self.passed.add(name)
            self._passes += 1
            if self._passes == chaos.kill_at:
                image.append(self._image())
                raise Killed

        with _log_kept() as logged, watched(passing):
            code = self._ended(self._target(settings), messages, out)
        said = out.getvalue()
        if image:
            self._restore(image[0])
            code = KILLED
        else:
            self._images.append(self._image())
        stated = [json.loads(line)["position"] for line in said.splitlines()]
        return Ended(
            code=code,
            delivered=positions,
            positions=stated,
            logged=logged.getvalue(),
            writes=len(self.books.log) - writes,
            written=sum(event.what in {"created", "replaced"} and not event.late for event in self.books.log[writes:]),
            calls=len(self.network.calls) - calls,
            began=began,
        )

    def _target(self, settings: dict[str, Any]) -> SimulatedTarget:
        scenario = self.scenario
        program = SimulatedSharedTarget if scenario.strategy == "search" else SimulatedTarget
        config = {
            "ledger": str(self.ledger_file),
            "token": SECRET,
            "strategy": scenario.strategy,
            "versioned": scenario.versioned,
            "on_changed": scenario.on_changed,
            "on_reject": scenario.on_reject,
            "state_after": scenario.state_after,
            "settle_minutes": SETTLE.total_seconds() / 60,
        }
        budget = {"budget_day": scenario.budget} if scenario.budget else {}
        handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
        try:
            return program(
                config=config | budget | settings, clock=self.clock, sends=self.network, opened=self._has_opened
            )
        finally:
            for signum, handler in handlers.items():
                signal.signal(signum, handler)

    def _has_opened(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def fill_disk(self) -> None:
        """From now on the ledger cannot grow."""
        assert self._ledger
        connection: Any = self._ledger.store._connection.connection.driver_connection
        connection.execute("PRAGMA max_page_count = 1")

    @staticmethod
    def _ended(target: SimulatedTarget, messages: str, out: io.StringIO) -> int:
        try:
            with contextlib.redirect_stdout(out):
                target.run(io.StringIO(messages))
        except ConnectorError as error:
            return int(error.exit_code)
        except Killed:
            return KILLED
        return 0

    # The disk

    def _image(self) -> Image:
        files = self.folder.iterdir()
        return {file.name: file.read_bytes() for file in files if not file.name.endswith((".lock", "-shm"))}

    def _restore(self, image: Image) -> None:
        for file in self.folder.iterdir():
            file.unlink()
        for name, content in image.items():
            (self.folder / name).write_bytes(content)

    def befall(self, disaster: str) -> None:
        """Let something happen to the ledger while no run is under way."""
        witness = self.ledger_file.with_name(f"{self.ledger_file.name}.witness")
        kept = [] if disaster == "deleted_with_witness" else [witness]
        saved = {file.name: file.read_bytes() for file in kept if file.exists()}
        letters = {name: content for name, content in self._image().items() if "dead-letters" in name}
        if disaster == "rolled_back" and self._images:
            image = self.scenario.random.choice(self._images)
            self._restore(image | letters | saved)
        else:
            self._restore(letters | saved)
        self.ledger_was_lost = True

    # From the first run to rest

    def chaos(self, expected_calls: int) -> Chaos:
        """What goes wrong in the next run."""
        scenario, draw = self.scenario, self.scenario.random
        if scenario.twice:
            return self._chaos_of_late_writes(expected_calls)
        faults = tuple(draw.sample(WRITE_FAULTS, draw.randint(1, len(WRITE_FAULTS))))
        late_max = SETTLE * (2.0 if scenario.late_beyond_settle else 0.98)
        chaos = Chaos(random=draw, faults=faults, late_max=late_max, fault_rate=draw.choice((0.0, 0.1, 0.3, 0.6)))
        if draw.random() < 0.5:
            chaos.kill_at = draw.randint(1, 14 * expected_calls + 4)
        for chance, act in (
            (0.08, self._revoke),
            (0.08, self._close_period),
            (0.04, self.fill_disk),
            (0.3 if scenario.people and scenario.versioned else 0.0, self.interfere),
        ):
            if draw.random() < chance:
                chaos.at_call.setdefault(draw.randint(1, 2 * expected_calls + 1), []).append(act)
        return chaos

    def _chaos_of_late_writes(self, expected_calls: int) -> Chaos:
        """Most of what goes wrong is that writes arrive when nobody waits for them any more."""
        draw = self.scenario.random
        faults = ("late",) * 6 + tuple(draw.sample(WRITE_FAULTS, 2))
        rate = draw.choice((0.0, 0.5, 0.8))
        chaos = Chaos(random=draw, faults=faults, late_max=LATEST, fault_rate=rate, reads_too=0.1)
        if draw.random() < 0.2:
            chaos.kill_at = draw.randint(1, 14 * expected_calls + 4)
        return chaos

    def _revoke(self) -> None:
        self.books.logged_in = False

    def _close_period(self) -> None:
        self.books.closed.add(self.scenario.random.choice(("2026-09", "2026-10")))

    def interfere(self) -> None:
        """A person changes or removes a booking."""
        draw = self.scenario.random
        bookings = list(self.books.live())
        if bookings and (self.scenario.versioned or not self.network.on_its_way):
            act = self.books.remove if draw.random() < 0.3 else self.books.edit
            act(draw.choice(bookings))

    def rest(self, time: timedelta) -> None:
        """Let time pass between two runs."""
        self.clock.advance(time)


def _state(position: int) -> dict[str, Any]:
    return {"type": "STATE", "value": {"position": position}}


@contextlib.contextmanager
def _log_kept() -> Iterator[io.StringIO]:
    """What the target logs, without the other loggers of the process."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    before = [(logger, logger.level, logger.propagate) for logger in map(logging.getLogger, _LOGGERS)]
    for logger, _, _ in before:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
    try:
        yield kept
    finally:
        for logger, level, propagate in before:
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
