"""All records of companies and employees: made when first asked for, changed by the payroll office and by tests."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.records import COMPANY_MAKERS, EMPLOYEE_MAKERS, Draft, Office, Person, record_id
from provider_simulators.world import World


@dataclass(kw_only=True)
class Entry:
    """One record of an employee or a company.

    Attributes:
        employee: None: it is the company's.
        values: In the REST spelling, without `createdAt` and `changedAt`; amounts and numbers are Decimal. An id that
            stands here goes before `id` (a contract comes back under its id when it has changed).
        period: Year and number of the only period it belongs to, or of the first one it holds for; None where periods
            do not matter.
    """

    id: UUID
    employee: UUID | None
    values: dict[str, Any]
    created_at: datetime
    changed_at: datetime
    period: tuple[int, int] | None = None


class Store:
    """The records, by company and kind.

    What a company starts with follows from the world's seed alone, not from who asks first. Kinds are the keys of
    `COMPANY_MAKERS` and `EMPLOYEE_MAKERS`.
    """

    def __init__(self, world: World, clock: Clock, log: EffectLog) -> None:
        self._world = world
        self._clock = clock
        self._log = log
        self._entries: dict[tuple[UUID, str], list[Entry]] = {}
        self._created = 0
        self._lock = threading.RLock()

    def of(self, company: UUID, kind: str) -> list[Entry]:
        """All entries of a kind of a company, its employees' or its own; oldest first per employee.

        Raises:
            KeyError: There is no such company or kind.
        """
        with self._lock:
            if (company, kind) not in self._entries:
                self._entries[company, kind] = list(self._made(company, kind))
            return list(self._entries[company, kind])

    def create(
        self,
        company: UUID,
        kind: str,
        *,
        employee: UUID | None = None,
        values: dict[str, Any],
        period: tuple[int, int] | None = None,
    ) -> Entry:
        """Add an entry, created now."""
        with self._lock:
            self.of(company, kind)
            self._created += 1
            now = self._now()
            entry = Entry(
                id=uuid5(company, f"created/{kind}/{self._created}"),
                employee=employee,
                values=dict(values),
                created_at=now,
                changed_at=now,
                period=period,
            )
            self._entries[company, kind].append(entry)
        self._log.effect("record_created", company=company, entry_kind=kind, entry=entry.id, employee=employee)
        return entry

    def update(self, company: UUID, kind: str, entry_id: UUID, **values: Any) -> Entry:
        """Change an entry in place: `changed_at` moves, `created_at` does not.

        Raises:
            KeyError: There is no such entry.
        """
        entry = self.entry(company, kind, entry_id)
        entry.values.update(values)
        entry.changed_at = self._now()
        self._log.effect("record_updated", company=company, entry_kind=kind, entry=entry_id, names=sorted(values))
        return entry

    def delete(self, company: UUID, kind: str, entry_id: UUID) -> None:
        """Remove an entry without a trace.

        Raises:
            KeyError: There is no such entry.
        """
        entry = self.entry(company, kind, entry_id)
        with self._lock:
            self._entries[company, kind].remove(entry)
        self._log.effect("record_deleted", company=company, entry_kind=kind, entry=entry_id)

    def entry(self, company: UUID, kind: str, entry_id: UUID) -> Entry:
        """The entry with this id.

        Raises:
            KeyError: There is none.
        """
        for entry in self.of(company, kind):
            if entry.id == entry_id:
                return entry
        raise KeyError(entry_id)

    def _now(self) -> datetime:
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _made(self, company_id: UUID, kind: str) -> Iterator[Entry]:
        company = self._world.company(company_id)
        if company is None:
            raise KeyError(company_id)
        today = self._world.today
        if kind in COMPANY_MAKERS:
            office = Office(company=company, kind=kind, today=today, chance=Random(f"{company_id}/{kind}"))
            for number, draft in enumerate(COMPANY_MAKERS[kind](office)):
                yield _entry(draft, record_id(company_id, kind, number), None)
            return
        make = EMPLOYEE_MAKERS[kind]
        for employee in company.employees:
            chance = Random(f"{company_id}/{kind}/{employee.id}")
            person = Person(company=company, kind=kind, today=today, chance=chance, employee=employee)
            for number, draft in enumerate(make(person)):
                yield _entry(draft, record_id(company_id, kind, number, employee.id), employee.id)


def _entry(draft: Draft, entry_id: UUID, employee: UUID | None) -> Entry:
    return Entry(
        id=entry_id,
        employee=employee,
        values=draft.values,
        created_at=draft.created_at,
        changed_at=draft.changed_at or draft.created_at,
        period=draft.period,
    )
