"""What the streams of one tap share: connection, lists asked for once, documents fetched once."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector_kit.errors import SettingError
from connector_kit.extract import PersonalDataPolicy

from tap_nmbrs.directory import Directory
from tap_nmbrs.operation import Operation
from tap_nmbrs.rest.connection import Connection
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.rest.source import RestSource
from tap_nmbrs.run_streams import RunLists
from tap_nmbrs.runs import RunSelection, years
from tap_nmbrs.source import Source
from tap_nmbrs.streams import DirectoryList, PayrollRuns

if TYPE_CHECKING:
    from singer_sdk.exceptions import SkippableAPIError

    from tap_nmbrs.tap import TapNmbrs

__all__ = ["Shared"]

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


class Shared:
    """Made when it is first needed: discovery needs none of it but the policy."""

    def __init__(self, tap: "TapNmbrs") -> None:
        self._tap = tap
        self._settings = tap.config
        self.skipped = 0

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        return PersonalDataPolicy(
            include=self._settings.get("include_personal_data") or (),
            pseudonymise=self._settings.get("pseudonymise") or (),
            key=self._settings.get("pseudonym_key"),
        )

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every list that the API of the setting gives, by stream."""
        return {operation.stream: operation for operation in OPERATIONS}

    @cached_property
    def source(self) -> Source:
        """The API, logged in; nothing is sent before it is asked."""
        connection = Connection.from_settings(self._settings, version=self._tap.plugin_version)
        return RestSource(connection, page_size=self._settings["page_size"])

    @cached_property
    def directory(self) -> Directory:
        """Debtors and companies."""
        return Directory(
            self._settings,
            list_debtors=DirectoryList(self._tap, self.operations["debtors"]).read,
            list_companies=DirectoryList(self._tap, self.operations["companies"]).read,
        )

    @cached_property
    def run_lists(self) -> RunLists:
        """Payroll runs of every company."""
        return RunLists(PayrollRuns(self._tap, self.operations["payroll_runs"]))

    @cached_property
    def run_selection(self) -> RunSelection:
        """Which runs the settings ask journals of."""
        return RunSelection(
            start=self._start,
            types=frozenset(self._settings.get("run_types") or ()),
            only_locked=self._settings["journals_only_locked"],
        )

    @cached_property
    def years(self) -> range:
        """Years whose runs are listed."""
        return years(self._start, datetime.now(_AMSTERDAM).date())

    @property
    def _start(self) -> date:
        try:
            return date.fromisoformat(self._settings["start_date"][:10])
        except ValueError:
            raise SettingError("setting start_date: there is no such day") from None

    def count_skipped(self, stream: str, error: "SkippableAPIError") -> None:
        """Say that something was left out."""
        self.skipped += 1
        self._tap.logger.getChild(stream).warning("Skipped (%d so far): %s", self.skipped, error)
