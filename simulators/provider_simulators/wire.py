"""HTTP/1.1 with keep-alive on a real socket, able to be as rude as a network can be.

Werkzeug's development server closes the connection after each answer; connectors that reuse connections must be
tried against a server that keeps them.
"""

import contextlib
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

PEER_CERTIFICATE = "provider_simulators.peer_certificate"
"""Key in a request's environ: the client's certificate as `ssl.SSLSocket.getpeercert()` tells it (mutual TLS)."""
CAME = "provider_simulators.came"
"""Key in a request's environ: when its first line was there, in seconds of `time.monotonic`."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What goes back over the socket.

    Attributes:
        response: The answer; None resets the connection. One whose body is an iterator is sent in chunks while it is
            made.
        cut_at: Send only so many bytes of the body, then close.
        reset: Where it is cut, reset the connection instead of closing it.
    """

    response: Response | None
    cut_at: int | None = None
    reset: bool = False


class WireServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One thread per connection; `close` ends them all and waits for them."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], answer: Callable[[Request], Delivery], ssl_context: ssl.SSLContext | None
    ) -> None:
        self.answer = answer
        self.scheme = "https" if ssl_context else "http"
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)
        if ssl_context:
            # The handshake belongs to the connection's own thread: a slow client must not hold up the others.
            self.socket = ssl_context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="simulator", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Serve, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, cut the open connections, wait for all threads."""
        self.shutdown()
        self._thread.join()
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that `close` can cut it."""
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection: it ends."""
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the standard library's)
        """A client that leaves, or whose TLS does not fit, is no error of ours; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            traceback.print_exc()


class _Handler(BaseHTTPRequestHandler):
    """Reads a request whole, lets the simulator answer it, writes the answer in one piece or in chunks."""

    server: WireServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave together: two small packets would wait for an acknowledgement
    disable_nagle_algorithm = True
    server_version, sys_version = "provider-simulator", ""

    def parse_request(self) -> bool:
        """Note when it came, before it is read."""
        self._came = time.monotonic()
        return super().parse_request()

    def do_GET(self) -> None:
        request = self._request()
        if request is not None:
            self._send(self.server.answer(request))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815 (the standard library's)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the standard library calls it by)
        """Quiet: the effect log tells what happened."""

    def _request(self) -> Request | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self.send_error(411)
            return None
        host, port = self.server.server_address[:2]
        environ = EnvironBuilder(
            path=self.path,
            method=self.command,
            base_url=f"{self.server.scheme}://{self.headers.get('Host') or f'{host!s}:{port}'}",
            headers=Headers(self.headers.items()),
            data=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
        ).get_environ()
        environ[CAME] = self._came
        if isinstance(self.connection, ssl.SSLSocket):
            environ[PEER_CERTIFICATE] = self.connection.getpeercert()
        return Request(environ)

    def _send(self, delivery: Delivery) -> None:
        if delivery.response is None:
            self._reset()
            return
        with contextlib.closing(delivery.response) as response:
            self._send_head(response)
            complete = self._send_chunks(delivery) if response.is_streamed else self._send_body(delivery)
        if not complete:
            self.close_connection = True
            if delivery.reset:
                self.wfile.flush()
                self._reset()

    def _send_head(self, response: Response) -> None:
        if "Date" in response.headers:  # by the provider's own clock
            self.send_response_only(response.status_code)
        else:
            self.send_response(response.status_code)
        for name, value in response.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if response.is_streamed:
            self.send_header("Transfer-Encoding", "chunked")
        elif response.status_code not in (204, 304):
            self.send_header("Content-Length", str(len(response.get_data())))
        self.end_headers()

    def _send_body(self, delivery: Delivery) -> bool:
        """Whether all of it was sent."""
        assert delivery.response is not None
        if self.command != "HEAD":
            self.wfile.write(delivery.response.get_data()[: delivery.cut_at])
        return delivery.cut_at is None

    def _send_chunks(self, delivery: Delivery) -> bool:
        """Whether all of it was sent, with the chunk of no bytes that says so."""
        assert delivery.response is not None
        left = delivery.cut_at
        for piece in delivery.response.iter_encoded():
            sent = piece[:left]
            if sent:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(sent), sent))
            if left is not None:
                left -= len(sent)
                if left == 0:
                    return False
        self.wfile.write(b"0\r\n\r\n")
        return True

    def _reset(self) -> None:
        """Close without the goodbye: the client sees "connection reset by peer"."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
