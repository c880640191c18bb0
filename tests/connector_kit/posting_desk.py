"""Small providers in memory, a clock that only counts, and posters that come and go like runs."""

import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector_kit.books import identity
from connector_kit.books.identity import Administration
from connector_kit.posting.delivery import Patience
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.interruption import Interruption
from connector_kit.posting.ledger import Binding, Entry, Ledger
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.poster import Poster
from connector_kit.posting.posting import Kind, OnChanged, Posted, Posting

if TYPE_CHECKING:
    from connector_kit.posting.allowance import Allowance

BINDING = Binding(administration=Administration(provider="tiny", tenant="1", number="7"), base_url="https://x.example")
UNKNOWN = Reply(kind=OutcomeClass.UNKNOWN, status=503)
ABSENT = Reply(kind=OutcomeClass.ABSENT, status=200)


@dataclass
class Booking:
    """What the provider holds."""

    number: str
    mark: str
    text: str
    version: int = 1


@dataclass
class Shelf:
    """The books of a provider that chooses the numbers itself, and says what it did in `effects`.

    Attributes:
        late: Bookings of lost requests that arrive when the test says so.
        lose: What happens to the next writes: `before` (nothing arrives), `after` (the answer is lost), `late`.
        answers: What the next writes answer instead of being carried out.
        unreadable: So many look-ups fail.
        replaces: What has the same mark is the same booking.
    """

    bookings: list[Booking] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    late: list[Booking] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    looks: int = 0
    unreadable: int = 0
    replaces: bool = False

    def book(self, mark: str, text: str) -> Reply:
        if self.answers:
            return self.answers.pop(0)
        booking = Booking(number=f"b{len(self.effects) + 1}", mark=mark, text=text)
        fate = self.lose.pop(0) if self.lose else ""
        if fate == "late":
            self.effects.append(f"late {text}")
            self.late.append(booking)
        elif fate != "before":
            self.effects.append(f"book {text}")
            self.bookings.append(booking)
        return UNKNOWN if fate else self._reply(booking)

    def look(self, mark: str) -> Reply:
        self.looks += 1
        if self.unreadable:
            self.unreadable -= 1
            return UNKNOWN
        found = [booking for booking in self.bookings if booking.mark == mark]
        return self._reply(found[0], *found[1:]) if found else ABSENT

    def recall(self, provider_id: str) -> Reply:
        self.looks += 1
        found = [booking for booking in self.bookings if booking.number == provider_id]
        return self._reply(found[0]) if found else ABSENT

    def change(self, provider_id: str, row_version: str | None, text: str) -> Reply:
        if self.answers:
            return self.answers.pop(0)
        fate = self.lose.pop(0) if self.lose else ""
        [booking] = [booking for booking in self.bookings if booking.number == provider_id]
        if str(booking.version) != row_version:
            return Reply(kind=OutcomeClass.CONFLICT, status=409)
        if fate != "before":
            self.effects.append(f"change {text}")
            booking.text, booking.version = text, booking.version + 1
        return UNKNOWN if fate else self._reply(booking)

    def arrive(self) -> None:
        held = {booking.mark for booking in self.bookings} if self.replaces else set()
        self.bookings += [booking for booking in self.late if booking.mark not in held]
        self.late.clear()

    def _reply(self, booking: Booking, *more: Booking) -> Reply:
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=200,
            provider_id=booking.number,
            row_version=str(booking.version),
            others=tuple(other.number for other in more),
            body=booking.text,
        )


@dataclass
class _Endpoint:
    shelf: Shelf

    def same(self, document: str, reply: Reply) -> bool:
        return bool(document == reply.body)


class _Able(_Endpoint):
    """Can update, reverse and explain."""

    def recall(self, provider_id: str) -> Reply:
        return self.shelf.recall(provider_id)

    def update(self, provider_id: str, row_version: str | None, document: str) -> Reply:
        return self.shelf.change(provider_id, row_version, document)

    def reversal(self, held: Reply) -> str:
        return f"minus {held.body}"

    def fingerprint(self, document: str) -> str:
        return fingerprint(document)

    def recognises(self, fingerprint: str, held: Reply) -> bool:
        return is_fingerprint_of(fingerprint, held.body)

    def differences(self, document: str, held: Reply) -> Mapping[str, tuple[Any, Any]]:
        return {"text": (held.body, document)}


