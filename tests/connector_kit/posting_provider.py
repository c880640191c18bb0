"""A bookkeeping package as small as can be, on a real socket: PUT and GET of a batch under an id that the client chose.

It writes down every request and every effect, in order; tests believe that log and nothing else.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET_TEXT = "MARKER-provider-says-Jansen-earns-4321"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with the next request of a method.

    Actions: `status` (nothing applied), `status_after` (applied, then the status), `reset` (connection cut before),
    `reset_after` (applied, then cut), `cut_body` (applied, half an answer), `hang` (applied after `seconds`, then
    answered), `edited` (applied, then changed by a person), `html` (applied, 200 with a page).
    """

    method: str
    action: str
    status: int = 500
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


class BooksProvider:
    def __init__(self) -> None:
        self.batches: dict[str, Any] = {}
        self.requests: list[tuple[str, str]] = []
        self.effects: list[tuple[str, str]] = []
        self.faults: list[Fault] = []
        self.refused_accounts = {"4999"}
        self.lock = threading.Lock()
        self.url = ""

    def count(self, method: str) -> int:
        return sum(1 for made, path in self.requests if made == method and path.startswith("/batches/"))

    def booked_keys(self) -> list[str]:
        """Key of every effect, so a key that was booked twice stands there twice."""
        return sorted(key for _, key in self.effects)

    def take_fault(self, method: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.method == method:
                    self.faults.remove(fault)
                    return fault
        return None

    def apply(self, batch_id: str, document: Any) -> None:
        with self.lock:
            self.batches[batch_id] = document
            self.effects.append((batch_id, document["key"]))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    provider: BooksProvider

    def do_GET(self) -> None:
        self._handle("GET")

    def do_PUT(self) -> None:
        self._handle("PUT")

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _handle(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        provider = self.provider
        with provider.lock:
            provider.requests.append((method, self.path))
        if self.path == "/ping":
            self._answer(200, {})
            return
        if self.path == "/all":
            self._answer(200, provider.batches)
            return
        batch_id = self.path.rpartition("/")[2]
        fault = provider.take_fault(method)
        if fault and fault.action == "reset":
            self._reset()
        elif fault and fault.action == "status":
            self._answer(fault.status, {"message": SECRET_TEXT}, fault.headers)
        elif method == "GET":
            found = provider.batches.get(batch_id)
            self._answer(*((404, None) if found is None else (200, found)))
        else:
            self._put(batch_id, json.loads(body), fault)

    def _put(self, batch_id: str, document: Any, fault: Fault | None) -> None:
        refused = [line["account"] for line in document["lines"] if line["account"] in self.provider.refused_accounts]
        if refused:
            self._answer(400, {"code": "M17", "message": SECRET_TEXT})
            return
        action = fault.action if fault else "book"
        if fault and action == "hang":
            time.sleep(fault.seconds)
        self.provider.apply(batch_id, document)
        if action == "edited":
            self.provider.batches[batch_id] = document | {"lines": []}
        if action in {"reset_after", "edited"}:
            self._reset()
        elif fault and action == "status_after":
            self._answer(fault.status, {"message": SECRET_TEXT})
        elif action == "cut_body":
            self._answer(200, {"id": batch_id}, cut=True)
        elif action == "html":
            self._answer(200, "<html>", raw=True)
        else:
            self._answer(200, {"id": batch_id})

    def _answer(
        self, status: int, content: Any, headers: dict[str, str] | None = None, *, cut: bool = False, raw: bool = False
    ) -> None:
        body = content.encode() if raw else b"" if content is None else json.dumps(content).encode()
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
        except OSError:
            return  # the client has gone: often the point of the test
        if cut:
            self._reset()

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections are cut on purpose."""


@contextmanager
def serving() -> Iterator[BooksProvider]:
    provider = BooksProvider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = _Server(("127.0.0.1", 0), handler)
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
