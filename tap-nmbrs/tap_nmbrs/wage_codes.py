"""Output of a payroll run: what was calculated for each employee, by wage code.

Shape seen in working clients: `reports/report` with `employeeid`, `period`, `year`, sometimes `runnumber`, and
`lines/line` with `code`, `description`, `value`; values may have a decimal comma, and a dash for none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final

from tap_nmbrs.amounts import AmbiguousAmountError, AmountError, read_amount, sole_decimal_mark
from tap_nmbrs.xml_documents import UNKNOWN_LAYOUT, Block, DocumentError, blocks

__all__ = ["WageCodeDocument", "WageCodeLine"]

_CONTAINERS: Final = frozenset({"header", "lines", "reports"})


@dataclass(frozen=True, kw_only=True)
class WageCodeLine:
    """What was calculated for an employee in a period under one wage code.

    Attributes:
        report_no: Place of the employee's report in the document, from 1.
        line_no: Place of the line in the report, from 1.
        employee_id: As Nmbrs calls the employee here, by id or by number (not documented).
        year: Of the period.
        period: That the line is about: of a correction an earlier one than that of the run.
        run_number: Of the run, if the report says it.
        code: Wage code.
        description: Name of the wage component.
        value: An amount, a number of hours or days, or a percentage.
        raw: What else the line and its report hold.
    """

    report_no: int
    line_no: int
    employee_id: str
    year: int | None
    period: int | None
    run_number: str | None
    code: str
    description: str | None
    value: Decimal
    raw: Mapping[str, Any]


class WageCodeDocument:
    """The output of a run, checked from end to end. Memory: the lines of one employee.

    Args:
        document: Read once now, and once more whenever its lines are asked for.

    Raises:
        DocumentError: It is not XML, or has a layout that we do not know.
    """

    def __init__(self, document: IO[bytes]) -> None:
        self._document = document
        self._decimal_mark: str | None = None
        try:
            self._check()
        except _AmbiguousError as error:
            values = (block.members.take("value") for block in self._blocks() if block.kind == "line")
            self._decimal_mark = sole_decimal_mark(values)
            if self._decimal_mark is None:
                raise error from None
            self._check()

    def lines(self) -> Iterator[WageCodeLine]:
        """Give all lines, employee by employee."""
        report_no = 0
        lines: list[Block] = []
        for block in self._blocks():
            if block.kind == "line":
                lines.append(block)
            elif block.kind == "report":
                report_no += 1
                yield from self._report(report_no, block, lines)
                lines = []
            elif not report_no and not block.is_nothing(_CONTAINERS):
                raise DocumentError(f"the output of the run has no report: {UNKNOWN_LAYOUT}")

    def _check(self) -> None:
        for _ in self.lines():
            pass

    def _blocks(self) -> Iterator[Block]:
        return blocks(self._document, group="report", item="line", containers=_CONTAINERS)

    def _report(self, report_no: int, report: Block, lines: list[Block]) -> Iterator[WageCodeLine]:
        members = report.members
        employee_id = members.take("employeeid")
        if employee_id is None:
            raise DocumentError(f"{report.place} has no employeeid: {UNKNOWN_LAYOUT}")
        if not lines and "lines" not in members:
            raise DocumentError(f"{report.place} has no lines: {UNKNOWN_LAYOUT}")
        year, period = (_whole(members.take(name), name, report.place) for name in ("year", "period"))
        run_number, around = members.take("runnumber"), members.rest()
        for line_no, line in enumerate(lines, start=1):
            code = line.members.take("code")
            if code is None or "value" not in line.members:
                raise DocumentError(f"{line.place} has no code or no value: {UNKNOWN_LAYOUT}")
            value = _value(line.members.take("value"), self._decimal_mark, line.place)
            yield WageCodeLine(
                report_no=report_no,
                line_no=line_no,
                employee_id=employee_id,
                year=year,
                period=period,
                run_number=run_number,
                code=code,
                description=line.members.take("description"),
                value=value,
                raw={**line.members.rest(), **({"report": around} if around else {})},
            )


class _AmbiguousError(DocumentError):
    """A value that only the other values of the document can explain."""


def _value(text: str | None, decimal_mark: str | None, place: str) -> Decimal:
    try:
        return read_amount(text, decimal_mark)
    except AmbiguousAmountError as error:
        raise _AmbiguousError(f"{place}: value is not clear: {error}") from None
    except AmountError:
        raise DocumentError(f"{place}: value is not a number") from None


def _whole(text: str | None, name: str, place: str) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise DocumentError(f"{place}: {name} is not a whole number")
    return int(text)
