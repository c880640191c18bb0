"""Requests to a provider: one session per tap, at the provider's pace, retried within bounds, errors by table."""

import json
import random
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final, Never, Protocol, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

from connector_kit.calls import REQUESTS
from connector_kit.environment import Surroundings
from connector_kit.errors import UnreachableError
from connector_kit.extract.errors import Action, ErrorTable, Problem, UnreadableAnswerError
from connector_kit.extract.prefetch import wait
from connector_kit.limiter import RateLimiter, retry_after_seconds

__all__ = ["ApiSession", "Limits", "decoded_json"]

T = TypeVar("T")
_CHUNK_BYTES: Final = 1 << 16
_CUT: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient and how greedy a session is.

    Attributes:
        requests_per_second: The pace over all streams and threads.
        concurrent_requests: Requests under way at the same moment.
        attempts: How often one request is sent before the sync gives up.
        connect_timeout_seconds: Until the connection stands.
        read_timeout_seconds: Between two pieces of an answer.
        retry_after_seconds_max: Longest wait that a provider may ask for.
        answer_bytes_max: A larger answer is an error.
    """

    requests_per_second: float = 5
    concurrent_requests: int = 4
    attempts: int = 6
    connect_timeout_seconds: float = 10
    read_timeout_seconds: float = 120
    retry_after_seconds_max: float = 300
    answer_bytes_max: int = 256 << 20


class RenewableAuth(Protocol):
    """Credentials of requests, such as `connector_kit.oauth.BearerAuth`."""

    def __call__(self, request: requests.PreparedRequest, /) -> requests.PreparedRequest:
        """Set the credentials."""

    def renew(self, response: requests.Response) -> None:
        """Get other credentials, because the API has refused those of this request."""


class ApiSession:
    """Sends the requests of all streams and threads of a tap.

    Args:
        user_agent: Identifies the connector, `tap-nmbrs/1.2.3`.
        limits: Pace, patience and size.
        errors: What error answers mean.
        read_problem: Reads a provider's error answer.
        auth: Sets the credentials of a request, and can renew them for `Action.RENEW`; once per request and code.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits,
        errors: ErrorTable,
        read_problem: Callable[[requests.Response], Problem],
        auth: RenewableAuth | None = None,
    ) -> None:
        self.http = requests.Session()
        self.http.headers.update({"User-Agent": user_agent, "Accept": "application/json"})
        self.http.auth = _as_it_is
        adapter = HTTPAdapter(pool_maxsize=limits.concurrent_requests, pool_block=True)
        self.http.mount("https://", adapter)
        self.http.mount("http://", adapter)
        self._surroundings = Surroundings(self.http)
        self._limits = limits
        self._limiter = RateLimiter(limits.requests_per_second, sleep=wait)
        self._under_way = threading.BoundedSemaphore(limits.concurrent_requests)
        self._errors = errors
        self._read_problem = read_problem
        self._auth = auth

    def call(
        self,
        request: requests.PreparedRequest,
        *,
        what: str,
        needs: str = "",
        read: Callable[[requests.Response], T],
        decisive: Collection[int] = (),
    ) -> T:
        """Send a request until it is answered, and read the answer.

        Args:
            request: Prepared with `http`, which keeps connections open.
            what: What is asked for, with identifiers, for messages: `payroll_runs of company 12, year 2026`.
            needs: The permission that the call needs, for the advice of an error.
            read: Reads a 2xx answer; a ValueError means that the answer is damaged, and the request is sent again
                (the text of an UnreadableAnswerError is shown when that does not help).
            decisive: Statuses to which the caller has a better answer than another attempt: raised at once.

        Returns:
            What `read` returns.

        Raises:
            FatalAPIError: By the table; or the answer is too large, or no answer of this API.
            RetriableAPIError: The provider still fails after all attempts.
            SkippableAPIError: By the table.
            LoginRequiredError: By the table, or the renewed token is refused too.
            SettingError: By the table.
            QuotaExhaustedError: By the table.
            UnreachableError: No connection after all attempts.
        """
        return self._answered(request, what=what, needs=needs, send=self._send, read=read, decisive=decisive)

    @contextmanager
    def stream(self, request: requests.PreparedRequest, *, what: str, needs: str = "") -> Iterator[requests.Response]:
        """Send a request until it is answered, and give a 2xx answer with its body unread, for bodies of any size.

        The request counts as under way until the context ends. What goes wrong while the body is read is the reader's
        to judge: nobody else knows how much of it has been used.

        Args:
            request: As of `call`.
            what: As of `call`.
            needs: As of `call`.

        Yields:
            The answer.

        Raises:
            FatalAPIError: And the others of `call`, before there is an answer.
        """
        with self._under_way:
            response = self._answered(
                request, what=what, needs=needs, send=self._send_for_stream, read=lambda answer: answer
            )
            with response:
                yield response

    def _answered(
        self,
        request: requests.PreparedRequest,
        *,
        what: str,
        needs: str,
        send: Callable[[requests.PreparedRequest, str], requests.Response],
        read: Callable[[requests.Response], T],
        decisive: Collection[int] = (),
    ) -> T:
        attempt = 1
        renewed: set[str | None] = set()
        while True:
            try:
                response = send(request, what)
            except _CUT as error:
                if attempt >= self._limits.attempts or isinstance(error, requests.exceptions.SSLError):
                    _raise_unreachable(error, request, what, attempt)
                self._pause(attempt)
                attempt += 1
                continue
            failure: Exception
            if HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
                try:
                    return read(response)
                except UnreadableAnswerError as error:
                    failure = RetriableAPIError(f"{what}: {error}")
                except ValueError:
                    failure = RetriableAPIError(f"{what}: the answer is damaged or no answer of this API")
            else:
                problem = self._read_problem(response)
                rule = self._errors.rule(problem)
                if rule.action is Action.RENEW and self._auth is not None and problem.code not in renewed:
                    self._auth.renew(response)
                    request = self._auth(request)
                    renewed.add(problem.code)
                    continue
                failure = self._errors.error(rule, problem, what=what, needs=needs)
            is_last = attempt >= self._limits.attempts or response.status_code in decisive
            if is_last or not isinstance(failure, RetriableAPIError):
                raise failure
            self._pause(attempt, response)
            attempt += 1

    def _send(self, request: requests.PreparedRequest, what: str) -> requests.Response:
        self._limiter.acquire()
        with self._under_way:
            response = self._open(request)
            self._read_body(response, what)
        return response

    def _send_for_stream(self, request: requests.PreparedRequest, what: str) -> requests.Response:
        self._limiter.acquire()
        response = self._open(request)
        if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            self._read_body(response, what)
        return response

    def _open(self, request: requests.PreparedRequest) -> requests.Response:
        REQUESTS.add()
        return self.http.send(
            request,
            timeout=(self._limits.connect_timeout_seconds, self._limits.read_timeout_seconds),
            allow_redirects=False,  # an API does not redirect; a token must not travel
            **self._surroundings.of(str(request.url)),
        )

    def _read_body(self, response: requests.Response, what: str) -> None:
        body = bytearray()
        with response:
            for chunk in response.iter_content(_CHUNK_BYTES):
                body += chunk
                if len(body) > self._limits.answer_bytes_max:
                    raise FatalAPIError(f"{what}: the answer is larger than {self._limits.answer_bytes_max >> 20} MiB")
        response._content = bytes(body)  # noqa: SLF001  # requests has no public way to bound the size

    def _pause(self, attempt: int, response: requests.Response | None = None) -> None:
        """Wait before the next attempt: everybody if the provider says how long, else only this request."""
        if response is not None and "Retry-After" in response.headers:
            self._limiter.pause(
                retry_after_seconds(
                    response.headers,
                    now=datetime.now(UTC),
                    default=2.0**attempt,
                    maximum=self._limits.retry_after_seconds_max,
                )
            )
        else:
            wait(2.0 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, not cryptography


def decoded_json(response: requests.Response) -> Any:
    """Read a JSON answer with exact numbers.

    Raises:
        ValueError: It is not JSON, or holds NaN or Infinity.
    """
    return json.loads(response.content, parse_float=Decimal, parse_constant=_refuse)


def _refuse(_: str) -> Never:
    raise ValueError("not a finite number")


def _raise_unreachable(
    error: requests.RequestException, request: requests.PreparedRequest, what: str, attempts: int
) -> Never:
    host = urlsplit(request.url or "").netloc
    if isinstance(error, requests.exceptions.SSLError):
        message = f"{what}: cannot reach {host}: its TLS certificate or connection is not acceptable"
    elif isinstance(error, requests.Timeout):
        message = f"{what}: no answer from {host} in time, after {attempts} attempts"
    else:
        message = f"{what}: cannot reach {host} (name unknown, connection refused or cut), after {attempts} attempts"
    raise UnreachableError(message) from None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add no credentials; without this requests looks for some of the host in ~/.netrc, at every request."""
    return request
