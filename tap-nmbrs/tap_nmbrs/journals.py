"""Journal documents of payroll runs: XML in the shape of Twinfield transactions, read by local name at any depth.

Shape seen in working clients: `transaction` with `header/date` (yyyymmdd) and `lines/line` with `dim1` (ledger
account), `dim2`, `dim3`, `value`, `debitcredit`, `description`. The name of the root and further elements are not
documented. A document is checked from end to end before anything of it is given.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import IO, Any, Final

from tap_nmbrs.amounts import AmbiguousAmountError, AmountError, read_amount, sole_decimal_mark
from tap_nmbrs.xml_documents import UNKNOWN_LAYOUT, Block, DocumentError, Members, blocks

__all__ = ["JournalDocument", "JournalLine", "Split", "Transaction"]


class Split(StrEnum):
    """How Nmbrs divides the lines of a journal; the value is that of the setting."""

    COMPANY = "company"
    COST_CENTER = "cost_center"
    COST_CENTER_UNIT = "cost_center_unit"
    DEPARTMENT = "department"
    EMPLOYEE = "employee"

    @property
    def fields(self) -> Mapping[str, str]:
        """What the dimensions of a line mean."""
        return _FIELDS.get(self, {"dim1": "gl_account"})

    @property
    def inferred_field(self) -> str | None:
        """What a further dimension means if the lines have exactly one; nobody has documented it."""
        return {Split.DEPARTMENT: "department", Split.EMPLOYEE: "employee_number"}.get(self)


_FIELDS: Final[Mapping[Split, Mapping[str, str]]] = {
    Split.COST_CENTER: {"dim1": "gl_account", "dim2": "cost_center"},
    Split.COST_CENTER_UNIT: {"dim1": "gl_account", "dim2": "cost_center", "dim3": "cost_unit"},
}
_SIDES: Final = {
    **dict.fromkeys(("debit", "debet", "deb", "db", "d"), "debit"),
    **dict.fromkeys(("credit", "kredit", "crediet", "cred", "cr", "c"), "credit"),
}
_CONTAINERS: Final = frozenset({"header", "lines", "transactions"})
_ZERO: Final = Decimal("0.00")
_DIMENSION: Final = re.compile(r"dim[2-9]")
_ACCOUNT: Final = re.compile(r"account|ledger|grootboek|rekening")
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/]?)(\d\d)\2(\d\d)(?:[T ]00:00.*)?", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([-.])(\d{1,2})\2(\d{4})(?:[T ]0?0:00.*)?", re.ASCII)
_NO_DATE: Final = date.min
"""What .NET writes for none."""


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One journal entry of a document.

    Attributes:
        transaction_no: Its place in the document, from 1.
        date: Of the header; None: it has none.
        currency: ISO 4217 code of the header; None: it has none.
        is_balanced: Whether debit equals credit.
        signs_repeat_sides: Credits are negative although they say credit, and the entry balances only if the sign
            is left out.
        raw: What else it and its header hold, and the document around it.
    """

    transaction_no: int
    date: date | None
    currency: str | None
    is_balanced: bool
    signs_repeat_sides: bool
    raw: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line: `amount` on the side `debit_credit`, both as in the document; without amount it may have no side."""

    line_no: int
    amount: Decimal
    debit_credit: str | None
    description: str | None
    codes: Mapping[str, str | None]
    raw: Mapping[str, Any]
    signs_repeat_sides: bool = False

    @property
    def debit(self) -> Decimal:
        """Amount on the debit side, never negative: a negative credit is a debit."""
        return abs(self.amount) if self._is_on("debit") else _ZERO

    @property
    def credit(self) -> Decimal:
        """Amount on the credit side, never negative."""
        return abs(self.amount) if self._is_on("credit") else _ZERO

    def _is_on(self, side: str) -> bool:
        is_turned = self.amount < 0 and not self.signs_repeat_sides
        return self.debit_credit is not None and (self.debit_credit == side) != is_turned


class JournalDocument:
    """A journal document that has been checked: layout, amounts, dates, balance. Its lines are not in memory.

    Args:
        document: Read once now, and once more whenever its lines are asked for. A document without anything in it has
            no transactions (the company has no ledger scheme).
        split: What the dimensions mean.

    Attributes:
        transactions: In the order of the document.

    Raises:
        DocumentError: It is not XML, or has a layout that we do not know.
    """

    def __init__(self, document: IO[bytes], *, split: Split) -> None:
        self._document = document
        self._split = split
        self._decimal_mark: str | None = None
        self._inferred: str | None = None
        try:
            self.transactions = self._checked()
        except _AmbiguousError as error:
            values = (block.members.take("value") for block in self._blocks() if block.kind == "line")
            self._decimal_mark = sole_decimal_mark(values)
            if self._decimal_mark is None:
                raise error from None
            self.transactions = self._checked()

    def lines(self) -> Iterator[tuple[Transaction, JournalLine]]:
        """Give all lines, each with its transaction."""
        transactions = iter(self.transactions)
        current, line_no = next(transactions, None), 0
        for block in self._blocks():
            if block.kind == "line" and current is not None:
                line_no += 1
                yield current, self._line(block, line_no, signs_repeat_sides=current.signs_repeat_sides)
            elif block.kind == "transaction":
                current, line_no = next(transactions, None), 0

    def entries(self) -> Iterator[tuple[Transaction, tuple[JournalLine, ...]]]:
        """Give the transactions that have lines, each with all of them in memory."""
        for _, pairs in groupby(self.lines(), key=lambda pair: pair[0].transaction_no):
            transactions, lines = zip(*pairs, strict=True)
            yield transactions[0], lines

    def _blocks(self) -> Iterator[Block]:
        return blocks(self._document, group="transaction", item="line", containers=_CONTAINERS)

    def _checked(self) -> tuple[Transaction, ...]:
        check = _Check()
        for block in self._blocks():
            match block.kind:
                case "line":
                    check.line(block.members, self._line(block, check.lines + 1))
                case "transaction":
                    check.transaction(block)
                case _:
                    check.document(block)
        further = check.dimensions - self._split.fields.keys()
        self._inferred = further.pop() if len(further) == 1 else None
        return tuple(check.transactions)

    def _line(self, block: Block, line_no: int, *, signs_repeat_sides: bool = False) -> JournalLine:
        members, place = block.members, block.place
        if "value" not in members or "debitcredit" not in members:
            raise DocumentError(f"{place} has no value or no debitcredit: {UNKNOWN_LAYOUT}")
        amount = _amount(members.take("value"), self._decimal_mark, place)
        side = _side(members.take("debitcredit"), amount, place)
        codes = {name: members.take(source) for source, name in self._split.fields.items()}
        description, raw = members.take("description"), members.rest()
        if self._split.inferred_field:
            codes[self._split.inferred_field] = members.take(self._inferred) if self._inferred else None
        return JournalLine(
            line_no=line_no,
            amount=amount,
            debit_credit=side,
            description=description,
            codes=codes,
            raw=raw,
            signs_repeat_sides=signs_repeat_sides,
        )


class _AmbiguousError(DocumentError):
    """An amount that only the other amounts of the document can explain."""


@dataclass(kw_only=True)
class _Check:
    """What the first reading of a document finds."""

    transactions: list[Transaction] = field(default_factory=list)
    dimensions: set[str] = field(default_factory=set)
    lines: int = 0
    _balance: Decimal = _ZERO
    _balance_by_side: Decimal = _ZERO
    _signs_repeat_sides: bool = True
    _has_account: bool = False
    _has_other_account: bool = False

    def line(self, members: Members, line: JournalLine) -> None:
        """Take note of a line."""
        self.lines += 1
        self._balance += line.debit - line.credit
        self._balance_by_side += abs(line.amount) if line.debit_credit == "debit" else -abs(line.amount)
        self._signs_repeat_sides &= line.amount == 0 or (line.amount < 0) == (line.debit_credit == "credit")
        self.dimensions |= {name for name in members.names() if _DIMENSION.fullmatch(name) and members.holds(name)}
        if "dim1" in members:
            self._has_account = True
        else:
            self._has_other_account |= any(map(_ACCOUNT.search, members.names()))

    def transaction(self, block: Block) -> None:
        """Take note of the end of a transaction."""
        members = block.members
        if not self.lines and "lines" not in members:
            raise DocumentError(f"{block.place} has no lines: {UNKNOWN_LAYOUT}")
        turned = self._signs_repeat_sides and self._balance != 0 and self._balance_by_side == 0
        self.transactions.append(
            Transaction(
                transaction_no=len(self.transactions) + 1,
                date=_date(members.take("date"), block.place),
                currency=_currency(members.take("currency"), block.place),
                is_balanced=turned or self._balance == 0,
                signs_repeat_sides=turned,
                raw=members.rest(),
            )
        )
        self.lines, self._balance, self._balance_by_side, self._signs_repeat_sides = 0, _ZERO, _ZERO, True

    def document(self, block: Block) -> None:
        """Take note of the end of the document."""
        if self._has_other_account and not self._has_account:
            raise DocumentError(f"the lines of the journal have no dim1 but another account: {UNKNOWN_LAYOUT}")
        if self.transactions:
            around = block.members.rest()
            if around:
                self.transactions = [replace(each, raw={**around, **each.raw}) for each in self.transactions]
        elif not block.is_nothing(_CONTAINERS):
            raise DocumentError(f"the journal document has no transaction: {UNKNOWN_LAYOUT}")


def _amount(text: str | None, decimal_mark: str | None, place: str) -> Decimal:
    try:
        return read_amount(text, decimal_mark)
    except AmbiguousAmountError as error:
        raise _AmbiguousError(f"{place}: value is not clear: {error}") from None
    except AmountError:
        raise DocumentError(f"{place}: value is not an amount") from None


def _side(text: str | None, amount: Decimal, place: str) -> str | None:
    side = _SIDES.get((text or "").lower())
    if side is None and (text or amount):
        raise DocumentError(f"{place}: debitcredit is neither debit nor credit")
    return side


def _currency(text: str | None, place: str) -> str | None:
    code = {"€": "EUR", "EURO": "EUR"}.get((text or "").upper(), (text or "").upper())
    if code and not _CURRENCY.fullmatch(code):
        raise DocumentError(f"{place}: the currency of the header is no code of three letters")
    return code or None


def _date(text: str | None, place: str) -> date | None:
    """Read yyyymmdd, yyyy-mm-dd or dd-mm-yyyy; a time is only accepted at midnight, else the day is not sure."""
    if text is None:
        return None
    found = _YEAR_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    try:
        day = date(*_year_month_day(found)) if found else None
    except ValueError:
        day = None
    if day is None:
        raise DocumentError(f"{place}: the date of the header is not a day like yyyymmdd")
    return None if day == _NO_DATE else day


def _year_month_day(found: re.Match[str]) -> tuple[int, int, int]:
    numbers = [int(found[number]) for number in (1, 3, 4)]
    year, month, day = numbers if found.re is _YEAR_FIRST else reversed(numbers)
    return year, month, day
