"""Transaction line batches: one booking under a UUID that we choose, which makes a repeated PUT harmless."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from connector_kit.books.money import MoneyError, money, total
from connector_kit.posting.outcome import OutcomeClass, Reply
from connector_kit.posting.rejection import RejectedError

from target_minox.answers import AnswerError, page_of
from target_minox.client import MinoxClient, MinoxError
from target_minox.comparison import difference, digest, is_automatic, same_lines
from target_minox.masterdata import number
from target_minox.open_periods import ClosedPeriod, OpenPeriods
from target_minox.operations import READ_BATCH, READ_PAYABLE, READ_RECEIVABLE, WRITE_BATCH
from target_minox.replies import Exchange, after_write, unwritten

__all__ = ["CLOSED_PERIOD", "Batch", "TransactionLineBatches"]

CLOSED_PERIOD: Final = "closed_period"
"""Why something is not booked."""

Batch = Mapping[str, Any]
"""What is booked under one id; its lines are the array that Minox takes."""
Line = Mapping[str, Any]

_OPEN_ITEMS: Final = {"customer": READ_RECEIVABLE, "supplier": READ_PAYABLE}
_PAID: Final = "paid"
_PAID_TEXT: Final = (
    "its invoice is paid, or partly paid; book the difference as a new entry, or set allow_change_of_paid"
)
_NOTHING: Final = Reply(kind=OutcomeClass.ABSENT)


class TransactionLineBatches:
    """Books arrays of lines (`connector_kit.posting.endpoint.ClientIdEndpoint`, `Updating`, `Reversing`, `Explaining`).

    Args:
        client: The administration.
        verify: Trust no 2xx: every booking is looked up and compared.
        change_paid: Put other lines in the place of lines whose invoice is paid, or partly paid.
        periods: Which periods are closed.
    """

    def __init__(
        self, client: MinoxClient, periods: OpenPeriods, *, verify: bool = False, change_paid: bool = False
    ) -> None:
        self._client = client
        self._exchange = Exchange(client)
        self._verify = verify
        self._change_paid = change_paid
        self._periods = periods

    def read(self, operation: uuid.UUID, document: Batch) -> Reply:  # noqa: ARG002  # the id says it all
        """Look up the lines that Minox holds under the id; the body is always the list of them."""
        return self.recall(str(operation))

    def recall(self, provider_id: str) -> Reply:
        """Look up the lines of a booking, to the last page."""
        of = {"batch_id": provider_id}
        reply, body = self._exchange.read(READ_BATCH, of=of)
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        try:
            page = page_of(body)
            lines = [*page.rows, *self._client.following_rows(READ_BATCH, page, of=of)]
        except (AnswerError, MinoxError):
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        if not lines:
            # We never book an entry without lines, so a batch without lines is none (inferred).
            return Reply(kind=OutcomeClass.ABSENT, status=reply.status)
        return Reply(
            kind=reply.kind,
            status=reply.status,
            provider_id=provider_id,
            row_version=digest(lines),
            body=lines,
        )

    def write(self, operation: uuid.UUID, document: Batch) -> Reply:
        """Book the lines.

        A 2xx is enough even without a body, because the id is ours. Not so with error messages in it: then it counts
        as a conflict, and what Minox holds decides (all lines: booked; nothing: refused; other lines: in doubt).
        """
        lines = document["lines"]
        reply = self.refuses(document) or self._put(str(operation), lines, before=_NOTHING)
        if reply.kind is OutcomeClass.CLOSED and reply.status is not None:
            self._periods.refused(lines)
        return reply

    def refuses(self, document: Batch) -> Reply | None:
        """What is not even sent: it would be booked in a period that is known to be closed."""
        reason = self._periods.against(document["lines"])
        if reason is None:
            return None
        rejects = self._periods.closed.policy is ClosedPeriod.REJECT
        return Reply(kind=OutcomeClass.REFUSED if rejects else OutcomeClass.CLOSED, code=CLOSED_PERIOD, text=reason)

    def update(self, provider_id: str, row_version: str | None, document: Batch) -> Reply:
        """Put other lines in the place of those of a booking, unless somebody else has, or has paid.

        The former entry number is sent again: whether Minox keeps it is not known.
        """
        found = self.recall(provider_id)
        if found.kind is OutcomeClass.ABSENT or (
            found.kind is OutcomeClass.APPLIED and row_version is not None and found.row_version != row_version
        ):
            return Reply(kind=OutcomeClass.CONFLICT, status=found.status)
        if found.kind is not OutcomeClass.APPLIED:
            return unwritten(found)
        in_the_way = self.refuses(document) or (None if self._change_paid else self._paid(found.body or []))
        if in_the_way is not None:
            return in_the_way
        numbers = {number(line.get("entry_number")) for line in found.body or [] if not is_automatic(line)}
        kept = numbers.pop() if len(numbers) == 1 else None
        lines = [({"entry_number": kept} if kept else {}) | dict(line) for line in document["lines"]]
        return self._put(provider_id, lines, before=found)

    def reversal(self, held: Reply) -> Batch:
        """Take a booking back: the same lines with their sides swapped, on the same day, which nets its period.

        Raises:
            RejectedError: Minox has made something of the lines that cannot be turned round.
        """
        kept = [line for line in held.body or [] if not is_automatic(line)]
        try:
            lines = [_swapped(line) for line in kept]
            balance = total(line["debit"] for line in lines) == total(line["credit"] for line in lines)
        except MoneyError:
            balance = False
        if not lines or not balance:
            raise RejectedError(
                "cannot_be_reversed", "its lines at Minox do not balance by themselves; correct by hand"
            )
        return {"lines": self._periods.moved(lines, self._periods.place_of(lines)) if self._periods.moves else lines}

    def same(self, document: Batch, reply: Reply) -> bool:
        """Whether the lines that were read are the lines that we would write.

        Where bookings move out of closed periods, a ledger that was lost knew better than we where these are.
        """
        if not isinstance(reply.body, list):
            return False
        written, held = document["lines"], reply.body
        return same_lines(written, held) or (self._periods.moves and same_lines(_dateless(written), _dateless(held)))

    def differences(self, document: Batch, held: Reply) -> Mapping[str, tuple[Any, Any]]:
        """Lines that only one side has."""
        return difference(document["lines"], held.body or [])

    def fingerprint(self, document: Batch) -> str:
        """By which its lines are known again; nothing that they say can be read from it."""
        return digest(document["lines"])

    def recognises(self, fingerprint: str, held: Reply) -> bool:
        """Whether what was read are those lines."""
        return isinstance(held.body, list) and digest(held.body) == fingerprint

    def _put(self, batch_id: str, lines: Sequence[Line], *, before: Reply) -> Reply:
        """Book lines in the place of what was read before."""
        reply, body = self._exchange.write(WRITE_BATCH, lines, of={"batch_id": batch_id})
        if reply.kind is OutcomeClass.CONFLICT and self._exchange.is_closing(body):
            held = after_write(lambda: self.recall(batch_id), is_ours=lambda _: True)
            unchanged = (held.kind, held.row_version) == (before.kind, before.row_version)
            return replace(reply, kind=OutcomeClass.CLOSED) if unchanged else reply
        if reply.kind is not OutcomeClass.APPLIED:
            return reply
        if self._verify:
            return Reply(kind=OutcomeClass.UNKNOWN, status=reply.status)
        return Reply(kind=reply.kind, status=reply.status, provider_id=batch_id, row_version=digest(lines))

    def _paid(self, lines: Sequence[Line]) -> Reply | None:
        """What is in the way of changing lines: an invoice that is paid, or whose open item cannot be read."""
        for operation, of in _invoices(lines):
            reply, body = self._exchange.read(operation, of=of)
            if reply.kind is OutcomeClass.ABSENT:
                continue
            if reply.kind is not OutcomeClass.APPLIED:
                return unwritten(reply)
            if not isinstance(body, Mapping) or _amount(body.get("paid")) != 0:
                return Reply(kind=OutcomeClass.REFUSED, code=_PAID, text=_PAID_TEXT)
        return None


def _dateless(lines: Sequence[Line]) -> list[Line]:
    return [{name: value for name, value in line.items() if name not in {"document_date", "period"}} for line in lines]


def _invoices(lines: Sequence[Line]) -> list[tuple[Any, dict[str, object]]]:
    found = {}
    for line in lines:
        account = line.get("account")
        account = account if isinstance(account, Mapping) else {}
        operation, invoice = _OPEN_ITEMS.get(str(account.get("type"))), number(line.get("invoice_number"))
        if operation is not None and invoice:
            found[operation.name, account.get("id"), invoice] = (
                operation,
                {"account_id": account.get("id"), "invoice_number": invoice},
            )
    return list(found.values())


def _amount(value: Any) -> Any:
    try:
        return money(0 if value is None else value)
    except MoneyError:
        return None


def _swapped(line: Line) -> dict[str, Any]:
    """A line the other way round; of what Minox added only what says where it belongs."""
    period = {name: line["period"][name] for name in ("id", "fiscal_year") if (line.get("period") or {}).get(name)}
    account = {name: line["account"][name] for name in ("scheme", "type") if line["account"].get(name)}
    members: dict[str, Any] = {
        "account": {"id": str(line["account"]["id"]), **account},
        "debit": money(line.get("credit") or 0),
        "credit": money(line.get("debit") or 0),
        "document_date": str(line["document_date"])[:10] if line.get("document_date") else None,
        "journal": {"id": line["journal"]["id"]},
        "period": period,
        "description": f"Storno {line.get('description') or ''}".strip(),
        "cost_center": {"id": line["cost_center"]["id"]} if (line.get("cost_center") or {}).get("id") else None,
        "invoice_number": number(line.get("invoice_number")),
    }
    return {name: value for name, value in members.items() if value or name in {"debit", "credit"}}
