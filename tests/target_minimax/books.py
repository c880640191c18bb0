"""The target in this process, beside a simulated Minimax."""

import contextlib
import io
import json
import logging
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from connector_kit.console import describe
from connector_kit.errors import ConnectorError
from connector_kit.posting.dead_letters import read_dead_letters
from connector_kit.posting.delivery import Patience
from connector_kit.posting.summary import Tally
from connector_kit.posting.wire_json import write_json
from connector_kit.settings import check_settings
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minimax.books import Organisation
from target_minimax.target import TargetMinimax

COUNTED = {*Tally().counts(), "in_doubt_in_ledger"}

__all__ = ["CHANGES_A_JOURNAL", "COUNTS_PAGES", "Books", "Ended", "QuickTarget", "customer", "entry", "line"]


CHANGES_A_JOURNAL = pytest.mark.holds_unless(
    "journal_status=P", why="a journal that is confirmed at once cannot be changed: the change is rejected"
)

COUNTS_PAGES = pytest.mark.holds_unless("page_size_max=50", why="it counts calls, and lists have more pages")


class QuickTarget(TargetMinimax):
    """The target, with short pauses between tries."""

    patience: ClassVar[Patience] = Patience(first_wait_seconds=0.01, longest_wait_seconds=0.05)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended."""

    error: Exception | None
    counts: dict[str, int]
    letters: list[dict[str, Any]]
    calls: int
    states: list[Any]
    log: str

    @property
    def code(self) -> int:
        """Exit code."""
        if self.error is None:
            return 0
        described = describe(self.error)
        assert described is not None, self.error  # a bug
        return int(described[1])

    @property
    def message(self) -> str:
        """The one line for the user."""
        described = describe(self.error) if self.error else None
        return described[0] if described else ""

    @property
    def reasons(self) -> list[tuple[str, str | None]]:
        """Code and field of what was rejected."""
        return [(letter["code"], letter["field"]) for letter in self.letters]


@dataclass
class Books:
    """An organisation and a folder from which the target writes to it."""

    simulator: MinimaxSimulator
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.number = int(self.simulator.connector_settings()["organisation_id"])
        self._at_start = {kind: set(records) for kind, records in self.organisation.own.items()}

    @property
    def organisation(self) -> Organisation:
        """The books."""
        return self.simulator.backend.organisations[self.number]

    def held(self, kind: str) -> list[dict[str, Any]]:
        """Records of a model that came since the start."""
        before = self._at_start.get(kind, set())
        return [record for key, record in list(self.organisation.table(kind).items()) if key not in before]

    def code(self, kind: str, key: int) -> str:
        """The code of a record."""
        return str(self.organisation.table(kind)[key]["Code"])

    def refused(self, member: str) -> str | None:
        """The name of a member that is refused, where Minimax tells it."""
        return None if self.simulator.switches.property_names == "empty" else member

    def edit(self, kind: str, key: int, **changes: Any) -> None:
        """Change a record, as a person does at the screen."""
        self.simulator.portal.edit_record(self.number, kind, key, changes)

    def requests(self, method: str, path: str = "") -> list[dict[str, Any]]:
        """Requests that Minimax saw, by a part of their path."""
        made = self.simulator.log.requests(method=method)
        return [request for request in made if path.lower() in request["path"].lower()]

    def made(self, method: str) -> list[str]:
        """Paths below the organisation of the calls with a method."""
        return [request["path"].partition(f"/orgs/{self.number}/")[2] for request in self.requests(method, "/orgs/")]

    @property
    def writes(self) -> int:
        """How many records Minimax was asked to make."""
        return len(self.made("POST"))

    @property
    def calls(self) -> int:
        """Calls that count against the organisation's allowance."""
        return self.simulator.backend.budget.used(self.number)

    @property
    def logins(self) -> int:
        """How often the token endpoint was asked."""
        return len(self.requests("POST", "/oauth20/token"))

    @property
    def codes(self) -> list[str]:
        """Codes of the customers that came since the start, in order."""
        return [record["Code"] for record in self.held("Customer")]

    def customer(self, code: str) -> dict[str, Any]:
        """The customer of a code."""
        (found,) = [record for record in self.held("Customer") if record["Code"] == code]
        return found

    def lose_ledger(self) -> None:
        """Remove the ledger, and with it all that could tell that there was one."""
        for path in self.folder.glob("ledger.sqlite3*"):
            path.unlink()

    def config(self, **changes: Any) -> dict[str, Any]:
        """Settings, and changes of them (... leaves one out)."""
        usual = {
            "ledger": str(self.folder / "ledger.sqlite3"),
            "requests_per_second": 1000,
            "settle_minutes": 0,
        }
        settings = self.simulator.connector_settings() | usual | self.settings | changes
        return {name: value for name, value in settings.items() if value is not ...}

    def messages(self, records: Sequence[tuple[str, dict[str, Any]]]) -> io.StringIO:
        """Singer messages of records of several streams, each followed by a STATE that counts them."""
        messages: list[dict[str, Any]] = []
        for stream in dict.fromkeys(stream for stream, _ in records):
            schema: dict[str, Any] = {"properties": {}}
            messages.append({"type": "SCHEMA", "stream": stream, "key_properties": ["key"], "schema": schema})
        for number, (stream, record) in enumerate(records, start=1):
            messages.append({"type": "RECORD", "stream": stream, "record": record})
            messages.append({"type": "STATE", "value": {"bookmarks": {stream: number}}})
        return io.StringIO("".join(write_json(message).decode() + "\n" for message in messages))

    def deliver(self, stream: str, *records: dict[str, Any], **changes: Any) -> Ended:
        """Let the target take records of a stream."""
        return self.deliver_all([(stream, record) for record in records], **changes)

    def deliver_all(self, records: Sequence[tuple[str, dict[str, Any]]], **changes: Any) -> Ended:
        """Let the target take records of several streams."""
        config = self.config(**changes)
        letters = Path(f"{config['ledger']}.dead-letters.jsonl")
        letters.unlink(missing_ok=True)
        before, out, told = self.calls, io.StringIO(), _Told()
        handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
        error: Exception | None = None
        target = None
        try:
            target = QuickTarget(config=check_settings(TargetMinimax, config))
            target.logger.addHandler(told)
            target.logger.setLevel(logging.INFO)
            with contextlib.redirect_stdout(out):
                target.run(self.messages(records))
        except ConnectorError as stop:
            error = stop
        finally:
            if target is not None:
                target.logger.removeHandler(told)
            for signum, handler in handlers.items():
                signal.signal(signum, handler)
        summary = next((text for text in told.lines if text.startswith("Summary {")), "{}")
        counts = json.loads(summary[summary.index("{") :])
        return Ended(
            error=error,
            counts={name: number for name, number in counts.items() if number and name in COUNTED},
            letters=list(read_dead_letters(letters)) if letters.exists() else [],
            calls=self.calls - before,
            states=[next(iter(json.loads(line)["bookmarks"].values())) for line in out.getvalue().splitlines()],
            log="\n".join(told.lines),
        )


class _Told(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def line(account: str, amount: str, **members: Any) -> dict[str, Any]:
    """A line: what is below zero is on the credit side."""
    return {"account": account, "debit": Decimal(amount)} | members


def entry(key: str, *lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    """An entry whom Minimax takes."""
    usual = (line("1000", "100.00"), line("7690", "-100.00"))
    return {"key": key, "date": "2026-02-28", "journal": "OP", "lines": list(lines or usual), **members}


def customer(key: str, **members: Any) -> dict[str, Any]:
    """A customer whom Minimax takes."""
    return {
        "key": key,
        "name": f"Zorgbureau {key}",
        "address": "Singel 1",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
        **members,
    }
