"""Who books which stream: one class per stream of the books contract."""

from typing import TYPE_CHECKING, cast

from connector_kit.books.journal import JournalEntry
from connector_kit.posting.sink import EntrySink

from target_minox.batches import Batch, TransactionLineBatches

if TYPE_CHECKING:
    from target_minox.target import TargetMinox

__all__ = ["JournalEntries"]


class JournalEntries(EntrySink[Batch]):
    """Balanced journal entries, each as one transaction line batch."""

    contract = "journal_entries"
    mapping_version = "1"

    def endpoint(self) -> TransactionLineBatches:
        """Batches of the administration, under ids that we choose."""
        connection = self._minox.connection
        return TransactionLineBatches(connection.client, verify=connection.settings.verify)

    def prepare(self, entry: JournalEntry) -> Batch:
        """Check an entry against the administration's master data and write it as booking lines.

        Raises:
            EntryError: It cannot be booked.
        """
        return {"lines": self._minox.bookkeeper.lines(entry)}

    @property
    def _minox(self) -> "TargetMinox":
        return cast("TargetMinox", self.books)
