"""A TCP proxy that breaks one exchange: the n-th PUT through it, at a byte of the request or of the answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 65536
_LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, kw_only=True)
class Break:
    """What goes wrong.

    Attributes:
        how: `reset` (RST), `close` (both sides at once), `half_close` (the direction ends, the other goes on), `slow`
            (byte by byte, no more than a second in all).
        where: `request` or `answer`.
        at: Number of bytes of it that still get through.
        nth: Which PUT.
    """

    how: str
    where: str
    at: int
    nth: int = 2


class Proxy:
    """Listens on a port of its own."""

    def __init__(self, host: str, port: int, fault: Break) -> None:
        self._to = (host, port)
        self._fault = fault
        self._lock = threading.Lock()
        self._puts = 0
        self.broke = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._to) as server:
            answers = _Direction(server, client)
            requests = _Direction(client, server)
            back = threading.Thread(target=answers.pump, daemon=True)
            back.start()
            requests.pump(lambda data: self._begins(data, requests, answers))
            back.join()

    def _begins(self, data: bytes, requests: _Direction, answers: _Direction) -> None:
        """Look at what goes to the server; arm the direction that is to break."""
        if not data.startswith(b"PUT "):
            return
        with self._lock:
            self._puts += 1
            if self._puts == self._fault.nth:
                self.broke = True
                direction = requests if self._fault.where == "request" else answers
                direction.arm(self._fault)


class _Direction:
    def __init__(self, source: socket.socket, to: socket.socket) -> None:
        self._source = source
        self._to = to
        self._fault: Break | None = None
        self._through = 0

    def arm(self, fault: Break) -> None:
        self._fault, self._through = fault, 0

    def pump(self, look: object = None) -> None:
        with contextlib.suppress(OSError):
            while data := self._source.recv(_CHUNK):
                if callable(look):
                    look(data)
                if not self._pass_on(data):
                    return
        with contextlib.suppress(OSError):
            self._to.shutdown(socket.SHUT_WR)

    def _pass_on(self, data: bytes) -> bool:
        fault = self._fault
        if fault is None:
            self._to.sendall(data)
            return True
        if fault.how == "slow":
            for byte in range(len(data)):
                self._to.sendall(data[byte : byte + 1])
                time.sleep(min(0.002, 1 / len(data)))
            return True
        room = fault.at - self._through
        self._through += len(data)
        if len(data) <= room:
            self._to.sendall(data)
            return True
        self._to.sendall(data[: max(room, 0)])
        self._break(fault.how)
        return False

    def _break(self, how: str) -> None:
        if how == "half_close":
            self._to.shutdown(socket.SHUT_WR)
            return
        for end in (self._source, self._to):
            with contextlib.suppress(OSError):
                if how == "reset":
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
                end.shutdown(socket.SHUT_RDWR)
            if how == "reset":
                end.close()


@contextmanager
def proxy(host: str, port: int, fault: Break) -> Iterator[Proxy]:
    between = Proxy(host, port, fault)
    try:
        yield between
    finally:
        between.close()
