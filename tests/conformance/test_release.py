"""`make release`, on a throw-away clone of this repository in which one distribution is ready, or nearly."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scripts import release
from scripts.lock import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NAME = "target-minox"
KIT = f"{release.KIT}-v{release.manifests()[release.KIT][1]['project']['version']}"
VERSION = re.compile(r'^version = ".*"$', re.MULTILINE)
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


def set_version(clone: Path, folder: str, version: str) -> None:
    manifest = clone / folder / "pyproject.toml"
    manifest.write_text(VERSION.sub(f'version = "{version}"', manifest.read_text(), count=1))


def write(clone: Path, *, version: str, changelog: str, test: str) -> None:
    """Version, changelog and tests of the distribution; one test, and no fixtures, for speed."""
    set_version(clone, NAME, version)
    (clone / NAME / "CHANGELOG.md").write_text(changelog)
    folder = clone / "tests" / "target_minox"
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "test_one.py").write_text(f"def test_one() -> None:\n    {test}\n")
    (clone / "tests" / "conftest.py").write_text("")


def run(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
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


def tag(clone: Path, name: str) -> None:
    git(clone, "tag", "--annotate", name, "--message", name)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--no-tags", str(ROOT), str(folder))
    shutil.copytree(ROOT / "scripts", folder / "scripts", dirs_exist_ok=True)
    return folder


def test_a_release_that_is_not_ready_is_refused_with_all_reasons(clone: Path) -> None:
    write(clone, version="0.1.0", changelog="# Changelog\n\n## Unreleased\n\n- Something.\n", test="pass")
    said = run(clone, NAME, "1.0.0")
    assert said.returncode == 1
    assert "not committed" in said.stderr
    assert "says version 0.1.0: write 1.0.0 there" in said.stderr
    assert "CHANGELOG.md has no entry 1.0.0: turn `## Unreleased` into it" in said.stderr
    assert f"there is no tag {KIT}: release the kit first" in said.stderr
    assert "no distribution tap-nothing" in run(clone, "tap-nothing", "1.0.0").stderr
    assert "make release CONNECTOR=tap-nmbrs VERSION=1.0.0" in run(clone, NAME).stderr
    assert artifacts(clone) == []


def test_a_version_is_a_version_and_later_than_the_last(clone: Path) -> None:
    tag(clone, f"{NAME}-v1.9.0")
    tag(clone, f"{NAME}-v1.10.0")
    for version in ("1.9.1", "1.10.0"):
        assert (
            f"the tag {NAME}-v1.10.0 exists already: choose a version that is later" in run(clone, NAME, version).stderr
        )
    assert "exists already" not in run(clone, NAME, "1.10.1").stderr
    assert "1.10 final is not a version as 1.0.0 is" in run(clone, NAME, "1.10 final").stderr


@pytest.mark.parametrize(
    ("changelog", "reason"),
    [
        ("## 0.9.0\n\n- Old.\n", "has no entry 1.0.0: write one, above all others"),
        ("## Unreleased\n\n- New.\n\n## 1.0.0\n\n- Ready.\n", "begins with Unreleased"),
        ("## 1.0.0 (2026-11-23)\n\n## 0.9.0\n\n- Old.\n", "says nothing of 1.0.0"),
    ],
)
def test_a_changelog_begins_with_what_is_released(clone: Path, changelog: str, reason: str) -> None:
    write(clone, version="1.0.0", changelog=f"# Changelog\n\n{changelog}", test="pass")
    assert f"{NAME}/CHANGELOG.md {reason}" in run(clone, NAME, "1.0.0").stderr


def test_a_release_is_built_by_default_and_tagged_when_asked_to(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="pass")
    commit(clone)
    tag(clone, KIT)
    before = git(ROOT, "tag", "--list")

    dry = run(clone, NAME, "1.0.0")
    assert dry.returncode == 0, dry.stderr
    assert artifacts(clone) == ["target_minox-1.0.0-py3-none-any.whl", "target_minox-1.0.0.tar.gz"]
    assert NAME not in git(clone, "tag", "--list")

    tagged = run(clone, NAME, "1.0.0", "--tag")
    assert tagged.returncode == 0, tagged.stderr
    assert git(clone, "rev-parse", "target-minox-v1.0.0^{commit}") == git(clone, "rev-parse", "HEAD")
    assert git(clone, "cat-file", "-t", "target-minox-v1.0.0") == "tag"

    again = run(clone, NAME, "1.0.0", "--tag")
    assert again.returncode == 1
    assert "the tag target-minox-v1.0.0 exists already" in again.stderr
    assert git(ROOT, "tag", "--list") == before  # nothing is pushed to where the clone comes from


def test_a_release_whose_tests_fail_is_neither_built_nor_tagged(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="raise ValueError")
    commit(clone)
    tag(clone, KIT)
    said = run(clone, NAME, "1.0.0", "--tag")
    assert said.returncode == 1
    assert "its tests fail" in said.stderr
    assert artifacts(clone) == []
    assert "target-minox-v1.0.0" not in git(clone, "tag", "--list")


def test_a_kit_that_the_connector_does_not_accept_is_refused(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="pass")
    set_version(clone, "connector-kit", "99.0")
    commit(clone)
    said = run(clone, NAME, "1.0.0")
    assert said.returncode == 1
    assert re.search(r"asks for singer-connector-kit\S+, and the one it was tested with is 99\.0", said.stderr)


def test_a_kit_that_has_changed_since_its_release_is_released_first(clone: Path) -> None:
    write(clone, version="1.0.0", changelog="# Changelog\n\n## 1.0.0\n\n- Something.\n", test="pass")
    tag(clone, KIT)
    (clone / "connector-kit" / "connector_kit" / "new.py").touch()
    commit(clone)
    said = run(clone, NAME, "1.0.0")
    assert said.returncode == 1
    assert f"a kit that has changed since {KIT}: release the kit in its next version first" in said.stderr
