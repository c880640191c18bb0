"""What is remembered from sync to sync: one bookmark per stream for all companies, small, and good at any moment.

A stream keeps a *mark*: what complete syncs have read. While a sync is under way it also keeps the mark that this sync
builds, and the company *through* which it has come; companies are read in the order of their ids. Which companies a
mark speaks of follows from when each company was first seen, so nothing is listed per stream and company.
"""

import base64
import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final, Generic, Self, TypeVar
from uuid import UUID

from typing_extensions import override

__all__ = ["Companies", "Coverage", "Mark", "Progress", "SinceMark", "digested", "packed"]

State = MutableMapping[str, Any]
_MARK: Final = "mark"
_UNDER_WAY: Final = "under_way"
_MOVES_FOR: Final = timedelta(hours=12)


class Mark(ABC):
    """What has been read of every company that it covers. `read({})` is the mark of somebody who has read nothing.

    Attributes:
        survives_refresh: Whether it still counts when a refresh is due; the stream itself then decides what to read.
    """

    survives_refresh: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def read(cls, saved: Mapping[str, Any]) -> Self:
        """Read it from the state."""

    @abstractmethod
    def write(self) -> dict[str, Any]:
        """Write it for the state, as plain values that do not change when the mark does."""

    @abstractmethod
    def successor(self) -> Self:
        """Give the mark that a new sync begins with and adds to."""


M = TypeVar("M", bound=Mark)


@dataclass(kw_only=True)
class Coverage(Mark):
    """Says only which companies have been read."""

    @classmethod
    @override
    def read(cls, saved: Mapping[str, Any]) -> Self:
        return cls()

    @override
    def write(self) -> dict[str, Any]:
        return {}

    @override
    def successor(self) -> Self:
        return replace(self)


@dataclass(kw_only=True)
class SinceMark(Mark):
    """How far the records go that have been read.

    Attributes:
        until: Highest moment of creation or change seen, in UTC; None: none was seen. A day before it lies before the
            moment at which any company was listed, whether our clock or that of Nmbrs is wrong.
    """

    until: datetime | None = None

    @classmethod
    @override
    def read(cls, saved: Mapping[str, Any]) -> Self:
        until = saved.get("until")
        return cls(until=datetime.fromisoformat(until) if until else None)

    @override
    def write(self) -> dict[str, Any]:
        return {"until": self.until.isoformat(timespec="microseconds")} if self.until else {}

    @override
    def successor(self) -> Self:
        return replace(self)

    def advance(self, seen: Iterable[str | None], limit: datetime | None) -> None:
        """Take note of the moments of records.

        Args:
            seen: In our records' spelling; those without a zone are UTC.
            limit: `Progress.limit`.
        """
        newest = max(filter(None, seen), default=None)
        if limit is None or newest is None:
            return
        moment = min(_utc(newest), limit)
        self.until = max(self.until or moment, moment)


class Companies:
    """When each company was first read, for all streams together.

    A company that is no longer listed, selected or readable is forgotten: when it returns it is new, and is read whole.

    Args:
        state: The bookmark of the stream `companies`.
        now: Our clock. Moments grow from sync to sync, whatever it says.
    """

    def __init__(self, state: State, *, now: datetime) -> None:
        self._state = state
        self.now = now
        self._begun = time.monotonic()
        self.moment = _later(now, state.get("moment"))
        self._seen = {company: moment for moment, ids in state.get("seen", {}).items() for company in ids}

    @property
    def elapsed(self) -> timedelta:
        """How long the sync has lasted; either clock may stand still or jump back, so the longer time counts."""
        return max(datetime.now(UTC) - self.now, timedelta(seconds=time.monotonic() - self._begun))

    def keep(self, company_ids: Iterable[str]) -> None:
        """Begin a sync of these companies."""
        self._seen = {key: self._seen.get(key, self.moment) for key in map(packed, company_ids)}
        self._write()

    def forget(self, company_id: str) -> None:
        """Take note that a company cannot be read."""
        if self._seen.pop(packed(company_id), None) is not None:
            self._write()

    def seen(self, company_id: str) -> str | None:
        """Give the moment at which a company was first read."""
        return self._seen.get(packed(company_id))

    def _write(self) -> None:
        by_moment: dict[str, list[str]] = {}
        for company, moment in self._seen.items():
            by_moment.setdefault(moment, []).append(company)
        self._state["moment"] = self.moment
        self._state["seen"] = by_moment


@dataclass(kw_only=True)
class _Reading(Generic[M]):
    """A mark and the companies that it covers: those seen up to its start, but for those that it missed.

    Attributes:
        started: Moment of the sync that began it.
        refreshed: When the last reading began that read everything, by our clock.
        settings: Signature of the settings that decide what is read.
    """

    mark: M
    started: str
    refreshed: str
    settings: str
    missed: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, kind: type[M], saved: Mapping[str, Any]) -> "_Reading[M]":
        return cls(
            mark=kind.read(saved),
            started=saved["started"],
            refreshed=saved["refreshed"],
            settings=saved.get("settings", ""),
            missed=set(saved.get("missed", ())),
        )

    def write(self) -> dict[str, Any]:
        missed = {"missed": sorted(self.missed)} if self.missed else {}
        settings = {"settings": self.settings} if self.settings else {}
        return {"started": self.started, "refreshed": self.refreshed, **settings, **missed, **self.mark.write()}

    def covers(self, company_id: str, companies: Companies) -> bool:
        seen = companies.seen(company_id)
        return seen is not None and seen <= self.started and packed(company_id) not in self.missed


