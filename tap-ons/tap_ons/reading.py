"""Rows of the bulk feeds while they arrive, and the moment from which a reading counts."""

from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from singer_sdk.exceptions import RetriableAPIError

from tap_ons.answers import ACCEPT, AnswerError, ReadLine, rows
from tap_ons.client import JSON, Connection

__all__ = ["TableReader", "moment_of"]


class TableReader:
    """Reads feeds of one table during one sync.

    Args:
        connection: The one of all streams.
        name: Of the table, for messages.

    Attributes:
        began: Before the first request was sent, by the clock of Ons: what is changed later than that may be missing
            in all that is read. None until the first answer.
    """

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self.began: datetime | None = None

    def rows(self, path: str, *, since: datetime | None = None, read: ReadLine | None = None) -> Iterator[Any]:
        """Give the rows of a feed.

        Lines of JSON without a single line could be a lost body: then the one document is asked for, whose empty list
        says that there is nothing.

        Args:
            path: Of the feed.
            since: Only what was changed, or deleted, since then.
            read: What lines are read with, as of `answers.rows`.

        Raises:
            RetriableAPIError: The answer ended early or is damaged; rows before that place have been given.
            SkippableAPIError: The feed is not granted.
        """
        parameters = {"since": _wall_clock(since)} if since else {}
        count = yield from self.answer(path, parameters=parameters, headers={"Accept": ACCEPT}, read=read)
        if not count:
            yield from self.answer(path, parameters=parameters, headers={"Accept": JSON})

    def answer(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        parameters: Mapping[str, str] | None = None,
        read: ReadLine | None = None,
    ) -> Generator[Any, None, int]:
        """Give the rows of one answer, and return how many there were.

        Raises:
            RetriableAPIError: As of `rows`.
            SkippableAPIError: As of `rows`.
        """
        count = 0
        request = self._connection.prepare(path, parameters=parameters, headers=headers)
        try:
            with self._connection.session.stream(request, what=self._name, needs=path) as response:
                self.began = self.began or moment_of(response)
                for row in rows(response, read):
                    yield row
                    count += 1
        except requests.RequestException:
            raise self._cut(count, "the connection broke") from None
        except AnswerError as error:
            raise self._cut(count, str(error)) from None
        return count

    def _cut(self, count: int, reason: str) -> RetriableAPIError:
        return RetriableAPIError(f"{self._name}: {reason}, after {count} rows; the table is not complete, run again")


def moment_of(response: requests.Response) -> datetime:
    """Tell when the request of an answer was sent, by the clock of Ons; by ours if the answer has no date."""
    try:
        answered = parsedate_to_datetime(response.headers["Date"])
    except (KeyError, ValueError):
        answered = datetime.now(UTC)
    if answered.tzinfo is None:
        answered = answered.replace(tzinfo=UTC)
    return (answered.astimezone(UTC) - response.elapsed).replace(microsecond=0)  # the date knows whole seconds


def _wall_clock(moment: datetime) -> str:
    """Write a moment as the vendor's sample does, without an offset: in UTC.

    Ons does not say whether it reads that as UTC or as Dutch time. As Dutch time it is an hour or two earlier, so that
    some rows come again; Dutch time that is read as UTC would lose as much.
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
