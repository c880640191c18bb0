"""The payroll runs of all companies as they are now: made, locked, unlocked, deleted and made again."""

from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.world import Company, Employee, Run, World
from provider_simulators.world.periods import periods_of


class RunBook:
    """Runs by company, oldest first."""

    def __init__(self, world: World, clock: Clock, log: EffectLog) -> None:
        self._clock = clock
        self._log = log
        self._runs = {company.id: list(company.runs) for company in world.companies}
        self._made = 0

    def of(self, company: Company) -> list[Run]:
        """All runs of a company."""
        return list(self._runs[company.id])

    def create(self, company: Company, people: list[Employee], *, year: int, **facts: Any) -> Run:
        """A run of existing periods, with everybody whom they pay."""
        self._made += 1
        runs = self._runs[company.id]
        periods = periods_of(year, company.period_type)
        first, last = periods[facts["period_start"] - 1].first, periods[facts["period_end"] - 1].last
        run = Run(
            id=uuid5(company.id, f"created-run/{self._made}"),
            number=max((run.number for run in runs), default=0) + 1,
            year=year,
            period_type=company.period_type,
            created_at=self._clock.now(),
            journal_date=last,
            employees=tuple(person for person in people if person.paid_between(first, last)),
            **facts,
        )
        runs.append(run)
        self._log.effect("run_created", run=run.id, company=company.id)
        return run

    def change(self, run: Run, *, locked: bool) -> None:
        """Lock or unlock a run."""
        self._put(run.id, replace(self._now(run.id), locked=locked))
        self._log.effect("run_locked" if locked else "run_unlocked", run=run.id)

    def remove(self, run: Run) -> None:
        """Delete a run."""
        self._put(run.id)
        self._log.effect("run_removed", run=run.id)

    def redo(self, run: Run) -> Run:
        """Delete a run and make it again, under another id."""
        again = replace(run, id=uuid5(NAMESPACE_URL, f"redo/{run.id}"), created_at=self._clock.now(), locked=True)
        self._put(run.id, again)
        self._log.effect("run_redone", run=run.id, again=again.id)
        return again

    def _now(self, run_id: UUID) -> Run:
        return next(run for runs in self._runs.values() for run in runs if run.id == run_id)

    def _put(self, run_id: UUID, *instead: Run) -> None:
        for runs in self._runs.values():
            for index, each in enumerate(runs):
                if each.id == run_id:
                    runs[index : index + 1] = instead
                    return
        raise KeyError(run_id)
