"""The provider's calls of an hour, a day or a month, and its patience with errors: counted on disk, before each call.

What is spent lands in the same commit as the step that says that a request may leave, so a process that dies has not
spent less than it has sent. Rolling windows are counted in slices: a call counts until its whole slice is out of the
window, never shorter. Only what has a limit is counted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from connector_kit.posting.allowance import NotNowError
from connector_kit.posting.ledger import schema as tables
from connector_kit.posting.ledger.store import Store

__all__ = ["Budget", "BudgetSpentError", "Limit", "Window"]

_INSERTS: Final[Mapping[str, Callable[..., Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_HERE: Final = (tables.budget.c.window == sa.bindparam("of")) & (tables.budget.c.started_at == sa.bindparam("since"))
"""The row of a slice."""
_ADD: Final = (
    sa.update(tables.budget)
    .where(_HERE)
    .values(
        calls=tables.budget.c.calls + sa.bindparam("more_calls"),
        errors=tables.budget.c.errors + sa.bindparam("more_errors"),
    )
)
_SLICES: Final = 240
"""Per rolling window; a day is counted in slices of six minutes."""


class Window(StrEnum):
    """What a provider counts over."""

    HOUR = "hour"
    """The last 60 minutes, at any moment."""
    DAY = "day"
    """The last 24 hours, at any moment."""
    MONTH = "month"
    """The calendar month."""


_LENGTHS: Final = {Window.HOUR: timedelta(hours=1), Window.DAY: timedelta(hours=24)}
_SAID: Final = {Window.HOUR: "one hour", Window.DAY: "24 hours", Window.MONTH: "this month"}


@dataclass(frozen=True, kw_only=True)
class Limit:
    """What a provider allows in a window.

    Attributes:
        window: The window.
        calls: Most calls; None: any number.
        errors: Most calls that it refuses, before it might shut us out; None: any number.
        reserve: Calls of these that are kept for look-ups of what is in doubt.
    """

    window: Window
    calls: int | None = None
    errors: int | None = None
    reserve: int = 0


class BudgetSpentError(NotNowError):
    """The provider's calls, or its patience with errors, are used up; nothing has been sent."""


class _Spent(NamedTuple):
    calls: int = 0
    errors: int = 0


