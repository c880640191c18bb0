"""Rows of journals: Minimax reckons with some 50,000 a month, so those that we write are counted in the ledger."""

from typing import Final

from connector_kit.posting.ledger import Ledger

__all__ = ["JournalRows"]

_NAME: Final = "minimax_journal_rows"


class JournalRows:
    """The rows that all runs with this ledger have written in the calendar month (UTC).

    Args:
        ledger: Open ledger.
        limit: Most of a month; None: any number.
    """

    def __init__(self, ledger: Ledger, limit: int | None) -> None:
        self._ledger = ledger
        self.limit = limit

    @property
    def written(self) -> int:
        """Rows of this month."""
        month, _, rows = self._ledger.store.meta().get(_NAME, "").partition(" ")
        return int(rows) if month == self._month() else 0

    def fits(self, rows: int) -> bool:
        """Whether so many more may be written this month."""
        return self.limit is None or self.written + rows <= self.limit

    def count(self, rows: int) -> None:
        """Count rows that are about to be sent; on disk before they leave."""
        self._ledger.store.set_meta(**{_NAME: f"{self._month()} {self.written + rows}"})

    def _month(self) -> str:
        return self._ledger.now().strftime("%Y-%m")
