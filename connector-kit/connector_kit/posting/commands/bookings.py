"""The bookings of a provider, put together from its lines, and found by the names that the ledger has for them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from connector_kit.books.money import total
from connector_kit.posting.held import HeldLine

__all__ = ["Amounts", "Booking", "Bookings", "amounts_of", "details_of"]

Amounts = frozenset[tuple[tuple[str, str, Decimal, Decimal], int]]
"""What makes two bookings the same money: period, account, debit, credit of each line, in any order."""


_DETAILS: Final = ("journal", "date", "text", "cost_center")


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One booking as it stands in the books.

    Attributes:
        names: The provider's identifier, and our mark if it has one.
        lines: Its lines, without those that the provider has added by itself.
    """

    names: frozenset[str]
    lines: tuple[HeldLine, ...] = field(repr=False)

    @property
    def number(self) -> str | None:
        """The provider's identifier, if the books say it."""
        return self.lines[0].booking

    @property
    def period(self) -> str:
        """Where it is booked."""
        return self.lines[0].period

    @property
    def journal(self) -> str | None:
        """Journal of its first line."""
        return self.lines[0].journal

    @property
    def date(self) -> date | None:
        """Date of its first line."""
        return self.lines[0].date

    @property
    def amount(self) -> Decimal:
        """Sum of the debit side."""
        return total(line.debit for line in self.lines)

    @property
    def texts(self) -> frozenset[str]:
        """What its lines say."""
        return frozenset(line.text for line in self.lines if line.text)

    @property
    def name(self) -> str:
        """Names it in a report."""
        return ", ".join(sorted(self.names)) or "without identifier"


class Bookings:
    """All bookings of some periods.

    Args:
        lines: What the provider holds there.
    """

    def __init__(self, lines: Iterable[HeldLine]) -> None:
        groups: dict[tuple[object, ...], list[HeldLine]] = {}
        for line in lines:
            if not line.automatic:
                named = (line.booking, line.mark)
                whole = named if any(named) else (line.period, line.journal, line.date)
                groups.setdefault(whole, []).append(line)
        self.all: Sequence[Booking] = [_booking(lines) for lines in groups.values()]
        self._by_name: dict[str, list[Booking]] = {}
        for booking in self.all:
            for name in booking.names:
                self._by_name.setdefault(name, []).append(booking)

    def named(self, names: Iterable[str | None]) -> list[Booking]:
        """Find those that have one of these names."""
        found = (booking for name in names if name for booking in self._by_name.get(name, ()))
        return list({id(booking): booking for booking in found}.values())

    def __iter__(self) -> Iterator[Booking]:
        return iter(self.all)


def amounts_of(lines: Iterable[HeldLine]) -> Amounts:
    """What makes it the same money."""
    return _multiset((line.period, line.account, line.debit, line.credit) for line in lines)


def details_of(lines: Sequence[HeldLine], beside: Sequence[HeldLine]) -> list[str]:
    """Name the further members in which lines of ours differ from what is held.

    What we do not say of a line may be anything there, and a member that the provider never says is not compared.
    """
    differing = []
    for member in _DETAILS:
        ours, theirs = _said(lines, member), _said(beside, member)
        if theirs and ours - theirs:
            differing.append(member.replace("_", " "))
    return differing


def _said(lines: Iterable[HeldLine], member: str) -> Counter[tuple[object, ...]]:
    values = ((line.account, line.debit, line.credit, getattr(line, member)) for line in lines)
    return Counter(value for value in values if value[-1] is not None)


def _multiset(items: Iterable[tuple[str, str, Decimal, Decimal]]) -> Amounts:
    return frozenset(Counter(items).items())


def _booking(lines: Sequence[HeldLine]) -> Booking:
    names = {name for line in lines for name in (line.booking, line.mark) if name}
    return Booking(names=frozenset(names), lines=tuple(lines))
