"""What hirers owe and payroll paid, worked out in both warehouses and by hand; the answers are the same."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.warehouse import care_workers
from tests.warehouse.checks import CHECKS, empty_check
from tests.warehouse.paid_workers import FILES, MARCH, REASONS, Payroll, conditions, paid

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import PostgresServer
    from tests.warehouse.checks import Check

pytestmark = pytest.mark.timeout(600)  # the first test fills both warehouses
Row = dict[str, Any]
TOPICS = ("allowance", "holiday_allowance", "individual_choice_budget", "wage", "working_time_reduction")
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def checks(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Check]:
    """Both warehouses, with both comparisons worked out."""
    payroll = paid()
    care = care_workers.worked(payroll)
    files = FILES | care_workers.FILES | {"hour_codes": FILES["hour_codes"] + care_workers.FILES["hour_codes"]}
    found = {}
    for kind in ("duckdb", "postgres"):
        check = empty_check(kind, tmp_path_factory.mktemp(kind), postgres_server)
        check.load(inlenersbeloning=conditions().messages(), nmbrs=payroll.messages(), ons=care.messages())
        check.write(files)
        check.conditions()
        check.work_out()
        check.work_out(hours=True)
        found[kind] = check
    return found


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def check(request: pytest.FixtureRequest, checks: dict[str, Check]) -> Check:
    return checks[request.param]


def of(check: Check, worker: int, period: tuple[int, int] = MARCH, topic: str | None = None) -> list[Row]:
    """The rows of a worker of the first companies in a period."""
    where = f"worker_number = '{worker}' AND company_number <> '3' AND year = {period[0]} AND period = {period[1]}"
    rows = check.rows(f"SELECT * FROM equal_pay.comparison WHERE {where} ORDER BY topic, item")
    return [row for row in rows if topic in (None, row["topic"])]


def only(check: Check, worker: int, topic: str, period: tuple[int, int] = MARCH, item: str | None = None) -> Row:
    (row,) = (row for row in of(check, worker, period, topic) if row["item"] == item)
    return row


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


# By hand


def test_a_wage_is_the_hourly_wage_of_the_step_times_the_hours_that_earn_it(check: Check) -> None:
    """Two runs, one of which calls the worker by number; a run that has gone does not count."""
    row = only(check, 101, "wage")

    hours = Decimal("120.25") + Decimal("31.5") + Decimal(8)
    assert (row["hours"], row["rate"], row["due"]) == (hours, Decimal("15.58"), cents(hours * Decimal("15.58")))
    assert (row["paid"], row["difference"]) == (Decimal("2450.10"), Decimal("2488.91") - Decimal("2450.10"))


def test_the_rule_is_named_by_hirer_document_version_and_line(check: Check) -> None:
    wage, night = only(check, 101, "wage"), only(check, 101, "allowance", item="Nachtdienst")

    assert (wage["hirer"], wage["document"], wage["version"], wage["line"]) == (
        "Gieterij Vonk",
        "v1-r",
        4,
        "Schaal B / Trede 1",
    )
    assert (night["document"], night["version"], night["line"]) == ("v1-r", 4, "a1/c")


def test_an_allowance_is_a_percentage_of_the_hourly_wage_for_each_of_its_hours(check: Check) -> None:
    row = only(check, 101, "allowance", item="Nachtdienst")

    hours = Decimal("31.5") - Decimal(2)  # a correction
    assert row["hours"] == hours
    assert row["rate"] == Decimal("15.58") * Decimal("0.375")
    assert row["due"] == cents(hours * Decimal("15.58") * Decimal("0.375"))
    assert row["difference"] == row["due"] - Decimal("150.00")


def test_an_allowance_in_euros_an_hour_is_found_by_its_line_and_by_its_name(check: Check) -> None:
    """Hours are mapped to the line, pay to the name; too much paid is a negative difference."""
    row = only(check, 101, "allowance", item="Hittetoeslag")

    assert row["due"] == cents(Decimal("12.75") * Decimal("1.255"))
    assert (row["paid"], row["difference"]) == (Decimal("16.01"), Decimal("-0.01"))


def test_percentages_of_the_wage_are_taken_of_what_is_due_not_of_what_was_paid(check: Check) -> None:
    holiday, shorter = only(check, 101, "holiday_allowance"), only(check, 101, "working_time_reduction")

    wage = Decimal("2488.91")
    assert (holiday["base"], holiday["due"], holiday["paid"]) == (
        wage,
        cents(wage * Decimal("0.08")),
        Decimal("189.00"),
    )
    assert (shorter["base"], shorter["due"]) == (wage, cents(wage * Decimal("0.0231")))


def test_a_choice_budget_has_the_holiday_allowance_in_it(check: Check) -> None:
    budget, holiday = only(check, 118, "individual_choice_budget"), only(check, 118, "holiday_allowance")

    wage = cents(Decimal("100.10") * Decimal("16.03"))
    assert (budget["due"], budget["difference"]) == (cents(wage * Decimal("0.1705")), Decimal(0))
    assert (holiday["due"], holiday["reason"]) == (None, "it is in the individual choice budget")


def test_whoever_begins_within_a_period_is_placed_from_then_on(check: Check) -> None:
    """Ids in the file do as well as names."""
    row = only(check, 119, "wage")

    assert (row["due"], row["status"]) == (Decimal("600.00"), "decided")


def test_a_period_that_is_no_month_has_the_days_that_the_file_tells(check: Check) -> None:
    assert only(check, 201, "wage", (2026, 4))["due"] == Decimal(152) * Decimal(14)


def test_corrections_count_in_the_periods_that_they_name(check: Check) -> None:
    paid_in = [only(check, 119, "wage", (2026, month))["paid"] for month in (7, 8, 9)]

    assert paid_in == [Decimal("1501.00")] * 3


def test_nothing_arranged_and_nothing_paid_is_zero(check: Check) -> None:
    row = only(check, 118, "allowance")

    assert (row["status"], row["due"], row["paid"]) == ("decided", Decimal(0), Decimal(0))


# What cannot be decided


@pytest.mark.parametrize("worker", REASONS)
def test_what_cannot_be_decided_says_why(check: Check, worker: int) -> None:
    """And is never zero: there is no amount, and no difference."""
    reason, about = REASONS[worker]
    if worker == 112:  # the document's own name is all that is known
        rows = check.rows("SELECT * FROM equal_pay.comparison WHERE worker_id = '112'")
    else:
        rows = of(check, worker)

    topics = {row["topic"] for row in rows}
    concerned = [row for row in rows if about == "all" or row["topic"] == "wage" or row["line"]]
    assert topics == set(TOPICS)
    assert concerned
    for row in concerned:
        assert reason in row["reason"].split("; "), row["topic"]
        assert (row["status"], row["due"], row["difference"], row["hours"]) == ("undecided", None, None, None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ((101, "allowance", MARCH, "Kleding"), "it is in words only"),
        ((101, "allowance", MARCH, "Ploeg"), "it is a percentage of UsualWage"),
        ((101, "allowance", MARCH, "Bereikbaarheid"), "it is not by the hour: Shift"),
        ((101, "individual_choice_budget", MARCH, None), "the document does not record it"),
        ((118, "wage", (2026, 7), None), "is about several periods and does not say how much is about which"),
        ((118, "wage", (2026, 9), None), "is about several periods and does not say how much is about which"),
        ((119, "wage", (2026, 10), None), "is still open"),
        ((120, "holiday_allowance", MARCH, None), "a percentage below 1 may be a fraction"),
        ((120, "allowance", MARCH, "Nachtdienst"), "the hirer has no allowance of this name, or several"),
        ((130, "allowance", (2025, 12), None), "the document does not record it"),
        ((130, "wage", (2026, 8), None), "the wage increase of 2026-04-01 is not in the steps"),
        ((131, "wage", (2025, 12), None), "no version of the hirer with this function applies in the period"),
        ((201, "wage", MARCH, None), "first and last day of the period are not known (periods.csv)"),
    ],
)
def test_the_reason_in_words(check: Check, line: tuple[Any, ...], reason: str) -> None:
    row = only(check, *line)

    assert reason in row["reason"]
    assert (row["status"], row["due"]) == ("undecided", None)


def test_pay_of_a_code_that_is_not_mapped_may_be_anything(check: Check) -> None:
    assert {row["paid"] for row in of(check, 111)} == {None}


def test_the_base_is_open_while_allowances_are_due_and_nobody_says_whether_they_count(
    checks: dict[str, Check],
) -> None:
    """With the file's answer it is decided, either way."""
    check = checks["duckdb"]
    whole = FILES["bases"]
    answers = {}
    for base in (None, "wage", "wage and allowances"):
        others = [line for line in whole.splitlines() if "holiday_allowance" not in line]
        chosen = [f"gieterij vonk,holiday_allowance,{base}"] if base else []
        check.write({"bases": "\n".join([*others, *chosen, ""])})
        check.work_out()
        answers[base] = only(check, 119, "holiday_allowance"), only(check, 101, "holiday_allowance")
    check.write({"bases": whole})
    check.work_out()

    open_base = "whether allowances count is not told (bases.csv)"
    assert [row["reason"] for row in answers[None]] == [open_base, open_base]
    assert answers["wage"][1]["base"] == Decimal("2488.91")
    assert {row["reason"] for row in answers["wage and allowances"]} == {"an allowance of its base is not decided"}


