"""What a sync has seen, beside what was known before: what is gone is marked as deleted, the rest is remembered."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from tap_inlenersbeloning.directory import Directory
from tap_inlenersbeloning.memory import Mark, Memory, Partner

__all__ = ["DELETED_AT", "NO_REMUNERATION", "Sightings"]

DELETED_AT: Final = "_sdc_deleted_at"
NO_REMUNERATION: Final = ""
"""Stands for the id of a remuneration in the row of a partner without one; a key cannot be null."""


class Sightings:
    """Compares; nothing of what was known changes before `remember`.

    Args:
        directory: What there is.
        memory: What was known before.
    """

    def __init__(self, directory: Directory, memory: Memory) -> None:
        self._directory = directory
        self._memory = memory
        self._marks: dict[tuple[str, str, str], Mark] = {}
        self._now = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def note(self, *, company_id: str, partner_id: str, remuneration_id: str, mark: Mark) -> None:
        """Take note of what has been read of a remuneration."""
        self._marks[company_id, partner_id, remuneration_id] = mark

    def mark(self, *, company_id: str, partner_id: str, remuneration_id: str) -> Mark:
        """Give what is known of a remuneration by now."""
        known = self._memory.partners(company_id).get(partner_id, {}).get(remuneration_id, Mark())
        return self._marks.get((company_id, partner_id, remuneration_id), known)

    def partners_gone(self) -> Iterator[dict[str, Any]]:
        """Give a record for each partner that has left the list of its company."""
        for company in self._directory.companies:
            present = {id_ for id_, _ in self._directory.all_partners[company.id]}
            for partner_id in self._memory.partners(company.id):
                if partner_id not in present:
                    yield {"company_id": company.id, "id": partner_id, DELETED_AT: self._now}

    def withdrawn(self, *, written_only: bool) -> Iterator[dict[str, Any]]:
        """Give a record for each remuneration that is no longer shared.

        Args:
            written_only: Only those whose document was written, as records of `remunerations`; else as of
                `remuneration_index`, with the row of a partner without remuneration once it has one.
        """
        for company_id, partner_id, marks in self._gone():
            keys = {"company_id": company_id, "partner_id": partner_id}
            for id_, mark in marks.items():
                if not written_only:
                    yield {**keys, "remuneration_id": id_, DELETED_AT: self._now}
                elif mark.version is not None:
                    yield {**keys, "id": id_, "lender_version": mark.version, DELETED_AT: self._now}

    def remember(self, *, listed: bool, signature: str | None) -> None:
        """Make what was seen what is known.

        Args:
            listed: Whether remunerations have been listed; else only partners were.
            signature: Of the documents that were written; None: none were to be.
        """
        for company in self._directory.companies:
            known = self._memory.partners(company.id)
            present = dict.fromkeys(id_ for id_, _ in self._directory.all_partners[company.id])
            partners: dict[str, Partner] = {
                id_: marks for id_, marks in known.items() if id_ in present or (marks and not listed)
            }
            for partner_id in present:
                partners.setdefault(partner_id, {})
            self._memory.companies[company.id] = partners
        for shares in self._directory.shares() if listed else ():
            if shares.listed is not None:
                company_id, partner_id = shares.hirer.company.id, shares.hirer.partner_id
                ids = [one.id for one in shares.listed] or [NO_REMUNERATION]
                keys = {"company_id": company_id, "partner_id": partner_id}
                marks = {id_: self.mark(**keys, remuneration_id=id_) for id_ in ids}
                self._memory.companies[company_id][partner_id] = marks
        if signature is not None and signature != self._memory.signature:
            self._memory.signature = signature
            self._forget_what_was_not_read()

    def _forget_what_was_not_read(self) -> None:
        """Have documents read again that were left out of a sync in which all were to be read."""
        for company_id, partner_id, id_, mark in self._memory.marks():
            if (company_id, partner_id, id_) not in self._marks:
                forgotten = Mark(version=mark.version, pdf=mark.pdf)
                self._memory.companies[company_id][partner_id][id_] = forgotten

    def _gone(self) -> Iterator[tuple[str, str, Partner]]:
        """Give what was known and is not there any more; of partners whose list could not be read, nothing."""
        seen = {
            (shares.hirer.company.id, shares.hirer.partner_id): shares.listed for shares in self._directory.shares()
        }
        for company in self._directory.companies:
            present = {id_ for id_, _ in self._directory.all_partners[company.id]}
            for partner_id, marks in self._memory.partners(company.id).items():
                if partner_id not in present:
                    yield company.id, partner_id, marks
                    continue
                listed = seen.get((company.id, partner_id))
                if listed is not None:
                    ids: Collection[str] = {one.id for one in listed} or {NO_REMUNERATION}
                    yield company.id, partner_id, {id_: mark for id_, mark in marks.items() if id_ not in ids}
