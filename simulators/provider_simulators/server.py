"""What all simulators have in common: a provider's operations, served on localhost, logged, and disturbed by plan."""

import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from types import TracebackType
from typing import Any, ClassVar, Self

from werkzeug.wrappers import Request, Response

from provider_simulators import page
from provider_simulators.clock import Clock
from provider_simulators.documents import json_response
from provider_simulators.faults import Action, Fault, FaultPlan
from provider_simulators.log import EffectLog, Facts
from provider_simulators.routing import Route, Routes
from provider_simulators.wire import CAME, Delivery, WireServer
from provider_simulators.world import World

HTML_ERROR = "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>gateway</body></html>"
DELAYS = (Action.DELAY, Action.DELAY_ANSWER, Action.LATENCY)


class Simulator(ABC):
    """One provider on localhost. A context manager: inside it serves, afterwards nothing of it is left.

    A provider's class says `provider`, `connector`, `default_port` and `Switches`, makes its `backend` (state and
    rules, without HTTP) in `__init__`, and answers `routes`, `connector_settings` and `books`.

    Args:
        world: The invented companies, employees and months.
        switches: How the provider behaves where its documentation is silent; the provider's defaults when left out.
        port: 0 takes a free one.
        faults: What goes wrong.
        log: Where requests and effects are noted.
        clock: Runs from noon of the world's today when left out.
        host: Address to listen on.
        ssl_context: Serve TLS with it.
    """

    provider: ClassVar[str]
    connector: ClassVar[str]
    """Distribution that talks to it; its upper-case form starts the names in an env file."""
    default_port: ClassVar[int]
    Switches: ClassVar[type[Any]]
    """Frozen dataclass of switches, all with defaults."""

    def __init__(
        self,
        world: World,
        *,
        switches: Any = None,
        port: int = 0,
        faults: FaultPlan | None = None,
        log: EffectLog | None = None,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.world = world
        self.switches = switches or self.Switches()
        self.clock = clock or Clock.on(world.today)
        self.faults = faults or FaultPlan()
        self.log = log or EffectLog()
        self.log.clock = self.clock
        self._address = (host, port)
        self._ssl_context = ssl_context
        self._server: WireServer | None = None
        self._stopping = threading.Event()
        self._late: list[threading.Thread] = []
        self._busy = 0
        self._lock = threading.RLock()

    # What a provider says of itself

    @abstractmethod
    def routes(self) -> Iterable[Route]:
        """The operations that are simulated."""

    @abstractmethod
    def connector_settings(self) -> dict[str, Any]:
        """Settings with which the matching connector can log in and work."""

    @abstractmethod
    def books(self) -> Facts:
        """What the provider holds, for the page: name of a table to its rows (flat mappings)."""

    def written(self) -> list[Facts]:
        """What was written to the provider, latest first, for the page; nothing where nobody can write."""
        return []

    def fault_response(self, fault: Fault) -> Response:
        """The provider's answer for a planned status; HTML, as gateways give it, unless the provider says it better."""
        return Response(HTML_ERROR.format(status=fault.status), fault.status, content_type="text/html; charset=utf-8")

    # Life

    @property
    def url(self) -> str:
        """Base URL, without a slash at the end."""
        if self._server is None:
            raise RuntimeError(f"the {self.provider} simulator is not running")
        return f"{self._server.scheme}://{self._address[0]}:{self._server.port}"

    def start(self) -> Self:
        """Listen.

        Raises:
            OSError: The port is taken.
        """
        self._routes = Routes(self.routes())
        self._stopping.clear()
        self._server = WireServer(self._address, self._answer, self._ssl_context)
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop listening and wait until nothing of it runs; late work is done at once."""
        if self._server is None:
            return
        self._stopping.set()
        self.clock.wake()
        self._server.close()
        for thread in self._late:
            thread.join()
        self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # A request

    def _answer(self, request: Request) -> Delivery:
        if request.path.startswith("/_simulator/"):
            return Delivery(response=page.answer(request, self.provider, self.books, self.written, self.log))
        with self._lock:
            self._busy += 1
            busy = self._busy
        try:
            return self._answer_with_faults(request, busy)
        finally:
            with self._lock:
                self._busy -= 1

    def _answer_with_faults(self, request: Request, busy: int) -> Delivery:
        target = request.full_path if request.query_string else request.path
        faults = self.faults.take(request.method, target)
        self._pause(fault for fault in faults if fault.action is Action.DELAY)
        fault = next((fault for fault in faults if fault.action not in DELAYS), None)
        delivery = Delivery(response=self._apply(request)) if fault is None else self._disturbed(request, fault)
        self.log.request(
            method=request.method,
            path=request.path,
            query=list(request.args.items(multi=True)),
            status=delivery.response.status_code if delivery.response else None,
            concurrent=busy,
            **({"faults": [str(fault.action) for fault in faults]} if faults else {}),
        )
        self._pause(fault for fault in faults if fault.action is Action.DELAY_ANSWER)
        self._pause((fault for fault in faults if fault.action is Action.LATENCY), since=request.environ[CAME])
        return delivery

    def _apply(self, request: Request) -> Response:
        """Do what is asked. One request at a time, as in one database transaction."""
        with self._lock:
            match = self._routes.find(request)
            if match is None:
                operation = f"{request.method} {request.path}"
                self.log.effect("not_simulated", operation=operation)
                return json_response({"error": "not simulated", "operation": operation}, 501)
            return match.answer(request)

    def _disturbed(self, request: Request, fault: Fault) -> Delivery:
        if fault.action is Action.STATUS:
            return Delivery(response=self._planned(fault))
        if fault.action is Action.RESET_BEFORE:
            return Delivery(response=None)
        if fault.action is Action.APPLY_LATE:
            thread = threading.Thread(target=self._apply_late, args=(request, fault), name="simulator-late")
            self._late.append(thread)
            thread.start()
            return Delivery(response=self._planned(fault))
        response = self._apply(request)
        if fault.action is Action.RESET_AFTER:
            return Delivery(response=None)
        if fault.action in (Action.CUT, Action.CUT_RESET):
            return Delivery(response=response, cut_at=fault.at_byte, reset=fault.action is Action.CUT_RESET)
        response.set_data("" if fault.action is Action.EMPTY else fault.body or '{"data": [{')
        return Delivery(response=response)

    def _planned(self, fault: Fault) -> Response:
        if fault.body is None:
            response = self.fault_response(fault)
        else:
            response = Response(fault.body, fault.status, content_type=fault.content_type)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = fault.retry_after
        return response

    def _apply_late(self, request: Request, fault: Fault) -> None:
        self._pause([fault])
        status = self._apply(request).status_code
        self.log.effect("applied_late", method=request.method, path=request.path, status=status)

    def _pause(self, faults: Iterable[Fault], *, since: float | None = None) -> None:
        for fault in faults:
            passed = 0.0 if since is None else time.monotonic() - since
            self.clock.sleep(fault.seconds - passed, unless=self._stopping.is_set)
