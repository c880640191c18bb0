"""The append-only log of a simulator: every request it saw and every effect it had; the ground truth of tests."""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from provider_simulators.clock import Clock

Facts = dict[str, Any]

SECRET_PARAMETERS = frozenset({
    "access_token", "client_secret", "code", "code_verifier", "password", "refresh_token", "token",
})  # fmt: skip
"""Query parameters whose values never reach the log."""


class EffectLog:
    """Requests and effects in the order in which they happened.

    A record is `{"seq", "at", "record": "request" | "effect", ...}`. Records are only ever added. With a path each
    one is appended to that file as a line of JSON before the provider's answer leaves.

    Args:
        path: A JSON Lines file to append to; its folder is made.
        clock: Gives `at`; a simulator puts its own clock here.
    """

    def __init__(self, path: Path | str | None = None, *, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._path = Path(path) if path else None
        self._records: list[Facts] = []
        self._lock = threading.Lock()
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)

    def request(
        self, *, method: str, path: str, query: Sequence[tuple[str, str]], status: int | None, **facts: Any
    ) -> None:
        """Note a request and the status it got; None: the connection was cut instead of an answer."""
        shown = {name: "***" if name in SECRET_PARAMETERS else value for name, value in query}
        self._append({"record": "request", "method": method, "path": path, "query": shown, "status": status, **facts})

    def effect(self, kind: str, **facts: Any) -> None:
        """Note that something happened in the provider (a token rotated, a journal was booked)."""
        self._append({"record": "effect", "kind": kind, **facts})

    def requests(self, *, method: str | None = None, path: str | None = None) -> list[Facts]:
        """All requests, or those of a method and an exact path."""
        wanted = {"record": "request", "method": method, "path": path}
        return self._select({name: value for name, value in wanted.items() if value is not None})

    def effects(self, kind: str | None = None) -> list[Facts]:
        """All effects, or those of one kind."""
        return self._select({"record": "effect"} | ({"kind": kind} if kind else {}))

    def records(self, *, after: int = 0) -> list[Facts]:
        """Requests and effects together, from after the given `seq`."""
        with self._lock:
            return self._records[after:]

    def _select(self, wanted: Mapping[str, str]) -> list[Facts]:
        return [record for record in self.records() if all(record.get(name) == wanted[name] for name in wanted)]

    def _append(self, facts: Facts) -> None:
        with self._lock:
            record = {"seq": len(self._records) + 1, "at": self.clock.now().isoformat(), **facts}
            if self._path:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record, ensure_ascii=False, default=plain) + "\n")
            self._records.append(record)


def plain(value: object) -> str:
    """JSON form of what JSON does not know: amounts, dates and ids as their exact text.

    Raises:
        TypeError: Anything else.
    """
    if isinstance(value, Decimal | UUID | Path):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in a log or a document")
