"""Nmbrs' state and rules, without HTTP."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from provider_simulators.clock import Clock
from provider_simulators.grants import Grants, Lifetimes
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.calendars import Calendars
from provider_simulators.nmbrs.journals import journal_document
from provider_simulators.nmbrs.people import People
from provider_simulators.nmbrs.problems import ProblemError
from provider_simulators.nmbrs.run_book import RunBook
from provider_simulators.nmbrs.scopes import ALL_SCOPES, CONNECTOR_SCOPES
from provider_simulators.nmbrs.store import Store
from provider_simulators.nmbrs.switches import NmbrsSwitches
from provider_simulators.nmbrs.tasks import Tasks
from provider_simulators.nmbrs.throttle import Throttle
from provider_simulators.world import Company, Debtor, Employee, Run, RunType, Split, World
from provider_simulators.world.periods import Period

CODE_SECONDS = 300
"""Life of an authorization code (vendor)."""


class NmbrsBackend:
    """A payroll office's environment as one consent sees it.

    Attributes:
        grants: Codes and tokens; `grants.revoke_consent()` is the switch of the customer's App Manager.
        seeded_refresh_token: A refresh token from a consent given before the simulator started.
        store: Records of companies and employees; tests create, update and delete in it.
    """

    def __init__(self, world: World, switches: NmbrsSwitches, clock: Clock, log: EffectLog) -> None:
        self.world = world
        self.switches = switches
        self.clock = clock
        self.log = log
        self.grants = Grants(
            clock=clock,
            log=log,
            lifetimes=Lifetimes(
                code_seconds=CODE_SECONDS,
                access_seconds=switches.access_token_seconds,
                refresh_seconds=switches.refresh_token_seconds,
                reuse_revokes=switches.refresh_token_reuse == "ends_consent",  # noqa: S105 (a rule, no secret)
            ),
        )
        self.seeded_refresh_token = self.grants.seed(self.granted(frozenset(CONNECTOR_SCOPES)))
        self.store = Store(world, clock, log)
        self._runs = RunBook(world, clock, log)
        self._people = People(world, clock, log, self.store)
        self._calendars = Calendars(switches, clock, log)
        self._tasks = Tasks(switches, clock, log)
        self._throttle = Throttle(switches, clock)

    # Identity

    def granted(self, asked: frozenset[str]) -> frozenset[str]:
        """What the person grants of what is asked; may be less (seen in a working client)."""
        allowed = ALL_SCOPES if self.switches.granted_scopes is None else self.switches.granted_scopes
        return asked & allowed

    # Every call

    def count_call(self) -> None:
        """Count a call against the plan's threshold and quota.

        Raises:
            ProblemError: 42908 or 42909.
        """
        self._throttle.count()

    def check_subscription(self) -> None:
        """Refuse when the environment is disabled.

        Raises:
            ProblemError: 40304.
        """
        if self.switches.invalid_subscription:
            raise ProblemError(40304)

    # Debtors and companies

    def debtors(self) -> list[Debtor]:
        """The debtors of the consent."""
        covered = self.switches.consent_debtors
        return [debtor for debtor in self.world.debtors if covered is None or debtor.number in covered]

    def debtor(self, debtor_id: UUID) -> Debtor:
        """A debtor of the consent.

        Raises:
            ProblemError: 40401 or 40303.
        """
        debtor = next((each for each in self.world.debtors if each.id == debtor_id), None)
        if debtor is None:
            raise ProblemError(40401)
        if debtor not in self.debtors():
            raise ProblemError(40303)
        return debtor

    def companies(self, debtor: Debtor | None = None) -> list[Company]:
        """The companies of a debtor, or of the only debtor of the consent.

        Raises:
            ProblemError: 40306, when the consent covers several debtors (seen live by a working client).
        """
        if debtor is None:
            debtors = self.debtors()
            if len(debtors) > 1:
                raise ProblemError(40306)
            return [company for each in debtors for company in self.companies(each)]
        return [company for company in self.world.companies if company.debtor_id == debtor.id]

    def company(self, company_id: UUID) -> Company:
        """A company whose data the login may see.

        Raises:
            ProblemError: 40404 for an unknown one, 40303 for one of somebody else.
        """
        company = self.world.company(company_id)
        if company is None:
            raise ProblemError(40404)
        in_consent = any(debtor.id == company.debtor_id for debtor in self.debtors())
        if not in_consent or company.number in self.switches.forbidden_companies:
            raise ProblemError(40303)
        return company

    # Periods

    def period(self, company: Company) -> Period:
        """The company's current period: that of today, unless users have set another one."""
        return self._calendars.current(company)

    def set_current_period(self, company: Company, year: int, period: int) -> None:
        """Users move the company on, or back, to a period.

        Raises:
            ValueError: The year has no such period.
        """
        self._calendars.set_current(company, year, period)

    def asked_period(self, company: Company, year: int | None, number: int | None) -> tuple[int, int] | None:
        """The period of a call, by default the current one; None: answer as if there were nothing.

        Raises:
            ProblemError: 40401 or 40033, when the year has no such period and the switch says so.
        """
        return self._calendars.asked(company, year, number)

    # Employees

    def employees(
        self,
        company: Company,
        *,
        types: Collection[str] | None,
        employee_id: UUID | None,
        created_from: datetime | None,
    ) -> list[Employee]:
        """Employees by their types, one id, or creation from a moment (inclusive)."""
        wanted = self.switches.employee_type_default if types is None else types
        return [
            employee
            for employee in self.everybody(company)
            if employee.type in wanted
            and employee_id in (None, employee.id)
            and (created_from is None or employee.created_at >= created_from)
        ]

    def everybody(self, company: Company) -> list[Employee]:
        """All employees of a company, of all types."""
        return self._people.of(company)

    def employee(self, employee_id: UUID) -> tuple[Company, Employee]:
        """An employee with their company.

        Raises:
            ProblemError: 40401 for an unknown one, 40303 for one of a company that the login may not see.
        """
        found = self._people.find(employee_id)
        if found is None:
            raise ProblemError(40401)
        company_id, employee = found
        return self.company(company_id), employee

    def create_employee(self, company: Company, like: Employee, **facts: Any) -> Employee:
        """Somebody new, like somebody else but for the given facts, created now; has no records but personal info."""
        return self._people.create(company, like, **facts)

    def update_employee(self, employee: Employee, **facts: Any) -> Employee:
        """Change facts of somebody in place: their creation stays."""
        return self._people.update(employee, **facts)

    # Salary tables

    def salary_table(self, table_id: UUID) -> dict[str, Any]:
        """A salary table of any company that the login may see, with its versions.

        Raises:
            ProblemError: 40401 or 40303.
        """
        for company in self.world.companies:
            for entry in self.store.of(company.id, "salary_tables"):
                if entry.id == table_id:
                    self.company(company.id)
                    return entry.values
        raise ProblemError(40401)

    def salary_table_version(self, company_id: UUID, version_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
        """A version of a company's salary table, after the table itself.

        Raises:
            ProblemError: 40401.
        """
        company = self.company(company_id)
        for entry in self.store.of(company.id, "salary_tables"):
            for version in entry.values.get("versions", ()):
                if version["versionId"] == version_id:
                    return entry.values, version
        raise ProblemError(40401)

    # Runs

    def runs(self, company: Company, year: int | None = None) -> list[Run]:
        """The runs of a year; of the current year when none is asked (vendor OpenAPI). Newest first."""
        asked = self.clock.now().year if year is None else year
        return [run for run in reversed(self._runs.of(company)) if run.year == asked]

    def all_runs(self, company: Company) -> list[Run]:
        """The runs of all years, oldest first."""
        return self._runs.of(company)

    def run(self, company: Company, run_id: UUID, year: int | None) -> Run:
        """A run of that year, or of the current one.

        Raises:
            ProblemError: 40401. That another year's run is not found is inferred.
        """
        run = next((run for run in self.runs(company, year) if run.id == run_id), None)
        if run is None:
            raise ProblemError(40401)
        return run

    def create_run(
        self,
        company: Company,
        *,
        year: int,
        period_start: int,
        period_end: int | None = None,
        type: RunType = RunType.NORMAL,  # noqa: A002 (the provider's word)
        description: str = "Salarisrun",
        locked: bool = False,
    ) -> Run:
        """The payroll office makes a run, with everybody whom its periods pay.

        Raises:
            ValueError: The year has no such periods.
        """
        last = period_start if period_end is None else period_end
        self._calendars.check(company, year, period_start, last)
        return self._runs.create(
            company,
            self.everybody(company),
            year=year,
            period_start=period_start,
            period_end=last,
            type=type,
            description=description,
            locked=locked,
        )

    def lock_run(self, run: Run) -> None:
        """The payroll office locks a run."""
        self._runs.change(run, locked=True)

    def unlock_run(self, run: Run) -> None:
        """The payroll office unlocks a run, to correct it."""
        self._runs.change(run, locked=False)

    def remove_run(self, run: Run) -> None:
        """The payroll office deletes a run: it is gone without a trace."""
        self._runs.remove(run)

    delete_run = remove_run

    def redo_run(self, run: Run) -> Run:
        """The payroll office deletes a run and makes it again: another id, the same period."""
        return self._runs.redo(run)

    # Documents

    def start_journal(self, run: Run, split: Split) -> UUID:
        """Start making a journal document; the id under which to ask for it."""
        return self.start_document(lambda: journal_document(run, split, self.switches), run=run.id, split=split)

    def start_document(self, make: Callable[[], bytes], **facts: Any) -> UUID:
        """Start making a document; the id under which to ask for it.

        Args:
            make: Makes it when it is fetched, so that a large one is never kept.
            facts: What it is, for the log.
        """
        return self._tasks.start(make, **facts)

    def document(self, task_id: UUID) -> bytes | None:
        """The document; None while it is being made.

        Raises:
            ProblemError: 40401 for an unknown or expired task.
        """
        return self._tasks.fetch(task_id)
