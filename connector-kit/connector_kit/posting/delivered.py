"""What was delivered in this run already: a fact with two contents is noticed, a refused one is not tried twice."""

from connector_kit.posting.posting import Posted, Result

__all__ = ["Delivered"]


class Delivered:
    """Remembers two numbers per record, and what was refused; keys are digests, so by chance no two numbers meet."""

    def __init__(self) -> None:
        self._contents: dict[int, int] = {}
        self._refused: dict[str, Posted] = {}

    def other_content(self, entity_key: str, content_hash: str) -> bool:
        """Whether the fact was delivered with another content before."""
        content = self._contents.get(hash(entity_key))
        return content is not None and content != hash(content_hash)

    def refused(self, entity_key: str) -> Posted | None:
        """Why it was refused before, with this content."""
        return self._refused.get(entity_key)

    def remember(self, entity_key: str, content_hash: str, posted: Posted) -> None:
        """Remember what became of it."""
        self._contents[hash(entity_key)] = hash(content_hash)
        if posted.result is Result.FAIL:
            self._refused[entity_key] = posted
        else:
            self._refused.pop(entity_key, None)
