"""From the warehouse to the books: what the models of tap-care-books make of a care organisation's data."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ConnectorError, ExitCode, SettingError
from provider_simulators.ons import OnsSimulator
from tap_care_books.models import Outcome, build
from tap_care_books.settings import Settings

from tests.warehouse.care import TABLES, CareBooks, CareWorld, care_world, entries_of, lines_of, read
from tests.warehouses import DuckDB, Postgres

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import PostgresServer
    from tests.warehouses import Row

CLOSED = "2026-09"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> tuple[CareWorld, Path, str]:
    """The organisation, and its data in a DuckDB file and in a PostgreSQL database, from which tests take copies."""
    folder = tmp_path_factory.mktemp("care")
    with OnsSimulator(care_world()) as ons:
        messages = read(ons, folder)
        world = CareWorld(customer=next(iter(ons.backend.customers.values())))
    file, url = DuckDB(folder=folder, schema="ons"), postgres_server.new_database()
    file.load(messages)
    Postgres(folder=folder, schema="ons", url=url, options={"use_copy": True}).load(messages)
    return world, file.path, url


in_a_file = pytest.mark.parametrize("care", ["duckdb"], indirect=True)
"""For what does not depend on the database."""


@pytest.fixture
def world(loaded: tuple[CareWorld, Path, str]) -> CareWorld:
    return loaded[0]


@pytest.fixture(params=["duckdb", "postgres"])
def care(
    request: pytest.FixtureRequest, loaded: tuple[CareWorld, Path, str], postgres_server: PostgresServer, tmp_path: Path
) -> CareBooks:
    """A warehouse of the test's own, with the organisation's data in it."""
    _, file, url = loaded
    tables = shutil.copytree(TABLES, tmp_path / "tables")
    if request.param == "duckdb":
        warehouse = DuckDB(folder=tmp_path, schema="ons")
        shutil.copy(file, warehouse.path)
        return CareBooks(warehouse=warehouse, database=str(warehouse.path), tables=tables)
    own = postgres_server.copy_of(url)
    return CareBooks(warehouse=Postgres(folder=tmp_path, schema="ons", url=own), database=own, tables=tables)


def sent(care: CareBooks, **changes: Any) -> Outcome:
    """What a run sends and keeps."""
    outcome = build(settings(care, **changes), keep=True)
    assert outcome.problem is None, outcome.problem
    return outcome


def stopped(care: CareBooks, **changes: Any) -> ConnectorError:
    """What a run says that sends nothing."""
    outcome = build(settings(care, **changes), keep=True)
    assert outcome.problem is not None
    assert outcome.lines == []
    return outcome.problem


def settings(care: CareBooks, **changes: Any) -> Settings:
    defaults = {
        "source_schema": "ons",
        "kinds": ["hours", "mileage", "invoices"],
        "only_verified": True,
        "work_time_unit": "seconds",
        "leave_out_faulty": False,
        "key_prefix": "ons",
    }
    return Settings.from_config(defaults | care.config(**changes))


def edit(care: CareBooks, table: str, line: str | None, instead: str | None) -> None:
    """Take a line out of a table, or put another in its place, or at its end."""
    path = care.tables / table
    lines = path.read_text(encoding="utf-8").splitlines()
    if line is not None:
        lines.remove(line)
    if instead is not None:
        lines.append(instead)
    path.write_text("\n".join(lines), encoding="utf-8")


def owed(care: CareBooks) -> dict[tuple[str, str], Decimal]:
    """What the entries say per kind and month that they are about."""
    rows = care.warehouse.rows("SELECT kind, month, cents FROM care_books_kept.bookings")
    sums: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = row["kind"], f"{row['month']:%Y-%m}"
        sums[key] = sums.get(key, Decimal(0)) + Decimal(row["cents"]) / 100
    return {key: amount for key, amount in sums.items() if amount}


def not_counted(care: CareBooks) -> list[int]:
    """How many records each reason leaves out, by kind."""
    rows = care.warehouse.rows(
        "SELECT sum(records) AS records FROM care_books.stations WHERE status <> 'counted' GROUP BY kind, status "
        "ORDER BY kind, status"
    )
    return [int(row["records"]) for row in rows]


def summary(stderr: str) -> dict[str, Any]:
    """What a run says of itself at its end."""
    (line,) = [line for line in stderr.splitlines() if "Summary {" in line]
    told: dict[str, Any] = json.loads(line[line.index("{") :])
    return told


def log_of(care: CareBooks, month: str, product: str) -> Row:
    """A presence log of one product that is counted."""
    return care.warehouse.rows(
        "SELECT source_id, min(cents) AS cents, min(quantity) AS quantity FROM care_books.facts WHERE kind = 'hours' "
        f"AND status = 'counted' AND month = DATE '{month}-01' GROUP BY source_id "
        f"HAVING count(*) = 1 AND min(product) = '{product}' ORDER BY source_id LIMIT 1"
    )[0]


def assert_balanced(outcome: Outcome) -> None:
    for key, lines in entries_of(outcome.lines).items():
        assert sorted(line["line_no"] for line in lines) == list(range(1, len(lines) + 1)), key
        debit, credit = (sum(line[side] for line in lines) for side in ("debit", "credit"))
        assert {(line["line_count"], line["entry_total"]) for line in lines} == {(len(lines), debit)}, key
        assert debit == credit, key
        assert all((line["debit"] == 0) != (line["credit"] == 0) for line in lines), key


def test_every_group_is_that_of_the_source_to_the_cent(care: CareBooks, world: CareWorld) -> None:
    outcome = sent(care)

    rows = care.warehouse.rows("SELECT * FROM care_books.groups")
    found = {
        (row["kind"], f"{row['month']:%Y-%m}", row["product"], row["financing_law"], row["location"]): Decimal(
            row["cents"]
        )
        / 100
        for row in rows
    }
    assert found == world.groups()
    assert len(found) > 100
    assert owed(care) == world.totals()
    assert_balanced(outcome)
    assert {type(line["debit"]) for line in outcome.lines} == {Decimal}
    assert {line["date"] for line in outcome.lines} == {
        date(2026, 7, 31),
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
    }


def test_every_record_is_counted_or_left_out_with_a_reason(care: CareBooks) -> None:
    sent(care)

    for kind, table in (("hours", "presence_logs"), ("mileage", "expenses"), ("invoices", "invoice_rows")):
        (row,) = care.warehouse.rows(
            f"SELECT count(DISTINCT source_id) AS n FROM care_books.facts WHERE kind = '{kind}'"
        )
        assert row["n"] == len(care.warehouse.table(table))
    reasons = {row["status"] for row in care.warehouse.rows("SELECT status FROM care_books.stations")}
    assert reasons == {
        "counted", "removed", "not paid", "paid at a fixed rate: no work time", "not verified", "refused by the payer",
        "before the first month", "after the last month",
    }  # fmt: skip


def test_the_same_data_gives_the_same_lines_and_changes_nothing_of_what_was_loaded(care: CareBooks) -> None:
    before = {name: care.warehouse.table(name) for name in ("presence_logs", "invoice_rows", "expenses")}

    first, second = sent(care), sent(care)

    assert first.lines == second.lines
    assert {name: care.warehouse.table(name) for name in before} == before


def test_what_has_no_account_stops_the_run_and_is_listed_with_its_amount(care: CareBooks, world: CareWorld) -> None:
    edit(care, "accounts.csv", "hours;01A1;*;4005;2990", None)

    problem = stopped(care)

    assert problem.exit_code == ExitCode.SETTINGS
    assert "no account for hours 01A1 WMO" in str(problem)
    (row,) = care.warehouse.rows("SELECT * FROM care_books.unmapped WHERE stops")
    missing = sum(
        amount for (kind, _, product, *_), amount in world.groups().items() if (kind, product) == ("hours", "01A1")
    )
    assert (row["kind"], row["product"], row["financing_law"], row["amount"]) == ("hours", "01A1", "WMO", missing)
    assert care.warehouse.rows("SELECT * FROM care_books_kept.bookings") == []

    edit(care, "accounts.csv", None, "hours;*;*;4005;2990")
    sent(care)
    assert owed(care) == world.totals()
    (row,) = care.warehouse.rows("SELECT * FROM care_books.unmapped WHERE product = '01A1' AND kind = 'hours'")
    assert (row["problem"], row["stops"], row["amount"]) == ("account by a star", False, missing)


@in_a_file
@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("cost_centers.csv", "KP40,140", "no cost center for hours KP40"),
        ("rates.csv", "hours,0050,2026-01-01,33.33", "no rate for hours 0050"),
        ("rates.csv", "mileage,Maaltijd,2026-01-01,12.50", "no rate for mileage Maaltijd"),
    ],
)
def test_a_cost_center_or_rate_that_is_missing_stops_the_run(care: CareBooks, table: str, line: str, said: str) -> None:
    edit(care, table, line, None)

    problem = stopped(care)

    assert problem.exit_code == ExitCode.SETTINGS
    assert said in str(problem)


def test_small_groups_become_other_and_the_totals_stay(care: CareBooks, world: CareWorld) -> None:
    sent(care, smallest_group=3)

    assert owed(care) == world.totals()
    groups = care.warehouse.rows("SELECT * FROM care_books.groups")
    assert any(row["product"] == "other" for row in groups)
    assert any(row["product"] != "other" for row in groups)
    people = care.warehouse.rows(
        "SELECT kind, month, product, financing_law, location, count(DISTINCT person) AS people FROM care_books.facts "
        "WHERE status = 'counted' GROUP BY 1, 2, 3, 4, 5"
    )
    key = ("kind", "month", "product", "financing_law", "location")
    size = {tuple(row[name] for name in key): row["people"] for row in people}
    shown = {tuple(row[name] for name in key) for row in groups if row["product"] != "other"}
    assert min(size[group] for group in shown) >= 3
    for month in {row["month"] for row in groups}:
        hidden = [group for group in size if group not in shown and group[:2] == ("invoices", month)]
        listed = ", ".join(f"('{product}', '{law}', '{place}')" for _, _, product, law, place in hidden)
        (together,) = care.warehouse.rows(
            "SELECT count(DISTINCT person) AS people FROM care_books.facts WHERE kind = 'invoices' AND status = 'counted' "
            f"AND month = DATE '{month}' AND (product, financing_law, location) IN ({listed})"
        )
        assert together["people"] >= 3
    texts = {line["description"] for line in sent(care, smallest_group=3).lines}
    assert texts <= {"other other", *(f"{product} {law}".strip() for _, _, product, law, _ in shown)} | {
        text for text in texts if text.endswith(("2026-07", "2026-08", "2026-09", "2026-10"))
    }


@in_a_file
def test_a_group_too_small_for_other_takes_the_next_one_with_it(care: CareBooks) -> None:
    everybody = sent(care, smallest_group=1000)

    assert {row["product"] for row in care.warehouse.rows("SELECT product FROM care_books.groups")} == {"other"}
    assert len(everybody.lines) == 2 * 3 * 4  # two lines for each kind and month
    care.warehouse.run(
        "DELETE FROM ons.expenses; DELETE FROM ons.invoice_rows; "
        "UPDATE ons.presence_logs SET activity_object_id = 4 WHERE activity_object_id = 5; "
        "UPDATE ons.teams SET cost_center_number = 'KP20'; DELETE FROM care_books_kept.bookings;"
        "DELETE FROM ons.presence_logs WHERE activity_object_id <> 4 AND id NOT IN "
        "(SELECT min(id) FROM ons.presence_logs WHERE activity_object_id = 1 AND verified AND removed IS NULL "
        "AND fixed_rate_compensation IS NULL AND payrolling_activity)"
    )
    sent(care, smallest_group=2, kinds=["hours"])

    months = {
        row["month"]: row["product"] for row in care.warehouse.rows("SELECT month, product FROM care_books.groups")
    }
    assert set(months.values()) == {"0040", "other"}, "the one visit of a month is hidden among the meetings"


@in_a_file
def test_employees_do_not_make_up_for_clients(care: CareBooks) -> None:
    sent(care, kinds=["hours"])
    log = log_of(care, "2026-08", "00A1")
    care.warehouse.run(
        "UPDATE ons.teams SET cost_center_number = 'KP20'; "
        f"UPDATE ons.presence_logs SET client_object_id = NULL WHERE activity_object_id = 1 AND id <> {log['source_id']}; "
        "UPDATE ons.presence_logs SET activity_object_id = 4 WHERE activity_object_id = 12"
    )

    sent(care, kinds=["hours"], smallest_group=2)

    shown = care.warehouse.rows("SELECT month FROM care_books.groups WHERE product = '00A1' AND financing_law = 'WLZ'")
    assert {row["month"].month for row in shown} == {7, 9, 10}, "in August the group has one client, and many employees"


def test_late_hours_of_an_open_month_change_its_entry_and_no_other(care: CareBooks) -> None:
    before = entries_of(sent(care).lines)
    log = log_of(care, "2026-08", "00A1")
    care.warehouse.run(
        f"UPDATE ons.presence_logs SET calculated_worktime_amount = calculated_worktime_amount + 3600 WHERE id = {log['source_id']}"
    )

    after = entries_of(sent(care).lines)

    assert before.keys() == after.keys()
    assert [key for key in before if before[key] != after[key]] == ["ons:hours:2026-08"]
    assert after["ons:hours:2026-08"][0]["entry_total"] - before["ons:hours:2026-08"][0]["entry_total"] == Decimal(
        "38.50"
    )


def test_late_hours_of_a_closed_month_are_booked_in_the_first_open_one(care: CareBooks) -> None:
    before = entries_of(sent(care).lines)
    log = log_of(care, "2026-08", "00A1")
    change = "UPDATE ons.presence_logs SET calculated_worktime_amount = {} WHERE id = " + str(log["source_id"])
    care.warehouse.run(change.format(log["quantity"] + 3600))

    after = entries_of(sent(care, closed_until=CLOSED).lines)

    assert [key for key in before if before[key] != after[key]] == ["ons:hours:2026-10"]
    (late,) = [line for line in after["ons:hours:2026-10"] if line["description"].startswith("2026-08: ")]
    assert (late["description"], late["account"], late["debit"]) == ("2026-08: 00A1 WLZ", "4000", Decimal("38.50"))
    totals = care.warehouse.rows("SELECT * FROM care_books.totals")
    assert all(row["counted"] == row["grouped"] == row["booked"] for row in totals)
    assert {(row["kind"], f"{row['month']:%Y-%m}"): row["late"] for row in totals if row["late"]} == {
        ("hours", "2026-08"): Decimal("38.50")
    }

    # October closes with it; then it turns out that it was wrong.
    assert entries_of(sent(care, closed_until="2026-10").lines) == after
    care.warehouse.run(change.format(log["quantity"]))
    taken_back = entries_of(sent(care, closed_until="2026-10").lines)
    assert {key: taken_back[key] for key in after} == after
    assert [
        line["credit"] for line in taken_back["ons:hours:2026-11"] if line["description"] == "2026-08: 00A1 WLZ"
    ] == [Decimal("38.50")]


@in_a_file
def test_late_changes_go_to_other_where_small_groups_are_hidden(care: CareBooks) -> None:
    before = entries_of(sent(care, smallest_group=2).lines)
    log = log_of(care, "2026-08", "00A1")
    care.warehouse.run(f"DELETE FROM ons.presence_logs WHERE id = {log['source_id']}")

    after = entries_of(sent(care, smallest_group=2, closed_until=CLOSED).lines)

    assert [key for key in before if before[key] != after[key]] == ["ons:hours:2026-10"]
    (late,) = [line for line in after["ons:hours:2026-10"] if line["description"].startswith("2026-08: ")]
    assert (late["description"], late["account"], late["credit"]) == (
        "2026-08: other",
        "4030",
        Decimal(log["cents"]) / 100,
    )


@in_a_file
def test_another_account_for_a_closed_month_is_a_change_of_the_open_one(care: CareBooks) -> None:
    before = entries_of(sent(care).lines)
    edit(care, "accounts.csv", "hours;01A1;*;4005;2990", "hours;01A1;*;4010;2990")

    after = entries_of(sent(care, closed_until=CLOSED).lines)

    assert [key for key in before if before[key] != after[key]] == ["ons:hours:2026-10"]
    moved = [line for line in after["ons:hours:2026-10"] if line["description"] == "2026-09: 01A1 WMO"]
    assert (
        sum(line["debit"] for line in moved if line["account"] == "4010")
        == sum(line["credit"] for line in moved if line["account"] == "4005")
        > 0
    )


@in_a_file
def test_an_entry_without_content_is_told_and_stays(care: CareBooks) -> None:
    sent(care)
    kept = owed(care)
    care.warehouse.run("DELETE FROM ons.expenses WHERE expense_date >= DATE '2026-10-01'")

    problem = stopped(care)

    assert problem.exit_code == ExitCode.REJECTED
    assert "mileage of 2026-10" in str(problem)
    assert owed(care) == kept


@in_a_file
def test_faulty_records_stop_the_run_unless_they_may_be_left_out(care: CareBooks, world: CareWorld) -> None:
    care.warehouse.run("INSERT INTO ons.invoice_rows (id, invoice_id, calculated_amount) VALUES (1, 999, 100)")

    problem = stopped(care)
    assert problem.exit_code == ExitCode.REJECTED
    assert "1 of invoices with no invoice" in str(problem)

    sent(care, leave_out_faulty=True)
    assert owed(care) == world.totals()
    (row,) = care.warehouse.rows("SELECT source, source_id, status FROM care_books.faulty")
    assert row == {"source": "invoice_rows", "source_id": 1, "status": "faulty: no invoice"}


def test_a_row_of_several_cost_centers_is_divided_without_a_cent_lost(care: CareBooks, world: CareWorld) -> None:
    care.warehouse.run(
        "UPDATE ons.finance_logs SET cost_center = 'KP10', amount = 1 WHERE id % 2 = 0; "
        "UPDATE ons.finance_logs SET amount = - amount WHERE id % 10 < 4; UPDATE ons.finance_logs SET amount = NULL WHERE id % 10 > 7"
    )

    sent(care)

    assert owed(care) == world.totals()
    split = care.warehouse.rows(
        "SELECT source_id FROM care_books.facts WHERE kind = 'invoices' AND status = 'counted' GROUP BY 1 HAVING count(DISTINCT location) = 2"
    )
    assert len(split) > 20


@in_a_file
def test_vat_has_an_entry_of_its_own(care: CareBooks) -> None:
    care.warehouse.run(
        "UPDATE ons.invoice_rows SET vat_amount = 210 WHERE id = (SELECT max(id) - 5 FROM ons.invoice_rows)"
    )

    assert "no account for vat" in str(stopped(care))
    edit(care, "accounts.csv", None, "vat;*;*;1740;1700")

    lines = entries_of(sent(care).lines)["ons:vat:2026-10"]
    assert [(line["account"], line["debit"], line["credit"]) for line in lines] == [
        ("1740", Decimal("0.00"), Decimal("2.10")),
        ("1700", Decimal("2.10"), Decimal("0.00")),
    ]


@in_a_file
def test_without_clients_groups_cannot_be_counted(care: CareBooks) -> None:
    care.warehouse.run(
        "CREATE TABLE ons.others AS SELECT * FROM ons.invoice_rows; DROP TABLE ons.invoice_rows; "
        "ALTER TABLE ons.others DROP COLUMN client_id; ALTER TABLE ons.others RENAME TO invoice_rows"
    )

    with pytest.raises(SettingError, match=r"smallest_group: ons\.invoice_rows has no column client_id"):
        build(settings(care, smallest_group=3), keep=True)

    assert sent(care).lines


@in_a_file
def test_a_table_that_was_not_loaded_is_named(care: CareBooks, world: CareWorld) -> None:
    care.warehouse.run("DROP TABLE ons.finance_logs")

    with pytest.raises(SettingError, match=r"no table ons\.finance_logs in the warehouse, which invoices need"):
        build(settings(care), keep=True)

    sent(care, kinds=["hours"])
    assert owed(care) == {key: amount for key, amount in world.totals().items() if key[0] == "hours"}


@in_a_file
def test_deleted_rows_count_no_more(care: CareBooks) -> None:
    sent(care)
    before = owed(care)
    log = log_of(care, "2026-08", "00A1")
    care.warehouse.run(
        "ALTER TABLE ons.presence_logs ADD COLUMN IF NOT EXISTS _sdc_deleted_at timestamp; "
        f"UPDATE ons.presence_logs SET _sdc_deleted_at = TIMESTAMP '2026-11-01 00:00:00' WHERE id = {log['source_id']}"
    )

    sent(care)

    assert before["hours", "2026-08"] - owed(care)["hours", "2026-08"] == Decimal(log["cents"]) / 100


@in_a_file
def test_the_program_checks_without_keeping_and_sends_what_it_has_made(care: CareBooks, world: CareWorld) -> None:
    checked = care.run("check")
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.splitlines()[-1] == "everything is mapped"
    assert care.warehouse.rows("SELECT * FROM care_books_kept.bookings") == []

    result = care.run()
    assert result.returncode == 0, result.stderr
    assert lines_of(result.stdout) == [{**line, "date": str(line["date"])} for line in sent(care).lines]
    assert owed(care) == world.totals()
    lines, left_out = len(lines_of(result.stdout)), not_counted(care)
    told = summary(result.stderr)
    of_stream = told["streams"]["journal_entry_lines"]
    assert (told["complete"], told["records"], told["left_out"], told["calls"]) == (True, lines, sum(left_out), 0)
    assert (of_stream["records"], of_stream["left_out"]) == (lines, sum(left_out))
    assert f"{left_out[0]} records left out: " in result.stderr

    edit(care, "cost_centers.csv", "KP40,140", None)
    refused = care.run()
    assert refused.returncode == ExitCode.SETTINGS
    assert lines_of(refused.stdout) == []
    assert (summary(refused.stderr)["complete"], summary(refused.stderr)["records"]) == (False, 0)
    assert refused.stderr.splitlines()[-1].startswith("tap-care-books: nothing was sent: no cost center for ")


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("accounts.csv", "sales;*;*;4000;1700", "column kind: expected one of hours, mileage, invoices, vat"),
        ("accounts.csv", "hours;0050;*;4030;1700", "there is a row for 'hours 0050 *' before it"),
        ("rates.csv", "hours,PV,2026-13-01,1", "column valid_from: expected a day such as 2026-01-01"),
        ("rates.csv", "hours,PV,2026-02-01,1.00001", "column rate: expected euros with at most four decimals"),
    ],
)
def test_a_wrong_row_of_a_table_is_named(tmp_path: Path, table: str, line: str, said: str) -> None:
    warehouse = DuckDB(folder=tmp_path, schema="ons")
    warehouse.run("CREATE SCHEMA ons")
    tables = shutil.copytree(TABLES, tmp_path / "tables")
    care = CareBooks(warehouse=warehouse, database=str(warehouse.path), tables=tables)
    edit(care, table, None, line)

    with pytest.raises(SettingError, match=said.replace("*", r"\*")):
        build(settings(care, kinds=["mileage"]), keep=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"database": "/nowhere/warehouse.duckdb"}, "setting database: there is no such file"),
        ({"database": "postgresql://postgres@/x?host=/nowhere"}, "setting database: PostgreSQL cannot be reached"),
        ({"first_month": None}, "setting first_month is missing"),
        ({"first_month": "2027-01"}, "setting first_month: 2027-01 is after the last month"),
        ({"kinds": []}, "setting kinds: name at least one"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    care = CareBooks(warehouse=DuckDB(folder=tmp_path, schema="ons"), database=str(tmp_path / "w.duckdb"))

    with pytest.raises(ConnectorError, match=said):
        build(settings(replace(care, settings=changes)), keep=True)
