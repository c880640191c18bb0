"""What goes wrong, by plan: which request, and what happens to it instead of, before or after its answer."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml


class Action(StrEnum):
    """What happens to the request. "Applied" means that the provider has done what was asked."""

    STATUS = "status"
    """Not applied; answered with `status` (and `retry_after`, `code`, `body`)."""
    DELAY = "delay"
    """Waits `seconds`, then goes on as usual."""
    DELAY_ANSWER = "delay_answer"
    """Applied at once; the answer comes `seconds` later."""
    LATENCY = "latency"
    """Applied at once; the answer comes `seconds` after the request, however long the work itself takes."""
    RESET_BEFORE = "reset_before"
    """Not applied; the connection is reset."""
    RESET_AFTER = "reset_after"
    """Applied; the connection is reset instead of an answer."""
    CUT = "cut"
    """Applied; the answer's body ends after `at_byte` bytes, though its length was announced in full."""
    CUT_RESET = "cut_reset"
    """Applied; the connection is reset after `at_byte` bytes of the answer's body."""
    EMPTY = "empty"
    """Applied; the answer keeps its status and has no body."""
    WRONG_JSON = "wrong_json"
    """Applied; the answer keeps its status, its body is `body` or something that is no JSON."""
    APPLY_LATE = "apply_late"
    """Answered with `status` now; applied `seconds` later, though nobody hears of it."""


class FaultPlanError(ValueError):
    """The plan cannot be read; the message names the entry and the field."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    r"""One fault.

    Attributes:
        action: What happens.
        method: HTTP method it applies to; None is every method.
        path: Regular expression searched in the path with its query (`/runs\?.*year=2026`).
        nth: The first of the matching requests that it hits, from 1.
        times: How many matching requests it hits from there; None is all of them.
        status: HTTP status of `status` and `apply_late`.
        code: The provider's own error code, where it has several for one status.
        retry_after: Value of a `Retry-After` header.
        body: Body to answer with, instead of the provider's.
        content_type: Content type of `body`.
        seconds: How long the delays last, and how late `apply_late` is, on the simulator's clock.
        at_byte: Where `cut` and `cut_reset` cut.
    """

    action: Action
    method: str | None = None
    path: str = ""
    nth: int = 1
    times: int | None = 1
    status: int = 503
    code: int | None = None
    retry_after: str | None = None
    body: str | None = None
    content_type: str = "text/html; charset=utf-8"
    seconds: float = 0
    at_byte: int = 0

    @classmethod
    def from_mapping(cls, entry: Mapping[str, Any]) -> "Fault":
        """Read one entry of a plan.

        Raises:
            FaultPlanError: Unknown field or action, or a path that is no regular expression.
        """
        if unknown := set(entry) - {field.name for field in fields(cls)}:
            raise FaultPlanError(f"fault plan: unknown field {', '.join(sorted(unknown))} in {dict(entry)}")
        try:
            action = Action(entry.get("action", ""))
            re.compile(entry.get("path", ""))
        except (ValueError, re.error) as error:
            raise FaultPlanError(f"fault plan: {error} in {dict(entry)}") from error
        texts = {name: str(entry[name]) for name in ("retry_after", "body") if entry.get(name) is not None}
        return cls(**{**entry, **texts, "action": action})

    def matches(self, method: str, target: str) -> bool:
        """Whether it is meant for the request."""
        return self.method in (None, method) and re.search(self.path, target) is not None

    def hits(self, number: int) -> bool:
        """Whether it hits the so-manieth matching request, from 1."""
        return number >= self.nth and (self.times is None or number < self.nth + self.times)


class FaultPlan:
    """The faults of a simulator. Faults may be added while it runs."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)
        self._seen: dict[int, int] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, path: Path | str) -> "FaultPlan":
        """Read a plan in YAML: a list of faults, each a mapping of the fields of `Fault`.

        Raises:
            FaultPlanError: It is no such list.
        """
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or []
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise FaultPlanError(f"fault plan {path}: expected a list of faults")
        return cls(Fault.from_mapping(entry) for entry in entries)

    def add(self, fault: Fault | None = None, /, **entry: Any) -> None:
        """Add a fault, as an object or by its fields: `add(action="status", path="/runs", status=429)`."""
        with self._lock:
            self._faults.append(fault or Fault.from_mapping(entry))

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._faults.clear()
            self._seen.clear()

    def take(self, method: str, target: str) -> list[Fault]:
        """The faults that hit this request; counts it."""
        hit = []
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.matches(method, target):
                    self._seen[index] = self._seen.get(index, 0) + 1
                    if fault.hits(self._seen[index]):
                        hit.append(fault)
        return hit
