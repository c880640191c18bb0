"""Records of Minimax: created, found again, changed. Rows in `sinks` say how; the classes differ in the finding."""

import uuid
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from connector_kit.errors import UnreachableError
from connector_kit.posting.answer import BodyShape, LostError, NotSentError
from connector_kit.posting.fingerprint import fingerprint, is_fingerprint_of
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read

from target_minimax import held
from target_minimax.client import MinimaxClient, MinimaxError
from target_minimax.exchange import Exchange
from target_minimax.operations import adding, by_code, changing, listing, looking
from target_minimax.references import PLAIN_CODE

__all__ = ["Coded", "Document", "Marked", "Named", "Resource"]

Document = Mapping[str, Any]
"""`body`: what is sent, still without a mark. `parent`: id of what it is part of. `query`: narrows the search. `names`:
members that no two of them share."""

_PARTS: Final = "/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One kind of records.

    Attributes:
        path: Of the list; `{parent}` is what they are part of.
        id: Member with the id.
        mark_in: Text that carries our mark (`Marked`).
        mark_filter: Filter of the list that finds the mark; without one the other filters must do.
        in_parent: They are listed in this member of their parent, not in a list of their own.
        rows_are_whole: Single ones cannot be read; rows of the list are all there is.
        left_alone: Members that people may change at Minimax without it being another record: ours are the first ones.
        unseen: Members that Minimax does not show again, so that they cannot be compared.
        is_fixed: It cannot be changed.
        draft: `Status` in which it can be changed.
    """

    path: str
    id: str
    mark_in: str | None = None
    mark_filter: str | None = None
    in_parent: str | None = None
    rows_are_whole: bool = False
    left_alone: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()
    is_fixed: bool = False
    draft: str | None = None


class _Records:
    """What all have: reading one, changing one, comparing.

    Args:
        client: The organisation.
        resource: The kind of records.
        reads_back: Read what was written, so that a later change can tell whether a person has changed it meanwhile.
    """

    def __init__(
        self,
        client: MinimaxClient,
        resource: Resource,
        *,
        reads_back: bool = True,
    ) -> None:
        self.client = client
        self.resource = resource
        self.exchange = Exchange(client)
        self._reads_back = reads_back
        self._recalled: tuple[str, Reply] | None = None

    @property
    def requests_beside(self) -> int:
        """Requests beside each write, for plans: its version is read."""
        return int(self._reads_back and not self.resource.rows_are_whole)

    def recall(self, provider_id: str) -> Reply:
        """Read one by its id."""
        address = self._address(provider_id)
        if self.resource.rows_are_whole:
            rows = self._listed({}, address.get("parent"))
            if rows is None:
                return Reply(kind=OutcomeClass.UNKNOWN)
            found = self._found([row for row in rows if str(row.get(self.resource.id)) == address["id"]])
        else:
            found, _ = self.exchange.look(looking(self.resource.path), **address)
        found = replace(found, provider_id=provider_id)
        self._recalled = (provider_id, found) if found.kind is OutcomeClass.APPLIED else None
        return found

    def update(self, provider_id: str, row_version: str | None, document: Document) -> Reply:
        """Put our members in their places, if it is still what we know; its `RowVersion` goes with it."""
        if self.resource.is_fixed:
            text = "Minimax has no operation that changes it; change it there by hand, or correct the source"
            return Reply(kind=OutcomeClass.REFUSED, code="cannot_be_changed", text=text)
        found = self._fresh(provider_id)
        if found.kind is OutcomeClass.UNKNOWN:
            return replace(found, kind=OutcomeClass.NOT_SENT)  # the PUT has certainly not left
        if found.kind is not OutcomeClass.APPLIED:
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        kept = found.body or {}
        if row_version is not None and found.row_version != row_version:
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if self.resource.draft and kept.get("Status") not in {None, self.resource.draft}:
            return Reply(kind=OutcomeClass.REFUSED, status=found.status, code="Status")
        ours = self._over(document["body"], kept)
        body = held.merged(kept, ours)
        self._recalled = None
        reply = self.exchange.change(changing(self.resource.path), body, of=self._address(provider_id))
        return self._with_version(replace(reply, provider_id=provider_id), ours, always=True)

    def same(self, document: Document, reply: Reply) -> bool:
        """Whether what was found is what we would write."""
        return not self._different(document, reply.body or {})

    def differences(self, document: Document, held_reply: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Members that differ."""
        return self._different(document, held_reply.body or {})

    def fingerprint(self, document: Document) -> str:
        """By which it is known again; nothing that it says can be read from it."""
        return fingerprint(held.kept(document["body"], without=self.resource.left_alone | self.resource.unseen))

    def recognises(self, fingerprint: str, held_reply: Reply) -> bool:
        """Whether what was found is that document."""
        return is_fingerprint_of(fingerprint, held_reply.body)

    def _different(self, document: Document, kept: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        ours = {
            name: value
            for name, value in self._marked(document["body"], kept).items()
            if name not in self.resource.left_alone | self.resource.unseen
        }
        return held.differences(ours, kept)

    def _over(self, body: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Our members without those that are left to people."""
        ours = self._marked(body, kept).items()
        return {name: value for name, value in ours if name not in self.resource.left_alone or kept.get(name) is None}

    def _marked(self, body: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Our members, with the mark that is in what is held."""
        text = self.resource.mark_in
        mark = held.mark_of(kept.get(text)) if text else None
        return {**body, text: held.with_mark(body.get(text), mark)} if text and mark else dict(body)

    def _fresh(self, provider_id: str) -> Reply:
        """What was read of it just before; the `RowVersion` proves that it is fresh."""
        if self._recalled and self._recalled[0] == provider_id:
            return self._recalled[1]
        return self.recall(provider_id)

    def _create(self, body: Mapping[str, Any], parent: str | None) -> Reply:
        parts = {"parent": parent} if parent else {}
        reply = self.exchange.create(adding(self.resource.path), body, **parts)
        if reply.kind is OutcomeClass.APPLIED and reply.provider_id and parent:
            reply = replace(reply, provider_id=f"{parent}{_PARTS}{reply.provider_id}")
        return self._with_version(reply, body)

    def _with_version(self, reply: Reply, ours: Mapping[str, Any], *, always: bool = False) -> Reply:
        """Read the version of what was written; it counts only if that is what is there.

        Else it is that of a person who was there in between, and our next change would be made over theirs.
        """
        wanted = (self._reads_back or always) and not self.resource.rows_are_whole
        if reply.kind is not OutcomeClass.APPLIED or not reply.provider_id or not wanted:
            return reply
        found = self.exchange.version(looking(self.resource.path), **self._address(reply.provider_id))
        shown = held.kept(ours, without=self.resource.left_alone | self.resource.unseen)
        if found is None or not held.same(shown, found.body):
            return reply
        return replace(reply, row_version=found.row_version, body=found.body)

    def _address(self, provider_id: str) -> dict[str, str]:
        parent, _, number = provider_id.rpartition(_PARTS)
        return {"id": number} | ({"parent": parent} if parent else {})

    def _listed(self, query: Mapping[str, str], parent: str | None) -> list[Mapping[str, Any]] | None:
        """All rows that the filters leave, or those of a parent; None if they cannot be read to the last."""
        resource = self.resource
        if resource.in_parent and parent:
            path, _, _ = resource.path.partition("/{parent}")
            reply, whole = self.exchange.look(looking(path), id=parent)
            rows = whole.get(resource.in_parent)
            known = reply.kind is OutcomeClass.APPLIED
            return [row for row in rows or () if isinstance(row, Mapping)] if known else None
        parts = {"parent": parent} if parent else {}
        return self.exchange.search(listing(resource.path, sort=resource.id), query, **parts)

    def _found(self, rows: list[Mapping[str, Any]], parent: str | None = None) -> Reply:
        """Whole records that were found: the first, and the ids of the others."""
        if not rows:
            return Reply(kind=OutcomeClass.ABSENT, status=200)
        numbers = [
            f"{parent}{_PARTS}{row.get(self.resource.id)}" if parent else str(row.get(self.resource.id)) for row in rows
        ]
        version = rows[0].get("RowVersion")
        return Reply(
            kind=OutcomeClass.APPLIED,
            status=200,
            provider_id=numbers[0],
            others=tuple(numbers[1:]),
            row_version=str(version) if version else None,
            body=rows[0],
        )

    def _whole(self, numbers: list[str], wanted: Callable[[Mapping[str, Any]], bool], parent: str | None) -> Reply:
        """Read whole records, because rows of lists lack half of their members."""
        found: list[Mapping[str, Any]] = []
        for number in numbers:
            address = {"id": number} | ({"parent": parent} if parent else {})
            reply, body = self.exchange.look(looking(self.resource.path), **address)
            if reply.kind is OutcomeClass.ABSENT:
                continue
            if reply.kind is not OutcomeClass.APPLIED:
                return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
            if wanted(body):
                found.append({self.resource.id: number, **body})
        return self._found(found, parent)


class Marked(_Records):
    """Records that can be there twice: found again by our mark (`connector_kit.posting.endpoint.MarkerEndpoint`)."""

    def __init__(self, client: MinimaxClient, resource: Resource, *, reads_back: bool = True) -> None:
        super().__init__(client, resource, reads_back=reads_back)
        self._marks: dict[str, frozenset[str]] = {}

    def write(self, marker: str, document: Document) -> Reply:
        """Make one with the mark in it."""
        assert self.resource.mark_in is not None  # the table says so
        text = self.resource.mark_in
        body = {**document["body"], text: held.with_mark(document["body"].get(text), marker)}
        return self._create(body, document.get("parent"))

    def find(self, marker: str, period: str | None) -> Reply:
        """Search for the mark, to the last page; what was found is read whole and compared exactly.

        Filters that a server does not know are ignored without a word, so rows that show the text are compared too.
        Where rows do not show it, each record is read whole once in a run: afterwards its marks are known.
        """
        resource = self.resource
        query = _query(period)
        if resource.mark_filter:
            query[resource.mark_filter] = marker

        def has_mark(body: Mapping[str, Any]) -> bool:
            marks = self._marks[str(body.get(resource.id))] = held.marks_of(body.get(str(resource.mark_in)))
            return marker in marks

        rows = self._listed(query, None)
        if rows is None:
            return Reply(kind=OutcomeClass.UNKNOWN)
        likely = [
            str(row[resource.id]) for row in rows if row.get(resource.id) is not None and self._may_be(row, marker)
        ]
        return self._whole(likely, has_mark, None)

    def _may_be(self, row: Mapping[str, Any], marker: str) -> bool:
        text = row.get(str(self.resource.mark_in))
        known = held.marks_of(text) if text else self._marks.get(str(row[self.resource.id]))
        return known is None or marker in known


def _query(period: str | None) -> dict[str, str]:
    """The filters of a period: a month, or filters as they stand in an address."""
    if period is None:
        return {}
    if "=" not in period:
        year, month = (int(part) for part in period.split("-"))
        return {"DateFrom": f"{period}-01", "DateTo": f"{period}-{monthrange(year, month)[1]}"}
    return dict(parse_qsl(period))


class Named(_Records):
    """Records whose members tell them apart, though Minimax would take them twice (`SearchEndpoint`)."""

    def write(self, document: Document) -> Reply:
        """Make one."""
        return self._create(document["body"], document.get("parent"))

    def search(self, document: Document) -> Reply:
        """Search for what has the same names; what was found is read whole."""
        resource, body, parent = self.resource, document["body"], document.get("parent")
        names = {name: body[name] for name in document["names"]}

        def is_it(kept: Mapping[str, Any]) -> bool:
            return held.same(names, kept)

        rows = self._listed(document.get("query", {}), parent)
        if rows is None:
            return Reply(kind=OutcomeClass.UNKNOWN)
        likely = [
            row
            for row in rows
            if row.get(resource.id) is not None
            and held.same({name: value for name, value in names.items() if name in row}, row)
        ]
        if resource.rows_are_whole:
            return self._found(likely, parent)
        return self._whole([str(row[resource.id]) for row in likely], is_it, parent)


class Coded(_Records):
    """Customers and items: under a code that nobody else can have (`ClientIdEndpoint`)."""

    def read(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # Minimax takes no id of ours
        """Look the code up; where it cannot stand in a path, search for it."""
        return self._by_code(document["body"]["Code"])

    def write(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # Minimax takes no id of ours
        """Make one.

        A refusal counts as a conflict if it may be about the code: which status a duplicate has is not published (409
        was seen). Then what Minimax holds decides.
        """
        reply = self._create(document["body"], None)
        about_the_code = reply.code in {None, "Code"}
        if reply.kind is OutcomeClass.REFUSED and (about_the_code or reply.status == 409):  # noqa: PLR2004  # Conflict
            return replace(reply, kind=OutcomeClass.CONFLICT)
        return reply

    def _by_code(self, code: str) -> Reply:
        if not PLAIN_CODE.fullmatch(code):
            return self._search(code)
        try:
            answer = self.client.request(by_code(self.resource.path), code=code)
        except (NotSentError, LostError) as error:
            return Reply(kind=classify_read(error))
        kind = classify_read(answer)
        if kind is OutcomeClass.ABSENT and answer.shape is BodyShape.OTHER:
            return self._search(code)  # a page: the web server said so, and has perhaps not asked Minimax
        if kind is OutcomeClass.APPLIED and isinstance(answer.body, Mapping):
            return self._found([answer.body])
        return Reply(kind=OutcomeClass.UNKNOWN if kind is OutcomeClass.APPLIED else kind, status=answer.status)

    def _search(self, code: str) -> Reply:
        """Search loosely, compare exactly."""
        try:
            rows = self.client.rows(listing(self.resource.path, sort=self.resource.id), query={"SearchString": code})
        except (MinimaxError, UnreachableError):
            return Reply(kind=OutcomeClass.UNKNOWN)
        numbers = [str(row[self.resource.id]) for row in rows if row.get("Code") == code and row.get(self.resource.id)]
        return self._whole(numbers, lambda body: body.get("Code") == code, None)
