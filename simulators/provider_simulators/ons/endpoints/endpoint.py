"""An endpoint as a row of a table, and what its answer can ask for."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from provider_simulators.ons.customer import Customer
from provider_simulators.ons.drafting import Record
from provider_simulators.ons.moments import AMSTERDAM, overlaps
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.parameters import Parameter, day, needed, possible
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.store import Store
from provider_simulators.ons.switches import OnsSwitches

PERIOD, OPEN_PERIOD = needed(day, "valid_from", "valid_to"), possible(day, "valid_from", "valid_to")
PAGE = possible(int, "limit", "offset")
FAR = date(9999, 1, 1)
LIMIT = 10
IDS_MAX = 100

TABLES: Mapping[str, str] = {
    "employee_id": "employees",
    "employee_object_id": "employees",
    "client_id": "clients",
    "unit_id": "units",
    "care_order_id": "care_orders",
    "collective_agreement_id": "collective_agreements",
    "debtor_id": "debtors",
    "finance_type_id": "finance_types",
    "expertise_profiles_id": "educations",
    "user_id": "responsibilities",
    "location_id": "locations",
    "account_type_id": "account_types",
}
"""Parts of paths and parameters that name a record: 404 when there is none."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request that was let in, with its parameters read.

    Attributes:
        customer: Whose data.
        switches: The readings of what is not documented.
        now: The moment of the request.
        values: Parts of the path and parameters by name.
    """

    customer: Customer
    switches: OnsSwitches
    now: datetime
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def organisation(self) -> CareOrganisation:
        """How it all was at the start."""
        return self.customer.organisation

    @property
    def store(self) -> Store:
        """The tables."""
        return self.customer.store

    @property
    def today(self) -> date:
        """The day on Amsterdam's calendar."""
        return self.now.astimezone(AMSTERDAM).date()

    def window(
        self, begin: str = "valid_from", end: str = "valid_to", *, inclusive: bool | None = None
    ) -> tuple[date, date]:
        """The first day of the asked window, and the first day after it; open bounds lie far away.

        Args:
            begin: Name of the first parameter.
            end: Name of the last.
            inclusive: Whether the last day belongs to it; None where the vendor does not say, then a switch does.

        Raises:
            RefusedError: 400, the end lies before the begin; 504, the window is too wide.
        """
        first, last = self[begin] or date.min, self[end] or FAR
        if last < first:
            raise RefusedError(400, "The period ends before it begins", field=end)
        limit = self.switches.window_days_max
        if limit is not None and (last - first).days > limit:
            raise RefusedError(504, "Gateway Time-out")
        if inclusive is None:
            inclusive = self.switches.undocumented_ends == "inclusive"
        return first, last + timedelta(days=1) if inclusive and last != FAR else last

    def employees(self, name: str = "id", *, at_least: int = 0) -> Sequence[int]:
        """Employees by repeated ids; all of them when none is asked for.

        Raises:
            RefusedError: 400, too few or more than 100; 404, one of them is unknown.
        """
        asked: tuple[int, ...] = self[name]
        if not at_least <= len(asked) <= IDS_MAX:
            raise RefusedError(400, f"Between {at_least} and {IDS_MAX} ids", field=name)
        for each in asked:
            self.customer.known("employees", each)
        return asked or [employee["id"] for employee in self.store["employees"]]

    def page(self, rows: Sequence[Record], *, limit: int = LIMIT) -> list[Record]:
        """The rows from `offset`, at most `limit`."""
        begin = self["offset"] or 0
        size = limit if self["limit"] is None else self["limit"]
        if begin < 0 or size < 0:
            raise RefusedError(400, "Could not parse request parameter", field="limit")
        return list(rows[begin : begin + size])


Answer = Callable[[Ask], list[Record] | Record]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A GET outside `xstream`.

    Attributes:
        name: For the Technical Design and the log.
        path: As in the vendor's OpenAPI, parts in braces.
        model: The vendor's model of the records.
        list_key: The one member of the JSON wrapper; None for a single object.
        answer: The records, or the one.
        query: Its parameters.
        tables: Its parts and parameters that name a record.
    """

    name: str
    path: str
    model: str | None
    list_key: str | None
    answer: Answer
    query: tuple[Parameter, ...] = ()
    tables: Mapping[str, str] = field(default_factory=lambda: TABLES)

    @property
    def rule(self) -> str:
        """The path as the router reads it; names are numbers, but for a few."""
        return re.sub(r"{(\w+)}", lambda part: f"<{TEXTS.get(part[1], 'int')}:{part[1]}>", self.path)


TEXTS = {"identification_no": "string", "uuid": "string", "slot": "string", "occurrence": "string"}
"""Parts of paths that are text."""


def table(name: str) -> Answer:
    """All records of a table."""
    return lambda ask: ask.store[name]


def one(name: str) -> Answer:
    """The record whose id is in the path."""
    return lambda ask: ask.customer.known(name, ask["id"])


def those(name: str, **fields: str) -> Answer:
    """Records of a table whose fields are what the path or the query says: `employeeId="employee_id"`."""

    def answer(ask: Ask) -> list[Record]:
        return [row for row in ask.store[name] if all(row[field] == ask[asked] for field, asked in fields.items())]

    return answer


def those_within(name: str, begin: str, end: str, *, inclusive: bool | None = None, **fields: str) -> Answer:
    """The same, of rows whose period touches the asked window."""
    find = those(name, **fields)

    def answer(ask: Ask) -> list[Record]:
        first, until = ask.window(inclusive=inclusive)
        rows = find(ask)
        assert isinstance(rows, list)
        return [row for row in rows if overlaps(row[begin], row[end], first, until - timedelta(days=1))]

    return answer


def by_ids(name: str) -> Answer:
    """Records by repeated ids; unknown ones are left out."""

    def answer(ask: Ask) -> list[Record]:
        found = (ask.store.find(name, each) for each in ask["id"])
        return [record for record in found if record is not None]

    return answer
