"""The commands of target-minox against the simulated Minox: plan, run, compare, lose the ledger, make it anew."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books.money import money, total
from connector_kit.posting.wire_json import write_json

from tests.target_minox.conftest import CORPUS, Bookkeeping, Run

JOURNALS = (CORPUS / "three_payroll_journals.singer").read_text(encoding="utf-8")


def asked(bookkeeping: Bookkeeping, *arguments: str, source: str = JOURNALS) -> tuple[Run, dict[str, Any]]:
    run = bookkeeping.command(*arguments, "--json", stdin=source)
    data: dict[str, Any] = json.loads(run.stdout)
    return run, data


def test_a_plan_writes_nothing_and_is_what_the_run_does(bookkeeping: Bookkeeping) -> None:
    run, plan = asked(bookkeeping, "plan")

    assert run.code == 0
    assert bookkeeping.writes == []
    assert plan["counts"]["create"] == 3

    applied = bookkeeping.command("apply", "--plan", plan["digest"], stdin=JOURNALS)

    assert applied.code == 0, applied.stderr
    assert len(applied.states) == len(bookkeeping.writes) == 3


def test_the_calls_that_a_plan_says_are_those_of_the_run(bookkeeping: Bookkeeping) -> None:
    _, plan = asked(bookkeeping, "plan")
    before = len(bookkeeping.simulator.log.requests())
    bookkeeping.command(stdin=JOURNALS)

    assert len(bookkeeping.simulator.log.requests()) - before == plan["calls"]["needed"]


def test_a_plan_after_a_booking_by_somebody_else_is_another_plan(bookkeeping: Bookkeeping) -> None:
    _, plan = asked(bookkeeping, "plan")
    first = "".join(JOURNALS.splitlines(keepends=True)[:2])
    bookkeeping.settings["ledger"] = str(bookkeeping.folder / "others.sqlite3")
    bookkeeping.settings["identity_secret"] = "others"
    assert bookkeeping.command(stdin=first).code == 0
    bookkeeping.settings["ledger"] = str(bookkeeping.folder / "ledger.sqlite3")
    del bookkeeping.settings["identity_secret"]

    refused = bookkeeping.command("apply", "--plan", plan["digest"], stdin=JOURNALS)
    _, found = asked(bookkeeping, "adopt")

    assert refused.code == 16
    assert "have changed since plan" in refused.message
    assert [one["likeness"] for one in found["candidates"]] == ["same"]


def test_source_ledger_and_books_agree_after_a_run(bookkeeping: Bookkeeping) -> None:
    bookkeeping.command(stdin=JOURNALS)
    run, found = asked(bookkeeping, "reconcile")

    assert (run.code, found["differences"], found["counts"]["same"]) == (0, 0, 3)
    assert all(row["source"] == row["ours"] == row["books"] for row in found["totals"])


def test_a_booking_that_was_removed_in_minox_is_missing(bookkeeping: Bookkeeping) -> None:
    bookkeeping.command(stdin=JOURNALS)
    books = bookkeeping.books
    del books.batches[next(iter(books.batches))]

    run, found = asked(bookkeeping, "reconcile")

    assert run.code == 14
    assert (found["counts"]["missing"], found["counts"]["same"]) == (1, 2)
    assert {row["period"] for row in found["differing_totals"]} == {"2026-01"}


def test_a_lost_ledger_is_made_anew_and_a_replay_writes_nothing(bookkeeping: Bookkeeping) -> None:
    bookkeeping.command(stdin=JOURNALS)
    for file in bookkeeping.folder.glob("ledger.sqlite3*"):
        file.unlink()

    run, rebuilt = asked(bookkeeping, "rebuild", "--complete")
    again = bookkeeping.command(stdin=JOURNALS)

    assert (run.code, rebuilt["existing"], rebuilt["warm"]) == (0, 3, True)
    assert again.counts["existing"] == 3
    assert len(bookkeeping.writes) == 3


@pytest.mark.parametrize("on_changed", ["update", "reverse"])
def test_a_correction_is_planned_agrees_afterwards_and_outlives_the_ledger(
    bookkeeping: Bookkeeping, on_changed: str
) -> None:
    bookkeeping.settings["on_changed"] = on_changed
    bookkeeping.command(stdin=JOURNALS)
    changed = JOURNALS.replace("2500.10", "2600.10").replace("1800.05", "1900.05")

    _, plan = asked(bookkeeping, "plan", source=changed)
    corrected = bookkeeping.command(stdin=changed)
    reconciled, _ = asked(bookkeeping, "reconcile", source=changed)
    for file in bookkeeping.folder.glob("ledger.sqlite3*"):
        file.unlink()
    rebuilt, _ = asked(bookkeeping, "rebuild", "--complete", source=changed)
    writes = len(bookkeeping.writes)
    again = bookkeeping.command(stdin=changed)

    assert plan["counts"]["update"] == corrected.counts["updated"] == 1
    assert (reconciled.code, rebuilt.code) == (0, 0)
    assert again.counts["existing"] == 3
    assert len(bookkeeping.writes) == writes


def test_records_without_lines_are_looked_up_one_by_one(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    customers = (CORPUS / "three_customers.singer").read_text(encoding="utf-8")
    bookkeeping.settings["settle_minutes"] = 0
    before, unbooked = asked(bookkeeping, "reconcile", source=customers)
    bookkeeping.command(stdin=customers)
    after, found = asked(bookkeeping, "reconcile", source=customers)

    assert (before.code, unbooked["counts"]["not_booked"]) == (14, 2)
    assert (after.code, found["counts"]["same"], found["counts"]["rejected"]) == (14, 2, 1)


def test_lines_of_an_entry_are_planned_as_the_entry(bookkeeping: Bookkeeping) -> None:
    _, whole = asked(bookkeeping, "plan")
    _, by_line = asked(bookkeeping, "plan", source=as_lines(JOURNALS))

    assert by_line["totals"] == whole["totals"]
    assert by_line["counts"] == whole["counts"]


def as_lines(source: str) -> str:
    """The same entries, line by line."""
    schema = {"type": "SCHEMA", "stream": "journal_entry_lines", "schema": {"properties": {}}, "key_properties": []}
    messages: list[Any] = [schema]
    for text in source.splitlines():
        message = json.loads(text, parse_float=Decimal)
        if message["type"] == "RECORD":
            messages += lines_of(message["record"])
    return "".join(f"{write_json(message).decode()}\n" for message in messages)


def lines_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    lines = record.pop("lines")
    whole = {
        "entry_key": record.pop("key"),
        "line_count": len(lines),
        "entry_total": total(money(line["debit"]) for line in lines if line.get("debit")),
    }
    return [
        {"type": "RECORD", "stream": "journal_entry_lines", "record": {**record, **whole, **line, "line_no": number}}
        for number, line in enumerate(lines, start=1)
    ]


@pytest.mark.parametrize("command", ["plan", "reconcile"])
def test_the_page_is_written(bookkeeping: Bookkeeping, command: str) -> None:
    page = Path(bookkeeping.folder) / "page.html"
    bookkeeping.command(command, "--html", str(page), stdin=JOURNALS)

    assert "2026-01" in page.read_text(encoding="utf-8")