class Budget:
    """What may still be spent at a provider, by the administration of a ledger.

    Args:
        store: Open ledger database; the budget lives in it.
        limits: What the provider allows.
        now: Clock.
        zone: Where the provider's months begin.
    """

    def __init__(
        self, store: Store, limits: Iterable[Limit], *, now: Callable[[], datetime], zone: tzinfo = UTC
    ) -> None:
        self._store = store
        self._limits = {limit.window: limit for limit in limits}
        self._all_spent = _spent_in(self._limits)
        self._now = now
        self._zone = zone

    def spend(self, calls: int = 1, *, recovery: bool = False) -> None:
        """Count calls that are about to be made, in the transaction under way (else in one of its own).

        Args:
            calls: How many.
            recovery: They look up what is in doubt, so they may use the reserve.

        Raises:
            BudgetSpentError: That is more than is left; nothing is counted.
        """
        if not self._limits:
            return
        with self._store.writing() as connection:
            now = self._now()
            spent = self._spent(connection, now)
            for window, limit in self._limits.items():
                self._refuse(connection, now, limit, spent[window], calls=calls, recovery=recovery)
            for window in self._limits:
                self._add(connection, now, window, calls=calls)

    def note(self, calls: int = 1) -> None:
        """Count calls that are about to be made, whatever is left."""
        if self._limits:
            with self._store.writing() as connection:
                for window in self._limits:
                    self._add(connection, self._now(), window, calls=calls)

    def give_back(self, calls: int = 1) -> None:
        """Count calls out again that were not made after all; not if the slice in which they were counted is over."""
        if not self._limits:
            return
        columns = tables.budget.c
        with self._store.writing() as connection:
            for window in self._limits:
                less = sa.update(tables.budget).where(_HERE & (columns.calls >= calls))
                here = self._here(window, self._now())
                connection.execute(less.values(calls=columns.calls - calls), here)

    def fail(self, errors: int = 1) -> None:
        """Count calls that the provider refused, in the transaction under way (else in one of its own)."""
        counted = [window for window, limit in self._limits.items() if limit.errors is not None]
        if counted:
            with self._store.writing() as connection:
                for window in counted:
                    self._add(connection, self._now(), window, errors=errors)

    def correct(self, window: Window, left: int) -> None:
        """Learn from the provider how many calls are left; others may spend them too.

        It only ever corrects downward: an answer may be older than what was spent since.
        """
        counted = self.left(window)
        if counted is not None and counted > max(left, 0):
            with self._store.writing() as connection:
                self._add(connection, self._now(), window, calls=counted - max(left, 0))

    def left(self, window: Window | None = None) -> int | None:
        """How many calls are left in a window, or in the tightest one; None if there is no limit."""
        with self._store.reading() as connection:
            spent = self._spent(connection, self._now())
        windows = [window] if window else list(self._limits)
        limited = [limit for limit in map(self._limits.get, windows) if limit and limit.calls is not None]
        return min((max((limit.calls or 0) - spent[limit.window].calls, 0) for limit in limited), default=None)

    def _refuse(
        self, connection: sa.Connection, now: datetime, limit: Limit, spent: _Spent, *, calls: int, recovery: bool
    ) -> None:
        allowed = None if limit.calls is None else limit.calls - (0 if recovery else limit.reserve)
        if allowed is not None and spent.calls + calls > allowed:
            free = self._free_at(connection, now, limit.window, excess=spent.calls + calls - allowed)
            kept = f", {limit.reserve} kept for look-ups" if limit.reserve and not recovery else ""
            message = (
                f"the calls of {_SAID[limit.window]} are spent ({spent.calls} of {limit.calls}{kept}); "
                f"run again after {free:%Y-%m-%d %H:%M} UTC"
            )
            raise BudgetSpentError("budget_spent", message)
        if limit.errors is not None and spent.errors >= limit.errors:
            message = (
                f"the provider refused {spent.errors} calls in {_SAID[limit.window]}, more might shut us out; "
                "mend the cause, then run again later"
            )
            raise BudgetSpentError("error_budget_spent", message)

    def _spent(self, connection: sa.Connection, now: datetime) -> dict[Window, _Spent]:
        oldest = {str(window): self._oldest(window, now) for window in self._limits}
        rows = connection.execute(self._all_spent, oldest).tuples()
        return dict.fromkeys(self._limits, _Spent()) | {Window(name): _Spent(c, e) for name, c, e in rows}

    def _counted(self, window: Window, now: datetime) -> dict[str, str]:
        """The parameter of `_counts`."""
        return {str(window): self._oldest(window, now)}

    def _oldest(self, window: Window, now: datetime) -> str:
        """Slices that began then or before do not count any more."""
        if window is Window.MONTH:
            return _text(self._slice(window, now) - timedelta(seconds=1))
        return _text(now - _LENGTHS[window] - _LENGTHS[window] / _SLICES)

    def _slice(self, window: Window, now: datetime) -> datetime:
        """When the slice began that this moment is in."""
        if window is Window.MONTH:
            local = now.astimezone(self._zone)
            return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        seconds = int(_LENGTHS[window].total_seconds()) // _SLICES
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)

    def _add(
        self, connection: sa.Connection, now: datetime, window: Window, *, calls: int = 0, errors: int = 0
    ) -> None:
        columns = tables.budget.c
        more_here = self._here(window, now) | {"more_calls": calls, "more_errors": errors}
        if connection.execute(_ADD, more_here).rowcount == 0:
            more = {"calls": columns.calls + calls, "errors": columns.errors + errors}
            gone = sa.delete(tables.budget).where((columns.window == str(window)) & ~_counts(window))
            connection.execute(gone, self._counted(window, now))
            row = {"window": str(window), "started_at": _text(self._slice(window, now)), "calls": calls}
            new = _INSERTS[connection.dialect.name](tables.budget).values(row | {"errors": errors})
            # A plan counts beside a run, and either may have begun the slice meanwhile.
            connection.execute(new.on_conflict_do_update(index_elements=["window", "started_at"], set_=more))

    def _here(self, window: Window, now: datetime) -> dict[str, str]:
        """The parameters of `_HERE`."""
        return {"of": str(window), "since": _text(self._slice(window, now))}

    def _free_at(self, connection: sa.Connection, now: datetime, window: Window, *, excess: int) -> datetime:
        """When so many calls have left the window."""
        if window is Window.MONTH:
            month = self._slice(window, now).astimezone(self._zone)
            return (month + timedelta(days=32)).replace(day=1).astimezone(UTC)
        last = now
        for started_at, calls in self._slices(connection, window, now):
            last = datetime.fromisoformat(started_at) + _LENGTHS[window] + _LENGTHS[window] / _SLICES
            excess -= calls
            if excess <= 0:
                break
        return last

    def _slices(self, connection: sa.Connection, window: Window, now: datetime) -> Iterator[tuple[str, int]]:
        columns = tables.budget.c
        query = sa.select(columns.started_at, columns.calls).where(_counts(window))
        yield from connection.execute(query.order_by(columns.started_at), self._counted(window, now)).tuples()


def _counts(window: Window) -> sa.ColumnElement[bool]:
    """Slices of a window that still count: those after its parameter, which has the name of the window."""
    return (tables.budget.c.window == str(window)) & (tables.budget.c.started_at > sa.bindparam(str(window)))


def _spent_in(windows: Iterable[Window]) -> sa.Select[tuple[str, int, int]]:
    """What is spent, by window, of the slices that count."""
    columns = tables.budget.c
    sums = sa.select(columns.window, sa.func.sum(columns.calls), sa.func.sum(columns.errors))
    return sums.where(sa.or_(sa.false(), *map(_counts, windows))).group_by(columns.window)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
