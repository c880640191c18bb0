"""The payroll pipeline as real processes between two simulators; what tests of pipelines and of faults start from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from provider_simulators.minox import MinoxSimulator
    from provider_simulators.nmbrs import NmbrsSimulator
    from provider_simulators.world import Company

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
START_DATE = "2026-01-01"
FALLBACK_ACCOUNT = "2990"
SECONDS = 90
PREFIXES = {"tap-nmbrs": "TAP_NMBRS", "target-minox": "TARGET_MINOX"}
"""Of the variables with the settings of the plugins between the simulators; the mapper's stand in meltano.yml."""


@contextmanager
def meltano_alone() -> Iterator[None]:
    """Meltano keeps run files per project, two of its runs at once would step on each other: one test at a time."""
    with FileLock(ROOT / ".meltano" / "tests.lock"):
        yield


@dataclass(frozen=True, kw_only=True)
class Payroll:
    """Two simulators, and a folder with the settings, tokens and ledger of the connectors between them."""

    nmbrs: NmbrsSimulator
    minox: MinoxSimulator
    folder: Path

    @property
    def company(self) -> Company:
        """The payroll company that is booked."""
        return self.nmbrs.world.companies[0]

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite3"

    def settings(self) -> dict[str, dict[str, Any]]:
        """The settings of the three programs."""
        return {
            "tap-nmbrs": self.nmbrs.connector_settings()
            | {
                "token_store": str(self.folder / "nmbrs.json"),
                "start_date": START_DATE,
                "company_numbers": [self.company.number],
                "requests_per_second": 50,
            },
            "map-books": {
                "accounts_file": str(ROOT / "demo" / "accounts.csv"),
                "cost_centers_file": str(ROOT / "demo" / "cost_centers.csv"),
                "fallback_account": FALLBACK_ACCOUNT,
                "group_lines": "account_and_cost_center",
            },
            "target-minox": self.minox.connector_settings()
            | {
                "token_store": str(self.folder / "minox.json"),
                "ledger": str(self.ledger),
                "requests_per_second": 100,
            },
        }

    def environment(self) -> dict[str, str]:
        """The settings as a scheduler gives them to Meltano; what that remembers stays in the folder."""
        settings = {
            f"{prefix}_{name}".upper(): value if isinstance(value, str) else json.dumps(value)
            for plugin, prefix in PREFIXES.items()
            for name, value in self.settings()[plugin].items()
        }
        own = {
            "MELTANO_ENVIRONMENT": "production",
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder}/meltano.db",
            "MELTANO_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        return os.environ | settings | own

    def command(self, program: str, *options: str, **changes: Any) -> list[str]:
        """The command line of one of the programs, with its settings in a file."""
        config = self.folder / f"{program}.config.json"
        config.write_text(json.dumps(self.settings()[program] | changes))
        return [str(BIN / program), "--config", str(config), *options]

    def catalog(self) -> Path:
        """The tap's catalog with nothing but the journal entries selected."""
        path = self.folder / "catalog.json"
        if not path.exists():
            found = self.run(self.command("tap-nmbrs", "--discover"))
            catalog = json.loads(found.stdout)
            for stream in catalog["streams"]:
                for entry in stream["metadata"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] == "journal_entries"
            path.write_text(json.dumps(catalog))
        return path

    def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end."""
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(environment),
            cwd=self.folder,
        )

    def extract(self) -> bytes:
        """The mapped journal entries, as the target receives them."""
        tapped = self.run(self.command("tap-nmbrs", "--catalog", str(self.catalog())))
        assert tapped.returncode == 0, tapped.stderr.decode()
        mapped = self.run(self.command("map-books"), stdin=tapped.stdout)
        assert mapped.returncode == 0, mapped.stderr.decode()
        return mapped.stdout

    def book(
        self, messages: bytes, environment: Mapping[str, str] | None = None, **changes: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Let the target book the messages."""
        return self.run(self.command("target-minox", **changes), stdin=messages, environment=environment)

    def writes(self) -> int:
        """How often the simulated books accepted a batch."""
        return len(self.minox.log.effects("batch_saved"))

    def booked(self) -> dict[str, Decimal]:
        """Balance per account in the simulated books, without accounts at zero."""
        books = self.minox.backend.books(self.company.books_number)
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for year in (2024, 2025, 2026):
            for row in books.trial_balance(year):
                sums[str(row.account.number)] += row.debit - row.credit
        return {account: amount for account, amount in sums.items() if amount}

    def owed(self) -> dict[str, Decimal]:
        """Balance per account as the payroll itself says, from the simulators' own world."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for run in self.runs():
            for line in run.journal_lines("cost_center"):
                sums[line.account or FALLBACK_ACCOUNT] += line.amount
        return {account: amount for account, amount in sums.items() if amount}

    def runs(self) -> list[Any]:
        """The payroll runs that have to be booked."""
        return [run for run in self.company.runs if run.year == 2026 and run.locked]

    def assert_booked_exactly_once(self) -> None:
        """Every run is in the books once, with the amounts of the payroll."""
        books = self.minox.backend.books(self.company.books_number)
        assert len(books.batches) == len(self.runs())
        assert self.booked() == self.owed()


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """As a scheduler would start it: nothing of this process but the path."""
    return {"PATH": f"{BIN}:/usr/bin:/bin", "LANG": "C.UTF-8", **(extra or {})}
