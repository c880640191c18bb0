"""The simulated books on a real socket, and a target that reaches them as it would reach any provider."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from connector_kit.posting.delivery import Patience
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.transport import Transport
from typing_extensions import override

from tests.simulation.books import Books, Request, Response
from tests.simulation.target import Entries, SharedEntries, TargetOfBooks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector_kit.posting.target import EntrySink

TIMEOUT_SECONDS = 5


class ServedBooks:
    """Books with an address; `faults` go wrong one after the other, each with the next write."""

    def __init__(self, *, versioned: bool = True) -> None:
        self.lock = threading.Lock()
        self.books = Books(lambda: datetime.now(UTC), versioned=versioned, visible_after=timedelta(0))
        self.faults: list[str] = []
        self.dropped: list[Request] = []
        self.url = ""
        self.seconds = 0.0
        """How long an answer takes."""

    def fault(self, request: Request) -> str | None:
        with self.lock:
            return self.faults.pop(0) if request.writes and self.faults else None

    def handle(self, request: Request) -> Response:
        with self.lock:
            return self.books.handle(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    served: ServedBooks

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urlsplit(self.path)
        request = Request(method=self.command, path=url.path, params=dict(parse_qsl(url.query)), content=content)
        fault = self.served.fault(request)
        if fault == "drop_request":
            self.served.dropped.append(request)
            self._reset()
            return
        response = self.served.handle(request)
        time.sleep(self.served.seconds)
        if fault == "drop_response":
            self._reset()
            return
        try:
            self.send_response(response.status)
            self.send_header("Content-Length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)
        except OSError:
            self.close_connection = True  # whoever asked has been killed

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Processes are killed on purpose."""


@contextmanager
def serving(*, versioned: bool = True) -> Iterator[ServedBooks]:
    served = ServedBooks(versioned=versioned)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": served}))
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()


class EntryLines(EntryLinesSink):
    """The same entries line by line."""

    entries = Entries


class ServedTarget(TargetOfBooks):
    """Books over a socket."""

    name = "target-served"
    patience = Patience(tries=2, first_wait_seconds=0.005, longest_wait_seconds=0.01)
    accepted_streams: ClassVar[Mapping[str, type[EntrySink[Any] | EntryLinesSink]]] = {
        "journal_entries": Entries,
        "journal_entry_lines": EntryLines,
    }

    @override
    def base_url(self) -> str:
        return str(self.config["api_url"])

    @override
    def preflight(self) -> None:
        self.sends = Transport(base_url=self.base_url(), user_agent="test/1", timeout_seconds=TIMEOUT_SECONDS)


class ServedSharedTarget(ServedTarget):
    """The same, for parties."""

    accepted_streams: ClassVar[Mapping[str, type[EntrySink[Any] | EntryLinesSink]]] = {"journal_entries": SharedEntries}


def target_of(config: dict[str, Any]) -> ServedTarget:
    program = ServedSharedTarget if config["strategy"] == "search" else ServedTarget
    return program(config=config)


def lines_of(messages: list[Any]) -> str:
    return "".join(json.dumps(message).replace('"#', "").replace('#"', "") + "\n" for message in messages)
