"""The target in this process, beside a small Minimax."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from connector_kit.errors import ConnectorError
from connector_kit.posting.wire_json import write_json
from target_minimax.target import TargetMinimax

from tests.target_minimax.small_minimax import SmallMinimax

__all__ = ["Books", "Ended", "entry", "line"]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run ended."""

    error: ConnectorError | None
    counts: dict[str, int]
    letters: list[dict[str, Any]]
    calls: int

    @property
    def code(self) -> int:
        """Exit code."""
        return int(self.error.exit_code) if self.error else 0


@dataclass
class Books:
    """An organisation and a folder from which the target writes to it."""

    minimax: SmallMinimax
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def config(self, **changes: Any) -> dict[str, Any]:
        secret = "x"
        config: dict[str, Any] = {
            "localisation": "SI",
            "organisation_id": 7,
            "client_id": "c",
            "client_secret": secret,
            "username": "u",
            "password": secret,
            "ledger": str(self.folder / "ledger.sqlite3"),
            "api_url": f"{self.minimax.url}/API",
            "token_url": f"{self.minimax.url}/token",
            "requests_per_second": 1000,
            "settle_minutes": 0,
        }
        return config | self.settings | changes

    def messages(self, records: Sequence[tuple[str, dict[str, Any]]]) -> io.StringIO:
        """Singer messages of records of several streams."""
        messages: list[dict[str, Any]] = []
        for stream in dict.fromkeys(stream for stream, _ in records):
            schema = {"properties": {}}
            messages.append({"type": "SCHEMA", "stream": stream, "key_properties": ["key"], "schema": schema})
        messages += [{"type": "RECORD", "stream": stream, "record": record} for stream, record in records]
        return io.StringIO("".join(write_json(message).decode() + "\n" for message in messages))

    def deliver(self, stream: str, *records: dict[str, Any], **changes: Any) -> Ended:
        """Let the target take records of a stream."""
        return self.deliver_all([(stream, record) for record in records], **changes)

    def deliver_all(self, records: Sequence[tuple[str, dict[str, Any]]], **changes: Any) -> Ended:
        """Let the target take records of several streams."""
        letters = self.folder / "ledger.sqlite3.dead-letters.jsonl"
        letters.unlink(missing_ok=True)
        before, error = len(self.minimax.calls), None
        target = TargetMinimax(config=self.config(**changes))
        try:
            target.run(self.messages(records))
        except ConnectorError as stop:
            error = stop
        read = letters.read_text(encoding="utf-8").splitlines() if letters.exists() else []
        counts = {name: number for name, number in target.tally.counts().items() if number}
        calls = len(self.minimax.calls) - before
        return Ended(error=error, counts=counts, letters=[json.loads(line) for line in read], calls=calls)


def line(account: str, amount: str, **members: Any) -> dict[str, Any]:
    """A line: what is below zero is on the credit side."""
    return {"account": account, "debit": Decimal(amount)} | members


def entry(key: str, *lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    """An entry whom Minimax takes."""
    usual = (line("4700", "100.00"), line("2500", "-100.00"))
    return {"key": key, "date": "2026-02-28", "journal": "OP", "lines": list(lines or usual), **members}
