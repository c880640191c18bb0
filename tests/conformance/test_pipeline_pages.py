"""Every job has a page, and the pages say what is so: jobs, commands, schedules, exit codes, calls."""

from __future__ import annotations

import re
from math import prod
from pathlib import Path
from typing import Any

import pytest
from connector_kit.errors import ExitCode

from scripts.meltano_settings import MELTANO_YML, about, own_plugins, yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pipelines"
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")
PROJECT: dict[str, Any] = yaml().load(MELTANO_YML.read_text(encoding="utf-8"))
JOBS = {job["name"]: job["tasks"] for job in PROJECT["jobs"]}
ROWS = dict(re.findall(r"^\| `([\w-]+)` \|.*\]\(([\w-]+\.md)\) \|$", INDEX, re.MULTILINE))
PLUGINS = {plugin["name"]: plugin for kind in PROJECT["plugins"].values() for plugin in kind}
SECTIONS = ["Commands", "What it costs in calls", "When it stops", "Schedule"]
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def commands_of(text: str) -> list[list[str]]:
    """The words of the `meltano` commands in the blocks of a page, up to a comment."""
    blocks = "\n".join(re.findall(r"^ *```(?:console|cron|ini)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE))
    found = re.findall(r"(?:^|[ /])meltano ((?:run|invoke|schedule) [^#>\n]+)", blocks, re.MULTILINE)
    return [words.split() for words in found]


def inherited(name: str, part: str) -> Any:
    """What a plugin has, or the one that it inherits from."""
    plugin = PLUGINS[name]
    return plugin.get(part) or (inherited(plugin["inherit_from"], part) if "inherit_from" in plugin else {})


def test_every_job_has_a_row_and_a_page_that_runs_it() -> None:
    assert ROWS.keys() == JOBS.keys()
    for job, page in ROWS.items():
        assert ["run", job] in commands_of((FOLDER / page).read_text(encoding="utf-8")), job
    assert {FOLDER / page for page in ROWS.values()} == set(PAGES)


def test_the_main_readme_has_a_row_for_every_job() -> None:
    main = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w-]+-to-[\w-]+)`", main, re.MULTILINE)) == JOBS.keys()


@every_page
def test_a_page_has_a_picture_and_all_its_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "```mermaid\nflowchart" in text
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [section for section in found if section in SECTIONS] == SECTIONS


@pytest.mark.parametrize("page", [FOLDER / "README.md", *PAGES], ids=lambda page: page.stem)
def test_every_command_of_a_page_exists(page: Path) -> None:
    for kind, *words in commands_of(page.read_text(encoding="utf-8")):
        if kind == "run":
            assert set(words) <= JOBS.keys() | PLUGINS.keys(), words
        elif kind == "invoke":
            plugin, command, *_ = words
            assert command in inherited(plugin, "commands"), words
        else:
            assert words[0] in {"run", "list"}
            assert set(words[1:2]) <= {schedule["name"] for schedule in PROJECT["schedules"]}, words


def test_the_index_explains_every_exit_code() -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", INDEX, re.MULTILINE)} == set(ExitCode)


@every_page
def test_a_page_explains_exit_codes_that_exist(page: Path) -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page.read_text(encoding="utf-8"), re.MULTILINE)}
    assert {ExitCode.FAILED, ExitCode.LOGIN, ExitCode.SETTINGS} <= codes <= set(ExitCode)
    if page.stem.endswith("to-books"):
        assert codes == set(ExitCode) - {ExitCode.OK, ExitCode.DIFFERENCE}


def test_every_job_has_a_schedule_that_its_page_names() -> None:
    schedules = {schedule["name"]: schedule["job"] for schedule in PROJECT["schedules"]}
    assert set(schedules.values()) == JOBS.keys()
    for name, job in schedules.items():
        assert f"`{name}`" in (FOLDER / ROWS[job]).read_text(encoding="utf-8")


def test_every_schedule_has_a_reason_for_its_hour() -> None:
    """In the comment above it, or above the others of its kind."""
    text = MELTANO_YML.read_text(encoding="utf-8").partition("\nschedules:\n")[2]
    entries = re.findall(r"((?:^# .*\n)*)^- name: (.*)\n  interval: .*\n  job: .*", text, re.MULTILINE)
    assert len(entries) == len(PROJECT["schedules"])
    alone = {name.rpartition("-")[0] for comment, name in entries if not comment}
    assert alone == {"payroll-to-minox", "care-to-minimax", "hirers-to-postgres", "payroll-to-postgres"}


def test_jobs_on_one_duckdb_file_begin_at_different_times() -> None:
    times = [
        tuple(schedule["interval"].split()[:2])
        for schedule in PROJECT["schedules"]
        if any("target-duckdb" in task for task in JOBS[schedule["job"]])
    ]
    assert len(times) == len(set(times))


def test_the_calls_of_payroll_are_those_of_the_formulas_of_its_streams() -> None:
    """73 calls for one company and 20,706 for 300, besides those of journals."""
    readme = (ROOT / "tap-nmbrs" / "README.md").read_text(encoding="utf-8")
    lists = readme.partition("<!-- lists: generated -->")[2].partition("<!-- end -->")[0]
    formulas = [
        formula
        for formula, selected in re.findall(r"^\| `\w+` \| \w.*\| ([^|`]+) \| (yes|no) \|[^|]*\|$", lists, re.MULTILINE)
        if selected == "yes"
    ]
    page = (FOLDER / "payroll-to-warehouse.md").read_text(encoding="utf-8")

    for companies in (1, 300):
        counts = {"C": companies, "D": companies, "S": 2 * companies, "V": 2 * companies, "R": 12 * companies}
        counts |= {"Y": 1, "T": 11, "P": 1}
        calls = sum(prod(counts[letter] for letter in re.findall("[A-Z]", formula)) for formula in formulas)
        if companies > 1:  # debtors on three pages, and companies asked for debtor by debtor
            calls += 2 + companies - 1
        assert f" {calls:,} + 2 J = {calls + 22 * companies:,} " in page


def test_env_example_has_every_setting_that_must_be_filled_in() -> None:
    named = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    required = {
        f"{plugin['name']}_{setting}".replace("-", "_").upper()
        for plugin in own_plugins(PROJECT)
        for setting in about(plugin["name"])["settings"].get("required", ())
    }
    assert required
    assert required <= named
