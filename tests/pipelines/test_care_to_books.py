"""Hours, mileage and invoices of a care organisation, by way of a warehouse into both sorts of books."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from provider_simulators.minimax import MinimaxSimulator
from provider_simulators.minox import MinoxSimulator
from provider_simulators.ons import OnsSimulator

from tests.payroll import meltano_alone
from tests.warehouse.care import CareBooks, CareWorld, care_world, entries_of, lines_of, read, tap_settings
from tests.warehouses import BIN, ROOT, DuckDB, Postgres, Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Balances = dict[str, Decimal]
pytestmark = pytest.mark.timeout(600)  # waiting for other tests with Meltano included
SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Books:
    """The simulated source, the simulated books, and a folder for ledgers and settings."""

    ons: OnsSimulator
    minox: MinoxSimulator
    minimax: MinimaxSimulator
    folder: Path

    @property
    def world(self) -> CareWorld:
        """What the source has done, as it is now."""
        return CareWorld(customer=next(iter(self.ons.backend.customers.values())))

    def settings(self) -> dict[str, dict[str, Any]]:
        """Those of the two targets."""
        return {
            "target-minox": self.minox.connector_settings()
            | {
                "token_store": str(self.folder / "minox.json"),
                "ledger": str(self.folder / "minox.sqlite"),
                "journal": "MEMO",
                "requests_per_second": 100,
            },
            "target-minimax": self.minimax.connector_settings()
            | {
                "ledger": str(self.folder / "minimax.sqlite"),
                "default_journal_type": "OP",
                "requests_per_second": 100,
                "settle_minutes": 0,  # what this simulator does, it does at once
            },
        }

    def book(self, target: str, messages: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        """Let a target book messages."""
        config = self.folder / f"{target}.config.json"
        config.write_text(json.dumps(self.settings()[target] | changes))
        return subprocess.run(
            [BIN / target, "--config", config],
            input=messages, capture_output=True, check=False, encoding="utf-8", timeout=SECONDS, cwd=self.folder,
        )  # fmt: skip

    def booked(self) -> dict[str, Balances]:
        """Balance per account in both simulated books, without accounts at zero."""
        return {"minox": self._minox(), "minimax": self._minimax()}

    def _minox(self) -> Balances:
        books = self.minox.backend.books(self.minox.connector_settings()["administration_id"])
        sums: Balances = defaultdict(Decimal)
        for row in books.trial_balance(2026):
            sums[str(row.account.number)] += row.debit - row.credit
        return {account: amount for account, amount in sums.items() if amount}

    def _minimax(self) -> Balances:
        organisation = self.minimax.backend.organisations[self.minimax.connector_settings()["organisation_id"]]
        sums: Balances = defaultdict(Decimal)
        for journal in organisation.table("Journal").values():
            for line in journal["JournalEntries"]:
                account = organisation.table("Account")[line["Account"]]["Code"]
                sums[account] += Decimal(line["Debit"] or 0) - Decimal(line["Credit"] or 0)
        return {account: amount for account, amount in sums.items() if amount}

    def writes(self) -> dict[str, int]:
        """How often each of the simulated books took an entry."""
        return {"minox": len(self.minox.log.effects("batch_saved")), "minimax": len(self.minimax.writes)}

    def noted(self, target: str) -> set[str]:
        """What a target's ledger says is booked: the provider's numbers, or the identifiers that we chose."""
        with sqlite3.connect(f"file:{self.folder}/{target}.sqlite?mode=ro", uri=True) as connection:
            rows = connection.execute("select state, provider_id, client_id from entry").fetchall()
        assert {state for state, _, _ in rows} == {"confirmed"}
        return {provider or client for _, provider, client in rows}

    def assert_each_entry_is_there_once(self, entries: int) -> None:
        """Each ledger names the entries of its books, and no others."""
        batches = self.minox.backend.books(self.minox.connector_settings()["administration_id"]).batches
        organisation = self.minimax.backend.organisations[self.minimax.connector_settings()["organisation_id"]]
        assert self.noted("minox") == {str(key) for key in batches}
        assert self.noted("minimax") == {str(key) for key in organisation.table("Journal")}
        assert len(self.noted("minox")) == len(self.noted("minimax")) == entries


def balances(warehouse: Warehouse) -> Balances:
    """Balance per account, by what the warehouse has for the books."""
    rows = warehouse.rows(
        "SELECT account, sum(debit) - sum(credit) AS amount FROM care_books.journal_entry_lines GROUP BY account"
    )
    return {row["account"]: row["amount"] for row in rows if row["amount"]}


def totals(warehouse: Warehouse) -> dict[tuple[str, str], Decimal]:
    """Amounts per kind and month, by the records in the warehouse."""
    rows = warehouse.rows("SELECT kind, month, counted FROM care_books.totals")
    return {(row["kind"], f"{row['month']:%Y-%m}"): row["counted"] for row in rows}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    world = care_world()
    with ExitStack() as stack:
        ons, minox, minimax = (
            stack.enter_context(kind(world)) for kind in (OnsSimulator, MinoxSimulator, MinimaxSimulator)
        )
        yield Books(ons=ons, minox=minox, minimax=minimax, folder=tmp_path)


def test_source_warehouse_ledger_and_both_books_agree_also_after_late_hours(books: Books, postgres_url: str) -> None:
    warehouse = Postgres(folder=books.folder, schema="ons", url=postgres_url, options={"use_copy": True})
    care = CareBooks(warehouse=warehouse, database=postgres_url)

    def run(**changes: Any) -> None:
        warehouse.load(read(books.ons, books.folder))
        made = care.run()
        assert made.returncode == 0, made.stderr
        for target in books.settings():
            result = books.book(target, made.stdout, **changes)
            assert result.returncode == 0, result.stderr
        assert totals(warehouse) == books.world.totals()
        assert books.booked() == {"minox": balances(warehouse), "minimax": balances(warehouse)}
        books.assert_each_entry_is_there_once(len(entries_of(lines_of(made.stdout))))

    run()
    first = books.writes()
    assert first == {"minox": 12, "minimax": 12}

    log = next(log for log in books.world.diary("presence_logs") if log["verified"] and log["activityObjectId"] == 4)
    books.world.customer.update("presence_logs", log["id"], {"calculatedWorktimeAmount": 60})
    run(on_changed="update")
    assert books.writes() == {name: number + 1 for name, number in first.items()}


def test_the_jobs_of_meltano_book_once_and_hide_small_groups(books: Books) -> None:
    warehouse = DuckDB(folder=books.folder, schema="ons")
    care = CareBooks(warehouse=warehouse, database=str(warehouse.path), settings={"smallest_group": 3})
    lines = _run_both_jobs(books, care)

    entries = 12
    made = balances(warehouse)
    assert totals(warehouse) == books.world.totals()
    assert books.booked() == {"minox": made, "minimax": made}
    assert books.writes() == {"minox": entries, "minimax": entries}
    books.assert_each_entry_is_there_once(entries)
    written = len(warehouse.rows("SELECT * FROM care_books.journal_entry_lines"))
    for name, field in (("tap-care-books", "records"), ("target-minox", "success"), ("target-minimax", "success")):
        said = [line["summary"][field] for line in lines if line.get("name") == name and "summary" in line]
        assert set(said) == {written}, name
    assert [line["event"] for line in lines if "name" in line and line["level"] in {"warning", "error"}] == []

    # Again, from what Meltano has left: warehouse and ledgers.
    again = care.run()
    assert again.returncode == 0, again.stderr
    for target in books.settings():
        result = books.book(target, again.stdout)
        assert result.returncode == 0, result.stderr
    assert books.writes() == {"minox": entries, "minimax": entries}

    organisation = books.minimax.backend.organisations[books.minimax.connector_settings()["organisation_id"]]
    texts = {
        row["Description"] for journal in organisation.table("Journal").values() for row in journal["JournalEntries"]
    }
    shown = warehouse.rows(
        "SELECT DISTINCT trim(product || ' ' || financing_law) AS name FROM care_books.facts WHERE status = 'counted' "
        "GROUP BY kind, month, product, financing_law, location HAVING count(DISTINCT person) >= 3"
    )
    named = {
        row["name"]
        for row in warehouse.rows("SELECT DISTINCT trim(product || ' ' || financing_law) AS name FROM care_books.facts")
    }
    assert texts & named <= {row["name"] for row in shown}
    assert "other other" in texts


def _run_both_jobs(books: Books, care: CareBooks) -> list[dict[str, Any]]:
    """Let Meltano run `care-to-minox` and `care-to-minimax`, and return the lines of its log."""
    plugins = {
        "tap-ons--care": tap_settings(books.ons),
        "tap-care-books": care.config(),
        "target-duckdb": {"filepath": care.database},
        **books.settings(),
    }
    environment = os.environ | {
        f"{plugin}_{name}".replace("-", "_").upper(): value if isinstance(value, str) else json.dumps(value)
        for plugin, settings in plugins.items()
        for name, value in settings.items()
    }
    environment |= {
        "MELTANO_ENVIRONMENT": "production",
        "MELTANO_DATABASE_URI": f"sqlite:///{books.folder}/meltano.db",
        "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    words = [BIN / "meltano", "--log-format", "json", "run", "--force", "care-to-minox", "care-to-minimax"]
    with meltano_alone():
        ended = subprocess.run(
            words, cwd=ROOT, env=environment, capture_output=True, check=False, encoding="utf-8", timeout=500
        )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]
