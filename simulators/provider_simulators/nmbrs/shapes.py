"""From entries of the store to rows: which of them a call gets, and what an entry looks like."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.paging import Row
from provider_simulators.nmbrs.records.drafting import PeriodKey
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company

Parameters = dict[str, Any]
Rows = Callable[[NmbrsBackend, Parameters], list[Row]]
Inner = Callable[[list[Entry]], Row]
"""What stands beside `employeeId` for an employee's entries, newest first."""


class Validity(Enum):
    """Which entries hold in the period that a call asks for; the company's current one when it asks for none."""

    ALWAYS = auto()
    """All of them; a period is only looked at to see whether it exists."""
    ONLY = auto()
    """Those of that very period."""
    RUNNING = auto()
    """Those that started in or before it and have not ended before it."""
    LATEST = auto()
    """The last one that started in or before it."""
    YEAR = auto()
    """Those of a period of that year."""
    OVERLAPPING = auto()
    """Those with days in that year."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How an entry of a kind is written.

    Attributes:
        kind: Its kind in the store.
        id_name: Name of its id; None: it has none, or has it among its values.
        created, changed: Names of its moments; None: not shown.
        hidden: Values that this list does not show.
        validity: Which entries a call gets.
        narrow: Further filters of the call.
    """

    kind: str
    id_name: str | None = None
    created: str | None = "createdAt"
    changed: str | None = None
    hidden: tuple[str, ...] = ()
    validity: Validity = Validity.ALWAYS
    narrow: Callable[[Entry, Parameters], bool] | None = None

    def row(self, entry: Entry) -> Row:
        """The entry's own members; values go before id and moments."""
        row: Row = {self.id_name: entry.id} if self.id_name else {}
        if self.created:
            row[self.created] = entry.created_at
        if self.changed:
            row[self.changed] = entry.changed_at
        row |= entry.values
        for name in self.hidden:
            row.pop(name, None)
        return row

    def entries(self, backend: NmbrsBackend, company: Company, given: Parameters) -> list[Entry]:
        """The entries that a call gets, before it filters by moments."""
        entries = _valid(backend, company, given, backend.store.of(company.id, self.kind), self.validity)
        return [entry for entry in entries if self.narrow(entry, given)] if self.narrow else entries

    def listed(self, key: str) -> Inner:
        """An employee's entries as a list under a key."""
        return lambda entries: {key: [self.row(entry) for entry in entries]}

    def single(self, key: str) -> Inner:
        """An employee's only entry under a key, which is missing when there is none."""
        return lambda entries: {key: self.row(entries[0])} if entries else {}

    def spread(self, **empty: Any) -> Inner:
        """An employee's only entry beside `employeeId`, or what stands there without one."""
        return lambda entries: self.row(entries[0]) if entries else dict(empty)


def of_employees(shape: Shape, inner: Inner) -> Rows:
    """A row per employee of the company, also for those without entries."""

    def rows(backend: NmbrsBackend, given: Parameters) -> list[Row]:
        company = backend.company(given["companyId"])
        entries = _by_employee(shape.entries(backend, company, given))
        asked = given.get("employeeId")
        people = [person.id for person in backend.everybody(company) if asked in (None, person.id)]
        filtered = "createdFrom" in given or "changedFrom" in given
        result = []
        for person in people:
            theirs = entries.get(person, [])
            if filtered:
                hits = list(_since(theirs, given))
                if not hits and not backend.switches.created_from_keeps_empty:
                    continue
                whole = hits and backend.switches.created_from_filters == "employees"
                theirs = theirs if whole else hits
            result.append({"employeeId": person, **inner(theirs)})
        return result

    return rows


def of_employee(shape: Shape) -> Rows:
    """The entries of the employee in the path."""

    def rows(backend: NmbrsBackend, given: Parameters) -> list[Row]:
        company, employee = backend.employee(given["employeeId"])
        entries = _by_employee(shape.entries(backend, company, given)).get(employee.id, [])
        return [shape.row(entry) for entry in _since(entries, given)]

    return rows


def of_company(shape: Shape) -> Rows:
    """The entries of the company itself."""

    def rows(backend: NmbrsBackend, given: Parameters) -> list[Row]:
        company = backend.company(given["companyId"])
        return [shape.row(entry) for entry in _since(shape.entries(backend, company, given), given)]

    return rows


def for_employee(shape: Shape) -> Rows:
    """The entries of the company, for the employee in the path: the same for all of them."""

    def rows(backend: NmbrsBackend, given: Parameters) -> list[Row]:
        company, _ = backend.employee(given["employeeId"])
        return [shape.row(entry) for entry in shape.entries(backend, company, given)]

    return rows


def _by_employee(entries: Iterable[Entry]) -> dict[Any, list[Entry]]:
    """By employee, newest first, as in the vendor's examples."""
    grouped: dict[Any, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.employee].insert(0, entry)
    return grouped


def _since(entries: Iterable[Entry], given: Parameters) -> Iterator[Entry]:
    """Created and changed from the moments asked for; both inclusive."""
    created, changed = given.get("createdFrom"), given.get("changedFrom")
    for entry in entries:
        if (created is None or entry.created_at >= created) and (changed is None or entry.changed_at >= changed):
            yield entry


def _valid(
    backend: NmbrsBackend, company: Company, given: Parameters, entries: list[Entry], validity: Validity
) -> list[Entry]:
    year = given.get("year")
    if validity in (Validity.YEAR, Validity.OVERLAPPING):
        in_year = year or backend.period(company).year
        return [entry for entry in entries if _in_year(entry, in_year, validity)]
    if validity is Validity.ALWAYS and year is None and given.get("period") is None:
        return entries
    asked = backend.asked_period(company, year, given.get("period"))
    if asked is None:
        return []
    valid = [entry for entry in entries if _holds(entry, asked, validity)]
    return valid[-1:] if validity is Validity.LATEST else valid


def _in_year(entry: Entry, year: int, validity: Validity) -> bool:
    if validity is Validity.YEAR:
        return entry.period is not None and entry.period[0] == year
    start, end = entry.values["startDate"], entry.values.get("endDate") or date.max
    return bool(start.year <= year <= end.year)


def _holds(entry: Entry, asked: PeriodKey, validity: Validity) -> bool:
    if validity is Validity.ALWAYS or entry.period is None:
        return validity is Validity.ALWAYS
    if validity is Validity.ONLY:
        return entry.period == asked
    return entry.period <= asked and (validity is Validity.LATEST or asked <= (_last_period(entry) or asked))


def _last_period(entry: Entry) -> PeriodKey | None:
    """The period in which an entry ends; a company's has it in one object, an employee's in two members."""
    end = entry.values.get("endPeriod")
    if isinstance(end, dict):
        return end["year"], end["period"]
    return (entry.values["endYear"], end) if end else None
