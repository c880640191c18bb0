"""A plan over several streams, where what is new is referred to in the same run; and the commands in the README."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from connector_kit.posting.commands import books_commands

from tests.target_minox.conftest import Bookkeeping
from tests.target_minox.invented_records import RECORDS

README = Path(__file__).parents[2] / "target-minox" / "README.md"
STREAMS = ("cost_types", "cost_centers", "ledger_accounts", "suppliers", "purchase_invoices")


def test_master_data_that_a_plan_would_make_may_be_referred_to(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    bookkeeping.settings["settle_minutes"] = 0
    lines: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": stream, "key_properties": ["key"], "schema": {"properties": {}}}
        for stream in STREAMS
    ]
    lines += [{"type": "RECORD", "stream": stream, "record": RECORDS[stream]} for stream in STREAMS]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    plan = bookkeeping.command("plan", "--json", stdin=text)
    assert plan.code == 0, plan.stdout + plan.stderr
    assert json.loads(plan.stdout)["counts"]["create"] == len(STREAMS)
    assert bookkeeping.simulator.backend.writes.writes() == []
    run = bookkeeping.command(stdin=text)
    assert (run.code, run.counts["success"]) == (0, len(STREAMS)), run.stderr


@pytest.mark.parametrize("command", [str(command.name) for command in books_commands()])
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"\n| `{command}` | " in README.read_text(encoding="utf-8")