class Marked(_Able):
    """Found by our mark."""

    def write(self, marker: str, document: str) -> Reply:
        return self.shelf.book(marker, document)

    def find(self, marker: str, period: str | None) -> Reply:
        assert period in {"2026-10", None}
        return self.shelf.look(marker)


class Named(_Able):
    """Found under our UUID; a second write replaces."""

    def write(self, operation: uuid.UUID, document: str) -> Reply:
        self.shelf.replaces = True
        self.shelf.bookings = [booking for booking in self.shelf.bookings if booking.mark != str(operation)]
        return self.shelf.book(str(operation), document)

    def read(self, operation: uuid.UUID, document: str) -> Reply:  # noqa: ARG002  # the id says it all
        return self.shelf.look(str(operation))


class Searched(_Endpoint):
    """Found by the first word of the document, its code."""

    def write(self, document: str) -> Reply:
        return self.shelf.book(document.split(maxsplit=1)[0], document)

    def search(self, document: str) -> Reply:
        return self.shelf.look(document.split(maxsplit=1)[0])


class Desk:
    """One ledger, one provider, and one poster per run."""

    def __init__(self, path: Path, endpoint: type[Marked | Named | Searched] = Marked) -> None:
        self.path = path
        self.shelf = Shelf()
        self.endpoint = endpoint(self.shelf)
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.on_changed = OnChanged.REJECT
        self.allowance: Allowance | None = None
        self.kind = Kind()
        self.patience = Patience()
        self.open_ledger()
        self.ledger.cold = False
        self.new_run()

    def open_ledger(self, *, rebuild: bool = False) -> None:
        self.ledger = Ledger.open(self.path, binding=BINDING, run="run", now=lambda: self.now, rebuild=rebuild)
        # The power stays on here, and the disk is slow.
        driver: Any = self.ledger.store._connection.connection.driver_connection
        driver.execute("PRAGMA synchronous = OFF")

    def lose_ledger(self) -> None:
        """The folder of the ledger is gone, and with it what remembered that there was one."""
        self.ledger.close()
        for file in self.path.parent.iterdir():
            file.unlink()
        self.open_ledger()

    def copy_ledger(self) -> None:
        """Somebody makes a copy of the ledger."""
        self.ledger.close()
        shutil.copy(self.path, f"{self.path}.copy")
        self.open_ledger()
        self.ledger.cold = False

    def restore_copy(self) -> None:
        """The ledger is lost, and the copy takes its place; what remembers the newer one is still there."""
        self.ledger.close()
        shutil.copy(f"{self.path}.copy", self.path)
        self.open_ledger(rebuild=True)

    def new_run(self, **later: float) -> None:
        self.now += timedelta(**later)
        self.poster: Poster[str] = Poster(
            ledger=self.ledger,
            endpoint=self.endpoint,
            interruption=Interruption(sleep=lambda _: None),
            provider="tiny",
            login_command="target-tiny login",
            patience=self.patience,
            allowance=self.allowance,
            on_changed=self.on_changed,
            now=lambda: self.now,
        )
        self.poster.begin()

    def post(self, document: str = "one", *, key: str = "k1", version: str | None = None) -> Posted:
        return self.poster.post(
            Posting(
                key=key,
                entity_key=key,
                stream="journal_entries",
                content_hash=identity.content_hash({"document": document}, mapping_version="1"),
                mapping_version="1",
                document=document,
                kind=self.kind,
                source_version=version,
                period="2026-10",
            )
        )

    def said(self, document: str = "one", **options: Any) -> str:
        """What became of it: the reason's code, or else the result."""
        posted = self.post(document, **options)
        return posted.reason.code if posted.reason else str(posted.result)

    def entry(self, key: str = "k1") -> Entry:
        entry = self.ledger.entry(key)
        assert entry
        return entry
