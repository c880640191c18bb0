"""Lists and documents of the Nmbrs REST API."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import IO, Any, Final, TypeVar

import requests
from connector_kit.extract import problem_of
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError

from tap_nmbrs.operation import Operation
from tap_nmbrs.rest.connection import Connection
from tap_nmbrs.rest.documents import fetch_documents
from tap_nmbrs.rest.operations import OPERATIONS, RestOperation
from tap_nmbrs.rest.paging import Page, RowCountPaginator
from tap_nmbrs.source import Consent, DocumentRequest, HiddenError, RefusedError, Row

__all__ = ["RestSource"]

T = TypeVar("T")
_LISTINGS_MAX: Final = 3
_COMPANIES_OF_DEBTOR: Final = "/api/debtors/{debtor_id}/companies"
_HIDDEN: Final = frozenset({"40303", "40305"})
"""Codes of a refusal that concerns one company or debtor; 40306 is about the list of all companies."""
_OPERATIONS: Final = {operation.stream: operation for operation in OPERATIONS}


class RestSource:
    """The REST API; a `Source`."""

    def __init__(self, connection: Connection, *, page_size: int) -> None:
        self._connection = connection
        self._page_size = page_size

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every list of the API, by stream."""
        return _OPERATIONS

    def rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read a whole list; see `Source.rows`."""
        row = _OPERATIONS[operation.stream]
        return self._list(row, *_address(row, keys, parameters), operation.what(keys, parameters))

    def first_rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read the beginning of a list; see `Source.first_rows`."""
        row = _OPERATIONS[operation.stream]
        path, rest = _address(row, keys, parameters)
        paging = {"pageNumber": 1, "pageSize": 1} if row.paged else {}
        return self._get(
            path,
            {**rest, **paging},
            what=operation.what(keys, parameters),
            scope=row.scope,
            read=lambda response: Page.of(response).rows,
        )

    def consent(self) -> Consent:
        """What the token store knows; see `Source.consent`."""
        return self._connection.auth.consent()

    def documents(self, requests: Sequence[DocumentRequest], *, timeout_seconds: float) -> list[IO[bytes] | Exception]:
        """Have documents made and fetch them; see `Source.documents`."""
        return fetch_documents(self._connection, requests, timeout_seconds=timeout_seconds)

    def _list(self, operation: RestOperation, path: str, parameters: Mapping[str, Any], what: str) -> list[Row]:
        """Read a whole list, page by page, each row once.

        Rows move between pages while data changes. Rows that are added push others to later pages, where they come
        twice; rows that go pull others to earlier pages, where they are missed. So a list that is shorter than the
        server says, or became shorter meanwhile, is read again.
        """
        received = expected = 0
        for _ in range(_LISTINGS_MAX):
            rows, totals = self._listing(operation, path, parameters, what)
            received = len(rows)
            if not totals or (received >= totals[0] and totals == sorted(totals)):
                return list(rows.values())
            expected = totals[-1]
        raise RetriableAPIError(
            f"{what}: received {received} of {expected} rows, in {_LISTINGS_MAX} readings; "
            "the list changes while it is read, run again"
        )

    def _listing(
        self, operation: RestOperation, path: str, parameters: Mapping[str, Any], what: str
    ) -> tuple[dict[tuple[str, ...], Row], list[int]]:
        """Read all pages once: the rows by their identity, and the totals that the server named, page by page."""
        rows: dict[tuple[str, ...], Row] = {}
        totals: list[int] = []
        paginator = RowCountPaginator(self._page_size)
        while not paginator.finished:
            paging = {"pageNumber": paginator.current_value, "pageSize": self._page_size} if operation.paged else {}
            response, page = self._get(
                path, {**parameters, **paging}, what=what, scope=operation.scope, read=lambda r: (r, Page.of(r))
            )
            beside = {name: page.beside[name] for name in operation.envelope if name in page.beside}
            on_this_page = Counter[tuple[str, ...]]()
            for row in page.rows:
                identity = _identity(row, operation, what)
                if not operation.row_id:  # equal rows of one page are two rows; those of two pages have moved
                    on_this_page[identity] += 1
                    identity = (*identity, str(on_this_page[identity]))
                rows[identity] = {**beside, **row}
            if page.total_records is not None:
                totals.append(page.total_records)
            if not operation.paged:
                break
            paginator.advance(response)
        return rows, totals

    def _get(
        self,
        path: str,
        parameters: Mapping[str, Any],
        *,
        what: str,
        scope: str,
        read: Callable[[requests.Response], T],
    ) -> T:
        try:
            return self._connection.get(path, parameters, what=what, scope=scope, read=read)
        except (SkippableAPIError, FatalAPIError) as error:
            raise _told_apart(error) from error.__cause__


def _address(
    operation: RestOperation, keys: Mapping[str, str], parameters: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any]]:
    """Give the path, and the parameters that are not part of it."""
    path = _COMPANIES_OF_DEBTOR if operation.stream == "companies" and "debtor_id" in keys else operation.path
    rest = {name: value for name, value in parameters.items() if f"{{{name}}}" not in path}
    return path.format_map({**parameters, **keys}), rest


def _told_apart(error: SkippableAPIError | FatalAPIError) -> SkippableAPIError | FatalAPIError:
    """Give the errors that streams must tell from others a class of their own."""
    problem = problem_of(error)
    match problem.status if problem else None, error:
        case HTTPStatus.FORBIDDEN, SkippableAPIError() if problem and problem.code in _HIDDEN:
            return HiddenError(str(error))
        case HTTPStatus.BAD_REQUEST, FatalAPIError():
            return RefusedError(str(error))
    return error


def _identity(row: Row, operation: RestOperation, what: str) -> tuple[str, ...]:
    if not operation.row_id:
        return (json.dumps(row, sort_keys=True, default=str),)
    missing = [name for name in operation.row_id if row.get(name) is None]
    if missing:
        raise FatalAPIError(f"{what}: a row has no {' and no '.join(missing)}; Nmbrs has changed its answer")
    return tuple(str(row[name]) for name in operation.row_id)
