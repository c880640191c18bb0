"""All three sources into DuckDB and into PostgreSQL, by the jobs of meltano.yml: what landed is what there is.

What there is comes from the simulators' state (`sources.py`). Afterwards the sources move on, and what has changed is
loaded without Meltano, from the state that Meltano has kept.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator
from provider_simulators.inlenersbeloning.editions import raise_salaries
from provider_simulators.nmbrs import NmbrsSimulator, NmbrsSwitches
from provider_simulators.ons import OnsSimulator
from provider_simulators.world import World

from tests.patience import seconds
from tests.payroll import BIN, ROOT, meltano_alone
from tests.pipelines.sources import ONS_START, START, HirersSource, NmbrsSource, OnsSource, Source, Tables
from tests.warehouses import DuckDB, Postgres, Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import PostgresServer

pytestmark = pytest.mark.timeout(1800)  # waiting for other tests with Meltano included
TAPS = {"nmbrs": "tap-nmbrs", "ons": "tap-ons", "inlenersbeloning": "tap-inlenersbeloning"}
JOBS = {
    "duckdb": ("payroll-to-warehouse", "care-to-warehouse", "hirers-to-warehouse"),
    "postgres": ("payroll-to-postgres", "care-to-postgres", "hirers-to-postgres"),
}
DELETED_AT = "_sdc_deleted_at"
Rows = dict[str, list[dict[str, Any]]]


@dataclass(kw_only=True)
class Loading:
    """The sources, the two warehouses, and what was in both at each moment: rows by source and table."""

    folder: Path
    sources: dict[str, Source]
    warehouses: dict[str, Warehouse]
    expected: list[dict[str, Tables]] = field(default_factory=list)
    found: list[dict[tuple[str, str], Rows]] = field(default_factory=list)

    def settings(self, schema: str) -> dict[str, Any]:
        """The settings of a tap."""
        own: dict[str, dict[str, Any]] = {
            "nmbrs": {"start_date": str(START), "token_store": str(self.folder / "nmbrs.json")},
            "ons": {"start_date": str(ONS_START)},
            "inlenersbeloning": {},
        }
        pace = {} if schema == "ons" else {"requests_per_second": 200}
        return self.sources[schema].simulator.connector_settings() | own[schema] | pace

    def environment(self) -> dict[str, str]:
        """Settings as a scheduler gives them; what Meltano remembers stays in the test's folder."""
        settings = {
            f"{tap}_{name}".replace("-", "_").upper(): value if isinstance(value, str) else json.dumps(value)
            for schema, tap in TAPS.items()
            for name, value in self.settings(schema).items()
        }
        own = {
            "MELTANO_ENVIRONMENT": "production",
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder}/meltano.db",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
            "TARGET_DUCKDB_FILEPATH": self.warehouses["duckdb"].settings()["filepath"],
            "TARGET_POSTGRES_SQLALCHEMY_URL": self.warehouses["postgres"].settings()["sqlalchemy_url"],
        }
        return os.environ | settings | own

    def run_jobs(self) -> None:
        """All six jobs, by one `meltano run`."""
        words = [BIN / "meltano", "run", *JOBS["duckdb"], *JOBS["postgres"]]
        with meltano_alone():
            result = subprocess.run(
                words, cwd=ROOT, env=self.environment(), capture_output=True, check=False, timeout=seconds(240)
            )
        assert result.returncode == 0, (result.stdout + result.stderr).decode()[-6000:]

    def state(self, schema: str) -> dict[str, Any]:
        """What Meltano remembers of a tap's run into DuckDB."""
        with sqlite3.connect(self.folder / "meltano.db") as connection:
            query = "select completed_state from state where state_id = ?"
            (content,) = connection.execute(query, (f"production:{TAPS[schema]}-to-target-duckdb",)).fetchone()
        remembered: dict[str, Any] = json.loads(content)["singer_state"]
        return remembered

    def run_without_meltano(self, schema: str) -> None:
        """One more sync of a tap, from what Meltano remembers, into both warehouses."""
        config, state = self.folder / f"{schema}.config.json", self.folder / f"{schema}.state.json"
        config.write_text(json.dumps(self.settings(schema)))
        state.write_text(json.dumps(self.state(schema)))
        words = [BIN / TAPS[schema], "--config", config, "--state", state]
        result = subprocess.run(words, capture_output=True, check=False, timeout=seconds(120), encoding="utf-8")
        assert result.returncode == 0, result.stderr[-4000:]
        lines = [line for line in result.stdout.splitlines() if '"stream":"journal_entries"' not in line]
        for warehouse in self.warehouses.values():
            warehouse.load(lines, default_target_schema=schema, use_copy=True)

    def look(self) -> None:
        """Note what there is, and what is in the warehouses."""
        self.expected.append({schema: source.tables() for schema, source in self.sources.items()})
        self.found.append(
            {
                (name, schema): {
                    table: warehouse.rows(f'SELECT * FROM {schema}."{table}"') for table in tables_of(warehouse, schema)
                }
                for name, warehouse in self.warehouses.items()
                for schema in self.sources
            }
        )


