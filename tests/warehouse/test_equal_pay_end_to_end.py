"""Three providers, three taps, two warehouses, and the comparisons; against what the providers' own world comes to."""

from __future__ import annotations

import json
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from provider_simulators.inlenersbeloning.hirers import AMSTERDAM, Generation, Publication
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.ons import OnsSimulator
from provider_simulators.ons.diaries.hours import presence_logs_of, with_irregular_hours
from provider_simulators.world import World

from tests.warehouse.checks import empty_check
from tests.warehouse.hirers import STREAMS as HIRER_STREAMS
from tests.warehouses import BIN

if TYPE_CHECKING:
    from pathlib import Path

    from provider_simulators.ons.organisation import CareOrganisation
    from provider_simulators.world import Company, Employee

    from tests.postgres import PostgresServer
    from tests.warehouse.checks import Check

pytestmark = pytest.mark.timeout(600)  # the first test waits for five programs to start, twice
TODAY = date(2025, 7, 15)
MONTHS = (5, 6)
CENT = Decimal("0.01")
PLACED = {101: "Trede 1", 102: "Trede 3", 104: "Trede 2", 105: "Trede 5"}
STREAMS = {
    "nmbrs": (
        *("companies", "company_periods", "employees", "employments", "payroll_runs", "payroll_run_wage_codes"),
        *("variable_hours", "fixed_hours"),
    ),
    "ons": ("employees", "presence_logs"),
    "inlenersbeloning": HIRER_STREAMS,
}
WAGE_CODES = """\
company,code,topic,allowance
*,1000,wage,
*,1190,allowance,Avonddienst
*,2200,outside,
*,2290,outside,
*,4000,outside,
*,4100,outside,
*,4200,holiday_allowance,
*,5000,outside,
*,5100,outside,
*,5200,outside,
*,5300,outside,
*,9000,outside,
"""
FILES = {
    "wage_codes": WAGE_CODES,
    "hour_codes": """\
company,code,wage,allowance,kind
*,2100,yes,,worked
*,2190,yes,Avonddienst,outside
*,3041,no,,weekend
""",
    "bases": "hirer,topic,base\n*,holiday_allowance,wage and allowances\n",
    "periods": "company,year,period,first_day,last_day\n",
    "ons_hours": "source,code,kind,unit\nirregular,44.5,weekend,\nirregular,22,night,\n"
    + "".join(f"hour_type,{number},worked,seconds\n" for number in (1, 2, 3, 4, 5, 12)),
}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(kw_only=True)
class Providers:
    """The simulated providers; what they know is what the comparisons should come to."""

    nmbrs: NmbrsSimulator
    ons: OnsSimulator
    hirers: InlenersbeloningSimulator
    hirer: str = ""

    @property
    def agency(self) -> Company:
        return self.nmbrs.world.companies[0]

    @property
    def care(self) -> Company:
        return self.nmbrs.world.companies[1]

    @property
    def organisation(self) -> CareOrganisation:
        """The care company, as Ons has it."""
        return next(iter(self.ons.backend.customers.values())).organisation

    def prepare(self) -> None:
        """A hirer connects, hours are entered, and the runs of June are locked."""
        company = next(iter(self.hirers.backend.shares))
        publication = Publication(generation=Generation.FULL, at=datetime(2025, 1, 5, 9, tzinfo=AMSTERDAM))
        self.hirer = self.hirers.backend.add_partner(company, "eerlijk loon", publication)
        for employer in (self.agency, self.care):
            for person in employer.employees:
                for month in MONTHS:
                    hours = Decimal(100 + person.number % 7) + Decimal("0.25") * month
                    self.enter(employer, person, month, 2100, hours)
                    if employer is self.care:
                        self.enter(employer, person, month, 3041, Decimal(8))
            for run in self.nmbrs.backend.all_runs(employer):
                if not run.locked:
                    self.nmbrs.backend.lock_run(run)

    def enter(self, company: Company, person: Employee, month: int, code: int, hours: Decimal) -> None:
        values = {"hourCode": code, "hourCodeDescription": None, "hours": hours, "comment": ""}
        values |= {"costCenterId": None, "costUnitId": None}
        self.nmbrs.backend.store.create(
            company.id, "variable_hours", employee=person.id, values=values, period=(TODAY.year, month)
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        """The hirer's document, as the platform has it."""
        share = next(iter(self.hirers.backend.shares.values()))[self.hirer]
        (remuneration,) = share.remunerations.values()
        return remuneration.newest.document(total_versions=remuneration.version)

    @property
    def job(self) -> str:
        return str(self.document["functionGroups"][0]["functions"][0]["id"])

    def hour_wage(self, step: str) -> Decimal:
        steps = self.document["functionGroups"][0]["steps"]
        return next(Decimal(each["hourWage"]) for each in steps if each["stepTitle"] == step)

    def hours(self, company: Company, person: Employee, month: int, code: int) -> Decimal:
        """Hours that Nmbrs was told of a period, those that come back every period included."""
        period = (TODAY.year, month)
        store, total = self.nmbrs.backend.store, Decimal(0)
        for entry in store.of(company.id, "variable_hours"):
            if entry.employee == person.id and entry.period == period and entry.values["hourCode"] == code:
                total += entry.values["hours"]
        for entry in store.of(company.id, "fixed_hours"):
            values = entry.values
            ends = (values["endYear"], values["endPeriod"]) if values["endYear"] else period
            holds = entry.employee == person.id and entry.period is not None and entry.period <= period <= ends
            total += values["hours"] if holds and values["hourCode"] == code else 0
        return total

    def paid(self, person: Employee, month: int, code: int) -> Decimal:
        """What the runs of a period worked out under a wage code."""
        runs = [run for run in self.nmbrs.backend.all_runs(self.agency) if (run.year, run.period_end) == (2025, month)]
        lines = [line for run in runs if person in run.employees for line in run.output(person)]
        return sum((line.value for line in lines if line.code == code), Decimal(0))

    def worked(self, person: Employee, month: int) -> dict[str, Decimal]:
        """Hours of the logs that are paid, by kind."""
        seconds = {"worked": 0, "weekend": 0, "night": 0}
        times: set[tuple[str, str, str]] = set()
        first = date(TODAY.year, month, 1)
        for day in (first + timedelta(days=number) for number in range(-1, 31)):
            for log in map(with_irregular_hours, presence_logs_of(self.organisation, person, day)):
                if (
                    not log["payment"]
                    or not log["payrollingActivity"]
                    or log["removed"]
                    or log["fixedRateCompensation"]
                ):
                    continue
                begins = datetime.fromisoformat(log["startDate"]).astimezone(AMSTERDAM) if log["hasRealTime"] else day
                if begins.month != month:  # the second half of a night is of the next day
                    continue
                if log["hasRealTime"]:
                    times.add(("worked", log["startDate"], log["endDate"]))
                else:
                    seconds["worked"] += log["duration"]
                for irregular in log["ortHours"]:
                    kind = "weekend" if irregular["percentageDecimal"] == Decimal("44.5") else "night"
                    times.add((kind, irregular["start"], irregular["end"]))
        for kind, start, end in times:
            seconds[kind] += round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
        return {kind: cents(Decimal(amount) / 3600) for kind, amount in seconds.items()}

    def files(self) -> dict[str, str]:
        """The files of mappings."""
        placements = [f"1,{number},{self.hirer},{self.job},{step},2025-02-01," for number, step in PLACED.items()]
        people = [f"2,{person.number},{person.number}" for person in self.organisation.people]
        return FILES | {
            "placements": "\n".join(["company,worker,hirer,job,step,from_date,until_date", *placements, ""]),
            "ons_workers": "\n".join(["company,worker,ons_employee", *people, ""]),
        }


def tap(source: str, settings: dict[str, Any], folder: Path) -> list[str]:
    """What a tap writes, of the streams that the comparisons need."""
    program, config, catalog = BIN / f"tap-{source}", folder / f"{source}.json", folder / f"{source}-catalog.json"
    config.write_text(json.dumps(settings))

    def run(*arguments: str | Path) -> str:
        words = [program, "--config", config, *arguments]
        result = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, timeout=300)
        assert result.returncode == 0, result.stderr[-4000:]
        return result.stdout

    found = json.loads(run("--discover"))
    for stream in found["streams"]:
        for entry in stream["metadata"]:
            if not entry["breadcrumb"]:
                entry["metadata"]["selected"] = stream["tap_stream_id"] in STREAMS[source]
    catalog.write_text(json.dumps(found))
    return run("--catalog", catalog).splitlines()


