"""A simulated Minox, and the target as a real process beside it."""

import contextlib
import io
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from connector_kit.console import describe
from connector_kit.errors import ConnectorError
from connector_kit.posting.delivery import Patience
from connector_kit.settings import check_settings
from provider_simulators.minox import MinoxSimulator, MinoxSwitches
from provider_simulators.world import World
from target_minox.target import TargetMinox

CORPUS = Path(__file__).parents[1] / "corpus"
PROGRAM = Path(sys.executable).with_name("target-minox")


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a process of the target ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """The one line for the user."""
        lines = [line for line in self.stderr.splitlines() if line.startswith("target-minox: ")]
        assert len(lines) == 1, self.stderr
        assert "Traceback" not in self.stderr
        return lines[0].removeprefix("target-minox: ")

    @property
    def counts(self) -> dict[str, Any]:
        """The summary of the run."""
        summary = [line for line in self.stderr.splitlines() if "Summary {" in line]
        assert len(summary) == 1, self.stderr
        counts: dict[str, Any] = json.loads(summary[0][summary[0].index("{") :])
        return counts

    @property
    def states(self) -> list[str]:
        """Bookmarks of the STATE lines on stdout, which holds nothing else."""
        values = [json.loads(line) for line in self.stdout.splitlines()]
        return [value["bookmarks"]["journal_entries"]["replication_key_value"] for value in values]


class QuickTarget(TargetMinox):
    """The target, with short pauses between tries."""

    patience: ClassVar[Patience] = Patience(first_wait_seconds=0.01, longest_wait_seconds=0.05)


class Told(logging.Handler):
    """Keeps what is said."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Bookkeeping:
    """One simulated administration and a folder from which the target works on it."""

    in_process = False
    """Records are delivered to a target in this process, for the many small cases; commands are always processes."""

    def __init__(self, simulator: MinoxSimulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.settings: dict[str, Any] = simulator.connector_settings() | {
            "token_store": str(folder / "token.json"),
            "ledger": str(folder / "ledger.sqlite3"),
            "requests_per_second": 200,
        }

    @property
    def dead_letters_path(self) -> Path:
        return self.folder / "ledger.sqlite3.dead-letters.jsonl"

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.dead_letters_path.read_text(encoding="utf-8").splitlines()]

    @property
    def writes(self) -> list[dict[str, Any]]:
        """Every PUT that Minox saw."""
        return self.simulator.log.requests(method="PUT")

    @property
    def books(self) -> Any:
        return self.simulator.backend.books(self.settings["administration_id"])

    def balances(self, *accounts: str) -> list[Decimal]:
        """Debit minus credit of these accounts."""
        return [self.books.balance(account) for account in accounts]

    def config(self, **changes: Any) -> Path:
        path = self.folder / "config.json"
        settings = {name: value for name, value in (self.settings | changes).items() if value is not ...}
        path.write_text(json.dumps(settings), encoding="utf-8")
        return path

    def command(self, *arguments: str, stdin: str = "", **changes: Any) -> Run:
        """Run the console script with the settings, and changes of them (... leaves one out)."""
        if self.in_process and not arguments:
            return self._run_here(stdin, changes)
        done = subprocess.run(
            [str(PROGRAM), *arguments, "--config", str(self.config(**changes))],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self.folder,
        )
        return Run(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def _run_here(self, stdin: str, changes: dict[str, Any]) -> Run:
        handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
        config = json.loads(self.config(**changes).read_text(encoding="utf-8"))
        out, told, code = io.StringIO(), Told(), 0
        loggers = [logging.getLogger(name) for name in ("target-minox", "target_minox")]
        for logger in loggers:
            logger.addHandler(told)
        try:
            target = QuickTarget(config=check_settings(TargetMinox, config))
            target.logger.setLevel(logging.INFO)
            with contextlib.redirect_stdout(out):
                target.run(io.StringIO(stdin))
        except ConnectorError as error:
            message, code = describe(error) or ("", 1)
            told.lines.append(f"target-minox: {message}")
        finally:
            for logger in loggers:
                logger.removeHandler(told)
            for signum, handler in handlers.items():
                signal.signal(signum, handler)
        return Run(code=int(code), stdout=out.getvalue(), stderr="\n".join(told.lines))

    def book(self, corpus: str, **changes: Any) -> Run:
        """Let the target book a file of the corpus."""
        return self.command(stdin=(CORPUS / f"{corpus}.singer").read_text(encoding="utf-8"), **changes)

    def book_records(self, *records: dict[str, Any], **changes: Any) -> Run:
        """Let the target book records, each followed by a STATE that counts them."""
        schema = {
            "type": "SCHEMA",
            "stream": "journal_entries",
            "key_properties": ["key"],
            "schema": {"properties": {}},
        }
        messages: list[dict[str, Any]] = [schema]
        for number, record in enumerate(records, start=1):
            messages.append({"type": "RECORD", "stream": "journal_entries", "record": record})
            state = {"bookmarks": {"journal_entries": {"replication_key_value": str(number)}}}
            messages.append({"type": "STATE", "value": state})
        return self.command(stdin="".join(json.dumps(message) + "\n" for message in messages), **changes)

    def write_streams(self, records: list[tuple[str, dict[str, Any]]], **changes: Any) -> Run:
        """Let the target write records of several streams, in this order."""
        messages: list[dict[str, Any]] = []
        for stream in dict.fromkeys(stream for stream, _ in records):
            key = ["key"]
            messages.append({"type": "SCHEMA", "stream": stream, "key_properties": key, "schema": {"properties": {}}})
        messages += [{"type": "RECORD", "stream": stream, "record": record} for stream, record in records]
        return self.command(stdin="".join(json.dumps(message) + "\n" for message in messages), **changes)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Method and path of every request to the API after login and preflight that Minox saw."""
        return [(one["method"], one["path"]) for one in self.simulator.log.requests()]


@pytest.fixture(scope="session")
def minox_world() -> World:
    return World.build(seed=1, debtors=1, companies=1, employees=3)


@pytest.fixture
def open_bookkeeping(minox_world: World, tmp_path: Path) -> Iterator[Callable[..., Bookkeeping]]:
    """Open a simulated administration with these switches."""
    with ExitStack() as running:

        def start(**switches: Any) -> Bookkeeping:
            simulator = running.enter_context(MinoxSimulator(minox_world, switches=MinoxSwitches(**switches)))
            return Bookkeeping(simulator, tmp_path)

        yield start


@pytest.fixture
def bookkeeping(open_bookkeeping: Callable[..., Bookkeeping]) -> Bookkeeping:
    return open_bookkeeping()


@pytest.fixture
def in_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process per run."""
    monkeypatch.setattr(Bookkeeping, "in_process", True)
