"""What the books hold, for reconciliation: lines by year and period, the trial balance (`posting.held.HeldBooks`)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from connector_kit.books.money import EXACT, MoneyError, money
from connector_kit.posting.held import AccountTotal, HeldLine
from connector_kit.posting.posting import Posting

from target_minox.client import MinoxClient, MinoxError
from target_minox.comparison import is_automatic
from target_minox.masterdata import day, number
from target_minox.open_periods import period_text
from target_minox.operations import BOOKED_LINES, TRIAL_BALANCE, Operation

__all__ = ["MinoxBooks"]

Row = Mapping[str, Any]

_DEBIT: Final = ("debit", "debet")
_CREDIT: Final = ("credit",)


class MinoxBooks:
    """Reads of one administration; nothing of it writes.

    Args:
        client: The administration.
    """

    def __init__(self, client: MinoxClient) -> None:
        self._client = client

    def lines(self, period: str) -> Iterator[HeldLine]:
        """Read all lines of a period, whoever has booked them.

        Raises:
            ConnectorError: They cannot be read to the last, or not understood.
        """
        year, number_in_year = _parts(period)
        query = {"period": str(number_in_year)} if number_in_year else None
        for row in self._client.rows(BOOKED_LINES, of={"year": year}, query=query):
            booked = _period(row)
            if number_in_year and booked is not None and booked != period:
                continue  # a server that does not know the parameter gives the whole year
            yield _held_line(row, booked or period)

    def trial_balance(self, period: str) -> dict[str, AccountTotal]:
        """Read what Minox adds up of a period, by account.

        Asked for one period alone the report was not what a client expected, so it is asked up to this period and up
        to the one before, and the difference is taken.

        Raises:
            ConnectorError: It cannot be read, or not understood.
        """
        year, last = _parts(period)
        if not last:
            return self._totals(year, None)
        upto = self._totals(year, last)
        before = self._totals(year, last - 1) if last > 1 else {}
        differences = {account: _minus(total, before.get(account)) for account, total in upto.items()}
        return {account: total for account, total in differences.items() if total.debit or total.credit}

    def expected(self, posting: Posting[Any]) -> Sequence[HeldLine]:
        """Say how a document of ours looks when it is held; nothing for what has no lines."""
        document = posting.document
        lines = document.get("lines") if isinstance(document, Mapping) else None
        if not isinstance(lines, list):
            return ()
        return [_held_line(line, _period(line) or "") for line in lines]

    def _totals(self, year: int, last: int | None) -> dict[str, AccountTotal]:
        query = {"start_period": "1", "end_period": str(last)} if last else None
        totals: dict[str, AccountTotal] = {}
        for row in self._client.rows(TRIAL_BALANCE, of={"year": year}, query=query):
            account = _member(row, "account").get("id") or row.get("account_id") or row.get("id")
            if account is None:
                raise MinoxError("Minox' trial balance has a row without an account; it is not understood")
            debit, credit = _side(row, _DEBIT, TRIAL_BALANCE), _side(row, _CREDIT, TRIAL_BALANCE)
            before = totals.get(str(account), AccountTotal())
            totals[str(account)] = AccountTotal(
                debit=EXACT.add(before.debit, debit), credit=EXACT.add(before.credit, credit)
            )
        return totals


def _period(row: Row) -> str | None:
    period = _member(row, "period")
    return period_text(number(period.get("fiscal_year")), number(period.get("id")))


def _parts(period: str) -> tuple[int, int | None]:
    year, _, place = period.partition("-")
    try:
        return int(year), int(place) if place else None
    except ValueError:
        raise MinoxError("a period is written as fiscal year and number, such as 2026-01") from None


def _held_line(row: Row, period: str) -> HeldLine:
    account = _member(row, "account").get("id")
    if account is None:
        raise MinoxError("Minox gave a line without an account; the books cannot be compared")
    cost_center = number(_member(row, "cost_center").get("id"))
    return HeldLine(
        booking=str(row["batch_id"]) if row.get("batch_id") else None,
        period=period,
        account=str(account),
        debit=_side(row, _DEBIT, BOOKED_LINES),
        credit=_side(row, _CREDIT, BOOKED_LINES),
        journal=_member(row, "journal").get("id") or None,
        date=day(row.get("document_date")),
        text=row.get("description") or None,
        cost_center=str(cost_center) if cost_center else None,
        automatic=is_automatic(row),
    )


def _side(row: Row, names: Sequence[str], operation: Operation) -> Decimal:
    value = next((row[name] for name in names if row.get(name) is not None), 0)
    try:
        return money(value)
    except MoneyError:
        raise MinoxError(f"Minox' {operation.name} hold an amount that is not understood") from None


def _minus(total: AccountTotal, before: AccountTotal | None) -> AccountTotal:
    if before is None:
        return total
    return AccountTotal(
        debit=EXACT.subtract(total.debit, before.debit), credit=EXACT.subtract(total.credit, before.credit)
    )


def _member(row: Row, name: str) -> Row:
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}
