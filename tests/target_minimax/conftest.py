"""A simulated Minimax, and the target as a real process beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from provider_simulators.minimax import MinimaxSimulator, MinimaxSwitches
from provider_simulators.world import World

from tests.target_minimax.books import Books
from tests.target_minimax.small_minimax import organisation, serving

PROGRAM = Path(sys.executable).with_name("target-minimax")


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a process of the target ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def message(self) -> str:
        """The one line for the user."""
        lines = [line for line in self.stderr.splitlines() if line.startswith("target-minimax: ")]
        assert len(lines) == 1, self.stderr
        assert "Traceback" not in self.stderr
        return lines[0].removeprefix("target-minimax: ")

    @property
    def counts(self) -> dict[str, Any]:
        """The summary of the run."""
        summary = [line for line in self.stderr.splitlines() if "Summary {" in line]
        assert len(summary) == 1, self.stderr
        counts: dict[str, Any] = json.loads(summary[0][summary[0].index("{") :])
        return counts

    @property
    def states(self) -> list[str]:
        """Bookmarks of the STATE lines on stdout, which holds nothing else."""
        values = [json.loads(line) for line in self.stdout.splitlines()]
        return [value["bookmarks"]["customers"]["replication_key_value"] for value in values]


class Register:
    """One simulated organisation and a folder from which the target works on it."""

    def __init__(self, simulator: MinimaxSimulator, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.settings: dict[str, Any] = simulator.connector_settings() | {
            "ledger": str(folder / "ledger.sqlite3"),
            "requests_per_second": 200,
        }
        self._codes_at_start: list[str] = []
        self._codes_at_start = self.codes

    def lose_ledger(self) -> None:
        """Remove the ledger, and with it all that could tell that there was one."""
        for path in self.folder.glob("ledger.sqlite3*"):
            path.unlink()

    @property
    def dead_letters(self) -> list[dict[str, Any]]:
        path = self.folder / "ledger.sqlite3.dead-letters.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    def requests(self, method: str, path: str) -> list[dict[str, Any]]:
        """Requests that Minimax saw, by a part of their path."""
        made = self.simulator.log.requests(method=method)
        return [request for request in made if path in request["path"].lower()]

    @property
    def writes(self) -> int:
        """How many POSTs of customers Minimax saw."""
        return len(self.requests("POST", "/customers"))

    @property
    def logins(self) -> int:
        """How often the token endpoint was asked."""
        return len(self.requests("POST", "/oauth20/token"))

    @property
    def calls(self) -> int:
        """Calls that count against the organisation's allowance."""
        return len(self.requests("GET", "/api/orgs/")) + len(self.requests("POST", "/api/orgs/"))

    @property
    def codes(self) -> list[str]:
        """Codes of the customers that came into the register since the start, in order."""
        books = requests.get(f"{self.simulator.url}/_simulator/books", timeout=10).json()
        return [one["Code"] for one in books["customers"] if one["Code"] not in self._codes_at_start]

    def held(self, code: str) -> dict[str, Any]:
        """What stands in the register under a code, as Minimax tells anybody."""
        session = requests.Session()
        form = {name: self.settings[name] for name in ("client_id", "client_secret", "username", "password")}
        token = session.post(self.settings["token_url"], data={"grant_type": "password", **form}, timeout=10).json()
        session.headers["Authorization"] = f"Bearer {token['access_token']}"
        url = f"{self.settings['api_url']}/api/orgs/{self.settings['organisation_id']}/customers"
        rows = session.get(url, params={"PageSize": 300}, timeout=10).json()["Rows"]
        (number,) = [row["CustomerId"] for row in rows if row["Code"] == code]
        held: dict[str, Any] = session.get(f"{url}/{number}", timeout=10).json()
        return held

    def config(self, **changes: Any) -> Path:
        path = self.folder / "config.json"
        settings = {name: value for name, value in (self.settings | changes).items() if value is not ...}
        path.write_text(json.dumps(settings), encoding="utf-8")
        return path

    def command(
        self, *arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None, **changes: Any
    ) -> Run:
        """Run the console script with the settings, and changes of them (... leaves one out)."""
        done = subprocess.run(
            [str(PROGRAM), *arguments, "--config", str(self.config(**changes))],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
        )
        return Run(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    def deliver(self, *records: dict[str, Any], environment: Mapping[str, str] | None = None, **changes: Any) -> Run:
        """Let the target take records, each followed by a STATE that counts them."""
        schema = {"type": "SCHEMA", "stream": "customers", "key_properties": ["key"], "schema": {"properties": {}}}
        messages: list[dict[str, Any]] = [schema]
        for number, record in enumerate(records, start=1):
            messages.append({"type": "RECORD", "stream": "customers", "record": record})
            state = {"bookmarks": {"customers": {"replication_key_value": str(number)}}}
            messages.append({"type": "STATE", "value": state})
        stdin = "".join(json.dumps(message) + "\n" for message in messages)
        return self.command(stdin=stdin, environment=environment, **changes)


def customer(key: str, **members: Any) -> dict[str, Any]:
    """A customer whom Minimax takes."""
    return {
        "key": key,
        "name": f"Zorgbureau {key}",
        "address": "Singel 1",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
        **members,
    }


THREE = tuple(customer(key) for key in ("K1", "K2", "K3"))


@pytest.fixture(scope="session")
def minimax_world() -> World:
    return World.build(seed=1, debtors=1, companies=1, employees=3)


@pytest.fixture
def open_register(minimax_world: World, tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Open a simulated organisation with these switches."""
    with ExitStack() as running:

        def start(**switches: Any) -> Register:
            simulator = running.enter_context(MinimaxSimulator(minimax_world, switches=MinimaxSwitches(**switches)))
            return Register(simulator, tmp_path)

        yield start


@pytest.fixture
def register(open_register: Callable[..., Register]) -> Register:
    return open_register()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """The target in this process, beside a small Minimax in Slovenia."""
    with serving(organisation()) as minimax:
        yield Books(minimax, tmp_path)
