"""Everything that goes wrong ends in one clear line, with the exit code that says what to do."""

from __future__ import annotations

import json
import subprocess
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from connector_kit.errors import LoginRequiredError, SettingError
from connector_kit.extract import QuotaExhaustedError
from provider_simulators.nmbrs import JournalVariant, NmbrsSimulator
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError
from tap_nmbrs.source import RefusedError
from tap_nmbrs.tap import TapNmbrs

from tests.tap_nmbrs.conftest import Settings, paths, sync

Start = Callable[..., tuple[NmbrsSimulator, Settings]]
TAP = Path(sysconfig.get_path("scripts")) / "tap-nmbrs"


def run_tap(settings: Settings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "--config", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def failure(settings: Settings, *streams: str, error: type[Exception], state: Any = None) -> str:
    done = sync(settings, *streams, state=state, fails=True)
    assert type(done.error) is error, repr(done.error)
    message = str(done.error)
    assert "\n" not in message
    return message


def test_a_hidden_company_is_named_with_what_to_do(nmbrs: Start) -> None:
    simulator, _ = nmbrs()
    hidden = simulator.world.companies[0]
    _, settings = nmbrs(forbidden_companies=(hidden.number,))
    message = failure(settings, "employees", error=FatalAPIError)
    assert message.startswith(f"employees of company {hidden.id}: HTTP 403 code 40303")
    assert "skip_forbidden" in message


def test_a_missing_scope_is_named(nmbrs: Start) -> None:
    _, settings = nmbrs(granted_scopes=frozenset({"offline_access", "company.info.read"}))
    message = failure(settings, "employees", error=LoginRequiredError)
    assert "the consent lacks scope employee.info.read: run tap-nmbrs login" in message


def test_a_disabled_environment_is_named(nmbrs: Start) -> None:
    _, settings = nmbrs(invalid_subscription=True)
    assert "code 40304" in failure(settings, "companies", error=FatalAPIError)


def test_a_wrong_subscription_key_burns_no_refresh_token(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    message = failure({**settings, "subscription_key": "wrong"}, "companies", error=SettingError)
    assert message.startswith("companies: HTTP 401: the subscription key is missing or wrong")
    assert len(simulator.log.requests(path="/connect/token")) == 1


def test_an_access_token_that_expired_asks_for_another(nmbrs: Start) -> None:
    _, settings = nmbrs()
    message = failure({**settings, "access_token": "old"}, "companies", error=LoginRequiredError)
    assert message.startswith("setting access_token: ")


def test_a_refresh_token_that_was_used_elsewhere_names_the_login_command(nmbrs: Start) -> None:
    _, settings = nmbrs()
    message = failure({**settings, "refresh_token": "used"}, "companies", error=LoginRequiredError)
    assert "tap-nmbrs login --config" in message


def test_used_up_calls_stop_with_the_state_of_what_was_read(nmbrs: Start) -> None:
    _, settings = nmbrs(call_quota=20)
    done = sync(settings, "journal_entries", fails=True)
    assert type(done.error) is QuotaExhaustedError
    sent = done.records("journal_entries")
    assert sent
    _, settings = nmbrs()
    rest = sync(settings, "journal_entries", state=done.state).records("journal_entries")
    assert not {record["key"] for record in sent} & {record["key"] for record in rest}
    assert len(sent) + len(rest) == len(sync(settings, "journal_entries").records("journal_entries"))


def test_too_many_calls_are_waited_for(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    simulator.faults.add(action="status", path="/api/companies", status=429, code=42908, retry_after="0", times=2)
    assert sync(settings, "companies").records("companies")


@pytest.mark.parametrize("fault", [{"action": "cut", "at_byte": 30}, {"action": "wrong_json"}, {"action": "empty"}])
def test_a_damaged_answer_is_asked_again(nmbrs: Start, fault: dict[str, Any]) -> None:
    simulator, settings = nmbrs()
    simulator.faults.add(path="/api/companies", **fault)
    assert len(sync(settings, "companies").records("companies")) == 2


@pytest.mark.parametrize("action", ["reset_before", "reset_after"])
def test_a_cut_connection_is_tried_again(nmbrs: Start, action: str) -> None:
    simulator, settings = nmbrs()
    simulator.faults.add(path="/api/companies", action=action)
    assert len(sync(settings, "companies").records("companies")) == 2


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (400, 40033, RefusedError, "HTTP 400 code 40033"),
        (404, 40404, FatalAPIError, "Nmbrs does not know this company"),
        (404, None, SettingError, "check the setting api_url"),
        (403, 40399, LoginRequiredError, "the consent lacks scope employee.info.read"),
        (418, None, FatalAPIError, "HTTP 418"),
    ],
)
def test_a_refusal_is_asked_once(
    nmbrs: Start, status: int, code: int | None, error: type[Exception], words: str
) -> None:
    simulator, settings = nmbrs()
    body = {"body": json.dumps({"code": code, "detail": "Jansen"}) if code else "<html>Jansen</html>"}
    simulator.faults.add(action="status", path="/employees", status=status, times=None, **body)
    message = failure({**settings, "concurrent_requests": 1}, "employees", error=error)
    assert words in message
    assert "Jansen" not in message
    assert sum(request["path"].endswith("/employees") for request in simulator.log.requests()) == 1


def test_a_list_that_never_adds_up_is_an_error_and_not_an_end(nmbrs: Start) -> None:
    simulator, settings = nmbrs(companies=1)
    short = {"pagination": {"pageNumber": 1, "totalPages": 1, "totalRecords": 7}, "data": [{"employeeId": "a"}]}
    simulator.faults.add(
        action="status",
        path="/employees",
        status=200,
        times=None,
        body=json.dumps(short),
        content_type="application/json",
    )
    message = failure(settings, "employees", error=RetriableAPIError)
    assert "received 1 of 7 rows, in 3 readings" in message


def test_a_document_that_never_gets_ready_is_given_up(nmbrs: Start) -> None:
    _, settings = nmbrs(document_never_ready=True)
    message = failure({**settings, "document_timeout_seconds": 0.5}, "journal_entries", error=RetriableAPIError)
    assert "is not ready in time (setting document_timeout_seconds)" in message


@pytest.mark.parametrize("variant", [JournalVariant.UNKNOWN_LAYOUT, JournalVariant.TRUNCATED])
def test_a_journal_that_cannot_be_read_names_the_run(nmbrs: Start, variant: JournalVariant) -> None:
    _, settings = nmbrs(companies=1, journal_variants=frozenset({variant}))
    done = sync(settings, "journal_entries", fails=True)
    assert isinstance(done.error, FatalAPIError)
    assert str(done.error).startswith("journal_entries of company ")
    assert ", run " in str(done.error)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        (
            "company_ids",
            ["no-such-company"],
            "setting company_ids: the consent (with the other settings) shows no company",
        ),
        ("company_numbers", ["98765"], "shows no company 98765; it shows 2"),
        ("debtor_ids", ["no-such-debtor"], "shows no debtor no-such-debtor"),
        ("start_date", "2026-02-30", "setting start_date: there is no such day"),
        ("token_store", "", "setting token_store is missing: Nmbrs replaces the refresh token at every use"),
        ("client_secret", "", "setting client_secret is missing"),
        ("subscription_key", "", "setting subscription_key is missing"),
        ("api_url", "http://api.example.com", "setting api_url: must be https"),
        ("pseudonymise", ["name"], "setting pseudonym_key is missing"),
    ],
)
def test_a_setting_that_cannot_work_is_named(nmbrs: Start, setting: str, value: Any, words: str) -> None:
    _, settings = nmbrs()
    with pytest.raises(SettingError) as raised:
        sync({**settings, setting: value}, "journal_entries")
    assert words in str(raised.value)