class Progress(Generic[M]):
    """The bookmark of one stream during one sync. Companies are to be finished (or missed) in the order of their ids.

    Args:
        state: The bookmark of the stream.
        kind: Class of its marks.
        companies: When each company was first read.
        settings: Signature of the settings that decide what is read: a mark of another one counts for nothing.
        refresh_days: After so many days everything is read again; 0 is always, None is never.

    Attributes:
        growing: The mark that this sync builds; the stream adds what it reads.
        interrupted: The mark that an earlier sync had built when it was interrupted, if this sync goes on with it.
    """

    def __init__(
        self,
        state: State,
        kind: type[M],
        companies: Companies,
        *,
        settings: str = "",
        refresh_days: int | None = None,
    ) -> None:
        self._state = state
        self._companies = companies
        self._kind = kind
        self._done = self._saved(state.get(_MARK), settings)
        self._before = self._resumable(settings) if refresh_days != 0 else None
        self._through = self._resumed_through = state[_UNDER_WAY]["through"] if self._before else ""
        self._has_part = False
        self.refresh_due = self._is_refresh_due(refresh_days)
        self._growing = self._begin(settings)
        self.growing: M = self._growing.mark
        self.interrupted: M | None = self._before.mark if self._before else None

    @property
    def limit(self) -> datetime | None:
        """The newest moment that a mark may name; None: it may not move any more."""
        is_fixed = self._before is not None or self._companies.elapsed > _MOVES_FOR
        return None if is_fixed else self._companies.now

    @property
    def last_started(self) -> datetime | None:
        """When the reading began that the marks of this sync rest on; None: there is none."""
        return _utc(self._done.started) if self._done else None

    def mark_of(self, company_id: str) -> M | None:
        """Give what has been read of a company; None: nothing, or everything is to be read again."""
        reading = self._done
        if self._before and company_id <= self._resumed_through and self._before.covers(company_id, self._companies):
            reading = self._before
        elif self.refresh_due and not self._kind.survives_refresh:
            return None
        return reading.mark if reading and reading.covers(company_id, self._companies) else None

    def finish(self, company_id: str) -> None:
        """Take note that all records of a company have been written."""
        self._growing.missed.discard(packed(company_id))
        self._pass(company_id)

    def miss(self, company_id: str) -> None:
        """Take note that this stream has nothing to say of a company now; it is read whole next time."""
        self._growing.missed.add(packed(company_id))
        self._pass(company_id)

    def part(self) -> None:
        """Take note that the growing mark tells something of a company that is not finished."""
        self._has_part = True

    def complete(self) -> None:
        """Take note that all companies are finished."""
        self._state.pop(_UNDER_WAY, None)
        self._state[_MARK] = self._growing.write()
        self._through, self._has_part = "", False

    def save(self) -> None:
        """Bring the state up to date; what it takes is in proportion to the size of the mark."""
        if self._through or self._has_part:
            self._state[_UNDER_WAY] = {"through": self._through, "mark": self._growing.write()}

    def _pass(self, company_id: str) -> None:
        self._through = max(self._through, company_id)

    def _saved(self, saved: Mapping[str, Any] | None, settings: str) -> _Reading[M] | None:
        if not saved:
            return None
        reading = _Reading.read(self._kind, saved)
        return reading if reading.settings == settings else None

    def _resumable(self, settings: str) -> _Reading[M] | None:
        under_way = self._state.get(_UNDER_WAY) or {}
        return self._saved(under_way.get("mark"), settings)

    def _is_refresh_due(self, refresh_days: int | None) -> bool:
        if self._before:  # as it was when the interrupted sync began: everything is read if its refresh is under way
            return self._done is None or self._before.refreshed != self._done.refreshed
        if self._done is None:
            return True
        if refresh_days is None:
            return False
        passed = self._companies.now - _utc(self._done.refreshed)
        return not timedelta(0) <= passed < timedelta(days=refresh_days)

    def _begin(self, settings: str) -> _Reading[M]:
        if self._before:
            return replace(self._before, mark=self._kind.read(self._before.mark.write()), missed=self._missed_before())
        known = self._done if self._done and (self._kind.survives_refresh or not self.refresh_due) else None
        return _Reading(
            mark=(known.mark if known else self._kind.read({})).successor(),
            started=self._companies.moment,
            refreshed=_text(self._companies.now) if self.refresh_due or not self._done else self._done.refreshed,
            settings=settings,
        )

    def _missed_before(self) -> set[str]:
        return set(self._before.missed) if self._before else set()


def packed(identity: str) -> str:
    """Give an id as the state spells it: a UUID in 22 characters instead of 36, others as they are."""
    try:
        return base64.urlsafe_b64encode(UUID(identity).bytes).rstrip(b"=").decode()
    except ValueError:
        return identity


def digested(identity: str) -> str:
    """Give eight characters that stand for an id where thousands of them are remembered: 48 bits of SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(identity.encode()).digest()[:6]).decode()


def _later(now: datetime, last: str | None) -> str:
    return _text(now if last is None else max(now, _utc(last) + timedelta(seconds=1)))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
