"""Payroll runs: which ones have journals to be read now, and what must be remembered for the next sync.

Nmbrs lists the runs of a year and tells when a run was made, but not when it was locked. A run that is open today may
be locked next month, long after newer runs; so a date alone cannot be the bookmark.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

__all__ = ["RunProgress", "RunSelection", "years"]

Run = Mapping[str, Any]
LOOK_BACK: Final = timedelta(days=1)
"""How far the clock of `createdAt` may be wrong: it says UTC, its description says CET, and CET jumps in October."""
_STATE_KEY: Final = "runs"
_DECEMBER: Final = 12


def years(start: date, today: date) -> range:
    """Years whose runs are listed: from the start to this year, in December to the next one."""
    return range(start.year, today.year + (2 if today.month == _DECEMBER else 1))


@dataclass(frozen=True, kw_only=True)
class RunSelection:
    """Which runs the settings ask for.

    Attributes:
        start: Runs whose last period ended before this day are left out.
        types: Types of run; empty means all.
        only_locked: Leave out runs that may still change.
    """

    start: date
    types: frozenset[str] = frozenset()
    only_locked: bool = True

    def of(self, runs: Iterable[Run]) -> list[Run]:
        """Give the runs in scope, oldest first, locked or not."""
        chosen = [run for run in runs if not (self._ended_before_start(run) or self._other_type(run))]
        return sorted(chosen, key=lambda run: (run["created_at"] or "", run["number"] or 0, run["payroll_run_id"]))

    def _other_type(self, run: Run) -> bool:
        return bool(self.types) and run["type"] not in self.types

    def _ended_before_start(self, run: Run) -> bool:
        """Tell for sure only: a period number is read as a month, the longest kind of period."""
        if run["year"] is None or run["period_end"] is None:
            return False
        return (run["year"], min(run["period_end"], _DECEMBER)) < (self.start.year, self.start.month)

    @property
    def signature(self) -> str:
        """Changes when runs that were left out before come into scope."""
        return f"{self.start.isoformat()} {','.join(sorted(self.types))}"


@dataclass(kw_only=True)
class RunProgress:
    """What has been read of one company's runs; lives in the state of a stream, and stays small.

    Attributes:
        signature: Of the selection; another selection starts anew (what is sent twice, targets skip).
        until: Runs made up to a day before this moment are done, unless they are open.
        recent: Ids of runs done that are younger than that.
        open: Ids of runs that still have to be read (again): not locked yet, or not available when asked for.
    """

    signature: str
    until: str | None = None
    recent: dict[str, str] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, state: Mapping[str, Any], selection: RunSelection) -> "RunProgress":
        """Read the state of a partition; anything that does not fit the selection counts as nothing read."""
        saved = state.get(_STATE_KEY) or {}
        if saved.get("selection") != selection.signature:
            return cls(signature=selection.signature)
        return cls(
            signature=selection.signature,
            until=saved.get("until"),
            recent=dict(saved.get("recent") or {}),
            open=set(saved.get("open") or ()),
        )

    def write(self, state: dict[str, Any]) -> None:
        """Write it into the state of a partition."""
        state[_STATE_KEY] = {
            "selection": self.signature,
            "until": self.until,
            "recent": dict(sorted(self.recent.items())),
            "open": sorted(self.open),
        }

    def due(self, runs: Sequence[Run], *, only_locked: bool) -> list[Run]:
        """Give the runs to be read now, of a complete list in scope, oldest first."""
        return [run for run in runs if (run["locked"] or not only_locked) and not self._is_done(run)]

    def begin(self, runs: Sequence[Run]) -> None:
        """Take note of a complete list: runs that are not locked stay open, runs that have gone are forgotten."""
        listed = {run["payroll_run_id"] for run in runs}
        self.open = (self.open & listed) | {run["payroll_run_id"] for run in runs if not run["locked"]}

    def done(self, run: Run) -> None:
        """Take note that all records of a run have been written."""
        run_id, made = run["payroll_run_id"], run["created_at"]
        if run["locked"]:
            self.open.discard(run_id)
        if made is not None:
            self.until = max(self.until or made, made)
            self.recent[run_id] = made
            self.recent = {key: value for key, value in self.recent.items() if value >= self._horizon()}

    def postpone(self, run: Run) -> None:
        """Take note that a run could not be read."""
        self.open.add(run["payroll_run_id"])

    def _is_done(self, run: Run) -> bool:
        if run["payroll_run_id"] in self.open or self.until is None or run["created_at"] is None:
            return False
        return run["created_at"] < self._horizon() or run["payroll_run_id"] in self.recent

    def _horizon(self) -> str:
        """The moment up to which every run is done; in the format of `created_at`, whose text order is time order."""
        moment = datetime.fromisoformat(self.until or "") - LOOK_BACK
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
