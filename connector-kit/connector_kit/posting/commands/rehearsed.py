"""An endpoint that plays a run: look-ups are real, writes go nowhere and are remembered as if they had been made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from connector_kit.books import identity
from connector_kit.posting.outcome import OutcomeClass, Reply

__all__ = ["Script", "rehearsed"]


@dataclass
class Script:
    """What the endpoints of a rehearsal were asked.

    Attributes:
        writes: Requests that a run would make to write.
        looks: Reads that a run would make: look-ups that are answered from what was "written" before, and what
            endpoints read beside a write.
        held: Hashes of the contents that the provider would hold now, by those of the names under which they would be
            found: as there may be very many.
    """

    writes: int = 0
    looks: int = 0
    held: dict[int, int] = field(default_factory=dict)

    def write(self, name: object, document: Any) -> Reply:
        """Remember a write."""
        self.writes += 1
        self.held[hash(str(name))] = content = hash(_content(document))
        return Reply(kind=OutcomeClass.APPLIED, provider_id=f"rehearsed {self.writes}", row_version=str(content))

    def look(self, name: object, ask: Callable[[], Reply]) -> Reply:
        """Find what was written in this rehearsal, or ask the provider."""
        if (content := self.held.get(hash(str(name)))) is None:
            return ask()
        self.looks += 1
        return Reply(
            kind=OutcomeClass.APPLIED, provider_id="rehearsed", row_version=str(content), body=_Written(content)
        )


@dataclass(frozen=True)
class _Written:
    content: int


class _Rehearsed:
    """Stands before an endpoint; `rehearsed` gives it just the methods that the endpoint has."""

    def __init__(self, endpoint: Any, script: Script) -> None:
        self.endpoint = endpoint
        self.script = script

    def __getattr__(self, name: str) -> Any:
        return getattr(self.endpoint, name)


def _write(self: _Rehearsed, *name_and_document: Any) -> Reply:
    *name, document = name_and_document
    if (refused := _refused(self, document)) is not None:
        return refused
    _count_beside(self)
    return self.script.write(name[0] if name else _content(document), document)


def _update(self: _Rehearsed, provider_id: str, row_version: str | None, document: Any) -> Reply:  # noqa: ARG001  # as its protocol
    if (refused := _refused(self, document)) is not None:
        return refused
    _count_beside(self)
    return self.script.write(provider_id, document)


def _count_beside(self: _Rehearsed) -> None:
    """Requests that the endpoint makes beside each write, such as to read what it has written (`requests_beside`)."""
    self.script.looks += getattr(self.endpoint, "requests_beside", 0)


def _refused(self: _Rehearsed, document: Any) -> Reply | None:
    """What the endpoint would not even send, and why."""
    refuses: Callable[[Any], Reply | None] | None = getattr(self.endpoint, "refuses", None)
    return refuses(document) if refuses else None


def _read(self: _Rehearsed, operation: Any, document: Any) -> Reply:
    return self.script.look(operation, lambda: self.endpoint.read(operation, document))


def _find(self: _Rehearsed, marker: str, period: str | None) -> Reply:
    return self.script.look(marker, lambda: self.endpoint.find(marker, period))


def _search(self: _Rehearsed, document: Any) -> Reply:
    return self.script.look(_content(document), lambda: self.endpoint.search(document))


def _recall(self: _Rehearsed, provider_id: str) -> Reply:
    return self.script.look(provider_id, lambda: self.endpoint.recall(provider_id))


def _same(self: _Rehearsed, document: Any, reply: Reply) -> bool:
    if isinstance(reply.body, _Written):
        return reply.body.content == hash(_content(document))
    return bool(self.endpoint.same(document, reply))


def _recognises(self: _Rehearsed, fingerprint: str, held: Reply) -> bool:
    return not isinstance(held.body, _Written) and bool(self.endpoint.recognises(fingerprint, held))


def _reversal(self: _Rehearsed, held: Reply) -> Any:
    return self.endpoint.reversal(held)


def _differences(self: _Rehearsed, document: Any, held: Reply) -> Any:
    return self.endpoint.differences(document, held)


_METHODS: Final = {
    "write": _write,
    "update": _update,
    "read": _read,
    "find": _find,
    "search": _search,
    "recall": _recall,
    "same": _same,
    "recognises": _recognises,
    "reversal": _reversal,
    "differences": _differences,
}


def rehearsed(endpoint: Any, script: Script) -> Any:
    """Put the rehearsal before an endpoint; what an endpoint can do shows in its methods, so they stay the same."""
    methods = {name: method for name, method in _METHODS.items() if hasattr(endpoint, name)}
    return type("RehearsedEndpoint", (_Rehearsed,), methods)(endpoint, script)


def _content(document: Any) -> str:
    return identity.content_hash({"document": document}, mapping_version="")
