"""The tests are tested: with a deliberate bug in a copy of a package, the one that must catch it does.

All bugs: `make sabotage`; without the variable that it sets, those that are caught within seconds.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sabotage.bugs import BUGS, SIMULATION, Bug

ROOT = Path(__file__).resolve().parents[2]
ALL = "TEST_ALL_BUGS"
SEEDS = "0:3000"


def right(bug: Bug, folder: Path) -> str:
    """The file as it stands in the package, and what is right in it stands there once."""
    text = (folder / bug.file).read_text()
    assert text.count(bug.right) == 1, f"{bug.file} has changed: adapt the bug {bug.name}"
    return text


def sabotaged(bug: Bug, folder: Path) -> Path:
    """A folder with a copy of the package that has the bug."""
    package = importlib.import_module(bug.package)
    shutil.copytree(package.__path__[0], folder / bug.package, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / bug.package / bug.file
    file.write_text(right(bug, folder / bug.package).replace(bug.right, bug.wrong))
    return folder


def run(command: list[str], kit: Path | None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"PYTHONPATH": str(kit)} if kit else {}) | {"PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False
    )


@pytest.mark.timeout(900)
@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.quick or os.environ.get(ALL)], ids=lambda bug: bug.name)
def test_a_deliberate_bug_is_caught(bug: Bug, tmp_path: Path) -> None:
    kit = sabotaged(bug, tmp_path)
    if bug.caught_by == SIMULATION:
        result = run(["-m", "tests.simulation", "--seeds", SEEDS, "--stop-at-first"], kit)
        caught = result.returncode == 1 and "seed " in result.stdout
    else:
        result = run(["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", bug.caught_by], kit)
        caught = result.returncode == 1 and "failed" in result.stdout
    assert caught, f"nobody noticed: {result.stdout[-2000:]}{result.stderr[-2000:]}"


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_every_bug_has_its_place(bug: Bug) -> None:
    assert right(bug, Path(importlib.import_module(bug.package).__path__[0]))


def test_the_copy_is_what_is_tested(tmp_path: Path) -> None:
    kit = sabotaged(next(bug for bug in BUGS if bug.quick), tmp_path)

    found = run(["-c", "import connector_kit; print(connector_kit.__file__)"], kit)

    assert found.stdout.strip().startswith(str(tmp_path))


def test_there_are_enough_bugs_and_each_is_another_one() -> None:
    assert len(BUGS) >= 12
    assert len({bug.name for bug in BUGS}) == len({(bug.file, bug.wrong, bug.right) for bug in BUGS}) == len(BUGS)
