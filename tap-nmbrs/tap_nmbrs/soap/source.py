"""Lists and documents of the Nmbrs SOAP API."""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import IO, Any, Final

from connector_kit.extract import problem_of
from singer_sdk.exceptions import FatalAPIError

from tap_nmbrs.operation import Operation
from tap_nmbrs.soap.answers import Element
from tap_nmbrs.soap.connection import Connection
from tap_nmbrs.soap.documents import fetch_documents
from tap_nmbrs.soap.employee_types import EmployeeTypes
from tap_nmbrs.soap.envelope import Call
from tap_nmbrs.soap.faults import FORBIDDEN
from tap_nmbrs.soap.operations import OPERATIONS, Asked, Shape, SoapOperation
from tap_nmbrs.soap.values import identifier, row_of
from tap_nmbrs.source import Consent, DocumentRequest, RefusedError, Row

__all__ = ["SoapSource"]

_OPERATIONS: Final = {operation.stream: operation for operation in OPERATIONS}
_PERIOD: Final = re.compile(r"(\d{4})-(\d{1,2})-(\w+)", re.ASCII)
_PERIOD_TYPES: Final = {"M": "month", "4W": "4-weeks", "1W": "1-week", "W": "1-week"}
"""Seen in working clients: M; the others are inferred."""
_PERIODS_MAX: Final = 53
_NOTHING: Final = frozenset({"", "0"})
"""What the days of an employee are for whom nobody has entered any."""


