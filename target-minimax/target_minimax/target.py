"""target-minimax: settings, accepted streams, commands."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from connector_kit.books import identity
from connector_kit.books.identity import Administration
from connector_kit.console import program
from connector_kit.posting.commands import books_commands
from connector_kit.posting.ledger import State
from connector_kit.posting.preflight import preflight_command, require
from connector_kit.posting.target import BooksTarget
from connector_kit.posting.transport import may_write

from target_minimax.connection import Connection
from target_minimax.held_books import MinimaxBooks
from target_minimax.masterdata import MasterData
from target_minimax.pdfs import Pdfs
from target_minimax.references import References
from target_minimax.settings import DECLARATION, Settings
from target_minimax.sinks import accepted_streams
from target_minimax.vat import doubtful_vat

__all__ = ["TargetMinimax", "main"]


class TargetMinimax(BooksTarget):
    """Books in Minimax: each record once, or in a report that says why not."""

    name = "target-minimax"
    config_jsonschema = DECLARATION.to_dict()
    accepted_streams = accepted_streams

    connection: Connection
    references: References
    books: MasterData
    pdfs: Pdfs | None

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
        self.connection = Connection(self.config, booked=self.booked)
        self.references = self.connection.references
        preflight = self.connection.preflight
        require(preflight.checks(), self.logger)
        folder = self.connection.settings.pdf_folder
        self.pdfs = Pdfs(folder, self.logger.warning) if folder else None
        if self.pdfs and may_write():
            self.pdfs.check()
        self.books = preflight.master_data()
        self.logger.info("Preflight passed: writing to %s", preflight.place)

    def held_books(self) -> MinimaxBooks:
        """What Minimax holds, for reconciliation."""
        return MinimaxBooks(self.connection.client, self.references)

    def booked(self, stream: str, key: str) -> str | None:
        """The id of a record that we made, as the ledger has it; None if it is not certain to be there."""
        entity = identity.entity_key(self.administration(), stream, key, secret=self.identity_secret)
        entry = self.ledger.entry(entity)
        return entry.provider_id if entry is not None and entry.state is State.CONFIRMED else None

    def process_endofpipe(self) -> None:
        """All input is read: keep what codes mean, then close."""
        if self._started:
            self.references.remember()
        super().process_endofpipe()

    def doubt_vat(self, whose: str, entry: Mapping[str, Any], on: date | None) -> None:
        """Say where VAT is not what its rate says."""
        for place in doubtful_vat(entry, self.references, on):
            self.logger.warning("%s%s: VAT is not what its rate says of its base; it is booked as it is", whose, place)

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
