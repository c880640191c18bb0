"""The commands of target-minox against the simulated Minox: plan, run, compare, lose the ledger, make it anew."""

import contextlib
import io
import json
import signal
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books.money import money, total
from connector_kit.errors import ConnectorError
from connector_kit.posting.commands import books_commands
from connector_kit.posting.wire_json import write_json
from target_minox.target import TargetMinox

from tests.target_minox.conftest import CORPUS, Bookkeeping, Run

COMMANDS = {str(command.name): command for command in books_commands()}
JOURNALS = (CORPUS / "three_payroll_journals.singer").read_text(encoding="utf-8")


def asked(bookkeeping: Bookkeeping, name: str, *arguments: str, source: str = JOURNALS) -> tuple[Run, dict[str, Any]]:
    """A command in this process: starting one for each would take most of the time."""
    file = bookkeeping.folder / "source.singer"
    file.write_text(source, encoding="utf-8")
    given = ["--config", str(bookkeeping.config()), "--input", str(file), "--json", *arguments]
    out = io.StringIO()
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    try:
        with contextlib.redirect_stdout(out):
            code = COMMANDS[name].main(given, standalone_mode=False, obj=TargetMinox)
    finally:
        for signum, handler in handlers.items():
            signal.signal(signum, handler)
    data: dict[str, Any] = json.loads(out.getvalue())
    return Run(code=int(code), stdout=out.getvalue(), stderr=""), data


def booked(bookkeeping: Bookkeeping, source: str) -> Run:
    """A run in this process; counts as `Run` reads them."""
    target = TargetMinox(config=json.loads(bookkeeping.config().read_text(encoding="utf-8")))
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    code = 0
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            target.run(io.StringIO(source))
    except ConnectorError as error:
        code = int(error.exit_code)
    finally:
        for signum, handler in handlers.items():
            signal.signal(signum, handler)
    return Run(code=code, stdout="", stderr=f"Summary {json.dumps(target.tally.counts())}")


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
    booked(bookkeeping, JOURNALS)

    assert len(bookkeeping.simulator.log.requests()) - before == plan["calls"]["needed"]


def test_a_plan_after_a_booking_by_somebody_else_is_another_plan(bookkeeping: Bookkeeping) -> None:
    _, plan = asked(bookkeeping, "plan")
    first = "".join(JOURNALS.splitlines(keepends=True)[:2])
    bookkeeping.settings["ledger"] = str(bookkeeping.folder / "others.sqlite3")
    bookkeeping.settings["identity_secret"] = "others"
    assert booked(bookkeeping, first).code == 0
    bookkeeping.settings["ledger"] = str(bookkeeping.folder / "ledger.sqlite3")
    del bookkeeping.settings["identity_secret"]

    refused = bookkeeping.command("apply", "--plan", plan["digest"], stdin=JOURNALS)
    _, found = asked(bookkeeping, "adopt")

    assert refused.code == 16
    assert "have changed since plan" in refused.message
    assert [one["likeness"] for one in found["candidates"]] == ["same"]


def test_source_ledger_and_books_agree_after_a_run(bookkeeping: Bookkeeping) -> None:
    booked(bookkeeping, JOURNALS)
    run, found = asked(bookkeeping, "reconcile")

    assert (run.code, found["differences"], found["counts"]["same"]) == (0, 0, 3)
    assert all(row["source"] == row["ours"] == row["books"] for row in found["totals"])


def test_a_booking_that_was_removed_in_minox_is_missing(bookkeeping: Bookkeeping) -> None:
    booked(bookkeeping, JOURNALS)
    books = bookkeeping.books
    del books.batches[next(iter(books.batches))]

    run, found = asked(bookkeeping, "reconcile")

    assert run.code == 14
    assert (found["counts"]["missing"], found["counts"]["same"]) == (1, 2)
    assert {row["period"] for row in found["differing_totals"]} == {"2026-01"}


def test_a_lost_ledger_is_made_anew_and_a_replay_writes_nothing(bookkeeping: Bookkeeping) -> None:
    booked(bookkeeping, JOURNALS)
    for file in bookkeeping.folder.glob("ledger.sqlite3*"):
        file.unlink()

    run, rebuilt = asked(bookkeeping, "rebuild", "--complete")
    again = booked(bookkeeping, JOURNALS)

    assert (run.code, rebuilt["existing"], rebuilt["warm"]) == (0, 3, True)
    assert again.counts["existing"] == 3
    assert len(bookkeeping.writes) == 3


@pytest.mark.parametrize("on_changed", ["update", "reverse"])
def test_a_correction_is_planned_agrees_afterwards_and_outlives_the_ledger(
    bookkeeping: Bookkeeping, on_changed: str
) -> None:
    bookkeeping.settings["on_changed"] = on_changed
    booked(bookkeeping, JOURNALS)
    changed = JOURNALS.replace("2500.10", "2600.10").replace("1800.05", "1900.05")

    _, plan = asked(bookkeeping, "plan", source=changed)
    corrected = booked(bookkeeping, changed)
    reconciled, _ = asked(bookkeeping, "reconcile", source=changed)
    for file in bookkeeping.folder.glob("ledger.sqlite3*"):
        file.unlink()
    rebuilt, _ = asked(bookkeeping, "rebuild", "--complete", source=changed)
    writes = len(bookkeeping.writes)
    again = booked(bookkeeping, changed)

    assert plan["counts"]["update"] == corrected.counts["updated"] == 1
    assert (reconciled.code, rebuilt.code) == (0, 0)
    assert again.counts["existing"] == 3
    assert len(bookkeeping.writes) == writes


