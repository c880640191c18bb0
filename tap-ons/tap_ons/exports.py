"""Hours of all employees at once: Ons prepares an export on request, one at a time in an environment."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import requests
from connector_kit.errors import SettingError
from connector_kit.extract import decoded_json, problem_of, wait
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from typing_extensions import override

from tap_ons.answers import document_rows
from tap_ons.client import SYNCED_AT
from tap_ons.list_stream import ListStream
from tap_ons.listing import Job
from tap_ons.listings import JOBS
from tap_ons.marks import WindowProgress, start_day
from tap_ons.windows import AMSTERDAM

if TYPE_CHECKING:
    from singer_sdk import Stream
    from singer_sdk.helpers.types import Record

    from tap_ons.client import Connection
    from tap_ons.tap import TapOns

__all__ = ["ExportStream", "export_streams"]

T = TypeVar("T")
Row = dict[str, Any]
_DAY: Final = timedelta(days=1)
_NOT_YET: Final = frozenset({400, 423})
"""Another export is running, or the result is not ready (vendor OpenAPI, table of statuses)."""
_BUSY_SECONDS_MAX: Final = 600
"""Longer than this nobody waits for another export to end: there may be no filter with that name instead."""
_TELL_EVERY_SECONDS: Final = 30
_WAIT_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_BEGIN: Final = "beginDate"


class ExportStream(ListStream):
    """Presence logs as an export filter of Ons gives them.

    For how long a time an export of a day is, Ons does not say: the next one is that of the day after the last one that
    the export told of. So a day is left out by none, and told by several at most, under the same key.
    """

    def __init__(self, tap: "TapOns", job: Job) -> None:
        self.job = job
        super().__init__(tap, job, primary_keys=("_ons_key",))
        self.selected_by_default = job.selected or self.config.get("presence_logs_by") == "export"
        self.replication_key = SYNCED_AT

    @override
    def check_settings(self) -> None:
        start_day(self.config, self.name)
        if not self.config.get("presence_logs_filter"):
            raise SettingError(
                f"setting presence_logs_filter is missing: {self.name} needs the name of an export filter"
            )

    @override
    def records(self) -> Iterator["Record"]:
        exports = _Exports(self.shared.connection, self.job, self.config, self.logger)
        progress = self._progress
        day, keys = progress.again, set[str]()
        first, self.seen.noun, self.seen.parts = day, "days", max(0, (progress.tomorrow - day).days)
        while day < progress.tomorrow:
            rows = exports.of(day)
            new = set[str]()
            for record in self.keyed(rows):
                if record["_ons_key"] not in keys | new:
                    yield record
                new.add(record["_ons_key"])
            keys = new
            day = max([day, *_days(rows)]) + _DAY
            self.seen.done = (day - first).days
            progress.pass_by(day, None)
            self.checkpoint()

    @cached_property
    def _progress(self) -> WindowProgress:
        return self.window_progress(self.config["presence_logs_filter"])


class _Exports:
    """Has exports made."""

    def __init__(self, connection: "Connection", job: Job, settings: Mapping[str, Any], logger: logging.Logger) -> None:
        self._connection = connection
        self._job = job
        self._filter = settings["presence_logs_filter"]
        self._seconds_max = 60 * int(settings["export_minutes"])
        self._logger = logger

    def of(self, day: date) -> list[Row]:
        """Give the export of a day.

        Raises:
            RetriableAPIError: It was not ready in time, or failed.
            SettingError: Ons does not begin it.
            SkippableAPIError: Exports are not granted.
        """
        parameters = {
            "filter_name": self._filter,
            "date": day.isoformat(),
            "compression_type": 0,
            "verified_only": "false",
        }
        try:
            begun = self._patiently(
                partial(self._get, "collect", day, parameters, decoded_json),
                f"{self._what(day)}: another export is running, or there is none with the name of setting "
                "presence_logs_filter",
                seconds=min(self._seconds_max, _BUSY_SECONDS_MAX),
            )
        except _NotYetError as error:
            raise SettingError(str(error)) from None
        identity, waiting = begun["uuid"], f"{self._what(day)}: Ons is making the export"
        self._patiently(partial(self._finished, identity, day), waiting, seconds=self._seconds_max)
        return self._patiently(
            partial(self._get, f"result/{identity}", day, {}, _rows), waiting, seconds=self._seconds_max
        )

    def _finished(self, identity: str, day: date) -> None:
        """Make sure that an export is ready.

        Raises:
            _NotYetError: It is not.
            RetriableAPIError: It never will be.
        """
        status = self._get(f"status/{identity}", day, {}, decoded_json).get("exportStatusType")
        if status in {"STARTED", "RUNNING"}:
            raise _NotYetError(f"{self._what(day)}: not yet")
        if status != "FINISHED":
            raise RetriableAPIError(f"{self._what(day)}: Ons could not make the export ({status}); run again")

    def _patiently(self, ask: Callable[[], T], waiting: str, *, seconds: float) -> T:
        """Ask until there is an answer, and say now and then what is waited for.

        Raises:
            _NotYetError: So many seconds have passed.
        """
        began, waits = time.monotonic(), iter(_WAIT_SECONDS)
        told_at = began
        while True:
            try:
                return ask()
            except (_NotYetError, FatalAPIError) as error:
                problem = problem_of(error)
                if not isinstance(error, _NotYetError) and (problem is None or problem.status not in _NOT_YET):
                    raise
            now = time.monotonic()
            if now - began >= seconds:
                raise _NotYetError(
                    f"{waiting}, after {_minutes(seconds)} still: run again later, or set export_minutes to more"
                )
            if now - told_at >= _TELL_EVERY_SECONDS:
                self._logger.info("%s: waiting for %d s, for %s at most", waiting, now - began, _minutes(seconds))
                told_at = now
            wait(next(waits, _WAIT_SECONDS[-1]))

    def _get(self, what: str, day: date, parameters: dict[str, Any], read: Callable[[requests.Response], T]) -> T:
        request = self._connection.prepare(f"{self._job.path}/{what}", parameters=parameters)
        return self._connection.session.call(request, what=self._what(day), needs=self._job.path, read=read)

    def _what(self, day: date) -> str:
        return f"{self._job.stream} of {day.isoformat()}"


class _NotYetError(RetriableAPIError):
    """An export is not ready."""


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"


def _rows(response: requests.Response) -> list[Row]:
    return list(document_rows(iter([response.content])))


def _days(rows: list[Row]) -> Iterator[date]:
    """Give the days on which hours begin, in Amsterdam."""
    for row in rows:
        try:
            moment = datetime.fromisoformat(str(row.get(_BEGIN)))
        except ValueError:
            continue
        yield (moment.astimezone(AMSTERDAM) if moment.tzinfo else moment).date()


def export_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the table of exports."""
    return [ExportStream(tap, job) for job in JOBS]
