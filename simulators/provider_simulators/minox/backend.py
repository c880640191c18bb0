"""Minox without HTTP: which tenant owns which books, what is accepted, and the effects that prove it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from provider_simulators.minox.booking import drafts
from provider_simulators.minox.books import Batch, Books
from provider_simulators.minox.line_rules import Rules
from provider_simulators.minox.messages import Code, RefusedError, refusal
from provider_simulators.minox.payroll_links import PayrollLinks
from provider_simulators.minox.switches import MinoxSwitches

CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
UUID_VERSION = 4


class MinoxBackend:
    """State and rules of one tenant (klantnummer) and its administrations.

    Attributes:
        tenant: The tenant's number.
        switches: The readings of what is not documented.
    """

    def __init__(
        self,
        *,
        tenant: int,
        books: Mapping[int, Books],
        switches: MinoxSwitches,
        today: Callable[[], date],
        effect: Callable[..., None],
    ) -> None:
        self.tenant = tenant
        self.switches = switches
        self._books = books
        self._today = today
        self._effect = effect
        self._links = {number: PayrollLinks() for number in books}

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
                administration=books.administration, closed=books.closed, today=self._today(), switches=self.switches
            )
            lines = drafts(rules, body)
            replaced = key in books.batches
            batch = books.put(key, lines)
            self._effect("batch_saved", **self._facts(administration, batch), replaced=replaced)
        return batch

    def read_batch(self, administration: int, batch_id: str) -> Batch | None:
        """The batch of that id, or None."""
        return self.books(administration).batches.get(self.batch_id(batch_id))

    def delete_batch(self, administration: int, batch_id: str) -> Batch | None:
        """Remove a batch; None when there is none.

        Raises:
            RefusedError: 400 when it lies in a closed period.
        """
        books = self.books(administration)
        with books.lock:
            batch = books.delete(self.batch_id(batch_id))
            if batch is not None:
                self._effect("batch_deleted", **self._facts(administration, batch))
        return batch

    def save_link(self, administration: int, provider: str, settings: Mapping[str, Any] | None) -> None:
        """Set (or with None remove) the settings of the native ``nmbrs`` or ``loket.nl`` link."""
        self.links(administration).save(provider, settings)
        self._effect(
            "payroll_link_saved",
            tenant=self.tenant,
            administration=administration,
            provider=provider,
            active=self.links(administration).is_active(provider),
        )

    def batch_id(self, text: str) -> UUID:
        """The id in the URL; whether the server checks its version is unknown, so by default it does (switch)."""
        if not CANONICAL_UUID.fullmatch(text):
            raise refusal(400, Code.BATCH_ID, "Het id van de batch is geen UUID")
        key = UUID(text)
        if self.switches.require_uuid4 and key.version != UUID_VERSION:
            raise refusal(400, Code.BATCH_ID, "Het id van de batch is geen UUID van versie 4")
        return key

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
