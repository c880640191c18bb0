"""The output of a run, by wage code, in all the forms that must be expected."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from tap_nmbrs.wage_codes import WageCodeDocument, WageCodeLine
from tap_nmbrs.xml_documents import DocumentError

LINE = "<line><code>1010</code><description>Salaris</description><value>{value}</value></line>"
HEAD = "<employeeid>7</employeeid><period>3</period><year>2026</year>"


def report(*values: str, head: str = HEAD) -> str:
    lines = "".join(LINE.format(value=value) for value in values)
    return f"<report>{head}<lines>{lines}</lines></report>"


def read(document: str) -> list[WageCodeLine]:
    return list(WageCodeDocument(BytesIO(document.encode())).lines())


def test_every_line_knows_its_employee_and_period() -> None:
    first, second = report("1.234,56", "-"), report("2,5", head=HEAD.replace("7", "8") + "<runnumber>4</runnumber>")
    found = read(f'<?xml version="1.0" encoding="utf-16"?><reports>{first}{second}</reports>')
    assert [(line.report_no, line.line_no, line.employee_id, line.run_number, line.value) for line in found] == [
        (1, 1, "7", None, Decimal("1234.56")),
        (1, 2, "7", None, Decimal(0)),
        (2, 1, "8", "4", Decimal("2.5")),
    ]
    assert {(line.year, line.period, line.code, line.description) for line in found} == {(2026, 3, "1010", "Salaris")}


def test_the_head_may_come_behind_the_lines_and_hold_more() -> None:
    document = report("1", head="").replace("</report>", f"{HEAD}<department>A</department></report>")
    (line,) = read(document.replace("<value>", "<table>groen</table><value>"))
    assert (line.employee_id, line.raw) == ("7", {"table": "groen", "report": {"department": "A"}})


def test_three_decimals_are_read_as_the_other_values_say() -> None:
    assert [line.value for line in read(report("12,345", "0,5"))] == [Decimal("12.345"), Decimal("0.5")]
    with pytest.raises(DocumentError, match="report 1, line 1: value is not clear"):
        read(report("12,345"))


@pytest.mark.parametrize("document", ["<reports/>", "<reports>\n</reports>", report()])
def test_a_run_without_output_has_no_lines(document: str) -> None:
    assert read(document) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (report("1", head=""), "report 1 has no employeeid: a layout that is not known yet"),
        (report("1").replace("code>", "kode>"), "report 1, line 1 has no code or no value: a layout"),
        (report("1").replace("value>", "bedrag>"), "report 1, line 1 has no code or no value: a layout"),
        (f"<r>{report('1')}{report('x')}</r>", "report 2, line 1: value is not a number"),
        (report("1").replace("2026", "MMXXVI"), "report 1: year is not a whole number"),
        ("<r><error>x</error></r>", "the output of the run has no report: a layout"),
        ("<error/>", "the output of the run has no report: a layout"),
        (f"<report>{HEAD}</report>", "report 1 has no lines: a layout"),
        (report("1")[:-5], "is not XML"),
    ],
)
def test_a_layout_that_is_not_known_is_refused_before_anything_is_given(document: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        WageCodeDocument(BytesIO(document.encode()))
