"""A run's journal as the XML document that Nmbrs makes of it.

The shape is that of Twinfield transactions: seen in two working importers. The root's name and the header's fields
beside `date` are not known; they are invented after Twinfield.
"""

import codecs
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from provider_simulators.nmbrs.padding import padded
from provider_simulators.nmbrs.switches import Dimension, JournalVariant, NmbrsSwitches
from provider_simulators.world import JournalLine, Run, Split
from provider_simulators.world.ledger import GROSS

DECLARATION = '<?xml version="1.0" encoding="{encoding}"?>\n'
NAMESPACE = "urn:simulated:payroll-journal"
CENT = Decimal("0.01")


def journal_document(run: Run, split: Split, switches: NmbrsSwitches) -> bytes:
    """The document for a run and a split, in the forms that are switched on."""
    variants = switches.journal_variants
    if JournalVariant.UNKNOWN_LAYOUT in variants:
        root = _unknown_layout(run, split)
    else:
        root = ET.Element("transactions")
        for part in _parts(run, variants):
            _inside(root, "batch", variants).append(_transaction(part, split, switches))
    if JournalVariant.NAMESPACE in variants:
        root.set("xmlns", NAMESPACE)
    says_utf16 = variants & {JournalVariant.UTF16_DECLARATION, JournalVariant.UTF16}
    text = DECLARATION.format(encoding="utf-16" if says_utf16 else "utf-8") + ET.tostring(root, encoding="unicode")
    body = _encoded(text, variants)
    if switches.document_megabytes:
        unit, mark = _encoded_part(_nothing(split, switches), variants), _encoded_part("</lines>", variants)
        body = padded(body, unit, before=mark, megabytes=switches.document_megabytes)
    return body[: len(body) // 2] if JournalVariant.TRUNCATED in variants else body


def _encoded(text: str, variants: frozenset[JournalVariant]) -> bytes:
    utf16 = JournalVariant.UTF16 in variants
    mark = codecs.BOM_UTF16_LE if utf16 else codecs.BOM_UTF8 if JournalVariant.BOM in variants else b""
    return mark + _encoded_part(text, variants)


def _encoded_part(text: str, variants: frozenset[JournalVariant]) -> bytes:
    return text.encode("utf-16-le" if JournalVariant.UTF16 in variants else "utf-8")


def _parts(run: Run, variants: frozenset[JournalVariant]) -> Iterator[Run]:
    """The runs of which each becomes a transaction: every employee balances, so any part of them does."""
    if JournalVariant.NO_TRANSACTIONS in variants:
        return
    if JournalVariant.SEVERAL_TRANSACTIONS in variants:
        yield replace(run, employees=run.employees[::2])
        yield replace(run, employees=run.employees[1::2])
    else:
        yield run


def _transaction(run: Run, split: Split, switches: NmbrsSwitches) -> ET.Element:
    variants = switches.journal_variants
    transaction = ET.Element("transaction")
    body = _inside(transaction, "body", variants)
    header = ET.SubElement(body, "header")
    empty = JournalVariant.EMPTY_ELEMENTS in variants
    _texts(
        header,
        code="SALARIS",
        currency="EUR",
        date=f"{run.journal_date:%Y%m%d}",
        period="" if empty else f"{run.year}/{run.period_end:02}",
    )
    if JournalVariant.UNKNOWN_CHILDREN in variants:
        _texts(header, office="NL01", regime="generic")
    lines = ET.SubElement(body, "lines")
    for line in _lines(run, split, variants):
        _inside(lines, "entry", variants).append(_line(line, split, switches))
    return transaction


def _inside(parent: ET.Element, wrapper: str, variants: frozenset[JournalVariant]) -> ET.Element:
    """The parent, or a wrapper in it."""
    return ET.SubElement(parent, wrapper) if JournalVariant.NESTED in variants else parent


def _lines(run: Run, split: Split, variants: frozenset[JournalVariant]) -> list[JournalLine]:
    lines = [] if JournalVariant.NO_LINES in variants else list(run.journal_lines(split))
    if JournalVariant.UNBALANCED in variants and lines:
        lines[0] = replace(lines[0], amount=lines[0].amount + CENT)
    if JournalVariant.NO_LEDGER_SCHEME in variants:
        lines = [replace(line, account=None) for line in lines]
    return lines


def _line(line: JournalLine, split: Split, switches: NmbrsSwitches) -> ET.Element:
    """A line; in the cost-center split an importer reads by position, so its dimensions are always there."""
    variants = switches.journal_variants
    empty = JournalVariant.EMPTY_ELEMENTS in variants
    is_debit = line.amount > 0 or JournalVariant.NEGATIVE_VALUE in variants
    value = str(line.amount if JournalVariant.NEGATIVE_VALUE in variants else abs(line.amount))
    dimensions = _dimensions(line, split, switches.split_dimension)
    element = ET.Element("line")
    _texts(
        element,
        dim1=line.account or "",
        **(dict.fromkeys(dimensions, "") if empty else dimensions),
        value=value.replace(".", ",") if JournalVariant.DECIMAL_COMMA in variants else value,
        debitcredit="debit" if is_debit else "credit",
        description="" if empty else line.description,
    )
    if JournalVariant.UNKNOWN_CHILDREN in variants:
        _texts(element, vatcode="GEEN")
        _texts(ET.SubElement(element, "matching"), status="available", level="1")
    return element


def _dimensions(line: JournalLine, split: Split, other: Dimension) -> dict[str, str]:
    match split:
        case Split.COMPANY:
            return {}
        case Split.COST_CENTER:
            return {"dim2": line.cost_center or ""}
        case Split.COST_CENTER_UNIT:
            return {"dim2": line.cost_center or "", "dim3": line.cost_unit or ""}
        case Split.DEPARTMENT:
            return {str(other): line.department or ""}
        case Split.EMPLOYEE:
            return {str(other): line.employee or ""}


def _nothing(split: Split, switches: NmbrsSwitches) -> str:
    """A cent to and fro: two lines of which any number may be added."""
    parent = ET.Element("lines")
    for amount in (CENT, -CENT):
        line = JournalLine(account=GROSS.number, amount=amount, description="Heen en weer")
        _inside(parent, "entry", switches.journal_variants).append(_line(line, split, switches))
    return ET.tostring(parent, encoding="unicode").removeprefix("<lines>").removesuffix("</lines>")


def _unknown_layout(run: Run, split: Split) -> ET.Element:
    root = ET.Element("journaalposten")
    for line in run.journal_lines(split):
        post = ET.SubElement(root, "post")
        _texts(post, rekening=line.account or "", bedrag=str(line.amount), omschrijving=line.description)
    return root


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text
