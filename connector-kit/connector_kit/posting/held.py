"""The seam to what a bookkeeping package holds, line by line: for comparing it with the source and with the ledger."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from connector_kit.books.journal import JournalEntry
from connector_kit.books.money import ZERO
from connector_kit.posting.posting import Posting

__all__ = ["AccountTotal", "HeldBooks", "HeldLine", "lines_of_entry"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountTotal:
    """What stands on both sides of an account."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldLine:
    """One line in the books.

    Attributes:
        booking: The provider's identifier of the booking that it belongs to, as the ledger knows it.
        mark: Our mark, if the booking has one (`identity.marker`).
        period: Where it is booked, in the words of `Posting.period`.
        account: Ledger account, as the provider writes it.
        debit: Amount on this side, or zero.
        credit: Amount on that side, or zero.
        journal: Journal (book).
        date: Date of the booking.
        text: Description.
        cost_center: Cost center.
        automatic: The provider has added it by itself, such as the counter line of a journal.
    """

    booking: str | None = None
    mark: str | None = None
    period: str
    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    journal: str | None = None
    date: dt.date | None = None
    text: str | None = None
    cost_center: str | None = None
    automatic: bool = False


@runtime_checkable
class HeldBooks(Protocol):
    """What the provider holds of one administration; nothing of it writes."""

    def lines(self, period: str) -> Iterable[HeldLine]:
        """Read all lines of a period, whoever has booked them.

        Raises:
            ConnectorError: They cannot be read to the last.
        """
        ...

    def trial_balance(self, period: str) -> Mapping[str, AccountTotal]:
        """Read what the provider itself adds up of a period, by account.

        Raises:
            ConnectorError: It cannot be read.
        """
        ...

    def expected(self, posting: Posting[Any]) -> Sequence[HeldLine]:
        """Say how a document of ours looks when it is held; nothing for what has no lines, such as a customer."""
        ...


def lines_of_entry(entry: JournalEntry, *, period: str | None = None) -> tuple[HeldLine, ...]:
    """Say how an entry looks when it is booked as it is; by default its period is the calendar month of its date."""
    return tuple(
        HeldLine(
            period=period or entry.date.strftime("%Y-%m"),
            account=line.account,
            debit=line.debit,
            credit=line.credit,
            journal=entry.journal,
            date=entry.date,
            text=line.description or entry.description,
            cost_center=line.cost_center,
        )
        for line in entry.lines
    )
