"""A run's output: what payroll worked out per employee and wage code, as XML.

The shape is that of SOAP's report of the same name, seen in working clients; that REST's is the same is inferred.
"""

import xml.etree.ElementTree as ET
from collections.abc import Collection
from decimal import Decimal

from provider_simulators.nmbrs.padding import padded
from provider_simulators.nmbrs.switches import NmbrsSwitches
from provider_simulators.world import Employee, Run

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def wage_codes_document(run: Run, codes: Collection[int] | None, switches: NmbrsSwitches) -> bytes:
    """A report per employee; with codes only their lines, and only employees who have any."""
    root = ET.Element("reports")
    for employee in run.employees:
        lines = [line for line in run.output(employee) if codes is None or line.code in codes]
        if not lines:
            continue
        report = ET.SubElement(root, "report")
        ET.SubElement(report, "employeeid").text = _employee(employee, switches)
        ET.SubElement(report, "period").text = str(run.period_end)
        ET.SubElement(report, "year").text = str(run.year)
        ET.SubElement(report, "runnumber").text = str(run.number)
        parent = ET.SubElement(report, "lines")
        for line in lines:
            parent.append(_line(line.code, line.description, line.value, switches))
    text = ET.tostring(root, encoding="unicode")
    unit = ET.tostring(_line(1, "Regel van niets", Decimal("0.00"), switches), encoding="unicode")
    return padded(
        (DECLARATION + text).encode(), unit.encode(), before=b"</lines>", megabytes=switches.document_megabytes
    )


def _line(code: int, description: str, value: Decimal, switches: NmbrsSwitches) -> ET.Element:
    line = ET.Element("line")
    ET.SubElement(line, "code").text = str(code)
    ET.SubElement(line, "description").text = description
    text = str(value)
    ET.SubElement(line, "value").text = text.replace(".", ",") if switches.wage_codes_decimal == "comma" else text
    return line


def _employee(employee: Employee, switches: NmbrsSwitches) -> str:
    return str(employee.id if switches.wage_codes_employee == "id" else employee.number)
