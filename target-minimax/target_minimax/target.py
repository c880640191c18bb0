"""target-minimax: settings, accepted streams, commands."""

from typing import Any

from connector_kit.books.identity import Administration
from connector_kit.console import program
from connector_kit.posting.commands import books_commands
from connector_kit.posting.preflight import preflight_command, require
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
        require(preflight.checks(), self.logger)
        self.books = preflight.master_data()
        self.logger.info("Preflight passed: writing to %s", preflight.place)

    def say_once(self, kind: str, text: str) -> None:
        """Warn, unless this kind of thing was said before in the run."""
        if kind not in self._said:
            self._said.add(kind)
            self.logger.warning("%s (said once per run)", text)


preflight = preflight_command(
    lambda settings: Connection(settings).preflight.checks(),
    summary="Check log-in, organisation and code lists; writes nothing.",
)
main = program(TargetMinimax, preflight, *books_commands())
