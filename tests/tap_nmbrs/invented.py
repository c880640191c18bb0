"""An invented Nmbrs without network: companies, entries with moments of creation and change, filters of both kinds.

For tests with many syncs or many companies; everything else is tested against the simulator.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import IO, TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from singer_sdk.exceptions import SkippableAPIError
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.source import Consent, HiddenError, RefusedError
from tap_nmbrs.tap import TapNmbrs
from typing_extensions import override

from tests.tap_nmbrs.conftest import Collected, Sync

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from singer_sdk import Stream
    from tap_nmbrs.operation import Operation
    from tap_nmbrs.source import DocumentRequest

DEBTOR = str(uuid5(NAMESPACE_URL, "debtor"))
SETTINGS: dict[str, Any] = {"start_date": "2026-01-01", "token_store": "unused"}


def company_id(number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"company {number}"))


class StoppedError(Exception):
    """The process ends here."""


@dataclass
class Entry:
    """A record of an employee, in the spelling of the API."""

    values: dict[str, Any]
    created_at: datetime
    changed_at: datetime


@dataclass
class InventedNmbrs:
    """A `Source`.

    Attributes:
        companies: Ids of those that are listed.
        entries: By company and stream.
        unavailable: Lists that answer 404.
        hidden: Companies that answer 403.
        refuse: Streams, years and periods that answer 400.
        stop_after: So many more answers until the process ends.
        whole_employees: Whether the filters look at whole employees.
        now: Its clock.
        calls: What was asked for.
    """

    companies: list[str]
    entries: dict[tuple[str, str], list[Entry]] = field(default_factory=dict)
    unavailable: set[tuple[str, str]] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    refuse: set[tuple[str, int, int]] = field(default_factory=set)
    stop_after: int | None = None
    whole_employees: bool = False
    now: datetime = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    period: tuple[int, int, str] = (2026, 11, "month")
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def operations(self) -> Mapping[str, Operation]:
        return {operation.stream: operation for operation in OPERATIONS}

    def consent(self) -> Consent:
        return Consent()

    def first_rows(
        self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        return self.rows(operation, keys, parameters)

    def rows(
        self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        self.calls.append((operation.stream, {**keys, **parameters}))
        if self.stop_after is not None:
            if self.stop_after == 0:
                raise StoppedError
            self.stop_after -= 1
        company = keys.get("company_id", "")
        if company in self.hidden:
            raise HiddenError(f"{operation.what(keys, parameters)}: HTTP 403")
        if (company, operation.stream) in self.unavailable:
            raise SkippableAPIError(f"{operation.what(keys, parameters)}: HTTP 404")
        if (operation.stream, parameters.get("year"), parameters.get("period")) in self.refuse:
            raise RefusedError(f"{operation.what(keys, parameters)}: HTTP 400")
        match operation.stream:
            case "debtors":
                return [{"debtorId": DEBTOR, "number": "1", "name": "Debtor"}]
            case "companies":
                return [{"companyId": each, "number": "1", "name": "", "debtorId": DEBTOR} for each in self.companies]
            case "company_periods":
                year, period, kind = self.period
                return [{"period": {"year": year, "period": period}, "periodType": kind}]
        entries = self.entries.get((company, operation.stream), [])
        if operation.since and (since := parameters.get(operation.since.parameter)):
            entries = self._since(entries, datetime.fromisoformat(since), operation.since.parameter)
        return _rows(operation, [entry.values for entry in entries])

    def documents(self, requests: Sequence[DocumentRequest], *, timeout_seconds: float) -> list[IO[bytes] | Exception]:
        return [SkippableAPIError(f"{request.what}: none after {timeout_seconds} s") for request in requests]

    def _since(self, entries: list[Entry], since: datetime, parameter: str) -> list[Entry]:
        hit = [e for e in entries if (e.created_at if parameter == "createdFrom" else e.changed_at) >= since]
        if not self.whole_employees:
            return hit
        employees = {entry.values["employeeId"] for entry in hit}
        return [entry for entry in entries if entry.values["employeeId"] in employees]

    def put(self, company: str, stream: str, **values: Any) -> Entry:
        """Create an entry now."""
        moment = self.now.isoformat().replace("+00:00", "Z")
        entry = Entry({"createdAt": moment, "changedAt": moment, **values}, self.now, self.now)
        self.entries.setdefault((company, stream), []).append(entry)
        return entry

    def change(self, entry: Entry, **values: Any) -> None:
        """Change an entry in place."""
        entry.changed_at = self.now
        entry.values.update(values, changedAt=self.now.isoformat().replace("+00:00", "Z"))

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def _rows(operation: Operation, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not operation.inner:
        return [dict(record) for record in records]
    by_employee: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        values = {name: value for name, value in record.items() if name != "employeeId"}
        by_employee.setdefault(record["employeeId"], []).append(values)
    return [{"employeeId": employee, operation.inner[0]: values} for employee, values in by_employee.items()]


def sync_invented(
    nmbrs: InventedNmbrs,
    *streams: str,
    state: dict[str, Any] | None = None,
    now: datetime | None = None,
    **settings: Any,
) -> Sync:
    """Sync the named streams, or all; the end of the process is kept as the error of the sync."""
    writer = Collected()
    config = {**SETTINGS, "concurrent_requests": 1, **settings}
    tap = (_few(streams) if streams else TapNmbrs)(config=config, state=state, message_writer=writer)
    tap.shared.source = nmbrs
    tap.shared.now = now or nmbrs.now
    for name, stream in tap.streams.items():
        stream.selected = not streams or name in streams
    error = None
    try:
        tap.sync_all()
    except StoppedError as stopped:
        error = stopped
    return Sync(writer.lines, error)


@cache
def _few(names: tuple[str, ...]) -> type[TapNmbrs]:
    """Give a tap of some streams: it is made in a fraction of the time."""

    class Few(TapNmbrs):
        @override
        def discover_streams(self) -> list[Stream]:
            wanted = {"debtors", "companies", *names}
            return [stream for stream in super().discover_streams() if stream.name in wanted]

    return Few


def asked(nmbrs: InventedNmbrs) -> Counter[str]:
    """How often each stream's list was asked for since the last time."""
    counted = Counter(stream for stream, _ in nmbrs.calls)
    nmbrs.calls.clear()
    return counted
