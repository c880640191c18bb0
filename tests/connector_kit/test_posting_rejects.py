"""Records that cannot be booked: each with its reason, none lost, the others booked, STATE not past them."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books import contracts
from connector_kit.posting.dead_letters import DeadLetters, singer_record
from connector_kit.posting.posting import Result
from connector_kit.posting.rejection import RejectedError, Rejection
from connector_kit.posting.validation import RecordValidator

from tests.connector_kit.posting_provider import SECRET_TEXT, BooksProvider, Fault
from tests.connector_kit.posting_runs import SCHEMA, TargetRuns, entries_with_states, entry, lines_of, state


def record(**members: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": "journal_entries", "record": members}


COUNTS = ("received", *(str(result) for result in Result), "unfinished")
LINES = [{"account": "4000", "debit": 5}, {"account": "1600", "credit": 5}]
REJECTS: dict[str, tuple[Mapping[str, Any], str, str | None]] = {
    "no key": (record(date="2026-10-31", lines=LINES), "missing_key", "key"),
    "empty key": (entry(""), "missing_key", "key"),
    "null key": (entry("x", key=None), "missing_key", "key"),
    "key of another type": (entry("x", key=["x"]), "schema_violation", "key"),
    "no date": (record(key="bad", lines=LINES), "schema_violation", "date"),
    "no such day": (entry("bad", date="2026-02-30"), "schema_violation", "date"),
    "no lines": (record(key="bad", date="2026-10-31", lines=[]), "schema_violation", "lines"),
    "lines without amounts": (entry("bad", amount="0.00"), "no_lines", "lines"),
    "text as amount": (entry("bad", lines=[{"account": "4000", "debit": "ten"}]), "schema_violation", "lines[0].debit"),
    "too many decimals": (entry("bad", amount="10.105"), "invalid_field", "lines[0].debit"),
    "not a number": (entry("bad", amount="NaN"), "invalid_field", "lines[0].debit"),
    "no account": (entry("bad", account="#null#"), "missing_account", "lines[0].account"),
    "account unknown to us": (entry("bad", account="0000"), "unknown_account", "lines[0].account"),
    "refused by the provider": (entry("bad", account="4999"), "refused_by_provider", None),
    "unbalanced": (
        entry("bad", lines=[{"account": "4000", "debit": 5}, {"account": "1600", "credit": 6}]),
        "unbalanced",
        None,
    ),
}


@pytest.mark.parametrize("case", REJECTS)
def test_a_bad_record_is_rejected_with_its_reason_and_the_others_are_booked(
    case: str, books_provider: BooksProvider, target_runs: TargetRuns, caplog: pytest.LogCaptureFixture
) -> None:
    bad, code, field = REJECTS[case]
    messages = [SCHEMA, entry("k1"), state(1), bad, state(2), entry("k2"), state(3)]

    exit_code, tally, out = target_runs.run_here(messages)

    assert (exit_code, tally.counts()) == (
        10,
        dict.fromkeys(COUNTS, 0) | {"received": 3, "success": 2, "fail": 1},
    )
    assert out == json.dumps(state(1)["value"], separators=(",", ":")) + "\n"
    assert books_provider.booked_keys() == ["k1", "k2"]
    [letter] = target_runs.dead_letters()
    assert (letter["code"], letter["field"], letter["stream"]) == (code, field, "journal_entries")
    assert f"Rejected {code}: {letter['message']}" in caplog.text
    assert (field or "entry bad") in letter["message"]
    assert "ten" not in letter["message"]


def test_a_record_before_its_schema_is_rejected_and_the_stream_goes_on(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    code, _, out = target_runs.run_here([entry("early"), SCHEMA, entry("k1"), state(1)])

    assert (code, out, books_provider.booked_keys()) == (10, "", ["k1"])
    assert [letter["code"] for letter in target_runs.dead_letters()] == ["record_before_schema"]


@pytest.mark.parametrize("position", range(4))
def test_a_poison_record_at_any_place_stops_nothing_but_state(
    position: int, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages: list[Mapping[str, Any]] = entries_with_states(3)
    messages[1 + 2 * position : 1 + 2 * position] = [entry("bad", account="0000")]

    ended = target_runs.run(messages)

    assert (ended.code, ended.positions) == (10, list(range(1, position + 1)))
    assert books_provider.booked_keys() == ["k1", "k2", "k3"]
    assert re.fullmatch(
        r"target-tiny: 1 of 4 records were rejected and stand in .*dead-letters.jsonl; "
        r"STATE is held before the first of them",
        ended.last_line,
    )
    counts = {"received": 4, "success": 3, "fail": 1}
    totals = {name: ended.summary[name] for name in (*COUNTS, "in_doubt_in_ledger")}
    assert totals == dict.fromkeys(totals, 0) | counts
    assert ended.summary["streams"] == {"journal_entries": counts}


def test_state_goes_past_rejected_records_where_the_setting_says_so(target_runs: TargetRuns) -> None:
    messages = [SCHEMA, entry("bad", account="0000"), state(1), entry("k1"), state(2)]

    ended = target_runs.run(messages, on_reject="advance")

    assert (ended.code, ended.positions) == (10, [1, 2])
    assert ended.last_line.endswith("STATE has gone past them")


def test_state_never_goes_past_a_doubt(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    books_provider.faults += [Fault(method="PUT", action="edited")]

    code, tally, out = target_runs.run_here(entries_with_states(2), on_reject="advance")

    assert (code, out, tally[Result.IN_DOUBT], tally[Result.SUCCESS]) == (11, "", 1, 1)


def test_what_was_rejected_is_booked_once_its_reason_is_gone(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [SCHEMA, entry("k1", account="4999"), state(1)]
    assert target_runs.run_here(messages)[0] == 10
    books_provider.refused_accounts.clear()

    assert target_runs.run_here(messages)[0] == 0
    assert books_provider.booked_keys() == ["k1"]


def test_a_dead_letter_is_delivered_again_with_exact_amounts(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    amount = "12345678901234567.89"
    target_runs.run_here([SCHEMA, entry("k1", account="4999", amount=amount)])
    books_provider.refused_accounts.clear()
    [letter] = target_runs.dead_letters()
    assert letter["record"]["lines"][0]["debit"] == Decimal(amount)
    again = lines_of([SCHEMA]) + singer_record(letter) + "\n"

    assert target_runs.run(again).code == 0
    assert target_runs.run(again).summary["existing"] == 1
    assert books_provider.booked_keys() == ["k1"]


def test_the_words_of_the_provider_stand_in_the_dead_letter_alone(target_runs: TargetRuns) -> None:
    ended = target_runs.run([SCHEMA, entry("k1", account="4999")], log_level="DEBUG")

    [letter] = target_runs.dead_letters()
    assert (letter["provider_code"], letter["provider_text"]) == ("M17", SECRET_TEXT)
    assert SECRET_TEXT not in ended.err
    assert "M17" in ended.err


def test_two_contents_for_one_key_in_one_run_are_a_conflict(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [SCHEMA, entry("k1"), entry("k1"), entry("k1", amount="11.00"), entry("k2")]

    code, tally, _ = target_runs.run_here(messages)

    assert (code, tally[Result.SUCCESS], tally[Result.EXISTING], tally[Result.FAIL]) == (10, 2, 1, 1)
    assert [letter["code"] for letter in target_runs.dead_letters()] == ["conflicting_versions"]
    assert books_provider.booked_keys() == ["k1", "k2"]


def test_what_is_booked_is_not_changed(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    target_runs.run_here([SCHEMA, entry("k1")])
    requests = books_provider.count("GET"), books_provider.count("PUT")

    code, _, _ = target_runs.run_here([SCHEMA, entry("k1", amount="11.00")])

    assert code == 10
    assert [letter["code"] for letter in target_runs.dead_letters()] == ["changed_after_booking"]
    assert (books_provider.count("GET"), books_provider.count("PUT")) == requests
    assert target_runs.run_here([SCHEMA, entry("k1")])[0] == 0


def test_dead_letters_are_for_their_owner_and_survive_a_half_line(tmp_path: Path) -> None:
    path = tmp_path / "letters.jsonl"
    path.write_text('{"half": ')
    path.chmod(0o644)

    with DeadLetters(path, run="r1") as letters:
        letters.add(
            Rejection(code="currency", message="no"),
            at=datetime.now(UTC),
            stream="s",
            record={"key": "k", "text": "a\nb"},
        )

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines()[0] == '{"half": '
    assert [json.loads(line)["record"]["text"] for line in path.read_text().splitlines()[1:]] == ["a\nb"]


@pytest.mark.parametrize("place", ["/proc/letters.jsonl", "."])
def test_dead_letters_that_cannot_be_written_stop_the_run_before_the_first_write(
    place: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    ended = target_runs.run([SCHEMA, entry("k1")], dead_letters=place)

    assert ended.code == 16
    assert ended.last_line.startswith("target-tiny: dead_letters: ")
    assert not books_provider.requests


def test_a_full_disk_under_the_dead_letters_stops_the_run(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    messages = [SCHEMA, entry("bad", account="0000"), entry("k1"), state(1)]

    ended = target_runs.run(messages, dead_letters="/dev/full")

    assert (ended.code, ended.out, books_provider.effects) == (1, "", [])
    assert "cannot be written" in ended.last_line


def test_all_that_breaks_the_contract_is_told_at_once() -> None:
    validator = RecordValidator(contracts.schema("journal_entries"))
    with pytest.raises(RejectedError) as caught:
        validator.validate({"date": "2026-02-30", "lines": [{"account": "4000", "debit": "ten"}, {"debit": 1}]})
    assert caught.value.field == "key"
    assert str(caught.value) == (
        "is missing; date must have the form date; lines[0].debit must be a number or null; lines[1].account is missing"
    )
