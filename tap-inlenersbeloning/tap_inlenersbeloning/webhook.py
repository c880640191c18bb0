"""The URL that the portal calls when a remuneration is published: keeps each call, and answers when it is on disk."""

import asyncio
import json
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

import uvicorn
from connector_kit.errors import ConnectorError, SettingError
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from tap_inlenersbeloning.calls import Call
from tap_inlenersbeloning.inbox import Inbox, InboxFullError
from tap_inlenersbeloning.verification import Proof, Verifier

__all__ = ["HEALTH", "Receiver", "address", "listening_socket", "serve"]

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

HEALTH: Final = "/health"
METHODS: Final = ("GET", "POST", "PUT")
"""Which of them the portal uses is not documented in public; any call says that something has changed."""
BODY_BYTES_MAX: Final = 512 << 10
_DRAIN_BYTES_MAX: Final = 8 << 20
"""So much of a body that is too large is read, so that its sender gets to see why it was refused."""
_HEAD_BYTES_MAX: Final = 32 << 10
_HEAD_SECONDS: Final = 10
_BODY_SECONDS: Final = 20
_STOP_SECONDS: Final = 30
_CONNECTIONS_MAX: Final = 100

logger = logging.getLogger(__name__)


class Receiver:
    """The application (ASGI): one path, and the health of the inbox beside it.

    Args:
        inbox: Where calls are kept.
        verifier: Judges them.
        path: Of the URL; what follows it after a slash belongs to the call.
    """

    def __init__(self, inbox: Inbox, verifier: Verifier, *, path: str) -> None:
        self._inbox = inbox
        self._verifier = verifier
        self._path = path.rstrip("/")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request; a sender that goes away early gets none, and nothing of it is kept."""
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                answer = await self._answer(scope, receive)
        except TimeoutError:
            answer = HTTPStatus.REQUEST_TIMEOUT, "too slow"
        except _GoneError:
            return
        await _send(send, *answer)

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> tuple[HTTPStatus, str]:
        method, path = scope["method"], scope["path"]
        if path == HEALTH:
            return await self._health() if method in {"GET", "HEAD"} else _NOT_ALLOWED
        if path != self._path and not path.startswith(f"{self._path}/"):
            return HTTPStatus.NOT_FOUND, "nothing here"
        if method not in METHODS:
            return _NOT_ALLOWED
        body = await _body(receive, dict(scope["headers"]))
        if body is None:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large"
        call = Call(
            method=method,
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=tuple((name.decode("latin-1"), text.decode("latin-1")) for name, text in scope["headers"]),
            body=body,
        )
        proof = self._verifier.proof(call)
        if proof.means is None:
            self._tell_of_signature(call)
            if self._verifier.required:
                logger.warning("Refused a call: %s, %d bytes, not verified", method, len(body))
                return HTTPStatus.UNAUTHORIZED, "not verified"
        return await asyncio.shield(self._keep(call, proof))

    async def _keep(self, call: Call, proof: Proof) -> tuple[HTTPStatus, str]:
        try:
            name = await asyncio.to_thread(self._inbox.put, call.without(self._verifier.known), proof)
        except ConnectorError as error:
            logger.error("Refused a call: %s", error)  # noqa: TRY400  # the line says it all
            full = isinstance(error, InboxFullError)
            return HTTPStatus.SERVICE_UNAVAILABLE, "inbox is full" if full else "inbox cannot be written"
        verified = f"verified by {proof.means}" if proof.means else "not verified"
        of_company = f" of company {proof.company_id}" if proof.company_id else ""
        logger.info("Kept %s: %s, %d bytes, %s%s", name, call.method, len(call.body), verified, of_company)
        return HTTPStatus.OK, "kept"

    async def _health(self) -> tuple[HTTPStatus, str]:
        try:
            await asyncio.to_thread(self._inbox.prepare)
        except SettingError as error:
            logger.error("Health: %s", error)  # noqa: TRY400  # the line says it all
            return HTTPStatus.SERVICE_UNAVAILABLE, "inbox cannot be used"
        return HTTPStatus.OK, "ok"

    def _tell_of_signature(self, call: Call) -> None:
        header = self._verifier.unexplained(call)
        if header is not None and self._verifier.can_verify:
            logger.warning("Header %s looks like a signature, and is none with the secrets in the settings", header)


_NOT_ALLOWED: Final = HTTPStatus.METHOD_NOT_ALLOWED, "not here"


class _GoneError(Exception):
    """The sender has closed the connection before all was said."""


async def _body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes | None:
    """Read the body; None if it is too large."""
    announced = headers.get(b"content-length", b"0")
    if int(announced) > _DRAIN_BYTES_MAX:  # the protocol has made sure that it is a number
        return None
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _GoneError
        size += len(message["body"])
        if size <= BODY_BYTES_MAX:
            body += message["body"]
        if size > _DRAIN_BYTES_MAX or not message["more_body"]:
            return bytes(body) if size <= BODY_BYTES_MAX else None


async def _send(send: Send, status: HTTPStatus, text: str) -> None:
    content = json.dumps({"status": text}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
    ]
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append((b"allow", ", ".join(METHODS).encode()))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"300"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})


class _Connection(H11Protocol):
    """A connection that must have sent the head of its request in time, and serves one request."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as it is above
        super().connection_made(transport)
        self.loop.call_later(_HEAD_SECONDS, self._end_if_silent)

    def _end_if_silent(self) -> None:
        if getattr(self, "cycle", None) is None:  # declared without the None that it starts with
            self.transport.abort()


def listening_socket(host: str, port: int) -> socket.socket:
    """Listen.

    Raises:
        ConnectorError: The address is taken or none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_CONNECTIONS_MAX)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such address"
        raise ConnectorError(
            f"cannot listen on {host} port {port}: {reason}; choose another --host or --port"
        ) from None


def serve(receiver: Receiver, listening: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl+C; what is under way is answered first."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        receiver,
        http=_Connection,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS_MAX,
        h11_max_incomplete_event_size=_HEAD_BYTES_MAX,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    stopped: list[int] = []
    # The server stops at these signals and raises them again afterwards: for a service they are the way to end well.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stopped.append(number))
    uvicorn.Server(config).run(sockets=[listening])


def address(listening: socket.socket, path: str) -> str:
    """Say where it listens."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"
