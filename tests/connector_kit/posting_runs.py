"""Runs the tiny target as a real process and reads what it leaves behind."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from connector_kit.errors import ConnectorError
from connector_kit.posting.dead_letters import read_dead_letters
from connector_kit.posting.summary import Tally

from tests.connector_kit.posting_provider import BooksProvider, serving
from tests.connector_kit.posting_target import TargetTiny

PROGRAM = Path(__file__).with_name("posting_target.py")
SCHEMA = {"type": "SCHEMA", "stream": "journal_entries", "schema": {"properties": {}}, "key_properties": ["key"]}


def entry(key: str, /, *, amount: str = "10.10", account: str = "4000", **changes: Any) -> dict[str, Any]:
    """A RECORD; the amount goes in as text and stands in the JSON as a number, digit by digit."""
    lines = [
        {"account": account, "debit": f"#{amount}#", "description": "salary"},
        {"account": "1600", "credit": f"#{amount}#"},
    ]
    record = {"key": key, "date": "2026-10-31", "lines": lines} | changes
    return {"type": "RECORD", "stream": "journal_entries", "record": record}


def state(value: int) -> dict[str, Any]:
    return {"type": "STATE", "value": {"bookmarks": {"journal_entries": {"position": value}}}}


def entries_with_states(count: int) -> list[dict[str, Any]]:
    """SCHEMA, then entries k1, k2, ... with a STATE after each."""
    messages = [SCHEMA]
    for position in range(1, count + 1):
        messages += [entry(f"k{position}"), state(position)]
    return messages


def lines_of(messages: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(message).replace('"#', "").replace('#"', "") + "\n" for message in messages)


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def positions(self) -> list[int]:
        """What the STATE lines say, which must be all that stands on stdout."""
        return [json.loads(line)["bookmarks"]["journal_entries"]["position"] for line in self.out.splitlines()]

    @property
    def summary(self) -> dict[str, Any]:
        text = next(line for line in self.err.splitlines() if "Summary {" in line)
        counts: dict[str, Any] = json.loads(text[text.index("{") :])
        return counts

    @property
    def last_line(self) -> str:
        return self.err.strip().splitlines()[-1]


class TargetRuns:
    """Runs against one provider with one ledger."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.ledger = folder / "ledgers" / "tiny.sqlite3"
        self.dead_letters_file = folder / "ledgers" / "tiny.sqlite3.dead-letters.jsonl"
        self.settings: dict[str, Any] = {"api_url": url, "ledger": str(self.ledger)}

    def start(self, *, failpoint: str = "", log_level: str = "INFO", **settings: Any) -> subprocess.Popen[str]:
        config = self.folder / "config.json"
        config.write_text(json.dumps(self.settings | settings))
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", str(PROGRAM), "--config", str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=os.environ | {"CONNECTOR_KIT_FAILPOINT": failpoint, "TARGET_TINY_LOGLEVEL": log_level},
        )

    def run(self, messages: Iterable[Mapping[str, Any]] | str, **options: Any) -> Ended:
        process = self.start(**options)
        text = messages if isinstance(messages, str) else lines_of(messages)
        out, err = process.communicate(text, timeout=60)
        return Ended(code=process.returncode, out=out, err=err)

    def run_here(self, messages: Iterable[Mapping[str, Any]], **settings: Any) -> tuple[int, Tally, str]:
        """The same in this process, for the many small cases: exit code, counts, STATE lines."""
        handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
        usual = {"on_reject": "hold", "settle_minutes": 15, "state_after": "confirmed", "timeout_seconds": 10}
        target = TargetTiny(config=self.settings | usual | settings)
        out, code = io.StringIO(), 0
        try:
            with contextlib.redirect_stdout(out):
                target.run(io.StringIO(lines_of(messages)))
        except ConnectorError as error:
            code = int(error.exit_code)
        finally:
            if transport := getattr(target, "transport", None):  # it may have ended before the preflight
                transport.close()
            for signum, handler in handlers.items():
                signal.signal(signum, handler)
        return code, target.tally, out.getvalue()

    def dead_letters(self) -> list[dict[str, Any]]:
        return list(read_dead_letters(self.dead_letters_file)) if self.dead_letters_file.exists() else []


def wait_until_stopped(process: subprocess.Popen[str]) -> None:
    """Wait for the SIGSTOP of a failpoint."""
    pid, status = os.waitpid(process.pid, os.WUNTRACED)
    assert pid == process.pid
    assert os.WIFSTOPPED(status), f"ended instead of stopping: {status}"


def interrupt(process: subprocess.Popen[str], signum: int = signal.SIGTERM) -> None:
    """Send a signal to a stopped process and let it go on."""
    process.send_signal(signum)
    process.send_signal(signal.SIGCONT)


@pytest.fixture
def books_provider() -> Iterator[BooksProvider]:
    with serving() as provider:
        yield provider


@pytest.fixture
def target_runs(tmp_path: Path, books_provider: BooksProvider) -> TargetRuns:
    return TargetRuns(tmp_path, books_provider.url)
