"""Lists: which records a query means, in which order, and which page of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from provider_simulators.minimax.books import Organisation
from provider_simulators.minimax.reading import InvalidError, Record, day, number
from provider_simulators.minimax.refusals import Message, RefusedError
from provider_simulators.minimax.switches import MinimaxSwitches

DEFAULT_PAGE_SIZE = 100
"""Measured by a client; larger ones were honoured."""
PAGING = frozenset({"CurrentPage", "PageSize", "SortField", "Order"})
SEARCHED = (
    "Code", "Name", "Address", "City", "TaxNumber", "Description", "FirstName", "LastName", "FullName", "Email",
    "Title", "EANCode", "DisplayType", "IBAN", "AccountNumber",
)  # fmt: skip
"""Members in which ``SearchString`` looks, loosely (seen; which they are is inferred)."""
DATES = {"Journal": "JournalDate", "JournalEntries": "JournalDate"}
"""The day that ``DateFrom`` and ``DateTo`` mean; ``Date`` elsewhere."""
REFERENCES = {
    "CustomerID": "Customer", "AnalyticID": "Analytic", "AnalyticsID": "Analytic", "AnalyticId": "Analytic",
    "EmployeeId": "Employee", "CurrencyId": "Currency",
}  # fmt: skip
CODES = {"JournalType": "JournalType", "Account": "Account", "Currency": "Currency"}
"""Filters by the code of what is referred to."""
PARTS = ("CustomerName", "Description", "Email", "ItemTitle", "Name", "SearchString")
"""Filters by a part of a text, in any case."""
REFERENCE_TEXTS = ("DocumentReference", "Reference")
NOT_FILTERS = PAGING | frozenset({
    "SyncMode", "countryID", "date", "externalUserIdentifier", "customerCode", "InboxImportStatus",
    "OutboxImportStatus", "ResultsByBatchNumber", "Mode", "WarehouseId", "BatchNumber", "Date", "FromJournalId",
    "startRowIndex", "endRowIndex", "searchString",
})  # fmt: skip
"""Known, and without effect on which records are found (undocumented), or looked at where the rows are made."""

Query = Mapping[str, str]
Test = Callable[[Record], bool]


class Listing:
    """Filters, sorts and cuts the records of one organisation."""

    def __init__(self, organisation: Organisation | None, switches: MinimaxSwitches, turn: int = 0) -> None:
        self._organisation = organisation
        self._switches = switches
        self._turn = turn

    def found(self, kind: str, records: Iterable[Record], query: Query) -> list[Record]:
        """The records that match all filters.

        Raises:
            RefusedError: 400 for a day or a number that is none (inferred).
        """
        tests = [self._test(kind, name, value) for name, value in query.items() if value and name not in NOT_FILTERS]
        return [record for record in records if all(test(record) for test in tests)]

    def page(self, records: list[Record], query: Query, write: Callable[[Record], Any]) -> dict[str, Any]:
        """A page in the envelope of all lists.

        Raises:
            RefusedError: 400 for a page that is no number from 1 (inferred).
        """
        current = _positive(query, "CurrentPage", 1)
        size = _positive(query, "PageSize", DEFAULT_PAGE_SIZE)
        size = min(size, self._switches.page_size_max or size)
        if field := query.get("SortField"):
            records = sorted(records, key=_sort_key(field), reverse=query.get("Order", "A").upper() == "D")
        elif self._switches.unsorted == "changing" and records:
            start = self._turn % len(records)
            records = records[start:] + records[:start]
        rows = [write(record) for record in records[(current - 1) * size : current * size]]
        return {"Rows": rows, "TotalRows": len(records), "CurrentPageNumber": current, "PageSize": size}

    def _test(self, kind: str, name: str, value: str) -> Test:
        if name in PARTS or (name in REFERENCE_TEXTS and self._switches.reference_filters == "contains"):
            return self._part(name, value)
        if name in CODES:
            return self._code(CODES[name], value)
        if name in REFERENCES:
            key, member = _number(name, value), REFERENCES[name]
            return lambda record: record.get(member) == key
        for end, holds in (("From", _at_least), ("To", _at_most)):
            if name.endswith(end):
                return _bounded(self._dated(kind, name.removesuffix(end)), name, value, holds)
        if name == "JournalId":
            first = _number(name, value)
            return lambda record: record["JournalId"] >= first
        return lambda record: str(record.get(name, "")) == value

    def _dated(self, kind: str, member: str) -> str:
        return DATES.get(kind, "Date") if member == "Date" else member

    def _part(self, name: str, value: str) -> Test:
        part = value.casefold()
        if name == "CustomerName":
            return lambda record: part in self._name_of("Customer", record.get("Customer")).casefold()
        if name == "SearchString":
            return lambda record: any(part in str(record.get(each) or "").casefold() for each in SEARCHED)
        member = {"ItemTitle": "ItemName"}.get(name, name)
        return lambda record: part in str(record.get(member) or "").casefold()

    def _code(self, kind: str, code: str) -> Test:
        assert self._organisation is not None
        target = self._organisation.by_code(kind, code)
        key = target[f"{kind}Id"] if target else 0
        return lambda record: record.get(kind) == key

    def _name_of(self, kind: str, key: int | None) -> str:
        record = self._organisation.get(kind, key) if self._organisation else None
        return str(record["Name"]) if record else ""


def _bounded(member: str, name: str, value: str, holds: Callable[[Any, Any], bool]) -> Test:
    if member == "RecordDtModified":
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="milliseconds")
        except ValueError:
            raise _malformed(name) from None
        return lambda record: holds(record[member], moment)
    try:
        bound = day(value)
    except InvalidError:
        raise _malformed(name) from None
    return lambda record: isinstance(record.get(member), date) and holds(record[member], bound)


def _at_least(value: Any, bound: Any) -> bool:
    return bool(value >= bound)


def _at_most(value: Any, bound: Any) -> bool:
    return bool(value <= bound)


def _sort_key(field: str) -> Callable[[Record], tuple[bool, str, Any]]:
    member = {"Title": "Name"}.get(field, field)

    def key(record: Record) -> tuple[bool, str, Any]:
        value = record.get(member)
        return value is None, "" if isinstance(value, int) else type(value).__name__, 0 if value is None else value

    return key


def _number(name: str, value: str) -> int:
    try:
        return int(number(value, whole=True))
    except InvalidError:
        raise _malformed(name) from None


def _positive(query: Query, name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        raise _malformed(name)
    return int(text)


def _malformed(name: str) -> RefusedError:
    return RefusedError(400, Message(text="The request is invalid.", property_name=name))
