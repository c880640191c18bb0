"""What is done with a record that is there: issue, confirm, approve. Done once, because its state tells that it was."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from connector_kit.posting.outcome import OutcomeClass, Reply

from target_minimax.client import MinimaxClient
from target_minimax.exchange import Exchange
from target_minimax.operations import action, looking
from target_minimax.pdfs import Pdfs
from target_minimax.references import REHEARSED

__all__ = ["ACTIONS", "Action", "Actions"]

Document = Mapping[str, Any]
"""`stream` and `action` name a row of the table; `id`; `reason`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """One action: a row of the table.

    Attributes:
        path: Of the records.
        name: As Minimax calls it.
        done: States in which it was done.
        state_in: Member with the state.
        has_version: Minimax wants the `RowVersion`.
        reason_in: Query parameter for the reason.
        makes_pdf: Minimax answers with the PDF.
    """

    path: str
    name: str
    done: frozenset[str]
    state_in: str = "Status"
    has_version: bool = True
    reason_in: str | None = None
    makes_pdf: bool = False


def _inbox(name: str, state: str, reason_in: str) -> Action:
    return Action(
        path="inbox",
        name=name,
        done=frozenset({state}),
        state_in="StatusOfReceivedInvoice",
        has_version=False,
        reason_in=reason_in,
    )


ACTIONS: Final = {
    ("sales_invoices", "issue"): Action(path="issuedinvoices", name="issue", done=frozenset("I")),
    ("sales_invoices", "issue_and_generate_pdf"): Action(
        path="issuedinvoices", name="issueAndGeneratepdf", done=frozenset("I"), makes_pdf=True
    ),
    ("issued_invoice_postings", "issue"): Action(
        path="issuedinvoicepostings", name="issue", done=frozenset("P"), has_version=False
    ),
    ("orders", "confirm"): Action(path="orders", name="confirm", done=frozenset("PZ")),
    ("orders", "complete"): Action(path="orders", name="complete", done=frozenset("Z")),
    ("orders", "invalidate"): Action(path="orders", name="invalidate", done=frozenset("R")),
    ("stock_entries", "confirm"): Action(path="stockentry", name="confirm", done=frozenset("P")),
    ("inbox_items", "approve"): _inbox("approve", "Odobren", "approvalReason"),
    ("inbox_items", "reject"): _inbox("reject", "Zavrnjen", "rejectionReason"),
}
"""By stream and name. Actions that leave no state to look at cannot be done exactly once, and are not here."""


class Actions:
    """Does actions (`connector_kit.posting.endpoint.ClientIdEndpoint`): a second one would be refused, not done twice.

    Args:
        client: The organisation.
        pdfs: Keeps PDFs of issued invoices; None for nobody.
    """

    requests_beside: Final = 1
    """Before each action its record is read, for plans."""

    def __init__(self, client: MinimaxClient, pdfs: Pdfs | None = None) -> None:
        self._client = client
        self._exchange = Exchange(client)
        self._pdfs = pdfs

    def read(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # the record names it
        """Whether it was done."""
        return self._state(document)[0]

    def write(self, operation: uuid.UUID, document: Document) -> Reply:  # noqa: ARG002  # the record names it
        """Do it, with the `RowVersion` that the record has now."""
        kind = _kind(document)
        reply, version = self._state(document)
        if reply.kind is OutcomeClass.UNKNOWN:
            return replace(reply, kind=OutcomeClass.NOT_SENT)  # the PUT has certainly not left
        if reply.kind is not OutcomeClass.ABSENT:
            return reply
        if version is None and kind.has_version:
            return Reply(kind=OutcomeClass.REFUSED, status=reply.status, code="RowVersion")
        query = {"rowVersion": version} if version and kind.has_version else {}
        if kind.reason_in and document.get("reason"):
            query[kind.reason_in] = document["reason"]
        address = {"id": document["id"], "action": kind.name}
        done, body = self._exchange.act(action(kind.path), of=address, query=query)
        if done.kind is OutcomeClass.APPLIED:
            self._keep_pdf(document, body)
        return replace(done, provider_id=document["id"])

    def same(self, document: Document, reply: Reply) -> bool:
        """It was done, so it is the same."""
        return reply.kind is OutcomeClass.APPLIED and reply.provider_id == document["id"]

    def _state(self, document: Document) -> tuple[Reply, str | None]:
        kind = _kind(document)
        if document["id"] == str(REHEARSED):
            return Reply(kind=OutcomeClass.ABSENT), None  # a plan would make the record first
        found, body = self._exchange.look(looking(kind.path), id=document["id"])
        if found.kind is OutcomeClass.ABSENT:
            return Reply(kind=OutcomeClass.REFUSED, status=found.status, code="gone"), None
        if found.kind is not OutcomeClass.APPLIED:
            return found, None
        if body.get(kind.state_in) in kind.done:
            self._keep_pdf(document)
            return replace(found, provider_id=document["id"]), found.row_version
        return Reply(kind=OutcomeClass.ABSENT, status=found.status), found.row_version

    def _keep_pdf(self, document: Document, body: Any = None) -> None:
        if self._pdfs is not None and _kind(document).makes_pdf:
            self._pdfs.keep(document["id"], self._exchange, body)


def _kind(document: Document) -> Action:
    return ACTIONS[document["stream"], document["action"]]
