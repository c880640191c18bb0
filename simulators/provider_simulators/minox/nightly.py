"""Minox's own nightly payroll link: it books every payroll run, whether somebody else has booked it or not."""

import hashlib
from typing import Any
from uuid import UUID

from provider_simulators.minox.backend import MinoxBackend
from provider_simulators.minox.documents import Document
from provider_simulators.world import World
from provider_simulators.write_log import Origin


def fetch(backend: MinoxBackend, world: World, administration: int, provider: str) -> list[Document]:
    """Book the locked payroll runs that the link has not booked before; none while it is off.

    Args:
        backend: Where they are booked.
        world: Whose company with this administration the payroll is of.
        administration: The books.
        provider: ``nmbrs`` or ``loket.nl``.

    Returns:
        What was added to the link's history. Its shape is unknown.
    """
    links = backend.links(administration)
    company = next((each for each in world.companies if each.books_number == administration), None)
    if company is None or not links.is_active(provider):
        return []
    settings = links.read(provider)
    history, start = links.history[provider], settings.get("start_period", {})
    begins = (start.get("fiscal_year", 0), start.get("id", 0))
    known = {entry["id"] for entry in history}
    added: list[Document] = []
    for run in company.runs:
        if str(run.id) in known or not run.locked or (run.year, run.period_end) < begins:
            continue
        batch = _batch_id(run.id)
        lines = _lines(run, settings, {center.code: center.books_number for center in company.cost_centers})
        with backend.writes.by(Origin(actor=provider, operation="nightly")):
            backend.save_batch(administration, str(batch), lines)
        added.append({"id": str(run.id), "batch_id": str(batch), "booked": True})
    history.extend(added)
    return added


def _lines(run: Any, settings: Document, centers: dict[str, int]) -> list[Document]:
    connection = settings.get("connection", {})
    journal = settings.get("journal_id") or connection.get("journalId") or "LOON"
    fallback = settings.get("default_ledgeraccount_id") or connection.get("ledgerAccountId") or 2990
    center = settings.get("costCenterId") or connection.get("costCenterId")
    found = []
    for line in run.journal_lines("cost_center"):
        number = centers.get(line.cost_center, center) if line.cost_center else None
        found.append(
            {
                "account": {"id": line.account or str(fallback)},
                "debit": max(line.amount, 0),
                "credit": max(-line.amount, 0),
                "document_date": run.journal_date.isoformat(),
                "journal": {"id": journal},
                "period": {"id": run.period_end, "fiscal_year": run.year},
                "description": line.description or "Loonjournaalpost",
                **({"cost_center": {"id": number}} if number else {}),
            }
        )
    return found


def _batch_id(run: UUID) -> UUID:
    """Not the id that a connector would choose."""
    return UUID(bytes=hashlib.sha256(b"nightly" + run.bytes).digest()[:16], version=4)
