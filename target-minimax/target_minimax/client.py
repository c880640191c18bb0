"""Minimax' API: one request at a time; reads are repeated until they answer, writes never."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from connector_kit.errors import ConnectorError, ExitCode, LoginRequiredError
from connector_kit.limiter import RateLimiter
from connector_kit.posting.answer import Answer, BodyShape, LostError
from connector_kit.posting.transport import Transport

from target_minimax.answers import AnswerError, Page, page_of, speaks_of_limit
from target_minimax.auth import PasswordTokens
from target_minimax.operations import Operation

__all__ = ["CallsUsedUpError", "ForbiddenError", "MinimaxClient", "MinimaxError", "NotFoundError"]

Record = Mapping[str, Any]

PAGE_SIZE: Final = 300
"""Honoured by Minimax (measured); the most that it allows is not published."""
_ATTEMPTS_MAX: Final = 4
_PAUSE_SECONDS: Final = 0.5
_PAGES_MAX: Final = 100
_PERHAPS_LIMITED: Final = {HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE}


class MinimaxError(ConnectorError):
    """Minimax does not answer an operation as it should; the message names operation and status, never the body."""


class CallsUsedUpError(ConnectorError):
    """Minimax has had all calls that it allows this organisation for now; nothing was done."""

    exit_code = ExitCode.BUDGET


class ForbiddenError(LoginRequiredError):
    """The log-in is right, but may not do this (403)."""


class NotFoundError(MinimaxError):
    """There is nothing under this address (404)."""


class MinimaxClient:
    """The operations of one organisation.

    Args:
        transport: Makes one request, with the token in its header.
        organisation_id: The organisation.
        tokens: Access tokens.
        limiter: Shared by all requests.
        sleep: Waits that many seconds between attempts of a read.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        organisation_id: int,
        tokens: PasswordTokens,
        limiter: RateLimiter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._organisation_id = organisation_id
        self._tokens = tokens
        self._limiter = limiter
        self._sleep = sleep

    def request(
        self, operation: Operation, *, query: Mapping[str, str | int] | None = None, document: Any = None, **parts: str
    ) -> Answer:
        """Make one request; a 401 renews the token and repeats once, because it certainly did nothing.

        Args:
            operation: What is asked for.
            query: Query parameters.
            document: Body.
            **parts: Parts of the path, such as the code of a customer.

        Raises:
            NotSentError: It did not leave this machine.
            LostError: No complete answer came back.
            LoginRequiredError: Minimax does not accept the credentials, or they may not do this; nothing was done.
            CallsUsedUpError: The organisation has no call left; nothing was done.
            NotNowError: As far as we have counted; nothing was done.
        """
        encoded = {name: quote(value, safe="") for name, value in parts.items()}
        path = operation.path.format(organisation_id=self._organisation_id, **encoded)
        token = self._tokens.access_token()
        answer = self._send(operation, path, query, document)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._tokens.replace(token)
            answer = self._send(operation, path, query, document)
        _refuse(operation, answer)
        return answer

    def _send(self, operation: Operation, path: str, query: Mapping[str, str | int] | None, document: Any) -> Answer:
        self._limiter.acquire()
        body = {} if document is None else {"document": document}
        counts = "{organisation_id}" in operation.path  # Minimax allows so many to an organisation
        return self._transport.request(operation.method, path, params=query, counts=counts, **body)

    def rows(self, operation: Operation, *, query: Mapping[str, str] | None = None, **parts: str) -> list[Record]:
        """Read a whole list, page by page.

        Args:
            operation: The list.
            query: Filters; Minimax decides how loosely it applies them.
            **parts: Parts of the path.

        Raises:
            MinimaxError, LoginRequiredError, UnreachableError, CallsUsedUpError: Each names the operation.
            NotNowError: The calls are used up, as far as we have counted.
        """
        rows: list[Record] = []
        for number in range(1, _PAGES_MAX + 1):
            page = self.page(operation, number, query=query, **parts)
            rows += page.rows
            if len(rows) >= page.total:
                return rows
            if not page.rows:
                break
        raise MinimaxError(f"Minimax' {operation.name} broke off: {len(rows)} of {page.total} rows came")

    def page(self, operation: Operation, number: int, *, query: Mapping[str, str] | None = None, **parts: str) -> Page:
        """Read one page of a list.

        Raises: as `rows`.
        """
        filters = dict(query or {})
        assert filters.keys() <= set(operation.filters), "Minimax ignores filters that it does not know"
        order = {"SortField": operation.sort, "Order": "A"} if operation.sort else {}
        paging = {"PageSize": PAGE_SIZE, "CurrentPage": number}
        body = self._read(operation, {**filters, **order, **paging}, parts)
        try:
            return page_of(body, is_array=operation.is_array)
        except AnswerError as error:
            raise MinimaxError(f"Minimax' {operation.name}: {error}") from None

    def _read(self, operation: Operation, query: Mapping[str, str | int], parts: Mapping[str, str]) -> Any:
        """Read one body, repeating what may succeed later: lost answers and server errors."""
        for attempt in range(1, _ATTEMPTS_MAX + 1):
            try:
                answer = self.request(operation, query=query, **parts)
            except LostError:
                if attempt == _ATTEMPTS_MAX:
                    raise
            else:
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.REQUEST_TIMEOUT:
                    return _body(operation, answer)
            self._sleep(_PAUSE_SECONDS * 2**attempt)
        raise MinimaxError(f"Minimax' {operation.name} failed with status {answer.status}; try again later")


def _refuse(operation: Operation, answer: Answer) -> None:
    """End the run over what holds for every record alike."""
    status = answer.status
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status in _PERHAPS_LIMITED and speaks_of_limit(answer.content)):
        raise CallsUsedUpError(
            f"Minimax refuses the {operation.name} ({status}): the organisation's calls are used up (1,000 in 24 "
            "hours, 20,000 in a month); run again tomorrow"
        )
    if status == HTTPStatus.UNAUTHORIZED:
        raise LoginRequiredError(f"Minimax does not accept a fresh token for the {operation.name} (401)")
    if status == HTTPStatus.FORBIDDEN:
        raise ForbiddenError(
            f"Minimax refuses the {operation.name} (403): let the administrator of the organisation give the user the "
            "API right, and look whether the organisation has an API licence"
        )


def _body(operation: Operation, answer: Answer) -> Any:
    if answer.status == HTTPStatus.OK and answer.shape is BodyShape.JSON:
        return answer.body
    if answer.status == HTTPStatus.NOT_FOUND:
        raise NotFoundError(
            f"Minimax knows no {operation.name} here (404): check organisation_id, and api_url, which ends in /API"
        )
    raise MinimaxError(
        f"Minimax' {operation.name} answered with status {answer.status} and a body that is not understood"
    )
