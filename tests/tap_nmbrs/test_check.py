"""What `tap-nmbrs check` says of a login is what a sync would meet."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.nmbrs.scopes import CONNECTOR_SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from provider_simulators.nmbrs import NmbrsSimulator

    from tests.tap_nmbrs.conftest import Settings

    Start = Callable[..., tuple[NmbrsSimulator, Settings]]

TAP = Path(sysconfig.get_path("scripts")) / "tap-nmbrs"
FEW = ("--streams", "debtors,companies,employees,cost_centers,journal_entries")


def run_check(settings: Settings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "check", "--config", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def checked(settings: Settings, folder: Path, *arguments: str) -> dict[str, Any]:
    ended = run_check(settings, folder, "--json", *arguments)
    assert "Traceback" not in ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    assert report["exit_code"] == ended.returncode, ended.stderr
    return report


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {stream["stream"]: stream["verdict"] for stream in report["streams"]}


def test_a_full_consent_can_read_every_stream_in_one_call_each(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(companies=2)
    report = checked({**settings, "include_personal_data": ["bsn", "health"]}, tmp_path, "--all")
    assert report["exit_code"] == 0, [stream for stream in report["streams"] if stream["verdict"] == "fail"]
    assert {"employees", "salaries", "absences", "countries", "journal_entries"} <= set(verdicts(report))
    assert set(verdicts(report).values()) <= {"ok", "unknown"}
    calls = [request for request in simulator.log.requests() if request["path"].startswith("/api/")]
    assert len(calls) <= len(report["streams"]) + len(report["companies"])
    sizes = {
        dict(call["query"]).get("pageSize") for call in calls if not call["path"].endswith(("debtors", "companies"))
    }
    assert sizes <= {"1", None}
    assert simulator.log.effects("unknown_parameter") == []
    assert simulator.log.effects("document_started") == []


def test_it_tells_scopes_debtors_companies_and_the_end_of_the_consent(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(companies=2)
    report = checked(settings, tmp_path, *FEW)
    assert report["scopes"] == {"granted": sorted(CONNECTOR_SCOPES), "missing": []}
    assert report["consent_ends_at"] is not None
    assert [debtor["number"] for debtor in report["debtors"]] == [d.number for d in simulator.world.debtors]
    assert {company["name"] for company in report["companies"]} == {c.name for c in simulator.world.companies}
    assert set(verdicts(report).values()) == {"ok"}


def test_it_is_a_table_for_people(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(debtors=2, companies=3)
    ended = run_check(settings, tmp_path, *FEW)
    assert ended.returncode == 0
    assert "40306 is no error" in ended.stdout
    company = simulator.world.companies[0]
    assert f"  ok    {company.number} {company.name}" in ended.stdout
    assert "  ok    employees" in ended.stdout
    assert ended.stdout.rstrip().endswith("Result: all that was asked can be read")
    assert settings["client_secret"] not in ended.stdout + ended.stderr


def test_the_filters_of_the_settings_count(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(companies=2)
    company = simulator.world.companies[1]
    report = checked({**settings, "company_numbers": [company.number]}, tmp_path, *FEW)
    assert [each["company_id"] for each in report["companies"]] == [str(company.id)]
    assert report["asked_company_id"] == str(company.id)


def test_a_missing_scope_is_named_with_what_to_do_and_the_others_are_asked(nmbrs: Start, tmp_path: Path) -> None:
    _, settings = nmbrs(granted_scopes=frozenset(CONNECTOR_SCOPES) - {"employee.info.read", "employee.info"})
    report = checked(settings, tmp_path, *FEW)
    assert report["exit_code"] == 13
    assert verdicts(report) == {
        "debtors": "ok", "companies": "ok", "cost_centers": "ok", "journal_entries": "ok", "employees": "fail",
    }  # fmt: skip
    assert report["scopes"]["missing"] == ["employee.info.read"]
    [employees] = [stream for stream in report["streams"] if stream["verdict"] == "fail"]
    assert employees["status"] == 403
    assert "the consent lacks scope employee.info.read: run tap-nmbrs login" in employees["message"]


def test_documents_are_judged_by_the_scopes_and_not_made(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs(granted_scopes=frozenset(CONNECTOR_SCOPES) - {"document.read"})
    report = checked(settings, tmp_path, *FEW)
    assert report["exit_code"] == 13
    assert verdicts(report)["journal_entries"] == "fail"
    assert simulator.log.effects("document_started") == []


def test_a_hidden_company_is_told_apart_and_another_one_asked(nmbrs: Start, tmp_path: Path) -> None:
    simulator, _ = nmbrs(companies=2)
    hidden, visible = sorted(simulator.world.companies, key=lambda company: str(company.id))
    _, settings = nmbrs(companies=2, forbidden_companies=(hidden.number,))
    report = checked(settings, tmp_path, *FEW)
    assert report["exit_code"] == 1
    assert {each["number"]: (each["verdict"], each.get("code")) for each in report["companies"]} == {
        hidden.number: ("fail", "40303"),
        visible.number: ("ok", None),
    }
    assert report["asked_company_id"] == str(visible.id)
    assert set(verdicts(report).values()) == {"ok"}
    assert checked({**settings, "skip_forbidden": True}, tmp_path, *FEW)["exit_code"] == 0


@pytest.mark.parametrize(
    ("wrong", "exit_code", "words"),
    [
        ({"invalid_subscription": True}, 1, "code 40304"),
        ({"call_quota": 0}, 12, "the call volume of the plan is used up"),
        ({"subscription_key": "wrong"}, 16, "the subscription key is missing or wrong"),
        ({"refresh_token": "used elsewhere"}, 13, "tap-nmbrs login --config"),
        ({"access_token": "an old one"}, 13, "setting access_token"),
        ({"company_numbers": ["98765"]}, 16, "shows no company 98765"),
    ],
)
def test_what_ends_everything_is_asked_once_and_said(
    nmbrs: Start, tmp_path: Path, wrong: dict[str, Any], exit_code: int, words: str
) -> None:
    switches = {name: value for name, value in wrong.items() if name in {"invalid_subscription", "call_quota"}}
    _, settings = nmbrs(**switches)
    report = checked({**settings, **wrong}, tmp_path, *FEW)
    assert report["exit_code"] == exit_code
    assert words in report["problem"]
    assert set(verdicts(report).values()) == {"unknown"}


def test_a_catalog_says_which_streams_count(nmbrs: Start, tmp_path: Path) -> None:
    _, settings = nmbrs()
    found = subprocess.run([str(TAP), "--discover"], capture_output=True, text=True, timeout=120, check=True)
    catalog = json.loads(found.stdout)
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if metadata["breadcrumb"] == []:
                metadata["metadata"]["selected"] = entry["tap_stream_id"] in {"companies", "cost_centers"}
    (tmp_path / "catalog.json").write_text(json.dumps(catalog))
    report = checked(settings, tmp_path, "--catalog", str(tmp_path / "catalog.json"))
    assert verdicts(report) == {"companies": "ok", "cost_centers": "ok"}
    (tmp_path / "catalog.json").write_text("[]")
    assert run_check(settings, tmp_path, "--catalog", str(tmp_path / "catalog.json")).returncode == 2


def test_an_access_token_that_was_handed_in_tells_no_scopes(nmbrs: Start, tmp_path: Path) -> None:
    simulator, settings = nmbrs()
    tokens = simulator.backend.grants.refresh(settings.pop("refresh_token"))
    report = checked({**settings, "access_token": tokens.access_token}, tmp_path, *FEW)
    assert report["exit_code"] == 0
    assert report["scopes"] == {"granted": None, "missing": []}
    assert verdicts(report)["journal_entries"] == "unknown"


def test_the_soap_api_is_checked_in_the_same_way(nmbrs: Start, tmp_path: Path) -> None:
    simulator, _ = nmbrs(companies=2)
    settings = {**simulator.soap_settings(), "api": "soap", "start_date": "2026-01-01", "requests_per_second": 1000}
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 0, report
    assert report["scopes"] == {"granted": None, "missing": []}
    assert {company["number"] for company in report["companies"]} == {c.number for c in simulator.world.companies}
    assert verdicts(report)["employees"] == "ok"
    report = checked({**settings, "token": "wrong"}, tmp_path)
    assert report["exit_code"] in {13, 16}
