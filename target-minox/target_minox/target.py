"""target-minox: settings, accepted streams, commands."""

from collections.abc import Mapping

from connector_kit.books.identity import Administration
from connector_kit.console import program
from connector_kit.errors import SettingError
from connector_kit.posting.commands import books_commands
from connector_kit.posting.preflight import preflight_command, require
from connector_kit.posting.target import BooksTarget
from singer_sdk import Sink

from target_minox.batches import TransactionLineBatches
from target_minox.booking import Bookkeeper
from target_minox.connection import Connection
from target_minox.held_books import MinoxBooks
from target_minox.login import login
from target_minox.open_periods import OpenPeriods
from target_minox.parties import CUSTOMER, SUPPLIER, PartyNumbers
from target_minox.settings import DECLARATION, Settings
from target_minox.sinks import SINKS, accepted_streams

__all__ = ["TargetMinox", "main"]


class TargetMinox(BooksTarget):
    """Books in Minox: each entry once, or in a report that says why not."""

    name = "target-minox"
    config_jsonschema = DECLARATION.to_dict()
    accepted_streams = accepted_streams

    connection: Connection
    bookkeeper: Bookkeeper
    numbers: Mapping[str, PartyNumbers]
    periods: OpenPeriods

    def administration(self) -> Administration:
        """The administration that the settings name."""
        config = self.config
        return Administration(
            provider="minox", tenant=str(config["tenant_id"]), number=str(config["administration_id"])
        )

    def base_url(self) -> str:
        """Minox' API, as the settings name it."""
        return Settings.from_config(self.config).api_url

    def preflight(self) -> None:
        """Refuse to start unless login, administration, master data and payroll links are right."""
        self.connection = connection = Connection(self.config)
        preflight = connection.preflight
        require(preflight.checks(), self.logger)
        self.numbers = {kind.noun: PartyNumbers(connection.client, kind) for kind in (CUSTOMER, SUPPLIER)}
        self.bookkeeper = Bookkeeper(
            preflight.master_data(), connection.settings.rules, lambda noun, code: self.numbers[noun].find(code)
        )
        rules = connection.settings.rules
        self.periods = OpenPeriods(
            self.bookkeeper.books.administration, rules.closed, truncate=rules.truncate_descriptions
        )
        self.logger.info("Preflight passed: booking in %s", preflight.place)

    def batches(self) -> TransactionLineBatches:
        """The endpoint of everything that is booked as lines."""
        settings = self.connection.settings
        return TransactionLineBatches(
            self.connection.client, self.periods, verify=settings.verify, change_paid=settings.allow_change_of_paid
        )

    def held_books(self) -> MinoxBooks:
        """What Minox holds, for reconciliation."""
        return MinoxBooks(self.connection.client)

    def get_sink_class(self, stream_name: str) -> type[Sink]:
        """Who writes a stream.

        Raises:
            SettingError: Nobody does, or the settings do not allow it.
        """
        sink = super().get_sink_class(stream_name)
        allowed = self.config.get("streams") or [row.stream for row in SINKS if not row.is_off]
        if stream_name not in allowed and stream_name in accepted_streams:
            raise SettingError(
                f"stream {stream_name!r} is off: add it to the setting streams, and let the main user approve its "
                "scopes with `target-minox login`"
            )
        return sink


preflight = preflight_command(
    lambda settings: Connection(settings).preflight.checks(),
    summary="Check login, administration, master data and payroll links; books nothing.",
)
main = program(TargetMinox, login, preflight, *books_commands())
