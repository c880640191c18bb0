"""From a list that is asked for to its rows: one request or many, because of pages, long windows or unknown ids."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

import requests
from connector_kit.extract import decoded_json, problem_of
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError

from tap_ons.answers import AnswerError, document_rows
from tap_ons.asks import Ask
from tap_ons.client import Connection
from tap_ons.listing import TODAY, Listing, Paging
from tap_ons.windows import Span, window_parameters

__all__ = ["ListReader"]

Row = dict[str, Any]
_PAGE_ROWS: Final = 100
"""Rows that are asked for at once; how many Ons gives at most is not published."""
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404
_GATEWAY_TIMEOUT: Final = 504
_TOO_LONG: Final = frozenset({_BAD_REQUEST, _GATEWAY_TIMEOUT})
"""What may mean that a window is too long; a request that is wrong otherwise is still wrong for a day."""


class ListReader:
    """Reads the lists of one row of the table. Thread-safe.

    Args:
        listing: The row.
        connection: The one of all streams.
        today: The day of the sync, in Amsterdam.
        options: Query parameters from settings.
        stamps: By column, the name under which a row gets for what it was asked.
    """

    def __init__(
        self,
        listing: Listing,
        connection: Connection,
        *,
        today: date,
        options: Mapping[str, str],
        stamps: Mapping[str, str],
    ) -> None:
        self._listing = listing
        self._connection = connection
        self._options = options
        self._stamps = stamps
        self._fixed = {
            name: today.isoformat() if value == TODAY else value for name, value in listing.parameters.items()
        }
        self._lengths: dict[Span, timedelta] = {}
        self.unknown: set[Any] = set()

    def rows(self, ask: Ask) -> list[Row]:
        """Read a list. What Ons does not know of many ids is put down in `unknown`.

        Raises:
            SkippableAPIError: It is not granted, or Ons does not know the parent, or none of the ids.
            RetriableAPIError: Ons fails, also for the shortest window.
            FatalAPIError: It is refused, also for the shortest window.
        """
        if ask.span is None:
            return list(self._of_known_ids(ask))
        return [row for part in self._parts(ask.span) for row in self._within(replace(ask, span=part), ask.span)]

    def _parts(self, span: Span) -> list[Span]:
        """Cut a span as it had to be cut for others."""
        return span.parts(self._lengths[span]) if span in self._lengths else [span]

    def _within(self, ask: Ask, whole: Span) -> Iterator[Row]:
        """Give the rows of a part of a window, in halves if Ons cannot give them at once."""
        half = ask.span.half if ask.span else None
        try:
            rows = list(self._of_known_ids(ask, decisive=_TOO_LONG if half else frozenset()))
        except (FatalAPIError, RetriableAPIError) as error:
            if ask.span is None or half is None or _status(error) not in _TOO_LONG:
                raise
            self._lengths[whole] = min(half, self._lengths.get(whole, half))
        else:
            yield from rows
            return
        for part in ask.span.parts(half):
            yield from self._within(replace(ask, span=part), whole)

    def _of_known_ids(self, ask: Ask, *, decisive: frozenset[int] = frozenset()) -> Iterator[Row]:
        """Give the rows of many ids: one that Ons does not know spoils the answer for all."""
        try:
            rows = list(self._pages(ask, decisive))
        except SkippableAPIError as error:
            if _status(error) != _NOT_FOUND or not ask.ids:
                raise
            if len(ask.ids) == 1:
                self.unknown.update(ask.ids)
                raise
            refusal = error
        else:
            yield from rows
            return
        middle = len(ask.ids) // 2
        answered = False
        for ids in (ask.ids[:middle], ask.ids[middle:]):
            try:
                yield from self._of_known_ids(replace(ask, ids=ids), decisive=decisive)
                answered = True
            except SkippableAPIError as error:
                if _status(error) != _NOT_FOUND:
                    raise
        if not answered:
            raise refusal

    def _pages(self, ask: Ask, decisive: frozenset[int]) -> Iterator[Row]:
        paging = self._listing.paging
        if paging is None:
            yield from self._answer(ask, {}, decisive)
            return
        page, count, is_last = 0, 0, False
        while rows := self._answer(
            ask, {"limit": _PAGE_ROWS, paging.value: page if paging is Paging.PAGE else count}, decisive
        ):
            if is_last and paging is Paging.PAGE:
                raise FatalAPIError(f"{self._what(ask)}: Ons gives pages that are shorter than asked for")
            yield from rows
            page, count, is_last = page + 1, count + len(rows), len(rows) < _PAGE_ROWS

    def _answer(self, ask: Ask, place: Mapping[str, Any], decisive: frozenset[int]) -> list[Row]:
        """Read one answer, and stamp its rows with what it was asked for."""
        path = self._listing.path
        if (parent := self._listing.parent) is not None:
            path = path.replace(f"{{{parent.parameter}}}", quote(str(ask.parent), safe=""))
        request = self._connection.prepare(path, parameters={**self._parameters(ask), **place})
        rows: list[Row] = self._connection.session.call(
            request, what=self._what(ask), needs=self._listing.path, read=self._read, decisive=decisive
        )
        stamps = self._stamped(ask)
        return [{**row, **stamps} for row in rows] if stamps else rows

    def _parameters(self, ask: Ask) -> dict[str, Any]:
        listing = self._listing
        parameters: dict[str, Any] = {**self._fixed, **self._options}
        if listing.parent and f"{{{listing.parent.parameter}}}" not in listing.path:
            parameters[listing.parent.parameter] = ask.parent
        if listing.variants:
            parameters[listing.variants.parameter] = ask.variant
        if listing.ids:
            parameters[listing.ids.parameter] = list(ask.ids)
        if listing.window and ask.span:
            parameters.update(window_parameters(listing.window, ask.span))
        return parameters

    def _stamped(self, ask: Ask) -> dict[str, Any]:
        listing = self._listing
        told = (
            (listing.parent, ask.parent),
            (listing.variants, ask.variant),
            (listing.window, ask.span and ask.span.begin.isoformat()),
        )
        return {self._stamps[source.column]: value for source, value in told if source and source.column}

    def _read(self, response: requests.Response) -> list[Row]:
        """Read the rows of an answer.

        Raises:
            ValueError: It is damaged, or no answer of this API.
        """
        listing = self._listing
        if not listing.single and listing.inner is None:
            return list(document_rows(iter([response.content])))
        document = decoded_json(response)
        if document is not None and not isinstance(document, dict):
            raise AnswerError("the answer is no object")
        if listing.inner is None:
            return [document] if document else []
        rows = (document or {}).get(listing.inner) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise AnswerError("the answer holds no rows")
        return rows

    def _what(self, ask: Ask) -> str:
        listing, parts = self._listing, [self._listing.stream]
        if listing.parent:
            parts.append(f"of {listing.parent.parameter} {ask.parent}")
        if listing.ids:
            parts.append(f"of {len(ask.ids)} {listing.ids.stream}")
        return " ".join(parts) + (f", {ask.span}" if ask.span else "")


def _status(error: Exception) -> int | None:
    problem = problem_of(error)
    return problem.status if problem else None
