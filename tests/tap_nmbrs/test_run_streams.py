"""What belongs to payroll runs: journals in all splits, wage codes, employees; each document asked for once."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.nmbrs import Dimension, JournalVariant, NmbrsSimulator
from tap_nmbrs.tap import TapNmbrs
from tap_nmbrs.xml_documents import DocumentError

from tests.tap_nmbrs.conftest import Settings, sync

if TYPE_CHECKING:
    from pathlib import Path

Start = Callable[..., tuple[NmbrsSimulator, Settings]]
SPLITS = ["company", "cost_center", "cost_center_unit", "department", "employee"]
LATE = {"start_date": "2026-09-01"}


def asked(simulator: NmbrsSimulator) -> Counter[str]:
    """What was asked for, by the last part of the path that is no id."""
    paths = [request["path"].split("/") for request in simulator.log.requests() if "/api/" in request["path"]]
    return Counter(next(part for part in reversed(path) if "-" not in part) for path in paths)


def locked(simulator: NmbrsSimulator, *, year: int = 2026) -> list[Any]:
    return [run for company in simulator.world.companies for run in simulator.backend.runs(company, year) if run.locked]


def test_all_splits_of_a_run_come_from_one_request_each(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=2)
    done = sync({**settings, "journal_splits": SPLITS}, "payroll_run_journals", "journal_entries")
    runs = len(locked(simulator))
    records = done.records("payroll_run_journals")
    assert {record["split"] for record in records} == set(SPLITS)
    assert {(r["payroll_run_id"], r["split"]) for r in records} == {
        (str(run.id), split) for run in locked(simulator) for split in SPLITS
    }
    calls = asked(simulator)
    assert [calls[f"journals{split.replace('_', '').removeprefix('company')}"] for split in SPLITS] == [runs] * 5
    assert calls["documents"] == 5 * runs
    assert len(done.records("journal_entries")) == runs


def test_two_streams_of_one_document_ask_for_it_once(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=2)
    done = sync(settings, "payroll_run_journals", "journal_entries", "payroll_run_wage_codes")
    calls, runs = asked(simulator), len(locked(simulator))
    assert (calls["journalscostcenter"], calls["xml"], calls["documents"]) == (runs, runs, 2 * runs)
    keys = {
        f"nmbrs:{r['company_id']}:{r['payroll_run_id']}:{r['split']}:1" for r in done.records("payroll_run_journals")
    }
    assert keys == {record["key"] for record in done.records("journal_entries")}
    again = sync(settings, "payroll_run_journals", "journal_entries", "payroll_run_wage_codes", state=done.state)
    assert {m["type"] for m in again.messages} == {"SCHEMA", "STATE"}
    assert asked(simulator)["documents"] == calls["documents"]


def test_an_incremental_sync_lists_the_runs_once_per_company(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=3)
    settings["start_date"] = "2024-01-01"
    streams = ("payroll_runs", "payroll_run_employees", "payroll_run_journals", "journal_entries")
    first = sync(settings, *streams)
    assert asked(simulator)["runs"] == 9
    sync(settings, *streams, state=first.state)
    assert asked(simulator)["runs"] == 9 + 3


@pytest.mark.parametrize("dimension", list(Dimension))
@pytest.mark.parametrize(("split", "field"), [("department", "department"), ("employee", "employee_number")])
def test_the_one_further_dimension_is_department_or_employee(
    nmbrs: Start, dimension: Dimension, split: str, field: str
) -> None:
    _, settings = nmbrs(companies=1, split_dimension=dimension)
    records = sync({**settings, **LATE, "journal_splits": [split]}, "payroll_run_journals").records(
        "payroll_run_journals"
    )
    filled = [record for record in records if record[field]]
    assert filled
    assert all(record[field] == record["raw"][dimension.value] for record in filled)
    others = {"department", "employee_number", "cost_center", "cost_unit"} - {field}
    assert all(record[other] is None for record in records for other in others)


@pytest.mark.parametrize(
    "variant", sorted(set(JournalVariant) - {JournalVariant.UNKNOWN_LAYOUT, JournalVariant.TRUNCATED})
)
def test_every_form_of_a_journal_that_may_come_is_read(nmbrs: Start, variant: JournalVariant) -> None:
    _, settings = nmbrs(companies=1, journal_variants=frozenset({variant}))
    done = sync({**settings, **LATE}, "payroll_run_journals", "journal_entries")
    _, plain_settings = nmbrs(companies=1)
    expected = sync({**plain_settings, **LATE, "token_store": settings["token_store"] + "2"}, "payroll_run_journals")

    def total(records: list[dict[str, Any]]) -> Decimal:
        return sum((Decimal(str(record["debit"])) for record in records), Decimal(0))

    records = done.records("payroll_run_journals")
    if variant in {JournalVariant.NO_LINES, JournalVariant.NO_TRANSACTIONS}:
        assert records == done.records("journal_entries") == []
        return
    runs = len({record["payroll_run_id"] for record in expected.records("payroll_run_journals")})
    surplus = Decimal("0.01") * runs if variant is JournalVariant.UNBALANCED else Decimal(0)
    assert total(records) - total(expected.records("payroll_run_journals")) in {surplus, Decimal(0)}
    assert all(r["is_balanced"] is not (variant is JournalVariant.UNBALANCED) for r in records)
    if variant is JournalVariant.NO_LEDGER_SCHEME:
        assert {record["gl_account"] for record in records} == {None}
    if variant is JournalVariant.SEVERAL_TRANSACTIONS:
        assert len(done.records("journal_entries")) == 2 * runs


@pytest.mark.parametrize("variant", [JournalVariant.UNKNOWN_LAYOUT, JournalVariant.TRUNCATED])
def test_a_document_that_cannot_be_read_is_kept_for_a_person(
    nmbrs: Start, tmp_path: Path, variant: JournalVariant
) -> None:
    simulator, settings = nmbrs(companies=1, journal_variants=frozenset({variant}))
    settings["rejected_documents"] = str(tmp_path / "rejected" / "here")
    failed = sync({**settings, **LATE}, "payroll_run_journals", fails=True)
    assert isinstance(failed.error, DocumentError)
    assert failed.records("payroll_run_journals") == []
    kept = sorted((tmp_path / "rejected" / "here").iterdir())
    assert any(str(path) in str(failed.error) for path in kept)
    assert str(simulator.world.companies[0].id) in kept[0].name
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE(kept[0].parent.stat().st_mode) == 0o700
    assert b"<" in kept[0].read_bytes()


def test_a_journal_without_date_gets_the_last_day_of_its_run_and_says_so(nmbrs: Start) -> None:
    _, settings = nmbrs(companies=1, journal_variants=frozenset({JournalVariant.EMPTY_ELEMENTS}))
    done = sync({**settings, **LATE}, "payroll_run_journals", "journal_entries")
    for record in done.records("payroll_run_journals"):
        assert record["journal_date"] is not None
    for record in done.records("journal_entries"):
        assert record["date"] is not None


def test_wage_codes_tell_what_was_calculated_for_whom(nmbrs: Start) -> None:
    for options in ({}, {"wage_codes_decimal": "point", "wage_codes_employee": "number"}):
        simulator, settings = nmbrs(companies=1, **options)
        settings["token_store"] += str(len(options))
        records = sync(settings, "payroll_run_wage_codes").records("payroll_run_wage_codes")
        assert {record["payroll_run_id"] for record in records} == {str(run.id) for run in locked(simulator)}
        people = {str(e.number if options else e.id) for e in simulator.world.companies[0].employees}
        assert {record["employee_id"] for record in records} <= people
        assert all(record["code"] and record["year"] == 2026 and record["period"] for record in records)
        keys = [(r["payroll_run_id"], r["report_no"], r["line_no"]) for r in records]
        assert len(keys) == len(set(keys))


def test_employees_of_runs_are_read_with_their_run(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    first = sync(settings, "payroll_run_employees")
    runs = simulator.backend.runs(simulator.world.companies[0], 2026)
    by_run = Counter(record["payroll_run_id"] for record in first.records("payroll_run_employees"))
    assert by_run.keys() <= {str(run.id) for run in runs}
    assert len(by_run) >= len([run for run in runs if run.locked])
    second = sync(settings, "payroll_run_employees", state=first.state)
    still_open = {str(run.id) for run in runs if not run.locked}
    assert {record["payroll_run_id"] for record in second.records("payroll_run_employees")} <= still_open


def test_an_open_run_that_disappears_is_shown_as_deleted(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=2)
    first = sync(settings, "payroll_runs")
    assert all(record["_sdc_deleted_at"] is None for record in first.records("payroll_runs"))
    company = simulator.world.companies[0]
    (waiting,) = [run for run in simulator.backend.runs(company, 2026) if not run.locked]
    simulator.backend.redo_run(waiting)
    second = sync(settings, "payroll_runs", state=first.state)
    deleted = [record for record in second.records("payroll_runs") if record["_sdc_deleted_at"]]
    assert all("number" not in record for record in deleted)  # what is known of the run stays in the warehouse
    assert [(r["payroll_run_id"], r["company_id"], r["year"]) for r in deleted] == [
        (str(waiting.id), str(company.id), 2026)
    ]
    third = sync(settings, "payroll_runs", state=second.state)
    assert all(record["_sdc_deleted_at"] is None for record in third.records("payroll_runs"))


def test_a_document_that_is_refused_today_is_read_tomorrow(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    simulator.faults.add(action="status", path="journalscostcenter", nth=2, times=1, status=404, code=40401)
    first = sync(settings, "journal_entries")
    second = sync(settings, "journal_entries", state=first.state)
    runs = len(locked(simulator))
    assert (len(first.records("journal_entries")), len(second.records("journal_entries"))) == (runs - 1, 1)


@pytest.mark.parametrize(
    ("stream", "start"), [("payslips", b"%PDF"), ("annual_statements", b"%PDF"), ("wage_tax_returns", b"<")]
)
def test_documents_become_records_only_if_citizen_numbers_are_asked_for(
    nmbrs: Start, stream: str, start: bytes
) -> None:
    _, settings = nmbrs(companies=1, employees=3)
    assert stream not in TapNmbrs(config=dict(settings)).streams
    settings |= {"include_personal_data": ["bsn"], **LATE}
    assert TapNmbrs(config=dict(settings)).streams[stream].selected_by_default is False
    records = sync(settings, stream).records(stream)
    assert records
    for record in records:
        content = base64.b64decode(record["content"])
        assert content.lstrip(b"\xef\xbb\xbf").startswith(start)
        assert (record["size_bytes"], record["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    keys = [
        tuple(record[key] for key in TapNmbrs(config=dict(settings)).streams[stream].primary_keys) for record in records
    ]
    assert len(keys) == len(set(keys))


def test_waiting_for_documents_does_not_idle(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1, document_polls=2)
    settings["concurrent_requests"] = 2
    sync(settings, "journal_entries")
    waits = 0.25 + 0.5
    moments = [datetime.fromisoformat(request["at"]) for request in simulator.log.requests()]
    assert len(locked(simulator)) > 5
    assert (moments[-1] - moments[0]).total_seconds() < waits * len(locked(simulator)) / 2


def test_state_messages_within_a_company_let_it_go_on(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    simulator.faults.add(action="status", path="journalscostcenter", nth=5, times=1, status=403)
    broken = sync(settings, "journal_entries", fails=True)
    rest = sync(settings, "journal_entries", state=broken.state)
    keys = [record["key"] for done in (broken, rest) for record in done.records("journal_entries")]
    assert len(keys) == len(set(keys)) == len(locked(simulator))
    assert json.dumps(rest.state).count("partial") == 0