@pytest.fixture(scope="module")
def compared(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Providers, dict[str, Check]]:
    """Both warehouses after one sync of each tap, with the comparisons worked out."""
    folder = tmp_path_factory.mktemp("taps")
    world = World.build(seed=1, debtors=1, companies=2, employees=6, today=TODAY)
    with ExitStack() as running:
        providers = Providers(
            nmbrs=running.enter_context(NmbrsSimulator(world, switches=NmbrsSwitches(document_polls=0))),
            ons=running.enter_context(OnsSimulator(world)),
            hirers=running.enter_context(InlenersbeloningSimulator(world)),
        )
        providers.prepare()
        fast = {"requests_per_second": 1000, "start_date": "2025-05-01"}
        own = {"token_store": str(folder / "token.json")}
        lines = {
            "nmbrs": tap("nmbrs", {**providers.nmbrs.connector_settings(), **fast, **own}, folder),
            "ons": tap("ons", {**providers.ons.connector_settings(), **fast, "presence_logs_extended": True}, folder),
            "inlenersbeloning": tap(
                "inlenersbeloning", {**providers.hirers.connector_settings(), "requests_per_second": 1000}, folder
            ),
        }
        checks = {}
        for kind in ("duckdb", "postgres"):
            check = empty_check(kind, tmp_path_factory.mktemp(kind), postgres_server)
            check.load(**lines)
            check.write(providers.files())
            check.conditions()
            check.work_out()
            check.work_out(hours=True)
            checks[kind] = check
        return providers, checks