# All of it


def test_both_warehouses_answer_the_same(checks: dict[str, Check]) -> None:
    for table in ("equal_pay.comparison", "equal_pay.mapping_problems", "worked_hours.comparison"):
        answers = [
            Counter(
                tuple((name, value.normalize() if isinstance(value, Decimal) else value) for name, value in row.items())
                for row in check.rows(f"SELECT * FROM {table}")
            )
            for check in checks.values()
        ]
        assert answers[0] == answers[1], table
        assert answers[0], table


def test_due_is_paid_and_difference(check: Check) -> None:
    rows = check.rows("SELECT * FROM equal_pay.comparison")

    for row in rows:
        if row["status"] == "decided":
            assert row["due"] == row["paid"] + row["difference"]
            assert (row["reason"], row["due"].as_tuple().exponent) == (None, -2)
        else:
            assert row["reason"]
            assert (row["due"], row["difference"]) == (None, None)
    assert Counter(row["status"] for row in rows).keys() == {"decided", "undecided"}


def test_every_worker_with_pay_in_a_period_is_there_once_per_topic(check: Check) -> None:
    """Of allowances once per allowance."""
    payroll = paid()
    numbers = {row["employee_id"]: row["employee_number"] for row in payroll.rows["employees"]}
    by_number = Counter((row["company_id"], row["employee_number"]) for row in payroll.rows["employees"])
    expected = set()
    for line in payroll.rows["payroll_run_wage_codes"]:
        company, name = line["company_id"], line["employee_id"]
        if name not in numbers and by_number[company, int(name)] == 1:
            name = f"{company}-{name}"
        expected |= {(company, name, line["year"], line["period"], topic) for topic in TOPICS}
    rows = [row for row in check.rows("SELECT * FROM equal_pay.comparison") if row["company_number"] != "4"]

    found = Counter((r["company_id"], r["worker_id"], r["year"], r["period"], r["topic"]) for r in rows)
    assert {key for key in found if key[0] != "c4"} == expected
    assert {number for (*_, topic), number in found.items() if topic != "allowance"} == {1}
    assert max(Counter((*key_of(row), row["item"]) for row in rows).values()) == 1


