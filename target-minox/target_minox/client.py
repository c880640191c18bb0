"""Minox' API: one request at a time, at its pace; reads are repeated until they answer, writes never."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError
from connector_kit.oauth import AccessTokens
from connector_kit.posting.answer import Answer, BodyShape, LostError
from connector_kit.posting.transport import Transport

from target_minox.answers import AnswerError, Page, page_of
from target_minox.masterdata import number
from target_minox.open_periods import ClosedPeriods
from target_minox.operations import INSPECT, Operation
from target_minox.pace import Pace

__all__ = ["ForbiddenError", "MinoxClient", "MinoxError", "NotFoundError"]

Record = Mapping[str, Any]
Ids = Mapping[str, object]
"""What stands in a path beside tenant and administration."""

_NONE: Final[Ids] = {}
_WAITS_MAX: Final = 8
_ATTEMPTS_MAX: Final = 4
_PAUSE_SECONDS: Final = 0.5
_PAGES_MAX: Final = 2000


class MinoxError(ConnectorError):
    """Minox does not answer an operation as it should; the message names operation and status, never the body."""


class ForbiddenError(LoginRequiredError):
    """The token may not do this (403): a scope is missing, or tenant or administration are not granted."""

    def __init__(self, operation: Operation) -> None:
        self.scope = operation.scope
        super().__init__(
            f"Minox refuses the {operation.name} (403): the token has no scope {operation.scope}, or no access to this "
            "administration; let the main user approve it with `target-minox login`"
        )


class NotFoundError(MinoxError):
    """There is nothing under this address (404)."""


class MinoxClient:
    """The operations of one administration.

    Args:
        transport: Makes one request to `https://app.minox.nl/api/1`, with the token in its header.
        inspector: The same with client id and secret in its header.
        tenant_id: The subscription (klantnummer).
        administration_id: The set of books.
        tokens: Access tokens.
        pace: Shared by all requests.
        closed_periods: How refusals are told that speak of a closed period.
        sleep: Waits that many seconds between attempts of a read.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        inspector: Transport,
        tenant_id: int,
        administration_id: int,
        tokens: AccessTokens,
        pace: Pace,
        closed_periods: ClosedPeriods,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._inspector = inspector
        self._ids = {"tenant_id": str(tenant_id), "administration_id": str(administration_id)}
        self._tokens = tokens
        self._pace = pace
        self.closed_periods = closed_periods
        self._sleep = sleep

    def request(
        self,
        operation: Operation,
        *,
        of: Ids = _NONE,
        query: Mapping[str, str] | None = None,
        **body: Any,
    ) -> Answer:
        """Make one request; a 401 renews the token and repeats once, because it certainly did nothing.

        Args:
            operation: What is asked.
            of: What stands in the path beside tenant and administration.
            query: Query parameters.
            **body: What `Transport.request` takes as body: `document`, or `content` and `content_type`.

        Raises:
            NotSentError: It did not leave this machine.
            LostError: No complete answer came back.
            LoginRequiredError: There is no usable token and a person must log in.
        """
        path = operation.path.format(**{name: quote(str(value), safe="") for name, value in of.items()}, **self._ids)
        token = self._tokens.access_token()
        answer = self._send(operation, path, query, body)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._tokens.replace(token)
            answer = self._send(operation, path, query, body)
        return answer

    def _send(
        self, operation: Operation, path: str, query: Mapping[str, str] | None, body: Mapping[str, Any]
    ) -> Answer:
        self._pace.acquire()
        if operation.is_report:
            body = {"content_type": "application/json", **body}
        answer = self._transport.request(operation.method, path, params=query, **body)
        self._pace.observe(answer.status, answer.headers)
        return answer

    def seconds_asked(self, answer: Answer) -> float:
        """How long an answer with status 429 asks to wait."""
        return self._pace.seconds_asked(answer.headers)

    def rows(self, operation: Operation, *, of: Ids = _NONE, query: Mapping[str, str] | None = None) -> list[Record]:
        """Read a whole list, page by page.

        Raises:
            MinoxError, LoginRequiredError, UnreachableError: Each names the operation.
        """
        first = self._page(operation, self.read(operation, of=of, query=query))
        return [*first.rows, *self.following_rows(operation, first, of=of, query=query)]

    def following_rows(
        self, operation: Operation, first: Page, *, of: Ids = _NONE, query: Mapping[str, str] | None = None
    ) -> list[Record]:
        """Read the pages after the first.

        The end is not documented: no link to a next page, an empty page, or a page that came before (the list is then
        complete, the server does not know the parameter).

        Raises:
            MinoxError, LoginRequiredError, UnreachableError: Each names the operation.
        """
        rows: list[Record] = []
        seen = [first.rows]
        page = first
        while page.next and page.rows:
            if len(seen) > _PAGES_MAX:
                raise MinoxError(f"Minox' {operation.name} does not end after {_PAGES_MAX} pages")
            page = self._page(operation, self.read(operation, of=of, query={**(query or {}), **page.next}))
            if page.rows in seen:
                break
            seen.append(page.rows)
            rows += page.rows
        return rows

    def read(self, operation: Operation, *, of: Ids = _NONE, query: Mapping[str, str] | None = None) -> Any:
        """Read one body, repeating what may succeed later: lost answers, 429, server errors.

        Raises:
            MinoxError, LoginRequiredError, UnreachableError: Each names the operation or the host.
        """
        return self._repeated(operation, lambda: self.request(operation, of=of, query=query))

    def linked_tenants(self) -> frozenset[int] | None:
        """Which tenants the token reaches; None if the answer does not say it.

        Raises:
            SettingError: Minox does not know the client id and secret.
            MinoxError, LoginRequiredError, UnreachableError: As for other reads.
        """
        try:
            body = self._repeated(INSPECT, self._inspect)
        except (ForbiddenError, NotFoundError):
            return None  # this operation was moved once already (seen in the vendor's demo)
        tenants = body.get("linked_tenants") if isinstance(body, Mapping) else None
        if not isinstance(tenants, list):
            return None
        ids = (number(tenant.get("tenant_id")) for tenant in tenants if isinstance(tenant, Mapping))
        return frozenset(tenant_id for tenant_id in ids if tenant_id is not None)

    def _inspect(self) -> Answer:
        document = {"token": self._tokens.access_token()}
        self._pace.acquire()
        answer = self._inspector.request(INSPECT.method, INSPECT.path, document=document, reads=True)
        self._pace.observe(answer.status, answer.headers)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise SettingError("Minox does not accept the settings client_id and client_secret (401)")
        return answer

    def _repeated(self, operation: Operation, request: Callable[[], Answer]) -> Any:
        waits = failures = 0
        while True:
            try:
                answer = request()
            except LostError:
                failures += 1
                if failures == _ATTEMPTS_MAX:
                    raise
            else:
                if answer.status == HTTPStatus.TOO_MANY_REQUESTS and waits < _WAITS_MAX:
                    waits += 1
                    continue  # the pace holds the next request
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.REQUEST_TIMEOUT:
                    return _body(operation, answer)
                failures += 1
                if failures == _ATTEMPTS_MAX:
                    raise MinoxError(f"Minox' {operation.name} failed with status {answer.status}; try again later")
            self._sleep(_PAUSE_SECONDS * 2**failures)

    def _page(self, operation: Operation, body: Any) -> Page:
        try:
            return page_of(body)
        except AnswerError as error:
            raise MinoxError(f"Minox' {operation.name}: {error}") from None


def _body(operation: Operation, answer: Answer) -> Any:
    match answer.status:
        case HTTPStatus.OK if answer.shape is BodyShape.JSON:
            return answer.body
        case HTTPStatus.UNAUTHORIZED:
            raise LoginRequiredError(
                f"Minox does not accept the token for the {operation.name} (401): "
                "let the main user approve again with `target-minox login`"
            )
        case HTTPStatus.FORBIDDEN:
            raise ForbiddenError(operation)
        case HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"Minox knows no {operation.name} here (404): check tenant_id and administration_id")
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise MinoxError(f"Minox keeps asking to wait for the {operation.name} (429); run again later")
    raise MinoxError(f"Minox' {operation.name} answered with status {answer.status} and a body that is not understood")
