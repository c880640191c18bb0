"""The target in this process beside a simulated Minimax, both on a clock that only moves when it is told to.

What a day, or the time in which a lost write may still arrive, is to the target, passes here at once.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connector_kit.console import describe
from connector_kit.errors import ConnectorError
from connector_kit.posting.dead_letters import read_dead_letters
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.wire_json import write_json
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.virtual_clock import VirtualClock
from target_minimax.target import TargetMinimax

from tests.target_minimax.positions import switches as switches_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from provider_simulators.minimax.books import Organisation
    from provider_simulators.world import World
    from provider_simulators.write_log import Write
    from werkzeug.wrappers import Request, Response

Record = tuple[str, dict[str, Any]]
"""A stream, and a record of it."""
CODE_LIST_HOURS = 12
SECONDS_PER_REQUEST = 0.01


class StillMinimax(MinimaxSimulator):
    """Minimax on a clock that only its requests move, with somebody who looks on.

    Attributes:
        onlooker: Called with `before` or `after` around each request that is carried out, and with the request.
    """

    def __init__(self, world: World, **switches: Any) -> None:
        super().__init__(world, switches=switches_of_tests(**switches), clock=VirtualClock())
        self.onlooker: Callable[[str, Request], None] = lambda _moment, _request: None

    def _apply(self, request: Request) -> Response:
        with self._lock:
            self.clock.advance(SECONDS_PER_REQUEST)
            self.onlooker("before", request)
            response = super()._apply(request)
            self.onlooker("after", request)
            return response


class StillTarget(TargetMinimax):
    """The target on the same clock: when it waits, that clock moves."""

    simulator: StillMinimax

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.interruption = _Unsignalled(sleep=self.simulator.clock.advance)

    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        return Ledger.open(target, binding=binding, run=self._run, witness=witness, now=self.simulator.clock.now)

    def preflight(self) -> None:
        super().preflight()
        self.connection.client._sleep = self.simulator.clock.advance


class _Unsignalled(Interruption):
    """No signals come; an alarm for each request would only take time."""

    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended."""

    error: BaseException | None
    counts: dict[str, int]
    letters: list[dict[str, Any]]
    calls: int

    @property
    def code(self) -> int:
        """Exit code."""
        if self.error is None:
            return 0
        described = describe(self.error) if isinstance(self.error, Exception) else None
        assert described is not None, self.error  # a bug
        return int(described[1])

    @property
    def reasons(self) -> set[str]:
        """Codes of what was rejected."""
        return {letter["code"] for letter in self.letters}


@dataclass
class StillBooks:
    """An organisation, and a folder from which the target writes to it."""

    simulator: StillMinimax
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.number: int = self.simulator.connector_settings()["organisation_id"]
        self._at_start = {kind: set(records) for kind, records in self.organisation.own.items()}
        self._lists_read = self.simulator.clock.now()
        self.target = type("Target", (StillTarget,), {"simulator": self.simulator, "name": "target-minimax"})

    @property
    def organisation(self) -> Organisation:
        """The books."""
        return self.simulator.backend.organisations[self.number]

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite3"

    @property
    def calls(self) -> int:
        """Requests of the organisation that Minimax has seen, refused ones too."""
        return len([one for one in self.simulator.log.requests() if f"/orgs/{self.number}" in one["path"]])

    @property
    def counted(self) -> int:
        """Calls that the ledger has counted this month."""
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as connection:
            query = "select coalesce(sum(calls), 0) from budget where window = 'month'"
            (row,) = connection.execute(query).fetchall()
        return int(row[0])

    def held(self, kind: str) -> list[dict[str, Any]]:
        """Records of a model that came since the start."""
        before = self._at_start.get(kind, set())
        return [record for key, record in list(self.organisation.table(kind).items()) if key not in before]

    def writes(self, kind: str, key: int | None = None) -> list[Write]:
        """The log of writes of a model."""
        return self.simulator.writes.writes(kind, key=key)

    def pass_time(self, **time: float) -> None:
        """Let time pass, and arrive what is due by then; code lists that are too old then are gone."""
        self.simulator.clock.advance(timedelta(**time).total_seconds())
        self.simulator.settle()
        if self.simulator.clock.now() - self._lists_read > timedelta(hours=CODE_LIST_HOURS):
            self._lists_read = self.simulator.clock.now()
            for path in self.folder.glob("*-code-lists.json"):
                path.unlink()

    def lose_ledger(self) -> None:
        """Remove the ledger, and with it all that could tell that there was one."""
        for path in self.folder.glob("ledger.sqlite3*"):
            path.unlink()

    def config(self, **changes: Any) -> dict[str, Any]:
        usual = {"ledger": str(self.ledger), "requests_per_second": 1_000_000, "settle_minutes": 0}
        return self.simulator.connector_settings() | usual | self.settings | changes

    def messages(self, records: Sequence[Record]) -> io.StringIO:
        """Singer messages of records of several streams."""
        heads = {"type": "SCHEMA", "key_properties": ["key"], "schema": {"properties": {}}}
        messages: list[dict[str, Any]] = [heads | {"stream": stream} for stream in dict(records)]
        messages += [{"type": "RECORD", "stream": stream, "record": record} for stream, record in records]
        return io.StringIO("".join(write_json(message).decode() + "\n" for message in messages))

    def deliver(self, *records: Record, **changes: Any) -> Ended:
        """Let the target take records."""
        letters = self.folder / "ledger.sqlite3.dead-letters.jsonl"
        letters.unlink(missing_ok=True)
        before, error = self.calls, None
        target = self.target(config=self.config(**changes))
        logging.getLogger(target.name).setLevel(logging.CRITICAL)
        try:
            target.run(self.messages(records))
        except ConnectorError as stop:
            error = stop
        counts = {name: number for name, number in target.tally.counts().items() if number}
        read = list(read_dead_letters(letters)) if letters.exists() else []
        return Ended(error=error, counts=counts, letters=read, calls=self.calls - before)


def line(account: str, amount: str, **members: Any) -> dict[str, Any]:
    """A line: what is below zero is on the credit side."""
    return {"account": account, "debit": Decimal(amount)} | members


def entry(key: str, amount: str = "100.00", **members: Any) -> Record:
    """An entry that Minimax takes."""
    lines = members.pop("lines", [line("1000", amount), line("7690", f"-{amount}")])
    return "journal_entries", {"key": key, "date": "2026-02-28", "journal": "OP", "lines": lines, **members}


def customer(key: str, **members: Any) -> Record:
    """A customer that Minimax takes."""
    usual = {"name": f"Kupec {key}", "address": "Cesta 1", "postal_code": "1000", "city": "Kraj", "country_code": "AT"}
    return "customers", {"key": key, **usual, **members}
