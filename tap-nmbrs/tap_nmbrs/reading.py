"""From a request of a list to its records: one answer, its rows taken apart, stamped, converted and numbered."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector_kit.extract import RecordConverter
from singer_sdk.exceptions import FatalAPIError

from tap_nmbrs.operation import Operation
from tap_nmbrs.source import Row, Source
from tap_nmbrs.spool import Spool

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Record

__all__ = ["ListReader", "Request", "records_of"]

_SEQUENCE: Final = "sequence"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One list that is asked for.

    Attributes:
        keys: Whose: `company_id` and others; they are stamped on the records.
        window: Year and period; they are stamped, too.
        since: Only what is new or changed from this moment on; None: everything.
        may_be_missing: Whether a refusal means that there is no such period.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    window: Mapping[str, int] = field(default_factory=dict)
    since: str | None = None
    may_be_missing: bool = False


class ListReader:
    """Reads the lists of one operation. Thread-safe.

    Args:
        operation: What is read.
        convert: Makes records of rows.
        source: The API; not asked for before it is needed.
        parameters: Query parameters from settings.
        spool: Where answers are kept that another stream needs, too; None: there is none.
    """

    def __init__(
        self,
        operation: Operation,
        convert: RecordConverter,
        *,
        source: Callable[[], Source],
        parameters: Mapping[str, str],
        spool: Spool | None,
    ) -> None:
        self._operation = operation
        self._convert = convert
        self._source = source
        self._parameters = parameters
        self._spool = spool
        self._others_of_key = tuple(key for key in operation.primary_keys if key != _SEQUENCE)
        self._is_numbered = _SEQUENCE in operation.primary_keys

    def rows(self, request: Request) -> list[Row]:
        """Read a list: its records in the spelling of the REST API, stamped.

        Raises:
            FatalAPIError: And the others of `Source.rows`; it names what was asked for.
        """
        stamps = {**request.keys, **request.window}
        what = self._operation.what(request.keys, request.window)
        return [
            {**record, **stamps}
            for row in self._answer(request)
            for record in records_of(
                row, self._operation.inner, what=what, may_lack_inner=self._operation.may_lack_inner
            )
        ]

    def records(self, request: Request, rows: list[Row]) -> "list[Record]":
        """Convert them.

        Raises:
            FatalAPIError: A value is not of the declared type; names what was asked for.
        """
        try:
            records = [self._convert(row) for row in rows]
        except FatalAPIError as error:
            what = self._operation.what(request.keys, request.window)
            raise FatalAPIError(f"{what}: {str(error).removeprefix(f'{self._operation.stream}: ')}") from None
        if self._is_numbered:
            self._number(records)
        return records

    def _number(self, records: "list[Record]") -> None:
        """Number the records that nothing else tells apart."""
        counted = Counter[tuple[Any, ...]]()
        for record in records:
            key = tuple(record.get(name) for name in self._others_of_key)
            counted[key] += 1
            record[_SEQUENCE] = counted[key]

    def _answer(self, request: Request) -> list[Row]:
        operation, since = self._operation, {}
        if operation.since and request.since:
            since = {operation.since.parameter: request.since}
        if self._spool is None:
            return self._source().rows(operation, request.keys, {**self._parameters, **request.window, **since})
        place = {**self._parameters, **request.window, **request.keys}
        rows = self._spool.get(operation.call, place, request.since or "")
        if rows is None:
            rows = self._source().rows(operation, request.keys, {**self._parameters, **request.window, **since})
            self._spool.put(operation.call, place, request.since or "", rows)
        return rows


def records_of(row: Row, inner: tuple[str, ...], *, what: str, may_lack_inner: bool = False) -> Iterator[Row]:
    """Give the records that a row of a list holds.

    Args:
        row: The row.
        inner: Members that lead to the records: one object, or a list of them; null is none.
        what: For messages.
        may_lack_inner: Whether the last of these members may be missing.

    Raises:
        FatalAPIError: There is no such member, or it holds something else.
    """
    if not inner:
        yield row
        return
    name, *deeper = inner
    if name not in row:
        if may_lack_inner and not deeper:
            return
        raise FatalAPIError(f"{what}: a row has no {name}; Nmbrs has changed its answer")
    rest = {member: value for member, value in row.items() if member != name}
    held = row[name]
    for one in held if isinstance(held, list) else [held]:
        if not isinstance(one, dict):
            if one is None:
                continue
            raise FatalAPIError(f"{what}: {name} holds no objects; Nmbrs has changed its answer")
        if deeper:
            ids = {member: value for member, value in {**rest, **one}.items() if member.endswith("Id")}
            below = {member: value for member, value in one.items() if member == deeper[0]}
            yield from records_of({**ids, **below}, tuple(deeper), what=what, may_lack_inner=may_lack_inner)
        else:
            yield {**rest, **one}
