"""The payroll that goes into Minox, by another loader into Minimax: the same books; and killed in the middle."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.nmbrs import NmbrsSimulator
from provider_simulators.world import World

from tests.payroll import ROOT, Payroll

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class PayrollTwice(Payroll):
    """The payroll pipeline with two sorts of books at its end."""

    minimax: MinimaxSimulator

    @property
    def minimax_ledger(self) -> Path:
        return self.folder / "minimax.sqlite3"

    def settings(self) -> dict[str, dict[str, Any]]:
        own = {
            "ledger": str(self.minimax_ledger),
            "default_journal_type": "OP",
            "requests_per_second": 100,
            "settle_minutes": 0,  # what this simulator does, it does at once
        }
        return super().settings() | {"target-minimax": self.minimax.connector_settings() | own}

    def pipe(self, target: str) -> subprocess.Popen[bytes]:
        """The whole pipeline, as a person would type it."""
        tap = self.command("tap-nmbrs", "--catalog", str(self.catalog()))
        line = " | ".join(" ".join(words) for words in (tap, self.command("map-books"), self.command(target)))
        return subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", line],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run_to_its_end(self, target: str) -> None:
        process = self.pipe(target)
        _, errors = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, errors.decode()

    @property
    def journals(self) -> dict[int, dict[str, Any]]:
        """The journals of the organisation, by id."""
        (organisation,) = self.minimax.backend.organisations.values()
        return organisation.table("Journal")

    def amounts(self, numbers: set[int] | None = None) -> dict[str, Decimal]:
        """Balance per account of these journals (or all) in the simulated Minimax, without accounts at zero."""
        (organisation,) = self.minimax.backend.organisations.values()
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for number in self.journals if numbers is None else numbers:
            for line in self.journals[number]["JournalEntries"]:
                account = organisation.table("Account")[line["Account"]]["Code"]
                sums[account] += Decimal(line["Debit"] or 0) - Decimal(line["Credit"] or 0)
        return {account: amount for account, amount in sums.items() if amount}

    def noted(self, ledger: Path) -> dict[str, str]:
        """What a ledger says is booked: the provider's number (or our identifier) by the payroll run."""
        with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
            rows = connection.execute("select entity_key, state, provider_id, client_id from entry").fetchall()
        assert {state for _, state, _, _ in rows} == {"confirmed"}
        return {key: provider_id or client_id for key, _, provider_id, client_id in rows}

    def assert_the_same_everywhere(self) -> None:
        """Source, both ledgers and both books have the same runs, and the same total on each account."""
        self.assert_booked_exactly_once()
        assert self.amounts() == self.owed() == self.booked()
        in_minimax = {int(number) for number in self.noted(self.minimax_ledger).values()}
        assert in_minimax == set(self.journals)
        assert self.amounts(in_minimax) == self.owed()
        in_minox = set(self.noted(self.ledger).values())
        assert len(in_minox) == len(in_minimax) == len(self.runs())
        assert in_minox == {str(key) for key in self.minox.backend.books(self.company.books_number).batches}


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[PayrollTwice]:
    world = World.build(seed=1, debtors=1, companies=1, employees=6, today=date(2026, 11, 15))
    with NmbrsSimulator(world) as nmbrs, MinoxSimulator(world) as minox, MinimaxSimulator(world) as minimax:
        yield PayrollTwice(nmbrs=nmbrs, minox=minox, minimax=minimax, folder=tmp_path)


def test_killed_in_the_middle_and_run_twice_the_books_are_those_of_minox_and_of_the_payroll(
    twice: PayrollTwice,
) -> None:
    twice.run_to_its_end("target-minox")
    twice.minimax.disturb("AddJournal", "delay_answer", seconds=SECONDS, nth=3)
    process = twice.pipe("target-minimax")
    deadline = time.monotonic() + SECONDS
    while len(twice.journals) < 3:
        assert time.monotonic() < deadline, "the third journal did not come"
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)  # as the kernel does it to a container: everything at once
    process.communicate(timeout=SECONDS)
    twice.minimax.calm()

    twice.run_to_its_end("target-minimax")
    twice.assert_the_same_everywhere()

    writes = len(twice.minimax.writes)
    twice.run_to_its_end("target-minimax")
    assert len(twice.minimax.writes) == writes
    twice.assert_the_same_everywhere()
    assert_cost_centers_are_analytics(twice)


def assert_cost_centers_are_analytics(twice: PayrollTwice) -> None:
    (organisation,) = twice.minimax.backend.organisations.values()
    analytics = {key: record["Code"] for key, record in organisation.table("Analytic").items()}
    with (ROOT / "demo" / "cost_centers.csv").open(encoding="utf-8") as file:
        table = {row["source_cost_center"]: row["cost_center"] for row in csv.DictReader(file)}
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for run in twice.runs():
        for line in run.journal_lines("cost_center"):
            if line.cost_center:
                wanted[table[line.cost_center]] += line.amount
    found: dict[str, Decimal] = defaultdict(Decimal)
    for journal in twice.journals.values():
        for line in journal["JournalEntries"]:
            if line["Analytic"]:
                found[analytics[line["Analytic"]]] += Decimal(line["Debit"] or 0) - Decimal(line["Credit"] or 0)
    assert found == wanted
