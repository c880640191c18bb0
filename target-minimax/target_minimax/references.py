"""Ids by code: what records refer to, looked up at the least cost. Each installation has ids of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any, Final

from connector_kit.posting.answer import BodyShape

from target_minimax.client import MinimaxClient, MinimaxError
from target_minimax.code_lists import CodeLists
from target_minimax.operations import Operation, by_code, listing

__all__ = ["DIRECTORIES", "PLAIN_CODE", "REHEARSED", "Directory", "References"]

Row = Mapping[str, Any]

PLAIN_CODE: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""Codes with a slash or a dot never reach Minimax in a path: its web server answers 404 by itself (working client)."""


REHEARSED: Final = 0
"""Id of what a plan would make."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Directory:
    """One kind of things that have codes: a row of the table.

    Attributes:
        path: Of its list.
        id: Member with the id.
        codes: Members that name a row, the first that has a value.
        has_by_code: Single ones can be asked for by code.
        kept: Its rows may be kept from run to run: they are no persons, and we do not make them.
        dated: What is valid depends on the day.
        learned: Records of this stream that we made are found in the ledger, whose rows have no code.
    """

    path: str
    id: str
    codes: tuple[str, ...] = ("Code",)
    has_by_code: bool = False
    kept: bool = False
    dated: bool = False
    learned: str | None = None

    @property
    def operation(self) -> Operation:
        """Its list."""
        return listing(self.path, sort=self.id)

    def code_of(self, row: Row) -> str | None:
        """What a row is called."""
        found = next((row[name] for name in self.codes if row.get(name) not in (None, "")), None)
        return None if found is None else str(found)


DIRECTORIES: Final = {
    "Account": Directory(path="accounts", id="AccountId", kept=True),
    "Analytic": Directory(path="analytics", id="AnalyticId"),
    "Country": Directory(path="countries", id="CountryId", kept=True),
    "Currency": Directory(path="currencies", id="CurrencyId", kept=True),
    "Customer": Directory(path="customers", id="CustomerId", has_by_code=True),
    "Document": Directory(path="documents", id="DocumentId", codes=("Description",), learned="documents"),
    "DocumentNumbering": Directory(path="document-numbering", id="DocumentNumberingId", kept=True),
    "Employee": Directory(path="employees", id="EmployeeId", codes=("TaxNumber",), learned="employees"),
    "Item": Directory(path="items", id="ItemId", has_by_code=True),
    "JournalType": Directory(path="journaltypes", id="JournalTypeId", kept=True),
    "PaymentMethod": Directory(path="paymentMethods", id="PaymentMethodId", codes=("Code", "Name"), kept=True),
    "ProductGroup": Directory(path="productGroups", id="ProductGroupId"),
    "PurposeCode": Directory(path="purpose-codes", id="PurposeCodeId", kept=True),
    "ReportTemplate": Directory(path="report-templates", id="ReportTemplateId", codes=("Name",), kept=True),
    "VatRate": Directory(path="vatrates", id="VatRateId", kept=True, dated=True),
    "Warehouse": Directory(path="warehouses", id="WarehouseId"),
}


@dataclass(kw_only=True)
class _Known:
    rows: dict[str, Row] = field(default_factory=dict)
    pages: int = 0
    pages_in_all: int | None = None
    asked: int = 0

    @property
    def is_whole(self) -> bool:
        return self.pages_in_all is not None and self.pages >= self.pages_in_all


class References:
    """What codes mean in one organisation.

    Args:
        client: The organisation.
        lists: Rows of earlier runs.
        booked: The id of a record that we made, by stream and business key, as the ledger has it.
        disguise: Makes names of codes that are personal, from which nobody can tell the code.
    """

    def __init__(
        self,
        client: MinimaxClient,
        lists: CodeLists,
        *,
        booked: Callable[[str, str], str | None] | None = None,
        disguise: Callable[[str], str] | None = None,
    ) -> None:
        self._client = client
        self._lists = lists
        self._booked = booked
        self._disguise = disguise
        self._known: dict[tuple[str, str | None], _Known] = {}
        self._known_ids: dict[str, dict[str, int]] = {}
        self._found: set[str] = set()
        self._announced: dict[tuple[str, str], tuple[str, str]] = {}
        self._codes: dict[str, dict[Any, str | None]] = {}

    def find(self, target: str, code: str, on: date | None = None) -> int | None:
        """The id that a code means, or None.

        Raises:
            ConnectorError: The list cannot be read.
            NotNowError: The calls are used up.
        """
        directory = DIRECTORIES[target]
        stream, key = self._announced.get((target, code), (directory.learned, code))
        if stream is not None and self._booked is not None and (made := self._booked(stream, key)):
            return int(made) if made.isdecimal() else REHEARSED
        ids, name = self._ids(directory), self._name(directory, code)
        if name in ids:
            return ids[name]
        row = self.row(target, code, on)
        number = row.get(directory.id) if row else None
        if not isinstance(number, int):
            return None
        if not directory.kept and name:
            ids[name] = number
            self._found.add(directory.path)
        return number

    def remember(self) -> None:
        """Keep codes and ids that were found for the next runs: what has not changed shall cost no call."""
        for path in sorted(self._found):
            rows: list[Row] = [{"code": code, "id": number} for code, number in self._known_ids[path].items()]
            self._lists.keep(f"{path} ids", rows, as_old=True)
        self._found.clear()

    def _name(self, directory: Directory, code: str) -> str:
        """What a code is called in the file; the numbers by which those without a code are known are personal."""
        if not directory.learned:
            return code
        return self._disguise(f"{directory.path} {code}") if self._disguise else ""

    def _ids(self, directory: Directory) -> dict[str, int]:
        """Ids that this run or an earlier one has found."""
        if directory.path not in self._known_ids:
            rows = [] if directory.kept else self._lists.rows(f"{directory.path} ids") or []
            self._known_ids[directory.path] = {row["code"]: row["id"] for row in rows if {"code", "id"} <= row.keys()}
        return self._known_ids[directory.path]

    def row(self, target: str, code: str, on: date | None = None) -> Row | None:
        """The row of a code, or None.

        Raises: as `find`.
        """
        directory = DIRECTORIES[target]
        known = self._of(directory, on)
        if code in known.rows or known.is_whole:
            return known.rows.get(code)
        return self._ask(directory, known, code)

    def rows(self, target: str, on: date | None = None) -> list[Row]:
        """All rows.

        Raises: as `find`.
        """
        directory = DIRECTORIES[target]
        known = self._of(directory, on)
        while not known.is_whole:
            self._read_page(directory, known)
        return list(known.rows.values())

    def code(self, target: str, number: object) -> str | None:
        """The code of an id.

        Raises: as `find`.
        """
        directory = DIRECTORIES[target]
        known = self._codes.get(target)
        if known is None or number not in known:
            known = {row.get(directory.id): directory.code_of(row) for row in self.rows(target)}
            self._codes[target] = known
        return known.get(number)

    def announce(self, target: str, code: str, *, stream: str, key: str) -> None:
        """Learn that a record of this run will have a code; once it is there, the ledger has its id."""
        self._announced[target, code] = (stream, key)

    def _of(self, directory: Directory, on: date | None) -> _Known:
        # By month: rates change on the first of one, and a list per day would cost a call per day.
        day = on.replace(day=1).isoformat() if directory.dated and on else None
        name = (directory.path, day)
        if name not in self._known:
            self._known[name] = self._kept(directory, day) if directory.kept else _Known()
        return self._known[name]

    def _kept(self, directory: Directory, day: str | None) -> _Known:
        """The whole of a list that seldom changes."""
        name = directory.path if day is None else f"{directory.path} {day}"
        rows = self._lists.rows(name)
        if rows is None:
            rows = list(self._client.rows(directory.operation, query={"date": day} if day else None))
            self._lists.keep(name, rows)
        return _Known(rows={code: row for row in rows if (code := directory.code_of(row))}, pages=1, pages_in_all=1)

    def _ask(self, directory: Directory, known: _Known, code: str) -> Row | None:
        """Single ones while they cost no more than the rest of the list would; then that.

        The first page tells how many there are, so a few codes in a large register cost a few calls, and a thousand
        codes as many as the register has pages.
        """
        if known.pages_in_all is None:
            self._read_page(directory, known)
            if code in known.rows or known.is_whole:
                return known.rows.get(code)
        rest = (known.pages_in_all or 0) - known.pages
        if directory.has_by_code and known.asked < rest and PLAIN_CODE.fullmatch(code):
            known.asked += 1
            return self._ask_for_one(directory, known, code)
        while not known.is_whole and code not in known.rows:
            self._read_page(directory, known)
        return known.rows.get(code)

    def _ask_for_one(self, directory: Directory, known: _Known, code: str) -> Row | None:
        answer = self._client.request(by_code(directory.path), code=code)
        if answer.status == HTTPStatus.OK and isinstance(answer.body, Mapping):
            known.rows[code] = answer.body
            return known.rows[code]
        if answer.status == HTTPStatus.NOT_FOUND and answer.shape is not BodyShape.OTHER:
            return None
        raise MinimaxError(f"Minimax' look-up by code in {directory.path} failed with status {answer.status}")

    def _read_page(self, directory: Directory, known: _Known) -> None:
        page = self._client.page(directory.operation, known.pages + 1)
        known.pages += 1
        if not page.rows:
            known.pages_in_all = known.pages
        elif known.pages_in_all is None:
            known.pages_in_all = -(-page.total // len(page.rows))  # Minimax may put less on a page than we ask for
        for row in page.rows:
            if code := directory.code_of(row):
                known.rows.setdefault(code, row)
