"""Records that Minox numbers itself and that have no external id: found again by our mark in one of their texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from connector_kit.books.identity import marker_is_valid
from connector_kit.errors import UnreachableError
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.outcome import OutcomeClass, Reply

from target_minox import held, records
from target_minox.client import MinoxClient, MinoxError
from target_minox.operations import Operation
from target_minox.replies import Exchange, after_write, unwritten

__all__ = ["Document", "Marked", "MarkedKind", "with_mark"]

Document = Mapping[str, Any]
"""`body`: what is sent, still without the mark."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedKind:
    """One kind of records: a row of the table in `sinks`.

    Attributes:
        stream: Which schema says what may be written.
        mark_in: The text that carries the mark.
        path_id: Placeholder of the address.
        create: POST.
        listing: GET of all.
        look: GET of one.
        change: PATCH of one.
    """

    stream: str
    mark_in: str
    path_id: str
    create: Operation
    listing: Operation
    look: Operation
    change: Operation


class Marked:
    """Writes records of one kind (`connector_kit.posting.endpoint.MarkerEndpoint`, `Updating`, `Explaining`).

    Args:
        client: The administration.
        kind: The kind of records.
    """

    def __init__(self, client: MinoxClient, kind: MarkedKind) -> None:
        self._exchange = Exchange(client)
        self._client = client
        self._kind = kind
        self._known = records.schema(kind.stream)

    def write(self, marker: str, document: Document) -> Reply:
        """Create it with the mark in it; without an id in the answer nobody knows which one it is."""
        body = with_mark(document["body"], self._kind.mark_in, marker)
        reply, answer = self._exchange.write(self._kind.create, body, of={})
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        provider_id = answer.get("id") if isinstance(answer, Mapping) else None
        if not provider_id:
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        whole = isinstance(answer, Mapping) and held.same(body, answer)
        return self._found(answer) if whole else self._created(str(provider_id), reply, document)

    def find(self, marker: str, period: str | None) -> Reply:  # noqa: ARG002  # the list has no periods
        """Search all of them for the mark."""
        try:
            rows = self._client.rows(self._kind.listing)
        except (MinoxError, UnreachableError):
            return Reply(kind=OutcomeClass.UNKNOWN)
        found = [row for row in rows if marker in str(row.get(self._kind.mark_in) or "")]
        if not found:
            return Reply(kind=OutcomeClass.ABSENT, status=200)
        first, *others = found
        return self._found(first, others=tuple(str(row.get("id")) for row in others))

    def recall(self, provider_id: str) -> Reply:
        """Read one."""
        reply, body = self._exchange.read(self._kind.look, of={self._kind.path_id: provider_id})
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        if not isinstance(body, Mapping):
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        return self._found({"id": provider_id, **body})

    def update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        """Change it, if it is still what we know; the mark stays."""
        found = self.recall(provider_id)
        if found.kind is OutcomeClass.ABSENT or (
            found.kind is OutcomeClass.APPLIED and row_version is not None and found.row_version != row_version
        ):
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        before = found.body or {}
        text = self._kind.mark_in
        mark = next((word for word in _words(before.get(text)) if marker_is_valid(word)), None)
        body = with_mark(document["body"], text, mark) if mark else dict(document["body"])
        changes = held.changed_members(held.writable(before, self._known), body)
        if not changes:
            return found
        reply, _ = self._exchange.write(self._kind.change, changes, of={self._kind.path_id: provider_id})
        return self._created(provider_id, reply, document) if reply.kind is OutcomeClass.APPLIED else reply

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether what was found is what we would write, apart from the mark."""
        return not self.differences(document, reply)

    def differences(self, document: Document, held_reply: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Members that differ."""
        kept = held_reply.body or {}
        found = held.differences(document["body"], kept)
        text = self._kind.mark_in
        if text in found and _carries(kept.get(text), document["body"].get(text)):
            del found[text]
        return found

    def fingerprint(self, document: Document) -> str:
        """By which it is known again; nothing that it says can be read from it."""
        return fingerprint(document["body"])

    def recognises(self, fingerprint: str, held_reply: Reply) -> bool:
        """Whether what was read is that document."""
        return is_fingerprint_of(fingerprint, held_reply.body)

    def _created(self, provider_id: str, reply: Reply, document: Document) -> Reply:
        found = after_write(lambda: self.recall(provider_id), is_ours=lambda found: self.same(document, found))
        version = found.row_version if found.kind is OutcomeClass.APPLIED else None
        return Reply(kind=OutcomeClass.APPLIED, status=reply.status, provider_id=provider_id, row_version=version)

    def _found(self, row: Mapping[str, Any], *, others: tuple[str, ...] = ()) -> Reply:
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=200,
            provider_id=str(row.get("id")),
            row_version=held.digest(row, self._known),
            others=others,
            body=row,
        )


def with_mark(body: Mapping[str, Any], member: str, marker: str) -> dict[str, Any]:
    """Put the mark at the end of a text, before the ending of a file's name."""
    text = body.get(member) or ""
    path = PurePath(text)
    ending = path.suffix if member == "name" else ""
    stem = text.removesuffix(ending) if ending else text
    return {**body, member: f"{stem} {marker}{ending}".strip()}


def _carries(kept: Any, text: str | None) -> bool:
    """Whether a kept text is ours with a mark in it."""
    return [word for word in _words(kept) if not marker_is_valid(word)] == _words(text)


def _words(text: Any) -> list[str]:
    return str(text or "").replace(".", " .").split()
