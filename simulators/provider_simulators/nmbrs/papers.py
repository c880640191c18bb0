"""Payment files, wage tax returns and payslips: enough to be fetched and told apart.

Payment files are pain.001.001.03 (ISO 20022) with the elements that a bank reads. The layout of the wage tax return is
not documented here; it is invented. Payslips and annual statements are a page of text as PDF.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from provider_simulators.nmbrs.records.iban import iban
from provider_simulators.world import Company, Run

PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
TAX_OFFICE = ("Belastingdienst", iban(2445588))
Payment = tuple[str, str, Decimal, str]
"""Name, IBAN, euros, reference."""


def run_payments(company: Company, run: Run, accounts: Mapping[UUID | None, str], day: date | None) -> bytes:
    """The net wages of a run, for the bank; whoever gets nothing, or has no account, is not in it."""
    payments = [
        (employee.display_name, accounts[employee.id], net, run.description)
        for employee in run.employees
        if employee.id in accounts and (net := run.net(employee)) > 0
    ]
    return _payment_file(company, f"RUN-{run.year}-{run.number}", day or run.journal_date, payments)


def wage_tax_payment(company: Company, wage_tax: Mapping[str, Any], day: date | None) -> bytes:
    """What a wage tax return says is owed, for the bank."""
    payment = (*TAX_OFFICE, Decimal(wage_tax["totalGeneral"]), wage_tax["paymentReference"])
    return _payment_file(company, f"LH-{wage_tax['serialNumber']}", day or wage_tax["periodEnd"], [payment])


def wage_tax_return(company: Company, wage_tax: Mapping[str, Any]) -> bytes:
    """A wage tax return (loonaangifte): the collective part only."""
    root = ET.Element("Loonaangifte")
    ET.SubElement(root, "NaamInhoudingsplichtige").text = company.name
    period = ET.SubElement(root, "TijdvakAangifte")
    ET.SubElement(period, "DatumAanvangTijdvak").text = wage_tax["periodStart"].isoformat()
    ET.SubElement(period, "DatumEindTijdvak").text = wage_tax["periodEnd"].isoformat()
    ET.SubElement(root, "Betalingskenmerk").text = wage_tax["paymentReference"]
    ET.SubElement(root, "TotaalAlgemeen").text = str(wage_tax["totalGeneral"])
    return DECLARATION + ET.tostring(root, encoding="unicode").encode()


def pdf(*lines: str) -> bytes:
    """One page with lines of text."""
    shown = ") Tj T* (".join(_pdf_text(line) for line in lines)
    content = f"BT /F1 14 Tf 18 TL 72 770 Td ({shown}) Tj ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return body + head + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def _pdf_text(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _payment_file(company: Company, message_id: str, day: date, payments: Iterable[Payment]) -> bytes:
    payments = list(payments)
    root = ET.Element("Document", xmlns=PAIN)
    initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
    header = ET.SubElement(initiation, "GrpHdr")
    ET.SubElement(header, "MsgId").text = message_id
    ET.SubElement(header, "NbOfTxs").text = str(len(payments))
    ET.SubElement(header, "CtrlSum").text = str(sum((amount for *_, amount, _ in payments), Decimal(0)))
    block = ET.SubElement(initiation, "PmtInf")
    ET.SubElement(block, "ReqdExctnDt").text = day.isoformat()
    ET.SubElement(ET.SubElement(block, "Dbtr"), "Nm").text = company.name
    for name, account, amount, reference in payments:
        transfer = ET.SubElement(block, "CdtTrfTxInf")
        ET.SubElement(ET.SubElement(transfer, "Amt"), "InstdAmt", Ccy="EUR").text = str(amount)
        ET.SubElement(ET.SubElement(transfer, "Cdtr"), "Nm").text = name
        ET.SubElement(ET.SubElement(ET.SubElement(transfer, "CdtrAcct"), "Id"), "IBAN").text = account
        ET.SubElement(ET.SubElement(transfer, "RmtInf"), "Ustrd").text = reference
    return DECLARATION + ET.tostring(root, encoding="unicode").encode()
