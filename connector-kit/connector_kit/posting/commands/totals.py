"""What stands on accounts, by period: of the source, of our bookings, and of the books as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from connector_kit.books.money import EXACT, ZERO
from connector_kit.posting.held import AccountTotal, HeldLine

__all__ = ["AccountPeriod", "Totals", "balance", "totals_of"]

AccountPeriod = tuple[str, str]
"""Period and account."""
Totals = Mapping[AccountPeriod, AccountTotal]


def totals_of(lines: Iterable[HeldLine]) -> Totals:
    """Add up, exactly."""
    debit: defaultdict[AccountPeriod, Decimal] = defaultdict(lambda: ZERO)
    credit: defaultdict[AccountPeriod, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        place = (line.period, line.account)
        debit[place] = EXACT.add(debit[place], line.debit)
        credit[place] = EXACT.add(credit[place], line.credit)
    return {place: AccountTotal(debit=debit[place], credit=credit[place]) for place in debit}


def balance(total: AccountTotal | None) -> Decimal:
    """Debit minus credit."""
    return ZERO if total is None else EXACT.subtract(total.debit, total.credit)
