"""`plan` and `apply`: nothing is written by a plan, and nothing but what the plan has said by its run."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tracemalloc
import weakref
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books.identity import Administration, content_hash
from connector_kit.posting.commands.output import show
from connector_kit.posting.commands.plan import Plan
from connector_kit.posting.commands.planning import Planning
from connector_kit.posting.commands.rehearsal import Action, Planned, rehearsal
from connector_kit.posting.commands.rehearsed import Script, rehearsed
from connector_kit.posting.endpoint import Updating
from connector_kit.posting.held import HeldLine
from connector_kit.posting.outcome import OutcomeClass, Reply
from singer_sdk import typing as th

from tests.connector_kit.commands_runs import Commands
from tests.connector_kit.commands_target import TargetTinyBooks
from tests.connector_kit.ledger_places import LedgerPlace
from tests.connector_kit.posting_provider import Fault
from tests.connector_kit.posting_runs import SCHEMA, entry, lines_of, state

ROOT = Path(__file__).resolve().parents[2]
LINE = HeldLine(period="2026-10", account="4000", debit=Decimal("1.00"), credit=Decimal("1.00"))


def source(*records: dict[str, Any]) -> list[dict[str, Any]]:
    return [SCHEMA, *records, state(len(records))]


THREE = source(entry("k1"), entry("k2", amount="99.95"), entry("k3", account="0000"))


def test_a_plan_says_what_a_run_would_do_with_each_entry(commands: Commands) -> None:
    plan = commands.json("plan", messages=THREE)

    assert plan.code == 10
    assert {one["key"]: (one["action"], one["code"]) for one in plan.data["entries"]} == {
        "k1": ("create", None),
        "k2": ("create", None),
        "k3": ("reject", "unknown_account"),
    }
    assert plan.data["totals"] == [
        {"period": "2026-10", "account": "1600", "debit": "0.00", "credit": "110.05"},
        {"period": "2026-10", "account": "4000", "debit": "110.05", "credit": "0.00"},
    ]


def test_a_plan_writes_nothing_anywhere_and_passes_on_no_state(commands: Commands) -> None:
    commands.book(source(entry("k0")))
    before, requests = commands.ledger_files(), len(commands.provider.requests)

    plan = commands("plan", messages=THREE)

    assert commands.ledger_files() == before
    assert {method for method, _ in commands.provider.requests[requests:]} == {"GET"}
    assert "bookmarks" not in plan.out


def test_a_ledger_on_either_database_is_planned_with_and_compared(
    commands: Commands, ledger_place: LedgerPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(commands.folder)  # where the witness of a server's ledger is kept
    commands.settings["ledger"] = str(ledger_place.target)
    commands.book(source(entry("k1")))

    plan = commands.json("plan", messages=source(entry("k1"), entry("k2")))
    again = commands.json("plan", messages=source(entry("k1"), entry("k2")))
    found = commands.json("reconcile", messages=source(entry("k1")))

    assert (plan.data["counts"]["create"], plan.data["counts"]["skip"]) == (1, 1)
    assert again.data == plan.data
    assert (found.code, found.data["counts"]["same"]) == (0, 1)


def test_a_plan_before_the_first_run_makes_no_ledger(commands: Commands) -> None:
    commands("plan", messages=THREE)

    assert commands.ledger_files() == {}


def test_a_plan_is_what_the_run_then_does(commands: Commands) -> None:
    commands.book(source(entry("k1"), entry("k4")))
    changed = source(entry("k1"), entry("k2"), entry("k4", amount="20.00"), entry("k3", account="0000"))

    counts = commands.json("plan", messages=changed).data["counts"]
    _, tally, _ = commands.runs.run_here(changed)

    assert counts == {"create": 1, "update": 0, "skip": 1, "reject": 2, "in_doubt": 0, "defer": 0, "stale": 0}
    assert (counts["create"], counts["skip"], counts["reject"]) == (tally["success"], tally["existing"], tally["fail"])


def test_calls_needed_are_the_calls_that_the_run_makes(commands: Commands) -> None:
    commands.book(source(entry("k1")))
    needed = commands.json("plan", messages=THREE).data["calls"]["needed"]
    before = len(commands.provider.requests)

    commands.book(THREE)

    assert len(commands.provider.requests) - before == needed


def test_a_budget_says_how_many_calls_are_left_and_how_many_runs_it_takes(commands: Commands) -> None:
    commands.settings["budget_day"] = 4
    plan = commands.json("plan", messages=source(*(entry(f"k{number}") for number in range(5)))).data

    assert plan["counts"]["create"] == 5  # a plan is not cut short by the budget
    assert plan["calls"] == {"needed": 11, "left": 4, "runs": 3}


def test_a_budget_that_the_target_declares_does_not_cut_a_plan_short(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Minimax declares them; the console fills such settings in where nobody has set them."""
    declared = th.PropertiesList(
        th.Property("budget_day", th.IntegerType, default=4), th.Property("budget_month", th.IntegerType, default=20)
    ).to_dict()
    schema = {**TargetTinyBooks.config_jsonschema}
    schema["properties"] = {**schema["properties"], **declared["properties"]}
    monkeypatch.setattr(TargetTinyBooks, "config_jsonschema", schema)
    plan = commands.json("plan", messages=source(*(entry(f"k{number}") for number in range(5)))).data

    assert plan["counts"]["create"] == 5
    assert plan["calls"] == {"needed": 11, "left": 4, "runs": 3}


