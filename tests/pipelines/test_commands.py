"""The commands of a target as Meltano runs them: with the settings of the project, by either spelling."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.payroll import BIN, ROOT, meltano_alone

if TYPE_CHECKING:
    from tests.payroll import Payroll

pytestmark = pytest.mark.timeout(600)  # waiting for other tests with Meltano included
JOURNALS = ROOT / "tests" / "corpus" / "three_payroll_journals.singer"


def invoked(payroll: Payroll, *arguments: str) -> subprocess.CompletedProcess[str]:
    with meltano_alone():
        return subprocess.run(
            [str(BIN / "meltano"), "invoke", *arguments],
            cwd=ROOT,
            env=payroll.environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.mark.parametrize("spelling", [("target-minox:plan",), ("target-minox", "plan")])
def test_a_plan_by_meltano_writes_nothing(payroll: Payroll, spelling: tuple[str, ...]) -> None:
    done = invoked(payroll, *spelling, "--json", "--input", str(JOURNALS))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["create"] == 3
    assert payroll.writes() == 0


def test_apply_by_meltano_books_what_was_planned(payroll: Payroll) -> None:
    plan = json.loads(invoked(payroll, "target-minox:plan", "--json", "--input", str(JOURNALS)).stdout)
    done = invoked(payroll, "target-minox:apply", "--plan", plan["digest"], "--input", str(JOURNALS))

    assert done.returncode == 0, done.stderr
    assert payroll.writes() == 3
