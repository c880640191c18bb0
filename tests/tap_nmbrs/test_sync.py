"""Whole syncs: what is asked, what comes out, in which order, and what a second sync does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from connector_kit.books.journal import JournalEntry
from provider_simulators.nmbrs import JournalVariant, NmbrsSimulator
from tap_nmbrs.operation import Per
from tap_nmbrs.rest.operations import OPERATIONS
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import Settings, Sync, paths, sync

Start = Callable[..., tuple[NmbrsSimulator, Settings]]


def locked_runs(simulator: NmbrsSimulator, year: int = 2026) -> list[Any]:
    return [run for company in simulator.world.companies for run in simulator.backend.runs(company, year) if run.locked]


def kinds(simulator: NmbrsSimulator) -> Counter[str]:
    """Requests by the last fixed part of their path."""
    return Counter("documents" if "/documents/" in path else path.rsplit("/", 1)[-1] for path in paths(simulator))


def test_every_stream_gives_records_that_fit_its_schema(nmbrs: Start) -> None:
    _, settings = nmbrs(extra_fields=True)
    settings["include_personal_data"] = ["bsn", "health"]
    done = sync(settings)
    schemas = {m["stream"]: m["schema"] for m in done.messages if m["type"] == "SCHEMA"}
    streams = TapNmbrs(config=dict(settings)).streams
    assert schemas.keys() == streams.keys()
    for stream, schema in schemas.items():
        records = done.records(stream)
        assert records or stream in {"absences", "absence_registrations"}, stream  # few people are ever ill
        validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
        for record in records:
            validator.validate(record)
        keys = [tuple(record[key] for key in streams[stream].primary_keys) for record in records]
        assert len(set(keys)) == len(keys), f"{stream} has a key twice"


def test_the_records_are_those_of_the_provider(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    done = sync(settings)
    companies = simulator.world.companies
    assert [record["company_id"] for record in done.records("companies")] == [str(c.id) for c in companies]
    assert len(done.records("cost_centers")) == sum(len(company.cost_centers) for company in companies)
    runs = {record["payroll_run_id"]: record["locked"] for record in done.records("payroll_runs")}
    assert runs == {str(run.id): run.locked for c in companies for run in simulator.backend.runs(c, 2026)}
    employees = {record["employee_id"]: record for record in done.records("employees")}
    for company in companies:
        for employee in company.employees:
            if str(employee.id) in employees:
                assert employees[str(employee.id)]["last_name"] == employee.last_name
                assert employees[str(employee.id)]["company_id"] == str(company.id)


def test_journal_entries_balance_and_say_the_same_as_the_flat_lines(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    done = sync(settings)
    entries = {record["key"]: record for record in done.records("journal_entries")}
    runs = locked_runs(simulator)
    assert {record["payroll_run_id"] for record in entries.values()} == {str(run.id) for run in runs}
    debit: dict[str, Decimal] = {}
    for raw in (json.loads(line, parse_float=Decimal) for line in done.lines if b'"payroll_run_journals"' in line):
        if raw["type"] == "RECORD":
            flat = raw["record"]
            key = f"nmbrs:{flat['company_id']}:{flat['payroll_run_id']}:{flat['split']}:{flat['transaction_no']}"
            debit[key] = debit.get(key, Decimal(0)) + flat["debit"]
            assert flat["is_balanced"] is True
    assert debit.keys() == entries.keys()
    for line in done.lines:
        record = json.loads(line, parse_float=Decimal)
        if record["type"] == "RECORD" and record["stream"] == "journal_entries":
            for item in record["record"]["lines"]:
                item["account"] = item["account"] or "2990"  # what map-books does
            entry = JournalEntry.from_record(record["record"])
            assert entry.total == debit[entry.key]
            run = next(run for run in runs if str(run.id) in entry.key)
            assert (entry.reference, entry.fiscal_year, entry.period) == (str(run.number), None, None)
            assert entry.date == run.journal_date


def test_the_number_of_calls_is_the_documented_formula(nmbrs: Start) -> None:
    """README, streams table: D debtors, C companies, Y years, N periods, P pages per list, J journals, one poll each."""
    simulator, settings = nmbrs(companies=3, employees=25)
    sync({**settings, "page_size": 10, "lookback_periods": 0})
    asked = kinds(simulator)
    companies = simulator.world.companies
    types = settings_types(settings)
    lists = Counter(operation.path.rsplit("/", 1)[-1] for operation in OPERATIONS if operation.personal_data is None)
    periods = sum(simulator.backend.period(company).number for company in companies)
    assert {name: asked[name] for name in ("debtors", "companies", "period")} == {
        "debtors": 1,
        "companies": 1,
        "period": 3,
    }
    assert asked["costCenters"] == asked["leaveGroups"] == 3 * lists["leaveGroups"]
    assert asked["salaries"] == sum(-(-len(company.employees) // 10) for company in companies)
    assert 3 <= asked["wagetaxes"] <= 6  # eleven months are two pages
    assert asked["costperhour"] >= periods
    paid = [e for company in companies for e in company.employees if e.type.value in {"payroll", "formerPayroll"}]
    assert (
        0
        < asked["fixedhours"]
        <= sum(
            simulator.backend.period(company).number for company in companies for e in company.employees if e in paid
        )
    )
    employees = sum(-(-len([e for e in c.employees if e.type.value in types]) // 10) for c in companies)
    run_employees = sum("/runs/" in path and path.endswith("/employees") for path in paths(simulator))
    assert asked["employees"] == employees + run_employees


def test_a_second_sync_makes_one_call_per_company_and_company_wide_list(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=2)
    settings["page_size"] = 100
    wide = [
        operation.stream for operation in OPERATIONS if operation.parent is None and operation.personal_data is None
    ]
    first = sync(settings, *wide)
    before = len(paths(simulator))
    sync(settings, *wide, state=first.state)
    lists = [operation for operation in OPERATIONS if operation.stream in wide]
    calls = sum({Per.ACCOUNT: 1, Per.DEBTOR: 1, Per.COMPANY: 2}[operation.per] for operation in lists)
    assert len(paths(simulator)) - before == calls


def test_no_call_is_made_for_a_stream_that_is_not_selected(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    sync(settings, "cost_units")
    assert kinds(simulator) == {"companies": 1, "costUnits": 2}


@pytest.mark.parametrize("selected", [True, False])
def test_a_parent_list_is_asked_once_whether_it_is_selected_or_not(nmbrs: Start, *, selected: bool) -> None:
    simulator, settings = nmbrs()
    parents = ("employees", "salary_tables", "company_periods") if selected else ()
    done = sync(settings, "fixed_hours", "variable_hours", "salary_table_steps", "salary_table_versions", *parents)
    asked = kinds(simulator)
    assert (asked["employees"], asked["salarytables"], asked["period"]) == (2, 2, 2)
    assert done.records("fixed_hours")
    assert done.records("salary_table_steps")


def test_hours_are_asked_of_people_on_the_payroll_and_of_those_who_were(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, employees=25)
    sync(settings, "fixed_hours")
    company = simulator.world.companies[0]
    current = simulator.backend.period(company).number
    types = {str(employee.id): employee.type.value for employee in company.employees}
    asked = {
        (types[request["path"].split("/")[3]], request["query"]["period"] == str(current))
        for request in simulator.log.requests()
        if request["path"].endswith("/fixedhours")
    }
    assert asked <= {("payroll", True), ("payroll", False), ("formerPayroll", False)}
    assert ("payroll", True) in asked


@pytest.mark.parametrize("filters", ["records", "employees"])
def test_what_is_created_or_changed_is_found_by_the_next_sync(nmbrs: Start, filters: str) -> None:
    simulator, settings = nmbrs(created_from_filters=filters)
    first = sync(settings, "salaries", "employments")
    company = simulator.world.companies[0]
    store = simulator.backend.store
    salary, employment = store.of(company.id, "salaries")[0], store.of(company.id, "employments")[0]
    created = store.create(company.id, "salaries", employee=salary.employee, values=dict(salary.values))
    store.update(company.id, "employments", employment.id, seniorityDate=date(2020, 2, 3))
    store.update(company.id, "salaries", salary.id, value=Decimal("4321.00"))
    second = sync(settings, "salaries", "employments", state=first.state)
    assert str(created.id) in {record["salary_id"] for record in second.records("salaries")}
    assert str(employment.id) in {record["employment_id"] for record in second.records("employments")}
    assert len(second.records("salaries")) < len(first.records("salaries")) or filters == "employees"
    whole = sync({**settings, "full_refresh_days": 0}, "salaries", state=second.state)
    assert {r["salary_id"]: r["value"] for r in whole.records("salaries")}[str(salary.id)] == 4321


def settings_types(settings: Settings) -> list[str]:
    default: list[str] = TapNmbrs.config_jsonschema["properties"]["employee_types"]["default"]
    return settings.get("employee_types", default)


def test_a_document_is_asked_until_it_is_ready(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, document_polls=2)
    sync({**settings, "start_date": "2026-09-01"}, "journal_entries")
    assert kinds(simulator)["documents"] == 3 * kinds(simulator)["journalscostcenter"] > 0


def test_a_document_that_nmbrs_forgets_is_made_again(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, lost_tasks=1)
    done = sync(settings, "journal_entries")
    assert len(done.records("journal_entries")) == len(locked_runs(simulator))
    assert kinds(simulator)["journalscostcenter"] == len(locked_runs(simulator)) + 1


def test_prefetched_records_come_in_the_order_of_a_sequential_sync(nmbrs: Start) -> None:
    _, settings = nmbrs(companies=3, employees=20)

    def output(concurrent_requests: int) -> list[dict[str, Any]]:
        done = sync({**settings, "concurrent_requests": concurrent_requests})
        messages = [message for message in done.messages if message["type"] != "STATE"]
        return [{k: v for k, v in message.items() if k != "time_extracted"} for message in messages]

    assert output(8) == output(1)


def test_a_second_sync_sends_no_journal_again(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    first = sync(settings)
    assert first.records("journal_entries")
    before = kinds(simulator)
    second = sync(settings, state=first.state)
    assert second.records("journal_entries") == []
    assert second.records("payroll_run_journals") == []
    assert second.records("payroll_runs") == first.records("payroll_runs")
    assert kinds(simulator)["journalscostcenter"] == before["journalscostcenter"]
    marks = [done.state["bookmarks"]["journal_entries"]["mark"] | {"started": None} for done in (first, second)]
    assert marks[0] == marks[1]


def test_a_run_that_is_locked_after_the_sync_is_sent_by_the_next(
    nmbrs: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    simulator, settings = nmbrs()
    first = sync(settings)
    company = simulator.world.companies[0]
    (waiting,) = [run for run in simulator.backend.runs(company, 2026) if not run.locked]
    assert str(waiting.id) not in {record["payroll_run_id"] for record in first.records("journal_entries")}
    assert "runs; 2 runs are open" in caplog.text
    simulator.backend.lock_run(waiting)
    second = sync(settings, state=first.state)
    assert {record["payroll_run_id"] for record in second.records("journal_entries")} == {str(waiting.id)}
    assert {record["payroll_run_id"] for record in second.records("payroll_run_journals")} == {str(waiting.id)}
    assert sync(settings, state=second.state).records("journal_entries") == []


def test_open_runs_are_sent_at_every_sync_if_asked_for(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    settings["journals_only_locked"] = False
    first = sync(settings, "journal_entries")
    assert len(first.records("journal_entries")) == len(simulator.backend.runs(simulator.world.companies[0], 2026))
    second = sync(settings, "journal_entries", state=first.state)
    assert len(second.records("journal_entries")) == 1


def test_a_run_that_was_done_again_is_a_new_run(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    first = sync(settings, "journal_entries")
    old = locked_runs(simulator)[0]
    new = simulator.backend.redo_run(old)
    simulator.backend.lock_run(new)
    second = sync(settings, "journal_entries", "payroll_runs", state=first.state)
    assert {record["payroll_run_id"] for record in second.records("journal_entries")} == {str(new.id)}
    assert str(old.id) not in {record["payroll_run_id"] for record in second.records("payroll_runs")}


def test_a_sync_that_stops_half_way_goes_on_there(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=2)
    settings["concurrent_requests"] = 1
    simulator.faults.add(action="status", path="journalscostcenter", nth=13, times=1, status=403)
    broken = sync(settings, "journal_entries", fails=True)
    assert 0 < len(broken.records("journal_entries")) < len(locked_runs(simulator))
    rest = sync(settings, "journal_entries", state=broken.state)
    keys = [record["key"] for done in (broken, rest) for record in done.records("journal_entries")]
    assert len(keys) == len(set(keys)) == len(locked_runs(simulator))


@pytest.mark.parametrize("split", ["company", "cost_center", "cost_center_unit", "department", "employee"])
def test_every_split_is_its_own_operation_and_key(nmbrs: Start, split: str) -> None:
    simulator, settings = nmbrs(companies=1)
    done = sync(
        {**settings, "journal_split": split, "start_date": "2026-09-01"}, "journal_entries", "payroll_run_journals"
    )
    operation = f"journals{split.replace('_', '')}".removesuffix("company")
    assert kinds(simulator)[operation] == len({r["payroll_run_id"] for r in done.records("journal_entries")}) > 0
    assert all(f":{split}:" in record["key"] for record in done.records("journal_entries"))
    assert {record["split"] for record in done.records("payroll_run_journals")} == {split}
    flat = done.records("payroll_run_journals")
    assert any(record["cost_center"] for record in flat) == split.startswith("cost_center")
    assert any(record["cost_unit"] for record in flat) == (split == "cost_center_unit")
    if split in {"department", "employee"}:
        assert any("dim2" in record["raw"] for record in flat)


@pytest.mark.parametrize(
    "variant",
    [
        JournalVariant.BOM,
        JournalVariant.UTF16_DECLARATION,
        JournalVariant.SEVERAL_TRANSACTIONS,
        JournalVariant.NEGATIVE_VALUE,
        JournalVariant.NO_LEDGER_SCHEME,
        JournalVariant.UNBALANCED,
    ],
)
def test_journals_come_in_several_forms(nmbrs: Start, variant: JournalVariant) -> None:
    simulator, settings = nmbrs(companies=1, journal_variants=frozenset({variant}))
    done = sync(settings, "journal_entries", "payroll_run_journals")
    entries, flat = done.records("journal_entries"), done.records("payroll_run_journals")
    assert {record["payroll_run_id"] for record in entries} == {str(run.id) for run in locked_runs(simulator)}
    if variant is JournalVariant.SEVERAL_TRANSACTIONS:
        assert {record["transaction_no"] for record in flat} >= {1, 2}
    if variant is JournalVariant.NEGATIVE_VALUE:
        assert any(record["amount"] < 0 for record in flat)
    if variant is JournalVariant.UNBALANCED:
        assert not all(record["is_balanced"] for record in flat)
    if variant is JournalVariant.NO_LEDGER_SCHEME:
        assert {line["account"] for record in entries for line in record["lines"]} == {None}
    assert all(line["debit"] >= 0 and line["credit"] >= 0 for record in entries for line in record["lines"])


@pytest.mark.parametrize("variant", [JournalVariant.NO_LINES, JournalVariant.NO_TRANSACTIONS])
def test_a_journal_without_lines_gives_no_entry(
    nmbrs: Start, variant: JournalVariant, caplog: pytest.LogCaptureFixture
) -> None:
    _, settings = nmbrs(companies=1, journal_variants=frozenset({variant}))
    done = sync(settings, "journal_entries", "payroll_run_journals")
    assert done.records("journal_entries") == done.records("payroll_run_journals") == []
    assert "is empty" in caplog.text


def ids(done: Sync) -> set[str]:
    return {record["company_id"] for record in done.records("companies")}


def test_companies_are_chosen_by_id_number_and_debtor(nmbrs: Start) -> None:
    simulator, settings = nmbrs(debtors=2, companies=4)
    first, *_, last = simulator.world.companies
    assert ids(sync({**settings, "company_ids": [str(last.id)]}, "companies")) == {str(last.id)}
    by_number = sync({**settings, "company_numbers": [str(first.number)], "company_ids": [str(last.id)]}, "companies")
    assert ids(by_number) >= {str(first.id), str(last.id)}
    of_debtor = sync({**settings, "debtor_ids": [str(first.debtor_id)]})
    assert ids(of_debtor) == {str(c.id) for c in simulator.world.companies if c.debtor_id == first.debtor_id}
    assert {record["debtor_id"] for record in of_debtor.records("debtors")} == {str(first.debtor_id)}
    assert {record["company_id"] for record in of_debtor.records("payroll_runs")} == ids(of_debtor)


def test_a_consent_over_several_debtors_is_asked_debtor_by_debtor(nmbrs: Start) -> None:
    simulator, settings = nmbrs(debtors=2, companies=3)
    done = sync(settings, "companies", "debtors")
    assert ids(done) == {str(company.id) for company in simulator.world.companies}
    assert [request["status"] for request in simulator.log.requests(path="/api/companies")] == [403]
    assert len(simulator.log.requests(path="/api/debtors")) == 1


def test_a_debtor_that_is_not_asked_for_is_not_asked(nmbrs: Start) -> None:
    simulator, settings = nmbrs(debtors=2, companies=3)
    wanted, other = (str(debtor.id) for debtor in simulator.world.debtors)
    sync({**settings, "debtor_ids": [wanted]}, "companies")
    assert not simulator.log.requests(path=f"/api/debtors/{other}/companies")


def test_a_debtor_that_the_login_may_not_see_leaves_the_others_alone(
    nmbrs: Start, caplog: pytest.LogCaptureFixture
) -> None:
    simulator, settings = nmbrs(debtors=2, companies=3)
    hidden = simulator.world.debtors[0].id
    simulator.faults.add(action="status", path=f"/api/debtors/{hidden}/companies", status=403, code=40303, times=None)
    done = sync({**settings, "skip_forbidden": True}, "companies", "employees")
    there = {str(company.id) for company in simulator.world.companies if company.debtor_id != hidden}
    assert ids(done) == {record["company_id"] for record in done.records("employees")} == there
    assert f"companies of debtor {hidden}" in caplog.text
    stopped = sync(settings, "employees", fails=True)
    assert f"companies of debtor {hidden}: HTTP 403 code 40303" in str(stopped.error)


def test_rows_that_move_between_pages_are_neither_lost_nor_doubled(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, employees=25, rows_shift_while_paging=True)
    company = simulator.world.companies[0]
    there = {str(e.id) for e in company.employees if e.type.value in settings_types(settings)}
    done = sync({**settings, "page_size": 5}, "employees")
    keys = [record["employee_id"] for record in done.records("employees")]
    assert len(keys) == len(set(keys))
    assert set(keys) >= there


def test_fields_nobody_declared_are_kept(nmbrs: Start) -> None:
    _, settings = nmbrs(extra_fields=True)
    declared = TapNmbrs(config=dict(settings)).streams["companies"].schema["properties"].keys()
    assert sync(settings, "companies").records("companies")[0].keys() > declared


def test_an_expired_token_is_renewed_once(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    first = sync(settings)
    before = len(simulator.log.requests(path="/connect/token"))
    simulator.clock.advance(7200)
    assert sync(settings).records("companies") == first.records("companies")
    assert len(simulator.log.requests(path="/connect/token")) == before + 1


def test_a_company_that_the_login_may_not_see_can_be_skipped(nmbrs: Start, caplog: pytest.LogCaptureFixture) -> None:
    simulator, settings = nmbrs(companies=3)
    hidden = simulator.world.companies[1]
    simulator, settings = nmbrs(companies=3, forbidden_companies=(hidden.number,))
    done = sync({**settings, "skip_forbidden": True})
    visible = {str(company.id) for company in simulator.world.companies} - {str(hidden.id)}
    for stream in ("employees", "cost_centers", "payroll_runs", "journal_entries", "payroll_run_journals"):
        assert {record["company_id"] for record in done.records(stream)} == visible, stream
    skipped = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Skipped")]
    assert len(skipped) == 1
    assert str(hidden.id) in skipped[0]
    assert kinds(simulator)["journalscostcenter"] == len({r["payroll_run_id"] for r in done.records("journal_entries")})
    again = sync({**settings, "skip_forbidden": True}, state=done.state)
    assert again.records("journal_entries") == []


def test_the_connection_test_of_the_sdk_asks_little(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    assert TapNmbrs(config=dict(settings)).run_connection_test()
    streams, ahead, taken = 2, 2 * 16, 1  # four runs per thread, and twice as many are begun before they are needed
    assert kinds(simulator)["journalscostcenter"] <= streams * (ahead + taken)
