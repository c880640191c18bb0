"""What is booked, and what this run has delivered, as a few numbers per record: so that an unchanged one is cheap."""

from collections.abc import Iterable, Iterator

from connector_kit.posting.digests import Digests
from connector_kit.posting.posting import Posted, Result

__all__ = ["Known"]


class Known:
    """Answers without the ledger what most records ask; whatever it does not know stands there.

    What was delivered as it is booked is only marked, so an unchanged record takes no memory, or some twenty bytes
    if it has a version.

    Args:
        booked: Key, content and source version of what is confirmed, as much of it as is kept in memory.
    """

    def __init__(self, booked: Iterable[tuple[str, str, str | None]] = ()) -> None:
        self._booked_versions = Digests()
        self._booked = Digests(self._versioned(booked))
        self._delivered = Digests()
        self._versions = Digests()
        self._refused: dict[str, Posted] = {}

    def is_booked(self, key: str, content_hash: str, source_version: str | None) -> bool:
        """Whether a fact is confirmed with exactly this content and version."""
        return self._booked.holds(key, content_hash) and self._booked_versions.holds(key, source_version)

    def other_content(self, key: str, content_hash: str) -> bool:
        """Whether the fact was delivered with another content before in this run."""
        if self._delivered.holds(key, None):
            return self._booked.is_marked(key) and self._booked.holds_other(key, content_hash)
        return self._delivered.holds_other(key, content_hash)

    def is_ordered(self, key: str, source_version: str | None) -> bool:
        """Whether the source says which of the content that was delivered before and this one is the newer one."""
        return source_version is not None and self._versions.holds_other(key, source_version)

    def refused(self, key: str) -> Posted | None:
        """Why it was refused before in this run, with this content."""
        return self._refused.get(key)

    def remember(self, key: str, content_hash: str, posted: Posted, *, source_version: str | None = None) -> None:
        """Remember that it was delivered, and what became of it; if it was written, the ledger knows better."""
        existing = posted.result is Result.EXISTING
        if not existing:
            self._booked.drop(key)
        if existing and self._delivered.holds(key, None) and self.is_booked(key, content_hash, source_version):
            self._booked.mark(key)
        else:
            self._delivered.set(key, content_hash)
        if source_version is not None:
            self._versions.set(key, source_version)
        if posted.result is Result.FAIL:
            self._refused[key] = posted
        else:
            self._refused.pop(key, None)

    def _versioned(self, booked: Iterable[tuple[str, str, str | None]]) -> Iterator[tuple[str, str]]:
        """Key and content; the versions, which few sources have, are put aside."""
        for key, content, version in booked:
            if version is not None:
                self._booked_versions.set(key, version)
            yield key, content