def tables_of(warehouse: Warehouse, schema: str) -> list[str]:
    query = f"SELECT table_name FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY table_name"
    return [row["table_name"] for row in warehouse.rows(query)]


@pytest.fixture(scope="module")
def loading(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Iterator[Loading]:
    """Both warehouses after a first run of the jobs, and after the sources have moved on."""
    folder = tmp_path_factory.mktemp("loading")
    world = World.build(seed=1, debtors=2, companies=2, employees=5, today=date(2026, 11, 15))
    with ExitStack() as running:
        nmbrs = running.enter_context(NmbrsSimulator(world, switches=NmbrsSwitches(document_polls=0)))
        ons = running.enter_context(OnsSimulator(world))
        hirers = running.enter_context(InlenersbeloningSimulator(world))
        loading = Loading(
            folder=folder,
            sources={
                "nmbrs": NmbrsSource(simulator=nmbrs),
                "ons": OnsSource(simulator=ons),
                "inlenersbeloning": HirersSource(simulator=hirers),
            },
            warehouses={
                "duckdb": DuckDB(folder=folder, schema="nmbrs"),
                "postgres": Postgres(folder=folder, schema="nmbrs", url=postgres_server.new_database()),
            },
        )
        loading.run_jobs()
        loading.look()
        payroll_moves_on(nmbrs)
        care_moves_on(ons)
        hirers_move_on(hirers)
        for schema in TAPS:
            loading.run_without_meltano(schema)
        loading.look()
        yield loading


def payroll_moves_on(nmbrs: NmbrsSimulator) -> None:
    """A run is locked, an open one goes, a wage component comes."""
    backend = nmbrs.backend
    first, second = backend.world.companies
    backend.lock_run(next(run for run in backend.all_runs(first) if not run.locked))
    backend.remove_run(next(run for run in backend.all_runs(second) if not run.locked))
    values = {"code": 5300, "value": Decimal("12.34"), "period": {"year": 2026, "period": 11}}
    backend.store.create(first.id, "company_variable_wage_components", values=values, period=(2026, 11))


def care_moves_on(ons: OnsSimulator) -> None:
    """An invoice row changes, a product comes, somebody leaves a team, a month's hours are corrected."""
    backend = ons.backend
    backend.update("invoice_rows", backend.records["invoice_rows"][0]["id"], amount=123_456)
    backend.create("products", name="Nieuw product")
    backend.delete("team_assignments", backend.records["team_assignments"][0]["id"])
    employee = backend.records["employees"][0]["id"]
    diary = backend.customer().diaries["presence_logs"]
    (log, *_) = diary.between(employee, ONS_START, ons.world.today)
    backend.update("presence_logs", log["id"], verified=not log["verified"])


def hirers_move_on(hirers: InlenersbeloningSimulator) -> None:
    """One raises its salaries, one withdraws."""
    backend = hirers.backend
    shared = [
        (company, partner, identifier)
        for company, partners in backend.shares.items()
        for partner, share in partners.items()
        for identifier in share.remunerations
    ]
    backend.republish(*shared[0], raise_salaries)
    backend.withdraw(*shared[1])


AFTER = pytest.mark.parametrize("turn", [0, 1], ids=["first run", "after changes"])
INTO = pytest.mark.parametrize("warehouse", JOBS)
OF = pytest.mark.parametrize("schema", TAPS)


@AFTER
@INTO
@OF
def test_every_table_has_the_rows_and_the_sums_of_the_source(
    loading: Loading, turn: int, warehouse: str, schema: str
) -> None:
    source, expected = loading.sources[schema], loading.expected[turn][schema]
    found = loading.found[turn][warehouse, schema]

    assert found.keys() - source.NOT_COMPARED == expected.keys() & found.keys()
    compared = 0
    for table in found.keys() - source.NOT_COMPARED:
        rows = source.living(table, found[table], expected)
        assert len(rows) == len(expected[table]), table
        for column in {name for row in expected[table] for name in row} & {name for row in rows for name in row}:
            kind = kind_of(row[column] for row in rows)
            if kind:
                there = [row[column] for row in expected[table] if row.get(column) not in (None, "")]
                assert total(kind, (row[column] for row in rows)) == total(kind, there), f"{table}.{column}"
                compared += 1
    assert compared > source.COLUMNS_AT_LEAST


def kind_of(values: Iterator[Any]) -> str | None:
    """What can be added up of a column's values: amounts, or days."""
    for value in values:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return "amount"
        if isinstance(value, date) and not isinstance(value, datetime):
            return "day"
    return None


def total(kind: str, values: Any) -> Any:
    """The exact sum of amounts; all days in order."""
    there = [value for value in values if value is not None]
    return sum(Decimal(str(value)) for value in there) if kind == "amount" else sorted(str(day)[:10] for day in there)


@AFTER
@INTO
@OF
def test_no_value_is_a_float_and_no_day_or_moment_is_text(
    loading: Loading, turn: int, warehouse: str, schema: str
) -> None:
    like_a_day = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
    wrong = {
        f"{table}.{column}"
        for table, rows in loading.found[turn][warehouse, schema].items()
        for row in rows
        for column, value in row.items()
        if isinstance(value, float) or (isinstance(value, str) and like_a_day.fullmatch(value))
    }
    assert wrong - loading.sources[schema].AS_GIVEN == set()


@INTO
@OF
def test_what_has_not_changed_is_as_it_was_row_by_row(loading: Loading, warehouse: str, schema: str) -> None:
    before, after = (
        {table: contents(rows) for table, rows in found[warehouse, schema].items()} for found in loading.found
    )
    of_before, of_after = (expected[schema] for expected in loading.expected)
    changed = {table for table in of_before if contents(of_before[table]) != contents(of_after[table])}

    assert before.keys() == after.keys()
    differing = {table for table in before if before[table] != after[table]}
    assert differing <= changed | loading.sources[schema].MAY_CHANGE
    assert differing >= loading.sources[schema].CHANGED


def contents(rows: list[dict[str, Any]]) -> list[str]:
    """The rows in order, without what a run says of itself."""
    return sorted(
        str(
            [(name, row[name]) for name in sorted(row) if name == DELETED_AT or not name.startswith(("_sdc_", "_ons_"))]
        )
        for row in rows
    )


@INTO
def test_deletions_are_marked_and_the_rest_of_the_row_is_kept(loading: Loading, warehouse: str) -> None:
    for schema, table, key in (
        ("nmbrs", "payroll_runs", "number"),
        ("ons", "team_assignments", "id"),
        ("inlenersbeloning", "remuneration_index", "remuneration_id"),
    ):
        before, after = (found[warehouse, schema][table] for found in loading.found)
        assert not [row for row in before if row[DELETED_AT]]
        (gone,) = [row for row in after if row[DELETED_AT]]
        assert isinstance(gone[DELETED_AT], datetime)
        (was,) = [row for row in before if contents([row]) == contents([gone | {DELETED_AT: None}])]
        assert was[key] == gone[key]


def test_both_warehouses_hold_the_same(loading: Loading) -> None:
    for found in loading.found:
        for schema in TAPS:
            duckdb, postgres = found["duckdb", schema], found["postgres", schema]
            assert duckdb.keys() == postgres.keys()
            for table, rows in duckdb.items():
                assert comparable(rows) == comparable(postgres[table]), f"{schema}.{table}"


def comparable(rows: list[dict[str, Any]]) -> list[str]:
    def plain(value: Any) -> Any:
        match value:
            case bool():
                return value
            case int() | Decimal():
                return str(Decimal(value).normalize() + 0)
            case str():
                return value.replace("\0", "\ufffd")
            case dict() | list():
                return json.dumps(value, sort_keys=True, default=lambda number: str(number.normalize() + 0))
            case _:
                return str(value)

    # PostgreSQL's loader gives every table the column of deletions.
    return contents(
        [{name: plain(value) for name, value in row.items() if (name, value) != (DELETED_AT, None)} for row in rows]
    )
