"""Each distribution builds: sdist and wheel hold all of it and nothing else, with the metadata that an index asks for."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.artifacts import build, faults_of_metadata, faults_of_sdist, faults_of_wheel, package
from scripts.lock import ROOT, distributions
from scripts.release import KIT, homes_of_tests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDERS = distributions()
CONNECTORS = [folder for folder in FOLDERS if folder.startswith(("tap-", "target-"))]
ON_THE_SDK = ["connector-kit", *CONNECTORS]


def project(folder: str) -> dict[str, Any]:
    manifest = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = manifest["project"]
    return found


def requirement(folder: str, name: str) -> Requirement:
    (found,) = (one for one in map(Requirement, project(folder)["dependencies"]) if one.name == name)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_sdist_and_wheel_hold_the_distribution_and_nothing_else(
    folder: str, artifacts: Callable[[str], tuple[Path, Path]]
) -> None:
    sdist, wheel = artifacts(folder)
    assert [*faults_of_sdist(sdist, ROOT / folder), *faults_of_wheel(wheel, ROOT / folder)] == []


def test_what_is_wrong_with_a_wheel_is_said(tmp_path: Path) -> None:
    """A file of the package that the wheel lacks, one too many, no licence, no page."""
    source = tmp_path / "made-up"
    (source / "made_up").mkdir(parents=True)
    for name in ("__init__.py", "py.typed"):
        (source / "made_up" / name).touch()
    (source / "stray.txt").touch()
    (source / "pyproject.toml").write_text(
        '[project]\nname = "made-up"\nversion = "1"\nrequires-python = ">=3.11"\n[build-system]\nrequires = ["hatchling>=1.27"]\n'
        'build-backend = "hatchling.build"\n[tool.hatch.build.targets.wheel]\npackages = ["made_up"]\n'
        'exclude = ["py.typed"]\n[tool.hatch.build.targets.wheel.force-include]\n"stray.txt" = "stray.txt"\n',
        encoding="utf-8",
    )
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    _, wheel = build(source, tmp_path / "built")
    said = "\n".join(faults_of_wheel(wheel, source))
    assert "made_up-1-py3-none-any.whl lacks made_up/py.typed" in said
    assert "made_up-1-py3-none-any.whl holds stray.txt too" in said
    assert "made_up-1-py3-none-any.whl lacks the licence" in said
    assert "made-up: description is empty" in said


def test_metadata_that_an_index_refuses_is_said() -> None:
    assert list(faults_of_metadata("Metadata-Version: 2.4\nName: not a name\nVersion: one\n\n")) != []


def imported(folder: str) -> set[str]:
    """The distributions of others that a distribution of ours imports from."""
    name = package(ROOT / folder)
    home = ROOT / folder / name
    modules = set()
    for file in home.rglob("*.py") if home.is_dir() else [home]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module or "")
    tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - {name.removesuffix(".py")}
    installed = packages_distributions()
    known = {"connector_kit": [KIT]}  # installed in place, it does not say what can be imported from it
    return {canonicalize_name(one) for top in tops for one in known.get(top) or installed.get(top, [top])}


def declared(folder: str, *, optional: bool = False) -> set[str]:
    extras = project(folder).get("optional-dependencies", {}).values() if optional else ()
    lines = [*project(folder)["dependencies"], *(line for extra in extras for line in extra)]
    return {canonicalize_name(Requirement(line).name) for line in lines}


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_imported_is_declared_and_what_is_declared_is_imported(folder: str) -> None:
    """Else it is there until something else no longer needs it. What the kit declares is the connectors' too."""
    of_the_kit = declared("connector-kit") if KIT in declared(folder) else set()
    assert imported(folder) - declared(folder, optional=True) - of_the_kit == set()
    assert declared(folder) - imported(folder) == set()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_licence_is_that_of_the_repository(folder: str) -> None:
    assert (ROOT / folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert project(folder)["license"] == "Apache-2.0"


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_changelog_begins_with_what_is_not_released_or_with_the_version(folder: str) -> None:
    lines = (ROOT / folder / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    first = next(line for line in lines if line.startswith("## "))
    assert first.split()[1] in {"Unreleased", project(folder)["version"]}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_release_has_tests_to_run(folder: str) -> None:
    assert [path for home in homes_of_tests(folder) for path in home.glob("test_*.py")] != []


def test_descriptions_are_one_sentence_each_and_differ() -> None:
    described = [project(folder)["description"] for folder in FOLDERS]
    assert len(set(described)) == len(described)
    assert all(text.endswith(".") and "\n" not in text for text in described)


@pytest.mark.parametrize("folder", CONNECTORS)
def test_connectors_ask_for_the_kit_that_they_are_tested_with(folder: str) -> None:
    kit = requirement(folder, "singer-connector-kit")
    assert kit.specifier.contains(project("connector-kit")["version"])
    assert not kit.specifier.contains("99")


def test_all_ask_for_the_same_versions_of_the_sdk() -> None:
    assert len({str(requirement(folder, "singer-sdk").specifier) for folder in ON_THE_SDK}) == 1
