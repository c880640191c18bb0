"""SIGTERM and SIGINT: quick, never exit 0, never an early STATE, and the next run completes."""

import signal
import subprocess
import time

import pytest

from tests import patience
from tests.connector_kit.posting_provider import BooksProvider, Fault
from tests.connector_kit.posting_runs import (
    TargetRuns,
    entries_with_states,
    interrupt,
    lines_of,
    wait_until_stopped,
)


def _positions(out: str) -> int:
    return len(out.splitlines())


def _write(process: subprocess.Popen[str], count: int) -> None:
    assert process.stdin
    process.stdin.write(lines_of(entries_with_states(count)))
    process.stdin.flush()


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_while_waiting_for_input_ends_at_once(
    signum: int, code: int, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    process = target_runs.start()
    _write(process, 2)
    assert process.stdout
    first = [process.stdout.readline(), process.stdout.readline()]
    sent_at = time.monotonic()
    process.send_signal(signum)
    process.wait(timeout=60)  # with its input still open
    assert process.stderr
    errors = process.stderr.read()

    assert process.returncode == code, errors
    assert time.monotonic() - sent_at < patience.seconds(5)
    assert len(first) == 2
    assert "Traceback" not in errors
    assert '"success": 2' in errors
    assert books_provider.booked_keys() == ["k1", "k2"]
    process.communicate()


@pytest.mark.parametrize(
    "place", ["poster.before_write", "http.after_send", "http.after_answer:3", "ledger.sent.before_commit"]
)
def test_a_signal_during_a_write_lets_it_be_settled(
    place: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = entries_with_states(3)
    process = target_runs.start(failpoint=f"{place}:stop")
    _write(process, 3)
    wait_until_stopped(process)
    booked_before = len(books_provider.effects)
    interrupt(process)
    out, errors = process.communicate(timeout=10)

    assert process.returncode == 143, errors
    assert "Traceback" not in errors
    assert _positions(out) <= len(books_provider.effects)
    assert len(books_provider.effects) <= booked_before + 1
    again = target_runs.run(messages)
    assert (again.code, again.positions[-1]) == (0, 3), again.err
    assert books_provider.booked_keys() == ["k1", "k2", "k3"]


def test_a_slow_answer_is_awaited_and_the_entry_confirmed(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    books_provider.faults.append(Fault(method="PUT", action="hang", seconds=1.5))
    process = target_runs.start(timeout_seconds=60)
    _write(process, 2)
    while not books_provider.count("PUT"):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=10)

    assert (process.returncode, _positions(out)) == (143, 0), errors
    assert '"success": 1' in errors
    assert books_provider.booked_keys() == ["k1"]
    lookups = books_provider.count("GET")
    assert target_runs.run(entries_with_states(1)).summary["existing"] == 1
    assert books_provider.count("GET") == lookups


def test_a_hanging_write_is_cut_and_in_doubt_within_ten_seconds(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    books_provider.faults.append(Fault(method="PUT", action="hang", seconds=12))
    process = target_runs.start(timeout_seconds=60)
    _write(process, 2)
    while not books_provider.count("PUT"):
        time.sleep(0.02)
    sent_at = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)  # a scheduler and a keyboard may both send one
    out, errors = process.communicate(timeout=60)

    assert process.returncode in {143, 130}, errors
    assert out == ""
    assert time.monotonic() - sent_at < patience.seconds(10)
    assert '"in_doubt_in_ledger": 1' in errors
    again = target_runs.run(entries_with_states(2))
    assert (again.code, again.positions) == (0, [1, 2]), again.err
    assert {key for _, key in books_provider.effects} == {"k1", "k2"}
    assert len(books_provider.batches) == 2


def test_a_signal_while_the_provider_asks_to_wait_ends_at_once(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    busy = Fault(method="PUT", action="status", status=429, headers={"Retry-After": "60"})
    books_provider.faults += [busy] * 3
    process = target_runs.start(failpoint="ledger.intent.after_commit:2:stop")
    _write(process, 1)
    wait_until_stopped(process)  # the write was refused for now, the entry is back at intent
    interrupt(process)
    out, errors = process.communicate(timeout=10)

    assert (process.returncode, out) == (143, ""), errors
    assert '"in_doubt_in_ledger": 0' in errors
    books_provider.faults.clear()
    assert target_runs.run(entries_with_states(1)).code == 0
    assert books_provider.booked_keys() == ["k1"]


def test_a_closed_stdout_ends_the_run_without_a_lie(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    process = target_runs.start()
    assert process.stdout
    process.stdout.close()
    _, errors = process.communicate(lines_of(entries_with_states(3)), timeout=30)

    assert process.returncode == 1
    assert (
        errors.strip().splitlines()[-1]
        == "target-tiny: nobody reads STATE any more (stdout is closed); the run stops here"
    )
    assert target_runs.run(entries_with_states(3)).positions == [1, 2, 3]
    assert books_provider.booked_keys() == ["k1", "k2", "k3"]