def key_of(row: Row) -> tuple[Any, ...]:
    return row["company_id"], row["worker_id"], row["year"], row["period"], row["topic"]


def test_what_was_paid_by_topic_is_what_payroll_has_on_the_codes_of_the_topic(check: Check) -> None:
    """Nothing is lost and nothing is counted twice, decided or not."""
    topics = {"1000": "wage", "1190": "allowance", "1195": "allowance", "4250": "individual_choice_budget"} | {
        "4200": "holiday_allowance",
        "4300": "working_time_reduction",
    }
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for line in paid().rows["payroll_run_wage_codes"]:
        told = line["payroll_run_id"] != "c1-gone" and line["employee_id"] != "c1-111" and line["code"] in topics
        if told and (line["company_id"] == "c1" or line["code"] == "1000"):
            expected[topics[line["code"]]] += line["value"]
    rows = check.rows("SELECT topic, paid FROM equal_pay.comparison WHERE coalesce(company_number, '') <> '4'")

    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["topic"]] += row["paid"] or 0
    assert found == expected


def test_rows_of_the_file_that_fit_nothing_are_listed(check: Check) -> None:
    rows = check.rows("SELECT * FROM equal_pay.mapping_problems")

    problems = {(row["row_in_file"].split(", ")[1], row["problem"]) for row in rows if row["file"] == "placements"}
    no_step = "no version of the hirer has such a function with such a step"
    assert problems == {
        ("999", "payroll has no such worker"),
        ("121", "it fits more than one worker"),
        *((worker, no_step) for worker in ("106", "107", "108", "114")),
    }


def test_the_example_in_the_readme_is_what_comes_out(check: Check) -> None:
    text = (CHECKS / "README.md").read_text(encoding="utf-8")
    query = text.split("```sql\nSELECT worker_number")[1].split("```")[0]
    shown = [
        line.strip("|").split("|")
        for line in text.splitlines()
        if line.startswith(tuple(f"| {topic} |" for topic in TOPICS))
    ]

    rows = {(row["topic"], row["item"] or ""): row for row in check.rows(f"SELECT worker_number{query}")}

    columns = ("due", "paid", "difference", "hours", "rate", "version", "line", "reason")
    assert {(line[0].strip(), line[1].strip()) for line in shown} == rows.keys()
    for topic, item, *cells in ([cell.strip() for cell in line] for line in shown):
        row = rows[topic, item]
        for column, cell in zip(columns, cells, strict=True):
            value = row[column]
            told = Decimal(cell) if cell and isinstance(value, Decimal) else cell
            assert (value if isinstance(value, Decimal) else str(value or "")) == told, (topic, item, column)