def test_a_plan_keeps_nothing_of_what_it_has_said(commands: Commands) -> None:
    """A record that was planned is gone when the next one comes, and so is its document."""
    messages = io.StringIO(lines_of(source(*(entry(f"k{number}") for number in range(9)))))
    kept: list[weakref.ref[Any]] = []

    def take(planned: Planned) -> None:
        assert sum(one() is not None for one in kept) <= 2
        planning.take(planned)
        kept.extend((weakref.ref(planned), weakref.ref(planned.posting)))

    with Planning() as planning, rehearsal(TargetTinyBooks, commands.settings, messages, taking=take) as rehearsed:
        assert list(rehearsed.planned) == []
        assert [one["key"] for one in planning.spool.of()] == [f"k{number}" for number in range(9)]
    assert len(kept) == 18


def test_memory_does_not_grow_with_the_plan(tmp_path: Path) -> None:
    def peak(entries: int) -> int:
        tracemalloc.start()
        with Planning() as planning:
            for number in range(entries):
                planning.take(Planned(stream="s", key=f"k{number}", action=Action.CREATE, lines=[LINE, LINE]))
            plan = Plan(administration=Administration(provider="p", tenant="t", number="1"), planning=planning, calls=1)
            with (tmp_path / "plan.json").open("w") as out, contextlib.redirect_stdout(out):
                show(plan.report(), as_json=True, html=tmp_path / "plan.html")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(100)
    many = peak(1000)

    assert many - few < 100_000
    assert len(json.loads((tmp_path / "plan.json").read_text())["entries"]) == 1000
    assert (tmp_path / "plan.html").read_text().count("<td>k") == 1000


def test_an_entry_in_doubt_is_looked_up_and_not_settled(commands: Commands) -> None:
    commands.provider.faults = [Fault(method="PUT", action="reset_after")] + [
        Fault(method="GET", action="status", status=500)
    ] * 9
    assert commands.book(source(entry("k1"))) == 11
    commands.provider.faults.clear()
    before = commands.ledger_files()

    plan = commands.json("plan", messages=source(entry("k1"))).data

    assert plan["counts"]["create"] + plan["counts"]["skip"] == 1
    assert commands.ledger_files() == before


def test_a_plan_breaks_off_as_the_run_would(commands: Commands) -> None:
    commands.settings["token"] = "expired"

    assert commands("plan", messages=THREE).code == 13


