"""A run's journal as the XML document that Nmbrs makes of it.

The shape is that of Twinfield transactions: seen in two working importers. The root's name and the header's fields
beside `date` are not known; they are invented after Twinfield.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from provider_simulators.nmbrs.switches import Dimension, JournalVariant, NmbrsSwitches
from provider_simulators.world import JournalLine, Run, Split

DECLARATION = '<?xml version="1.0" encoding="{encoding}"?>\n'
CENT = Decimal("0.01")


def journal_document(run: Run, split: Split, switches: NmbrsSwitches) -> bytes:
    """The document for a run and a split, in the forms that are switched on."""
    variants = switches.journal_variants
    if JournalVariant.UNKNOWN_LAYOUT in variants:
        root = _unknown_layout(run, split)
    else:
        root = ET.Element("transactions")
        for part in _parts(run, variants):
            root.append(_transaction(part, split, switches))
    encoding = "utf-16" if JournalVariant.UTF16_DECLARATION in variants else "utf-8"
    text = DECLARATION.format(encoding=encoding) + ET.tostring(root, encoding="unicode")
    body = text.encode("utf-8-sig" if JournalVariant.BOM in variants else "utf-8")
    return body[: len(body) // 2] if JournalVariant.TRUNCATED in variants else body


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
    transaction = ET.Element("transaction")
    header = ET.SubElement(transaction, "header")
    _texts(
        header,
        code="SALARIS",
        currency="EUR",
        date=f"{run.journal_date:%Y%m%d}",
        period=f"{run.year}/{run.period_end:02}",
    )
    lines = ET.SubElement(transaction, "lines")
    for line in _lines(run, split, switches.journal_variants):
        lines.append(_line(line, split, switches))
    return transaction


def _lines(run: Run, split: Split, variants: frozenset[JournalVariant]) -> list[JournalLine]:
    lines = [] if JournalVariant.NO_LINES in variants else list(run.journal_lines(split))
    if JournalVariant.UNBALANCED in variants and lines:
        lines[0] = replace(lines[0], amount=lines[0].amount + CENT)
    if JournalVariant.NO_LEDGER_SCHEME in variants:
        lines = [replace(line, account=None) for line in lines]
    return lines


def _line(line: JournalLine, split: Split, switches: NmbrsSwitches) -> ET.Element:
    """A line; in the cost-center split an importer reads by position, so its dimensions are always there."""
    is_debit = line.amount > 0 or JournalVariant.NEGATIVE_VALUE in switches.journal_variants
    value = line.amount if JournalVariant.NEGATIVE_VALUE in switches.journal_variants else abs(line.amount)
    element = ET.Element("line")
    _texts(
        element,
        dim1=line.account or "",
        **_dimensions(line, split, switches.split_dimension),
        value=str(value),
        debitcredit="debit" if is_debit else "credit",
        description=line.description,
    )
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


def _unknown_layout(run: Run, split: Split) -> ET.Element:
    root = ET.Element("journaalposten")
    for line in run.journal_lines(split):
        post = ET.SubElement(root, "post")
        _texts(post, rekening=line.account or "", bedrag=str(line.amount), omschrijving=line.description)
    return root


def _texts(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text
