"""`map-books` as Meltano runs it: a process between two pipes."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from connector_kit.books import contracts
from connector_kit.books.journal import JournalEntry

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
ACCOUNTS = {"0400": "4000", "1720": {"account": "1720", "description": "Te betalen"}}


def situation(name: str) -> str:
    return (CORPUS / f"{name}.singer").read_text(encoding="utf-8")


class Run:
    """One run of the mapper over messages."""

    def __init__(self, folder: Path, messages: str, **settings: Any) -> None:
        config = folder / "config.json"
        config.write_text(json.dumps(settings), encoding="utf-8")
        program = Path(sys.executable).parent / "map-books"
        process = subprocess.run(
            [program, "--config", config], input=messages, capture_output=True, text=True, encoding="utf-8", check=False
        )
        self.code, self.log, self.lines = process.returncode, process.stderr, process.stdout.splitlines()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(line, parse_float=Decimal) for line in self.lines]

    @property
    def records(self) -> list[dict[str, Any]]:
        return [message["record"] for message in self.messages if message["type"] == "RECORD"]

    def error(self) -> str:
        """The one line that a user sees last."""
        assert "Traceback" not in self.log
        return self.log.splitlines()[-1]


def amounts(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(line["account"], line.get("debit"), line.get("credit")) for line in record["lines"]]


def test_a_payroll_journal_arrives_in_the_codes_of_the_books(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        situation("payroll_journal_with_codes_of_the_source"),
        accounts=ACCOUNTS,
        cost_centers={"KP10": "110"},
        fallback_account="2990",
        journal="LOON",
        group_lines="account_and_cost_center",
        description_template="Run {reference} {description}",
        line_description_template="{reference}: {description}",
    )
    assert run.code == 0
    entry = JournalEntry.from_record(run.records[0])
    assert (entry.journal, entry.description) == ("LOON", "Run 17 Januari 2026")
    assert [(line.account, line.cost_center, line.debit or -line.credit, line.description) for line in entry.lines] == [
        ("4000", "110", Decimal("2700.10"), "17: Brutoloon, Vakantiegeld"),
        ("4000", "KP20", Decimal("1000.00"), "17: Brutoloon"),
        ("1720", None, Decimal("-3000.10"), "17: Netto loon"),
        ("2990", None, Decimal("-700.00"), "17: Component zonder rekening"),
    ]


def test_the_log_tells_the_story_in_one_line_without_records(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        situation("payroll_journal_with_codes_of_the_source"),
        accounts={"0400": "4000"},
        cost_centers={"KP10": "110"},
        fallback_account="2990",
    )
    summary = [line for line in run.log.splitlines() if "Mapped" in line]
    assert len(summary) == 1
    assert summary[0].endswith(
        "Mapped 1 entries, 5 lines (5 written); fallback account used 1 times, 0 lines without account; "
        "unmapped accounts: 1720 (1 lines); unmapped cost centers: KP20 (1 lines)"
    )
    assert not [secret for secret in ("Brutoloon", "2500", "Januari", "run-17") if secret in run.log]


def test_the_mapped_stream_is_declared_as_the_books_contract(tmp_path: Path) -> None:
    run = Run(tmp_path, situation("payroll_journal_with_codes_of_the_source"))
    assert run.messages[0] == {
        "type": "SCHEMA",
        "stream": "journal_entries",
        "schema": contracts.schema("journal_entries"),
        "key_properties": ["key"],
    }


def test_without_tables_and_fallback_a_missing_account_stays_missing(tmp_path: Path) -> None:
    run = Run(tmp_path, situation("payroll_journal_with_codes_of_the_source"), group_lines="account")
    assert [line["account"] for line in run.records[0]["lines"]] == ["0400", "1720", None]
    with pytest.raises(ValueError, match="line 3 has no ledger account"):
        JournalEntry.from_record(run.records[0])


@pytest.mark.parametrize("group_lines", ["none", "account"])
def test_amounts_leave_exactly_and_in_plain_notation(tmp_path: Path, group_lines: str) -> None:
    run = Run(tmp_path, situation("amounts_that_floats_would_break"), group_lines=group_lines)
    line = next(line for line in run.lines if '"RECORD"' in line)
    assert "E+" not in line
    assert JournalEntry.from_record(run.records[0]).total == Decimal("12345678901234668.19")
    if group_lines == "none":
        assert '"debit":12345678901234567.89' in line
        assert '"debit":100.00' in line
    else:
        assert '"debit":12345678901234667.89' in line
        assert '"debit":0.30' in line


@pytest.mark.parametrize("group_lines", ["none", "account", "account_and_cost_center"])
def test_entries_that_cannot_be_booked_reach_the_target(tmp_path: Path, group_lines: str) -> None:
    run = Run(
        tmp_path, situation("entries_that_cannot_be_booked"), accounts=ACCOUNTS, journal="LOON", group_lines=group_lines
    )
    assert run.code == 0
    codes = []
    for record in run.records:
        with pytest.raises(ValueError) as caught:
            JournalEntry.from_record(record)
        codes.append(caught.value.code)  # type: ignore[attr-defined]
    assert codes == [
        "unbalanced",
        "invalid_field",
        "invalid_field",
        "invalid_field",
        "invalid_field",
        "missing_key",
        "missing_key",
    ]
    assert amounts(run.records[1])[0] == ("4000", Decimal("0.005"), None)
    assert amounts(run.records[2])[0] == ("4000", "NaN", None)
    assert run.records[3]["lines"] == "4000"


def test_everything_else_passes_to_the_byte_and_in_order(tmp_path: Path) -> None:
    messages = situation("other_streams_between_journals")
    run = Run(tmp_path, messages)
    assert run.code == 0
    before = messages.splitlines()
    assert len(run.lines) == len(before)
    for came, went in zip(before, run.lines, strict=True):
        if '"stream": "journal_entries"' in came:
            assert (json.loads(went)["type"], json.loads(went)["stream"]) == (
                json.loads(came)["type"],
                "journal_entries",
            )
        else:
            assert went == came
    entry = run.messages[4]
    assert (entry["version"], entry["time_extracted"]) == (7, "2026-02-01T10:00:00+01:00")


def test_the_stream_of_the_source_may_have_another_name(tmp_path: Path) -> None:
    messages = situation("payroll_journal_with_codes_of_the_source").replace(
        '"stream": "journal_entries"', '"stream": "payroll_journals"'
    )
    run = Run(tmp_path, messages, stream="payroll_journals", journal="LOON")
    assert [message.get("stream") for message in run.messages] == ["journal_entries", "journal_entries", None]
    assert run.records[0]["journal"] == "LOON"
    assert run.lines[2] == messages.splitlines()[2]


def test_two_streams_cannot_go_out_by_one_name(tmp_path: Path) -> None:
    run = Run(tmp_path, situation("payroll_journal_with_codes_of_the_source"), stream="payroll_journals")
    assert run.code == 16
    assert "stream: the input has a journal_entries beside payroll_journals" in run.error()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a_line_that_is_not_json", "map-books: input line 2: not JSON"),
        ("a_line_without_a_message_type", "map-books: input line 1: no Singer message"),
        ("a_batch_of_journals", "cannot map BATCH files"),
    ],
)
def test_broken_input_ends_in_one_line_without_its_content(tmp_path: Path, name: str, message: str) -> None:
    run = Run(tmp_path, situation(name))
    assert run.code == 1
    assert message in run.error()
    assert "Jansen" not in run.log
    assert "123456782" not in run.log


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"accounts_file": "nowhere.csv"}, "accounts_file: cannot read nowhere.csv: No such file or directory"),
        ({"line_description_template": "{descripton}"}, "line_description_template: unknown {descripton}; known are"),
        (
            {"unmapped_accounts": "fallback", "accounts": {"1": "2"}},
            "unmapped_accounts: fallback needs fallback_account",
        ),
        ({"unmapped_accounts": "fallback", "fallback_account": "1"}, "unmapped_accounts: fallback needs a table"),
        ({"default_cost_center": "100"}, "default_cost_center: set cost_center_accounts too"),
        ({"group_lines": "yes"}, "setting group_lines: expected one of none, account, account_and_cost_center"),
    ],
)
def test_a_wrong_setting_ends_in_one_line_before_anything_is_read(
    tmp_path: Path, settings: dict[str, Any], message: str
) -> None:
    run = Run(tmp_path, situation("payroll_journal_with_codes_of_the_source"), **settings)
    assert (run.code, run.lines) == (16, [])
    assert run.error().startswith(f"map-books: {message}")


def test_a_stop_by_signal_is_no_success(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "map-books"
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(situation("payroll_journal_with_codes_of_the_source").encode())
        process.stdin.flush()
        assert b"SCHEMA" in process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 143