def test_the_program_says_one_line_and_the_exit_code(nmbrs: Start, tmp_path: Path) -> None:
    _, settings = nmbrs(call_quota=3)
    ended = run_tap(settings, tmp_path)
    assert ended.returncode == 12
    assert "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("tap-nmbrs: ")
    assert '"STATE"' in ended.stdout


def test_discovery_needs_no_network_and_no_settings() -> None:
    ended = subprocess.run([str(TAP), "--discover"], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0
    assert len(json.loads(ended.stdout)["streams"]) > 60


def test_a_wrong_setting_stops_before_the_first_request(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs()
    ended = run_tap({**settings, "journal_split": "person", "page_size": 500}, tmp_path)
    assert ended.returncode == 16
    assert "setting journal_split: expected one of company, cost_center" in ended.stderr
    assert simulator.log.requests() == []
    assert ended.stdout == ""


def test_a_stopped_tap_ends_at_once_though_a_document_is_awaited(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(companies=1, document_never_ready=True)
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "--config", str(config)]
    written = tmp_path / "records.jsonl"  # not a pipe, which would be full before the first document
    with (
        written.open("w") as records,
        subprocess.Popen(command, stdout=records, stderr=subprocess.PIPE, text=True) as tap,
    ):
        deadline = time.monotonic() + 90
        while not any("/api/documents/" in request["path"] for request in simulator.log.requests()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        tap.terminate()
        _, told = tap.communicate(timeout=60)
    assert tap.returncode == 143
    assert "Traceback" not in told
    assert json.loads(written.read_text().splitlines()[-1])["type"] == "STATE"


ROW = '{"employeeId": "7f1c", "salaries": [%s]}'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"data": [{"employeeId": "7f1c"}]}', "a row has no salaries; Nmbrs has changed its answer"),
        ('{"data": [{"employeeId": "7f1c", "salaries": ["secret"]}]}', "salaries holds no objects"),
        ('{"data": [%s]}' % (ROW % '{"salaryId": "s", "value": "secret"}'), "field value is not a number"),
        ('{"data": [%s]}' % (ROW % '{"salaryId": {"secret": 1}}'), "field salary_id is not text"),
        ('{"data": [{"salaries": []}]}', "a row has no employeeId"),
        ('{"data": {"employeeId": "secret"}}', "the answer is damaged or no answer of this API"),
        ('{"data": [{"employeeId": "secret", "sala', "the answer is damaged or no answer of this API"),
        ("<html>secret</html>", "the answer is damaged or no answer of this API"),
    ],
)
def test_an_answer_that_nobody_understands_names_stream_and_company(
    nmbrs: Start, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    simulator, settings = nmbrs()
    monkeypatch.setattr("connector_kit.extract.session.wait", lambda _: None)
    simulator.faults.add(action="status", path="/salaries", status=200, body=body, times=None)
    done = sync({**settings, "concurrent_requests": 1}, "salaries", fails=True)
    company = min(str(company.id) for company in simulator.world.companies)
    assert str(done.error).startswith(f"salaries of company {company}: ")
    assert words in str(done.error)
    assert "secret" not in str(done.error)
    assert done.records("salaries") == []


def test_a_list_that_is_missing_is_left_out_and_read_whole_by_the_next_sync(
    nmbrs: Start, caplog: pytest.LogCaptureFixture
) -> None:
    simulator, settings = nmbrs()
    whole = sync(settings, "salaries")
    missing = str(simulator.world.companies[0].id)
    simulator.faults.add(action="status", path=f"{missing}/employees/salaries", status=404, code=40401)
    first = sync(settings, "salaries")
    assert {record["company_id"] for record in first.records("salaries")} == {str(simulator.world.companies[1].id)}
    assert f"salaries of company {missing}: HTTP 404" in caplog.text
    second = sync(settings, "salaries", state=first.state)
    ids = {record["salary_id"] for record in second.records("salaries") if record["company_id"] == missing}
    assert ids == {record["salary_id"] for record in whole.records("salaries") if record["company_id"] == missing}


def test_streams_of_one_call_share_its_answers(nmbrs: Start) -> None:
    simulator, settings = nmbrs()
    settings["include_personal_data"] = ["health"]
    both = ("absences", "absence_registrations")
    first = sync(settings, *both)
    assert sum(path.endswith("/absences") for path in paths(simulator)) == 2
    sync(settings, *both, state=first.state)
    assert sum(path.endswith("/absences") for path in paths(simulator)) <= 6


def test_a_killed_sync_goes_on_without_a_missing_record(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(companies=4)
    streams = ("cost_units", "salaries", "employments", "wage_taxes", "payroll_runs", "cost_per_hour", "fixed_hours")
    expected = sync(settings, *streams)
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(_catalog_of(*streams)))
    settings["requests_per_second"] = 40  # so that there is time to kill it
    arguments, lines = ["--catalog", str(catalog)], []
    for calls in (5, 17, 60):
        lines += _killed_after(calls, simulator, settings, tmp_path, *arguments)
        if states := [line for line in lines if line["type"] == "STATE"]:
            (tmp_path / "state.json").write_text(json.dumps(states[-1]["value"]))
            arguments = ["--catalog", str(catalog), "--state", str(tmp_path / "state.json")]
    lines += _lines(run_tap(settings, tmp_path, *arguments).stdout)
    keys = {name: stream.primary_keys for name, stream in TapNmbrs(config=settings).streams.items()}
    for stream in streams:
        sent = [line["record"] for line in lines if line["type"] == "RECORD" and line["stream"] == stream]
        found, there = (
            {tuple(record[key] for key in keys[stream]) for record in records}
            for records in (sent, expected.records(stream))
        )
        assert found == there, stream


def _catalog_of(*streams: str) -> dict[str, Any]:
    entries = TapNmbrs(config={"start_date": "2026-01-01"}).catalog_dict["streams"]
    chosen = []
    for entry in entries:
        (metadata,) = [item["metadata"] for item in entry["metadata"] if not item["breadcrumb"]]
        metadata["selected"] = entry["tap_stream_id"] in streams
        chosen.append(entry)
    return {"streams": chosen}


def _killed_after(
    calls: int, simulator: NmbrsSimulator, settings: Settings, folder: Path, *arguments: str
) -> list[dict[str, Any]]:
    """Run the program, kill it after so many calls of the API, and give the whole lines that it wrote."""
    config, out = folder / "config.json", folder / "out.jsonl"
    config.write_text(json.dumps(settings))
    before = len(paths(simulator))
    with (
        out.open("wb") as stdout,
        subprocess.Popen(
            [str(TAP), "--config", str(config), *arguments], stdout=stdout, stderr=subprocess.DEVNULL
        ) as tap,
    ):
        while tap.poll() is None and len(paths(simulator)) < before + calls:
            time.sleep(0.01)
        tap.kill()
    return _lines(out.read_text())


def _lines(text: str) -> list[dict[str, Any]]:
    whole, _, _ = text.rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]
