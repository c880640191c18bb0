"""Killed between any two steps, the next run creates every customer once: real processes, SIGKILL."""

import subprocess
import time

import pytest

from tests.target_minimax.conftest import PROGRAM, THREE, Register

FAILPOINTS = {
    "ledger.intent.after_commit": 2,
    "ledger.sent.before_commit": 2,
    "ledger.sent.after_commit": 2,
    "http.before_send": 7,  # three lists, then a look-up and a POST each: the POST of the second
    "http.after_send": 7,
    "http.after_answer": 7,
    "poster.after_write": 2,
    "ledger.confirmed.before_commit": 2,
    "ledger.confirmed.after_commit": 2,
}


@pytest.mark.parametrize(("name", "nth"), FAILPOINTS.items(), ids=FAILPOINTS)
def test_a_killed_run_is_repeated_without_doubles(register: Register, name: str, nth: int) -> None:
    killed = register.deliver(*THREE, environment={"CONNECTOR_KIT_FAILPOINT": f"{name}:{nth}"})
    assert killed.code == -9, killed.stderr
    run = register.deliver(*THREE)
    assert (run.code, run.states) == (0, ["1", "2", "3"]), run.stderr
    assert register.codes == ["K1", "K2", "K3"]


def test_two_runs_at_the_same_time_try_a_wrong_password_once(register: Register) -> None:
    register.simulator.faults.add(action="delay", seconds=1, path="(?i)/oauth20/token")
    config = register.config(password="wrong-password")
    command = [str(PROGRAM), "preflight", "--config", str(config)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=register.folder) for _ in range(2)]
    until = time.monotonic() + 60
    assert [run.wait(timeout=until - time.monotonic()) for run in runs] == [13, 13]
    assert register.logins == 1
