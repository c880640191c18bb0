"""Payroll runs: which ones are to be read now, and what must be remembered for the next sync.

Nmbrs lists the runs of a year and tells when a run was made, but not when it was locked. A run that is open today may
be locked next month, long after newer runs; so a date alone cannot be the bookmark.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from typing_extensions import override

from tap_nmbrs.periods import Kind
from tap_nmbrs.progress import Mark, SinceMark, digested, packed

__all__ = ["OpenRuns", "Run", "RunMark", "RunSelection", "due_runs", "last_day"]

Run = Mapping[str, Any]
LOOK_BACK: Final = timedelta(days=1)
"""How far the clock of `createdAt` may be wrong: it says UTC, its description says CET, and CET jumps in October."""
_DECEMBER: Final = 12
_LAST_FOUR_WEEKS: Final = 13
_DIGEST_LENGTH: Final = 7


def last_day(year: int, number: int, kind: Kind) -> date | None:
    """Give the last day of a payroll period; None: there is no such period."""
    if not 1 <= number <= kind.periods_in(year):
        return None
    if kind is Kind.MONTH:
        return date(year + number // _DECEMBER, number % _DECEMBER + 1, 1) - timedelta(days=1)
    if kind is Kind.FOUR_WEEKS:
        number = Kind.WEEK.periods_in(year) if number == _LAST_FOUR_WEEKS else 4 * number
    return date.fromisocalendar(year, number, 7)


@dataclass(frozen=True, kw_only=True)
class RunSelection:
    """Which runs the settings ask for.

    Attributes:
        start: Runs whose last period ended before this day are left out.
        types: Types of run; empty means all.
    """

    start: date
    types: frozenset[str] = frozenset()

    def of(self, runs: Iterable[Run], kind: Kind | None = None) -> list[Run]:
        """Give the runs in scope, oldest first, locked or not.

        Args:
            runs: Of one company.
            kind: What its period numbers count; None: not known.
        """
        chosen = [run for run in runs if not (self._ended_before_start(run, kind) or self._other_type(run))]
        return sorted(chosen, key=lambda run: (run["created_at"] or "", run["number"] or 0, run["payroll_run_id"]))

    def _other_type(self, run: Run) -> bool:
        return bool(self.types) and run["type"] not in self.types

    def _ended_before_start(self, run: Run, kind: Kind | None) -> bool:
        """Tell for sure only: where nobody knows the kind of period, its number counts months, the longest of them."""
        year, number = run["year"], run["period_end"]
        if year is None or number is None:
            return False
        ended = last_day(year, number, kind) if kind else last_day(year, min(number, _DECEMBER), Kind.MONTH)
        return ended is not None and ended < self.start

    @property
    def signature(self) -> str:
        """Changes when runs that were left out before come into scope."""
        return f"{self.start.isoformat()} {','.join(sorted(self.types))}"


@dataclass(kw_only=True)
class RunMark(SinceMark):
    """Which runs have been read, of all companies together; stays small.

    Every run made more than a day before `until` is done, unless it is open. `until` moves only in syncs that list the
    runs of all years, so that a run of an old year is not passed over before its year is listed again.

    Attributes:
        open: Digests of the runs that still have to be read (again): not locked yet, or not available when asked for.
        recent: Digests of the runs done that are younger than that, by the day on which they were made.
        years: Years of the open runs of a company that would not be listed otherwise.
        partial: Digests of the runs done of a company that is not finished.
        lags: The last sync that listed all years was interrupted: the next one lists them again, so that `until` moves.
    """

    survives_refresh: ClassVar[bool] = True  # the journal of a run does not change
    open: set[str] = field(default_factory=set)
    recent: dict[str, set[str]] = field(default_factory=dict)
    years: dict[str, list[int]] = field(default_factory=dict)
    partial: set[str] = field(default_factory=set)
    lags: bool = False

    @classmethod
    @override
    def read(cls, saved: Mapping[str, Any]) -> Self:
        return cls(
            until=SinceMark.read(saved).until,
            open=_parted(saved.get("open", "")),
            recent={day: _parted(digests) for day, digests in saved.get("recent", {}).items()},
            years={company: list(years) for company, years in saved.get("years", {}).items()},
            partial=_parted(saved.get("partial", "")),
            lags=saved.get("lags", False),
        )

    @override
    def write(self) -> dict[str, Any]:
        written = {
            "open": "".join(sorted(self.open)),
            "recent": {day: "".join(sorted(digests)) for day, digests in sorted(self.recent.items())},
            "years": dict(sorted(self.years.items())),
            "partial": "".join(sorted(self.partial)),
            "lags": self.lags,
        }
        return {**super().write(), **{name: value for name, value in written.items() if value}}

    @override
    def successor(self) -> Self:
        return replace(
            self, open=set(), partial=set(), recent={day: set(runs) for day, runs in self.recent.items()}, years={}
        )

    def is_done(self, run: Run) -> bool:
        """Tell whether a run has been read for good."""
        made, digest = run["created_at"], _digest(run)
        if made is None or digest in self.open:
            return False
        return made < self._horizon or digest in self.recent.get(made[:10], ())

    def is_done_in_part(self, run: Run) -> bool:
        """Tell whether a run was read before the sync was interrupted in its company."""
        return _digest(run) in self.partial

    def take_part(self, run: Run) -> None:
        """Take note that all records of a run have been written, before its company is finished."""
        if run["locked"]:
            self.partial.add(_digest(run))

    def open_years(self, company_id: str) -> Sequence[int]:
        """Give years to be listed besides those that always are."""
        return self.years.get(packed(company_id), ())

    def take(self, company_id: str, runs: Iterable[Run], *, unread: Iterable[Run], usual_years: range) -> None:
        """Take note of a company whose runs have been read.

        Args:
            company_id: The company.
            runs: All its runs in scope.
            unread: Those that could not be read.
            usual_years: Years that are listed next time anyway.
        """
        self.partial.clear()
        waiting = {_digest(run) for run in unread}
        years: set[int] = set()
        for run in runs:
            digest, made = _digest(run), run["created_at"]
            if digest in waiting or not run["locked"]:
                self.open.add(digest)
                years |= {run["year"]} - {None}
                continue
            self.open.discard(digest)
            if made is not None and made >= self._horizon:
                self.recent.setdefault(made[:10], set()).add(digest)
        unusual = sorted(year for year in years if year not in usual_years)
        if unusual:
            self.years[packed(company_id)] = unusual
        else:
            self.years.pop(packed(company_id), None)

    @override
    def advance(self, seen: Iterable[str | None], limit: datetime | None) -> None:
        super().advance(seen, limit)
        day = self._horizon[:10]
        self.recent = {made: digests for made, digests in self.recent.items() if made >= day}

    @property
    def _horizon(self) -> str:
        """The moment up to which every run is done; in the format of `created_at`, whose text order is time order."""
        if self.until is None:
            return ""
        return (self.until - LOOK_BACK).astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(kw_only=True)
class OpenRuns(Mark):
    """The runs that were not locked yet: those that go from their list before they are, are shown as deleted.

    Attributes:
        runs: Their ids, by year and digest of the company.
    """

    survives_refresh: ClassVar[bool] = True
    runs: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @classmethod
    @override
    def read(cls, saved: Mapping[str, Any]) -> Self:
        return cls(
            runs={
                year: {company: ids.split() for company, ids in companies.items()}
                for year, companies in saved.get("open", {}).items()
            }
        )

    @override
    def write(self) -> dict[str, Any]:
        years = {
            year: {company: " ".join(ids) for company, ids in companies.items()}
            for year, companies in self.runs.items()
            if companies
        }
        return {"open": years} if years else {}

    @override
    def successor(self) -> Self:
        return type(self)()

    def open_years(self, company_id: str) -> Sequence[int]:
        """Give years to be listed besides those that always are."""
        return [int(year) for year, companies in self.runs.items() if digested(company_id) in companies]

    def gone(self, company_id: str, runs: Iterable[Run]) -> list[tuple[int, str]]:
        """Give year and id of the runs that are not listed any more, of a complete list of their years."""
        listed = {run["payroll_run_id"] for run in runs}
        return [
            (int(year), run_id)
            for year, companies in self.runs.items()
            for run_id in map(_unpacked, companies.get(digested(company_id), ()))
            if run_id not in listed
        ]

    def take(self, company_id: str, runs: Iterable[Run]) -> None:
        """Take note of the runs of a company."""
        for companies in self.runs.values():
            companies.pop(digested(company_id), None)
        for run in runs:
            if not run["locked"] and run["year"] is not None:
                companies = self.runs.setdefault(str(run["year"]), {})
                companies.setdefault(digested(company_id), []).append(_packed_exactly(run["payroll_run_id"]))


def due_runs(runs: Iterable[Run], mark: RunMark | None, interrupted: RunMark | None, *, only_locked: bool) -> list[Run]:
    """Give the runs to be read now.

    Args:
        runs: All runs in scope of a company.
        mark: What has been read of it.
        interrupted: What an interrupted sync had read.
        only_locked: Wait for runs until they are locked.
    """
    return [
        run
        for run in runs
        if (run["locked"] or not only_locked)
        and not (mark is not None and mark.is_done(run))
        and not (interrupted is not None and interrupted.is_done_in_part(run))
    ]


def _digest(run: Run) -> str:
    """Give what tells a run from others in the state: 42 bits of its id."""
    digest = hashlib.sha256(run["payroll_run_id"].encode()).digest()
    return base64.urlsafe_b64encode(digest)[:_DIGEST_LENGTH].decode()


def _parted(digests: str) -> set[str]:
    return {digests[start : start + _DIGEST_LENGTH] for start in range(0, len(digests), _DIGEST_LENGTH)}


def _packed_exactly(identity: str) -> str:
    """Pack an id so that it can be given back to the letter: a UUID in 22 characters, others behind a mark."""
    try:
        is_plain = str(UUID(identity)) == identity
    except ValueError:
        is_plain = False
    return packed(identity) if is_plain else f"={identity}"


def _unpacked(short: str) -> str:
    return short[1:] if short.startswith("=") else str(UUID(bytes=base64.urlsafe_b64decode(short + "==")))
