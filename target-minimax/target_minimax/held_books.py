"""What the books hold, for reconciliation: lines of journals by month (`connector_kit.posting.held.HeldBooks`)."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.money import EXACT, MoneyError, money
from connector_kit.posting.held import AccountTotal, HeldLine
from connector_kit.posting.posting import Posting

from target_minimax.client import MinimaxClient, MinimaxError
from target_minimax.held import mark_of
from target_minimax.operations import listing
from target_minimax.references import References

__all__ = ["MinimaxBooks"]

Row = Mapping[str, Any]

_LINES: Final = listing("journals/journal-entries", sort="JournalEntryId")


class MinimaxBooks:
    """Reads of one organisation; nothing of it writes.

    Args:
        client: The organisation.
        references: Its codes.
    """

    def __init__(self, client: MinimaxClient, references: References) -> None:
        self._client = client
        self._references = references

    def lines(self, period: str) -> Iterator[HeldLine]:
        """Read all lines of a month, whoever has booked them.

        Raises:
            ConnectorError: They cannot be read to the last, or not understood.
        """
        try:
            year, month = (int(part) for part in period.split("-"))
            days = monthrange(year, month)[1]
        except ValueError:
            raise MinimaxError("a period is written as year and month, such as 2026-01") from None
        query = {"DateFrom": f"{period}-01", "DateTo": f"{period}-{days}"}
        for row in self._client.rows(_LINES, query=query):
            day = str(row.get("JournalDate") or row.get("JournalEntryDate"))
            if day.startswith(period):  # a server that does not know the filters gives everything
                yield self._line(row, period, journal=row)

    def trial_balance(self, period: str) -> dict[str, AccountTotal]:
        """Add the lines of a month up by account; Minimax has no operation that does.

        Raises:
            ConnectorError: They cannot be read.
        """
        totals: dict[str, AccountTotal] = {}
        for line in self.lines(period):
            before = totals.get(line.account, AccountTotal())
            totals[line.account] = AccountTotal(
                debit=EXACT.add(before.debit, line.debit), credit=EXACT.add(before.credit, line.credit)
            )
        return totals

    def expected(self, posting: Posting[Any]) -> Sequence[HeldLine]:
        """Say how a document of ours looks when it is held; nothing for what has no lines."""
        body = posting.document.get("body", {}) if isinstance(posting.document, Mapping) else {}
        return [self._line(row, posting.period or "", journal=body) for row in body.get("JournalEntries", ())]

    def _line(self, row: Row, period: str, *, journal: Row) -> HeldLine:
        account = _id(row.get("Account"))
        code = self._references.code("Account", account)
        if code is None:
            raise MinimaxError("Minimax gave a line on an account that its list does not have; it is not understood")
        analytic, number = _id(row.get("Analytic")), _id(row.get("Journal"))
        debit, credit = _amount(row, "Debit"), _amount(row, "Credit")
        return HeldLine(
            booking=None if number is None else str(number),
            mark=mark_of(row.get("Description")),
            period=period,
            account=code,
            debit=debit,
            credit=credit,
            journal=self._references.code("JournalType", _id(journal.get("JournalType"))),
            cost_center=None if analytic is None else self._references.code("Analytic", analytic),
        )


def _id(value: Any) -> Any:
    return value.get("ID") if isinstance(value, Mapping) else None


def _amount(row: Row, side: str) -> Decimal:
    try:
        value = row.get(f"{side}InDomesticCurrency")
        return money(row.get(side) if value is None else value)
    except MoneyError:
        raise MinimaxError("Minimax gave a line whose amount is not understood") from None
