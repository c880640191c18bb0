"""The environment as the SOAP services see it: logins, numbers for ids, faults instead of problems."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from provider_simulators.nmbrs.backend import NmbrsBackend
from provider_simulators.nmbrs.parameters import YEARS
from provider_simulators.nmbrs.problems import ProblemError
from provider_simulators.nmbrs.soap.faults import NumberedFaultError
from provider_simulators.nmbrs.soap.ids import Ids
from provider_simulators.nmbrs.soap.tasks import Tasks
from provider_simulators.nmbrs.store import Entry
from provider_simulators.world import Company, Debtor, Employee, EmployeeType, Run
from provider_simulators.world.periods import periods_of

USERNAME = "loonkoppeling@acme.example"
TOKEN = "7c0d5f1e9b3a4826a1c4e0f27d68b395"  # noqa: S105 (the simulated environment's)
DOMAIN = "acme"
"""The environment's name. `acme.nmbrs.nl` is wrong: the vendor corrected its own documentation on this."""

DELAY_SECONDS = 0.5
FORBIDDEN = 40303
EMPLOYEE_TYPE_NUMBERS = {each: 4 + 7 * position for position, each in enumerate(EmployeeType)}
"""Ids of the employee types (invented; they are asked for, not known)."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """An employee and their company."""

    company: Company
    employee: Employee


class SoapBackend:
    """What the SOAP services do with the environment.

    Attributes:
        office: The environment's state, which the REST API has too.
        tasks: Background reports.
    """

    def __init__(self, office: NmbrsBackend) -> None:
        self.office = office
        self.switches = office.switches
        self.tasks = Tasks(office.switches, office.log)
        self._login_failures = self.switches.soap_login_failures
        self._unknown_errors = self.switches.soap_unknown_errors
        self._recent_calls: deque[datetime] = deque()

    @cached_property
    def ids(self) -> Ids:
        """Numbers of debtors, companies and employees, in the world's order, and of whatever else is asked for."""
        ids = Ids()
        for debtor in self.office.world.debtors:
            ids.number("debtor", debtor.id)
        for company in self.office.world.companies:
            ids.number("company", company.id)
            for employee in company.employees:
                ids.number("employee", employee.id)
        return ids

    # Every call

    def slow_down(self) -> None:
        """Take half a second longer when there are too many calls in a second, rather than refuse (vendor)."""
        if self.switches.soap_calls_per_second is None:
            return
        now = self.office.clock.now()
        while self._recent_calls and self._recent_calls[0] <= now - timedelta(seconds=1):
            self._recent_calls.popleft()
        self._recent_calls.append(now)
        if len(self._recent_calls) > self.switches.soap_calls_per_second:
            self.office.log.effect("soap_delayed")
            self.office.clock.sleep(DELAY_SECONDS)

    def log_in(self, username: str, token: str, domain: str) -> None:
        """Check a login; the domain may be left out.

        Raises:
            NumberedFaultError: 1001 when something is wrong, 1004 when the environment is disabled, 1006 by switch.
        """
        if (username, token) != (USERNAME, TOKEN) or domain not in ("", DOMAIN):
            raise NumberedFaultError(1001)
        if self._login_failures:
            self._login_failures -= 1
            raise NumberedFaultError(1006)
        if self.switches.invalid_subscription:
            raise NumberedFaultError(1004)

    def admit(self, operation: str) -> None:
        """Check whether the login may call an operation.

        Raises:
            NumberedFaultError: 3001, 1002 or 9999, by switch.
        """
        if operation in self.switches.soap_foreign_operations:
            raise NumberedFaultError(3001)
        if operation in self.switches.soap_forbidden_operations:
            raise NumberedFaultError(1002)
        if self._unknown_errors:
            self._unknown_errors -= 1
            raise NumberedFaultError(9999)

    # Debtors, companies and employees

    def debtor(self, number: int) -> Debtor:
        """The debtor with this id.

        Raises:
            NumberedFaultError: 2009 for an unknown one, 1003 for one that the login may not see.
        """
        debtor_id = self.ids.thing("debtor", number)
        if debtor_id is None:
            raise NumberedFaultError(2009)
        with _faults_for(unknown=2009):
            return self.office.debtor(debtor_id)

    def companies(self) -> Iterator[Company]:
        """The companies of all debtors that the login may see."""
        for debtor in self.office.debtors():
            yield from self.office.companies(debtor)

    def company(self, number: int) -> Company:
        """The company with this id.

        Raises:
            NumberedFaultError: 2004 for an unknown one, 1003 for one whose data the login may not see.
        """
        company_id = self.ids.thing("company", number)
        if company_id is None:
            raise NumberedFaultError(2004)
        with _faults_for(unknown=2004):
            return self.office.company(company_id)

    def members(self, company: Company) -> list[Employee]:
        """All employees of a company, of whatever type."""
        people = self.office.everybody(company)
        for person in people:  # those who came later are known by number from here on
            self.ids.number("employee", person.id)
        return people

    def employee(self, number: int) -> Member:
        """The employee with this id.

        Raises:
            NumberedFaultError: 2003 for an unknown one, 1003 for one of a company that the login may not see.
        """
        employee_id = self.ids.thing("employee", number)
        if employee_id is None:
            raise NumberedFaultError(2003)
        with _faults_for(unknown=2003):
            company, employee = self.office.employee(employee_id)
        return Member(company=company, employee=employee)

    def employee_types(self) -> dict[int, EmployeeType]:
        """The types by id."""
        shift = self.switches.soap_employee_type_shift
        return {number + shift: each for each, number in EMPLOYEE_TYPE_NUMBERS.items()}

    # Periods, runs and records

    def check_period(self, company: Company, period: int, year: int) -> tuple[int, int]:
        """Year and number of a period of the company.

        Raises:
            NumberedFaultError: 2006.
        """
        self.check_year(year)
        if period not in range(1, len(periods_of(year, company.period_type)) + 1):
            raise NumberedFaultError(2006)
        return year, period

    def days_of(self, company: Company, period: tuple[int, int]) -> tuple[date, date]:
        """First and last day of a period of the company."""
        found = periods_of(period[0], company.period_type)[period[1] - 1]
        return found.first, found.last

    def check_year(self, year: int) -> int:
        """The year, when there can be one.

        Raises:
            NumberedFaultError: 2006.
        """
        if year not in YEARS:
            raise NumberedFaultError(2006)
        return year

    def runs(self, company: Company, year: int) -> list[Run]:
        """The runs of a year, newest first.

        Raises:
            NumberedFaultError: 2006 for what is no year.
        """
        return self.office.runs(company, self.check_year(year))

    def run(self, company: Company, number: int, year: int) -> Run:
        """The run of the year with this id.

        Raises:
            NumberedFaultError: 9999 when there is none (inferred: no number is known for it).
        """
        for run in self.runs(company, year):
            if self.ids.number("run", run.id) == number:
                return run
        raise NumberedFaultError(9999)

    def entries(self, company: Company, kind: str, *, employee: Employee | None = None) -> list[Entry]:
        """The records of a company, or those of one of its employees."""
        entries = self.office.store.of(company.id, kind)
        return [each for each in entries if employee is None or each.employee == employee.id]


@contextmanager
def _faults_for(*, unknown: int) -> Iterator[None]:
    """Say with a fault what the REST API says with a problem: forbidden data, or an unknown id."""
    try:
        yield
    except ProblemError as problem:
        raise NumberedFaultError(1003 if problem.document["code"] == FORBIDDEN else unknown) from problem
