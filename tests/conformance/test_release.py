"""`make release`, on a throw-away clone of this repository in which one distribution is ready, or nearly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scripts.lock import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAME = "target-minox"
PERSON = {
    f"GIT_{role}_{fact}": value
    for role in ("AUTHOR", "COMMITTER")
    for fact, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.org"))
}
pytestmark = pytest.mark.timeout(900)  # builds what is built with, if that is not in the cache


def git(clone: Path, *words: str) -> str:
    environment = {**os.environ, **PERSON}
    return subprocess.run(
        ["git", *words], cwd=clone, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(clone: Path) -> None:
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "--message", "Ready")


def write(clone: Path, *, version: str, changelog: str, test: str) -> None:
    """Version, changelog and tests of the distribution; one test, and no fixtures, for speed."""
    manifest = clone / NAME / "pyproject.toml"
    manifest.write_text(manifest.read_text().replace('version = "0.1.0"', f'version = "{version}"', 1))
    (clone / NAME / "CHANGELOG.md").write_text(changelog)
    folder = clone / "tests" / "target_minox"
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "test_one.py").write_text(f"def test_one() -> None:\n    {test}\n")
    (clone / "tests" / "conftest.py").write_text("")


def release(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.release", *words],
        cwd=clone,
        env={**os.environ, **PERSON},
        check=False,
        capture_output=True,
        text=True,
    )


def artifacts(clone: Path) -> list[str]:
    return sorted(path.name for path in (clone / "dist").glob("*"))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(ROOT), str(folder))
    shutil.copytree(ROOT / "scripts", folder / "scripts", dirs_exist_ok=True)
    return folder


def test_a_release_that_is_not_ready_is_refused_with_all_reasons(clone: Path) -> None:
    write(clone, version="0.1.0", changelog="# Changelog\n\n## Unreleased\n\n- Something.\n", test="pass")
    said = release(clone, NAME, "1.0.0")
    assert said.returncode == 1
    assert "not committed" in said.stderr
    assert "says version 0.1.0: write 1.0.0 there" in said.stderr
    assert "CHANGELOG.md has no entry 1.0.0" in said.stderr
    assert "no distribution tap-nothing" in release(clone, "tap-nothing", "1.0.0").stderr
    assert artifacts(clone) == []


def test_a_release_is_built_by_default_and_tagged_when_asked_to(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="pass")
    commit(clone)

    dry = release(clone, NAME, "1.0.0")
    assert dry.returncode == 0, dry.stderr
    assert artifacts(clone) == ["target_minox-1.0.0-py3-none-any.whl", "target_minox-1.0.0.tar.gz"]
    assert git(clone, "tag", "--list") == git(ROOT, "tag", "--list")

    tagged = release(clone, NAME, "1.0.0", "--tag")
    assert tagged.returncode == 0, tagged.stderr
    assert git(clone, "rev-parse", "target-minox-v1.0.0^{commit}") == git(clone, "rev-parse", "HEAD")
    assert git(clone, "cat-file", "-t", "target-minox-v1.0.0") == "tag"

    again = release(clone, NAME, "1.0.0", "--tag")
    assert again.returncode == 1
    assert "the tag target-minox-v1.0.0 exists already" in again.stderr
    assert "target-minox-v1.0.0" not in git(ROOT, "tag", "--list")  # nothing is pushed to where the clone comes from


def test_a_release_whose_tests_fail_is_neither_built_nor_tagged(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="raise ValueError")
    commit(clone)
    said = release(clone, NAME, "1.0.0", "--tag")
    assert said.returncode == 1
    assert "its tests fail" in said.stderr
    assert artifacts(clone) == []
    assert "target-minox-v1.0.0" not in git(clone, "tag", "--list")


def test_a_kit_that_the_connector_does_not_accept_is_refused(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="pass")
    kit = clone / "connector-kit" / "pyproject.toml"
    kit.write_text(kit.read_text().replace('version = "0.1.0"', 'version = "2.0.0"', 1))
    commit(clone)
    said = release(clone, NAME, "1.0.0")
    assert said.returncode == 1
    assert "asks for singer-connector-kit~=0.1.0, and the one it was tested with is 2.0.0" in said.stderr