def test_a_plan_needs_no_source_to_be_seekable(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = commands.folder / "piped"
    piped.write_text("".join(json.dumps(message) + "\n" for message in [SCHEMA]), encoding="utf-8")
    with piped.open(encoding="utf-8") as lines:
        monkeypatch.setattr("sys.stdin", lines)
        assert commands("plan").code == 0


# apply


def digest(commands: Commands, messages: list[dict[str, Any]]) -> str:
    return str(commands.json("plan", messages=messages).data["digest"])


def test_apply_books_what_the_plan_has_said_and_passes_on_state(commands: Commands) -> None:
    messages = source(entry("k1"), entry("k2"))
    done = commands("apply", "--plan", digest(commands, messages), messages=messages)

    assert done.code == 0
    assert json.loads(done.out)["bookmarks"]
    assert commands.writes == 2


def test_state_goes_to_stdout_while_a_terminal_shows_the_progress(commands: Commands) -> None:
    messages = source(entry("k1"), entry("k2"))
    planned = digest(commands, messages)
    config, file = commands.folder / "config.json", commands.folder / "source.singer"
    arguments = ["apply", "--plan", planned, "--config", str(config), "--input", str(file)]
    ours, terminal = os.openpty()
    with os.fdopen(terminal, "wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.connector_kit.commands_target", *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=ROOT,
        )
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while part := os.read(ours, 65536):
            shown += part
    out, _ = process.communicate(timeout=60)
    os.close(ours)

    assert process.returncode == 0, shown
    assert json.loads(out)["bookmarks"]
    assert b"Booking" in shown
    assert b"bookmarks" not in shown


def test_a_canary_books_one_entry(commands: Commands) -> None:
    messages = source(entry("k1"), entry("k2"), entry("k3"))
    commands("apply", "--plan", digest(commands, messages), "--limit", "1", messages=messages)

    assert commands.writes == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(source(entry("k1"), entry("k2", amount="10.11")), id="amount"),
        pytest.param(source(entry("k1")), id="less"),
        pytest.param(source(entry("k1"), entry("k2"), entry("k9")), id="more"),
        pytest.param(source(entry("k1"), entry("k8")), id="key"),
    ],
)
def test_apply_refuses_another_source(commands: Commands, other: list[dict[str, Any]]) -> None:
    planned = digest(commands, source(entry("k1"), entry("k2")))
    done = commands("apply", "--plan", planned, messages=other)

    assert done.code == 16
    assert "have changed since plan" in done.error
    assert commands.writes == 0


def test_apply_refuses_another_mapping(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = source(entry("k1"))
    planned = digest(commands, messages)
    monkeypatch.setattr("tests.connector_kit.posting_target.Entries.mapping_version", "2")

    assert commands("apply", "--plan", planned, messages=messages).code == 16
    assert commands.writes == 0


def test_apply_refuses_when_somebody_has_booked_in_the_period(commands: Commands) -> None:
    messages = source(entry("k1"))
    planned = digest(commands, messages)
    theirs = {"account": "4000", "debit": "1.00", "credit": 0, "text": "by hand"}
    commands.provider.batches["a person's"] = {"key": "", "date": "2026-10-02", "lines": [theirs]}

    assert commands("apply", "--plan", planned, messages=messages).code == 16
    assert commands.writes == 0


def test_the_order_of_the_source_is_not_part_of_the_plan(commands: Commands) -> None:
    one, other = source(entry("k1"), entry("k2")), source(entry("k2"), entry("k1"))

    assert digest(commands, one) == digest(commands, other)


# the rehearsed endpoint


class _Plain:
    def search(self, *_: object) -> Reply:
        return Reply(kind=OutcomeClass.ABSENT)

    def write(self, *_: object) -> Reply:
        raise AssertionError("must not be called")

    def same(self, *_: object) -> bool:
        return False


class _Changing(_Plain):
    def recall(self, *_: object) -> Reply:
        return Reply(kind=OutcomeClass.ABSENT)

    def update(self, *_: object) -> Reply:
        raise AssertionError("must not be called")


def test_a_rehearsed_endpoint_can_do_what_the_true_one_can() -> None:
    plain, changing = rehearsed(_Plain(), Script()), rehearsed(_Changing(), Script())

    assert not isinstance(plain, Updating)
    assert isinstance(changing, Updating)
    assert not hasattr(plain, "find")


def test_what_was_written_in_a_rehearsal_is_found_in_it() -> None:
    script = Script()
    endpoint = rehearsed(_Changing(), script)
    document = {"code": "A"}
    assert endpoint.search(document).kind is OutcomeClass.ABSENT

    written = endpoint.write(document)
    found = endpoint.search(document)
    endpoint.update(written.provider_id, None, {"code": "B"})

    assert written.provider_id
    assert endpoint.same(document, found)
    assert not endpoint.same({"code": "B"}, found)
    assert endpoint.same({"code": "B"}, endpoint.recall(written.provider_id))
    assert (script.writes, script.looks) == (2, 2)
    assert hash(content_hash({"document": document}, mapping_version="")) in script.held.values()
