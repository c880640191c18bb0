"""Killed between any two steps, the next run makes every record once: real processes, SIGKILL."""

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.target_minimax.books import Books, customer, entry
from tests.target_minimax.conftest import PROGRAM

FAILPOINTS = {
    "ledger.intent.after_commit": 2,
    "ledger.sent.before_commit": 2,
    "ledger.sent.after_commit": 2,
    "http.before_send": 10,  # organisations, four code lists, then a look-up, a POST and its version each
    "http.after_send": 10,
    "http.after_answer": 10,
    "poster.after_write": 2,
    "ledger.confirmed.before_commit": 2,
    "ledger.confirmed.after_commit": 2,
}
RECORDS = {
    "customers": ("Customer", tuple(customer(key) for key in ("K1", "K2", "K3"))),
    "journal_entries": ("Journal", tuple(entry(key) for key in ("J1", "J2", "J3"))),
}


@pytest.mark.parametrize("stream", RECORDS)
@pytest.mark.parametrize(("name", "nth"), FAILPOINTS.items(), ids=FAILPOINTS)
def test_a_killed_run_is_repeated_without_doubles(
    books: Books, killing: Callable[..., int], stream: str, name: str, nth: int
) -> None:
    model, records = RECORDS[stream]
    messages = books.messages([(stream, record) for record in records]).getvalue()
    assert killing(books.config(), messages, name, nth) == -9
    ended = books.deliver(stream, *records)
    if ended.code:  # a write whose answer is lost is looked for twice before it is made again
        ended = books.deliver(stream, *records)
    assert (ended.code, ended.states) == (0, [1, 2, 3]), (ended.error, ended.log)
    assert len(books.held(model)) == 3


def test_two_runs_at_the_same_time_try_a_wrong_password_once(books: Books) -> None:
    books.simulator.faults.add(action="delay", seconds=1, path="(?i)/oauth20/token")
    config: dict[str, Any] = books.config(password="wrong-password")
    path = books.folder / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [str(PROGRAM), "preflight", "--config", str(path)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=books.folder) for _ in range(2)]
    until = time.monotonic() + 60
    assert [run.wait(timeout=until - time.monotonic()) for run in runs] == [13, 13]
    assert books.logins == 1
