"""The job of the README under Meltano itself: killed or stopped in the middle, and run again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.payroll import BIN, ROOT, meltano_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.payroll import Payroll

pytestmark = pytest.mark.timeout(600)  # waiting for other tests with Meltano included


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    with meltano_alone():
        yield


def meltano_run(payroll: Payroll) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(BIN / "meltano"), "run", "--force", "payroll-to-minox"],
        cwd=ROOT,
        env=payroll.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[bytes]) -> str:
    output, _ = process.communicate(timeout=120)
    return output.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_in_the_middle_is_completed_by_the_next_one(
    payroll: Payroll, number: signal.Signals
) -> None:
    payroll.minox.faults.add(method="PUT", path="transaction_line_batch", action="delay_answer", seconds=60, nth=3)
    process = meltano_run(payroll)
    deadline = time.monotonic() + 90
    while payroll.writes() < 3:
        assert time.monotonic() < deadline, "the third booking did not come"
        assert process.poll() is None, finish(process)
        time.sleep(0.05)
    # SIGKILL as the kernel does it to a container: everything at once. SIGTERM goes to Meltano alone.
    if number is signal.SIGKILL:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    finish(process)
    assert process.returncode != 0

    payroll.minox.faults.clear()
    again = meltano_run(payroll)
    output = finish(again)
    assert again.returncode == 0, output
    payroll.assert_booked_exactly_once()

    writes = payroll.writes()
    third = meltano_run(payroll)
    output = finish(third)
    assert third.returncode == 0, output
    assert payroll.writes() == writes


def test_wrong_credentials_are_one_clear_line_and_nothing_is_written(payroll: Payroll) -> None:
    payroll.minox.authority.revoke_consent()

    process = meltano_run(payroll)
    output = finish(process)

    assert process.returncode != 0
    assert "target-minox login" in output
    assert "Traceback (most recent call last)" not in output
    assert payroll.writes() == 0
