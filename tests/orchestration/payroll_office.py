"""A payroll office: several companies in simulated payroll and books, each with a consent of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from orchestration.frozen import Frozen, Plugin, Step, digest
from orchestration.meltano import Project

if TYPE_CHECKING:
    from provider_simulators.minox import MinoxSimulator
    from provider_simulators.nmbrs import NmbrsSimulator
    from provider_simulators.world import Company

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
JOB = "payroll-to-minox"
FALLBACK_ACCOUNT = "2990"
SECONDS = 600


@cache
def catalog() -> dict[str, Any]:
    """What tap-nmbrs offers, with nothing but the journal entries selected."""
    found = subprocess.run([str(BIN / "tap-nmbrs"), "--discover"], capture_output=True, check=True, timeout=SECONDS)
    content: dict[str, Any] = json.loads(found.stdout)
    for stream in content["streams"]:
        for entry in stream["metadata"]:
            entry["metadata"]["selected"] = stream["tap_stream_id"] == "journal_entries"
    return content


@dataclass(kw_only=True)
class PayrollOffice:
    """The companies of a world as tenants. Payroll has one consent for the office, the books one per tenant."""

    nmbrs: NmbrsSimulator
    minox: MinoxSimulator
    folder: Path
    database: str | None = None
    environment: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "OFFICE_NMBRS_SECRET": self.nmbrs.connector_settings()["client_secret"],
            "OFFICE_NMBRS_KEY": self.nmbrs.connector_settings()["subscription_key"],
            "OFFICE_NMBRS_TOKEN": self.nmbrs.connector_settings()["refresh_token"],
            "OFFICE_MINOX_SECRET": self.minox.connector_settings()["client_secret"],
        }
        for company in self.companies:
            self.give_consent(company)
        if self.database:
            self.environment["OFFICE_DATABASE"] = self.database
        self._freeze()
        self.write_file()

    @property
    def companies(self) -> tuple[Company, ...]:
        return self.nmbrs.world.companies

    @staticmethod
    def name(company: Company) -> str:
        return f"company{company.number}"

    def tenant_folder(self, company: Company) -> Path:
        return self.folder / "var" / "tenants" / self.name(company)

    def _freeze(self) -> None:
        """As `pipelines freeze` would, without the half minute that Meltano takes."""
        (self.folder / "meltano.yml").write_bytes((ROOT / "meltano.yml").read_bytes())
        project, source = Project.at(self.folder), Project.at(ROOT)
        settings: dict[str, dict[str, Any]] = {
            "tap-nmbrs": self.nmbrs.connector_settings()
            | {"start_date": "2026-01-01", "requests_per_second": 50, "token_store": str(self.folder / "nmbrs.json")},
            "map-books": {
                "accounts_file": str(ROOT / "demo" / "accounts.csv"),
                "cost_centers_file": str(ROOT / "demo" / "cost_centers.csv"),
                "fallback_account": FALLBACK_ACCOUNT,
                "group_lines": "account_and_cost_center",
            },
            "target-minox": self.minox.connector_settings() | {"requests_per_second": 100},
        }
        plugins = []
        for name, values in settings.items():
            declared = source.plugin(name)
            plain = {key: value for key, value in values.items() if key not in declared.secret}
            program = str(BIN / name)
            plugins.append(
                Plugin(
                    name=name,
                    label=name,
                    program=program,
                    settings=plain,
                    known=declared.known,
                    secret=declared.secret,
                )
            )
        step = Step(
            state_id="production:tap-nmbrs--journals-to-target-minox", plugins=tuple(plugins), catalog=catalog()
        )
        Frozen(job=JOB, made_from=digest(project), steps=(step,)).write(project)

    def write_file(self, *but: Company) -> None:
        """Write tenants.yml: all companies but these."""
        office_secrets = {
            "client_secret": "OFFICE_NMBRS_SECRET",
            "subscription_key": "OFFICE_NMBRS_KEY",
            "refresh_token": "OFFICE_NMBRS_TOKEN",
        }
        content: dict[str, Any] = {
            "at_once": 2,
            "defaults": {
                "pipeline": JOB,
                "settings": {"tap-nmbrs": {"token_store": str(self.folder / "nmbrs.json")}},
                "secrets": {
                    "tap-nmbrs": office_secrets,
                    "target-minox": {"client_secret": "OFFICE_MINOX_SECRET", "refresh_token": "{NAME}_MINOX_TOKEN"},
                },
            },
            "tenants": [
                {
                    "name": self.name(company),
                    "settings": {
                        "tap-nmbrs": {"debtor_ids": [str(company.debtor_id)], "company_numbers": [company.number]},
                        "target-minox": {"administration_id": company.books_number},
                    },
                }
                for company in self.companies
                if company not in but
            ],
        }
        if self.database:
            content["database"] = "OFFICE_DATABASE"
        self.file.write_text(yaml.safe_dump(content))

    @property
    def file(self) -> Path:
        return self.folder / "tenants.yml"

    def revoke_consent(self, company: Company) -> None:
        """The books take this company's refresh token no longer."""
        given = self.environment[self._consent_of(company)]
        self.minox.authority.revoke_consent(
            next(each for each in self.minox.authority._consents if each.refresh_token == given)
        )

    def give_consent(self, company: Company) -> None:
        """A person has logged in again."""
        self.environment[self._consent_of(company)] = self.minox.authority.consent().refresh_token

    def keep_consent_in_a_file(self, company: Company) -> None:
        """From now on its token stands in .env, which every run reads anew, and not in the environment."""
        name = self._consent_of(company)
        (self.folder / ".env").write_text(f"{name}={self.environment.pop(name)}\n")

    def _consent_of(self, company: Company) -> str:
        return f"{self.name(company).upper()}_MINOX_TOKEN"

    def words(self, *words: str) -> list[str]:
        """The command line of `pipelines tenants`."""
        return [str(BIN / "pipelines"), "--project", str(self.folder), "tenants", str(self.file), *words]

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.words("--json", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def run(self, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Exit code, and the result of each tenant."""
        process = self.start(*words)
        output, errors = process.communicate(timeout=SECONDS)
        assert output, errors
        return process.returncode, {each["tenant"]: each for each in json.loads(output)["tenants"]}

    def expected(self, company: Company) -> dict[str, Decimal]:
        """Balance per account as the payroll itself says, from the simulators' own world."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for run in runs(company):
            for line in run.journal_lines("cost_center"):
                sums[line.account or FALLBACK_ACCOUNT] += line.amount
        return {account: amount for account, amount in sums.items() if amount}

    def booked(self, company: Company) -> dict[str, Decimal]:
        """Balance per account in the simulated books."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for year in (2024, 2025, 2026):
            for row in self.minox.backend.books(company.books_number).trial_balance(year):
                sums[str(row.account.number)] += row.debit - row.credit
        return {account: amount for account, amount in sums.items() if amount}

    def assert_booked_exactly_once(self, *companies: Company) -> None:
        for company in companies or self.companies:
            assert len(self.minox.backend.books(company.books_number).batches) == len(runs(company)), company.number
            assert self.booked(company) == self.expected(company), company.number

    def writes(self) -> int:
        """How often the simulated books accepted a batch."""
        return len(self.minox.log.effects("batch_saved"))


def runs(company: Company) -> list[Any]:
    """The payroll runs of a company that have to be booked."""
    return [run for run in company.runs if run.year == 2026 and run.locked]


def descendants_of(pid: int) -> list[int]:
    """Processes that a process has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and status.parent.name != str(os.getpid()):
            found += [int(status.parent.name), *descendants_of(int(status.parent.name))]
    return found


def is_running(pid: int) -> bool:
    """Whether a process can still do anything: one that nobody has asked how it ended cannot."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