class SoapSource:
    """The SOAP API; a `Source`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._employee_types = EmployeeTypes(connection)
        self._periods: dict[str, Row] = {}
        self._lock = threading.Lock()

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every list of the API, by stream."""
        return _OPERATIONS

    def rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read a whole list; see `Source.rows`."""
        row = _OPERATIONS[operation.stream]
        values = {**keys, **parameters}
        match row.stream:
            case "companies":
                return self._companies(row)
            case "company_periods":
                return [self._current_period(keys["company_id"])]
            case "employees":
                return self._employees(row, values)
        return self._at_its_periods(row, values)

    def first_rows(self, operation: Operation, keys: Mapping[str, str], parameters: Mapping[str, Any]) -> list[Row]:
        """Read the beginning of a list; see `Source.first_rows`."""
        row = _OPERATIONS[operation.stream]
        if row.asked is Asked.EACH_OF_YEAR:
            return self._list(row, {**keys, **parameters, "period": 1})
        return self.rows(row, keys, parameters)

    def consent(self) -> Consent:
        """The API tells nothing; see `Source.consent`."""
        return Consent()

    def documents(self, requests: Sequence[DocumentRequest], *, timeout_seconds: float) -> list[IO[bytes] | Exception]:
        """Have documents made and fetch them; see `Source.documents`."""
        return fetch_documents(self._connection, requests, timeout_seconds=timeout_seconds)

    def _at_its_periods(self, operation: SoapOperation, values: Mapping[str, Any]) -> list[Row]:
        if operation.asked is Asked.AS_THE_STREAM:
            return self._list(operation, values)
        if operation.asked is Asked.EACH_OF_YEAR:
            return list(chain.from_iterable(self._of_year(operation, values)))
        period = self._current_period(values["company_id"])["period"]
        if operation.asked is Asked.CURRENT_UNTOLD:
            return self._list(operation, {**values, **period})
        return self._of_period(operation, values, period)

    def _list(self, operation: SoapOperation, values: Mapping[str, Any]) -> list[Row]:
        call = Call(
            service=operation.service,
            method=operation.method,
            parameters={name: values[value] for name, value in operation.arguments.items()},
        )
        keys = {name: value for name, value in values.items() if name.endswith("_id")}
        what = operation.what(keys, values)
        if operation.shape is Shape.TEXT:
            text = self._connection.short_text(call, what=what)
            return [_row(Element(operation.method, parts=[text]), operation, what)] if text not in _NOTHING else []
        if operation.shape is Shape.OBJECT:
            members = self._connection.items(call, what=what, read=lambda element: element)
            row = row_of(Element(operation.method, children=members), operation.fields, what=what)
            first = operation.fields[0]
            return [row] if members and (first.read is not identifier or row[first.target] is not None) else []
        found = self._connection.items(call, what=what, read=lambda element: list(_rows(element, operation, what)))
        return list(chain.from_iterable(found))

    def _of_period(self, operation: SoapOperation, values: Mapping[str, Any], period: Row) -> list[Row]:
        """Read a list as it is in a period, and say so in its rows."""
        return [{**row, "period": period} for row in self._list(operation, {**values, **period})]

    def _of_year(self, operation: SoapOperation, values: Mapping[str, Any]) -> Iterator[list[Row]]:
        """Read the list of each period of a year, as far as the company has come."""
        current = self._current_period(values["company_id"])["period"]
        year = int(values["year"])
        last = current["period"] if year == current["year"] else _PERIODS_MAX if year < current["year"] else 0
        for number in range(1, last + 1):
            try:
                yield self._of_period(operation, values, {"year": year, "period": number})
            except RefusedError:  # the year has no more
                return

    def _companies(self, operation: SoapOperation) -> list[Row]:
        """Read the companies of every debtor; a user who may not do that gets them all at once, without debtors."""
        try:
            debtors = [row["debtorId"] for row in self._list(_OPERATIONS["debtors"], {})]
            return [
                {**row, "debtorId": debtor}
                for debtor in debtors
                for row in self._list(operation, {"debtor_id": debtor})
            ]
        except FatalAPIError as error:
            problem = problem_of(error)
            if problem is None or problem.code != FORBIDDEN:
                raise
        return self._list(replace(operation, method="List_GetAll", arguments={}), {})

    def _employees(self, operation: SoapOperation, values: Mapping[str, Any]) -> list[Row]:
        """Read the employees of each type; one who is listed twice counts once."""
        rows: dict[str, Row] = {}
        for kind in self._employee_types.wanted(values.get("employeeType") or ""):
            for row in self._list(operation, {**values, "employeeType": kind.id}):
                rows.setdefault(row["employeeId"], {**row, "employeeType": kind.name})
        return list(rows.values())

    def _current_period(self, company_id: str) -> Row:
        """Give the current period of a company, asked for once: `2026-03-M` or `2026-3-M`."""
        with self._lock:
            known = self._periods.get(company_id)
        return known or self._periods.setdefault(company_id, self._asked_period(company_id))

    def _asked_period(self, company_id: str) -> Row:
        operation = _OPERATIONS["company_periods"]
        what = operation.what({"company_id": company_id}, {})
        text = self._connection.short_text(
            Call(service=operation.service, method=operation.method, parameters={"CompanyId": company_id}), what=what
        )
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise FatalAPIError(f"{what}: it is no period; Nmbrs has changed its answer")
        year, period, kind = int(match[1]), int(match[2]), match[3].upper()
        return {
            "period": {"year": year, "period": period},
            "periodType": _PERIOD_TYPES.get(kind, kind),
            "displayPeriod": f"{year}-{period}-{kind}",
        }


def _rows(element: Element, operation: SoapOperation, what: str) -> Iterator[Row]:
    """Give the rows that an element of a result holds."""
    if element.is_nil:
        return
    if operation.shape is not Shape.EMPLOYEES:
        yield _row(element, operation, what)
        return
    employee_id = element.text("EmployeeId")
    if not employee_id:
        raise FatalAPIError(f"{what}: a row has no EmployeeId; Nmbrs has changed its answer")
    for held in element.children:
        for record in held.children:  # whatever it is called: v3 has renamed some
            yield {"employeeId": employee_id, **_row(record, operation, what)}


def _row(element: Element, operation: SoapOperation, what: str) -> Row:
    row = row_of(element, operation.fields, what=what)
    first = operation.fields[0]
    if first.read is identifier and row[first.target] is None:
        raise FatalAPIError(f"{what}: a row has no {first.source}; Nmbrs has changed its answer")
    return row
