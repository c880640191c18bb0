"""SIGKILL between any two steps: the next run books every entry exactly once."""

from __future__ import annotations

import importlib
import json
import pkgutil
import signal
from typing import TYPE_CHECKING

import connector_kit.posting
import pytest
from connector_kit.posting.failpoints import VARIABLE, registered

if TYPE_CHECKING:
    import subprocess

    from tests.payroll import Payroll

for module in pkgutil.walk_packages(connector_kit.posting.__path__, "connector_kit.posting."):
    importlib.import_module(module.name)

REFUSED_BY_US = {name for name in registered() if name.startswith("dead_letters")}
REFUSED_BY_THEM = {name for name in registered() if "rejected" in name}
REFUSED = REFUSED_BY_US | REFUSED_BY_THEM
# Steps that only a disturbed run takes: the answer to the second booking is lost.
DISTURBED = {name for name in registered() if "in_doubt" in name or name in {"poster.before_read", "poster.after_read"}}
PASSES = {"state.before_write": (1,), "state.after_write": (1,), **dict.fromkeys(DISTURBED, (1,))}
# Requests are counted from the first of the preflight on: kill in there, and in the middle of the bookings.
REQUESTS = {name: (2, 15) for name in registered() if name.startswith("http.")}
# What only a closed period or another's hand brings about is killed with the kit's own tests of the posting engine.
RARE = {name for name in registered() if "deferred" in name or "needs_human" in name}
ALWAYS = set(registered()) - REFUSED - RARE
STEPS = sorted(f"{name}:{nth}" for name in ALWAYS for nth in (PASSES | REQUESTS).get(name, (2,)))


def killed(result: subprocess.CompletedProcess[bytes]) -> bool:
    return result.returncode == -signal.SIGKILL


def state_of(result: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def refused_first(messages: bytes) -> bytes:
    """The same messages, with a first entry on an account that the books do not have."""
    lines = messages.splitlines(keepends=True)
    first = next(index for index, line in enumerate(lines) if json.loads(line)["type"] == "RECORD")
    record = json.loads(lines[first])
    record["record"]["key"] = "unknown-account"
    for line in record["record"]["lines"]:
        line["account"] = "999999"
    return b"".join([*lines[:first], json.dumps(record).encode() + b"\n", *lines[first:]])


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_every_entry_is_booked_exactly_once(payroll: Payroll, messages: bytes, step: str) -> None:
    name = step.partition(":")[0]
    if name in DISTURBED:
        payroll.minox.faults.add(method="PUT", path="transaction_line_batch", action="reset_after", nth=2)

    first = payroll.book(messages, {VARIABLE: step})
    assert killed(first), f"{step} was not reached: {first.stderr.decode()}"
    if state_of(first):
        assert name == "state.after_write"
        payroll.assert_booked_exactly_once()

    second = payroll.book(messages)
    assert second.returncode == 0, second.stderr.decode()
    payroll.assert_booked_exactly_once()

    writes = payroll.writes()
    assert payroll.book(messages).returncode == 0
    assert payroll.writes() == writes


@pytest.mark.parametrize("point", sorted(REFUSED_BY_US))
def test_killed_while_refusing_an_entry_loses_neither_it_nor_the_others(
    payroll: Payroll, messages: bytes, point: str
) -> None:
    with_refused = refused_first(messages)

    first = payroll.book(with_refused, {VARIABLE: point})
    assert killed(first), f"{point} was not reached: {first.stderr.decode()}"

    second = payroll.book(with_refused)
    assert second.returncode == 10
    letters = (payroll.folder / "ledger.sqlite3.dead-letters.jsonl").read_text().splitlines()
    assert {json.loads(letter)["key"] for letter in letters} == {"unknown-account"}
    payroll.assert_booked_exactly_once()


@pytest.mark.parametrize("point", sorted(REFUSED_BY_THEM))
def test_killed_while_the_provider_refuses_an_entry_it_is_tried_again(
    payroll: Payroll, messages: bytes, point: str
) -> None:
    payroll.minox.faults.add(method="PUT", path="transaction_line_batch", action="status", status=400)

    first = payroll.book(messages, {VARIABLE: point})
    assert killed(first), f"{point} was not reached: {first.stderr.decode()}"
    assert state_of(first) == []

    assert payroll.book(messages).returncode == 0
    payroll.assert_booked_exactly_once()


def test_a_ledger_that_was_lost_books_nothing_again(payroll: Payroll, messages: bytes) -> None:
    assert payroll.book(messages).returncode == 0
    writes = payroll.writes()
    for path in payroll.folder.glob("ledger.sqlite3*"):
        path.unlink()

    assert payroll.book(messages).returncode == 0

    assert payroll.writes() == writes
    payroll.assert_booked_exactly_once()


def test_a_tap_that_is_killed_half_way_loses_no_run(payroll: Payroll, messages: bytes) -> None:
    """The target sees the end of its input: what came is booked, and no STATE says that there was more."""
    lines = messages.splitlines(keepends=True)
    records = [index for index, line in enumerate(lines) if json.loads(line)["type"] == "RECORD"]
    cut = b"".join(lines[: records[len(records) // 2]])

    payroll.book(cut)
    assert 0 < payroll.writes() < len(payroll.runs())

    assert payroll.book(messages).returncode == 0
    payroll.assert_booked_exactly_once()
