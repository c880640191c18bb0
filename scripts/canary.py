"""Run the tests that speak to the Singer SDK on its next version and on the oldest one that is supported.

Each version gets an environment of its own in `var/canary`: the lock, compiled again with only the SDK moved.
Arguments go to pytest; named paths take the place of the usual part. `--sdk VERSION` tries that version instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from packaging.requirements import Requirement
from packaging.version import Version

from scripts.lock import LOCK, ROOT, command, distributions

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = ROOT / "var" / "canary"
UV = str(Path(sys.executable).with_name("uv"))
SDK = "singer-sdk"
PREAMBLE = f"{SDK}=="
# Beside the test files that import the SDK: what the plugins promise, and whole syncs and loads.
PROMISES = {
    "test_standard.py",
    "test_catalog.py",
    "test_sync.py",
    "test_map_books_process.py",
    "test_booking.py",
    "test_journals.py",
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One version of the SDK and why it is tried."""

    version: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the tests said on one version.

    Attributes:
        seconds: Wall time of the tests.
        failed: Names of the tests that failed, or why there were none.
    """

    candidate: Candidate
    passed: int
    failed: tuple[str, ...]
    seconds: float


def requirement() -> Requirement:
    """What the kit asks of the SDK; the connectors ask the same."""
    project = tomllib.loads((ROOT / "connector-kit" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return next(one for one in map(Requirement, project["dependencies"]) if one.name == SDK)


def resolved(wanted: str, *options: str) -> str:
    """The version of the SDK that uv takes for a requirement."""
    words = [UV, "pip", "compile", "-", "--quiet", "--no-deps", "--no-header", "--no-annotate", *options]
    found = _run(words, stdin=wanted, capture_output=True, check=True).stdout
    return next(line for line in found.splitlines() if line.startswith(PREAMBLE)).removeprefix(PREAMBLE).strip()


def locked() -> str:
    """The version of the SDK in the lock."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(PREAMBLE)).removeprefix(PREAMBLE).split()[0]


def candidates() -> tuple[Candidate, ...]:
    """The next version, or the newest release where the index has none, and the oldest that is supported."""
    newest = resolved(SDK, "--prerelease=allow")
    if not Version(newest).is_prerelease or Version(newest) <= Version(locked()):
        next_one = Candidate(version=resolved(SDK), reason="newest release; the index has no newer pre-release")
    else:
        next_one = Candidate(version=newest, reason="next pre-release")
    oldest = resolved(f"{SDK}{requirement().specifier}", "--resolution=lowest")
    return next_one, Candidate(version=oldest, reason="oldest supported")


def part() -> list[str]:
    """The test files that speak to the SDK."""
    speaking = [
        path
        for path in sorted((ROOT / "tests").glob("*/test_*.py"))
        if path.name in PROMISES or "singer_sdk" in path.read_text(encoding="utf-8")
    ]
    return [str(path.relative_to(ROOT)) for path in speaking]


def environment(candidate: Candidate) -> Path:
    """An environment with everything of the lock but that version of the SDK; the folder of its programs."""
    folder = FOLDER / candidate.version
    folder.mkdir(parents=True, exist_ok=True)
    override, lock = folder / "override.txt", folder / LOCK.name
    override.write_text(f"{SDK}=={candidate.version}\n", encoding="utf-8")
    shutil.copy(LOCK, lock)
    _run(command(lock, "--override", str(override)), check=True)
    venv = folder / "venv"
    python = str(venv / "bin" / "python")
    _run([UV, "venv", "--quiet", "--clear", "--python", sys.executable, str(venv)], check=True)
    _run([UV, "pip", "sync", "--quiet", "--python", python, str(lock)], check=True)
    ours = [word for name in distributions() for word in ("-e", f"./{name}")]
    _run([UV, "pip", "install", "--quiet", "--no-deps", "--python", python, *ours], check=True)
    return venv / "bin"


def tried(candidate: Candidate, arguments: Sequence[str]) -> Outcome:
    """Run the tests on one version."""
    programs = environment(candidate)
    report = FOLDER / candidate.version / "report.xml"
    report.unlink(missing_ok=True)
    named = any((ROOT / word.partition("::")[0]).exists() for word in arguments)
    began = time.monotonic()
    _run([str(programs / "pytest"), "-q", "--junit-xml", str(report), *([] if named else part()), *arguments])
    return outcome(candidate, report, time.monotonic() - began)


def outcome(candidate: Candidate, report: Path, seconds: float) -> Outcome:
    """Read the report of pytest; none means that the tests did not even begin."""
    if not report.exists():
        return Outcome(candidate=candidate, passed=0, failed=("the tests did not run",), seconds=seconds)
    cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 (written by our own pytest just now)
    failed = tuple(
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )
    skipped = sum(case.find("skipped") is not None for case in cases)
    return Outcome(candidate=candidate, passed=len(cases) - skipped - len(set(failed)), failed=failed, seconds=seconds)


def table(outcomes: Sequence[Outcome]) -> str:
    """What is printed at the end, ready for the documentation."""
    lines = ["| singer-sdk | what | passed | failed | seconds |", "|---|---|---|---|---|"]
    lines += [
        f"| {one.candidate.version} | {one.candidate.reason} | {one.passed:,} | {len(one.failed)} | {one.seconds:.0f} |"
        for one in outcomes
    ]
    return "\n".join([*lines, *(f"{one.candidate.version} fails {name}" for one in outcomes for name in one.failed)])


def _run(
    words: Sequence[str], *, check: bool = False, capture_output: bool = False, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "UV_CONSTRAINT": ""}  # make hands the lock on as a constraint of everything
    return subprocess.run(  # noqa: S603 (our own tools, fixed words)
        words, cwd=ROOT, env=surroundings, check=check, capture_output=capture_output, input=stdin, text=True
    )


def main() -> None:
    """Try the versions; 1 if a test failed."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--sdk", action="append", default=[], help="a version to try instead of those two")
    options, arguments = parser.parse_known_args()
    asked_for = tuple(Candidate(version=version, reason="asked for") for version in options.sdk)
    outcomes = [tried(candidate, arguments) for candidate in asked_for or candidates()]
    print(table(outcomes))  # noqa: T201 (a table for people)
    sys.exit(any(one.failed for one in outcomes))


if __name__ == "__main__":
    main()
