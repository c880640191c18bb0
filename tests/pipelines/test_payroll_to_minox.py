"""Payroll journals from Nmbrs into Minox, as three processes in a pipe."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.payroll import Payroll


def test_every_payroll_run_is_booked_with_the_amounts_of_the_payroll(payroll: Payroll) -> None:
    result = payroll.book(payroll.extract())

    assert result.returncode == 0, result.stderr.decode()
    payroll.assert_booked_exactly_once()


def test_running_twice_books_nothing_twice(payroll: Payroll) -> None:
    payroll.book(payroll.extract())
    before = payroll.writes()

    again = payroll.book(payroll.extract())

    assert again.returncode == 0
    assert payroll.writes() == before
    payroll.assert_booked_exactly_once()


def test_the_last_state_makes_the_next_run_send_no_run_again(payroll: Payroll) -> None:
    result = payroll.book(payroll.extract())
    state = payroll.folder / "state.json"
    state.write_bytes(result.stdout.splitlines()[-1])

    catalog = str(payroll.catalog())
    tapped = payroll.run(payroll.command("tap-nmbrs", "--catalog", catalog, "--state", str(state)))

    messages = [json.loads(line) for line in tapped.stdout.splitlines()]
    assert [message["type"] for message in messages if message["type"] == "RECORD"] == []


def test_the_programs_work_in_one_pipe_as_a_person_would_type_it(payroll: Payroll) -> None:
    catalog = str(payroll.catalog())
    tap = payroll.command("tap-nmbrs", "--catalog", catalog)
    line = " | ".join(" ".join(words) for words in (tap, payroll.command("map-books"), payroll.command("target-minox")))

    result = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=90, check=False)

    assert result.returncode == 0, result.stderr.decode()
    payroll.assert_booked_exactly_once()


def test_without_a_fallback_account_the_entry_is_rejected_and_the_others_are_booked(payroll: Payroll) -> None:
    tapped = payroll.run(payroll.command("tap-nmbrs", "--catalog", str(payroll.catalog())))
    mapped = payroll.run(payroll.command("map-books", fallback_account=""), stdin=tapped.stdout)

    result = payroll.book(mapped.stdout)

    without_account = [run for run in payroll.runs() if any(line.account is None for line in run.journal_lines())]
    assert without_account
    assert result.returncode == 10
    assert payroll.writes() == len(payroll.runs()) - len(without_account)
    letters = [json.loads(line) for line in payroll.folder.glob("*dead-letters*").__next__().read_text().splitlines()]
    assert {letter["code"] for letter in letters} == {"missing_account"}
    assert {letter["key"].split(":")[2] for letter in letters} == {str(run.id) for run in without_account}
