"""target-minimax: settings, accepted streams, commands."""

from typing import Any

import click
from connector_kit.books.identity import Administration
from connector_kit.console import program, settings_option
from connector_kit.posting.target import BooksTarget

from target_minimax.connection import Connection
from target_minimax.masterdata import MasterData
from target_minimax.settings import DECLARATION, Settings
from target_minimax.sinks import Customers

__all__ = ["TargetMinimax", "main"]


class TargetMinimax(BooksTarget):
    """Creates customers in Minimax: each once, or in a report that says why not."""

    name = "target-minimax"
    config_jsonschema = DECLARATION.to_dict()
    accepted_streams = {sink.contract: sink for sink in (Customers,)}  # noqa: RUF012  # declared so by the base

    connection: Connection
    books: MasterData

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._said: set[str] = set()

    def administration(self) -> Administration:
        """The organisation that the settings name; its number is unique within its country."""
        return Administration(
            provider="minimax", tenant=str(self.config["localisation"]), number=str(self.config["organisation_id"])
        )

    def base_url(self) -> str:
        """Minimax' API, as the settings name it."""
        return Settings.from_config(self.config).api_url

    def preflight(self) -> None:
        """Refuse to start unless log-in, organisation and code lists are right."""
        self.connection = Connection(self.config)
        preflight = self.connection.preflight
        for check in preflight.checks():
            if check.error is not None:
                raise check.error
            self.logger.debug("Preflight, %s: %s", check.subject, check.finding)
        self.books = preflight.master_data()
        self.logger.info("Preflight passed: writing to %s", preflight.place)

    def say_once(self, kind: str, text: str) -> None:
        """Warn, unless this kind of thing was said before in the run."""
        if kind not in self._said:
            self._said.add(kind)
            self.logger.warning("%s (said once per run)", text)


@click.command("preflight")
@settings_option
def preflight(settings: dict[str, Any]) -> int:
    """Check log-in, organisation and code lists; writes nothing."""
    exit_code = 0
    for check in Connection(settings).preflight.checks():
        click.echo(check)
        if check.error is not None:
            exit_code = exit_code or int(check.error.exit_code)
    return exit_code


main = program(TargetMinimax, preflight)
