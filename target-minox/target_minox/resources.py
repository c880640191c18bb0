"""Records under a name that we choose: a number, a code, a UUID, an open item. PUT and PATCH, looked at before."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.outcome import OutcomeClass, Reply

from target_minox import held, records
from target_minox.answers import AnswerError, page_of
from target_minox.client import MinoxClient, MinoxError
from target_minox.operations import CHANGE_PAYABLE, CHANGE_RECEIVABLE, READ_PAYABLE, READ_RECEIVABLE, Operation
from target_minox.replies import Exchange, after_write, unwritten

__all__ = ["Document", "Named", "Naming", "OpenItems", "Resources"]

Document = Mapping[str, Any]
"""`name`: what names it in the address (absent: the UUID of the operation); `body`: what is sent."""

_PARTS: Final = "/"
_NO_OPEN_ITEM: Final = "no_open_item"


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """How a record is named at Minox.

    Attributes:
        path_ids: Placeholders of the address, in the order of the parts of the name.
        is_uuid: The name is a UUID that nobody else chooses.
        of_row: The name of a row of a list, for what Minox has only lists of.
    """

    path_ids: tuple[str, ...]
    is_uuid: bool = False
    of_row: Callable[[Mapping[str, Any]], str] = lambda row: str(row.get("id"))

    def ids(self, name: str) -> dict[str, str]:
        """What stands in the address."""
        if len(self.path_ids) <= 1:
            return dict.fromkeys(self.path_ids, name)
        return dict(zip(self.path_ids, name.split(_PARTS)[-len(self.path_ids) :], strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """One kind of records: a row of the table in `sinks`.

    Attributes:
        stream: Which schema says what may be written.
        naming: How they are named.
        write: PUT of a new one; PATCH for what must exist already.
        look: GET of one, or of the list that has it.
        change: PATCH of one that exists, where Minox has it; else it is merged with what is held and PUT.
    """

    stream: str
    naming: Naming
    write: Operation
    look: Operation
    change: Operation | None = None

    @property
    def is_listed(self) -> bool:
        """Whether one is found in the list only."""
        return not any(f"{{{name}}}" in self.look.path for name in self.naming.path_ids)


class Resources:
    """Writes records of one kind (`connector_kit.posting.endpoint.ClientIdEndpoint`, `Updating`, `Explaining`).

    PUT replaces a record whole, and members that are not sent are lost (inferred). So what names are chosen by people
    is looked at before it is written: what is there already and different is a conflict, never written over by a
    first write; a change sends what is held with our members in it.

    Args:
        client: The administration.
        kind: The kind of records.
        adopts: Change what is there already, whoever made it.
    """

    def __init__(self, client: MinoxClient, kind: Named, *, adopts: bool = False) -> None:
        self._exchange = Exchange(client)
        self._client = client
        self._adopts = adopts
        self.kind = kind
        self._known = records.schema(kind.stream)
        self._rows: dict[str, Mapping[str, Any]] | None = None

    def read(self, operation: uuid.UUID, document: Document) -> Reply:
        """Look up what Minox holds under the name; what we would change anyway is as good as absent."""
        found = self.recall(_name(operation, document))
        if self._adopts and found.kind is OutcomeClass.APPLIED and not self.same(document, found):
            return Reply(kind=OutcomeClass.ABSENT, status=found.status)
        return found

    def recall(self, provider_id: str) -> Reply:
        """Look up what Minox holds, by the name."""
        if self.kind.is_listed:
            self._rows = None
            return self._listed(provider_id)
        reply, body = self._exchange.read(self._look(provider_id), of=self._ids(provider_id))
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        body = body[0] if isinstance(body, list) and len(body) == 1 else body
        if not isinstance(body, Mapping):
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        return self._found(provider_id, body)

    def write(self, operation: uuid.UUID, document: Document) -> Reply:
        """Write it, unless something else is there already."""
        name, body = _name(operation, document), document["body"]
        if self.kind.naming.is_uuid:
            return self._written(name, self.kind.write, body)
        found = self._listed(name) if self.kind.is_listed else self.recall(name)
        if self.kind.write.method == "PATCH":
            return self._patched(name, document, found)
        if found.kind is OutcomeClass.ABSENT:
            return self._written(name, self.kind.write, body)
        return self._over(name, document, found)

    def update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        """Change it, if it is still what we know."""
        found = self.recall(provider_id)
        if found.kind is OutcomeClass.ABSENT or (
            found.kind is OutcomeClass.APPLIED and row_version is not None and found.row_version != row_version
        ):
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        if self.kind.write.method == "PATCH":
            return self._patched(provider_id, document, found)
        return self._changed(provider_id, document, found)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether what was read is what we would write; what we do not say does not count."""
        return held.same(document["body"], reply.body)

    def differences(self, document: Document, held_reply: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Members that differ."""
        return held.differences(document["body"], held_reply.body or {})

    def fingerprint(self, document: Document) -> str:
        """By which it is known again; nothing that it says can be read from it."""
        return fingerprint(document["body"])

    def recognises(self, fingerprint: str, held_reply: Reply) -> bool:
        """Whether what was read is that document."""
        return is_fingerprint_of(fingerprint, held_reply.body)

    def _over(self, name: str, document: Document, found: Reply) -> Reply:
        """A first write that finds something there."""
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        if self.same(document, found):
            return found
        conflict = Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        return self._changed(name, document, found) if self._adopts else conflict

    def _patched(self, name: str, document: Document, found: Reply) -> Reply:
        """Change what must exist already, such as an open item, which only bookings make."""
        if found.kind is OutcomeClass.ABSENT:
            return Reply(kind=OutcomeClass.REFUSED, status=found.status, code=_NO_OPEN_ITEM)
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        changes = held.changed_members(held.writable(found.body or {}, self._known), document["body"])
        return self._written(name, self._change(name), changes) if changes else found

    def _changed(self, name: str, document: Document, found: Reply) -> Reply:
        """Send what is held with our members in it, because a PUT replaces all; where there is a PATCH, our changes."""
        before = held.writable(found.body or {}, self._known)
        before.pop("id", None)
        if self.kind.change is not None:
            changes = held.changed_members(before, document["body"])
            return self._written(name, self.kind.change, changes) if changes else found
        return self._written(name, self.kind.write, held.merged(before, document["body"]))

    def _written(self, name: str, operation: Operation, body: Mapping[str, Any]) -> Reply:
        reply, answer = self._exchange.write(operation, body, of=self._ids(name))
        if self._rows is not None:
            self._rows.pop(name, None)
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        if isinstance(answer, Mapping) and held.same(body, answer):
            return self._found(name, answer, status=reply.status)
        # What Minox made of it, so that a person's edit can be told from it later.
        found = after_write(lambda: self.recall(name), is_ours=lambda found: held.same(body, found.body))
        version = found.row_version if found.kind is OutcomeClass.APPLIED else None
        return Reply(kind=OutcomeClass.APPLIED, status=reply.status, provider_id=name, row_version=version)

    def _listed(self, name: str) -> Reply:
        """Find it in the list, which is read once and again after each doubt."""
        if self._rows is None:
            reply, body = self._exchange.read(self.kind.look, of={})
            if reply.kind is not OutcomeClass.APPLIED:
                # A list is always there: 404 says nothing about one of its rows.
                return Reply(kind=OutcomeClass.UNKNOWN) if reply.kind is OutcomeClass.ABSENT else reply
            try:
                page = page_of(body)
                rows = [*page.rows, *self._client.following_rows(self.kind.look, page)]
            except (AnswerError, MinoxError):
                return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
            self._rows = {self.kind.naming.of_row(row): row for row in rows}
        row = self._rows.get(name)
        return Reply(kind=OutcomeClass.ABSENT) if row is None else self._found(name, row)

    def _found(self, name: str, body: Mapping[str, Any], *, status: int | None = 200) -> Reply:
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=status,
            provider_id=name,
            row_version=held.digest(body, self._known),
            body=body,
        )

    def _look(self, name: str) -> Operation:  # noqa: ARG002  # open items have two
        """The operation that reads this one."""
        return self.kind.look

    def _change(self, name: str) -> Operation:  # noqa: ARG002  # open items have two
        """The operation that changes what must exist already."""
        return self.kind.write

    def _ids(self, name: str) -> dict[str, str]:
        return self.kind.naming.ids(name)


class OpenItems(Resources):
    """Receivables and payables: made by bookings, and changed here; the name says which of both it is."""

    def _look(self, name: str) -> Operation:
        return READ_PAYABLE if name.startswith("payable") else READ_RECEIVABLE

    def _change(self, name: str) -> Operation:
        return CHANGE_PAYABLE if name.startswith("payable") else CHANGE_RECEIVABLE


def _name(operation: uuid.UUID, document: Document) -> str:
    return document.get("name") or str(operation)
