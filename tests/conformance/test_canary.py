"""What `make canary` runs, and how it reads what the tests said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.canary import Candidate, Outcome, locked, outcome, part, requirement, table
from scripts.lock import ROOT

if TYPE_CHECKING:
    from pathlib import Path

NEXT = Candidate(version="9.0.0b1", reason="next pre-release")


def test_the_part_that_speaks_to_the_sdk_covers_every_connector_and_the_kit() -> None:
    covered = {path.split("/")[1] for path in part()}
    connectors = {path.name.replace("-", "_") for path in ROOT.glob("t*-*") if path.is_dir()}
    own_tests = {name for name in connectors if (ROOT / "tests" / name).is_dir()}
    assert covered >= own_tests | {"connector_kit"}
    assert "tests/tap_ons/test_standard.py" in part()


def test_the_lock_holds_a_version_that_the_connectors_accept() -> None:
    assert requirement().specifier.contains(locked())


def test_failures_errors_and_skipped_tests_are_told_apart(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="a" name="good"/><testcase classname="a" name="away"><skipped/></testcase>'
        '<testcase classname="a" name="bad"><failure/></testcase><testcase classname="b" name="broken"><error/></testcase>'
        "</testsuite></testsuites>",
        encoding="utf-8",
    )
    read = outcome(NEXT, report, 12.3)
    assert (read.passed, read.failed) == (1, ("a::bad", "b::broken"))
    assert table([read]).splitlines()[2:] == [
        "| 9.0.0b1 | next pre-release | 1 | 2 | 12 |",
        "9.0.0b1 fails a::bad",
        "9.0.0b1 fails b::broken",
    ]


def test_tests_that_did_not_begin_are_a_failure(tmp_path: Path) -> None:
    read = outcome(NEXT, tmp_path / "nothing.xml", 0.0)
    assert read == Outcome(candidate=NEXT, passed=0, failed=("the tests did not run",), seconds=0.0)
