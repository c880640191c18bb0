"""The Inlenersbeloning.com API: requests, tolerant reading of answers, and what its error answers mean."""

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from connector_kit.extract import (
    Action,
    ApiSession,
    ErrorRule,
    ErrorTable,
    Limits,
    Problem,
    UnreadableAnswerError,
    problem_of,
)
from connector_kit.oauth import BearerAuth
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError, SkippableAPIError

from tap_inlenersbeloning.answers import Items, Row, UnknownShapeError, next_link, record_of, rows_of, says_none, shape
from tap_inlenersbeloning.decoding import decoded
from tap_inlenersbeloning.operations import Operation, operations_of

__all__ = ["ERRORS", "ForbiddenError", "InlenersbeloningApi", "NotThereError"]

T = TypeVar("T")
ERRORS: Final = ErrorTable([
    ErrorRule(
        status=401,
        action=Action.LOGIN,
        advice="the token is unknown or revoked: make a new one in the portal (company environment, API) and put it in "
        "the settings (token, or companies)",
    ),
    ErrorRule(
        status=403,
        action=Action.SKIP,
        advice="the token may not do this: tick its right {needs} in the portal (company environment, API), and check "
        "that company_ids names the token's company; or deselect the stream",
    ),
    ErrorRule(status=404, action=Action.SKIP, advice="it does not exist (any more)"),
])  # fmt: skip
"""Beside what all providers have in common (429 and 5xx are tried again, any other 4xx ends the sync); the bodies of
error answers are not documented and not read."""
_NO_SUCH_PATH: Final = frozenset({
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.GONE,
    HTTPStatus.NOT_IMPLEMENTED,
})  # fmt: skip
"""What else than 404 says that there is no such path; of paths that are not confirmed only."""
_PAGES_MAX: Final = 10_000
_SLOW_DOWN: Final = HTTPStatus.TOO_MANY_REQUESTS
_UNIX_TIME_DIGITS: Final = 9


class ForbiddenError(SkippableAPIError):
    """The token lacks a right; the message names it."""


class NotThereError(SkippableAPIError):
    """The path or the object does not exist."""


