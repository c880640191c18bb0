"""What is read, of which simulated provider, and what there is to read: the world's own keys."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provider_simulators.inlenersbeloning.simulator import InlenersbeloningSimulator
from provider_simulators.inlenersbeloning.switches import InlenersbeloningSwitches
from provider_simulators.nmbrs.operations import LISTS
from provider_simulators.nmbrs.simulator import NmbrsSimulator
from provider_simulators.ons.bodies import REPEATED_IDS
from provider_simulators.ons.simulator import OnsSimulator
from provider_simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["WORKLOADS", "Key", "Stream", "Workload"]

TODAY: Final = date.today()  # noqa: DTZ011  # our taps ask until the machine's own day
DAYS: Final = 28
START: Final = TODAY - timedelta(days=DAYS)
LATENCY_SECONDS: Final = 0.05
Key = tuple[str, str]
"""A stream, and what names a record in it."""
Facts = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream as all peers read it.

    Attributes:
        name: In all of them.
        key: The member that names a record, in the provider's spelling.
        inner: Where a row of the provider holds several records: the member with their list.
    """

    name: str
    key: str = "id"
    inner: str | None = None


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Something to read.

    Attributes:
        name: On the command line; of dlt's source too.
        unit: What is counted: records of these streams.
        provider: The simulator; the connector and the plain tap have its name.
        streams: Those that are read.
        size: Options of the simulator for a number of things to read.
        things: How many of them usually, and in a quick pass.
        troubled_things: How many of them in the run with faults.
        truth: The keys that there are, for that number.
        latency_path: Which answers take 50 ms; None: none.
        settings: Of all who read, beside those that the simulator gives.
        ours: Of our tap only.
        faults: What goes wrong in the run with faults.
        troubled: Switches of the simulator in that run, beside the faults.
    """

    name: str
    title: str
    provider: str
    streams: tuple[Stream, ...]
    size: Callable[[int], Facts]
    things: tuple[int, int]
    truth: Callable[[int], Counter[Key]]
    troubled_things: int
    latency_path: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    ours: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[Facts, ...] = ()
    troubled: Mapping[str, Any] = field(default_factory=dict)


def troubles(path: str, *, every: int, cut_at: int) -> tuple[Facts, ...]:
    """A refusal that names a pause, two server errors, two broken connections, a late answer; some calls apart."""
    plan: tuple[Facts, ...] = (
        {"action": "status", "status": 429, "retry_after": 2},
        {"action": "status", "status": 500, "times": 2},
        {"action": "reset_after"},
        {"action": "cut", "at_byte": cut_at},
        {"action": "delay_answer", "seconds": 20},
    )
    return tuple({"path": path, "nth": 1 + number * every, **fault} for number, fault in enumerate(plan))


def _employees(rows: int) -> Counter[Key]:
    return Counter(("employees", str(REPEATED_IDS + number)) for number in range(rows))


def _ons_size(employees: int) -> Facts:
    return {"companies": 2, "employees": employees, "today": TODAY}


def _presence_logs(employees: int) -> Counter[Key]:
    world = World.build(companies=2, employees=employees, today=TODAY)
    customer = OnsSimulator(world).backend.customer()
    diary = customer.diaries["presence_logs"]
    people = [employee["id"] for employee in customer.store["employees"]]
    return Counter(
        ("presence_logs", str(log["id"]))
        for person in people
        for log in diary.between(person, START, TODAY + timedelta(days=1))
    )


_TABLE: Final = json.loads(Path(__file__).with_name("nmbrs_streams.json").read_text(encoding="utf-8"))
_NMBRS: Final = (
    Stream(name="companies", key="companyId"),
    *(Stream(name=row["stream"], key=row["key"], inner=row["inner"]) for row in _TABLE),
)


def _nmbrs_size(companies: int) -> Facts:
    return {"debtors": 1, "companies": companies, "employees": 5, "today": TODAY}


def _nmbrs(companies: int) -> Counter[Key]:
    backend = NmbrsSimulator(World.build(debtors=1, companies=companies, employees=5, today=TODAY)).backend
    operations = {operation.path: operation for operation in LISTS}
    found: Counter[Key] = Counter()
    for company in backend.companies():
        found["companies", str(company.id)] += 1
        for row, stream in zip(_TABLE, _NMBRS[1:], strict=True):
            operation = operations[f"/api/companies/{{companyId}}/{row['path']}"]
            for each in operation.rows(backend, {"companyId": company.id}):
                records = each[stream.inner] if stream.inner else [each]
                found.update((stream.name, str(record[stream.key])) for record in records)
    return found


def _remunerations(hirers: int) -> Counter[Key]:
    world = World.build(today=TODAY)
    backend = InlenersbeloningSimulator(world, switches=InlenersbeloningSwitches(crowd=hirers)).backend
    shares = next(iter(backend.shares.values()))
    return Counter(("remunerations", str(key)) for share in shares.values() for key in share.remunerations)


WORKLOADS: Final = {
    workload.name: workload
    for workload in (
        Workload(
            name="employees",
            title="Ons: employees, one table in lines",
            provider="ons",
            streams=(Stream(name="employees"),),
            size=lambda rows: {"switches": {"rows": rows, "sparse": False}, "today": TODAY},
            things=(100_000, 2_000),
            truth=_employees,
            troubled_things=10_000,
            faults=(
                {"path": "xstream/employees/data", "action": "status", "status": 429, "retry_after": 2},
                {"path": "xstream/employees/data", "nth": 2, "action": "cut", "at_byte": 1_000_000},
            ),
        ),
        Workload(
            name="presence_logs",
            title="Ons: hours of each employee in 28 days",
            provider="ons",
            streams=(Stream(name="presence_logs"),),
            size=_ons_size,
            things=(500, 50),
            truth=_presence_logs,
            troubled_things=200,
            latency_path="presence_logs",
            settings={"start_date": START.isoformat(), "end_date": TODAY.isoformat()},
            faults=troubles("presence_logs", every=8, cut_at=300),
        ),
        Workload(
            name="nmbrs",
            title="Nmbrs: companies, and eleven lists of each",
            provider="nmbrs",
            streams=_NMBRS,
            size=_nmbrs_size,
            things=(100, 6),
            truth=_nmbrs,
            troubled_things=120,
            latency_path="^/api/",
            ours={"requests_per_second": 100_000, "concurrent_requests": 4},
            faults=troubles("/api/companies/", every=12, cut_at=300),
            troubled={"rows_shift_while_paging": True},
        ),
        Workload(
            name="inlenersbeloning",
            title="Inlenersbeloning: documents of hirers",
            provider="inlenersbeloning",
            streams=(Stream(name="remunerations"),),
            size=lambda hirers: {"switches": {"crowd": hirers}, "today": TODAY},
            things=(500, 40),
            truth=_remunerations,
            troubled_things=200,
            latency_path="^/api/",
            ours={"requests_per_second": 100_000, "concurrent_requests": 4},
            faults=troubles("/remuneration/", every=10, cut_at=300),
        ),
    )
}
