"""What stands on accounts, by period: of the source, of our bookings, and of the books as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from connector_kit.books.money import EXACT, ZERO
from connector_kit.posting.held import AccountTotal, HeldLine

__all__ = ["AccountPeriod", "Adding", "Totals", "balance", "totals_of"]

AccountPeriod = tuple[str, str]
"""Period and account."""
Totals = Mapping[AccountPeriod, AccountTotal]


class Adding:
    """Adds up as the lines come, exactly."""

    def __init__(self) -> None:
        self._debit: defaultdict[AccountPeriod, Decimal] = defaultdict(lambda: ZERO)
        self._credit: defaultdict[AccountPeriod, Decimal] = defaultdict(lambda: ZERO)

    def add(self, lines: Iterable[HeldLine]) -> None:
        """Add lines."""
        for line in lines:
            place = (line.period, line.account)
            self._debit[place] = EXACT.add(self._debit[place], line.debit)
            self._credit[place] = EXACT.add(self._credit[place], line.credit)

    def totals(self) -> Totals:
        """What was added up."""
        return {place: AccountTotal(debit=self._debit[place], credit=self._credit[place]) for place in self._debit}


def totals_of(lines: Iterable[HeldLine]) -> Totals:
    """Add up, exactly."""
    adding = Adding()
    adding.add(lines)
    return adding.totals()


def balance(total: AccountTotal | None) -> Decimal:
    """Debit minus credit."""
    return ZERO if total is None else EXACT.subtract(total.debit, total.credit)
