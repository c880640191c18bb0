"""How the engine writes to the simulated books: in one process, or over a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from connector_kit.books import identity
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from connector_kit.posting.answer import Answer

Document = dict[str, Any]


class Sends(Protocol):
    """What `Transport` does."""

    def request(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, document: Any = ...
    ) -> Answer: ...


class Shelf:
    """Reads and writes of one kind of bookings."""

    shelf: str

    def __init__(self, sends: Sends, *, versioned: bool) -> None:
        self._sends = sends
        self._versioned = versioned

    def same(self, document: Document, reply: Reply) -> bool:
        return bool(reply.body and reply.body["document"] == document)

    def fingerprint(self, document: Document) -> str:
        return fingerprint(document)

    def recognises(self, fingerprint: str, held: Reply) -> bool:
        return held.body is not None and is_fingerprint_of(fingerprint, held.body["document"])

    def _written(self, answer: Answer, document: Document) -> Reply:
        body = answer.body if isinstance(answer.body, dict) else {}
        kind = OutcomeClass.CLOSED if body.get("code") == "closed" else classify_write(answer)
        if kind is OutcomeClass.APPLIED and self._version(body, document) is None:
            kind = OutcomeClass.UNKNOWN  # half an answer is none
        wait = answer.headers.get("Retry-After")
        return Reply(
            kind=kind,
            status=answer.status,
            provider_id=body.get("id"),
            row_version=self._version(body, document),
            code=body.get("code"),
            text=body.get("message"),
            retry_after=None if wait is None else float(wait),
        )

    def _held(self, answer: Answer) -> Reply:
        kind, body = classify_read(answer), answer.body
        if kind is not OutcomeClass.APPLIED:
            return Reply(kind=kind, status=answer.status)
        if not isinstance(body, dict) or "id" not in body:
            return Reply(kind=OutcomeClass.UNKNOWN, status=answer.status)
        version = self._version(body, body["document"])
        return Reply(kind=kind, status=answer.status, provider_id=body["id"], row_version=version, body=body)

    def _found(self, answer: Answer) -> Reply:
        body = answer.body
        if classify_read(answer) is not OutcomeClass.APPLIED or not isinstance(body, dict) or "items" not in body:
            kind = classify_read(answer)
            unsaid = kind in {OutcomeClass.APPLIED, OutcomeClass.ABSENT}
            return Reply(kind=OutcomeClass.UNKNOWN if unsaid else kind, status=answer.status)
        if not body["items"]:
            return Reply(kind=OutcomeClass.ABSENT, status=answer.status)
        first, *more = body["items"]
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=answer.status,
            provider_id=first["id"],
            row_version=self._version(first, first["document"]),
            others=tuple(other["id"] for other in more),
            body=first,
        )

    def _version(self, body: Mapping[str, Any], document: Document) -> str | None:
        if self._versioned:
            return str(body["version"]) if "version" in body else None
        return identity.content_hash({"document": document}, mapping_version=1)

    # What not every provider can do

    def _recall(self, provider_id: str) -> Reply:
        return self._held(self._sends.request("GET", f"/{self.shelf}/{provider_id}"))

    def _update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        params = {"version": str(row_version)} if self._versioned else {}
        answer = self._sends.request(
            "PUT", f"/{self.shelf}/{provider_id}", params=params, document={"document": document}
        )
        return self._written(answer, document)

    def _reversal(self, held: Reply) -> Document:
        assert held.body
        document = held.body["document"]
        sides = {"debit": "credit", "credit": "debit"}
        lines = [{sides.get(name, name): value for name, value in line.items()} for line in document["lines"]]
        return {**document, "lines": lines, "reverses": held.body["id"]}


class Batches(Shelf):
    """Under identifiers of ours."""

    shelf = "batches"

    def read(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # the identifier says it all
        return self._held(self._sends.request("GET", f"/batches/{operation}"))

    def write(self, operation: uuid.UUID, document: Document) -> Reply:
        answer = self._sends.request("PUT", f"/batches/{operation}", document={"document": document})
        return self._written(answer, document)


class Entries(Shelf):
    """With our mark in them."""

    shelf = "entries"

    def write(self, marker: str, document: Document) -> Reply:
        answer = self._sends.request("POST", "/entries", document={"mark": marker, "document": document})
        return self._written(answer, document)

    def find(self, marker: str, period: str | None) -> Reply:
        params = {"mark": marker} | ({"period": period} if period else {})
        return self._found(self._sends.request("GET", "/entries", params=params))


class Parties(Shelf):
    """With a code of ours."""

    shelf = "parties"

    def write(self, document: Document) -> Reply:
        answer = self._sends.request("POST", "/parties", document={"mark": document["key"], "document": document})
        return self._written(answer, document)

    def search(self, document: Document) -> Reply:
        return self._found(self._sends.request("GET", "/parties", params={"mark": document["key"]}))


class Changeable:
    """Mixed into a shelf: what it holds can be changed."""

    recall = Shelf._recall
    update = Shelf._update


class Reversible:
    """Mixed into a shelf: what it holds can be taken back."""

    recall = Shelf._recall
    reversal = Shelf._reversal


class ChangeableBatches(Batches, Changeable): ...


class ChangeableEntries(Entries, Changeable): ...


class ChangeableParties(Parties, Changeable): ...


class ReversibleBatches(Batches, Reversible): ...


class ReversibleEntries(Entries, Reversible): ...


PLAIN: dict[str, type[Shelf]] = {"client_id": Batches, "marker": Entries, "search": Parties}
CHANGEABLE: dict[str, type[Shelf]] = {
    "client_id": ChangeableBatches,
    "marker": ChangeableEntries,
    "search": ChangeableParties,
}
REVERSIBLE: dict[str, type[Shelf]] = {"client_id": ReversibleBatches, "marker": ReversibleEntries}


def shelf_class(strategy: str, on_changed: str) -> type[Shelf]:
    """The endpoint with just what a setting needs."""
    return {"update": CHANGEABLE, "reverse": REVERSIBLE}.get(on_changed, PLAIN)[strategy]
