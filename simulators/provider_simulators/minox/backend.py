"""Minox without HTTP: which tenant owns which books, what is accepted, and the effects that prove it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from provider_simulators.clock import Clock
from provider_simulators.minox import open_items
from provider_simulators.minox.attachments import Attachment
from provider_simulators.minox.booking import drafts
from provider_simulators.minox.books import Batch, Books
from provider_simulators.minox.catalogue import SECRETS
from provider_simulators.minox.line_rules import Rules
from provider_simulators.minox.messages import Code, RefusedError, refusal
from provider_simulators.minox.payroll_links import PayrollLinks
from provider_simulators.minox.records import Records
from provider_simulators.minox.schemas import schema
from provider_simulators.minox.shelves import merged
from provider_simulators.minox.switches import MinoxSwitches
from provider_simulators.write_log import WriteLog

if TYPE_CHECKING:
    from provider_simulators.minox.documents import Document

BATCH = "transaction_line_batch"


class MinoxBackend:
    """State and rules of one tenant (klantnummer) and its administrations.

    Attributes:
        tenant: The tenant's number.
        switches: The readings of what is not documented.
        writes: Every change that is in force, and every request: the ground truth of a checker.
        changed: Called with the books, the kind (``receivable``, ``payable``) and the key of an open item that changed.
        deliveries: What webhooks have sent, oldest first.
    """

    def __init__(
        self,
        *,
        tenant: int,
        books: Mapping[int, Books],
        switches: MinoxSwitches,
        clock: Clock,
        effect: Callable[..., None],
    ) -> None:
        self.tenant = tenant
        self.switches = switches
        self.writes = WriteLog(clock, secrets=SECRETS)
        self.changed: Callable[[Books, str, open_items.ItemKey], None] = lambda *_: None
        self.deliveries: list[Document] = []
        self._books = books
        self._clock = clock
        self._effect = effect
        self._links = {number: PayrollLinks() for number in books}
        self._tenant_records: dict[str, dict[Any, Document]] = {}

    def administrations(self) -> list[Books]:
        """All books of the tenant, by number."""
        return [self._books[number] for number in sorted(self._books)]

    def books(self, administration: int | str) -> Books:
        """The books of an administration.

        Raises:
            RefusedError: 403 or 404 (switch) when the tenant has no such administration.
        """
        books = self._books.get(int(administration))
        if books is None:
            raise self._not_linked()
        return books

    def today(self) -> date:
        """The simulated day."""
        return self._clock.today()

    def records(self, administration: int | str | None = None) -> Records:
        """The records of an administration, or of the tenant."""
        return Records(
            books=None if administration is None else self.books(administration),
            tenant_records=self._tenant_records,
            switches=self.switches,
            writes=self.writes,
            effect=self._effect,
        )

    def check_tenant(self, tenant: int) -> None:
        """Refuse another tenant than the one that the main user belongs to."""
        if tenant != self.tenant:
            raise self._not_linked()

    def links(self, administration: int | str) -> PayrollLinks:
        """Minox's own nightly payroll links of an administration."""
        self.books(administration)
        return self._links[int(administration)]

    def close_period(self, administration: int | str, year: int, period: int) -> None:
        """Close a period: nothing in it can be booked, replaced or deleted any more."""
        self.books(administration).close_period(year, period)
        self._effect("period_closed", administration=int(administration), year=year, period=period)

    def reopen_period(self, administration: int | str, year: int, period: int) -> None:
        """Open a closed period again."""
        self.books(administration).closed.discard((year, period))
        self._effect("period_reopened", administration=int(administration), year=year, period=period)

    def close_year(self, administration: int | str, year: int) -> None:
        """Close all periods of a fiscal year."""
        self.books(administration).close_year(year)

    def save_batch(self, administration: int, batch_id: str, body: Any) -> Batch:
        """Book an array of lines under the id that the client has chosen; all of it or nothing.

        Raises:
            RefusedError: 400 with every message; the earlier batch of that id stands unchanged.
        """
        books, key = self.books(administration), self.batch_id(batch_id)
        with books.lock:
            rules = Rules(
                administration=books.administration, closed=books.closed, today=self.today(), switches=self.switches
            )
            lines = drafts(rules, body)
            former = books.batches.get(key)
            self._check_unpaid(books, former)
            keeps = self.switches.replace_keeps_entry_number
            batch = books.put(key, lines, vat=self.switches.vat_amounts, keeps_entry_number=keeps)
            self._applied(books, batch, "replace" if former else "create", body)
            self._effect(
                "batch_saved", **self._facts(administration, batch), replaced=former is not None, **self._request()
            )
            self._tell(books, former, batch)
        return batch

    def read_batch(self, administration: int, batch_id: str) -> Batch | None:
        """The batch of that id, or None."""
        return self.books(administration).batches.get(self.batch_id(batch_id))

    def delete_batch(self, administration: int, batch_id: str) -> Batch | None:
        """Remove a batch; None when there is none.

        Raises:
            RefusedError: 400 when it lies in a closed period, or something of it is paid.
        """
        books, key = self.books(administration), self.batch_id(batch_id)
        with books.lock:
            self._check_unpaid(books, books.batches.get(key))
            batch = books.delete(key)
            if batch is not None:
                self._applied(books, batch, "delete", None)
                self._effect("batch_deleted", **self._facts(administration, batch), **self._request())
                self._tell(books, batch)
        return batch

    def attach(self, administration: int, batch_id: str, attachment: Attachment | None) -> None:
        """Give a batch its one document, or with None take it away.

        Raises:
            RefusedError: 404 without a batch (or document to take away), 400 when it has a document (switch).
        """
        books, key = self.books(administration), self.batch_id(batch_id)
        if key not in books.batches or (attachment is None and key not in books.attachments):
            raise refusal(404, Code.ABSENT, "De batch of het document bestaat niet")
        replaced = key in books.attachments
        if attachment is None:
            del books.attachments[key]
        elif replaced and self.switches.second_attachment == "refuse":
            raise refusal(400, Code.ATTACHMENT, "De batch heeft al een document")
        else:
            books.attachments[key] = attachment
        action = "delete" if attachment is None else "replace" if replaced else "create"
        content = {"name": attachment.name, "size": len(attachment.content)} if attachment else None
        self.records(administration).note("transaction_line_batch_blob", key, action, content)

    def change_open_item(self, administration: int, kind: str, key: open_items.ItemKey, body: Any) -> None:
        """Change what can be changed of a receivable or payable by hand: never its amounts.

        Raises:
            RefusedError: 400 with every message.
        """
        books, records = self.books(administration), self.records(administration)
        records.check("open_item", body, partial=True)
        former = books.records[kind].get(key, {})
        books.records[kind][key] = merged(former, schema("open_item").clean(body), deep=self.switches.patch == "deep")
        records.note(kind, f"{key[0]}/{key[1]}", "change", body)
        self.changed(books, kind, key)

    def save_link(self, administration: int, provider: str, settings: Mapping[str, Any] | None) -> None:
        """Set (or with None remove) the settings of a native link: ``nmbrs``, ``loket.nl``, ``mollie``, ``paragon``."""
        self.links(administration).save(provider, settings)
        action = "delete" if settings is None else "replace"
        self.writes.add(
            administration=administration, kind=f"{provider}/settings", key="", action=action, content=settings
        )
        self._effect(
            "payroll_link_saved",
            tenant=self.tenant,
            administration=administration,
            provider=provider,
            active=self.links(administration).is_active(provider),
        )

    def violation(self, operation: str, **facts: Any) -> None:
        """Note what no connector may ever do."""
        self._effect("violation", operation=operation, **facts, **self._request())

    def batch_id(self, text: str) -> UUID:
        """The id in the URL; whether the server checks its version is unknown, so by default it does (switch)."""
        return self.records().uuid(text)

    def _check_unpaid(self, books: Books, batch: Batch | None) -> None:
        if batch is None or self.switches.paid_items == "accept":
            return
        if paid := open_items.paid_items(books, batch):
            raise refusal(400, Code.PAID, f"Factuur {paid[0].key[1]} is (deels) betaald")

    def _applied(self, books: Books, batch: Batch, action: str, content: Any) -> None:
        number = books.administration.number
        self.writes.add(administration=number, kind=BATCH, key=batch.id, action=action, content=content)

    def _tell(self, books: Books, *batches: Batch | None) -> None:
        kinds = {party: kind for kind, party in open_items.KINDS.items()}
        drafts_ = [line.draft for batch in batches if batch for line in batch.lines if line.draft.account.kind in kinds]
        for kind, number, invoice in sorted({
            (kinds[d.account.kind], d.account.number, d.invoice_number or 0) for d in drafts_
        }):  # fmt: skip
            self.changed(books, kind, (number, invoice))

    def _request(self) -> dict[str, Any]:
        origin = self.writes.origin
        return {"actor": origin.actor, "request": origin.request}

    def _facts(self, administration: int, batch: Batch) -> dict[str, Any]:
        return {
            "tenant": self.tenant,
            "administration": administration,
            "batch_id": str(batch.id),
            "lines": len(batch.lines),
            "debit": f"{batch.debit:.2f}",
            "credit": f"{batch.credit:.2f}",
        }

    def _not_linked(self) -> RefusedError:
        text = "Geen toegang tot deze klant of administratie"
        return refusal(self.switches.not_linked_status, Code.NOT_LINKED, text)
