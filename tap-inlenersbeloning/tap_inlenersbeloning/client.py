"""The Inlenersbeloning.com API: requests, tolerant reading of answers, and what its error answers mean."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
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
    decoded_json,
)
from connector_kit.oauth import BearerAuth
from connector_kit.service_url import service_url
from singer_sdk.exceptions import FatalAPIError

from tap_inlenersbeloning.answers import Row, UnknownShapeError, next_link, record_of, rows_of
from tap_inlenersbeloning.auth import auth_from_token
from tap_inlenersbeloning.operations import Operation

__all__ = ["ERRORS", "InlenersbeloningApi"]

ERRORS: Final = ErrorTable([
    ErrorRule(
        status=401,
        action=Action.LOGIN,
        advice="the token is unknown or revoked: make a new one in the portal (company environment, API) and put it in "
        "the setting token",
    ),
    ErrorRule(
        status=403,
        action=Action.FATAL,
        advice="the token may not do this: tick its right {needs} in the portal (company environment, API), and check "
        "that company_ids names the token's company; or deselect the stream",
    ),
    ErrorRule(status=404, action=Action.SKIP, advice="it does not exist (any more)"),
])  # fmt: skip
"""Beside what all providers have in common (429 and 5xx are tried again, any other 4xx ends the sync); the bodies of
error answers are not documented and not read."""


class InlenersbeloningApi:
    """Reads lists and documents, one request at a time.

    Args:
        auth: Sets the token.
        api_url: Base URL, with the version.
        requests_per_second: Pace over all streams; the provider's limit is unknown.
        user_agent: How we call ourselves.
    """

    def __init__(self, auth: BearerAuth, *, api_url: str, requests_per_second: float, user_agent: str) -> None:
        self._api_url = api_url
        self._session = ApiSession(
            user_agent=user_agent,
            limits=Limits(
                requests_per_second=requests_per_second, concurrent_requests=1, attempts=5, read_timeout_seconds=60
            ),
            errors=ERRORS,
            read_problem=lambda response: Problem(status=response.status_code),
            auth=auth,
        )
        self._session.http.auth = auth
        self._session.http.headers["Content-Type"] = "application/json"  # on GET too, as the known client does

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any], *, version: str) -> "InlenersbeloningApi":
        """Build it; sends nothing yet.

        Raises:
            SettingError: A setting is missing or wrong.
        """
        api_url = service_url(settings["api_url"], setting="api_url")
        return cls(
            auth_from_token(settings["token"], api_url=api_url),
            api_url=api_url,
            requests_per_second=settings["requests_per_second"],
            user_agent=settings.get("user_agent") or f"tap-inlenersbeloning/{version}",
        )

    def list(self, operation: Operation, **ids: str) -> dict[str, Row]:
        """Read a whole list: its items by id, in the provider's order.

        Raises:
            SkippableAPIError: Answered with 404.
            FatalAPIError: By the table; the answer has an unknown shape; or a next page cannot be read.
            LoginRequiredError, RetriableAPIError, UnreachableError: By the table.
        """
        what = operation.what(ids)
        rows: dict[str, Row] = {}
        url: str | None = operation.url(self._api_url, ids)
        while url is not None:
            body, links = self._get(url, operation, what)
            try:
                page, link = rows_of(body, operation.envelope), next_link(body, links)
            except UnknownShapeError as error:
                raise FatalAPIError(f"{what}: {error}") from None
            if rows and page and rows.keys() >= page.keys():
                raise FatalAPIError(f"{what}: the next page repeats the list, so its end cannot be read")
            rows |= page
            url = self._next_url(url, link, what) if link and page else None
        return rows

    def document(self, operation: Operation, **ids: str) -> Row:
        """Read one object.

        Raises:
            SkippableAPIError: Answered with 404.
            FatalAPIError: By the table; or the answer has an unknown shape.
            LoginRequiredError, RetriableAPIError, UnreachableError: By the table.
        """
        what = operation.what(ids)
        body, _ = self._get(operation.url(self._api_url, ids), operation, what)
        try:
            return record_of(body, operation.envelope)
        except UnknownShapeError as error:
            raise FatalAPIError(f"{what}: {error}") from None

    def _get(self, url: str, operation: Operation, what: str) -> tuple[Any, Mapping[str, Mapping[str, str]]]:
        request = self._session.http.prepare_request(requests.Request("GET", url))
        needs = operation.right
        return self._session.call(
            request, what=what, needs=needs, read=lambda response: (_read_json(response), response.links)
        )

    def _next_url(self, url: str, link: str, what: str) -> str:
        """Follow a link on the API's own origin only, whatever scheme and port a proxy has made of it."""
        target, own = urlsplit(urljoin(url, link)), urlsplit(self._api_url)
        if target.hostname != own.hostname:
            raise FatalAPIError(f"{what}: the list goes on at another host, which does not get the token")
        return urlunsplit((own.scheme, own.netloc, target.path, target.query, ""))


def _read_json(response: requests.Response) -> Any:
    """Decode an answer, whatever content type it claims.

    Raises:
        UnreadableAnswerError: It is something else: a login or maintenance page, or damaged.
    """
    if response.status_code == HTTPStatus.NO_CONTENT:
        return None
    try:
        return decoded_json(response)
    except ValueError:
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()[:60] or "no content type"
        size = len(response.content)
        raise UnreadableAnswerError(
            f"HTTP {response.status_code} with {media_type}, {size} bytes, is no JSON: a login or maintenance page, "
            "or a damaged answer; check the setting api_url and try again later"
        ) from None