def expected_pay(providers: Providers, person: Employee, month: int) -> dict[str, tuple[Decimal, Decimal]]:
    """What is due and what was paid, by topic."""
    wage_of_hour = providers.hour_wage(PLACED[person.number])
    evening = providers.hours(providers.agency, person, month, 2190)
    wage = cents((providers.hours(providers.agency, person, month, 2100) + evening) * wage_of_hour)
    allowance = cents(evening * wage_of_hour * Decimal("0.25"))
    return {
        "wage": (wage, providers.paid(person, month, 1000)),
        "allowance": (allowance, providers.paid(person, month, 1190)),
        "holiday_allowance": (cents((wage + allowance) * Decimal("0.08")), providers.paid(person, month, 4200)),
        "individual_choice_budget": (Decimal(0), Decimal(0)),
        "working_time_reduction": (Decimal(0), Decimal(0)),
    }


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_due_and_paid_are_those_of_the_providers_world(compared: tuple[Providers, dict[str, Check]], kind: str) -> None:
    """Who is placed is decided on all topics; the others are all there, and undecided."""
    providers, checks = compared
    rows = checks[kind].rows("SELECT * FROM equal_pay.comparison WHERE company_number = '1'")
    found = {(int(row["worker_number"]), row["period"], row["topic"]): row for row in rows}

    people = [person for person in providers.agency.employees if providers.paid(person, 5, 1000)]
    assert len(rows) == len(found) == len(people) * len(MONTHS) * 5
    for person in people:
        for month in MONTHS:
            for topic, (due, paid) in expected_pay(providers, person, month).items() if person.number in PLACED else ():
                row = found[person.number, month, topic]
                assert (row["reason"], row["due"], row["paid"], row["difference"]) == (None, due, paid, due - paid)
                assert (row["document"], row["version"]) == (providers.document["id"], 1)
            if person.number not in PLACED:
                assert found[person.number, month, "wage"]["reason"] == "no placement in the period"
    assert any(row["due"] and row["topic"] == "allowance" for row in rows)


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_hours_worked_and_paid_are_those_of_the_providers_world(
    compared: tuple[Providers, dict[str, Check]], kind: str
) -> None:
    providers, checks = compared
    rows = checks[kind].rows(
        "SELECT * FROM worked_hours.comparison WHERE company_number = '2' AND period IN (5, 6) AND year = 2025"
    )
    found = {(int(row["worker_number"]), row["period"], row["kind"]): row for row in rows}

    codes = {"worked": 2100, "weekend": 3041}
    on_payroll = {person.number for run in providers.care.runs if run.year == TODAY.year for person in run.employees}
    decided = 0
    for person in providers.organisation.people:
        for month in MONTHS:
            worked = providers.worked(person, month)
            for kind_of_hours, hours in worked.items() if worked["worked"] else ():
                row = found[person.number, month, kind_of_hours]
                if person.number not in on_payroll:  # paid by invoice: Nmbrs has no hours of theirs
                    assert "payroll has no hours of the period" in row["reason"]
                    continue
                code = codes.get(kind_of_hours)
                paid = providers.hours(providers.care, person, month, code) if code else Decimal(0)
                assert (row["reason"], row["worked"], row["paid"]) == (None, hours, paid)
                decided += hours > 0
    assert decided > len(MONTHS) * len(codes)


def test_both_warehouses_have_the_same_answers(compared: tuple[Providers, dict[str, Check]]) -> None:
    _, checks = compared
    for table, order in (
        ("equal_pay.comparison", "worker_id, company_id, year, period, topic, item"),
        ("worked_hours.comparison", "worker_id, year, period, kind, ons_employee_id"),
    ):
        answers = [check.rows(f"SELECT * FROM {table} ORDER BY {order}") for check in checks.values()]
        assert answers[0] == answers[1]
