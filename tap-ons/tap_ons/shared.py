"""What the streams of one tap share: connection, personal-data policy, what was not granted."""

from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from connector_kit.errors import LoginRequiredError
from connector_kit.extract import PersonalDataPolicy
from singer_sdk.exceptions import SkippableAPIError

from tap_ons.client import Connection, OnsStream
from tap_ons.outages import OutageAdapter
from tap_ons.parents import Parents
from tap_ons.state import signature
from tap_ons.windows import AMSTERDAM

if TYPE_CHECKING:
    from tap_ons.tap import TapOns

__all__ = ["Shared"]


class Shared:
    """Made when it is first needed: discovery needs no certificate."""

    def __init__(self, tap: "TapOns") -> None:
        self._tap = tap
        self._left_out: set[str] = set()

    @cached_property
    def policy(self) -> PersonalDataPolicy:
        """What happens to personal data."""
        settings = self._tap.config
        return PersonalDataPolicy(
            include=settings.get("include_personal_data") or (),
            pseudonymise=settings.get("pseudonymise") or (),
            key=settings.get("pseudonym_key"),
        )

    @cached_property
    def personal_data_signature(self) -> str:
        """Another text when the settings of personal data are other ones; tells nothing of the key."""
        settings = self._tap.config
        included, replaced = (sorted(settings.get(name) or ()) for name in ("include_personal_data", "pseudonymise"))
        return signature(included, replaced, replaced and self.policy.pseudonym("", "secret"))

    @cached_property
    def connection(self) -> Connection:
        """The one session of all streams; their settings are checked before anything is sent."""
        for stream in self._tap.streams.values():
            if stream.selected and isinstance(stream, OnsStream):
                stream.check_settings()
        settings, logger = self._tap.config, self._tap.logger
        connection = Connection.from_settings(settings, version=self._tap.plugin_version, logger=logger)
        http = connection.session.http
        patient = OutageAdapter(
            http.get_adapter(connection.api_url), seconds=60 * settings["outage_minutes"], logger=logger
        )
        http.mount("https://", patient)
        return connection

    @cached_property
    def now(self) -> datetime:
        """When this sync began, by our clock."""
        return datetime.now(UTC)

    @property
    def today(self) -> date:
        """The day on which this sync began, in Amsterdam."""
        return self.now.astimezone(AMSTERDAM).date()

    @cached_property
    def parents(self) -> Parents:
        """Ids of those whose lists are read."""
        return Parents(connection=lambda: self.connection, logger=self._tap.logger)

    def report_refusal(self, stream: str, error: SkippableAPIError) -> None:
        """Say that something is not granted, and what to ask for.

        Raises:
            LoginRequiredError: The certificate itself is refused, or the settings say to stop.
        """
        self.connection.require_acceptance()
        if self._tap.config["fail_on_forbidden"]:
            raise LoginRequiredError(str(error)) from None
        self._tap.watch.of(stream).left_out += 1
        self._tap.logger.getChild(stream).warning("Not granted: %s", error)

    def leave_out(self, stream: str, error: SkippableAPIError) -> None:
        """Leave out a stream that is not granted.

        Raises:
            LoginRequiredError: As of `report_refusal`, or nothing of what is selected is granted.
        """
        self.report_refusal(stream, error)
        self._left_out.add(stream)
        if self._left_out == {name for name, other in self._tap.streams.items() if other.selected}:
            raise LoginRequiredError(
                f"none of the selected streams is granted: ask for them in the connector's Technical Design ({error})"
            ) from None
