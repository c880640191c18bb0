"""The employees of all companies as they are now: those of the world, with who came later and what changed."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from provider_simulators.clock import Clock
from provider_simulators.log import EffectLog
from provider_simulators.nmbrs.records.personal import basic_info
from provider_simulators.nmbrs.store import Store
from provider_simulators.world import Company, Employee, World


class People:
    """Employees by company."""

    def __init__(self, world: World, clock: Clock, log: EffectLog, store: Store) -> None:
        self._clock = clock
        self._log = log
        self._store = store
        self._people = {company.id: list(company.employees) for company in world.companies}
        self._company_of = {employee.id: company.id for company in world.companies for employee in company.employees}

    def of(self, company: Company) -> list[Employee]:
        """All employees of a company."""
        return list(self._people[company.id])

    def find(self, employee_id: UUID) -> tuple[UUID, Employee] | None:
        """An employee, with the id of their company."""
        company_id = self._company_of.get(employee_id)
        if company_id is None:
            return None
        return company_id, next(each for each in self._people[company_id] if each.id == employee_id)

    def create(self, company: Company, like: Employee, **facts: Any) -> Employee:
        """Somebody like somebody else but for the given facts, with personal info."""
        people = self._people[company.id]
        number = max((each.number for each in people), default=100) + 1
        fresh = {"id": uuid5(company.id, f"created/{number}"), "number": number, "created_at": self._clock.now()}
        employee = replace(like, **{**fresh, **facts})
        people.append(employee)
        self._company_of[employee.id] = company.id
        self._log.effect("employee_created", company=company.id, employee=employee.id)
        self._store.create(
            company.id, "personal_info", employee=employee.id, values={"basicInfo": basic_info(employee)}
        )
        return employee

    def update(self, employee: Employee, **facts: Any) -> Employee:
        """Change facts in place, in their latest personal info too."""
        company_id = self._company_of[employee.id]
        people = self._people[company_id]
        index = next(index for index, each in enumerate(people) if each.id == employee.id)
        people[index] = replace(people[index], **facts)
        self._log.effect("employee_updated", company=company_id, employee=employee.id, names=sorted(facts))
        infos = [info for info in self._store.of(company_id, "personal_info") if info.employee == employee.id]
        if infos:
            self._store.update(company_id, "personal_info", infos[-1].id, basicInfo=basic_info(people[index]))
        return people[index]
