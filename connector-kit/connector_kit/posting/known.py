"""What is booked, and what this run has delivered, as a few numbers per record: so that an unchanged one is cheap."""

from collections.abc import Iterable

from connector_kit.posting.posting import Posted, Result

__all__ = ["Known"]


class Known:
    """Answers without the ledger what most records ask; whatever it does not know stands there.

    Keys and contents are digests already, so by chance no two of their hashes meet.

    Args:
        booked: Key, content and source version of what is confirmed, as much of it as is kept in memory.
    """

    def __init__(self, booked: Iterable[tuple[str, str, str | None]] = ()) -> None:
        self._booked = {hash(key): hash((content, version)) for key, content, version in booked}
        self._delivered: dict[int, int] = {}
        self._versions: dict[int, str] = {}
        self._refused: dict[str, Posted] = {}

    def is_booked(self, key: str, content_hash: str, source_version: str | None) -> bool:
        """Whether a fact is confirmed with exactly this content and version."""
        return self._booked.get(hash(key)) == hash((content_hash, source_version))

    def other_content(self, key: str, content_hash: str) -> bool:
        """Whether the fact was delivered with another content before in this run."""
        content = self._delivered.get(hash(key))
        return content is not None and content != hash(content_hash)

    def is_ordered(self, key: str, source_version: str | None) -> bool:
        """Whether the source says which of the content that was delivered before and this one is the newer one."""
        return source_version is not None and self._versions.get(hash(key), source_version) != source_version

    def refused(self, key: str) -> Posted | None:
        """Why it was refused before in this run, with this content."""
        return self._refused.get(key)

    def remember(self, key: str, content_hash: str, posted: Posted, *, source_version: str | None = None) -> None:
        """Remember that it was delivered, and what became of it; if it was written, the ledger knows better."""
        if posted.result is not Result.EXISTING:
            self._booked.pop(hash(key), None)
        self._delivered[hash(key)] = hash(content_hash)
        if source_version is not None:
            self._versions[hash(key)] = source_version
        if posted.result is Result.FAIL:
            self._refused[key] = posted
        else:
            self._refused.pop(key, None)
