"""target-minox: settings, accepted streams, commands."""

from connector_kit.books.identity import Administration
from connector_kit.console import program
from connector_kit.posting.preflight import preflight_command, require
from connector_kit.posting.target import BooksTarget

from target_minox.auth import login
from target_minox.booking import Bookkeeper
from target_minox.connection import Connection
from target_minox.settings import DECLARATION, Settings
from target_minox.sinks import JournalEntries

__all__ = ["TargetMinox", "main"]


class TargetMinox(BooksTarget):
    """Books journal entries in Minox: each once, or in a report that says why not."""

    name = "target-minox"
    config_jsonschema = DECLARATION.to_dict()
    accepted_streams = {sink.contract: sink for sink in (JournalEntries,)}  # noqa: RUF012  # declared so by the base

    connection: Connection
    bookkeeper: Bookkeeper

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
        self.connection = Connection(self.config)
        preflight = self.connection.preflight
        require(preflight.checks(), self.logger)
        self.bookkeeper = Bookkeeper(preflight.master_data(), self.connection.settings.rules)
        self.logger.info("Preflight passed: booking in %s", preflight.place)


preflight = preflight_command(
    lambda settings: Connection(settings).preflight.checks(),
    summary="Check login, administration, master data and payroll links; books nothing.",
)
main = program(TargetMinox, login, preflight)
