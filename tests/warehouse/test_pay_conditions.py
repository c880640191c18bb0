"""The questions about pay conditions, asked of both warehouses; the answers are the same."""

from __future__ import annotations

import subprocess
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.postgres import installed
from tests.warehouse.hirers import hirers
from tests.warehouses import ROOT, DuckDB, Postgres, Warehouse, view_script

if TYPE_CHECKING:
    from tests.postgres import PostgresServer

VIEWS = ROOT / "warehouse" / "inlenersbeloning"
Row = dict[str, Any]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def filled(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """A warehouse with the hirers and the views."""
    folder = tmp_path_factory.mktemp("warehouse")
    warehouse: Warehouse = DuckDB(folder=folder, schema="inlenersbeloning")
    if request.param == "postgres":
        warehouse = Postgres(folder=folder, schema="inlenersbeloning", url=postgres_server.new_database())
    warehouse.load(hirers().messages(), validate_records=False)
    warehouse.run(view_script(VIEWS / f"{warehouse.name}.sql"))
    return warehouse


def on(filled: Warehouse, partner: str | None, function: str | None, day: str) -> list[Row]:
    """What applies on a day."""
    words = ("NULL" if word is None else f"'{word}'" for word in (partner, function))
    return filled.rows(f"SELECT * FROM pay_conditions.conditions_on({', '.join(words)}, DATE '{day}')")


def of(rows: list[Row], topic: str) -> list[Row]:
    return sorted((row for row in rows if row["topic"] == topic), key=lambda row: (row["kind"], row["line_key"]))


def only(rows: list[Row], topic: str) -> Row:
    (row,) = of(rows, topic)
    return row


def changes(filled: Warehouse, older: int, newer: int) -> set[tuple[str, str, str, str, str | None, str | None]]:
    rows = filled.rows(f"SELECT * FROM pay_conditions.changes_between('Bakkerij Ooms', 'r1', {older}, {newer})")
    return {(r["part"], r["item"], r["change"], r["field"], r["old_value"], r["new_value"]) for r in rows}


# What applies


def test_scale_steps_and_hourly_wage_of_a_function_on_a_day(filled: Warehouse) -> None:
    steps = of(on(filled, "Bakkerij Ooms", "Bakker", "2026-03-01"), "step")

    assert [(s["scale_name"], s["name"], s["salary"], s["salary_period"], s["amount"], s["interval_unit"], s["age"]) for s in steps] == [
        ("Schaal 7", "17 jaar", Decimal(1500), "Maandsalaris", Decimal("8.65"), "Hourly", 17),
        ("Schaal 7", "Trede 1", Decimal("2575.5"), "Maandsalaris", Decimal("14.86"), "Hourly", None),
        ("Schaal 7", "Trede 2", Decimal(2650), "Maandsalaris", Decimal("15.29"), "Hourly", None),  # by the rule
    ]  # fmt: skip


def test_partner_and_function_are_named_by_id_or_by_name_in_any_case(filled: Warehouse) -> None:
    by_name = on(filled, "BAKKERIJ ooms", "bakker", "2026-03-01")

    assert by_name
    assert on(filled, "p1", "f1", "2026-03-01") == by_name


def test_without_a_function_all_functions_answer_and_without_a_partner_all_partners(filled: Warehouse) -> None:
    rows = on(filled, None, None, "2026-03-01")

    assert {(row["hirer"], row["function_title"]) for row in rows} == {
        ("Bakkerij Ooms", "Bakker"),
        ("Bakkerij Ooms", "Inpakker"),
        ("Delta Zorg", "Verzorgende"),
        ("Delta Zorg", None),
        ("Fabels", "Monteur"),
    }


@pytest.mark.parametrize(
    ("day", "version"),
    [("2024-12-31", None), ("2025-12-31", 1), ("2026-01-01", 2), ("2026-06-30", 2), ("2026-07-01", 3)],
)
def test_the_newest_version_that_has_begun_applies(filled: Warehouse, day: str, version: int | None) -> None:
    """Whenever it was published: the second version was, a month after it began."""
    found = {row["lender_version"] for row in on(filled, "p1", None, day)}

    assert found == ({version} if version else set())


@pytest.mark.parametrize(("day", "applies"), [("2026-03-14", True), ("2026-03-15", False)])
def test_what_is_withdrawn_applies_until_then(filled: Warehouse, day: str, applies: bool) -> None:  # noqa: FBT001 (pytest gives it by name)
    assert bool(on(filled, "p4", None, day)) is applies


def test_an_allowance_holds_for_its_functions_with_days_and_hours(filled: Warehouse) -> None:
    evening, cold = of(on(filled, "p1", "Bakker", "2026-03-01"), "allowance")

    assert (evening["amount"], evening["unit"], evening["based_on"]) == (Decimal(25), "Percentage", "GrossSalary")
    assert (evening["days"], evening["time_from"], evening["time_to"]) == ("Monday, Holiday", "20:00:00", "06:00:00")
    assert cold["name"] == "Koudetoeslag"
    assert [row["name"] for row in of(on(filled, "p1", "Inpakker", "2026-03-01"), "allowance")] == ["Koudetoeslag"]


def test_zero_that_means_in_words_only_is_no_amount(filled: Warehouse) -> None:
    _, cold = of(on(filled, "p1", "Bakker", "2026-03-01"), "allowance")

    assert (cold["amount"], cold["in_words_only"]) == (None, True)
    assert cold["description"] == "Volgens\r\nhet reglement \x02 \U0001d5ef"


def test_what_the_individual_choice_budget_has_in_it_is_not_counted_twice(filled: Warehouse) -> None:
    rows = on(filled, "p1", "Bakker", "2026-03-01")

    percents = [row for row in rows if row["unit"] == "Percentage" and row["topic"] != "allowance"]
    assert sum(row["amount"] for row in percents) == Decimal("34.1")
    assert sum(row["amount"] for row in percents if not row["in_budget_total"]) == Decimal("17.05")


def test_holiday_allowance_and_working_time(filled: Warehouse) -> None:
    rows = on(filled, "p1", "Bakker", "2026-08-01")

    holiday, hours = only(rows, "holiday_allowance"), only(rows, "working_time")
    assert (holiday["amount"], holiday["unit"], holiday["in_budget_total"]) == (Decimal("8.33"), "Percentage", False)
    assert (hours["amount"], hours["unit"], hours["interval_unit"], hours["description"]) == (
        Decimal(38),
        "Hours",
        "Per week",
        "32-40",
    )


def test_hours_of_a_hirer_that_is_not_classifiable_are_there_too(filled: Warehouse) -> None:
    rows = on(filled, "Delta Zorg", "Verzorgende", "2026-03-01")

    assert (only(rows, "working_time")["amount"], only(rows, "step")["status"]) == (Decimal(36), "none")


@pytest.mark.parametrize(("day", "status"), [("2025-06-01", "not recorded"), ("2026-08-01", "none")])
def test_none_is_not_the_same_as_not_recorded(filled: Warehouse, day: str, status: str) -> None:
    rows = on(filled, "p1", "Bakker", day)

    assert {only(rows, topic)["status"] for topic in ("leave", "reimbursement", "sick_pay", "pension")} == {status}


def test_a_block_that_a_new_document_does_not_have_is_not_recorded(filled: Warehouse) -> None:
    rows = on(filled, "p1", "Bakker", "2026-03-01")

    assert (only(rows, "pension")["status"], only(rows, "sick_pay")["status"]) == ("not recorded", "none")


def test_ids_that_are_alike_across_kinds_do_not_mix(filled: Warehouse) -> None:
    """Of an older remuneration the document, a scale and a function have one id."""
    steps = of(on(filled, "p4", "same", "2026-02-01"), "step")

    assert [(step["function_title"], step["amount"]) for step in steps] == [("Monteur", Decimal("11.54"))]


# What is shared now


def test_the_current_version_of_each_remuneration(filled: Warehouse) -> None:
    rows = filled.rows("SELECT * FROM pay_conditions.current_versions ORDER BY remuneration_id")

    assert [(r["hirer"], r["remuneration_id"], r["lender_version"], r["remunerations_of_partner"]) for r in rows] == [
        ("Bakkerij Ooms", "r1", 3, 1),
        ("Delta Zorg", "r2", 1, 2),
        ("Delta Zorg", "r3", 1, 2),
    ]
    assert {r["lender_version"] for r in filled.rows("SELECT * FROM pay_conditions.current_conditions")} == {1, 3}


def test_partners_without_a_remuneration(filled: Warehouse) -> None:
    rows = filled.rows("SELECT * FROM pay_conditions.partners_without_remuneration ORDER BY hirer")

    assert [(row["hirer"], row["withdrawn_at"]) for row in rows] == [
        ("Eendracht", None),
        ("Fabels", datetime.fromisoformat("2026-03-15T06:00")),
    ]


def test_wage_increases_to_come_with_their_unit_and_functions(filled: Warehouse) -> None:
    rows = filled.rows("SELECT * FROM pay_conditions.wage_increases_after(DATE '2026-06-01') ORDER BY position")

    day = date(2026, 10, 1)
    assert [(r["hirer"], r["increase_date"], r["value"], r["unit"], r["functions"]) for r in rows] == [
        ("Bakkerij Ooms", day, Decimal(3), "Percentage", None),
        ("Bakkerij Ooms", day, Decimal(35), "Amount", "Bakker"),
    ]


def test_increases_with_retroactive_effect_are_marked(filled: Warehouse) -> None:
    rows = filled.rows("SELECT * FROM pay_conditions.wage_increases_after(DATE '2026-01-01') ORDER BY increase_date")

    assert [row["is_retroactive"] for row in rows] == [True, False, False]


# What changed


def test_changes_with_old_and_new(filled: Warehouse) -> None:
    found = changes(filled, 1, 2)

    assert ("step", "Schaal 7 / Trede 1", "changed", "hour_wage", "14.42", "14.86") in found
    assert ("step", "Schaal 7 / 17 jaar", "added", "salary", None, "1500") in found
    assert ("remuneration", "Inlenersbeloning van Ooms", "changed", "full_time_hours", "40", "38") in found
    assert ("function", "Bakker", "changed", "working_hours", None, "32-40") in found
    assert ("function", "Inpakker", "added", "scale_name", None, "Eigen schaal A") in found


def test_what_an_old_document_could_not_tell_was_not_added(filled: Warehouse) -> None:
    kinds = {(part, change) for part, _, change, *_ in changes(filled, 1, 2) if part in {"arrangement", "allowance"}}

    assert kinds == {("arrangement", "not recorded before"), ("allowance", "not recorded before")}


def test_the_same_things_with_new_ids_are_compared_by_name(filled: Warehouse) -> None:
    found = changes(filled, 2, 3)

    assert {change for change in found if change[0] in {"step", "scale", "function"}} == {
        ("step", "Schaal 7 / 17 jaar", "removed", "salary", "1500", None),
        ("step", "Schaal 7 / 17 jaar", "removed", "hour_wage", "8.65", None),
        ("step", "Schaal 7 / Trede 2", "changed", "salary", "2650", "2700"),
        ("step", "Schaal 7 / Trede 2", "changed", "hour_wage", "15.29", "15.58"),
        ("step", "Schaal 7 / Trede 3", "added", "salary", None, "2800"),
        ("step", "Schaal 7 / Trede 3", "added", "hour_wage", None, "16.15"),
    }
    assert ("arrangement", "holiday_allowance", "changed", "amount", "8", "8.33") in found
    assert ("arrangement", "allowance_component: Avonddienst", "changed", "amount", "25", "27.5") in found


def test_every_field_of_an_arrangement_is_compared(filled: Warehouse) -> None:
    """Also those that no column of the long table holds."""
    item = "allowance_component: Avonddienst"

    assert ("arrangement", item, "changed", "applicableTimeFrom", "20:00:00", "21:00:00") in changes(filled, 2, 3)


def test_versions_that_do_not_follow_each_other_can_be_compared(filled: Warehouse) -> None:
    assert ("step", "Schaal 7 / Trede 2", "changed", "salary", "2600", "2700") in changes(filled, 1, 3)


def test_the_view_of_changes_has_every_version_with_the_one_before_it(filled: Warehouse) -> None:
    rows = filled.rows(
        "SELECT DISTINCT hirer, old_version, new_version FROM pay_conditions.changes ORDER BY new_version"
    )

    assert [tuple(row.values()) for row in rows] == [("Bakkerij Ooms", 1, 2), ("Bakkerij Ooms", 2, 3)]


# Applying and reloading


def test_the_views_can_be_applied_again_and_read_what_is_loaded_later(filled: Warehouse) -> None:
    filled.run(view_script(VIEWS / f"{filled.name}.sql"))

    filled.load(hirers().messages(), validate_records=False)

    assert on(filled, "p1", "Bakker", "2026-03-01")


def test_older_versions_from_their_own_stream_are_known_once(filled: Warehouse) -> None:
    copy = "INSERT INTO inlenersbeloning.remuneration_versions SELECT * FROM inlenersbeloning.remunerations"
    filled.run(f"{copy} WHERE id = 'r1' AND lender_version < 3")

    rows = filled.rows("SELECT lender_version FROM pay_conditions.versions WHERE remuneration_id = 'r1' ORDER BY 1")

    assert [row["lender_version"] for row in rows] == [1, 2, 3]


def test_psql_applies_the_file(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The line that the README has."""
    warehouse = Postgres(folder=tmp_path_factory.mktemp("psql"), schema="inlenersbeloning", url=postgres_url)
    warehouse.load(hirers().messages(), validate_records=False)

    psql = installed() / "bin" / "psql"
    subprocess.run([psql, postgres_url, "-q", "-f", VIEWS / "postgres.sql"], check=True, timeout=60, cwd="/")

    assert on(warehouse, "p1", "Bakker", "2026-03-01")
