"""What a run says of itself in its logs: records, what became of them, calls."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Tally", "tally"]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Numbers of a run; None where a program does not say it: loaders of a warehouse book nothing.

    Attributes:
        records: What the tap has sent.
        booked: New in the books.
        changed: Changed in the books.
        skipped: In the books already.
        rejected: Refused, in the dead letters.
        waiting: Left to a later run.
        in_doubt: Nobody knows yet, those of earlier runs included.
        calls: To the providers, of tap and target together.
    """

    records: int = 0
    booked: int | None = None
    changed: int | None = None
    skipped: int | None = None
    rejected: int | None = None
    waiting: int | None = None
    in_doubt: int | None = None
    calls: int | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Of two steps together."""
        sums: dict[str, Any] = {}
        for name, number in vars(self).items():
            said = [each for each in (number, getattr(other, name)) if each is not None]
            sums[name] = sum(said) if said else None
        return Tally(**sums)


_SUMMARY = {
    "booked": "success",
    "changed": "updated",
    "skipped": "existing",
    "rejected": "fail",
    "waiting": "deferred",
    "in_doubt": "in_doubt_in_ledger",
}


def tally(tap_log: Path, target_log: Path) -> Tally:
    """Read the logs of a tap and a target."""
    tap, target = list(_found(tap_log, "METRIC: ")), list(_found(target_log, "METRIC: "))
    summary: dict[str, Any] = next(iter(reversed(list(_found(target_log, "Summary ")))), {})
    calls = [metric["value"] for metric in (*tap, *target) if metric.get("metric") == "http_request_count"]
    return Tally(
        records=_counters(tap)["record_count"],
        calls=sum(calls) if calls else None,
        **{name: summary.get(word) for name, word in _SUMMARY.items()},
    )


def _counters(metrics: Iterable[dict[str, Any]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for metric in metrics:
        if metric.get("type") == "counter":
            counted[metric["metric"]] += metric["value"]
    return counted


def _found(log: Path, mark: str) -> Iterable[dict[str, Any]]:
    """The JSON objects that stand behind a mark."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            _, found, text = line.partition(mark)
            if found and text.startswith("{"):
                try:
                    yield json.loads(text)
                except ValueError:  # a line that was cut off
                    continue
