"""What `tap-inlenersbeloning check` says of the tokens is what a sync would meet."""

from __future__ import annotations

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.inlenersbeloning import InlenersbeloningSimulator, Right
from provider_simulators.world import World
from tap_inlenersbeloning.check import OTHER_PATHS
from tap_inlenersbeloning.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    Settings = dict[str, Any]
    Start = Callable[..., tuple[InlenersbeloningSimulator, Settings]]

TAP = Path(sysconfig.get_path("scripts")) / "tap-inlenersbeloning"
BY_DEFAULT = ("list_partners", "list_remunerations", "get_remuneration")
UNCONFIRMED = ("get_remuneration_version", "get_remuneration_pdf", "list_functions")
SWITCHES = {
    "get_remuneration_version": "version_path",
    "get_remuneration_pdf": "pdf_path",
    "list_functions": "functions_path",
    "list_companies": "companies_path",
}


def run_check(settings: Settings, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    command = [str(TAP), "check", "--config", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def checked(settings: Settings, folder: Path) -> dict[str, Any]:
    ended = run_check(settings, folder, "--json")
    assert "Traceback" not in ended.stderr, ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)
    assert report["exit_code"] == ended.returncode, ended.stderr
    return report


def verdicts(company: dict[str, Any]) -> dict[str, str]:
    return {name: operation["verdict"] for name, operation in company["operations"].items()}


def test_a_token_that_may_do_everything_is_ok_in_every_column(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers()
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 0
    assert [company["company_id"] for company in report["companies"]] == settings["company_ids"]
    first, *others = report["companies"]
    assert verdicts(first) == dict.fromkeys(("list_companies", *BY_DEFAULT, *UNCONFIRMED), "ok")
    assert all(verdicts(company).keys() == {*BY_DEFAULT, *UNCONFIRMED} for company in others)
    partners = first["operations"]["list_partners"]["count"]
    assert partners == len(simulator.backend.shares[first["company_id"]])
    assert first["token"] == {"setting": "token", "kind": "organisation"}
    assert not any(company["rights_to_tick"] for company in report["companies"])
    assert simulator.log.effects("invitation_called") == []


def test_it_asks_little_and_only_reads(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers()
    checked(settings, tmp_path)
    calls = simulator.log.requests()
    assert {call["method"] for call in calls} == {"GET"}
    assert len(calls) <= 12 * len(settings["company_ids"])


def test_it_is_a_table_for_people_without_the_token(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(credential="companies", pdf_path=None)
    ended = run_check(settings, tmp_path)
    assert ended.returncode == 0, ended.stderr
    header, *rows = ended.stdout.splitlines()
    assert header.split()[:6] == ["company", "name", "token", "partners", "remunerations", "document"]
    for row, company in zip(rows, settings["companies"], strict=False):
        assert re.match(
            rf"{company['company_id']} +{re.escape(company['name'])} +company +ok \d+ +ok +ok +ok +warn", row
        )
        assert company["token"] not in ended.stdout + ended.stderr
    assert "paths.get_remuneration_pdf" in ended.stdout
    assert ended.stdout.rstrip().endswith("Result: everything that is selected by default can be read")


@pytest.mark.parametrize(
    ("missing", "operation", "right"),
    [
        (Right.PARTNERS, "list_partners", "Partners (inleners)"),
        (Right.REMUNERATION, "list_remunerations", "Inlenersbeloning"),
    ],
)
def test_a_right_that_a_sync_needs_and_that_is_not_ticked_fails(
    hirers: Start, tmp_path: Path, missing: Right, operation: str, right: str
) -> None:
    _, settings = hirers(credential="company", rights=frozenset(Right) - {missing})
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 1
    (company,) = report["companies"]
    assert not company["can_be_read"]
    found = company["operations"][operation]
    assert (found["verdict"], found["status"]) == ("fail", 403)
    assert right in company["rights_to_tick"][0]
    assert "tick its right" in found["message"]
    assert verdicts(company)["get_remuneration"] == "unknown"


@pytest.mark.parametrize(
    ("missing", "operation"), [(Right.PDF, "get_remuneration_pdf"), (Right.FUNCTIONS, "list_functions")]
)
def test_a_right_for_what_is_off_by_default_is_a_warning(
    hirers: Start, tmp_path: Path, missing: Right, operation: str
) -> None:
    _, settings = hirers(credential="company", rights=frozenset(Right) - {missing})
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 0
    (company,) = report["companies"]
    assert verdicts(company)[operation] == "warn"
    assert len(company["rights_to_tick"]) == 1


PLACES = [(operation, place) for operation, others in OTHER_PATHS.items() for place in range(1, len(others) + 1)]


@pytest.mark.parametrize(("operation", "place"), PLACES)
def test_an_unconfirmed_path_is_found_where_it_is_and_works_as_a_setting(
    hirers: Start, tmp_path: Path, operation: str, place: int
) -> None:
    _, settings = hirers(**{SWITCHES[operation]: place})
    company = checked(settings, tmp_path)["companies"][0]
    found = company["operations"][operation]
    assert (found["verdict"], found["path"]) == ("warn", OTHER_PATHS[operation][place - 1])
    assert f"paths.{operation}" in found["message"]
    company = checked({**settings, "paths": {operation: found["path"]}}, tmp_path)["companies"][0]
    assert verdicts(company)[operation] == "ok"


@pytest.mark.parametrize("operation", SWITCHES)
def test_a_path_that_does_not_exist_is_a_warning_that_says_where_to_put_the_right_one(
    hirers: Start, tmp_path: Path, operation: str
) -> None:
    simulator, settings = hirers(**{SWITCHES[operation]: None})
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 0
    found = report["companies"][0]["operations"][operation]
    assert found["verdict"] == "warn"
    assert f"paths.{operation}" in found["message"]
    assert simulator.log.effects("invitation_called") == []


def test_a_token_that_is_unknown_is_asked_once_and_the_others_all_the_same(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers(credential="companies")
    unknown = {"company_id": "x1y2z3", "token": f"cmp_{'0' * 64}"}
    report = checked({**settings, "companies": [unknown, *settings["companies"]]}, tmp_path)
    assert report["exit_code"] == 13
    first, *others = report["companies"]
    assert (first["operations"]["list_partners"]["verdict"], first["can_be_read"]) == ("fail", False)
    assert set(verdicts(first).values()) == {"fail", "unknown"}
    assert all(company["can_be_read"] for company in others)
    assert sum(call["status"] == 401 for call in simulator.log.requests()) == 1


def test_a_token_of_another_company_is_told_by_its_refusal(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(credential="companies")
    first, second = settings["companies"][:2]
    report = checked({**settings, "companies": [{**first, "token": second["token"]}]}, tmp_path)
    assert report["exit_code"] == 1
    assert "names the token's company" in report["companies"][0]["operations"]["list_partners"]["message"]


def test_the_form_of_a_token_is_told(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(credential="company")
    secret = settings["token"].removeprefix("cmp_")
    report = checked({**settings, "token": secret}, tmp_path)
    assert (report["exit_code"], report["companies"][0]["token"]["kind"]) == (13, "unknown")


def test_a_company_without_partners_or_remunerations_is_no_failure(hirers: Start, tmp_path: Path) -> None:
    simulator, settings = hirers(credential="company")
    shares = simulator.backend.shares[settings["company_ids"][0]]
    for share in shares.values():
        share.remunerations.clear()
    company = checked(settings, tmp_path)["companies"][0]
    assert (company["can_be_read"], verdicts(company)["get_remuneration"]) == (True, "unknown")
    assert "shares a remuneration" in company["operations"]["get_remuneration"]["message"]
    shares.clear()
    company = checked(settings, tmp_path)["companies"][0]
    assert (company["can_be_read"], company["operations"]["list_partners"]["count"]) == (True, 0)


def test_an_organisation_s_token_needs_no_company_ids_where_the_provider_lists_them(
    hirers: Start, tmp_path: Path
) -> None:
    _, settings = hirers()
    named = settings.pop("company_ids")
    assert [company["company_id"] for company in checked(settings, tmp_path)["companies"]] == named
    _, settings = hirers(companies_path=None)
    del settings["company_ids"]
    report = checked(settings, tmp_path)
    assert report["exit_code"] == 16
    assert "company_ids is missing" in report["companies"][0]["operations"]["list_companies"]["message"]


def test_a_version_that_is_not_the_one_asked_for_is_no_answer(hirers: Start, tmp_path: Path) -> None:
    _, settings = hirers(version_path=0)
    path = "/remuneration/{company_id}/{partner_id}/{remuneration_id}?version={version}"
    company = checked({**settings, "paths": {"get_remuneration_version": path}}, tmp_path)["companies"][0]
    assert verdicts(company)["get_remuneration_version"] == "warn"


def test_a_provider_that_is_not_there_ends_it_in_one_line(tmp_path: Path) -> None:
    with InlenersbeloningSimulator(World.build(seed=1)) as simulator:
        settings = simulator.connector_settings()
    report = checked({**settings, "attempts": 1}, tmp_path)
    assert report["exit_code"] == 1
    assert "cannot reach 127.0.0.1" in report["problem"]


def test_missing_settings_end_with_16_before_anything_is_asked(tmp_path: Path) -> None:
    ended = run_check({"company_ids": ["a"]}, tmp_path)
    assert ended.returncode == 16
    assert "setting token is missing" in ended.stderr.splitlines()[-1]


def test_other_paths_are_of_unconfirmed_operations_and_never_the_invitations() -> None:
    assert OTHER_PATHS.keys() == {operation.name for operation in OPERATIONS if not operation.confirmed}
    assert not any("invit" in path for paths in OTHER_PATHS.values() for path in paths)


def test_the_readme_tells_the_right_of_every_operation() -> None:
    readme = (Path(__file__).parents[2] / "tap-inlenersbeloning" / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("| right in the portal |") :].split("\n\n")[0]
    for operation in OPERATIONS:
        (row,) = (line for line in table.splitlines() if f"`{operation.name}`" in line)
        assert operation.right.split('"')[1] in row
