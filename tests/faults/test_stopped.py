"""SIGTERM ends within ten seconds, not with 0, and without a STATE that promises too much."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payroll import Payroll

TEN_SECONDS = 10
INTERRUPTED = 143


def stop_when(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> float:
    """Send SIGTERM as soon as `ready`; the seconds until the process ended."""
    deadline = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < deadline, "the moment to stop at did not come"
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(patience.seconds(30))
    return time.monotonic() - started


@pytest.mark.parametrize("hang", ["before the booking", "after the booking"])
def test_stopped_in_the_middle_of_a_booking(payroll: Payroll, messages: bytes, hang: str) -> None:
    action = "delay" if hang == "before the booking" else "delay_answer"
    payroll.minox.faults.add(method="PUT", path="transaction_line_batch", action=action, seconds=60, nth=3)
    source = payroll.folder / "messages.singer"
    source.write_bytes(messages)

    with (
        source.open("rb") as stdin,
        subprocess.Popen(
            payroll.command("target-minox"), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        seconds = stop_when(process, lambda: payroll.writes() >= (2 if action == "delay" else 3))
        stdout, stderr = process.communicate()

    assert seconds < patience.seconds(TEN_SECONDS)
    assert process.returncode == INTERRUPTED, stderr.decode()
    assert b"Traceback" not in stderr
    assert stdout == b"", "STATE was passed on although most entries were not booked"

    payroll.minox.faults.clear()
    assert payroll.book(messages).returncode == 0
    payroll.assert_booked_exactly_once()


def test_stopped_while_waiting_for_the_tap(payroll: Payroll, messages: bytes) -> None:
    """The STATE of what is booked may be written; it is the one that came before the stop."""
    with subprocess.Popen(
        payroll.command("target-minox"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        lines = messages.splitlines(keepends=True)
        sent = [line for line in lines if json.loads(line)["type"] != "STATE"][:4]
        process.stdin.write(b"".join(sent))
        process.stdin.flush()
        booked = sum(json.loads(line)["type"] == "RECORD" for line in sent)
        seconds = stop_when(process, lambda: payroll.writes() == booked)
        stdout = process.stdout.read() if process.stdout else b""

    assert seconds < patience.seconds(TEN_SECONDS)
    assert process.returncode == INTERRUPTED
    assert stdout == b""

    assert payroll.book(messages).returncode == 0
    payroll.assert_booked_exactly_once()


def test_a_stopped_tap_does_not_end_with_success(payroll: Payroll) -> None:
    payroll.nmbrs.faults.add(method="GET", path="/runs", action="delay", seconds=60)
    with subprocess.Popen(
        payroll.command("tap-nmbrs", "--catalog", str(payroll.catalog())),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        asked = len(payroll.nmbrs.log.requests())
        seconds = stop_when(process, lambda: len(payroll.nmbrs.log.requests()) > asked + 1)
        _, stderr = process.communicate()

    assert seconds < patience.seconds(TEN_SECONDS)
    assert process.returncode == INTERRUPTED, stderr.decode()
    assert b"Traceback" not in stderr


def test_stopped_while_the_token_endpoint_does_not_answer(payroll: Payroll, messages: bytes) -> None:
    payroll.minox.faults.add(method="POST", path="/oauth/token", action="delay", seconds=60)
    source = payroll.folder / "messages.singer"
    source.write_bytes(messages)

    with (
        source.open("rb") as stdin,
        subprocess.Popen(
            payroll.command("target-minox"), stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        seconds = stop_when(process, lambda: payroll.minox._busy > 0)
        stdout, stderr = process.communicate()

    assert seconds < patience.seconds(TEN_SECONDS)
    assert process.returncode == INTERRUPTED, stderr.decode()
    assert (stdout, payroll.writes()) == (b"", 0)
