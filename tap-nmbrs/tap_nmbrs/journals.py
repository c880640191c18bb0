"""Journal documents of payroll runs: XML in the shape of Twinfield transactions, read by local name at any depth.

Shape seen in working clients: `transaction` with `header/date` (yyyymmdd) and `lines/line` with `dim1` (ledger
account), `dim2`, `dim3`, `value`, `debitcredit`, `description`. The name of the root and further elements are not
documented.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from defusedxml import DefusedXmlException, ElementTree
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["JournalDocumentError", "JournalLine", "Split", "Transaction", "parse_journals"]


class JournalDocumentError(FatalAPIError):
    """A journal document cannot be read; the message names the place, never its content."""


class Split(StrEnum):
    """How Nmbrs divides the lines of a journal; the value is that of the setting."""

    COMPANY = "company"
    COST_CENTER = "cost_center"
    COST_CENTER_UNIT = "cost_center_unit"
    DEPARTMENT = "department"
    EMPLOYEE = "employee"

    @property
    def segment(self) -> str:
        """Last part of the operation's path."""
        return f"journals{self.value.replace('_', '') if self is not Split.COMPANY else ''}"

    @property
    def fields(self) -> Mapping[str, str]:
        """What the dimensions of a line mean; where nobody knows (department, employee) they stay in `raw`."""
        return _FIELDS.get(self, {"dim1": "gl_account"})


_FIELDS: Final[Mapping[Split, Mapping[str, str]]] = {
    Split.COST_CENTER: {"dim1": "gl_account", "dim2": "cost_center"},
    Split.COST_CENTER_UNIT: {"dim1": "gl_account", "dim2": "cost_center", "dim3": "cost_unit"},
}
_READ: Final = ("value", "debitcredit", "description")
_ZERO: Final = Decimal("0.00")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED_ENCODING: Final = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']""")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line: `amount` on the side `debit_credit`, both as in the document."""

    line_no: int
    amount: Decimal
    debit_credit: str
    description: str | None
    codes: Mapping[str, str | None]
    raw: Mapping[str, str | None]

    @property
    def debit(self) -> Decimal:
        """Amount on the debit side, never negative: a negative credit is a debit."""
        return abs(self.amount) if (self.debit_credit == "debit") != (self.amount < 0) else _ZERO

    @property
    def credit(self) -> Decimal:
        """Amount on the credit side, never negative."""
        return abs(self.amount) if (self.debit_credit == "credit") != (self.amount < 0) else _ZERO


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """One journal entry of a document, counted from 1."""

    transaction_no: int
    date: date | None
    lines: tuple[JournalLine, ...]
    raw: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def is_balanced(self) -> bool:
        """Whether debit equals credit."""
        return sum((line.debit for line in self.lines), _ZERO) == sum((line.credit for line in self.lines), _ZERO)


def parse_journals(document: bytes, *, split: Split) -> tuple[Transaction, ...]:
    """Read a journal document.

    Returns:
        Its transactions; none for a document without any element (the company has no ledger scheme).

    Raises:
        JournalDocumentError: It is not XML, has a document type definition, or a layout that we do not know.
    """
    root = _root(document)
    transactions = [element for element in root.iter() if _name(element) == "transaction"]
    if not transactions and (len(root) or (root.text or "").strip()):
        raise JournalDocumentError("the journal document has no transaction: a layout that is not known yet")
    return tuple(_transaction(element, number, split) for number, element in enumerate(transactions, start=1))


def _root(document: bytes) -> "Element":
    text = _DECLARATION.sub("", _text(document).lstrip("\ufeff")).strip()
    try:
        root: Element = ElementTree.fromstring(text, forbid_dtd=True)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise JournalDocumentError(f"the journal document is not XML (line {line}, column {column})") from None
    except (DefusedXmlException, ValueError):
        raise JournalDocumentError(
            "the journal document holds a document type definition or entities, which are refused"
        ) from None
    return root


def _text(document: bytes) -> str:
    """Decode; some documents declare utf-16 although their bytes are not (seen in working clients)."""
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif document[1:2] == b"\0":
        encodings = ["utf-16-le"]
    elif document[:1] == b"\0":
        encodings = ["utf-16-be"]
    else:
        declared = _DECLARED_ENCODING.match(document)
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        encodings = ["utf-8", *([] if name.startswith(("utf-16", "utf-8")) else [name])]
    for encoding in encodings:
        try:
            return document.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise JournalDocumentError(f"the journal document is not {' or '.join(encodings)} text")


def _transaction(element: "Element", number: int, split: Split) -> Transaction:
    header: dict[str, str | None] = {}
    for part in element.iter():
        if _name(part) == "header":
            header |= dict(_leaves(part))
    containers = [part for part in element.iter() if _name(part) == "lines"]
    lines = [part for part in element.iter() if _name(part) == "line"]
    if not lines and not containers:
        raise JournalDocumentError(f"transaction {number} has no lines: a layout that is not known yet")
    day = header.pop("date", None)
    return Transaction(
        transaction_no=number,
        date=_date(day, f"transaction {number}"),
        lines=tuple(
            _line(line, line_no, split, f"transaction {number}, line {line_no}")
            for line_no, line in enumerate(lines, start=1)
        ),
        raw=header,
    )


def _line(element: "Element", line_no: int, split: Split, place: str) -> JournalLine:
    members = dict(_leaves(element))
    if "value" not in members or "debitcredit" not in members:
        raise JournalDocumentError(f"{place} has no value or no debitcredit: a layout that is not known yet")
    side = (members["debitcredit"] or "").lower()
    if side not in {"debit", "credit"}:
        raise JournalDocumentError(f"{place}: debitcredit is neither debit nor credit")
    return JournalLine(
        line_no=line_no,
        amount=_amount(members["value"], place),
        debit_credit=side,
        description=members.get("description"),
        codes={name: members.get(source) for source, name in split.fields.items()},
        raw={name: value for name, value in members.items() if name not in {*_READ, *split.fields}},
    )


def _leaves(element: "Element") -> Iterator[tuple[str, str | None]]:
    """Give the elements without children at any depth: local name, and text or None where there is none."""
    for part in element.iter():
        if part is not element and len(part) == 0:
            yield _name(part), (part.text or "").strip() or None


def _name(element: "Element") -> str:
    """Local name in lower case."""
    return element.tag.rpartition("}")[2].lower()


def _date(text: str | None, place: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise JournalDocumentError(f"{place}: the date of the header is not yyyymmdd") from None


def _amount(text: str | None, place: str) -> Decimal:
    """Read an amount with decimal point or comma; nothing or a dash is none."""
    if text in {None, "-"}:
        return _ZERO
    plain = (text or "").replace(" ", "")
    if "," in plain:
        # The last of the two separators is the decimal one: 1.234,56 and 1,234.56.
        thousands, decimal = (".", ",") if plain.rfind(",") > plain.rfind(".") else (",", ".")
        plain = plain.replace(thousands, "").replace(decimal, ".")
    try:
        if _NUMBER.fullmatch(plain):
            return Decimal(plain)
    except InvalidOperation:
        pass
    raise JournalDocumentError(f"{place}: value is not an amount")