class InlenersbeloningApi:
    """Reads lists, documents and files, from any thread.

    Args:
        api_url: Base URL, with the version.
        limits: Pace and patience; the provider's limits are unknown.
        user_agent: How we call ourselves.
        operations: By name.
        strip_control_chars: As of `decoded`.
    """

    def __init__(
        self,
        *,
        api_url: str,
        limits: Limits,
        user_agent: str,
        operations: Mapping[str, Operation],
        strip_control_chars: bool = False,
    ) -> None:
        self.api_url = api_url
        self._operations = operations
        self._strip = strip_control_chars
        self._session = ApiSession(
            user_agent=user_agent,
            limits=limits,
            errors=ERRORS,
            read_problem=_problem,
        )
        self._session.http.headers["Content-Type"] = "application/json"  # on GET too, as the known client does

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], *, version: str) -> "InlenersbeloningApi":
        """Build it; sends nothing yet.

        Raises:
            SettingError: A setting is missing or wrong.
        """
        return cls(
            api_url=service_url(settings["api_url"], setting="api_url"),
            limits=Limits(
                requests_per_second=settings["requests_per_second"],
                concurrent_requests=settings["concurrent_requests"],
                attempts=settings["attempts"],
                read_timeout_seconds=settings["read_timeout_seconds"],
            ),
            user_agent=settings.get("user_agent") or f"tap-inlenersbeloning/{version}",
            operations=operations_of(settings),
            strip_control_chars=settings["strip_control_chars"],
        )

    def operation(self, operation: Operation) -> Operation:
        """Give an operation with the paths of the settings."""
        return self._operations[operation.name]

    def list(self, auth: BearerAuth, operation: Operation, **ids: str) -> Items:
        """Read a whole list: its items with their ids, in the provider's order.

        Raises:
            NotThereError: Answered with 404.
            ForbiddenError: Answered with 403.
            FatalAPIError: By the table; the answer has an unknown shape; or a next page cannot be read.
            LoginRequiredError, RetriableAPIError, UnreachableError: By the table.
        """
        operation = self.operation(operation)
        what = operation.what(ids)
        rows: Items = []
        seen: set[str] = set()
        url: str | None = operation.url(self.api_url, ids)
        for _ in range(_PAGES_MAX):
            body, links = self._get(auth, url, operation, what, self._read_json)
            page = self._understood(partial(rows_of, needs_ids=operation.needs_ids), body, operation, what)
            link = next_link(body, links)
            known = {identifier for identifier, _ in page}
            if rows and page and known <= seen:
                raise FatalAPIError(f"{what}: the next page repeats the list, so its end cannot be read")
            rows += [item for item in page if item[0] not in seen or item not in rows]
            seen |= known
            if not link or not page:
                return rows
            url = self._next_url(url, link, what)
        raise FatalAPIError(f"{what}: the list does not end after {_PAGES_MAX} pages")

    def document(self, auth: BearerAuth, operation: Operation, **ids: str) -> Row:
        """Read one object.

        Raises:
            NotThereError: Answered with 404, or with nothing.
            ForbiddenError: Answered with 403.
            FatalAPIError: By the table; or the answer has an unknown shape.
            LoginRequiredError, RetriableAPIError, UnreachableError: By the table.
        """
        operation = self.operation(operation)
        what = operation.what(ids)
        body, _ = self._get(auth, operation.url(self.api_url, ids), operation, what, self._read_json)
        if says_none(body):
            raise NotThereError(f"{what}: the answer is empty, or says that there is none")
        return self._understood(record_of, body, operation, what)

    def content(self, auth: BearerAuth, operation: Operation, read: Callable[[bytes], T], **ids: str) -> T:
        """Read an answer of another form; a ValueError of `read` means that it is damaged, and it is asked for again.

        Raises:
            NotThereError: Answered with 404.
            ForbiddenError: Answered with 403.
            FatalAPIError, LoginRequiredError, RetriableAPIError, UnreachableError: By the table.
        """
        operation = self.operation(operation)
        url = operation.url(self.api_url, ids)
        return self._get(auth, url, operation, operation.what(ids), lambda response: read(response.content))

    def _get(
        self, auth: BearerAuth, url: str | None, operation: Operation, what: str, read: Callable[[requests.Response], T]
    ) -> T:
        request = self._session.http.prepare_request(requests.Request("GET", url, auth=auth))
        try:
            return self._session.call(request, what=what, needs=operation.right, read=read)
        except (SkippableAPIError, FatalAPIError) as error:
            problem = problem_of(error)
            status = problem.status if problem else None
            if status == HTTPStatus.FORBIDDEN:
                raise ForbiddenError(str(error)) from error.__cause__
            if status == HTTPStatus.NOT_FOUND or (status in _NO_SUCH_PATH and not operation.confirmed):
                raise NotThereError(str(error)) from error.__cause__
            raise

    def _read_json(self, response: requests.Response) -> tuple[Any, Mapping[str, Mapping[str, str]]]:
        """Decode an answer, whatever content type it claims.

        Raises:
            UnreadableAnswerError: It is something else: a login or maintenance page, or damaged.
        """
        if response.status_code == HTTPStatus.NO_CONTENT:
            return None, {}
        try:
            return decoded(response.content, strip_control_chars=self._strip), response.links
        except (ValueError, RecursionError):
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()[:60] or "no content type"
            size = len(response.content)
            raise UnreadableAnswerError(
                f"HTTP {response.status_code} with {media_type}, {size} bytes, is no JSON: a login or maintenance "
                "page, or a damaged answer; check the setting api_url and try again later"
            ) from None

    @staticmethod
    def _understood(read: Callable[[Any, str], T], body: Any, operation: Operation, what: str) -> T:
        path = operation.records_path
        found = body if path is None else path.find(body)
        if path is not None and found is None:
            raise FatalAPIError(f"{what}: setting records_paths.{operation.name} finds nothing in {shape(body)}")
        try:
            return read(found, operation.envelope)
        except UnknownShapeError as error:
            raise FatalAPIError(f"{what}: {error}") from None

    def _next_url(self, url: str | None, link: str, what: str) -> str:
        """Follow a link on the API's own origin only, whatever scheme and port a proxy has made of it."""
        target, own = urlsplit(urljoin(url or "", link)), urlsplit(self.api_url)
        if target.hostname != own.hostname:
            raise FatalAPIError(f"{what}: the list goes on at another host, which does not get the token")
        return urlunsplit((own.scheme, own.netloc, target.path, target.query, ""))


def _problem(response: requests.Response) -> Problem:
    """Read an error answer; when to ask again may also be told as X-RateLimit-Reset, in seconds or as a Unix time."""
    reset = response.headers.get("X-RateLimit-Reset", "").strip()
    if "Retry-After" not in response.headers and reset.isdecimal() and response.status_code == _SLOW_DOWN:
        seconds = int(reset) if len(reset) < _UNIX_TIME_DIGITS else int(reset) - math.floor(time.time())
        response.headers["Retry-After"] = str(max(seconds, 0))
    return Problem(status=response.status_code)
