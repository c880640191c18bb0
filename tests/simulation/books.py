"""A bookkeeping package in memory, with three ways to be written to, and a log that nobody can change.

- `batches`: PUT under an identifier that the client chose; the same identifier is the same booking.
- `entries`: POST gives a number; the mark in it can be searched for.
- `parties`: POST gives a number and does not mind codes that exist; the code can be searched for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from connector_kit.posting.wire_json import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime, timedelta

REFUSED_ACCOUNT = "4999"
WORDS_OF_THE_PROVIDER = "MARKER-the-provider-says-Jansen-earns-4321"


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    content: bytes = b""

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, kw_only=True)
class Response:
    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return b"" if self.body is None else write_json(self.body)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to the books: `created`, `replaced`, `edited`, `removed` (the last two by a person)."""

    at: datetime
    what: str
    number: str
    document: Any
    late: bool


@dataclass(kw_only=True)
class Booking:
    number: str
    mark: str | None
    document: Any
    since: datetime
    version: int = 1
    removed: bool = False
    touched: bool = False
    """A person did something to it last."""

    @property
    def key(self) -> str:
        return str(self.document["key"])

    @property
    def reverses(self) -> str | None:
        number: str | None = self.document.get("reverses")
        return number


class Books:
    """The provider.

    Args:
        now: Clock.
        versioned: It has versions, and refuses to change another one than was named.
        visible_after: A search shows a booking so long after it was made.
    """

    def __init__(self, now: Callable[[], datetime], *, versioned: bool, visible_after: timedelta) -> None:
        self._now = now
        self._versioned = versioned
        self._visible_after = visible_after
        self._numbers = count(1)
        self._late = False
        self.log: list[Event] = []
        self.bookings: dict[str, Booking] = {}
        self.closed: set[str] = set()
        self.logged_in = True
        self.writes = 0

    # The API

    def handle(self, request: Request, *, late: bool = False) -> Response:  # noqa: PLR0911  # one table
        """Do what a request asks; `late` ones were sent long ago."""
        self._late = late
        if not self.logged_in and not late:
            return Response(status=401, body={"message": WORDS_OF_THE_PROVIDER})
        shelf, _, number = request.path.strip("/").partition("/")
        self.writes += request.writes
        match request.method, number:
            case "GET", "":
                return self._search(shelf, request.params)
            case "GET", _:
                return self._read(number)
            case "POST", "":
                return self._create(shelf, read_json(request.content))
            case "PUT", _ if number in self.bookings and not self.bookings[number].removed:
                return self._replace(self.bookings[number], read_json(request.content), request.params.get("version"))
            case "PUT", _ if shelf == "batches" and "version" not in request.params:
                return self._create(shelf, read_json(request.content), number)
            case _:
                return Response(status=404)

    def _search(self, shelf: str, params: Mapping[str, Any]) -> Response:
        visible = (b for b in self.bookings.values() if not b.removed and self._visible(b, shelf))
        found = [b for b in visible if b.number.startswith(shelf) and b.mark == params["mark"]]
        if "period" in params:
            found = [b for b in found if b.document["date"].startswith(params["period"])]
        return Response(status=200, body={"items": [self._shown(b) for b in found]})

    def _visible(self, booking: Booking, shelf: str) -> bool:
        return shelf == "batches" or booking.since + self._visible_after <= self._now()

    def _read(self, number: str) -> Response:
        held = self.bookings.get(number)
        if held is None or held.removed:
            return Response(status=404)
        return Response(status=200, body=self._shown(held))

    def _shown(self, booking: Booking) -> dict[str, Any]:
        version = {"version": booking.version} if self._versioned else {}
        return {"id": booking.number, "document": booking.document, **version}

    def _create(self, shelf: str, body: Any, number: str | None = None) -> Response:
        if refused := self._refused(body["document"]):
            return refused
        booking = Booking(
            number=number or f"{shelf}-{next(self._numbers)}",
            mark=body.get("mark"),
            document=body["document"],
            since=self._now(),
        )
        self.bookings[booking.number] = booking
        self._note("created", booking)
        return Response(status=201, body={"id": booking.number} | self._version_of(booking))

    def _replace(self, booking: Booking, body: Any, version: str | None) -> Response:
        same = booking.document == body["document"]
        if version is None and same:
            return Response(status=200, body={"id": booking.number} | self._version_of(booking))
        if self._versioned and str(version) != str(booking.version):
            return Response(status=409, body={"message": WORDS_OF_THE_PROVIDER})
        if refused := self._refused(body["document"]):
            return refused
        booking.document = body["document"]
        booking.version += 1
        self._note("replaced", booking)
        booking.touched = False
        return Response(status=200, body={"id": booking.number} | self._version_of(booking))

    def _version_of(self, booking: Booking) -> dict[str, Any]:
        return {"version": booking.version} if self._versioned else {}

    def _refused(self, document: Any) -> Response | None:
        if any(line["account"] == REFUSED_ACCOUNT for line in document["lines"]):
            return Response(status=400, body={"code": "M17", "message": WORDS_OF_THE_PROVIDER})
        if document["date"][:7] in self.closed:
            return Response(status=422, body={"code": "closed", "message": WORDS_OF_THE_PROVIDER})
        return None

    def _note(self, what: str, booking: Booking) -> None:
        event = Event(at=self._now(), what=what, number=booking.number, document=booking.document, late=self._late)
        self.log.append(event)

    # What people do

    def edit(self, booking: Booking) -> None:
        """Change a text by hand."""
        lines = [line | {"text": "by hand"} for line in booking.document["lines"]]
        booking.document = booking.document | {"lines": lines}
        booking.version += 1
        booking.touched = True
        self._late = False
        self._note("edited", booking)

    def remove(self, booking: Booking) -> None:
        """Remove a booking by hand."""
        booking.removed = booking.touched = True
        self._late = False
        self._note("removed", booking)

    # What is true

    def live(self) -> Iterator[Booking]:
        """The bookings that count: neither removed nor taken back."""
        taken_back = {b.reverses for b in self.bookings.values() if b.reverses and not b.removed}
        for booking in self.bookings.values():
            if not booking.removed and not booking.reverses and booking.number not in taken_back:
                yield booking
