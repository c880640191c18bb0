"""What landed, for the terminal, for the browser and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    """The books of one administration in one package."""

    package: str
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

    @property
    def by_account(self) -> dict[str, AccountBalance]:
        """The rows by their account."""
        return {row.account: row for row in self.rows}


@dataclass(frozen=True, kw_only=True)
class Report:
    """Both runs: rows per warehouse table and bookings per package of each, and the books at the end."""

    first_rows: dict[str, int]
    second_rows: dict[str, int]
    first_bookings: dict[str, int]
    second_bookings: dict[str, int]
    books: tuple[TrialBalance, ...]

    @property
    def nothing_doubled(self) -> bool:
        """Whether the first run brought something everywhere and the second added nothing, in warehouse and books."""
        return (
            bool(self.first_rows)
            and self.first_rows == self.second_rows
            and all(self.first_bookings.values())
            and not any(self.second_bookings.values())
        )

    @property
    def books_agree(self) -> bool:
        """Whether all books balance and have the same amounts on the same accounts."""
        amounts = [{row.account: (row.debit, row.credit) for row in each.rows} for each in self.books]
        return all(each.balances for each in self.books) and all(each == amounts[0] for each in amounts)

    @property
    def is_right(self) -> bool:
        """Whether everything is as it should be."""
        return self.nothing_doubled and self.books_agree

    @property
    def accounts(self) -> tuple[tuple[str, str, tuple[AccountBalance, ...]], ...]:
        """Accounts of any of the books: number, name in the first that has it, and its row in each of them."""
        numbers = sorted({row.account for each in self.books for row in each.rows})
        return tuple(
            (
                number,
                next(each.by_account[number].description for each in self.books if number in each.by_account),
                tuple(each.by_account.get(number, _nothing(number)) for each in self.books),
            )
            for number in numbers
        )


def _nothing(account: str) -> AccountBalance:
    return AccountBalance(account=account, description="", debit=Decimal(), credit=Decimal())


def as_text(report: Report) -> str:
    """The report for a terminal: the books side by side."""
    width = max(len(table) for table in report.first_rows)
    warehouse = [
        f"  {table:<{width}} {rows:>8,} {report.second_rows.get(table, 0):>12,}"
        for table, rows in report.first_rows.items()
    ]
    accounts = [f"  {number:<8} {name:<32.32}{_sides(rows)}" for number, name, rows in report.accounts]
    heads = "".join(f" {f'{each.package}: debit':>18} {'credit':>14}" for each in report.books)
    return "\n".join(
        (
            "",
            f"warehouse   {'':<{width - 12}} {'first run':>10} {'second run':>12}",
            *warehouse,
            "",
            *(
                f"trial balance of {each.package} {each.administration}, {each.entries} entries"
                for each in report.books
            ),
            f"  {'account':<41}{heads}",
            *accounts,
            f"  {'total':<41}{_sides(report.books)}",
            "",
            f"the books {'agree' if report.books_agree else 'DO NOT AGREE'}",
            f"first run:  {_said(report.first_bookings)}",
            f"second run: {_said(report.second_bookings)}",
            "",
        )
    )


def _sides(rows: Iterable[AccountBalance | TrialBalance]) -> str:
    return "".join(f" {row.debit:>18,.2f} {row.credit:>14,.2f}" for row in rows)


def _said(bookings: dict[str, int]) -> str:
    """The number of bookings, and how many in which package."""
    each = ", ".join(f"{number} in {package.capitalize()}" for package, number in bookings.items())
    return f"{sum(bookings.values())} new bookings ({each})"


def as_html(report: Report) -> str:
    """The report for a browser: one page that needs nothing else."""
    environment = Environment(loader=PackageLoader("demo", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html.jinja").render(report=report, said=_said)


def as_json(report: Report) -> str:
    """The report for a program; amounts are text, exact."""
    return json.dumps(asdict(report), default=str, indent=2)
