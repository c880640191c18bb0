"""What a run may do: the provider's calls, a person's limit, refusals in a row; what does not fit waits and is counted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.connector_kit.posting_provider import BooksProvider, Fault
from tests.connector_kit.posting_runs import SCHEMA, TargetRuns, entries_with_states, entry, state
from tests.connector_kit.posting_target import TargetTiny


def warm(runs: TargetRuns, provider: BooksProvider) -> None:
    """A ledger that knows the books."""
    runs.run_here([SCHEMA, entry("first")])
    target = TargetTiny(config=runs.settings)
    target._start()
    target.ledger.store.set_meta(cold="no")
    target._close()
    target.transport.close()
    provider.requests.clear()


def test_a_budget_is_spent_over_runs_and_nothing_is_lost_or_doubled(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    warm(target_runs, books_provider)
    messages = entries_with_states(10)

    ended = target_runs.run(messages, budget_day=9)

    assert (ended.code, ended.positions) == (12, list(range(1, 9)))
    counts = ended.summary
    assert (counts["received"], counts["success"], counts["deferred"]) == (10, 8, 2)
    assert [method for method, _ in books_provider.requests] == ["GET", *["PUT"] * 8]
    assert ended.last_line.endswith("2 records are deferred to a later run: 2 budget_spent")
    again = target_runs.run(messages, budget_day=9)
    assert (again.code, len(books_provider.requests)) == (12, 9)
    assert "nothing is booked in this run: the calls of 24 hours are spent (9 of 9)" in again.last_line
    assert target_runs.run(messages).code == 0
    assert len(books_provider.booked_keys()) == 11


def test_a_limit_tries_the_way_with_one_record(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    ended = target_runs.run(entries_with_states(3), limit=1)

    assert (ended.code, ended.positions, books_provider.booked_keys()) == (0, [1], ["k1"])
    assert (ended.summary["success"], ended.summary["deferred"]) == (1, 2)
    assert target_runs.run(entries_with_states(3)).positions == [1, 2, 3]


def test_refusals_of_one_kind_in_a_row_end_the_stream(
    books_provider: BooksProvider, target_runs: TargetRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TargetTiny, "patience", replace(TargetTiny.patience, refusals_in_a_row=3))
    messages = [SCHEMA, *(entry(f"bad{number}", account="4999") for number in range(6)), entry("good")]

    code, tally, _ = target_runs.run_here(messages)

    counts = tally.counts()
    assert (code, counts["fail"], counts["deferred"], counts["success"]) == (10, 3, 4, 0)
    assert books_provider.count("PUT") == 3


def test_refusals_between_bookings_end_nothing(
    books_provider: BooksProvider, target_runs: TargetRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TargetTiny, "patience", replace(TargetTiny.patience, refusals_in_a_row=2))
    pairs = ((entry(f"bad{number}", account="4999"), entry(f"good{number}")) for number in range(4))

    _, tally, _ = target_runs.run_here([SCHEMA, *(message for pair in pairs for message in pair)])

    assert (tally.counts()["fail"], tally.counts()["success"]) == (4, 4)
    assert len(books_provider.booked_keys()) == 4


CLOSED = Fault(method="PUT", action="status", status=423)


def test_a_closed_period_defers_the_record_and_holds_state(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    books_provider.faults.append(CLOSED)

    ended = target_runs.run(entries_with_states(2))

    assert (ended.code, ended.positions, books_provider.booked_keys()) == (12, [], ["k2"])
    assert target_runs.dead_letters() == []
    again = target_runs.run(entries_with_states(2))
    assert (again.code, again.positions, books_provider.booked_keys()) == (0, [1, 2], ["k1", "k2"])


def test_durable_state_goes_on_past_what_then_stands_in_the_dead_letters(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    books_provider.faults.append(CLOSED)

    ended = target_runs.run(entries_with_states(2), state_after="durable")

    assert (ended.code, ended.positions) == (12, [1, 2])
    assert [(letter["code"], letter["key"]) for letter in target_runs.dead_letters()] == [("closed_period", "k1")]


# Entries by line

LINES: Mapping[str, Any] = {**SCHEMA, "stream": "journal_entry_lines", "key_properties": ["entry_key", "line_no"]}


def line(key: str, number: int, *, count: int = 2, total: str = "10.10", **changes: Any) -> dict[str, Any]:
    side = "debit" if number == 1 else "credit"
    record = {
        "entry_key": key,
        "line_no": number,
        "line_count": count,
        "entry_total": f"#{total}#",
        "date": date(2026, 10, 31).isoformat(),
        "account": "4000" if number == 1 else "1600",
        side: "#10.10#",
    }
    return {"type": "RECORD", "stream": "journal_entry_lines", "record": record | changes}


def test_lines_are_booked_when_their_entry_is_whole_and_state_waits_for_them(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [LINES, line("k1", 1), line("k2", 2), state(1), line("k2", 1), state(2), line("k1", 2), state(3)]

    ended = target_runs.run(messages)

    assert (ended.code, ended.positions, books_provider.booked_keys()) == (0, [2, 3], ["k1", "k2"])
    assert (ended.summary["received"], ended.summary["success"]) == (4, 4)


def test_the_same_entry_by_line_and_whole_is_one_fact(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    whole = entry("k1")
    for item in whole["record"]["lines"]:
        item.pop("description", None)
    assert target_runs.run([SCHEMA, whole]).code == 0

    ended = target_runs.run([LINES, line("k1", 2), line("k1", 1)])

    assert (ended.code, ended.summary["existing"], books_provider.booked_keys()) == (0, 2, ["k1"])


@pytest.mark.parametrize("cut", [1, 2])
def test_a_tap_that_dies_in_the_middle_of_an_entry_books_nothing_of_it(
    cut: int, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    lines = [line("k1", number, count=3, debit="#5.05#") for number in (1, 2)]

    ended = target_runs.run([LINES, line("k0", 1), line("k0", 2), state(1), *lines[:cut], state(2)])

    assert (ended.code, ended.positions, books_provider.booked_keys()) == (12, [1], ["k0"])
    assert ended.summary["deferred"] == cut
    assert f"entry k1: {cut} of 3 lines have come" in ended.err


@pytest.mark.parametrize(
    ("second", "field"),
    [
        (line("k1", 2, total="11.00"), "entry_total"),
        (line("k1", 2, date="2026-11-01"), "date"),
        (line("k1", 2, count=3), "entry_total"),
    ],
    ids=["two totals", "two dates", "two counts"],
)
def test_lines_that_contradict_each_other_are_rejected_all_of_them(
    second: dict[str, Any], field: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [LINES, line("k1", 1), second, line("k2", 1), line("k2", 2), state(1)]

    code, tally, out = target_runs.run_here(messages)

    assert (code, out, books_provider.booked_keys()) == (10, "", ["k2"])
    assert (tally.counts()["fail"], tally.counts()["success"]) == (2, 2)
    letters = target_runs.dead_letters()
    assert [(letter["stream"], letter["code"], letter["field"]) for letter in letters] == [
        ("journal_entry_lines", "incomplete_entry", field)
    ] * 2
    assert [letter["record"]["line_no"] for letter in letters] == [1, 2]


def test_a_control_total_that_is_not_met_rejects_the_entry(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    code, _, _ = target_runs.run_here([LINES, line("k1", 1, total="10.11"), line("k1", 2, total="10.11")])
    assert (code, books_provider.booked_keys()) == (10, [])


def test_a_bad_line_is_rejected_and_its_entry_waits(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    code, tally, _ = target_runs.run_here([LINES, line("k1", 1), line("k1", 3)])

    assert (code, tally.counts()["fail"], tally.counts()["deferred"]) == (10, 1, 1)
    assert books_provider.booked_keys() == []


def test_a_run_that_breaks_off_counts_the_lines_that_waited(target_runs: TargetRuns) -> None:
    ended = target_runs.run([LINES, line("k1", 1), line("k2", 1), {"type": "BATCH", "stream": "journal_entry_lines"}])

    assert ended.code != 0
    assert (ended.summary["received"], ended.summary["unfinished"]) == (2, 2)


def test_what_is_in_doubt_can_be_worked_through_without_input(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    books_provider.faults.append(Fault(method="PUT", action="edited"))
    assert target_runs.run([SCHEMA, entry("k1")]).code == 11
    target = TargetTiny(config=target_runs.settings | {"settle_minutes": 0, "timeout_seconds": 5})

    assert target.resolve_doubts() == 1  # only a person can say what to do, and the books are as they were

    target._close()
    target.transport.close()
    assert books_provider.booked_keys() == ["k1"]
