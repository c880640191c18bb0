"""What the READMEs name exists: files, headings, make targets, jobs, exit codes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from connector_kit.errors import ExitCode

from scripts.meltano_settings import MELTANO_YML, yaml

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
DOCUMENTS = [ROOT / name for name in TRACKED.stdout.split()]
MAIN = (ROOT / "README.md").read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    for link in links:
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document.read_text(encoding="utf-8"), re.DOTALL))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", code, re.MULTILINE))
    assert named <= targets


def test_every_job_that_is_run_exists() -> None:
    jobs = {job["name"] for job in yaml().load(MELTANO_YML.read_text(encoding="utf-8"))["jobs"]}
    named = set(re.findall(r"^meltano run ([a-z-]+)", MAIN, re.MULTILINE))
    assert named
    assert named <= jobs


def test_the_main_readme_has_a_row_for_every_connector() -> None:
    connectors = {path.parent.name for path in ROOT.glob("t*-*/pyproject.toml")}
    rows = set(re.findall(r"^\| \[`(t[a-z-]+)`\]", MAIN, re.MULTILINE))
    assert rows == connectors


def test_the_exit_codes_are_those_of_the_kit() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", MAIN, re.MULTILINE)}
    later = {ExitCode.DIFFERENCE}  # of a command that no pipeline runs
    assert rows == set(ExitCode) - later
