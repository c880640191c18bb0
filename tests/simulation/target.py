"""A whole target on the simulated books: everything is the engine's own but the network, the clock and the waiting."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar

from connector_kit.books.identity import Administration
from connector_kit.posting.delivery import Patience
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.ledger import Binding, Ledger
from connector_kit.posting.posting import Kind
from connector_kit.posting.rejection import RejectedError
from connector_kit.posting.target import BooksTarget, EntrySink
from singer_sdk import typing as th
from typing_extensions import override

from tests.simulation.endpoints import Document, Sends, Shelf, shelf_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from connector_kit.books.journal import JournalEntry
    from connector_kit.posting.entry_lines import EntryLinesSink

    from tests.simulation.clock import Clock

SECRET = "MARKER-secret-of-the-login"
ADMINISTRATION = Administration(provider="simulated", tenant="100", number="7")
BASE_URL = "https://books.example"


def document_of(entry: JournalEntry) -> Document:
    """The document as the books hold it."""
    lines = []
    for line in entry.lines:
        side = {"debit": line.debit} if line.debit else {"credit": line.credit}
        lines.append({"account": line.account, "text": line.description or "", **side})
    return {"key": entry.key, "date": entry.date.isoformat(), "lines": lines}


class Entries(EntrySink[Document]):
    """Books entries the way that the settings say."""

    # The real contract, without its many fields: compiling that takes longer than a whole simulated run.
    @classmethod
    @override
    def contract_schema(cls) -> dict[str, Any]:
        return {"type": "object", "required": ["key", "date", "lines"]}

    @override
    def endpoint(self) -> Any:
        shelf: type[Shelf] = shelf_class(self.config["strategy"], self.config["on_changed"])
        assert isinstance(self.books, TargetOfBooks)
        return shelf(self.books.sends, versioned=self.config["versioned"])

    @override
    def prepare(self, fact: JournalEntry) -> Document:
        if any(line.account == "0000" for line in fact.lines):
            raise RejectedError("unknown_account", "the ledger account does not exist", field="lines[0].account")
        return document_of(fact)


class SharedEntries(Entries):
    """Under codes that people choose too."""

    kind: ClassVar[Kind] = Kind(shared_identity=True)


class TargetOfBooks(BooksTarget):
    """Books into the simulated books, however it reaches them."""

    name = "target-of-books"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("api_url", th.StringType, default=BASE_URL),
        th.Property("strategy", th.StringType, required=True),
        th.Property("versioned", th.BooleanType, required=True),
        th.Property("rebuild", th.BooleanType, default=False),
        th.Property("token", th.StringType, secret=True),
    ).to_dict()
    accepted_streams: ClassVar[Mapping[str, type[EntrySink[Any] | EntryLinesSink]]] = {"journal_entries": Entries}
    patience = Patience(tries=2, first_wait_seconds=0.5, longest_wait_seconds=10)
    sends: Sends

    @override
    def administration(self) -> Administration:
        return ADMINISTRATION

    @override
    def base_url(self) -> str:
        return BASE_URL


class SimulatedTarget(TargetOfBooks):
    """In one process, on a clock that stands still."""

    name = "target-simulated"

    def __init__(self, *, clock: Clock, sends: Sends, opened: Callable[[Ledger], None], **options: Any) -> None:
        super().__init__(**options)
        self.interruption = _Patient(sleep=clock.sleep)
        self.clock = clock
        self.sends = sends
        self._opened = opened

    @override
    def poster_options(self) -> dict[str, Any]:
        return super().poster_options() | {"now": self.clock.now}

    @override
    def _open_ledger(self, target: str, binding: Binding, witness: Path) -> Ledger:
        ledger = Ledger.open(
            target,
            binding=binding,
            run=self._run,
            witness=witness,
            now=self.clock.now,
            rebuild=self.config["rebuild"],
        )
        self._opened(ledger)
        return ledger


class SimulatedSharedTarget(SimulatedTarget):
    """The same, for parties."""

    accepted_streams: ClassVar[Mapping[str, type[EntrySink[Any] | EntryLinesSink]]] = {"journal_entries": SharedEntries}


class _Patient(Interruption):
    """No signals come in the simulation; setting an alarm for each request would only take time."""

    @override
    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        yield
