"""What landed, for the terminal, for the browser and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined


@dataclass(frozen=True, kw_only=True)
class AccountBalance:
    """One row of a trial balance: a ledger account and the sums of its two sides."""

    account: str
    description: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True, kw_only=True)
class TrialBalance:
    """The books of one administration."""

    administration: str
    entries: int
    rows: tuple[AccountBalance, ...]

    @property
    def debit(self) -> Decimal:
        """Sum of the debit sides."""
        return sum((row.debit for row in self.rows), Decimal())

    @property
    def credit(self) -> Decimal:
        """Sum of the credit sides."""
        return sum((row.credit for row in self.rows), Decimal())

    @property
    def balances(self) -> bool:
        """Whether something was booked, and both sides are equal."""
        return bool(self.rows) and self.debit == self.credit


@dataclass(frozen=True, kw_only=True)
class Report:
    """Both runs: rows per warehouse table and bookings of each, and the books at the end."""

    first_rows: dict[str, int]
    second_rows: dict[str, int]
    first_bookings: int
    second_bookings: int
    books: TrialBalance

    @property
    def nothing_doubled(self) -> bool:
        """Whether the first run brought something and the second added nothing, in warehouse and books."""
        return (
            bool(self.first_rows)
            and self.first_rows == self.second_rows
            and self.first_bookings > 0
            and self.second_bookings == 0
        )


def as_text(report: Report) -> str:
    """The report for a terminal."""
    width = max(len(table) for table in report.first_rows)
    warehouse = [
        f"  {table:<{width}} {rows:>8,} {report.second_rows.get(table, 0):>12,}"
        for table, rows in report.first_rows.items()
    ]
    books = [
        f"  {row.account:<8} {row.description:<32.32} {row.debit:>14,.2f} {row.credit:>14,.2f}"
        for row in report.books.rows
    ]
    return "\n".join(
        (
            "",
            f"warehouse   {'':<{width - 12}} {'first run':>10} {'second run':>12}",
            *warehouse,
            "",
            f"trial balance of {report.books.administration}, {report.books.entries} entries",
            f"  {'account':<41} {'debit':>14} {'credit':>14}",
            *books,
            f"  {'total':<41} {report.books.debit:>14,.2f} {report.books.credit:>14,.2f}",
            "",
            f"first run:  {report.first_bookings} new bookings",
            f"second run: {report.second_bookings} new bookings",
            "",
        )
    )


def as_html(report: Report) -> str:
    """The report for a browser: one page that needs nothing else."""
    environment = Environment(loader=PackageLoader("demo", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html.jinja").render(report=report)


def as_json(report: Report) -> str:
    """The report for a program; amounts are text, exact."""
    return json.dumps(asdict(report), default=str, indent=2)
