"""Runs the commands of the tiny target in this process, against its provider."""

import contextlib
import io
import json
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from connector_kit.errors import ConnectorError
from connector_kit.posting.commands import books_commands

from tests.connector_kit.commands_target import TargetTinyBooks
from tests.connector_kit.posting_provider import BooksProvider
from tests.connector_kit.posting_runs import TargetRuns, lines_of

COMMANDS = {str(command.name): command for command in books_commands()}


@dataclass(frozen=True, kw_only=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    error: str = ""

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.out)
        return data


class Commands:
    """The tiny target's commands and its runs, in one folder."""

    def __init__(self, runs: TargetRuns, provider: BooksProvider) -> None:
        self.runs = runs
        self.provider = provider
        self.folder = runs.folder
        self.settings: dict[str, Any] = {**runs.settings, "timeout_seconds": 10}

    def __call__(self, name: str, *arguments: str, messages: Iterable[Mapping[str, Any]] | None = None) -> Done:
        config = self.folder / "config.json"
        config.write_text(json.dumps(self.settings), encoding="utf-8")
        if messages is not None:
            source = self.folder / "source.singer"
            source.write_text(lines_of(messages), encoding="utf-8")
            arguments = (*arguments, "--input", str(source))
        return self._run(name, ["--config", str(config), *arguments])

    def json(self, name: str, *arguments: str, messages: Iterable[Mapping[str, Any]] | None = None) -> Done:
        return self(name, *arguments, "--json", messages=messages)

    def book(self, messages: Iterable[Mapping[str, Any]], **settings: Any) -> int:
        """A run of the target."""
        code, tally, _ = self.runs.run_here(messages, **self.settings, **settings)
        del tally
        return code

    def _run(self, name: str, arguments: list[str]) -> Done:
        out = io.StringIO()
        with _own_signals(), contextlib.redirect_stdout(out):
            try:
                code = COMMANDS[name].main(arguments, standalone_mode=False, obj=TargetTinyBooks)
            except ConnectorError as error:
                return Done(code=int(error.exit_code), out=out.getvalue(), error=str(error))
        return Done(code=int(code or 0), out=out.getvalue())

    @property
    def writes(self) -> int:
        return self.provider.count("PUT")

    def ledger_files(self) -> dict[str, bytes]:
        """What stands on disk beside source and settings; what SQLite keeps while somebody reads does not count."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.parent != self.folder)
        contents = {path.name: path.read_bytes() for path in files if not path.name.endswith("-shm")}
        return {name: content for name, content in contents.items() if content or not name.endswith("-wal")}


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for signum, handler in handlers.items():
            signal.signal(signum, handler)


@pytest.fixture
def commands(target_runs: TargetRuns, books_provider: BooksProvider) -> Commands:
    return Commands(target_runs, books_provider)
