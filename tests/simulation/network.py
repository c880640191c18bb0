"""Everything that may go wrong between the engine and the books, and in the process, by one random generator."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.transport import announce
from connector_kit.posting.wire_json import write_json

from tests.simulation.books import Request, Response

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from tests.simulation.books import Books
    from tests.simulation.clock import Clock

_NOTHING: Final = object()
TIMEOUT: Final = timedelta(seconds=30)
ROUND_TRIP: Final = timedelta(milliseconds=200)
WRITE_FAULTS: Final = (
    "not_sent",
    "drop_request",
    "drop_response",
    "late",
    "status_before",
    "status_after",
    "cut",
    "page",
    "no_identifier",
    "redirect",
    "wait",
)
READ_FAULTS: Final = ("not_sent", "drop_response", "status_before", "cut", "page", "wait")


class Killed(BaseException):
    """The process died here."""


@dataclass(kw_only=True)
class Chaos:
    """What goes wrong in one run.

    Attributes:
        random: Decides.
        fault_rate: Share of the requests that go wrong.
        reads_too: Share of these that may be reads.
        faults: Ways in which writes go wrong.
        late_max: How long a lost write may take to arrive.
        at_call: What happens just before the n-th request.
        kill_at: Number of the passed failpoint at which the process dies.
        disk_full_at: Number of the request after which the disk takes no more.
    """

    random: random.Random
    fault_rate: float = 0.0
    reads_too: float = 1.0
    faults: tuple[str, ...] = WRITE_FAULTS
    late_max: timedelta = timedelta(0)
    at_call: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    kill_at: int | None = None


class Network:
    """In the place of `Transport`, between the engine and `Books`."""

    def __init__(self, books: Books, clock: Clock) -> None:
        self._books = books
        self._clock = clock
        self._chaos: Chaos | None = None
        self._late: list[tuple[datetime, int, Request]] = []
        self._order = count()
        self.calls_of_run = 0
        self.calls: list[datetime] = []
        """When requests left, of all runs."""
        self.trace: list[str] = []
        clock.passes = self._arrive

    def begin_run(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self.calls_of_run = 0

    @property
    def on_its_way(self) -> bool:
        """Whether a lost write has yet to arrive."""
        return bool(self._late)

    def request(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, document: Any = _NOTHING
    ) -> Answer:
        """Make one request, or what becomes of it."""
        assert self._chaos
        announce(method)
        self.calls_of_run += 1
        for act in self._chaos.at_call.get(self.calls_of_run, ()):
            act()
        content = b"" if document is _NOTHING else write_json(document)
        request = Request(method=method, path=path, params=params or {}, content=content)
        self._clock.advance(ROUND_TRIP)
        fault = self._fault(request)
        self._tell(request, fault or "")
        if fault == "not_sent":
            raise NotSentError("the simulated network is down")
        self.calls.append(self._clock.now())
        return self._exchange(request, fault)

    def _fault(self, request: Request) -> str | None:
        assert self._chaos
        rate = self._chaos.fault_rate * (1.0 if request.writes else self._chaos.reads_too)
        if self._chaos.random.random() >= rate:
            return None
        return self._chaos.random.choice(self._chaos.faults if request.writes else READ_FAULTS)

    def _exchange(self, request: Request, fault: str | None) -> Answer:
        assert self._chaos
        draw = self._chaos.random
        match fault:
            case "drop_request":
                raise self._time_out()
            case "drop_response":
                self._books.handle(request)
                raise self._time_out()
            case "late":
                moment = self._clock.now() + draw.random() * self._chaos.late_max
                heapq.heappush(self._late, (moment, next(self._order), request))
                raise self._time_out()
            case "status_before":
                return Answer(status=draw.choice((500, 502, 503, 504, 408)), content=b'{"message": "later"}')
            case "status_after":
                self._books.handle(request)
                return Answer(status=draw.choice((500, 502, 504, 408)))
            case "redirect":
                return Answer(status=draw.choice((302, 307)), headers={"Location": "https://elsewhere.example"})
            case "wait":
                return Answer(status=429, headers=draw.choice(({}, {"Retry-After": "7"})))
            case _:
                return _spoilt(self._books.handle(request), fault)

    def _time_out(self) -> LostError:
        self._clock.advance(TIMEOUT)
        return LostError("the simulated network gave no answer")

    def _arrive(self, until: datetime) -> None:
        while self._late and self._late[0][0] <= until:
            moment, _, request = heapq.heappop(self._late)
            self._clock.set(max(moment, self._clock.now()))
            self._tell(request, f"arrives: {self._books.handle(request, late=True).status}")

    def _tell(self, request: Request, what: str) -> None:
        named = f"{request.method} {request.path} {dict(request.params)} {request.content.decode()}"
        self.trace.append(f"    {self._clock.now():%d %H:%M:%S} {named} {what}")


def _spoilt(response: Response, fault: str | None) -> Answer:
    content, status = response.content, response.status
    if fault == "cut":
        content = content[: len(content) // 2]
    elif fault == "page":
        content, status = b"<html>maintenance</html>", 200
    elif fault == "no_identifier" and status < 300:
        content, status = b"{}", 200
    return Answer(status=status, headers=response.headers, content=content)
