"""Reports as rows of lines grouped by something. Their real shapes are unknown: these use the members of lines."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from provider_simulators.minox import documents
from provider_simulators.minox.booking import Draft
from provider_simulators.minox.books import Books

Group = Callable[[Draft, Books], documents.Document]
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XLSX_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    "</Types>"
)
SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{RELATION_NAMESPACE}/{{kind}}" Target="{{target}}"/></Relationships>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report over a fiscal year.

    Attributes:
        name: As the path has it.
        groups: By what lines are added up.
        result_only: Whether accounts of the balance sheet are left out.
        ranged: Whether it takes a range of periods.
    """

    name: str
    groups: tuple[Group, ...]
    result_only: bool = False
    ranged: bool = False


def _account(draft: Draft, books: Books) -> documents.Document:
    ledger = books.administration.accounts[draft.account.ledger_number]
    return {"account": documents.account_reference(ledger)}


def _period(draft: Draft, _books: Books) -> documents.Document:
    return {"period": {"id": draft.period, "fiscal_year": draft.fiscal_year.year}}


def _journal(draft: Draft, _books: Books) -> documents.Document:
    return {"journal": {"id": draft.journal.code, "description": draft.journal.description}}


def _cost_center(draft: Draft, _books: Books) -> documents.Document:
    return {"cost_center": {"id": draft.cost_center.number} if draft.cost_center else None}


def _cost_type(draft: Draft, _books: Books) -> documents.Document:
    return {"cost_type": {"id": draft.account.cost_type} if draft.account.cost_type else None}


def _currency(_draft: Draft, books: Books) -> documents.Document:
    return {"currency": documents.currency(books.administration)}


REPORTS = (
    Report(name="trialbalance", groups=(_account,), ranged=True),
    Report(name="period_trialbalance", groups=(_account, _period), ranged=True),
    Report(name="columnbalance", groups=(_account,)),
    Report(name="journalbalance", groups=(_journal,)),
    Report(name="profitloss", groups=(_account,), result_only=True),
    Report(name="yearoverview", groups=(_account, _period)),
    Report(name="rgs_trialbalance", groups=(_account,)),
    Report(name="costcenter_profitloss", groups=(_account, _cost_center), result_only=True),
    Report(name="cost_specification_per_cost_type", groups=(_cost_type, _account, _cost_center), result_only=True),
    Report(name="countries", groups=(_account,), result_only=True),
    Report(name="currencies", groups=(_currency,)),
)


def rows(report: Report, books: Books, year: int, periods: tuple[int, int | None]) -> list[documents.Document]:
    """The rows of a report: what they are grouped by, debit and credit; both exact."""
    first, last = periods
    found: dict[str, tuple[documents.Document, list[Draft]]] = {}
    for draft in (line.draft for line in books.lines(year)):
        if not first <= draft.period <= (last or draft.period) or (report.result_only and draft.account.is_balance):
            continue
        group: documents.Document = {}
        for each in report.groups:
            group |= each(draft, books)
        found.setdefault(repr(_order(group)), (group, []))[1].append(draft)
    ordered = sorted(found.values(), key=lambda each: _order(each[0]))
    return [
        group
        | {
            "debit": sum((draft.debit for draft in drafts), Decimal(0)),
            "credit": sum((draft.credit for draft in drafts), Decimal(0)),
        }
        for group, drafts in ordered
    ]


def workbook(records: Iterable[Mapping[str, Any]]) -> bytes:
    """A spreadsheet (xlsx) with one sheet: a row per record, a cell per value, all as text."""
    lines = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' for value in record.values())
        + "</row>"
        for record in records
    )
    parts = {
        "[Content_Types].xml": XLSX_TYPES,
        "_rels/.rels": RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(kind="worksheet", target="sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{SHEET_NAMESPACE}" xmlns:r="{RELATION_NAMESPACE}">'
        '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/sheet1.xml": f'<worksheet xmlns="{SHEET_NAMESPACE}"><sheetData>{lines}</sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _order(group: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Sorts by numbers where there are numbers."""
    found = []
    for name, value in group.items():
        key = str((value or {}).get("id", ""))
        found.append((name, int(key) if key.isdecimal() else 0, key))
    return found
