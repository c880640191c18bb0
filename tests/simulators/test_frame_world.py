from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from provider_simulators.world import LEDGER_ACCOUNTS, PeriodType, RunType, Split, World
from provider_simulators.world.ledger import NET_PAYABLE
from provider_simulators.world.periods import current_period, periods_of
from provider_simulators.world.runs import WAGE_CODES

ELEVEN = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def test_two_worlds_of_one_seed_are_equal(simulated_world: World) -> None:
    assert World.build() == simulated_world


def test_another_seed_makes_other_people(simulated_world: World) -> None:
    other = World.build(seed=2)
    assert {company.id for company in other.companies}.isdisjoint(company.id for company in simulated_world.companies)
    assert other.companies[0].employees[0].salary != simulated_world.companies[0].employees[0].salary


def test_a_company_does_not_depend_on_how_many_others_there_are(simulated_world: World) -> None:
    assert World.build(companies=1).companies[0] == simulated_world.companies[0]


def test_every_journal_balances_to_the_cent_in_every_split(simulated_world: World) -> None:
    for company in simulated_world.companies:
        for run in company.runs:
            for split in Split:
                assert sum(line.amount for line in run.journal_lines(split)) == 0, (company.number, run.number, split)


def test_the_splits_agree_per_account(simulated_world: World) -> None:
    for company in simulated_world.companies:
        for run in company.runs:
            totals = []
            for split in Split:
                sums: dict[str | None, Decimal] = defaultdict(Decimal)
                for line in run.journal_lines(split):
                    sums[line.account] += line.amount
                totals.append(dict(sums))
            assert all(total == totals[0] for total in totals)


def test_every_account_of_a_journal_is_in_the_chart(simulated_world: World) -> None:
    chart = {account.number for account in LEDGER_ACCOUNTS}
    used = {line.account for run in simulated_world.companies[0].runs for line in run.journal_lines()}
    assert used - {None} <= chart
    assert None in used


def test_the_journals_have_what_trips_importers_up(simulated_world: World) -> None:
    lines = [line for run in simulated_world.companies[0].runs for line in run.journal_lines("cost_center")]
    assert any(line.description == "" for line in lines)
    assert any(not line.description.isascii() for line in lines)
    assert "030" in {line.cost_center for line in lines}
    assert {company.period_type for company in simulated_world.companies} == {PeriodType.MONTH, PeriodType.FOUR_WEEKS}


def test_the_runs_end_at_today_and_only_the_latest_period_is_unlocked(simulated_world: World) -> None:
    company = simulated_world.companies[0]
    assert {run.type for run in company.runs} == set(RunType) - {RunType.NONE}
    assert max(run.created_at.date() for run in company.runs) <= simulated_world.today
    assert [run.period_end for run in company.runs if not run.locked] == [10]
    this_year = [run.period_end for run in company.runs if run.year == 2026]
    assert this_year == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10]


@pytest.mark.parametrize("today", [date(2026, 1, 2), date(2027, 12, 31), date(2028, 2, 29)])
def test_any_day_can_be_today(today: date) -> None:
    world = World.build(today=today)
    assert all(run.created_at.date() <= today for company in world.companies for run in company.runs)
    assert {run.year for run in world.companies[0].runs} <= {today.year, today.year - 1}


def test_four_weekly_periods_fill_the_year() -> None:
    for year in range(2020, 2035):
        periods = periods_of(year, PeriodType.FOUR_WEEKS)
        assert (len(periods), periods[0].first, periods[-1].last) == (13, date(year, 1, 1), date(year, 12, 31))
        assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(periods))


def test_citizen_numbers_are_marked_as_invented_and_pass_the_check_of_eleven(simulated_world: World) -> None:
    numbers = [employee.bsn for company in simulated_world.companies for employee in company.employees]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert number.startswith("9999")
        assert sum(weight * int(digit) for weight, digit in zip(ELEVEN, number, strict=True)) % 11 == 0


def test_the_bookkeeping_knows_companies_and_cost_centers_by_number(simulated_world: World) -> None:
    assert [company.books_number for company in simulated_world.companies] == [99998, 1002, 1003]
    numbers = {center.code: center.books_number for center in simulated_world.companies[0].cost_centers}
    assert numbers["KP10"] == 110
    assert numbers["030"] == 130


def test_weekly_periods_are_the_iso_weeks_of_a_year() -> None:
    assert [len(periods_of(year, PeriodType.WEEK)) for year in (2020, 2025, 2026, 2027)] == [53, 52, 53, 52]
    for year in range(2020, 2035):
        periods = periods_of(year, PeriodType.WEEK)
        assert periods[0].first.isocalendar() == (year, 1, 1)
        assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(periods))
        assert periods[-1].last + timedelta(days=1) == periods_of(year + 1, PeriodType.WEEK)[0].first


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2027, 1, 3), (2026, 53)), (date(2025, 12, 29), (2026, 1)), (date(2026, 11, 15), (2026, 46))],
)
def test_a_day_around_new_year_may_be_in_a_week_of_another_year(day: date, expected: tuple[int, int]) -> None:
    period = current_period(day, PeriodType.WEEK)
    assert (period.year, period.number) == expected


def test_a_company_may_be_paid_by_the_week() -> None:
    company = World.build(companies=1, employees=3, period_types=(PeriodType.WEEK,)).companies[0]
    assert company.period_type is PeriodType.WEEK
    weeks = [
        run.period_end for run in company.runs if run.year == 2025 and run.type in (RunType.NORMAL, RunType.NORMAL_TWK)
    ]
    assert weeks == list(range(1, 53))
    assert all(sum(line.amount for line in run.journal_lines()) == 0 for run in company.runs)


def test_a_run_works_out_for_everybody_what_its_journal_books(simulated_world: World) -> None:
    for run in simulated_world.companies[0].runs:
        paid = sum((run.net(employee) for employee in run.employees), Decimal(0))
        booked = sum(line.amount for line in run.journal_lines() if line.account == NET_PAYABLE.number)
        assert paid == -booked
        assert {line.code for employee in run.employees for line in run.output(employee)} <= set(WAGE_CODES)
