"""Delivered again, in another order, at the same time, or without the ledger: booked once, and the counts add up."""

import json
import random
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import singer_sdk
from connector_kit.posting import reader, target
from connector_kit.posting.posting import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from singer_sdk.io_base import SingerReader

from tests.connector_kit.posting_provider import BooksProvider, Fault, serving
from tests.connector_kit.posting_runs import (
    SCHEMA,
    TargetRuns,
    entries_with_states,
    entry,
    interrupt,
    lines_of,
    state,
    wait_until_stopped,
)
from tests.connector_kit.posting_target import TargetTiny


def test_a_second_run_makes_no_request_for_what_is_booked(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    target_runs.run_here(entries_with_states(5))
    before = len(books_provider.requests)

    code, tally, out = target_runs.run_here(entries_with_states(5))

    assert (code, tally[Result.EXISTING], len(out.splitlines())) == (0, 5, 5)
    assert books_provider.requests[before:] == [("GET", "/ping")]


def test_shuffled_replays_change_nothing(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    records = [entry(f"k{number}") for number in range(8)]
    target_runs.run_here([SCHEMA, *records])
    books = dict(books_provider.batches)

    copies = records * 3
    random.Random(5).shuffle(copies)  # an order, no secret
    _, tally, _ = target_runs.run_here([SCHEMA, *copies])

    assert tally[Result.EXISTING] == 24
    assert (books_provider.batches, len(books_provider.effects)) == (books, 8)


def test_without_the_ledger_nothing_is_booked_twice(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    target_runs.run_here(entries_with_states(3))
    shutil.rmtree(target_runs.ledger.parent)

    code, tally, _ = target_runs.run_here(entries_with_states(4))

    assert (code, tally[Result.EXISTING], tally[Result.SUCCESS]) == (0, 3, 1)
    assert books_provider.booked_keys() == ["k1", "k2", "k3", "k4"]


def test_with_an_old_copy_of_the_ledger_nothing_is_booked_twice(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    target_runs.run_here(entries_with_states(2))
    backup = target_runs.ledger.read_bytes()
    target_runs.run_here(entries_with_states(4))
    shutil.rmtree(target_runs.ledger.parent)
    target_runs.ledger.parent.mkdir()
    target_runs.ledger.write_bytes(backup)

    code, tally, _ = target_runs.run_here(entries_with_states(4))

    assert (code, tally[Result.EXISTING]) == (0, 4)
    assert books_provider.booked_keys() == ["k1", "k2", "k3", "k4"]


def test_a_second_process_is_turned_away_and_a_killed_one_leaves_no_lock(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    first = target_runs.start(failpoint="poster.before_write:stop")
    assert first.stdin
    first.stdin.write(lines_of(entries_with_states(2)))
    first.stdin.flush()
    wait_until_stopped(first)

    second = target_runs.run(entries_with_states(2))
    assert (second.code, second.out) == (15, "")
    assert "administration 7 of tiny 100" in second.last_line
    interrupt(first, signal.SIGKILL)
    first.communicate()
    third = target_runs.run(entries_with_states(2))

    assert (third.code, third.positions) == (0, [1, 2])
    assert books_provider.booked_keys() == ["k1", "k2"]


def test_other_books_are_not_written_with_this_ledger(books_provider: BooksProvider, target_runs: TargetRuns) -> None:
    target_runs.run_here([SCHEMA, entry("k1")])
    before = list(books_provider.requests)

    ended = target_runs.run([SCHEMA, entry("k1")], administration_id="8")

    assert ended.code == 16
    assert "belongs to administration 7, the settings say 8" in ended.last_line
    assert books_provider.requests == before


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        ({"api_url": "http://127.0.0.1:1"}, 1, "127.0.0.1 cannot be reached"),
        ({"api_url": "http://books.example"}, 16, "api_url"),
        ({"token": "expired"}, 13, "run: target-tiny login"),
        ({"on_reject": "never"}, 16, "on_reject"),
        ({"ledger": "/proc/ledger.sqlite3"}, 16, "ledger: /proc"),
    ],
)
def test_what_is_wrong_from_the_start_ends_in_one_line_before_any_write(
    options: dict[str, Any], code: int, says: str, books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    ended = target_runs.run(entries_with_states(2), **options)

    assert (ended.code, ended.out) == (code, ""), ended.err
    assert says in ended.last_line
    assert "Traceback" not in ended.err
    assert not books_provider.effects


def test_an_unknown_stream_is_refused_with_the_accepted_ones(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    ended = target_runs.run([SCHEMA | {"stream": "employees"}])

    assert ended.code == 16
    assert "'employees'" in ended.last_line
    assert ended.last_line.endswith("map it to one of: journal_entries, journal_entry_lines")


@pytest.mark.parametrize(
    "line",
    [
        '{"type": "RECORD", "record": {"name": "Jansen"}',
        '["Jansen"]',
        '{"type": "RECORD", "name": "Jansen"}',
        '{"type": "Jansen"}',
    ],
)
def test_input_that_is_no_singer_is_refused_without_repeating_it(line: str, target_runs: TargetRuns) -> None:
    ended = target_runs.run(lines_of(entries_with_states(1)) + line + "\n", log_level="DEBUG")

    assert (ended.code, ended.positions) == (1, [1])
    assert ended.last_line.startswith("target-tiny: ")
    assert "Jansen" not in ended.err


def test_a_vanished_record_stays_in_the_books_and_batches_are_refused(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    activate = {"type": "ACTIVATE_VERSION", "stream": "journal_entries", "version": 2}
    batch = {"type": "BATCH", "stream": "journal_entries", "encoding": {"format": "jsonl"}, "manifest": []}

    assert target_runs.run_here([SCHEMA, entry("k1"), activate])[0] == 0
    assert target_runs.run_here([SCHEMA, batch])[0] == 1
    assert len(books_provider.batches) == 1


def test_stray_output_never_reaches_stdout(target_runs: TargetRuns) -> None:
    ended = target_runs.run([SCHEMA, entry("k1", account="print"), state(1)])

    assert (ended.code, ended.positions) == (0, [1])
    assert "stray output" in ended.err


def test_no_personal_value_is_in_any_log_state_or_ledger(
    books_provider: BooksProvider, target_runs: TargetRuns
) -> None:
    markers = ["Wilhelmina-Marker", "98765.43", "123456782", "marker-token-xyz", "marker-identity-secret"]
    name, salary, citizen, token, secret = markers
    bad_lines = [{"account": name, "debit": name}]
    messages = [
        SCHEMA,
        entry("k1", amount=salary, description=f"{name} {citizen}"),
        state(1),
        entry("k2", account="4999", amount=salary, description=name),
        entry("k3", account="0000", amount=salary, description=name),
        entry("k4", date=name, lines=bad_lines),
        entry("k5", lines=bad_lines, employee=citizen),
        entry("k1", amount="1.00", description=name),
    ]
    books_provider.faults += [Fault(method="PUT", action="reset_after")]

    ended = target_runs.run(messages, log_level="DEBUG", token=token, identity_secret=secret)

    assert ended.code == 10, ended.err
    files = [path for path in target_runs.ledger.parent.iterdir() if path != target_runs.dead_letters_file]
    written = ended.out + ended.err + "".join(path.read_bytes().decode("latin-1") for path in files)
    assert not [marker for marker in markers if marker in written]
    assert target_runs.dead_letters_file.stat().st_mode & 0o777 == 0o600


FAULTS = st.lists(
    st.builds(
        Fault,
        method=st.sampled_from(["PUT", "GET"]),
        action=st.sampled_from(["reset", "reset_after", "status_after", "cut_body", "html", "status"]),
        status=st.sampled_from([500, 502, 408, 302, 418]),
    ),
    max_size=4,
)
RECORDS = st.lists(
    st.builds(
        entry,
        st.sampled_from(["a", "b", "c", "d"]),
        amount=st.sampled_from(["1.00", "1.00", "2.00", "1.005"]),
        account=st.sampled_from(["4000", "4000", "4000", "0000", "4999"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=RECORDS, faults=FAULTS)
def test_whatever_comes_counts_add_up_and_nothing_is_booked_twice(
    tmp_path_factory: pytest.TempPathFactory, records: list[Mapping[str, Any]], faults: list[Fault]
) -> None:
    with serving() as provider:
        runs = TargetRuns(tmp_path_factory.mktemp("runs"), provider.url)
        provider.faults += faults
        messages: list[Mapping[str, Any]] = [SCHEMA]
        for position, record in enumerate(records):
            messages += [record, state(position)]
        code, tally, out = runs.run_here(messages)
        counts = tally.counts()
        assert counts["received"] == sum(counts[str(result)] for result in Result) <= len(records)
        assert len(runs.dead_letters()) == counts["fail"]
        assert (code == 0) == (counts["success"] + counts["existing"] == len(records))
        assert len(out.splitlines()) >= (len(records) if code == 0 else 0)
        provider.faults.clear()
        runs.run_here(messages)
        assert len(provider.batches) == len({key for _, key in provider.effects})
        batch_of_key = {key: batch_id for batch_id, key in provider.effects}
        assert set(provider.effects) == {(batch_id, key) for key, batch_id in batch_of_key.items()}


def test_the_hooks_of_the_sdk_are_still_there() -> None:
    assert not [name for name in target.SDK_HOOKS if not hasattr(singer_sdk.Target, name)]
    assert not [name for name in reader.SDK_HOOKS if not hasattr(SingerReader, name)]


def test_a_books_target_offers_only_what_it_honours(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"properties": {}}
    TargetTiny.append_builtin_config(schema)

    assert {str(capability.value) for capability in TargetTiny.capabilities} == {
        "about",
        "stream-maps",
        "structured-logging",
    }
    assert set(schema["properties"]) >= {"ledger", "dead_letters", "on_reject", "identity_secret", "stream_maps"}
    assert not {"load_method", "batch_size_rows", "add_record_metadata", "validate_records"} & set(schema["properties"])
    assert json.dumps(schema).count('"secret": true') == 1
