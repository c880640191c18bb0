"""Every kind of work that the engine does, as a run that can be killed anywhere: what was before, and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulation.scenario import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence

STREAMS = ("journal_entries", "journal_entry_lines")


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of work.

    Attributes:
        name: What it is called in the tests.
        strategy: How writes are found again.
        on_changed: The setting.
        before: Runs before it: the version that is delivered, and what goes wrong with its writes.
        version: The version that the run delivers.
        faults: What goes wrong with the writes of the run.
        flaw: Why the second fact cannot be booked.
        closed: The period is closed during the run, and open afterwards.
        by_line: Entries are delivered line by line.
        twice: The provider is made to hold the fact twice before it.
    """

    name: str
    strategy: str
    on_changed: str = "reject"
    before: Sequence[tuple[int, Sequence[str]]] = ()
    version: int = 1
    faults: Sequence[str] = ()
    flaw: str | None = None
    closed: bool = False
    by_line: bool = False
    twice: bool = False

    def facts(self, version: int) -> list[Fact]:
        """Two facts; both have the version."""
        common: dict[str, Any] = {"version": version, "period": "2026-10", "told": False}
        return [
            Fact(key="k1", amount=100_000 + version, flaw=None, **common),
            Fact(key="k2", amount=200_000 + version, flaw=self.flaw, **common),
        ]

    def messages(self, version: int) -> list[Any]:
        """What the target reads."""
        stream = STREAMS[self.by_line]
        messages: list[Any] = [{"type": "SCHEMA", "stream": stream, "schema": {"properties": {}}, "key_properties": []}]
        for position, fact in enumerate(self.facts(version), start=1):
            records = _by_line(fact) if self.by_line else [fact.record()]
            messages += [{"type": "RECORD", "stream": stream, "record": record} for record in records]
            messages.append({"type": "STATE", "value": {"position": position}})
        return messages


def _by_line(fact: Fact) -> list[dict[str, Any]]:
    record = fact.record()
    control = {"entry_key": fact.key, "line_count": 2, "entry_total": record["lines"][0]["debit"]}
    return [
        control | {"line_no": number, "date": record["date"]} | line
        for number, line in enumerate(record["lines"], start=1)
    ]


WAYS = ("client_id", "marker", "search")
LOST = ("drop_request", "drop_response")
KINDS: tuple[Work, ...] = (
    *(Work(name=f"create_by_{way}", strategy=way) for way in WAYS),
    *(Work(name=f"create_by_{way}_lost_{lost}", strategy=way, faults=[lost]) for way in WAYS for lost in LOST),
    *(Work(name=f"resolve_by_{way}_lost_{lost}", strategy=way, before=[(1, [lost])]) for way in WAYS for lost in LOST),
    Work(name="look_again_by_marker", strategy="marker", before=[(1, ["drop_request"]), (1, []), (1, [])]),
    *(
        Work(
            name=f"update_by_{way}_lost_{lost}",
            strategy=way,
            on_changed="update",
            before=[(1, [])],
            version=2,
            faults=[lost],
        )
        for way in WAYS
        for lost in LOST
    ),
    *(Work(name=f"update_by_{way}", strategy=way, on_changed="update", before=[(1, [])], version=2) for way in WAYS),
    *(
        Work(
            name="_".join(["reverse", "by", way, *(f"{fault}" for fault in faults)]),
            strategy=way,
            on_changed="reverse",
            before=[(1, [])],
            version=2,
            faults=faults,
        )
        for way in ("client_id", "marker")
        for faults in ((), ("drop_request",), ("drop_response",), ("none", "drop_request"), ("none", "drop_response"))
    ),
    *(Work(name=f"unchanged_by_{way}", strategy=way, before=[(1, [])]) for way in ("client_id", "marker")),
    Work(name="changed_and_rejected", strategy="client_id", before=[(1, [])], version=2),
    Work(name="refused_by_us", strategy="client_id", flaw="unknown_account"),
    Work(name="refused_by_the_provider", strategy="client_id", flaw="refused_by_provider"),
    Work(name="closed_period", strategy="client_id", closed=True),
    Work(name="entry_lines", strategy="client_id", by_line=True),
    Work(name="duplicate_found", strategy="marker", before=[(1, ["drop_request"])], twice=True),
)
