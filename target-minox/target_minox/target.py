"""target-minox: settings, accepted streams, commands."""

from typing import Any

import click
from connector_kit.books.identity import Administration
from connector_kit.console import program, settings_option
from connector_kit.posting.target import BooksTarget

from target_minox.auth import login
from target_minox.booking import Bookkeeper
from target_minox.connection import Connection
from target_minox.preflight import Verdict
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
        for check in preflight.checks():
            if check.error is not None:
                raise check.error
            report = self.logger.warning if check.verdict is Verdict.WARN else self.logger.debug
            report("Preflight, %s: %s", check.subject, check.finding)
        self.bookkeeper = Bookkeeper(preflight.master_data(), self.connection.settings.rules)
        self.logger.info("Preflight passed: booking in %s", preflight.place)


@click.command("preflight")
@settings_option
def preflight(settings: dict[str, Any]) -> int:
    """Check login, administration, master data and payroll links; books nothing."""
    exit_code = 0
    for check in Connection(settings).preflight.checks():
        click.echo(check)
        if check.error is not None:
            exit_code = exit_code or int(check.error.exit_code)
    return exit_code


main = program(TargetMinox, login, preflight)
