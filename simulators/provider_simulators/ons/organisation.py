"""The care organisation behind a customer code, as it was when the simulator started: a company of the world."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from provider_simulators.ons.drafting import Drafts, Record
from provider_simulators.ons.moments import instant, local
from provider_simulators.ons.schema import fields_of
from provider_simulators.world import Company, Employee, EmployeeType, World

NOT_YET_EMPLOYED = (EmployeeType.APPLICANT, EmployeeType.REJECTED_APPLICANT)
CARE_COMPANY = 1
"""The world's second company is a home care organisation; a world with one company has that one cared for."""
EMPLOYEE_IDS = 40_000
OTHER_CUSTOMERS_IDS = 1_000_000
"""Ids are the customer's own: another customer's are higher."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the records of a table are made.

    Attributes:
        name: Of the table: an xstream resource, or a list of another application.
        model: The vendor's model; None where no description of the records was to be read.
        ids: Ids are this and a running number from 1, unless the facts have an id.
        facts: What the makers know of each record; the rest is drafted.
        embed: Other records that stand inside a record.
    """

    name: str
    model: str | None
    ids: int
    facts: "Callable[[CareOrganisation], Iterable[Record]]"
    embed: "Callable[[CareOrganisation, Record], Record] | None" = None


class CareOrganisation:
    """People, clients, care, finance and planning of one customer.

    Args:
        world: Where the company comes from.
        number: 0 is the world's care company, with the next companies for other customers.
        plans: All tables.
        links: Name of a foreign key to the table that it points to.
        insurance_depth: How deep debtors and insurances stand in each other.
    """

    def __init__(
        self,
        world: World,
        number: int,
        *,
        plans: Mapping[str, Plan],
        links: Mapping[str, str],
        insurance_depth: int,
    ) -> None:
        self.world = world
        self.today = world.today
        self.number = number
        self.insurance_depth = insurance_depth
        self._plans = plans
        self._links = links
        self._facts: dict[str, list[Record]] = {}
        self._ids: dict[str, tuple[int, ...]] = {}
        self._made: dict[str, list[Record]] = {}
        self.drafts = Drafts(links=self._linked, changed_at=self.changed_at)

    @cached_property
    def company(self) -> Company | None:
        """The company; None in a world without companies."""
        companies = self.world.companies
        if not companies:
            return None
        return companies[(min(CARE_COMPANY, len(companies) - 1) + self.number) % len(companies)]

    @cached_property
    def people(self) -> tuple[Employee, ...]:
        """Who works or worked there; applicants are no employees in Ons."""
        people = self.company.employees if self.company else ()
        return tuple(person for person in people if person.type not in NOT_YET_EMPLOYED)

    @cached_property
    def person(self) -> Mapping[int, Employee]:
        """People by their id in Ons."""
        return {self.employee_id(person): person for person in self.people}

    @cached_property
    def client_count(self) -> int:
        """How many clients there are; none without a company."""
        return len(self.people) + 15 if self.people else 0

    @cached_property
    def verified_until(self) -> date:
        """Hours up to this day are verified: the last day of the month before."""
        return self.today.replace(day=1) - timedelta(days=1)

    def employee_id(self, person: Employee) -> int:
        """A person's id in Ons."""
        return self.number * OTHER_CUSTOMERS_IDS + EMPLOYEE_IDS + person.number

    def changed_at(self, number: int) -> datetime:
        """When the so-manieth record of a table last changed: some moment of last year or this, a week ago at most."""
        began = local(date(self.today.year - 1, 1, 1)).astimezone(UTC)
        days = (self.today - began.date()).days - 8
        return began + timedelta(days=number * 37 % days, seconds=number * 7919 % 86_400)

    def facts(self, name: str) -> list[Record]:
        """What is known of each record of a table, with its id."""
        if name not in self._facts:
            plan = self._plans[name]
            first = self.number * OTHER_CUSTOMERS_IDS + plan.ids
            made = plan.facts(self) if self.people else ()
            numbered = "id" in fields_of(plan.model)
            self._facts[name] = [{"id": first + n, **facts} if numbered else facts for n, facts in enumerate(made, 1)]
        return self._facts[name]

    def ids(self, name: str) -> Sequence[int]:
        """Ids of a table."""
        if name not in self._ids:
            self._ids[name] = tuple(facts["id"] for facts in self.facts(name))
        return self._ids[name]

    def records(self, name: str) -> list[Record]:
        """The whole records of a table."""
        if name not in self._made:
            plan = self._plans[name]
            drafted = [self.drafts.record(plan.model, n, facts) for n, facts in enumerate(self.facts(name), 1)]
            self._made[name] = [record | plan.embed(self, record) if plan.embed else record for record in drafted]
        return self._made[name]

    def loaded(self, name: str) -> list[tuple[Record, datetime]]:
        """The records of a table, with the moment at which each last changed."""
        return [(record, self._changed(record, n)) for n, record in enumerate(self.records(name), 1)]

    def _changed(self, record: Record, number: int) -> datetime:
        said = record.get("updatedAt")
        return instant(said, naive_is_local=False) if isinstance(said, str) else self.changed_at(number)

    def _linked(self, field: str) -> Sequence[int] | None:
        table = self._links.get(field)
        return None if table is None else self.ids(table)