def test_records_without_lines_are_looked_up_one_by_one(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    customers = (CORPUS / "three_customers.singer").read_text(encoding="utf-8")
    bookkeeping.settings["settle_minutes"] = 0
    before, unbooked = asked(bookkeeping, "reconcile", source=customers)
    booked(bookkeeping, customers)
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
    asked(bookkeeping, command, "--html", str(page))

    assert "2026-01" in page.read_text(encoding="utf-8")


# adopt


def by_somebody(bookkeeping: Bookkeeping, source: str) -> None:
    """The same entries, booked by somebody whose ledger is not ours."""
    settings = dict(bookkeeping.settings)
    bookkeeping.settings |= {"ledger": str(bookkeeping.folder / "others.sqlite3"), "identity_secret": "others"}
    assert booked(bookkeeping, source).code == 0
    bookkeeping.settings = settings


def test_what_somebody_else_has_booked_is_taken_over_and_updated_when_its_source_changes(
    bookkeeping: Bookkeeping,
) -> None:
    bookkeeping.settings["on_changed"] = "update"
    by_somebody(bookkeeping, "".join(JOURNALS.splitlines(keepends=True)[:2]))
    batches = set(bookkeeping.books.batches)

    run, taken = asked(bookkeeping, "adopt", "--accept-all", "--yes")
    writes = len(bookkeeping.writes)
    first = booked(bookkeeping, JOURNALS)
    changed = booked(bookkeeping, JOURNALS.replace("2500.10", "2600.10").replace("1800.05", "1900.05"))
    reconciled, _ = asked(
        bookkeeping, "reconcile", source=JOURNALS.replace("2500.10", "2600.10").replace("1800.05", "1900.05")
    )

    assert (run.code, writes, [one["origin"] for one in taken["accepted"]]) == (0, 1, ["somebody"])
    assert (first.counts["existing"], first.counts["success"]) == (1, 2)
    assert changed.counts["updated"] == 1, changed.stderr
    assert len(bookkeeping.books.batches) == 3
    assert batches < set(bookkeeping.books.batches)
    assert reconciled.code == 0


def test_a_persons_edit_is_accepted_for_this_content_and_the_next_is_judged_against_it(
    bookkeeping: Bookkeeping,
) -> None:
    bookkeeping.settings["on_changed"] = "update"
    booked(bookkeeping, JOURNALS)
    changed = JOURNALS.replace("2500.10", "2600.10").replace("1800.05", "1900.05")
    later = JOURNALS.replace("2500.10", "2700.10").replace("1800.05", "2000.05")
    edit(bookkeeping, "1810")
    refused = booked(bookkeeping, changed)
    (key,) = [one["key"] for one in asked(bookkeeping, "adopt", source=changed)[1]["changed"]]
    run, taken = asked(bookkeeping, "adopt", "--accept", key, source=changed)
    again = booked(bookkeeping, changed)
    agreed, _ = asked(bookkeeping, "reconcile", source=changed)
    edit(bookkeeping, "1700")
    drifted, found = asked(bookkeeping, "reconcile", source=changed)
    kept = booked(bookkeeping, later)
    asked(bookkeeping, "adopt", "--accept", key, source=changed)
    updated = booked(bookkeeping, later)

    assert (refused.code, refused.counts["fail"]) == (10, 1)
    assert (run.code, [one["origin"] for one in taken["accepted"]]) == (0, ["edited"])
    assert (again.code, again.counts["existing"], agreed.code) == (0, 3, 0)
    assert (drifted.code, found["counts"]["adopted"]) == (14, 0)
    assert (kept.code, kept.counts["fail"]) == (10, 1)
    assert (updated.code, updated.counts["updated"]) == (0, 1)


def edit(bookkeeping: Bookkeeping, account: str) -> None:
    """A person moves the second line of the first booking to another account."""
    first = str(next(iter(bookkeeping.books.batches)))
    bookkeeping.simulator.portal.edit_batch(bookkeeping.settings["administration_id"], first, line=2, account=account)


def test_an_account_that_is_there_already_is_taken_over_as_it_is(open_bookkeeping: Callable[..., Bookkeeping]) -> None:
    bookkeeping = open_bookkeeping(scopes=("all",))
    record = {"key": "4000", "description": "Lonen"}
    messages: list[dict[str, Any]] = [
        {"type": "SCHEMA", "stream": "ledger_accounts", "key_properties": ["key"], "schema": {"properties": {}}},
        {"type": "RECORD", "stream": "ledger_accounts", "record": record},
    ]
    source = "".join(f"{json.dumps(message)}\n" for message in messages)
    before = booked(bookkeeping, source)
    run, taken = asked(bookkeeping, "adopt", "--accept", "4000", source=source)
    after = booked(bookkeeping, source)

    assert (before.code, run.code, after.code) == (10, 0, 0)
    assert [(one["booking"], one["origin"]) for one in taken["accepted"]] == [("4000", "edited")]
    assert after.counts["existing"] == 1
    assert bookkeeping.simulator.backend.writes.writes("ledger_account") == []
