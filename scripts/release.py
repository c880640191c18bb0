"""Check and build one distribution, and with `--tag` tag it: `tap-nmbrs-v1.0.0`. Pushes nothing, uploads nothing.

What is checked: nothing is uncommitted; version, changelog entry and tag; that the kit of this repository is released,
and one that the distribution accepts; its tests; sdist and wheel.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from scripts.artifacts import build, faults_of_sdist, faults_of_wheel, package
from scripts.lock import ROOT, distributions

if TYPE_CHECKING:
    from collections.abc import Iterator

KIT = "singer-connector-kit"
# Where the tests stand of what has no folder tests/PACKAGE*.
TESTS = {
    "provider_simulators": "simulators",
    "tap_care_books": "warehouse",
    "target_duckdb_exact": "warehouse",
    "target_postgres_exact": "warehouse",
}


class Refused(Exception):  # noqa: N818 (a state of the release, and its reason)
    """What must be mended before this can be released."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One distribution in one version.

    Attributes:
        folder: Where it stands in the repository.
        project: The metadata in its pyproject.toml.
    """

    folder: str
    project: dict[str, Any]
    version: str

    @property
    def tag(self) -> str:
        """The name of its tag."""
        return f"{self.project['name']}-v{self.version}"


def manifests() -> dict[str, tuple[str, dict[str, Any]]]:
    """Folder and pyproject.toml of every distribution, by its name."""
    read = {
        folder: tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
        for folder in distributions()
    }
    return {manifest["project"]["name"]: (folder, manifest) for folder, manifest in read.items()}


def release_of(name: str, version: str) -> Release:
    """The release that is asked for."""
    known = manifests()
    if name not in known:
        raise Refused(f"there is no distribution {name}: one of {', '.join(sorted(known))}")
    folder, manifest = known[name]
    return Release(folder=folder, project=manifest["project"], version=version)


def unready(release: Release) -> Iterator[str]:
    """What stands against a release before anything is built or tested."""
    if _git("status", "--porcelain"):
        yield "there are changes that are not committed: commit them, or put them aside"
    try:
        version = Version(release.version)
    except InvalidVersion:
        version = None
    if version is None or str(version) != release.version:
        yield f"{release.version} is not a version as 1.0.0 is"
    elif (newest := _newest_tagged(release)) and version <= newest:
        tagged = f"{release.project['name']}-v{newest}"
        yield f"the tag {tagged} exists already: choose a version that is later than {newest}"
    if release.project["version"] != release.version:
        said = release.project["version"]
        yield f"{release.folder}/pyproject.toml says version {said}: write {release.version} there"
    yield from _changelog_that_does_not_fit(release)
    yield from _kit_that_does_not_fit(release)


def _newest_tagged(release: Release) -> Version | None:
    preamble = f"{release.project['name']}-v"
    tags = _git("tag", "--list", f"{preamble}[0-9]*").split()
    return max((Version(tag.removeprefix(preamble)) for tag in tags), default=None)


def _changelog_that_does_not_fit(release: Release) -> Iterator[str]:
    name = f"{release.folder}/CHANGELOG.md"
    changelog = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    headings = [heading for heading, _ in entries]
    if release.version not in headings:
        how = "turn `## Unreleased` into it" if "Unreleased" in headings else "write one, above all others"
        yield f"{name} has no entry {release.version}: {how}"
    elif headings[0] != release.version:
        yield f"{name} begins with {headings[0]}, which this release would hold too: move it into {release.version}"
    elif not entries[0][1].strip():
        yield f"{name} says nothing of {release.version}: write what it brings"


def _kit_that_does_not_fit(release: Release) -> Iterator[str]:
    folder, manifest = manifests()[KIT]
    kit = manifest["project"]["version"]
    asked = [one for one in map(Requirement, release.project.get("dependencies", [])) if one.name == KIT]
    for one in asked:
        if not one.specifier.contains(kit, prereleases=True):
            yield f"{release.folder}/pyproject.toml asks for {one}, and the one it was tested with is {kit}"
    tag = f"{KIT}-v{kit}"
    if asked and not _git("tag", "--list", tag):
        yield f"it needs {KIT} {kit}, and there is no tag {tag}: release the kit first"
    elif asked and _git("diff", "--name-only", tag, "HEAD", "--", f"{folder}/{package(ROOT / folder)}"):
        yield f"it is tested with a kit that has changed since {tag}: release the kit in its next version first"


def homes_of_tests(folder: str) -> list[Path]:
    """Where the tests stand of the distribution in a folder."""
    name = package(ROOT / folder).removesuffix(".py")
    return sorted((ROOT / "tests").glob(f"{TESTS.get(name, name)}*/"))


def tested(release: Release) -> None:
    """Run the tests of the distribution."""
    folders = homes_of_tests(release.folder)
    if not folders:
        raise Refused(f"there are no tests of {release.folder} in tests/")
    ended = subprocess.run([sys.executable, "-m", "pytest", "-q", *map(str, folders)], cwd=ROOT, check=False)  # noqa: S603 (our own tests)
    if ended.returncode:
        raise Refused("its tests fail")


def built(release: Release, folder: Path) -> tuple[Path, ...]:
    """Sdist and wheel, checked."""
    sdist, wheel = build(ROOT / release.folder, folder)
    faults = [*faults_of_sdist(sdist, ROOT / release.folder), *faults_of_wheel(wheel, ROOT / release.folder)]
    if faults:
        raise Refused("; ".join(faults))
    return sdist, wheel


def released(release: Release, *, tag: bool) -> None:
    """Check, test, build and, if asked to, tag."""
    if reasons := list(unready(release)):
        raise Refused("; ".join(reasons))
    tested(release)
    with tempfile.TemporaryDirectory() as unchecked:
        artifacts = built(release, Path(unchecked))
        dist = ROOT / "dist"
        dist.mkdir(exist_ok=True)
        for artifact in artifacts:
            artifact.replace(dist / artifact.name)
            _say(f"dist/{artifact.name}")
    if tag:
        _git("tag", "--annotate", release.tag, "--message", f"{release.project['name']} {release.version}")
        _say(f"tagged {release.tag}; nothing was pushed or uploaded")
    else:
        _say(f"ready; with TAG=1 this commit becomes {release.tag}")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603, S607 (git, fixed words)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program for a terminal)


def main() -> None:
    """Release one distribution."""
    parser = argparse.ArgumentParser(
        prog="make release", usage="make release CONNECTOR=tap-nmbrs VERSION=1.0.0 [TAG=1]", description=__doc__
    )
    parser.add_argument("name", metavar="CONNECTOR")
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--tag", action="store_true")
    options = parser.parse_args()
    try:
        released(release_of(options.name, options.version), tag=options.tag)
    except Refused as reason:
        sys.exit(f"not released: {reason}")


if __name__ == "__main__":
    main()
