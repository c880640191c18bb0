"""Documents of every kind, from the provider through the tap and the loader: what lands is what was sent."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, InlenersbeloningSwitches
from provider_simulators.inlenersbeloning.editions import raise_salaries
from provider_simulators.world import World

from tests.warehouses import BIN, ROOT, DuckDB, Postgres, Warehouse, view_script

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.postgres import PostgresServer

VIEWS = ROOT / "warehouse" / "inlenersbeloning"
EIGHT_DECIMALS = Decimal("1e-8")


def tap(config: Path, *arguments: str | Path) -> list[str]:
    """What the tap writes."""
    result = subprocess.run(
        [BIN / "tap-inlenersbeloning", "--config", config, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    return result.stdout.splitlines()


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What two syncs of every kind of hirer write; in between a few raise their wages, and one withdraws."""
    folder = tmp_path_factory.mktemp("tap")
    config, state = folder / "config.json", folder / "state.json"
    world = World.build(seed=1, debtors=1, companies=1, employees=6, today=date(2026, 11, 15))
    with InlenersbeloningSimulator(world, switches=InlenersbeloningSwitches(hirers="every_kind")) as simulator:
        config.write_text(json.dumps({**simulator.connector_settings(), "requests_per_second": 1000}))
        first = tap(config)
        states = [message["value"] for message in map(json.loads, first) if message["type"] == "STATE"]
        state.write_text(json.dumps(states[-1]))
        company, partners = next(iter(simulator.backend.shares.items()))
        shared = [(company, partner, id_) for partner, share in partners.items() for id_ in share.remunerations]
        for ids in shared[:3]:
            simulator.backend.republish(*ids, raise_salaries)
        simulator.backend.withdraw(*shared[3])
        return [*first, *tap(config, "--state", state)]


@dataclass(kw_only=True)
class Sent:
    """What the tap sent of one stream: the last record of every key, numbers exact."""

    keys: list[str]
    formats: dict[str, str]
    records: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def key(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.keys)


def sent(lines: list[str]) -> dict[str, Sent]:
    """What the tap sent, by stream."""
    streams: dict[str, Sent] = {}
    for line in lines:
        message = json.loads(line, parse_float=Decimal)
        if message["type"] == "SCHEMA":
            declared = message["schema"]["properties"].items()
            formats = {name: about["format"] for name, about in declared if "format" in about}
            streams.setdefault(message["stream"], Sent(keys=message["key_properties"], formats=formats))
        elif message["type"] == "RECORD":
            stream = streams[message["stream"]]
            stream.records[stream.key(message["record"])] = message["record"]
    return streams


def in_utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


TYPED: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "date-time": in_utc,
    "time": time.fromisoformat,
}


def as_postgres(value: Any) -> Any:
    """A value without the one character that PostgreSQL cannot hold."""
    match value:
        case str():
            return value.replace("\0", "\ufffd")
        case dict():
            return {as_postgres(name): as_postgres(part) for name, part in value.items()}
        case list():
            return [as_postgres(part) for part in value]
        case _:
            return value


def as_duckdb(value: Any) -> Any:
    """A number with the eight decimals that a column of DuckDB has."""
    return value.quantize(EIGHT_DECIMALS) if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def landed(
    lines: list[str], postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Warehouse]:
    """Both warehouses with all of it, and with the views."""
    folder = tmp_path_factory.mktemp("warehouse")
    both: tuple[Warehouse, ...] = (
        DuckDB(folder=folder, schema="inlenersbeloning"),
        Postgres(folder=folder, schema="inlenersbeloning", url=postgres_server.new_database()),
    )
    for warehouse in both:
        warehouse.load(lines, validate_records=False)
        warehouse.run(view_script(VIEWS / f"{warehouse.name}.sql"))
    return {warehouse.name: warehouse for warehouse in both}


@pytest.mark.parametrize(("name", "fitted"), [("duckdb", as_duckdb), ("postgres", as_postgres)])
def test_every_value_of_every_record_is_in_the_warehouse(
    lines: list[str], landed: dict[str, Warehouse], name: str, fitted: Callable[[Any], Any]
) -> None:
    texts: list[str] = []
    different: set[str] = set()
    for stream, of_stream in sent(lines).items():
        rows = {of_stream.key(row): row for row in landed[name].table(stream)}
        assert len(rows) == len(of_stream.records), stream
        for key, record in of_stream.records.items():
            row = rows[tuple(map(fitted, key))]
            for column, value in record.items():
                read = TYPED.get(of_stream.formats.get(column, ""), fitted)
                expected = None if value is None else read(value)
                if row[column] != expected or isinstance(row[column], bool) is not isinstance(expected, bool):
                    different.add(f"{stream}.{column}")
                texts += [value] if isinstance(value, str) else []
    assert different == set()
    everything = "".join(texts)
    hard = ["\u0002", "\r\n", "\t", "\u202f", " \n"]
    assert [mark for mark in hard if mark not in everything] == []
    assert max(everything) > "\uffff"


@pytest.mark.parametrize(
    "view",
    [
        *("versions", "current_versions", "partners_without_remuneration", "functions", "steps", "conditions"),
        *("wage_increases", "version_pairs", "blocks_not_recorded", "component_functions"),
    ],
)
def test_both_warehouses_answer_the_same(landed: dict[str, Warehouse], view: str) -> None:
    answers = {
        name: Counter(
            tuple(sorted((column, comparable(value)) for column, value in row.items()))
            for row in warehouse.rows(f"SELECT * FROM pay_conditions.{view}")
        )
        for name, warehouse in landed.items()
    }

    assert answers["duckdb"] == answers["postgres"]
    assert answers["duckdb"]


def test_a_raise_is_a_change_of_salaries_and_hourly_wages(landed: dict[str, Warehouse]) -> None:
    """Of lists and objects only the spaces differ between the warehouses."""
    answers = [
        Counter(
            tuple(str(part).replace(" ", "") for part in row.values())
            for row in warehouse.rows("SELECT * FROM pay_conditions.changes")
        )
        for warehouse in landed.values()
    ]
    fields = landed["duckdb"].rows("SELECT DISTINCT part, change, field FROM pay_conditions.changes ORDER BY field")

    assert answers[0] == answers[1]
    assert [tuple(row.values()) for row in fields if row["part"] == "step"] == [
        ("step", "changed", "hour_wage"),
        ("step", "changed", "salary"),
    ]


def comparable(value: Any) -> str:
    """A value as text, whichever warehouse it is from."""
    if isinstance(value, Decimal):
        return str(value.quantize(EIGHT_DECIMALS))
    return str(as_postgres(value))
