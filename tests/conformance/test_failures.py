"""Every test that the page of failures names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(
    r"^\| (?!failure |---)(.+?) \|.*\| (.+) \|$", (ROOT / "docs" / "failures.md").read_text(), re.MULTILINE
)
TESTS = frozenset(
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.mark.parametrize(("failure", "tests"), ROWS, ids=[failure for failure, _ in ROWS])
def test_every_failure_is_shown_by_tests_that_exist(failure: str, tests: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", tests))
    assert named or tests.startswith("the same"), failure
    assert named <= TESTS
