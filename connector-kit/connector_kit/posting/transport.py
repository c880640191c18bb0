"""HTTP for writing to books: one request is one request, and what is not known for sure is not claimed."""

import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from connector_kit.environment import Surroundings
from connector_kit.errors import ConnectorError
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.deadlines import Deadlines
from connector_kit.posting.failpoints import failpoint
from connector_kit.posting.wire_json import write_json

__all__ = [
    "Counting",
    "Traffic",
    "Transport",
    "WriteForbiddenError",
    "announce",
    "counting",
    "may_write",
    "writing_forbidden",
]

_CONNECT_TIMEOUT_SECONDS: Final = 10.0
_ANSWER_BYTES_MAX: Final = 32 * 2**20
_CHUNK_BYTES: Final = 64 * 1024
_NO_DOCUMENT: Final = object()
_READING: Final = {"GET", "HEAD", "OPTIONS"}

_before_send = failpoint("http.before_send")
_after_send = failpoint("http.after_send")
_after_answer = failpoint("http.after_answer")


class WriteForbiddenError(ConnectorError):
    """A command that must not write was about to: a bug of ours, and nothing has left this machine."""


@dataclass
class Traffic:
    """The requests that were made while writing was forbidden.

    Attributes:
        requests: All of them; each only read.
    """

    requests: int = 0


class Counting(Protocol):
    """Counts requests."""

    def leaves(self, *, writes: bool) -> None:
        """Count one that is about to leave; what it raises keeps it here."""
        ...


class _Guard:
    """Who counts the requests of this process, and whether they may write; one for all transports."""

    def __init__(self) -> None:
        self.forbidden: list[Traffic] = []
        self.counting: list[Counting] = []


_guard: Final = _Guard()


def announce(method: str, *, reads: bool = False, counts: bool = True) -> None:
    """Say that a request is about to leave, as `Transport.request` does; for what stands in its place.

    Args:
        method: HTTP method.
        reads: It changes nothing, although its method says otherwise.
        counts: The provider counts it.

    Raises:
        WriteForbiddenError: It would write, within `writing_forbidden`.
        NotNowError: The provider's calls are used up.
    """
    reads = reads or method.upper() in _READING
    if _guard.forbidden and not reads:
        raise WriteForbiddenError(f"a {method} was to be sent by a command that never writes; this is a bug")
    if counts:
        for counter in _guard.counting:
            counter.leaves(writes=not reads)
    for traffic in _guard.forbidden:
        traffic.requests += 1


@contextmanager
def counting(counter: Counting) -> Iterator[None]:
    """Count every request of this process that its provider counts, whichever transport it takes."""
    _guard.counting.append(counter)
    try:
        yield
    finally:
        _guard.counting.remove(counter)


@contextmanager
def writing_forbidden() -> Iterator[Traffic]:
    """Let no request of this process write to the books, whichever transport it takes.

    Returns:
        What is counted meanwhile.
    """
    traffic = Traffic()
    _guard.forbidden.append(traffic)
    try:
        yield traffic
    finally:
        _guard.forbidden.remove(traffic)


def may_write() -> bool:
    """Whether requests of this process may write now; what a run leaves beside the books has no place in a plan."""
    return not _guard.forbidden


