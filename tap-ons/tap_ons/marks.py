"""How far a list within windows of time has been read: one small bookmark per stream, for all parents together."""

from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Self

from connector_kit.errors import SettingError

__all__ = ["WindowMark", "WindowProgress", "start_day"]


@dataclass(frozen=True, kw_only=True)
class WindowMark:
    """What has been read, of every parent that there was.

    Attributes:
        start: First day that was read.
        until: Day before which everything has been read.
        newest: Highest id of a parent when it was read: those with a higher one are new, and nothing of theirs was.
            None: the list has no parents, or there were none.
        settings: Signature of the settings that decide what records hold.
    """

    start: date
    until: date
    newest: int | None
    settings: str

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> Self | None:
        """Read it from a stream's state; None: there is none that makes sense, so that everything is to be read."""
        try:
            newest = state["newest"]
            return cls(
                start=date.fromisoformat(state["start"]),
                until=date.fromisoformat(state["until"]),
                newest=None if newest is None else int(newest),
                settings=str(state["settings"]),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, state: MutableMapping[str, Any]) -> None:
        """Write it into a stream's state."""
        state.clear()
        state.update(asdict(self), start=self.start.isoformat(), until=self.until.isoformat())


class WindowProgress:
    """The bookmark of one stream during one sync.

    Args:
        state: The stream's state.
        start: First day of interest.
        today: The day of the sync, in Amsterdam.
        lookback: How far back everything is read again.
        settings: Signature of the settings that decide what records hold: a bookmark of another one counts for nothing.
        is_incremental: Whether earlier syncs count.

    Attributes:
        start: As given.
        tomorrow: The day after the sync: the bookmark goes no further.
        mark: What earlier syncs have read; None: nothing.
        again: First day that is read again of everybody.
    """

    def __init__(
        self,
        state: MutableMapping[str, Any],
        *,
        start: date,
        today: date,
        lookback: timedelta,
        settings: str,
        is_incremental: bool,
    ) -> None:
        self._state = state
        self._settings = settings
        self.start = start
        self.tomorrow = today + timedelta(days=1)
        mark = WindowMark.read(state) if is_incremental else None
        is_good = mark is not None and (
            mark.settings == settings and mark.start <= start and mark.until <= self.tomorrow
        )
        self.mark = mark if is_good else None
        self.again = max(start, self.mark.until - lookback) if self.mark else start

    def is_new(self, parent: Any) -> bool:
        """Tell whether nothing of a parent has been read."""
        return self.mark is None or self.mark.newest is None or parent > self.mark.newest

    def pass_by(self, day: date, newest: int | None) -> None:
        """Take note that everything before a day has been written; the bookmark never moves back.

        Args:
            day: The day.
            newest: Highest id of a parent.
        """
        until = min(day, self.tomorrow)
        if self.mark is None or until >= self.mark.until:
            WindowMark(start=self.start, until=until, newest=newest, settings=self._settings).write(self._state)


def start_day(settings: Mapping[str, Any], stream: str) -> date:
    """Give the first day of interest.

    Raises:
        SettingError: The settings do not say it.
    """
    if not settings.get("start_date"):
        raise SettingError(f"setting start_date is missing: {stream} is read from that day on")
    try:
        return date.fromisoformat(settings["start_date"][:10])
    except ValueError:
        raise SettingError("setting start_date: there is no such day") from None
