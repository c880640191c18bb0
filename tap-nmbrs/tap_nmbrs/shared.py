"""What the streams of one tap share: connection, lists asked for once, documents fetched once."""

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector_kit.errors import SettingError
from connector_kit.extract import PersonalDataPolicy

from tap_nmbrs.client import Connection
from tap_nmbrs.directory import Directory
from tap_nmbrs.documents import DocumentSpool
from tap_nmbrs.journal_streams import JournalStream
from tap_nmbrs.runs import RunSelection, years
from tap_nmbrs.streams import Companies, Debtors, PayrollRuns, RunLists

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

    @cached_property
    def connection(self) -> Connection:
        """The one session of all streams and threads."""
        return Connection.from_settings(self._settings, version=self._tap.plugin_version)

    @cached_property
    def directory(self) -> Directory:
        """Debtors and companies."""
        debtors, companies = Debtors(self._tap), Companies(self._tap)
        return Directory(
            self._settings,
            list_debtors=lambda: debtors.request_records(None),
            list_companies=lambda: companies.request_records(None),
        )

    @cached_property
    def run_lists(self) -> RunLists:
        """Payroll runs of every company."""
        return RunLists(PayrollRuns(self._tap))

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

    @cached_property
    def journal_documents(self) -> DocumentSpool | None:
        """Where journal documents are kept, if two streams need them."""
        selected = [s for s in self._tap.streams.values() if isinstance(s, JournalStream) and s.selected]
        return DocumentSpool() if len(selected) > 1 else None

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