class Transport:
    """One session to one provider: no retries, no redirects, a deadline for the whole exchange, a cap on the answer.

    Args:
        base_url: Normalised address of the API, without a slash at the end.
        user_agent: Who we are.
        timeout_seconds: For one whole exchange, from connecting to the last byte.
        auth: Sets the credentials of each request; what it raises goes to the caller.
        answer_bytes_max: A longer answer (after decompression) counts as lost.
    """

    def __init__(
        self,
        *,
        base_url: str,
        user_agent: str,
        timeout_seconds: float,
        auth: AuthBase | None = None,
        answer_bytes_max: int = _ANSWER_BYTES_MAX,
    ) -> None:
        self._base_url = base_url
        self._host = urlsplit(base_url).hostname or base_url
        self._timeout_seconds = timeout_seconds
        self._answer_bytes_max = answer_bytes_max
        self._session = requests.Session()
        self._surroundings = Surroundings(self._session)
        self._session.auth = auth
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept"] = "application/json"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _WatchedAdapter(max_retries=0))

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        document: Any = _NO_DOCUMENT,
        content: bytes | None = None,
        content_type: str | None = None,
        accept: str | None = None,
        reads: bool = False,
        counts: bool = True,
    ) -> Answer:
        """Make one request.

        Args:
            method: HTTP method.
            path: Path below the API's address, beginning with a slash.
            params: Query.
            document: Body, written as JSON with exact amounts.
            content: Body as it is, where it is no JSON.
            content_type: What it is; for requests without a body too, where a provider chooses by it what to answer.
            accept: What is wanted as the answer, where that is not JSON.
            reads: It changes nothing, although its method says otherwise.
            counts: The provider counts it among the calls that it allows.

        Raises:
            WriteForbiddenError: It would write, within `writing_forbidden`.
            NotNowError: The provider's calls are used up, and nothing has left.
            NotSentError: Nothing of it has left this machine.
            LostError: Some of it may have left, and no complete answer came back.
        """
        body = content if document is _NO_DOCUMENT else write_json(document)
        kind = content_type if document is _NO_DOCUMENT else "application/json"
        headers = {name: value for name, value in (("Content-Type", kind), ("Accept", accept)) if value is not None}
        request = requests.Request(method, f"{self._base_url}{path}", params=params, data=body, headers=headers)
        prepared = self._session.prepare_request(request)
        settings = self._surroundings.of(str(prepared.url))
        announce(method, reads=reads, counts=counts)
        with _watched(self._timeout_seconds) as exchange:
            try:
                return self._exchange(prepared, settings)
            except (
                requests.RequestException,
                urllib3.exceptions.HTTPError,
                http.client.HTTPException,
                OSError,
            ) as error:
                if exchange.began:
                    raise LostError(f"no answer from {self._host} ({_kind(error, exchange)})") from error
                raise NotSentError(f"{self._host} cannot be reached ({_kind(error, exchange)})") from error

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _exchange(self, prepared: requests.PreparedRequest, settings: Any) -> Answer:
        connect_timeout = min(_CONNECT_TIMEOUT_SECONDS, self._timeout_seconds)
        response = self._session.send(
            prepared,
            **(settings | {"stream": True}),
            timeout=(connect_timeout, self._timeout_seconds),
            allow_redirects=False,
        )
        with response:
            content = bytearray()
            for chunk in response.iter_content(_CHUNK_BYTES):
                content += chunk
                if len(content) > self._answer_bytes_max:
                    raise OSError("the answer is too long")
        if _current.exchange.late or not (content or _says_its_length(response)):
            raise OSError("the answer was cut off")
        _after_answer()
        return Answer(status=response.status_code, headers=response.headers, content=bytes(content))


class _Exchange:
    """One request under way: whether any byte of it has left, and the means to cut it off at the deadline."""

    def __init__(self) -> None:
        self.began = False
        self.late = False
        self._socket: socket.socket | None = None

    def begin(self, sock: socket.socket | None) -> None:
        self.began = True
        self._socket = sock

    def cut(self) -> None:
        self.late = True
        if self._socket is not None:
            try:
                # Past an SSLSocket's own shutdown, which would pull the TLS state away under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # closed meanwhile


_current = threading.local()
_deadlines: Final = Deadlines()


@contextmanager
def _watched(timeout_seconds: float) -> Iterator[_Exchange]:
    exchange = _current.exchange = _Exchange()
    try:
        with _deadlines.within(timeout_seconds, exchange.cut):
            yield exchange
    finally:
        _current.exchange = None


class _Watched(urllib3.connection.HTTPConnection):
    """Tells the exchange under way when its first byte leaves: after that, only an answer tells what happened."""

    def connect(self) -> None:
        exchange = _current.exchange
        try:
            super().connect()
        finally:
            exchange.began = False  # opening a tunnel through a proxy sends nothing to the provider

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _before_send()
        _current.exchange.begin(self.sock)
        super().send(data)

    def getresponse(self) -> urllib3.response.HTTPResponse:  # type: ignore[override]  # as urllib3 itself does
        _after_send()
        return super().getresponse()


class _WatchedTls(_Watched, urllib3.connection.HTTPSConnection):
    """The same over TLS, where the handshake belongs to connecting."""


class _WatchedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedTlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


class _WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}
        return manager


def _says_its_length(response: requests.Response) -> bool:
    """Whether an empty body is one: cut off in the middle of its head, an answer looks like one without a body."""
    chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
    return chunked or "Content-Length" in response.headers or response.status_code == HTTPStatus.NO_CONTENT


def _kind(error: BaseException, exchange: _Exchange) -> str:
    """Name the innermost cause in a word; texts of errors may hold addresses with their query."""
    if exchange.late:
        return "time-out"
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return type(error).__name__