def test_weeks_by_the_readme_are_iso_weeks(check: Check) -> None:
    text = (CHECKS / "README.md").read_text(encoding="utf-8")

    rows = check.rows(text.split("Weeks that are ISO weeks")[1].split("```sql\n")[1].split("```")[0].replace(";", ""))

    weeks = [tuple(row.values()) for row in rows]
    assert weeks[0][1:] == (2026, 1, date.fromisocalendar(2026, 1, 1), date.fromisocalendar(2026, 1, 7))
    assert weeks[-1][2:] == (53, date.fromisocalendar(2026, 53, 1), date.fromisocalendar(2026, 53, 7))


def test_a_file_with_a_mistake_changes_nothing(check: Check) -> None:
    check.write({"wage_codes": FILES["wage_codes"] + "*,5555,salary,\n"})

    with pytest.raises((subprocess.CalledProcessError, duckdb.Error)):
        check.work_out()
    check.write({"wage_codes": FILES["wage_codes"]})

    assert only(check, 101, "wage")["status"] == "decided"
    assert check.rows("SELECT * FROM pay_check_files.wage_codes WHERE code = '5555'") == []


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
def test_with_the_example_files_and_logs_that_do_not_say_whether_they_are_paid(
    kind: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    check = empty_check(kind, tmp_path, postgres_server)
    check.write({file.stem: file.read_text(encoding="utf-8") for file in (CHECKS / "example").glob("*.csv")})
    payroll, care = Payroll(), care_workers.Care()
    payroll.company("c1", "1")
    payroll.hours(payroll.worker("c1", 104), MARCH, h2100="4")
    care.rows["employees"].append({"id": 7, "identification_no": "1000467-1"})
    care.log(7, "2026-03-01T08:00", 4, payment=None)
    check.load(nmbrs=payroll.messages(), ons=care.messages())

    check.work_out(hours=True)

    rows = check.rows("SELECT * FROM worked_hours.comparison")
    paid_at_all = "Ons does not tell of any log whether it is paid"
    assert {row["kind"]: row["reason"] for row in rows} == {
        "worked": paid_at_all,
        "evening": f"{paid_at_all}; irregular hours were not read (presence_logs_extended)",
    }


# Hours worked in Ons


def compared(check: Check, worker: int, period: tuple[int, int] = MARCH) -> dict[str, Row]:
    where = f"worker_number = '{worker}' AND year = {period[0]} AND period = {period[1]}"
    return {row["kind"]: row for row in check.rows(f"SELECT * FROM worked_hours.comparison WHERE {where}")}


def test_hours_worked_and_paid_by_kind(check: Check) -> None:
    """A group has one time; an evening that two logs have is one; what is removed or not paid does not count."""
    rows = compared(check, 301)

    evening = Decimal(4) + Decimal(2 * 3600 + 59 * 60 + 42) / 3600
    assert (rows["worked"]["worked"], rows["worked"]["paid"]) == (Decimal(8) + 8 + 3, Decimal(14))
    assert rows["worked"]["difference"] == Decimal(5)
    assert (rows["evening"]["worked"], rows["evening"]["paid"]) == (cents(evening), Decimal("7.5"))
    assert evening == Decimal("6.995")


def test_a_log_belongs_to_its_day_in_amsterdam(check: Check) -> None:
    assert compared(check, 301, (2026, 4))["worked"]["difference"] == Decimal(0)


def test_several_employees_of_ons_are_one_worker(check: Check) -> None:
    row = compared(check, 320)["worked"]

    assert (row["worked"], row["paid"], row["difference"]) == (Decimal("10.75"), Decimal("10.25"), Decimal("0.50"))


@pytest.mark.parametrize("worker", care_workers.REASONS)
def test_hours_that_cannot_be_compared_say_why(check: Check, worker: int) -> None:
    rows = compared(check, worker)

    assert sorted(rows) == list(care_workers.KINDS)
    for row in rows.values():
        assert care_workers.REASONS[worker] in row["reason"].split("; ")
        assert (row["worked"], row["paid"], row["difference"]) == (None, None, None)


@pytest.mark.parametrize(
    ("period", "reason"),
    [((2026, 2), "Ons was read from a later day on"), ((2026, 5), "Ons was read before the period was over")],
)
def test_periods_that_were_not_read_as_a_whole_are_not_compared(
    check: Check, period: tuple[int, int], reason: str
) -> None:
    assert {row["reason"] for row in compared(check, 320, period).values()} == {reason}


def test_employees_of_ons_who_are_no_worker_are_listed(check: Check) -> None:
    rows = check.rows("SELECT * FROM worked_hours.comparison WHERE worker_id IS NULL ORDER BY ons_employee_id")

    assert [(row["ons_employee_id"], row["year"], row["period"]) for row in rows] == [
        (40302, 2026, 3),
        (40399, 2026, 3),
    ]
    assert {row["status"] for row in rows} == {"undecided"}
